"""What else a place is called: by the codes and names of earlier and later years, and by Sámi names in daily use.

A reader of 2026 asks for Lillestrøm, and the figures of 2016 know Skedsmo, Sørum and Fet; one who has an old letterhead asks
for 1601, and the figures of 2018 know 5001. Both are answered with the places of the year of the figures, and the reason.
Which place became which is told by the definitions; `sami_names.csv` holds Sámi names that were not official in every year
they were used, by the codes of 2016.

Oslo had 25 districts from 1988 to 2003 and has had 15 since, and the new ones took over the numbers of others: only names
lead from the old to the new, in `old_districts.csv`. Old districts that kept their name are found by it, and are not there.
Of those that were shared out, every part where people live is told; the islands in the fjord are not.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal

from introstat.definitions.catalogue import geography
from introstat.vocabulary.places import Level

if TYPE_CHECKING:
    from introstat.vocabulary.places import Place

LEVELS: Final = (Level.COUNTY, Level.MUNICIPALITY)
"""The levels whose places become others."""
_CODES_OF: Final = date(2016, 12, 31)
_LAST_OF_OLD_DISTRICTS: Final = 2003


@dataclass(frozen=True, slots=True)
class OtherName:
    """A name or a code that leads to a place of the year: ``year`` is its last year when it came before, else its first."""

    text: str
    place: str
    kind: Literal["earlier", "later", "sami"]
    year: int


@cache
def other_names(year: int) -> Sequence[OtherName]:
    """All other names and codes of the places of a year."""
    day = date(year, 12, 31)
    known = geography()
    here = {place.code: place for place in known.places if place.level in LEVELS and place.is_valid(day)}
    became = {start: _origins(here, start) for start in {place.valid_from for place in known.places} if start > day}
    found: dict[tuple[str, str], OtherName] = {}
    for place in known.places:
        if place.level not in LEVELS or place.is_valid(day):
            continue
        if place.valid_from > day:
            kind: Literal["earlier", "later"] = "later"
            targets = [here[code] for code in became[place.valid_from].get(place.code, ())]
            told = place.valid_from.year
        else:
            kind = "earlier"
            targets = [here[target.code] for target in known.successors(place.code, day) if target.code in here]
            told = (place.valid_to or day).year - 1
        for target in same_name_first(place, targets):
            for text in _texts(place, target):
                found.setdefault((text, target.code), OtherName(text, target.code, kind, told))
    for name in (*_sami(here, day), *_old_districts(day)):
        found[name.text, name.place] = name
    return tuple(found.values())


def _origins(here: dict[str, Place], start: date) -> dict[str, list[str]]:
    """For each code in force on a later day, the places of the year that it holds something of."""
    origins: defaultdict[str, list[str]] = defaultdict(list)
    for code in here:
        for successor in geography().successors(code, start):
            origins[successor.code].append(code)
    return origins


def same_name_first(place: Place, targets: Sequence[Place]) -> Sequence[Place]:
    """Only the place of the same name where there is one: Troms of 2024 is Troms, though it came by way of a larger county."""
    names = {name.text for name in place.names}
    same = [target for target in targets if names & {name.text for name in target.names}]
    return same or targets


def _texts(place: Place, target: Place) -> Iterator[str]:
    if place.code != target.code:
        yield place.code
    known = {name.text for name in target.names}
    yield from (name.text for name in place.names if name.text not in known)


def _sami(here: dict[str, Place], day: date) -> Iterator[OtherName]:
    rows = csv.DictReader((files(__package__) / "sami_names.csv").read_text(encoding="utf-8").splitlines())
    for row in rows:
        for code in _on(row["code"], day):
            if code in here and row["name"] not in {name.text for name in here[code].names}:
                yield OtherName(row["name"], code, "sami", day.year)


def _old_districts(day: date) -> Iterator[OtherName]:
    known = {place.code for place in geography().districts(day)} if day.year > _LAST_OF_OLD_DISTRICTS else ()
    rows = csv.DictReader((files(__package__) / "old_districts.csv").read_text(encoding="utf-8").splitlines())
    for row in rows:
        if row["code"] in known:
            yield OtherName(row["name"], row["code"], "earlier", _LAST_OF_OLD_DISTRICTS)


def _on(code: str, day: date) -> Sequence[str]:
    """The codes of a day that hold what a code of 2016 held; a year before 2016 is asked with the code itself."""
    return [code] if day <= _CODES_OF else [place.code for place in geography().successors(code, day)]
