"""Places people are counted in: the country, its counties and municipalities, and the districts of Oslo.

IMDi regions and economic regions are made of whole municipalities too, but beside the counties: a region may cross the border
of a county. What they hold is listed, where a county's municipalities name the county.

A code is text with its leading zeros and means a place only together with a day: ``valid_from`` is the first day it is in
force, ``valid_to`` the first day it is not. On 31 December 2017 ``1601`` is Trondheim in county ``16``; the day after,
Trondheim is ``5001`` in county ``50``, and ``successors("1601", on)`` says so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Literal

NameLanguage = Literal["no", "se", "smj", "sma", "fkv"]
"""BCP 47 tags: Norwegian, Northern Sámi, Lule Sámi, Southern Sámi, Kven."""

COUNTRY_CODE: Final = "0"
NOT_STATED: Final = "99"
"""What the code of a city's district of those not stated ends with (Statistics Norway, Klass 103); its name says what it is."""


class Level(Enum):
    """How large a place is, from the whole country down."""

    COUNTRY = "country"
    COUNTY = "county"
    IMDI_REGION = "imdi_region"
    ECONOMIC_REGION = "economic_region"
    MUNICIPALITY = "municipality"
    DISTRICT = "district"


LINKED: Final = (Level.IMDI_REGION, Level.ECONOMIC_REGION)
"""The levels beside the counties: their places list the municipalities they are made of."""

_SHAPE: Final = {
    Level.COUNTRY: re.compile("0"),
    Level.COUNTY: re.compile("[0-9]{2}"),
    Level.IMDI_REGION: re.compile("I[0-9]{2}"),
    Level.ECONOMIC_REGION: re.compile("N[0-9]{4}"),
    Level.MUNICIPALITY: re.compile("[0-9]{4}"),
    Level.DISTRICT: re.compile("[0-9]{6}"),
}
_PARENT: Final = {
    Level.COUNTY: Level.COUNTRY,
    Level.IMDI_REGION: Level.COUNTRY,
    Level.ECONOMIC_REGION: Level.COUNTRY,
    Level.MUNICIPALITY: Level.COUNTY,
    Level.DISTRICT: Level.MUNICIPALITY,
}


@lru_cache(maxsize=8_000)
def level_of(code: str) -> Level | None:
    """The level whose codes have this shape: `0`, `03`, `I01`, `N3009`, `0301`, `030101`; None for another."""
    return next((level for level, shape in _SHAPE.items() if shape.fullmatch(code)), None)


@dataclass(frozen=True, slots=True)
class Name:
    """An official name and the language it is in, so that a page can tag it for a screen reader."""

    text: str
    language: NameLanguage

    def __post_init__(self) -> None:
        if not self.text.strip() or self.text != self.text.strip():
            raise ValueError("a name is not blank and has no space around it")


