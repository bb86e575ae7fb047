"""A table across years: the same table of one edition a year, joined along the time variable.

A code that is used in one of the years is a code of the table; where it was not in use, the cell is *not applicable*. The
newest edition's words stand; what only an older one has keeps its own, told apart where two would have one label.

    IP102 of 2016.1 and 2017.1  →  Region × Kjonn × ContentsCode × (2016, 2017)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from introstat.site.pxwebapi import wording
from introstat.site.pxwebapi.intervals import intervals
from introstat.site.pxwebapi.stored import StoredTable, StoredVariable, read_stored
from introstat.vocabulary.errors import EditionDamaged
from introstat.vocabulary.tables import Status
from introstat.vocabulary.texts import LANGUAGES, Language

if TYPE_CHECKING:
    from introstat.site.library import Book

_Cell = TypeVar("_Cell", bound=np.generic)

_YEAR: Final = re.compile(r"\d{4}")

MANDATORY: Final = frozenset({"metric", "time"})
"""The roles that every selection must name a value of: what is counted, and when."""


class Role(StrEnum):
    """What a variable tells, in the words of JSON-stat."""

    TIME = "time"
    PLACE = "geo"
    CONTENTS = "metric"
    OTHER = ""


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """A variable of a joined table: its codes over all years. ``total`` is what stands for all when it is left out."""

    code: str
    role: Role
    codes: tuple[str, ...]
    total: str | None
    show: str
    positions: Mapping[str, int]
    folded: Mapping[str, str]

    @property
    def is_mandatory(self) -> bool:
        """Whether a selection must name it."""
        return self.total is None

    def find(self, code: str) -> str | None:
        """The code that a caller means, in whatever case it is written; None where there is none."""
        return code if code in self.positions else self.folded.get(code.casefold())


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a whole table; a mandatory one must be shown with the figures."""

    text: str
    is_mandatory: bool


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a variable and its codes are called in one language."""

    label: str
    notes: tuple[str, ...]
    labels: Mapping[str, str]
    value_notes: Mapping[str, tuple[str, ...]]
    units: Mapping[str, tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Words:
    """What a table is called in one language, and what must be said of it."""

    title: str
    source: str
    notes: tuple[Note, ...]
    variables: Mapping[str, Spoken]


class Table:
    """A table over the editions ``books``, one a year, oldest first. Raises EditionDamaged where they cannot be joined."""

    def __init__(self, name: str, books: Sequence[Book]) -> None:
        self.id: Final = name
        self.books: Final = tuple(books)
        self._stored: Final = tuple(read_stored(book, name, "nb") for book in self.books)
        self.variables: Final = _joined_variables(self._stored)
        self.by_code: Final[Mapping[str, Variable]] = {variable.code: variable for variable in self.variables}
        self.values, self.status, self.in_use = _joined_cells(self.variables, self._stored)
        self._words: dict[Language, Words] = {}

    @property
    def newest(self) -> Book:
        """The newest edition that is joined."""
        return self.books[-1]

    @cached_property
    def time(self) -> Variable:
        """The time variable."""
        return next(variable for variable in self.variables if variable.role is Role.TIME)

    @cached_property
    def years(self) -> tuple[str, ...]:
        """The years that its periods speak of, oldest first: a period of several years names the first and the last."""
        return tuple(sorted({year for code in self.time.codes for year in _YEAR.findall(code)})) or self.time.codes

    @property
    def is_annual(self) -> bool:
        """Whether each of its periods is one year."""
        return all(_YEAR.fullmatch(code) for code in self.time.codes)

    @cached_property
    def contents(self) -> Variable:
        """The variable that says what is counted."""
        return next(variable for variable in self.variables if variable.role is Role.CONTENTS)

    @property
    def updated(self) -> str:
        """When the newest of its editions was released, as `2017-07-06T06:00:00Z`."""
        return max(stored.updated for stored in self._stored)

    @property
    def is_synthetic(self) -> bool:
        """Whether any of its figures are about invented people."""
        return any(book.is_synthetic for book in self.books)

    @property
    def stored(self) -> StoredTable:
        """The newest edition's table, for what no other edition says anything on."""
        return self._stored[-1]

    @property
    def periods(self) -> Mapping[str, tuple[Book, StoredTable]]:
        """Each code of the time variable with the edition its figures are from."""
        found = {}
        for book, stored in zip(self.books, self._stored, strict=True):
            found.update(dict.fromkeys(stored.variables[self.time.code].codes, (book, stored)))
        return found

    def find(self, code: str) -> Variable | None:
        """The variable a caller means, in whatever case; `time` means the time variable."""
        found = self.by_code.get(code) or next(
            (v for v in self.variables if v.code.casefold() == code.casefold()), None
        )
        return self.time if found is None and code.casefold() == "time" else found

    def words(self, language: Language) -> Words:
        """What everything is called in one language."""
        if language not in self._words:
            self._words[language] = self._make_words(language)
        return self._words[language]

    @cached_property
    def searchable(self) -> str:
        """Everything a search may hit, in all languages, folded."""
        found: list[str] = [self.id]
        for language in LANGUAGES:
            words = self.words(language)
            found += [words.title, words.source, *(note.text for note in words.notes)]
            for code, spoken in words.variables.items():
                found += [code, spoken.label, *spoken.labels, *spoken.labels.values()]
            found.append(wording.SUBJECT.in_language(language))
        return "\n".join(found).casefold()

    @cached_property
    def intervals(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The lower and the upper end of the interval of each share, in whole per cent; NaN where none is told."""
        low, high = np.full(self.values.shape, np.nan), np.full(self.values.shape, np.nan)
        for book, stored in zip(self.books, self._stored, strict=True):
            for joined, own in zip((low, high), intervals(book, self.id), strict=True):
                _put(joined, own, self.variables, stored)
        return low, high

    def _make_words(self, language: Language) -> Words:
        editions = [read_stored(book, self.id, language) for book in self.books]
        newest = editions[-1]
        title, source = newest.title, newest.source
        older = [str(book.number.year) for book in self.books[:-1] if book.is_synthetic]
        if older and not self.newest.is_synthetic:
            mark = wording.PARTLY_SYNTHETIC.in_language(language).format(years=", ".join(older))
            title, source = f"{title} ({mark})", f"{source} ({mark})"
        notes = _joined_notes(editions, self.books)
        if any(book.number.is_preliminary for book in self.books):
            notes[wording.PRELIMINARY.in_language(language)] = False
        if not self.in_use.all():
            notes[wording.DIVISION.in_language(language)] = False
        # Those that must be shown come first: a reader who sees one note sees that one.
        return Words(
            title=title,
            source=source,
            notes=tuple(Note(text, is_one) for text, is_one in sorted(notes.items(), key=lambda note: not note[1])),
            variables={variable.code: _spoken(variable, editions, self.books) for variable in self.variables},
        )


def _joined_notes(editions: Sequence[StoredTable], books: Sequence[Book]) -> dict[str, bool]:
    """Every note once, and whether it must be shown; one that does not hold for all years says for which it does."""
    years: dict[str, list[str]] = {}
    mandatory: dict[str, bool] = {}
    for stored, book in zip(reversed(editions), reversed(books), strict=True):
        for at, text in enumerate(stored.notes):
            years.setdefault(text, []).insert(0, str(book.number.year))
            mandatory[text] = mandatory.get(text, False) or at in stored.mandatory
    return {
        text if len(held) == len(books) else f"{', '.join(held)}: {text}": mandatory[text]
        for text, held in years.items()
    }


def _joined_variables(editions: Sequence[StoredTable]) -> tuple[Variable, ...]:
    newest = editions[-1]
    found = []
    for code in newest.variables:
        versions = [stored.variables[code] for stored in editions if code in stored.variables]
        role = Role(newest.roles.get(code, ""))
        total = None if role in MANDATORY else versions[-1].total
        codes = _time_codes(versions) if role is Role.TIME else _union(versions)
        found.append(
            Variable(
                code=code,
                role=role,
                codes=codes,
                total=total if total in codes else None,
                show=versions[-1].show,
                positions={value: at for at, value in enumerate(codes)},
                folded={value.casefold(): value for value in codes},
            )
        )
    if {Role.TIME, Role.CONTENTS} - {variable.role for variable in found}:
        raise EditionDamaged("a table has no variable for time, or none for what is counted")
    return tuple(found)


def _time_codes(versions: Sequence[StoredVariable]) -> tuple[str, ...]:
    return tuple(sorted({code for version in versions for code in version.codes}))


def _union(versions: Sequence[StoredVariable]) -> tuple[str, ...]:
    """The newest order, with the codes of older editions put in after the one they followed there."""
    order = list(versions[-1].codes)
    known = set(order)
    for version in reversed(versions[:-1]):
        before: str | None = None
        for code in version.codes:
            if code not in known:
                order.insert(0 if before is None else order.index(before) + 1, code)
                known.add(code)
            before = code
    return tuple(order)


def _joined_cells(
    variables: Sequence[Variable], editions: Sequence[StoredTable]
) -> tuple[NDArray[np.float64], NDArray[np.str_], NDArray[np.bool_]]:
    shape = tuple(len(variable.codes) for variable in variables)
    values = np.full(shape, np.nan)
    status = np.full(shape, Status.NOT_APPLICABLE.value, dtype="<U2")
    in_use = np.zeros(shape, dtype=np.bool_)
    for stored in editions:
        _put(values, stored.values, variables, stored)
        _put(status, stored.status, variables, stored)
        _put(in_use, np.ones(stored.values.shape, dtype=np.bool_), variables, stored)
    for array in (values, status, in_use):
        array.setflags(write=False)
    return values, status, in_use


def _put(joined: NDArray[_Cell], cells: NDArray[_Cell], variables: Sequence[Variable], stored: StoredTable) -> None:
    """Put an edition's cells where they belong among those of all editions."""
    at, pick = _fit(variables, stored)
    joined[at] = cells[pick].transpose(_order(variables, stored)).reshape(joined[at].shape)


def _fit(
    variables: Sequence[Variable], stored: StoredTable
) -> tuple[tuple[NDArray[np.intp], ...], tuple[int | slice, ...]]:
    """Where an edition's cells go, and which of them: a variable that one side lacks is there as its total."""
    target: list[list[int]] = []
    for variable in variables:
        own = stored.variables.get(variable.code)
        if own is None and variable.total is None:
            raise EditionDamaged(f"an older edition lacks the variable {variable.code}, which has no total")
        codes = own.codes if own is not None else (variable.total,)
        target.append([variable.positions[code] for code in codes if code is not None])
    known = {variable.code for variable in variables}
    pick: list[int | slice] = []
    for code, own in stored.variables.items():
        if code in known:
            pick.append(slice(None))
        elif own.total is None:
            raise EditionDamaged("an older edition has a variable that the newest does not have, and no total of it")
        else:
            pick.append(own.codes.index(own.total))
    return np.ix_(*target), tuple(pick)


def _order(variables: Sequence[Variable], stored: StoredTable) -> tuple[int, ...]:
    """The stored variables that are kept, in the order of the joined table."""
    wanted = [variable.code for variable in variables]
    kept = [code for code in stored.variables if code in wanted]
    return tuple(kept.index(code) for code in wanted if code in kept)


def _spoken(variable: Variable, editions: Sequence[StoredTable], books: Sequence[Book]) -> Spoken:
    versions = [(book, stored.variables.get(variable.code)) for book, stored in zip(books, editions, strict=True)]
    own = [(book.number.year, version) for book, version in reversed(versions) if version is not None]
    labels: dict[str, str] = {}
    last_year: dict[str, int] = {}
    value_notes: dict[str, tuple[str, ...]] = {}
    units: dict[str, tuple[str, int]] = {}
    for year, version in own:
        for code in version.codes:
            if code not in labels:
                labels[code] = version.labels[code]
                last_year[code] = year
                if code in version.value_notes:
                    value_notes[code] = version.value_notes[code]
                if code in version.units:
                    units[code] = version.units[code]
    newest = own[0][1]
    return Spoken(
        label=newest.label,
        notes=newest.notes,
        labels=_told_apart({code: labels[code] for code in variable.codes}, last_year, newest=own[0][0]),
        value_notes=value_notes,
        units=units,
    )


def _told_apart(labels: Mapping[str, str], last_year: Mapping[str, int], *, newest: int) -> Mapping[str, str]:
    """Labels that are unique within their variable: a code no longer in use says until when it was, `Halden (–2019)`."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for code in _current_first(labels, last_year):
        label = labels[code]
        if label in taken and last_year[code] != newest:
            label = f"{label} (–{last_year[code]})"
        if label in taken:
            label = f"{label} ({code})"
        taken.add(label)
        found[code] = label
    return {code: found[code] for code in labels}


def _current_first(labels: Iterable[str], last_year: Mapping[str, int]) -> Iterable[str]:
    return sorted(labels, key=lambda code: -last_year[code])
