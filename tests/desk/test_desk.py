"""The desk in a browser's place: who may see and do what, and what the pages say."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from tests.journey.test_bad_input import good, written

LogIn = Callable[[str], Client]


def deliver(browser: Client, content: bytes, *, sender: str = "0301", check: bool = False) -> HttpResponse:
    form = {"file": SimpleUploadedFile("deltakere.csv", content), "sender": sender}
    if check:
        form["only_check"] = "1"
    return cast("HttpResponse", browser.post("/2016/lever/", form, secure=True, follow=True))


@pytest.mark.parametrize("address", ["/", "/2016/", "/2016/leveringer/", "/kvittering/2016-000001/"])
def test_nothing_is_shown_before_log_in(log_in: LogIn, address: str) -> None:
    answer = Client().get(address, secure=True)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/logg-inn/")


@pytest.mark.parametrize(
    ("name", "address", "status"),
    [
        ("kari", "/2016/", 200),
        ("ola", "/2016/", 200),
        ("bo", "/2016/", 403),
        ("nobody", "/2016/", 403),
        ("bo", "/2016/leveringer/", 200),
        ("li", "/2016/leveringer/", 200),
        ("nobody", "/2016/leveringer/", 403),
        ("kari", "/2031/", 404),
        ("kari", "/kvittering/2016-999999/", 404),
        ("kari", "/nowhere/", 404),
    ],
)
def test_each_role_sees_its_own_pages(log_in: LogIn, name: str, address: str, status: int) -> None:
    answer = log_in(name).get(address, secure=True)
    assert answer.status_code == status
    assert "<h1" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "step"), [("bo", "frys"), ("ola", "frys"), ("ola", "forbered"), ("kari", "godkjenn"), ("li", "gi-ut")]
)
def test_a_step_is_refused_to_those_who_may_not_take_it(log_in: LogIn, name: str, step: str) -> None:
    assert log_in(name).post(f"/2016/{step}/", {"snapshot": "1"}, secure=True).status_code == 403


def test_a_municipality_delivers_and_reads_its_receipt_and_nobody_elses(log_in: LogIn) -> None:
    bo = log_in("bo")
    page = deliver(bo, written(good())).content.decode()
    assert "tatt imot" in page
    assert "2016-000001" in page
    listed = bo.get("/2016/leveringer/", secure=True).content.decode()
    assert "deltakere.csv" in listed
    assert bo.get("/kvittering/2016-000001.json", secure=True).json()["rows"]["new"] == 6
    assert bo.get("/kvittering/2016-000001.csv", secure=True).content.count(b"\n") >= 1
    li = log_in("li")
    assert "deltakere.csv" not in li.get("/2016/leveringer/", secure=True).content.decode()
    assert li.get("/kvittering/2016-000001/", secure=True).status_code == 403
    assert log_in("kari").get("/kvittering/2016-000001/", secure=True).status_code == 200


def test_a_check_records_nothing(log_in: LogIn) -> None:
    bo = log_in("bo")
    assert "bare sjekk" in deliver(bo, written(good()), check=True).content.decode()
    assert "Ingen leveringer" in bo.get("/2016/leveringer/", secure=True).content.decode()


def test_a_warning_is_confirmed_with_a_reason_and_the_office_reads_it(log_in: LogIn) -> None:
    rows = good()
    rows[1][rows[0].index("avslutningsarsak")] = ""
    bo = log_in("bo")
    deliver(bo, written(rows))
    address = "/kvittering/2016-000001/"
    assert "Stemmer det likevel?" in bo.get(address, secure=True).content.decode()
    empty = bo.post(f"{address}bekreft/", {"comment": "  "}, secure=True, follow=True).content.decode()
    assert "hvorfor tallene er riktige" in empty
    assert log_in("li").post(f"{address}bekreft/", {"comment": "x"}, secure=True).status_code == 403
    bo.post(f"{address}bekreft/", {"comment": "Årsaken er ikke kjent."}, secure=True)
    page = log_in("ola").get(address, secure=True).content.decode()
    assert "Bekreftet av avsenderen" in page
    assert "Årsaken er ikke kjent." in page


def test_the_receipt_tells_what_the_register_closes_for_want_of_news(log_in: LogIn) -> None:
    rows = [[*row, "planlagt_sluttdato" if not place else ""] for place, row in enumerate(good())]
    running = next(row for row in rows[1:] if not row[rows[0].index("sluttdato")])
    running[-1] = "2016-01-05"
    bo = log_in("bo")
    page = deliver(bo, written(rows)).content.decode()
    assert "D044" in page
    assert "avslutter selv i kommune 0301: 1." in page
    assert b"D044;info" in bo.get("/kvittering/2016-000001.csv", secure=True).content


def test_nobody_delivers_for_a_municipality_they_do_not_represent(log_in: LogIn) -> None:
    assert deliver(log_in("bo"), written(good()), sender="1201").status_code == 403
    assert deliver(log_in("li"), written(good()), sender="1201").status_code == 403


def test_a_refused_step_says_why_on_the_page_and_changes_nothing(log_in: LogIn) -> None:
    kari = log_in("kari")
    answer = kari.post("/2016/frys/", {"as_of": "2999-01-01T00:00", "kind": "final"}, secure=True)
    assert answer.status_code == 409
    assert "Tidspunktet har ikke vært ennå" in answer.content.decode()
    answer = kari.post("/2016/frys/", {"as_of": "soon", "kind": "final"}, secure=True)
    assert answer.status_code == 409
    assert "Ingen øyeblikksbilder" in answer.content.decode()


def test_five_wrong_passwords_close_the_door_for_a_while(log_in: LogIn) -> None:
    browser = Client()
    wrong = {"username": "kari", "password": "feil"}
    answers = [browser.post("/logg-inn/", wrong, secure=True).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    answer = browser.post("/logg-inn/", {"username": "kari", "password": "furu-elv-skodde-7"}, secure=True)
    assert answer.status_code == 429


def test_every_answer_forbids_scripts_and_is_not_kept(log_in: LogIn) -> None:
    answer = log_in("kari").get("/2016/", secure=True)
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Frame-Options"] == "DENY"
