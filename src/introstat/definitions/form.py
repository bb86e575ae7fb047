"""The forms of delivery: which columns each has, of what type, which must be filled, and what they are called.

The header names and the values are the delivery format's own and never change; ``field`` is the same column in the records
that checks and register work on (``vocabulary.deliveries``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from introstat.definitions.reading import BadDefinition, Table
from introstat.vocabulary.forms import DeliveryKind
from introstat.vocabulary.texts import Text


class ColumnType(StrEnum):
    """How a value is read. A code is looked up in a list and keeps its leading zeros."""

    TEXT = "text"
    CODE = "code"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"
    INTEGER = "integer"
    DECIMAL = "decimal"
    ID = "id"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a delivery.

    ``length`` is the exact number of characters, ``longest`` the most there may be; ``codes`` the list its values come
    from: the id of a code list, ``reasons``, ``municipalities`` or ``districts``; ``law`` the only act it may be filled
    under; ``default`` what an empty one means. An ``identifying`` value may stand in no message, log or snapshot.
    """

    name: str
    field: str
    type: ColumnType
    label: Text
    help: Text
    reference: str
    length: int | None = None
    longest: int | None = None
    lowest: int | None = None
    highest: int | None = None
    codes: str | None = None
    law: str | None = None
    default: str | None = None
    identifying: bool = False

    def __post_init__(self) -> None:
        if self.type in (ColumnType.CHOICE, ColumnType.YES_NO, ColumnType.CODE) and self.codes is None:
            raise ValueError(f"{self.name} needs a list of codes")


@dataclass(frozen=True, slots=True)
class EmptyWhen:
    """``column`` must be empty where ``other`` has ``value``, and elsewhere follows the form's other rules."""

    column: str
    other: str
    value: str


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of delivery. At least one of the columns in ``one_of`` must be filled."""

    kind: DeliveryKind
    title: Text
    purpose: Text
    reference: str
    columns: tuple[Column, ...]
    required: tuple[str, ...]
    one_of: tuple[str, ...]
    empty_when: tuple[EmptyWhen, ...]

    def __post_init__(self) -> None:
        named = {*self.required, *self.one_of, *(rule.column for rule in self.empty_when)}
        if not named <= set(self.names):
            raise ValueError(f"{self.kind} demands a column that it does not have")

    @property
    def names(self) -> tuple[str, ...]:
        """The header names in the form's order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """A column by its header name. Raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def by_field(self, field: str) -> Column:
        """A column by its name in the records. Raises KeyError."""
        for column in self.columns:
            if column.field == field:
                return column
        raise KeyError(field)


@dataclass(frozen=True, slots=True)
class Forms:
    """The year's forms by kind."""

    by_kind: Mapping[DeliveryKind, Form]

    def __getitem__(self, kind: DeliveryKind) -> Form:
        return self.by_kind[kind]


def read_forms(file: Table, *, code_lists: frozenset[str]) -> Forms:
    """Build the forms from ``form.toml``. Raises BadDefinition, also for an unknown code list or a form that is missing."""
    columns = {name: _column(name, table, code_lists) for name, table in file.table("columns").named_tables()}
    by_kind = {form.kind: form for form in (_form(table, columns) for table in file.tables("form"))}
    file.finish()
    if set(by_kind) != set(DeliveryKind):
        raise BadDefinition(f"{file.where}: each kind of delivery has one form")
    return Forms(by_kind=MappingProxyType(by_kind))


def _column(name: str, table: Table, code_lists: frozenset[str]) -> Column:
    codes = table.optional_string("codes")
    if codes is not None and codes not in code_lists:
        raise BadDefinition(f"{table.where}: there is no code list {codes}")
    try:
        column = Column(
            name=name,
            field=table.string("field"),
            type=ColumnType(table.string("type")),
            label=table.text("label"),
            help=table.text("help"),
            reference=table.string("reference"),
            length=table.optional_integer("length"),
            longest=table.optional_integer("longest"),
            lowest=table.optional_integer("lowest"),
            highest=table.optional_integer("highest"),
            codes=codes,
            law=table.optional_string("law"),
            default=table.optional_string("default"),
            identifying=table.flag("identifying", default=False),
        )
    except ValueError as problem:
        raise BadDefinition(f"{table.where}: {problem}") from problem
    table.finish()
    return column


def _form(table: Table, columns: Mapping[str, Column]) -> Form:
    try:
        form = Form(
            kind=DeliveryKind(table.string("kind")),
            title=table.text("title"),
            purpose=table.text("purpose"),
            reference=table.string("reference"),
            columns=tuple(columns[name] for name in table.strings("columns")),
            required=table.strings("required"),
            one_of=table.strings("one_of", default=()),
            empty_when=tuple(_empty_when(rule) for rule in table.tables("empty_when", default=())),
        )
    except (KeyError, ValueError) as problem:
        raise BadDefinition(f"{table.where}: {problem}") from problem
    table.finish()
    return form


def _empty_when(table: Table) -> EmptyWhen:
    rule = EmptyWhen(column=table.string("column"), other=table.string("other"), value=table.string("value"))
    table.finish()
    return rule
