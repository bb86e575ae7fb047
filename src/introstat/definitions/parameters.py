"""The law's and the office's numbers by date, each with a reference and who decided it.

``Parameters`` is what holds on one day, one typed field per parameter. The history behind each field stays in the book, for
the documentation and for the reader who asks since when and by whom.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from introstat.definitions.dated import Dated, Series
from introstat.definitions.reading import BadDefinition, Table
from introstat.vocabulary.places import Level
from introstat.vocabulary.texts import Text
from introstat.vocabulary.years import ReportingYear


@dataclass(frozen=True, slots=True)
class DayInYearAfter:
    """A day in the year after the reporting year; ``day`` None is the last of the month."""

    month: int
    day: int | None

    def after(self, year: ReportingYear) -> date:
        """The date for a reporting year: 28 or 29 February 2019 for 2018."""
        following = year.value + 1
        return date(following, self.month, self.day or calendar.monthrange(following, self.month)[1])


@dataclass(frozen=True, slots=True)
class ProgrammeLength:
    """Months a programme lasts under one act: the shortest, the ordinary limit, and the longest with approval."""

    law: str
    shortest: int
    ordinary: int
    longest: int


@dataclass(frozen=True, slots=True)
class AlwaysShown:
    """Cells that are never hidden: these contents of a table, for regions of these levels and for these sexes.

    ``sexes`` is empty for a table without that variable.
    """

    table: str
    levels: tuple[Level, ...]
    sexes: tuple[str, ...]
    contents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeclaredCell:
    """A cell of the protected group that a release knowingly gives away, by the codes of Kjonn and Grunn."""

    sex: str
    reason: str


@dataclass(frozen=True, slots=True)
class Parameters:
    """What holds on one day. Shares are in per cent, lengths in months, sizes in bytes; see each label in the book.

    The targets are None before there was one.
    """

    programme_age_lowest: int
    programme_age_highest: int
    programme_lengths: tuple[ProgrammeLength, ...]
    temporary_stop_months: int
    registration_months: int
    silence_months: int
    cutoff: DayInYearAfter
    closing: DayInYearAfter
    preliminary_month: int
    final_month: int
    release_hour: int
    announcement_months: int
    target_directly: int | None
    target_one_year_after: int | None
    counted_once_per: tuple[Level, ...]
    protected_counted_in: tuple[Level, ...]
    key_figure_ended: int
    key_figure_share: int
    place_shown_from: int
    file_bytes_most: int
    file_bytes_unpacked_most: int
    file_rows_most: int
    swapped_people_fewest: int
    swapped_points_least: int
    far_people_fewest: int
    far_times: int
    shifted_per_cent: int
    feedback_days: int
    protection_default: str
    always_shown: tuple[AlwaysShown, ...]
    declared_of_protected: tuple[DeclaredCell, ...]

    def length_under(self, law: str) -> ProgrammeLength | None:
        """The limits under one act, or None where the act is not in force."""
        return next((length for length in self.programme_lengths if length.law == law), None)

    def threshold(self, name: str) -> int:
        """A parameter that a table's definition names, such as ``key_figure_ended``. Raises KeyError."""
        value = getattr(self, name, None)
        if not isinstance(value, int):
            raise KeyError(name)
        return value


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter with its whole history."""

    id: str
    label: Text
    series: Series[Any]


@dataclass(frozen=True, slots=True, eq=False)
class ParameterBook:
    """All parameters by id, each with its history. Equal to itself alone, so that what it answered can be remembered."""

    by_id: Mapping[str, Parameter]

    def on(self, day: date) -> Parameters:
        """What holds on that day. Raises LookupError before the first value of a parameter that always has one."""
        return _on(self, day)


@lru_cache(maxsize=1_000)  # every delivery asks several times
def _on(book: ParameterBook, day: date) -> Parameters:
    return Parameters(**{key: _value(parameter.series, key, day) for key, parameter in book.by_id.items()})


def _value(series: Series[Any], key: str, day: date) -> Any:
    if key in _MAY_BE_ABSENT:
        dated = series.find(day)
        return None if dated is None else dated.value
    return series.at(day)


_MAY_BE_ABSENT: Final = frozenset({"target_directly", "target_one_year_after"})


def read_parameters(*files: Table) -> ParameterBook:
    """Build the book from the files of ``parameters/``.

    Raises BadDefinition when they do not hold exactly the fields of `Parameters`, each once.
    """
    by_id: dict[str, Parameter] = {}
    for file in files:
        for key, table in file.named_tables():
            if key in by_id:
                raise BadDefinition(f"{table.where}: the parameter stands twice")
            by_id[key] = _parameter(key, table)
    due = {field.name for field in fields(Parameters)}
    if due != set(by_id):
        raise BadDefinition(f"parameters missing or unknown: {', '.join(sorted(due ^ set(by_id)))}")
    return ParameterBook(by_id=MappingProxyType(by_id))


def _parameter(key: str, table: Table) -> Parameter:
    read = _READERS.get(key, Table.integer)
    try:
        series = Series(tuple(_dated(value, read) for value in table.tables("values")))
    except ValueError as problem:
        raise BadDefinition(f"{table.where}: {problem}") from problem
    parameter = Parameter(id=key, label=table.text("label"), series=series)
    table.finish()
    return parameter


def _dated(table: Table, read: Callable[[Table, str], Any]) -> Dated[Any]:
    dated = Dated(
        start=table.day("from"),
        value=read(table, "value"),
        reference=table.string("reference"),
        decided_by=table.string("decided_by"),
    )
    table.finish()
    return dated


def _day_in_year_after(table: Table, key: str) -> DayInYearAfter:
    inner = table.table(key)
    month, day = inner.integer("month"), inner.string("day")
    inner.finish()
    return DayInYearAfter(month=month, day=None if day == "last" else int(day))


def _lengths(table: Table, key: str) -> tuple[ProgrammeLength, ...]:
    lengths = []
    for inner in table.tables(key):
        lengths.append(
            ProgrammeLength(
                law=inner.string("law"),
                shortest=inner.integer("shortest"),
                ordinary=inner.integer("ordinary"),
                longest=inner.integer("longest"),
            )
        )
        inner.finish()
    return tuple(lengths)


def _levels(table: Table, key: str) -> tuple[Level, ...]:
    return tuple(Level(level) for level in table.strings(key))


def _always_shown(table: Table, key: str) -> tuple[AlwaysShown, ...]:
    shown = []
    for inner in table.tables(key):
        shown.append(
            AlwaysShown(
                table=inner.string("table"),
                levels=_levels(inner, "levels"),
                sexes=inner.strings("sexes"),
                contents=inner.strings("contents"),
            )
        )
        inner.finish()
    return tuple(shown)


def _declared(table: Table, key: str) -> tuple[DeclaredCell, ...]:
    cells = []
    for inner in table.tables(key):
        cells.append(DeclaredCell(sex=inner.string("sex"), reason=inner.string("reason")))
        inner.finish()
    return tuple(cells)


_READERS: Final[Mapping[str, Callable[[Table, str], Any]]] = {
    "programme_lengths": _lengths,
    "cutoff": _day_in_year_after,
    "closing": _day_in_year_after,
    "counted_once_per": _levels,
    "protected_counted_in": _levels,
    "protection_default": Table.string,
    "always_shown": _always_shown,
    "declared_of_protected": _declared,
}
