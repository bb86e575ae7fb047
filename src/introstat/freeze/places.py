"""Which municipality and county a programme counts in: by the codes valid the day it ended.

A code that is no longer valid that day (the register closed a programme after a reform) counts where it went, if it went to
one place. After a split nobody knows which part a person lived in: she counts in the county if all parts lie in one, and in
the country.

    1601 on 2016-05-01  →  1601 in county 16
    1601 on 2018-05-01  →  5001 in county 50
    1850 on 2020-05-01  →  no municipality, county 18          (Tysfjord was split between two)
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pyarrow as pa

from introstat.vocabulary.places import Geography, Level

PLACES = pa.schema(
    [
        pa.field("code", pa.string(), nullable=False),
        pa.field("first", pa.date32(), nullable=False),
        pa.field("past", pa.date32(), nullable=False),
        pa.field("municipality", pa.string()),
        pa.field("county", pa.string()),
    ]
)
"""What a delivered code means from one day up to another, which is no longer part of it."""


def meanings(codes: Iterable[str], geography: Geography, *, first: date, past: date) -> pa.Table:
    """What each code means on the days from `first` up to `past`, in as many lines as it has meanings (`PLACES`)."""
    days = sorted(
        {first}
        | {
            day
            for place in geography.places
            if place.level in (Level.MUNICIPALITY, Level.COUNTY)
            for day in (place.valid_from, place.valid_to)
            if day is not None and first < day < past
        }
    )
    lines = []
    for begin, end in zip(days, [*days[1:], past], strict=True):
        for code in sorted(set(codes)):
            municipality, county = place_of(code, geography, on=begin)
            lines.append({"code": code, "first": begin, "past": end, "municipality": municipality, "county": county})
    return pa.Table.from_pylist(lines, schema=PLACES)


def place_of(code: str, geography: Geography, *, on: date) -> tuple[str | None, str | None]:
    """The municipality and the county a delivered code means on a day; None where it cannot be told."""
    parts = geography.successors(code, on)
    counties = {part.parent for part in parts}
    return (parts[0].code if len(parts) == 1 else None, counties.pop() if len(counties) == 1 else None)
