"""Preliminary figures on the site and in the open data: told beside every number, at the top of the page, and aloud."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.applications import Starlette
from tests.site.conftest import small
from tests.site.pxwebapi import cells_of, data, everything
from tests.site.reader import Reader

from introstat.site.app import create_app
from introstat.storage.editions import Editions


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    folder: Path = tmp_path_factory.mktemp("preliminary")
    (folder / "editions").mkdir()
    Editions(folder / "editions").write(small(number="2016.0"))
    app: Starlette = create_app(
        folder / "editions", feedback=folder / "feedback", clock=lambda: datetime(2018, 1, 2, tzinfo=UTC)
    )
    return Reader(app)


STAR = '<span aria-hidden="true">*</span><span class="ds-sr-only">Foreløpig</span>'


@pytest.mark.parametrize(
    "address",
    ["/2016/", "/2016/kommune/0301/", "/2016/tabeller/IP102/", "/2016/rangering/", "/2016/sammenlign/?steder=0301,0101",
     "/2016/spredning/", "/2016/kart/", "/2016/utforsk/IP102/"],
)  # fmt: skip
def test_every_kind_of_page_marks_its_numbers_and_says_it_at_the_top(site: Reader, address: str) -> None:
    page = site.get(address)
    assert page.status_code == 200
    assert STAR in page.text
    assert "Tallene er foreløpige, merket *" in page.text


def test_running_text_is_left_to_be_read(site: Reader) -> None:
    lead = site.get("/2016/kommune/0301/").text.partition('<p class="lead">')[2].partition("</p>")[0]
    assert "210" in lead
    assert "*" not in lead


def test_the_open_data_tell_the_sign_beside_the_value(site: Reader) -> None:
    answer = site.get(everything("IP102", raw="outputFormat=json-stat2")).json()
    numbers = [at for at, value in enumerate(answer["value"]) if value is not None]
    assert {answer["status"][str(at)] for at in numbers} == {"*"}
    assert answer["extension"]["status"]["reason"]["*"] == "preliminary"
    assert set(answer["extension"]["periodStatus"].values()) == {"preliminary"}
    assert cells_of(answer)["0104", "0", "Avsluttet", "2016"] == ":"


@pytest.mark.parametrize(
    ("form", "holds"),
    [("csv", "210"), ("px", "210"), ("html", "210*"), ("json-px", '"210"'), ("parquet", ""), ("xlsx", "")],
)
def test_every_format_keeps_the_number(site: Reader, form: str, holds: str) -> None:
    answer = site.get(everything("IP102", raw=f"outputFormat={form}"))
    assert answer.status_code == 200
    assert holds.encode() in answer.content


def test_csv_names_the_years_whose_numbers_are_preliminary_after_the_figures(site: Reader) -> None:
    """No sign stands beside a number, so that whatever reads the column as numbers still does."""
    asked = {"Region": "0301,0104", "Kjonn": "0", "ContentsCode": "Avsluttet", "Tid": "2016"}
    lines = site.get(data("IP102", raw="outputFormat=csv", **asked)).text.splitlines()
    assert lines[0].split(",")[-2:] == ['"Foreløpige tall"', '"Opphav"']
    assert lines[1].endswith(',210,"2016","syntetiske data"')
    assert lines[2].endswith(',":","","syntetiske data"'), "nothing is preliminary where no number stands"
    turned = site.get(data("IP102", raw="outputFormat=csv&lang=en&stub=Tid,Region,Kjonn&heading=ContentsCode", **asked))
    assert turned.text.splitlines()[0].split(",")[-2:] == ['"Preliminary figures"', '"Origin"']
    assert turned.text.splitlines()[1].endswith(',210,"2016","synthetic data"')


def test_json_px_says_it_in_a_comment_on_the_year(site: Reader) -> None:
    answer = site.get(everything("IP102", raw="outputFormat=json-px&lang=nn")).json()
    (comment,) = [one for one in answer["comments"] if one["variable"] == "Tid"]
    assert comment["value"] == "2016"
    assert comment["comment"].startswith("Førebelse tal.")
    assert "210" in {value for row in answer["data"] for value in row["values"]}
