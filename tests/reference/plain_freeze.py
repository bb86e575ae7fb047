"""Who counts where, once more: one person at a time, in plain Python, from the words of the rule and not from the query."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from introstat.definitions.catalogue import Definitions
from introstat.definitions.reasons import Outcome
from introstat.vocabulary.histories import Histories
from introstat.vocabulary.years import ReportingYear

Row = Mapping[str, Any]


def plain_rows(histories: Histories, *, definitions: Definitions, year: ReportingYear) -> list[tuple[Any, ...]]:
    """Person, start, municipality, county, reason, age and the three levels of every row, sorted as text."""
    by_person: dict[int, list[Row]] = defaultdict(list)
    for row in histories.programmes.to_pylist():
        by_person[row["person"]].append(row)
    rests = plain_sources(histories, definitions=definitions, year=year)
    found = [line for rows in by_person.values() for line in _person(rows, rests, definitions=definitions, year=year)]
    strict = any(
        line[-1] and any(row["address_protection"] == "strengt_fortrolig" for row in by_person[line[0]])
        for line in found
    )
    for report in histories.reported.to_pylist():
        if report["year"] == year.value:
            found += _report(report, rests, strict, definitions=definitions, year=year)
    return sorted(found, key=repr)


def plain_sources(histories: Histories, *, definitions: Definitions, year: ReportingYear) -> dict[str, str]:
    """What the year of each municipality rests on."""
    people: set[str] = set()
    direct: set[str] = set()
    nil: set[str] = set()
    declared: dict[str, str | None] = {}
    for line in histories.reporting.to_pylist():
        if line["year"] == year.value:
            here = _now(line["municipality"], definitions, year.last_day)
            people |= {here} if line["people"] else set()
            nil |= {here} if line["nil"] else set()
            declared[here] = line["declared"] or declared.get(here)
    for line in histories.reported.to_pylist():
        if line["year"] == year.value and line["basis"] == "mangler_i_registeret":
            direct.add(_now(line["municipality"], definitions, year.last_day))
    for row in histories.programmes.to_pylist():
        if row["end_date"] and row["end_date"].year == year.value and row["address_protection"] == "ugradert":
            people.add(_now(row["municipality"], definitions, year.last_day))
    codes = {place.code for place in definitions.geography.municipalities(year.last_day)}
    rests = {}
    for code in codes | people | direct | nil | set(declared):
        if code in people and code in direct:
            rests[code] = declared.get(code) or "register"
        elif code in people:
            rests[code] = "register"
        elif code in direct:
            rests[code] = "direct"
        else:
            rests[code] = "nil" if code in nil else "none"
    return rests


def _person(
    rows: list[Row], rests: Mapping[str, str], *, definitions: Definitions, year: ReportingYear
) -> Iterable[tuple[Any, ...]]:
    protected = any(row["address_protection"] != "ugradert" for row in rows)
    lines: list[dict[str, Any]] = []
    for row in rows:
        if row["start_date"] > year.last_day or (row["end_date"] and row["end_date"] < year.first_day):
            continue
        end = row["end_date"] if row["end_date"] and row["end_date"] <= year.last_day else None
        on = end or year.last_day
        parts = definitions.geography.successors(row["municipality"], on)
        counties = {part.parent for part in parts}
        place = parts[0].code if len(parts) == 1 else None
        county = next(iter(counties)) if len(counties) == 1 else None
        counts = end is not None and not _was_a_pause(row, rows, definitions, year)
        if counts and definitions.reasons.counts_as(row["reason"], on) is Outcome.LEFT_OUT:
            counts = False
        if not protected and place is not None and rests[place] == "direct":
            counts = False
        lines.append({"row": row, "end": end, "place": place, "county": county, "counts": counts, "on": on})
    for line in lines:
        row, end = line["row"], line["end"]
        here, around, anywhere = (
            line["counts"] and line is _last(other for other in lines if other["counts"] and same(other))
            for same in (
                lambda other, line=line: other["place"] == line["place"],
                lambda other, line=line: other["county"] == line["county"],
                lambda other: True,
            )
        )
        born, on = row["birth_date"], line["on"]
        age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        yield (
            row["person"],
            row["start_date"],
            None if protected else line["place"],
            None if protected else line["county"],
            definitions.reasons.published_code(row["reason"]) if end else "8",
            age,
            1,
            here and not protected and line["place"] is not None,
            around and not protected and line["county"] is not None,
            anywhere,
        )


def _report(
    report: Row, rests: Mapping[str, str], strict: bool, *, definitions: Definitions, year: ReportingYear
) -> Iterable[tuple[Any, ...]]:
    reason = definitions.reasons.published_code(report["reason"])
    if not report["count"] or definitions.reasons.counts_as(report["reason"], year.last_day) is Outcome.LEFT_OUT:
        return
    if report["municipality"] is None:
        if not strict:
            yield (None, None, None, None, reason, None, report["count"], False, False, True)
        return
    parts = definitions.geography.successors(report["municipality"], year.last_day)
    code = parts[0].code if len(parts) == 1 else report["municipality"]
    if rests[code] in ("direct", "both"):
        county = parts[0].parent if len(parts) == 1 else None
        known = len(parts) == 1
        yield (None, None, code if known else None, county, reason, None, report["count"], known, known, True)


def _was_a_pause(row: Row, rows: list[Row], definitions: Definitions, year: ReportingYear) -> bool:
    months = definitions.parameters(year.last_day).temporary_stop_months
    return row["end_type"] == "stanset" and any(
        other["start_date"] > row["start_date"]
        and row["end_date"] <= other["start_date"] <= _later(row["end_date"], months)
        for other in rows
    )


def _later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def _last(lines: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return max(lines, key=lambda line: (line["end"], line["row"]["start_date"], line["row"]["municipality"]))


def _now(code: str, definitions: Definitions, on: date) -> str:
    parts = definitions.geography.successors(code, on)
    return parts[0].code if len(parts) == 1 else code
