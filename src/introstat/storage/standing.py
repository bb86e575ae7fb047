"""The rows that stand in the register, each found by its person, by a number of hers, or by its municipality.

What is asked of a few people or municipalities costs what they have, and not what the register holds. Rows are added at the end
and never moved: those that have been replaced are passed over until they are as many as the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, Final

import numpy as np
import pyarrow as pa

from introstat.register.fold import ordered

PERSON: Final = "person"
MUNICIPALITY: Final = "municipality"
NUMBERS: Final = ("national_id", "duf_number")
_FOUND_BY: Final = (PERSON, *NUMBERS, MUNICIPALITY)
_MOST_RECENT: Final = 2_000
"""So many rows are added at most before they are laid together with the others: what one delivery adds is copied that often."""


class Standing:
    """The rows of one kind (`STANDING`)."""

    def __init__(self, rows: pa.Table) -> None:
        self._settled: pa.Table
        self._recent: pa.Table
        self._take(rows)

    def find(self, name: str, values: Iterable[Any]) -> set[int]:
        """The places of the rows that have one of these values in a column; none has a missing one."""
        at = self._at[name]
        return {place for value in values for place in at.get(value, ()) if place not in self._gone}

    def people_at(self, places: Iterable[int]) -> set[int]:
        """Whose the rows in these places are."""
        return {self._people[place] for place in places}

    def rows(self, places: Collection[int]) -> pa.Table:
        """The rows in these places, in the order of the entries they come from."""
        if not places:
            return self._recent.slice(0, 0)
        at = np.sort(np.fromiter(places, np.int64, len(places)))
        split = int(np.searchsorted(at, self._settled.num_rows))
        parts = []
        if split:
            parts.append(self._settled.take(pa.array(at[:split])))
        if split < len(at):
            parts.append(self._recent.take(pa.array(at[split:] - self._settled.num_rows)))
        return ordered(pa.concat_tables(parts).combine_chunks() if len(parts) > 1 else parts[0])

    def all(self) -> pa.Table:
        """All rows, in the order of the entries they come from."""
        if self._gone or self._recent.num_rows:
            stands = np.ones(len(self._people), np.bool_)
            stands[list(self._gone)] = False
            self._take(ordered(pa.concat_tables([self._settled, self._recent]).filter(pa.array(stands))))
        return self._settled

    def exchange(self, people: Iterable[int], rows: pa.Table) -> None:
        """Take out all rows of some people, and put others in."""
        self._gone |= self.find(PERSON, people)
        if rows.num_rows:
            self._enter(rows)
            self._recent = pa.concat_tables([self._recent, rows]).combine_chunks()
        if 2 * len(self._gone) > len(self._people):
            self.all()
        elif self._recent.num_rows > _MOST_RECENT:
            self._settled = pa.concat_tables([self._settled, self._recent]).combine_chunks()
            self._recent = self._recent.slice(0, 0)

    def _take(self, rows: pa.Table) -> None:
        self._settled = rows.combine_chunks()
        self._recent = rows.slice(0, 0)
        self._gone: set[int] = set()
        self._people: list[int] = []
        self._at: dict[str, defaultdict[Any, list[int]]] = {name: defaultdict(list) for name in _FOUND_BY}
        self._enter(rows)

    def _enter(self, rows: pa.Table) -> None:
        first = len(self._people)
        for name, at in self._at.items():
            for place, value in enumerate(rows.column(name).to_pylist(), first):
                if value is not None:
                    at[value].append(place)
        self._people += rows.column(PERSON).to_pylist()
