"""The page on how a prepared edition is protected: for the office, with the weakest cells and no hidden number."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from tests.desk.test_desk import deliver
from tests.journey.test_bad_input import good, written

LogIn = Callable[[str], Client]
ADDRESS = "/2016/skjerming/"


def test_the_office_reads_how_a_draft_is_protected(log_in: LogIn) -> None:
    deliver(log_in("bo"), written(good()))
    kari = log_in("kari")
    assert kari.get(ADDRESS, secure=True).status_code == 404
    kari.post("/2016/frys/", {"as_of": "2026-01-01T12:00", "kind": "final"}, secure=True)
    page = kari.post("/2016/forbered/", {"snapshot": "1"}, secure=True, follow=True).content.decode()
    assert " sekunder." in page
    assert f'href="{ADDRESS}"' in page
    page = log_in("ola").get(ADDRESS, secure=True).content.decode()
    assert "Slik er tallene skjermet" in page
    assert "Angrepet ble ført til ende og fant ingenting." in page
    for table in ("IP100", "IP101", "IP102", "IP103"):
        assert f"<strong>{table}</strong>" in page
    assert "De svakeste cellene" in page


def test_municipalities_do_not_read_it(log_in: LogIn) -> None:
    assert log_in("bo").get(ADDRESS, secure=True).status_code == 403
    assert Client().get(ADDRESS, secure=True).status_code == 302
