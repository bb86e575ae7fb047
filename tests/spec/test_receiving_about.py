"""What a delivery asks the register for: its people by their numbers, and its places by any number they have had."""

from __future__ import annotations

from datetime import UTC, date, datetime

import orjson
import pyarrow as pa
import pytest

from introstat.collect import read
from introstat.collect.places import places_of
from introstat.definitions.catalogue import definitions_for
from introstat.register import payloads
from introstat.vocabulary.deliveries import OFFICE, Sending
from introstat.vocabulary.histories import About
from introstat.vocabulary.places import Level
from introstat.vocabulary.years import ReportingYear

DEFINITIONS = definitions_for(2016)
RECEIVED = datetime(2017, 1, 15, tzinfo=UTC)


def about(content: str) -> About:
    sending = Sending(content.encode(), "file.csv", ReportingYear(2016), None, OFFICE, RECEIVED)
    return read(sending, definitions=DEFINITIONS, represents=None).about(
        definitions=DEFINITIONS, received=RECEIVED.date()
    )


def test_a_nil_report_is_about_its_municipality_and_about_nobody() -> None:
    asked = about("kommunenummer;bekreftet_av\n0301;Leder\n")
    assert asked == About(municipalities=frozenset({"0301"}))


def test_a_file_that_is_refused_is_about_nothing() -> None:
    assert about("nothing of the kind") == About()


@pytest.mark.parametrize("day", [date(2016, 12, 31), date(2017, 1, 1), date(2020, 1, 1)])
def test_a_place_has_every_number_that_has_become_its_own(day: date) -> None:
    places = places_of(DEFINITIONS, Level.MUNICIPALITY)
    codes = {place.code for place in DEFINITIONS.geography.places if place.level is Level.MUNICIPALITY}
    current = places.current(codes, day)
    for here in ("0710", "0301", "9999"):
        assert places.numbers_of([here], day) == {code for code in codes if current[code] == here} | {here}


def test_few_payloads_are_read_as_many_are(monkeypatch: pytest.MonkeyPatch) -> None:
    schema = pa.schema(
        [
            ("text", pa.string()),
            ("day", pa.date32()),
            ("hours", pa.float64()),
            ("whole", pa.int64()),
            ("is", pa.bool_()),
        ]
    )
    said = [
        {"text": "Ås", "day": "2016-02-29", "hours": 3, "whole": 2, "is": True, "unknown": 1},
        {"hours": 2.5, "is": False, "text": None},
        {},
    ]
    contents = [orjson.dumps(row) for row in said]
    few = payloads.read_payloads(contents, schema)
    monkeypatch.setattr(payloads, "_VERY_FEW", 0)
    assert few.equals(payloads.read_payloads(contents, schema))
    assert few["day"].to_pylist() == [date(2016, 2, 29), None, None]
