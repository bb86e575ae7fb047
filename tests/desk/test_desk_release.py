"""A draft is released only beside the editions that it was protected together with; the desk says which has come since."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.desk.test_desk import deliver
from tests.journey.test_bad_input import good, written
from tests.storage.conftest import Store

from introstat import publish
from introstat.desk.refusals import told
from introstat.storage.editions import Editions
from introstat.vocabulary.editions import Edition, EditionNumber
from introstat.vocabulary.errors import ReleaseRefused
from introstat.vocabulary.texts import Language
from introstat.vocabulary.years import ReportingYear

LogIn = Callable[[str], Client]


def step(browser: Client, year: int, name: str, **form: str) -> str:
    return browser.post(f"/{year}/{name}/", form, secure=True, follow=True).content.decode()


def prepared(log_in: LogIn, year: int) -> None:
    step(log_in("kari"), year, "forbered", snapshot="1")
    step(log_in("ola"), year, "godkjenn", next="2027-07-05")


def test_a_release_waits_for_a_draft_that_accounts_for_every_edition_there_is(log_in: LogIn, store: Store) -> None:
    """An edition that came, though its hour has not, and one that went: each asks for another draft."""
    deliver(log_in("bo"), written(good()))
    for year in (2015, 2016):
        step(log_in("kari"), year, "frys", as_of="2026-11-01T12:00", kind="final")
    prepared(log_in, 2016)
    prepared(log_in, 2015)
    assert "Utgave 2015.1 gis ut" in step(log_in("ola"), 2015, "gi-ut", at="2099-07-06T08:00")
    page = step(log_in("ola"), 2016, "gi-ut")
    assert "Utgave 2015.1 er gitt ut etter at dette ble forberedt, og er ikke med i skjermingen." in page
    assert "Forbered 2016 på nytt." in page
    prepared(log_in, 2016)
    Editions(store.home.editions, waiting=store.home.scheduled).withdraw(EditionNumber(2015, 1))
    assert "Utgave 2015.1, som dette er skjermet sammen med, er trukket tilbake" in step(log_in("ola"), 2016, "gi-ut")
    prepared(log_in, 2016)
    assert "Utgave 2016.1 er gitt ut." in step(log_in("ola"), 2016, "gi-ut")
    assert "er gitt ut etter at dette ble forberedt" not in step(log_in("ola"), 2016, "gi-ut"), (
        "a correction is another matter"
    )


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nb", "Utgave 2015.1 er gitt ut etter at dette ble forberedt"),
        ("nn", "Utgåve 2015.1 er gjeven ut etter at dette vart førebudd"),
        ("en", "Edition 2015.1 was issued after this was prepared"),
    ],
)
def test_the_edition_in_between_is_named_in_every_language(language: Language, words: str) -> None:
    assert words in told(ReleaseRefused("…", reason="issued_since", number="2015.1", year=2016), language)


def listed(folder: Path, *numbers: str) -> Editions:
    """A list of releases without their folders."""
    lines = [
        {"number": number, "released": f"20{k + 10}-01-01T00:00:00+00:00", "manifest_sha256": str(k) * 64}
        for k, number in enumerate(numbers)
    ]
    releases = {"releases": [line | {"provenance": "synthetic"} for line in lines]}
    (folder / "waiting").mkdir()
    (folder / "releases.json").write_text(json.dumps(releases), "utf-8")
    return Editions(folder, waiting=folder / "waiting")


@pytest.mark.parametrize(
    ("there", "most", "beside"),
    [
        (("2014.1", "2015.1", "2015.1.1", "2016.0"), 5, {"2014.1", "2015.1", "2015.1.1", "2016.0"}),
        (("2014.1", "2015.1", "2015.1.1", "2016.0"), 2, {"2015.1", "2015.1.1", "2016.0"}),
        (("2014.1", "2015.1", "2015.1.1", "2016.0"), 1, {"2016.0"}),
        (("2014.1", "2015.0", "2016.0"), 5, {"2016.0"}),
        (("2014.1", "2016.0"), 5, {"2016.0"}),
        ((), 5, set()),
    ],
)
def test_results_of_several_years_reach_back_to_the_first_year_without_a_final_edition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: tuple[str, ...], most: int, beside: set[str]
) -> None:
    from introstat.line import known

    monkeypatch.setattr(known, "first_year_told", lambda year, editions: year)
    found = known.beside(ReportingYear(2016), listed(tmp_path, *there), most=most)
    assert found.keys() == beside
    assert found == {number: str(there.index(number)) * 64 for number in beside}


def test_a_year_that_was_told_together_with_one_before_it_brings_that_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two years may be told together in 2016, and in 2015 they were: 2014 stands in a sum that readers have."""
    from introstat.line import known

    editions = listed(tmp_path, "2014.1", "2015.1")
    monkeypatch.setattr(known, "first_year_told", lambda year, editions: 2014 if year == 2015 else year)
    assert known.beside(ReportingYear(2016), editions, most=2).keys() == {"2014.1", "2015.1"}
    assert known.beside(ReportingYear(2016), editions, most=1).keys() == set()


def test_a_later_year_that_tells_of_this_one_belongs_to_what_it_is_protected_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from introstat.line import known

    editions = listed(tmp_path, "2014.1", "2015.1", "2016.1")
    first = {2014: 2014, 2015: 2015, 2016: 2014}
    monkeypatch.setattr(known, "first_year_told", lambda year, editions: first[year])
    assert known.beside(ReportingYear(2014), editions, most=5).keys() == {"2014.1", "2016.1"}
    first[2016] = 2016
    assert known.beside(ReportingYear(2014), editions, most=5).keys() == {"2014.1"}


def test_no_other_edition_comes_between_the_look_at_those_there_are_and_the_release(
    log_in: LogIn, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two who release at the same moment the second sees the first one's edition, and waits until it is there."""
    deliver(log_in("bo"), written(good()))
    step(log_in("kari"), 2016, "frys", as_of="2026-11-01T12:00", kind="final")
    prepared(log_in, 2016)
    editions = Editions(store.home.editions, waiting=store.home.scheduled)
    came = threading.Event()

    def come() -> None:
        with editions.releasing():
            came.set()

    other = threading.Thread(target=come)
    issue = publish.issue

    def issued(*given: Any, **asked: Any) -> Edition:
        other.start()
        assert not came.wait(0.2)
        return issue(*given, **asked)

    monkeypatch.setattr(publish, "issue", issued)
    assert "Utgave 2016.1 er gitt ut." in step(log_in("ola"), 2016, "gi-ut")
    other.join(timeout=10)
    assert came.is_set()
