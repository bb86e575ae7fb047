"""What a check is: a permanent number, a sentence, a severity, a reference, and one text in three languages.

Three kinds see different things. A `RecordCheck` is SQL over one record, so the same object tests a file of 50 000 rows
and a form with one; a `PersonCheck` is SQL over a pair, a record and something known about the same person; a
`DeliveryCheck` is found by the code that reads or counts the whole. The words SQL may use are in `validate`.

A message holds `{places}` for what is not a person's: the column, the limits, the names of places. It never has a
person's value to hold, because findings are made without looking at one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from introstat.definitions.form import Column, ColumnType
from introstat.vocabulary.deliveries import Audience, DeliveryKind, Severity

if TYPE_CHECKING:
    from introstat.definitions.catalogue import Definitions
    from introstat.definitions.form import Form
    from introstat.vocabulary.texts import Text

_NUMBER: Final = re.compile(r"[RPD]\d{3}")


@dataclass(frozen=True, slots=True)
class Check:
    """What all checks have. `number` is never given to another check, `name` is what must hold, as a sentence."""

    number: str
    name: str
    severity: Severity
    reference: str
    message: Text

    def __post_init__(self) -> None:
        if not _NUMBER.fullmatch(self.number):
            raise ValueError(f"a check is numbered R, P or D and three digits, not {self.number!r}")


@dataclass(frozen=True, slots=True)
class Test:
    """One column of a form held against one rule: broken where `broken` (SQL, true, false or null) is true.

    `values` fill the places of the message; `{told}` is filled from the derived column `told`, which never holds a person's
    value (the municipalities that took over from one that is gone).
    """

    column: Column
    broken: str
    values: tuple[tuple[str, object], ...] = ()
    told: str | None = None


Tests = Callable[["Form", "Definitions"], Iterable[Test]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCheck(Check):
    """One record by itself. `tests` gives the columns of a form it looks at, none where the form is not its own."""

    tests: Tests

    def __post_init__(self) -> None:
        Check.__post_init__(self)
        if self.number[0] != "R":
            raise ValueError(f"{self.number} sees one record and is numbered R")


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCheck(Check):
    """A record (`r`) and a programme of the same person (`e`), registered earlier or higher up in the same file.

    `broken` is SQL over the two. `own` says whose programmes it looks at: the record's own municipality's, or the
    others' (then the finding is the office's). `column` is the field it points at.
    """

    own: bool
    column: str
    broken: str | Callable[[Definitions], str]
    kinds: frozenset[DeliveryKind] = frozenset({DeliveryKind.PARTICIPANTS})

    def __post_init__(self) -> None:
        Check.__post_init__(self)
        if self.number[0] != "P":
            raise ValueError(f"{self.number} sees one person and is numbered P")

    def sql(self, definitions: Definitions) -> str:
        """The condition, under these definitions."""
        return self.broken if isinstance(self.broken, str) else self.broken(definitions)

    @property
    def audience(self) -> Audience:
        """Who may see what it finds: what concerns another municipality is the office's alone."""
        return Audience.SENDER if self.own else Audience.OFFICE


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryCheck(Check):
    """The whole delivery. Found by the code that reads it; `kinds` are those it is tried on."""

    kinds: frozenset[DeliveryKind] = frozenset(DeliveryKind)

    def __post_init__(self) -> None:
        Check.__post_init__(self)
        if self.number[0] != "D":
            raise ValueError(f"{self.number} sees the whole delivery and is numbered D")


def where(field: str, broken: str, *, kinds: Iterable[DeliveryKind] = frozenset(DeliveryKind)) -> Tests:
    """One test, of the forms among `kinds` that have the field."""
    chosen = frozenset(kinds)

    def tests(form: Form, definitions: Definitions) -> Iterator[Test]:
        del definitions
        if form.kind in chosen:
            yield from (Test(column, broken) for column in form.columns if column.field == field)

    return tests


def each(chosen: Callable[[Column], bool], broken: str) -> Tests:
    """One test for every column that is chosen; `{field}` in the SQL is the column's own."""

    def tests(form: Form, definitions: Definitions) -> Iterator[Test]:
        del definitions
        yield from (Test(column, broken.format(field=column.field)) for column in form.columns if chosen(column))

    return tests


def of_type(*types: ColumnType) -> Callable[[Column], bool]:
    """Columns of these types."""
    return lambda column: column.type in types


def quoted(value: str) -> str:
    """A text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


def listed(values: Iterable[str]) -> str:
    """Texts as an SQL list in brackets, in the order given."""
    return "(" + ", ".join(quoted(value) for value in values) + ")"
