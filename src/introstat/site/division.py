"""What a place of an earlier year is in the newest division of the country: Skedsmo of 2016 is Lillestrøm from 2024."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from introstat.definitions.catalogue import geography
from introstat.site.other_names import LEVELS, same_name_first
from introstat.site.series import is_same

if TYPE_CHECKING:
    from introstat.vocabulary.places import Place


@dataclass(frozen=True, slots=True)
class Division:
    """The places that a place is, or lies in with all or parts of it, and the year their division of the country began."""

    year: int
    places: Sequence[Place]


@cache
def newest_division(code: str, year: int) -> Division | None:
    """What the place of a year is now; None where it still is what it was, and for a code that is no place of the year."""
    known = geography()
    place = known.find(code, date(year, 12, 31))
    if place is None or place.level not in LEVELS:
        return None
    start = max(found.valid_from for found in known.places if found.level in LEVELS)
    places = same_name_first(place, known.successors(code, start))
    if not places or (places[0].code == code and is_same(code, earlier=year, later=start.year)):
        return None
    return Division(start.year, places)
