"""What invented people are like: in order, of age, nameless where protected, and taken by the rules of the line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from introstat.collect import receive
from introstat.definitions.catalogue import definitions_for
from introstat.synthetic import snapshot_rows, write
from introstat.synthetic.identifiers import Identifiers
from introstat.synthetic.people import Home, measures, participants
from introstat.synthetic.plan import ENDED_IN_YEAR, MEN, OPEN, PROTECTED, WOMEN, Fate
from introstat.vocabulary.deliveries import OFFICE, DeliveryStatus, Sending, Severity
from introstat.vocabulary.snapshots import SNAPSHOT_ROWS

DEFINITIONS = definitions_for(2016)
RECEIVED = date(2017, 2, 14)
HOME = Home(code="0301", districts=("030101", "030115"), year=2016, received=RECEIVED)
Person = Mapping[str, Any]


@pytest.fixture(scope="module")
def counts() -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Twenty people of every fate and sex, and three protected women."""
    made = np.zeros((len(Fate), 2, 2), dtype=np.int64)
    made[:, :, OPEN] = 20
    made[Fate.ARBEID, WOMEN, PROTECTED] = 3
    return made


@pytest.fixture(scope="module")
def people(counts: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> list[dict[str, Any]]:
    made = participants(HOME, counts=counts, identifiers=Identifiers(), rng=np.random.default_rng(1))
    rows: list[dict[str, Any]] = made.to_pylist()
    return rows


def test_as_many_people_as_planned_are_made(people: list[Person]) -> None:
    assert len(people) == 20 * 2 * len(Fate) + 3
    assert sum(person["kjonn"] == "M" for person in people) == 20 * len(Fate)
    assert (MEN, WOMEN) == (0, 1)


def test_events_come_in_their_order(people: list[Person]) -> None:
    for person in people:
        days = [person[name] for name in ("bosettingsdato", "tilbudsdato", "vedtaksdato", "startdato")]
        assert days == sorted(days)
        assert person["startdato"] < (person["sluttdato"] or RECEIVED) <= RECEIVED
        assert person["planlagt_sluttdato"] is None or person["planlagt_sluttdato"] > person["startdato"]


def test_nobody_started_under_eighteen_or_over_fifty_five_and_nobody_stayed_three_years(people: list[Person]) -> None:
    for person in people:
        age = (person["startdato"] - person["fodselsdato"]).days / 365.25
        assert 18 < age < 55
        assert ((person["sluttdato"] or person["startdato"]) - person["startdato"]).days < 3 * 365


def test_fates_show_as_ends_and_reasons(people: list[Person]) -> None:
    years = [person["sluttdato"].year if person["sluttdato"] else None for person in people]
    closed_or_running = 2 * 40
    assert years.count(None) == closed_or_running
    assert years.count(2016) == (ENDED_IN_YEAR - 1) * 40 + 3
    assert years.count(2017) == 40
    in_year = [person for person in people if person["sluttdato"] and person["sluttdato"].year == 2016]
    assert sum(person["avslutningsarsak"] is None for person in in_year) == 40
    assert sum(person["avslutningsarsak"] == "hoyere_utdanning" for person in in_year) == 40
    assert not any(person["avslutningsarsak"] for person in people if person["sluttdato"] is None)


def test_what_the_register_is_to_close_lies_well_inside_the_year(people: list[Person]) -> None:
    overdue = [
        person["planlagt_sluttdato"]
        for person in people
        if person["sluttdato"] is None and person["planlagt_sluttdato"] < RECEIVED
    ]
    assert len(overdue) == 40
    assert min(overdue) >= date(2015, 7, 15)
    assert max(overdue) <= date(2016, 6, 15)


def test_protected_people_have_no_names_and_only_oslo_has_districts(people: list[Person]) -> None:
    protected = [person for person in people if person["adressebeskyttelse"] == "fortrolig"]
    assert len(protected) == 3
    assert all(person["fornavn"] is None and person["etternavn"] is None for person in protected)
    assert {person["bydelsnummer"] for person in people} == {"030101", "030115"}


def test_measures_lie_inside_the_programme_and_nobody_has_one_twice(
    counts: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
) -> None:
    rng = np.random.default_rng(1)
    people = participants(HOME, counts=counts, identifiers=Identifiers(), rng=rng)
    made = measures(people, received=RECEIVED, rng=rng).to_pylist()
    programmes = {(row["fodselsnummer"], row["dufnummer"]): row for row in people.to_pylist()}
    keys = [(row["fodselsnummer"], row["dufnummer"], row["tiltak"]) for row in made]
    assert len(set(keys)) == len(keys) > 300
    for row in made:
        programme = programmes[row["fodselsnummer"], row["dufnummer"]]
        latest = programme["sluttdato"] or RECEIVED
        assert programme["startdato"] <= row["fra"] <= latest
        assert row["til"] is None or row["fra"] < row["til"] <= latest


def test_the_line_takes_every_row_as_it_comes(tmp_path: Path) -> None:
    write(2016, seed=3, persons=None, out=tmp_path, definitions=DEFINITIONS)
    schedule = json.loads((tmp_path / "deliveries.json").read_text(encoding="utf-8"))["deliveries"]
    every_kind = {entry["file"].rsplit("-", 1)[1]: entry for entry in schedule}.values()
    for entry in [*schedule[::12], *every_kind]:
        sending = Sending(
            content=(tmp_path / entry["file"]).read_bytes(),
            filename=entry["file"],
            year=DEFINITIONS.year,
            kind=None,
            sender=entry["sender"],
            received=datetime.fromisoformat(entry["received"]),
        )
        represents = None if entry["sender"] == OFFICE else frozenset({entry["sender"]})
        delivery = receive(sending, definitions=DEFINITIONS, earlier=None, represents=represents)
        assert (entry["file"], delivery.status) == (entry["file"], DeliveryStatus.ACCEPTED)
        assert (entry["file"], str(delivery.kind)) == (entry["file"], entry["kind"])
        assert not any(finding.severity is Severity.ERROR for finding in delivery.findings)


def test_rows_for_counting_have_the_form_of_a_snapshot_and_the_shares_of_a_year() -> None:
    rows = snapshot_rows(20_000, seed=1, definitions=DEFINITIONS)
    assert rows.schema.equals(SNAPSHOT_ROWS)
    assert rows.equals(snapshot_rows(20_000, seed=1, definitions=DEFINITIONS))
    ended = [row for row in rows.select(["ended", "reason", "in_country", "in_county"]).to_pylist() if row["ended"]]
    reached = sum(row["reason"] in ("1", "2") for row in ended)
    assert reached / len(ended) == pytest.approx(0.46, abs=0.01)
    assert all(row["in_country"] for row in ended)
    assert 0 < sum(not row["in_county"] for row in ended) < 0.02 * len(ended)
