"""What deliveries, direct reports, nil reports and declarations come to, municipality by municipality and year by year."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa

from introstat.register.payloads import values_of
from introstat.vocabulary.deliveries import DeliveryKind
from introstat.vocabulary.histories import REPORTED_EXITS, REPORTING, EntryKind, Scalar

TAKEN: Final = "taken."
COUNT: Final = "count:"

_REPORT_ORDER: Final = ("year", "municipality", "sender", "basis", "sex", "reason")


@dataclass(slots=True)
class Reports:
    """What deliveries, direct reports, nil reports and declarations come to. Grows with the ledger; `take` in its order.

    Its tables are asked for after every delivery, which changes a line or two of hundreds: the others are kept.
    """

    received: int = 0
    valid: int = 0
    _people: defaultdict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))
    _direct: dict[str, tuple[str | None, int, dict[str, Scalar]]] = field(default_factory=dict)
    _nil: set[tuple[str, int]] = field(default_factory=set)
    _declared: dict[tuple[str, int], dict[str, str]] = field(default_factory=dict)
    _counted: defaultdict[tuple[str, int], dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    _reported: pa.Table | None = field(default=None, compare=False, repr=False)
    _lines: dict[tuple[str, int], tuple[Any, ...]] = field(default_factory=dict, compare=False, repr=False)
    _order: list[tuple[str, int]] = field(default_factory=list, compare=False, repr=False)
    _changed: set[tuple[str, int]] = field(default_factory=set, compare=False, repr=False)

    def take(self, entries: pa.Table) -> None:
        """Take in entries that come after all those taken before; those about people are passed over."""
        wanted = entries.select(["kind", "subject", "year", "municipality", "payload"])
        for kind, subject, year, municipality, payload in zip(
            *(column.to_pylist() for column in wanted.columns), strict=True
        ):
            match kind:
                case EntryKind.DELIVERY:
                    self._take_delivery(values_of(payload), year)
                case EntryKind.DIRECT_REPORT:
                    self._take_direct(f"{year} {subject}", municipality, year, values_of(payload))
                case EntryKind.NIL_REPORT:
                    self._nil.add((municipality, year))
                    self._changed.add((municipality, year))
                case EntryKind.DECLARATION:
                    said = values_of(payload)
                    self._declared.setdefault((municipality, year), {})[str(said["side"])] = str(said["rests_on"])
                    self._changed.add((municipality, year))
                case _:
                    continue

    def reported(self) -> pa.Table:
        """Every line of the direct reports that stand, by year, municipality, basis, sex and reason (`REPORTED_EXITS`)."""
        if self._reported is not None:
            return self._reported
        rows = [
            {
                "municipality": municipality,
                "sex": sex,
                "reason": reason or None,
                "count": count,
                "basis": str(said["basis"]),
                "year": year,
                "sender": str(said["sender"]),
            }
            for municipality, year, said in self._direct.values()
            for key, count in said.items()
            if key.startswith(COUNT)
            for _, sex, reason in [key.split(":")]
        ]
        rows.sort(key=lambda row: tuple(str(row[name] or "") for name in _REPORT_ORDER))
        self._reported = pa.Table.from_pylist(rows, schema=REPORTED_EXITS)
        return self._reported

    def reporting(self, municipalities: Collection[str] | None = None) -> pa.Table:
        """What each municipality, or each of some, has sent for each year (`REPORTING`)."""
        for place in self._changed:
            if place not in self._lines:
                insort(self._order, place)
            self._lines[place] = self._line(place)
        self._changed.clear()
        places = self._order if municipalities is None else [*self._places_in(municipalities)]
        columns = zip(*(self._lines[place] for place in places), strict=True) if places else [()] * len(REPORTING)
        typed = [pa.array(column, field.type) for column, field in zip(columns, REPORTING, strict=True)]
        return pa.table(typed, schema=REPORTING)

    def _places_in(self, municipalities: Collection[str]) -> Iterator[tuple[str, int]]:
        for municipality in sorted(municipalities):
            at = bisect_left(self._order, (municipality, 0))
            while at < len(self._order) and self._order[at][0] == municipality:
                yield self._order[at]
                at += 1

    def _line(self, place: tuple[str, int]) -> tuple[Any, ...]:
        """What one municipality has sent for one year, in the order of `REPORTING`."""
        said = self._declared.get(place, {})
        both = {said.get("office"), said.get("municipality")}
        return (
            *place,
            self._people.get(place, 0),
            sum(self._counted.get(place, {}).values()),
            place in self._nil,
            both.pop() if len(both) == 1 else None,
        )

    def _take_direct(self, key: str, municipality: str | None, year: int, said: dict[str, Scalar]) -> None:
        before, _, _ = self._direct.get(key, (municipality, year, None))
        self._direct[key] = (municipality, year, said)
        self._reported = None
        if before is not None and before != municipality:
            self._forget_direct(key, (before, year))
        if municipality is not None:
            counts = (count for name, count in said.items() if name.startswith(COUNT))
            self._counted[municipality, year][key] = sum(count for count in counts if isinstance(count, int))
            self._changed.add((municipality, year))

    def _forget_direct(self, key: str, place: tuple[str, int]) -> None:
        """Another sender's report has taken the place of one: it may have been all there was."""
        del self._counted[place][key]
        if not self._counted[place]:
            del self._counted[place]
        self._changed.add(place)
        if not any(place in known for known in (self._people, self._counted, self._nil, self._declared)):
            self._changed.discard(place)
            if self._lines.pop(place, None) is not None:
                self._order.remove(place)

    def _take_delivery(self, said: Mapping[str, Scalar], year: int) -> None:
        self.received += int(said["read"] or 0)
        self.valid += int(said["taken"] or 0)
        if said.get("kind") == DeliveryKind.PARTICIPANTS:
            for key, rows in said.items():
                if key.startswith(TAKEN):
                    place = key.removeprefix(TAKEN), year
                    self._people[place] += int(rows or 0)
                    self._changed.add(place)
