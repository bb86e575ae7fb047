"""What a municipality's or district's number means on a day, each question answered once.

Numbers change on a few days only. Between two such days every date has the same map, so answers are kept per map, not
per date.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from introstat.definitions.catalogue import Definitions
    from introstat.vocabulary.places import Geography, Level, Place

VALID, ENDED, NOT_YET, UNKNOWN = "valid", "ended", "not_yet", "unknown"


class Places:
    """The places of one level under one year's definitions."""

    def __init__(self, geography: Geography, level: Level) -> None:
        self._geography = geography
        self._level = level
        self._days = sorted(
            {place.valid_from for place in geography.places}
            | {place.valid_to for place in geography.places if place.valid_to is not None}
        )
        self._by_code: dict[str, list[Place]] = {}
        for place in geography.places:
            if place.level is level:
                self._by_code.setdefault(place.code, []).append(place)
        self._states: dict[tuple[str, int], str] = {}
        self._today: dict[int, dict[str, str]] = {}
        self._numbers: dict[int, dict[str, list[str]]] = {}

    def state(self, code: str, on: date) -> str:
        """Whether the number is `valid`, `ended`, `not_yet` or `unknown` that day."""
        known = self._by_code.get(code)
        if known is None:
            return UNKNOWN
        key = (code, bisect_right(self._days, on))
        if key not in self._states:
            self._states[key] = _state(known, on)
        return self._states[key]

    def current(self, codes: Iterable[str], on: date) -> dict[str, str]:
        """By number, the one that holds that day what it held, where that is one; else the number itself."""
        kept = self._today.setdefault(bisect_right(self._days, on), {})
        for code in codes:
            if code not in kept and code in self._by_code:
                successors = self._geography.successors(code, on)
                kept[code] = successors[0].code if len(successors) == 1 else code
        return {code: kept.get(code, code) for code in codes}

    def numbers_of(self, places: Iterable[str], on: date) -> frozenset[str]:
        """All numbers whose `current` one is one of these places."""
        day = bisect_right(self._days, on)
        if day not in self._numbers:
            numbers = self._numbers[day] = {}
            for code, today in self.current(self._by_code, on).items():
                numbers.setdefault(today, []).append(code)
        return frozenset(code for place in places for code in (place, *self._numbers[day].get(place, ())))

    def successors(self, code: str, on: date) -> str:
        """Numbers and names of the places that took over, for a message."""
        taken_over = self._geography.successors(code, on)
        return ", ".join(f"{place.code} {place.norwegian}" for place in taken_over)


def _state(known: list[Place], on: date) -> str:
    if any(place.is_valid(on) for place in known):
        return VALID
    return ENDED if any(place.valid_from <= on for place in known) else NOT_YET


_KEPT: Final[dict[tuple[str, Level], Places]] = {}


def places_of(definitions: Definitions, level: Level) -> Places:
    """The places of a level, made once for each year's definitions."""
    key = (definitions.checksum, level)
    if key not in _KEPT:
        _KEPT[key] = Places(definitions.geography, level)
    return _KEPT[key]
