"""What can only be seen of a delivery as a whole: rows that stand twice, and figures unlike what was delivered before.

The first is an error on the row that repeats. The rest are questions: the delivery is taken, and the municipality
confirms or corrects. Every comparison is with the record's own municipality, by the number it has today.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from introstat.collect.rules import delivery as checks
from introstat.vocabulary.deliveries import DeliveryKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from introstat.collect.circumstances import Circumstances
    from introstat.collect.compare import Met
    from introstat.collect.findings import Findings
    from introstat.definitions.catalogue import Definitions
    from introstat.definitions.form import Form
    from introstat.definitions.parameters import Parameters

MEN: Final = "M"

_WHAT: Final = {
    DeliveryKind.PARTICIPANTS: ("start_date",),
    DeliveryKind.MEASURES: ("measure", "from_date"),
    DeliveryKind.EVENTS: ("event", "from_date"),
    DeliveryKind.DIRECT_REPORT: ("sex", "reason", "basis"),
    DeliveryKind.NIL_REPORT: (),
}
"""What, besides the municipality and the person, makes two rows be about the same."""

_WITHOUT_REASON_FEWEST: Final = 10
_SAME_FOR_ALL_FEWEST: Final = 20
_VARYING: Final = ("sex", "citizenship", "birth_date", "start_date")
_MET_FEWEST: Final = 3
_MET_CHANGED: Final = 0.8


def find_duplicates(records: pa.Table, *, kind: DeliveryKind, taken: NDArray[np.bool_], findings: Findings) -> None:
    """Clear `taken` for rows about the same as an earlier row that is taken, and say so.

    Two rows are about the same person when either number is the same.
    """
    findings.try_all([checks.DUPLICATE])
    lines = records["line"].to_pylist()
    about = ("municipality", *_WHAT[kind])
    ids = ("national_id", "duf_number") if "national_id" in records.column_names else (None,)
    keys = [list(_rows(records, *about, *([name] if name else []))) for name in ids]
    if all(
        _are_different([key for key in of_id if not name or key[-1]]) for of_id, name in zip(keys, ids, strict=True)
    ):
        return
    seen: list[dict[Sequence[Any], int]] = [{} for _ in ids]
    for row in np.flatnonzero(taken).tolist():
        own = [(known, key[row]) for known, key, name in zip(seen, keys, ids, strict=True) if not name or key[row][-1]]
        first = next((known[key] for known, key in own if key in known), None)
        if first is None:
            for known, key in own:
                known[key] = lines[row]
        else:
            taken[row] = False
            findings.add(checks.DUPLICATE, lines=[lines[row]], values={"first": first})


def _are_different(keys: list[Sequence[Any]]) -> bool:
    return len(set(keys)) == len(keys)


@dataclass(frozen=True, slots=True)
class Before:
    """What the register knew of a place: ended per sex this year and the year before, and ended this year but not in the file."""

    ended: Mapping[tuple[str, int, str], int]
    left_behind: Mapping[str, int]

    def total(self, place: str, year: int) -> int:
        """How many ended in a place in a year."""
        return sum(count for (where, when, _), count in self.ended.items() if (where, when) == (place, year))


class WholeChecks:
    """The checks of a delivery as a whole, for one year's definitions."""

    def __init__(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self._year = definitions.year.value

    def look(
        self,
        records: pa.Table,
        *,
        kind: DeliveryKind,
        circumstances: Circumstances,
        met: Mapping[str, Met],
        findings: Findings,
    ) -> None:
        """Add what is found about the records that are taken."""
        findings.try_all(check for check in checks.WHOLE_CHECKS if kind in check.kinds)
        if not records.num_rows:
            return
        limits, form = circumstances.limits, self._definitions.form[kind]
        self._look_at_deadline(circumstances, findings)
        _look_for_missing(records, circumstances.represents, findings)
        if "synthetic" in records.column_names:
            _look_for_mixed_ids(records, form, findings)
        here = self._now(records, kind)
        before = self._before(records, kind, circumstances)
        if kind is DeliveryKind.PARTICIPANTS:
            _look_for_same(records, form, findings)
            self._look_for_missing_reasons(records, findings)
            self._look_for_swapped(here, before, met=met, limits=limits, form=form, findings=findings)
            _look_for_left_behind(here, before, findings)
        if kind in checks.FAR_FROM_LAST_YEAR.kinds:
            self._look_for_far(here, before, kind=kind, limits=limits, findings=findings)
        if circumstances.earlier is not None:
            earlier = circumstances.earlier.reporting
            self._look_at_sources(here, before, kind=kind, reporting=earlier, records=records, findings=findings)

    def _now(self, records: pa.Table, kind: DeliveryKind) -> Counter[tuple[str, str]]:
        """How many ended in the year, by place and sex, according to this delivery."""
        now: Counter[tuple[str, str]] = Counter()
        if kind is DeliveryKind.PARTICIPANTS:
            for place, sex, end in _rows(records, "place", "sex", "end_date"):
                if end is not None and end.year == self._year:
                    now[place, sex] += 1
        elif kind is DeliveryKind.DIRECT_REPORT:
            for place, sex, count in _rows(records, "place", "sex", "count"):
                if place is not None:
                    now[place, sex] += count
        return now

    def _before(self, records: pa.Table, kind: DeliveryKind, circumstances: Circumstances) -> Before:
        programmes = circumstances.programmes_of_places(records)
        ended = pc.is_in(pc.year(programmes["end_date"]), value_set=pa.array([self._year - 1, self._year], pa.int64()))
        programmes = programmes.filter(ended)
        if not programmes.num_rows:
            return Before(ended={}, left_behind={})
        delivered = (
            {about for abouts in _abouts(records) for about in abouts} if kind is DeliveryKind.PARTICIPANTS else None
        )
        counted: Counter[tuple[str, int, str]] = Counter()
        left_behind: Counter[str] = Counter()
        for abouts, (place, end, sex) in zip(
            _abouts(programmes), _rows(programmes, "place", "end_date", "sex"), strict=True
        ):
            counted[place, end.year, sex] += 1
            if delivered is not None and end.year == self._year and delivered.isdisjoint(abouts):
                left_behind[place] += 1
        return Before(ended=counted, left_behind=left_behind)

    def _look_at_deadline(self, circumstances: Circumstances, findings: Findings) -> None:
        closing = circumstances.limits.closing.after(self._definitions.year)
        if circumstances.received > closing:
            values = {"deadline": f"{closing:%d.%m.%Y}", "year": self._year}
            findings.add(checks.AFTER_DEADLINE, values=values)

    def _look_for_missing_reasons(self, records: pa.Table, findings: Findings) -> None:
        ended: Counter[str] = Counter()
        missing: Counter[str] = Counter()
        for place, end, reason in _rows(records, "place", "end_date", "reason"):
            if end is not None and end.year == self._year:
                ended[place] += 1
                missing[place] += reason is None
        for place, count in missing.items():
            if count >= _WITHOUT_REASON_FEWEST and count * 2 > ended[place]:
                values = {"municipality": place, "missing": count, "ended": ended[place]}
                findings.add(checks.MANY_WITHOUT_REASON, values=values)

    def _look_for_swapped(
        self,
        now: Counter[tuple[str, str]],
        before: Before,
        *,
        met: Mapping[str, Met],
        limits: Parameters,
        form: Form,
        findings: Findings,
    ) -> None:
        for place in sorted({place for place, _ in now} | met.keys()):
            people = met.get(place)
            same_people = people is not None and _most_changed(people)
            last_year = {sex: before.ended.get((place, self._year - 1, sex), 0) for sex in _sexes(before, place)}
            this_year = {sex: count for (where, sex), count in now.items() if where == place}
            if same_people or _mirrored(this_year, last_year, limits):
                column = form.by_field("sex").name
                findings.add(checks.SWAPPED, column=column, values={"municipality": place})

    def _look_for_far(
        self,
        now: Counter[tuple[str, str]],
        before: Before,
        *,
        kind: DeliveryKind,
        limits: Parameters,
        findings: Findings,
    ) -> None:
        """What the year comes to with this delivery against the year before; asked only when it changes the year."""
        for place in sorted({place for place, _ in now}):
            registered = before.total(place, self._year)
            kept = before.left_behind.get(place, 0) if kind is DeliveryKind.PARTICIPANTS else registered
            ended, last_year = _in_place(now, place) + kept, before.total(place, self._year - 1)
            if not last_year or ended == registered or max(ended, last_year) < limits.far_people_fewest:
                continue
            if max(ended, last_year) > limits.far_times * min(ended, last_year):
                values = {"municipality": place, "now": ended, "before": last_year}
                findings.add(checks.FAR_FROM_LAST_YEAR, values=values)

    def _look_at_sources(
        self,
        now: Counter[tuple[str, str]],
        before: Before,
        *,
        kind: DeliveryKind,
        reporting: pa.Table,
        records: pa.Table,
        findings: Findings,
    ) -> None:
        """The register against direct and nil reports of the same municipality and year."""
        said = {
            code: (people, direct, nil, declared)
            for code, year, people, direct, nil, declared in _rows(
                reporting, "municipality", "year", "people", "direct", "nil", "declared"
            )
            if year == self._year
        }
        for code, place in sorted({(code, place) for code, place in _rows(records, "municipality", "place") if code}):
            people, direct, nil, declared = said.get(code, (0, 0, False, None))
            values = {"municipality": code, "year": self._year}
            other = direct if kind is DeliveryKind.PARTICIPANTS else people
            if kind in checks.BOTH_SOURCES.kinds and other and declared is None:
                findings.add(checks.BOTH_SOURCES, values=values)
            if kind in checks.AFTER_NIL.kinds and nil and _in_place(now, place):
                findings.add(checks.AFTER_NIL, values=values)
            if kind in checks.NIL_AGAINST_REGISTER.kinds and (direct or before.total(place, self._year)):
                findings.add(checks.NIL_AGAINST_REGISTER, values=values)


def _in_place(now: Counter[tuple[str, str]], place: str) -> int:
    return sum(count for (where, _), count in now.items() if where == place)


def _look_for_left_behind(now: Counter[tuple[str, str]], before: Before, findings: Findings) -> None:
    """Only of a file that looks like a whole year: one row with a correction leaves nobody behind."""
    for place, count in sorted(before.left_behind.items()):
        if count <= _in_place(now, place):
            findings.add(checks.LEFT_BEHIND, values={"municipality": place, "count": count})


def _look_for_missing(records: pa.Table, represents: frozenset[str] | None, findings: Findings) -> None:
    if represents is None or len(represents) < 2:
        return
    for municipality in sorted(represents - set(records["municipality"].to_pylist())):
        findings.add(checks.MISSING_MUNICIPALITY, values={"municipality": municipality})


def _look_for_mixed_ids(records: pa.Table, form: Form, findings: Findings) -> None:
    kinds = set(records["synthetic"].unique().to_pylist()) - {None}
    if len(kinds) == 2:
        findings.add(checks.MIXED_IDS, column=form.by_field("national_id").name)


def _look_for_same(records: pa.Table, form: Form, findings: Findings) -> None:
    if records.num_rows < _SAME_FOR_ALL_FEWEST:
        return
    for field in _VARYING:
        if len(records[field].unique()) == 1:
            findings.add(checks.SAME_FOR_ALL, column=form.by_field(field).name)


def _most_changed(met: Met) -> bool:
    return met.people >= _MET_FEWEST and met.sex_changed >= _MET_CHANGED * met.people


def _mirrored(now: Mapping[str, int], before: Mapping[str, int], limits: Parameters) -> bool:
    """Whether the share of men now is far from last year's and close to last year's share of women."""
    if min(sum(now.values()), sum(before.values())) < limits.swapped_people_fewest:
        return False
    men = now.get(MEN, 0) / sum(now.values())
    men_before = before.get(MEN, 0) / sum(before.values())
    moved = abs(men - men_before)
    return moved * 100 >= limits.swapped_points_least and abs(men - (1 - men_before)) < moved / 2


def _sexes(before: Before, place: str) -> Iterable[str]:
    return {sex for where, _, sex in before.ended if where == place}


def _rows(table: pa.Table, *names: str) -> Iterable[Sequence[Any]]:
    return zip(*(table[name].to_pylist() for name in names), strict=True)


def _abouts(table: pa.Table) -> Iterable[list[tuple[str, date, str, str]]]:
    """By what each programme is known again: its place and start with either number of its person."""
    for place, start, national, duf in _rows(table, "place", "start_date", "national_id", "duf_number"):
        yield [(place, start, kind, number) for kind, number in (("n", national), ("d", duf)) if number is not None]


_WHOLE: Final[dict[str, WholeChecks]] = {}


def whole_checks(definitions: Definitions) -> WholeChecks:
    """The checks of whole deliveries, made once for each year's definitions."""
    if definitions.checksum not in _WHOLE:
        _WHOLE[definitions.checksum] = WholeChecks(definitions)
    return _WHOLE[definitions.checksum]