@dataclass(frozen=True, slots=True)
class Place:
    """A code and what it means from ``valid_from`` up to, not including, ``valid_to`` (None: still in force).

    ``parent`` is the code of the place it lies in, None for the country. ``members`` are the municipalities of a place of a
    linked level, whenever they are in force. Raises ValueError for a code that has not the shape of its level (``0``, two,
    four or six digits, ``I01``, ``N3009``), dates the wrong way round, or a missing or misplaced parent.
    """

    code: str
    level: Level
    names: tuple[Name, ...]
    valid_from: date
    valid_to: date | None
    parent: str | None
    members: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _SHAPE[self.level].fullmatch(self.code):
            raise ValueError(f"{self.code!r} is not the code of a {self.level.value}")
        if not self.names:
            raise ValueError(f"{self.code} has no name")
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError(f"{self.code} ends before it begins")
        if bool(self.members) != (self.level in LINKED):
            raise ValueError(f"{self.code}: a region, and nothing else, lists its municipalities")
        if self.level is Level.COUNTRY:
            if self.parent is not None:
                raise ValueError("the country lies in no other place")
        elif self.parent is None or not _SHAPE[_PARENT[self.level]].fullmatch(self.parent):
            raise ValueError(f"{self.code} must lie in a {_PARENT[self.level].value}")

    @property
    def label(self) -> str:
        """All official names in their official order: ``Snåase – Snåsa``."""
        return " – ".join(name.text for name in self.names)

    @property
    def norwegian(self) -> str:
        """The name to use inside a Norwegian or English sentence; the first official one where none is Norwegian."""
        return next((name.text for name in self.names if name.language == "no"), self.names[0].text)

    def is_valid(self, on: date) -> bool:
        """Whether the code is in force on that day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class Change:
    """From this day ``old`` is no longer in force, or has given up a part, and ``new`` holds it or a part of it."""

    on: date
    old: str
    new: str

    def __post_init__(self) -> None:
        if self.old == self.new or len(self.old) != len(self.new):
            raise ValueError(
                f"a change leads from one place to another of the same level, not {self.old} to {self.new}"
            )


@dataclass(frozen=True, slots=True)
class Geography:
    """All places that any day since 2003 knows, and how one became another.

    ``places`` are kept in the order tables show them: country, counties, municipalities, districts, each by code, then by
    first day. Raises ValueError where two validities of one code overlap.
    """

    places: tuple[Place, ...]
    changes: tuple[Change, ...] = ()
    _by_code: Mapping[str, tuple[Place, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        order = list(Level)
        ordered = sorted(self.places, key=lambda place: (order.index(place.level), place.code, place.valid_from))
        by_code: defaultdict[str, list[Place]] = defaultdict(list)
        for place in ordered:
            earlier = by_code[place.code]
            if earlier and (earlier[-1].valid_to is None or place.valid_from < earlier[-1].valid_to):
                raise ValueError(f"two validities of {place.code} overlap at {place.valid_from}")
            earlier.append(place)
        object.__setattr__(self, "places", tuple(ordered))
        object.__setattr__(
            self, "_by_code", MappingProxyType({code: tuple(places) for code, places in by_code.items()})
        )

    def at(self, on: date) -> Geography:
        """The same geography with only the places in force on that day; what came before and after is left out."""
        return Geography(places=tuple(place for place in self.places if place.is_valid(on)))

    def country(self, on: date) -> Place:
        """The country. Raises LookupError before it is in force."""
        return self._required(COUNTRY_CODE, on)

    def counties(self, on: date) -> tuple[Place, ...]:
        """The counties in force on that day, by code."""
        return self._of_level(Level.COUNTY, on)

    def imdi_regions(self, on: date) -> tuple[Place, ...]:
        """The regions of the directorate in force on that day, by code; none where their municipalities are not known."""
        return self._of_level(Level.IMDI_REGION, on)

    def economic_regions(self, on: date) -> tuple[Place, ...]:
        """The economic regions in force on that day, by code; none where their municipalities are not known."""
        return self._of_level(Level.ECONOMIC_REGION, on)

    def members(self, region: str, on: date) -> tuple[str, ...]:
        """The municipalities of a linked region that are in force on that day. Raises LookupError for no such region."""
        found = (self.find(code, on) for code in self._required(region, on).members)
        return tuple(place.code for place in found if place is not None)

    def municipalities(self, on: date) -> tuple[Place, ...]:
        """The municipalities in force on that day, by code."""
        return self._of_level(Level.MUNICIPALITY, on)

    def districts(self, on: date) -> tuple[Place, ...]:
        """Oslo's districts in force on that day, by code."""
        return self._of_level(Level.DISTRICT, on)

    def find(self, code: str, on: date) -> Place | None:
        """The place a code means on that day, or None."""
        return next((place for place in self._by_code.get(code, ()) if place.is_valid(on)), None)

    def county_of(self, municipality: str, on: date) -> Place:
        """The county a municipality lies in on that day. Raises LookupError where the code is not a municipality then."""
        place = self._required(municipality, on)
        if place.level is not Level.MUNICIPALITY or place.parent is None:
            raise LookupError(f"{municipality} is not a municipality")
        return self._required(place.parent, on)

    def was_valid_ever(self, code: str) -> bool:
        """Whether any day since 2003 knows the code."""
        return code in self._by_code

    def successors(self, code: str, on: date) -> tuple[Place, ...]:
        """The places that hold, on that day, what ``code`` held: itself while in force, several after a split.

        Empty where the code was never in force or is not in force yet.
        """
        here = self.find(code, on)
        if here is not None:
            return (here,)
        found: dict[str, Place] = {}
        for change in self.changes:
            if change.old == code and change.on <= on:
                found.update((place.code, place) for place in self.successors(change.new, on))
        return tuple(found[code] for code in sorted(found))

    def _of_level(self, level: Level, on: date) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.level is level and place.is_valid(on))

    def _required(self, code: str, on: date) -> Place:
        place = self.find(code, on)
        if place is None:
            raise LookupError(f"no place has the code {code} on {on.isoformat()}")
        return place
