"""Lists of values a delivery may hold: sex, act, category, measures, events, citizenships and the rest.

A value may be bound to a day it may first be used for, to a day it no longer may, and to one act. South Sudan is a
citizenship from 9 July 2011; a measure that only the Integration Act knows is not registered for someone under the old act.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from introstat.definitions.reading import Table, day_or_none, rows
from introstat.vocabulary.texts import Text

COUNTRIES = "countries"
COUNTRY_COLUMNS = ("code", "nb", "nn", "en", "valid_from", "valid_to", "reference")


@dataclass(frozen=True, slots=True)
class Code:
    """One value of a list. ``published`` is its code in published tables where that is another."""

    value: str
    label: Text
    help: Text | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    law: str | None = None
    published: str | None = None

    def is_valid(self, on: date) -> bool:
        """Whether the value may be used for that day (``valid_to`` is the first day it may not)."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class CodeList:
    """A list of values in the order they are shown."""

    id: str
    label: Text
    reference: str
    codes: tuple[Code, ...]
    _by_value: Mapping[str, Code] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_value = {code.value: code for code in self.codes}
        if len(by_value) != len(self.codes):
            raise ValueError(f"a value stands twice in {self.id}")
        object.__setattr__(self, "_by_value", MappingProxyType(by_value))

    def __contains__(self, value: object) -> bool:
        return value in self._by_value

    def __getitem__(self, value: str) -> Code:
        return self._by_value[value]

    @property
    def values(self) -> tuple[str, ...]:
        """All values, whenever they are valid."""
        return tuple(code.value for code in self.codes)

    def valid(self, on: date) -> tuple[Code, ...]:
        """The values that may be used for that day."""
        return tuple(code for code in self.codes if code.is_valid(on))


def read_code_lists(*files: Table) -> dict[str, CodeList]:
    """All lists of some TOML files, by id. Raises BadDefinition."""
    return {key: _code_list(key, table) for file in files for key, table in file.named_tables()}


def read_countries(content: str) -> CodeList:
    """The citizenships of ``countries.csv``. Raises BadDefinition."""
    codes = tuple(
        Code(
            value=code,
            label=Text(nb=nb, nn=nn, en=en),
            valid_from=day_or_none(first),
            valid_to=day_or_none(end),
        )
        for code, nb, nn, en, first, end, _ in rows(content, where="countries.csv", columns=COUNTRY_COLUMNS)
    )
    return CodeList(
        id=COUNTRIES,
        label=Text(nb="Statsborgerskap", nn="Statsborgarskap", en="Citizenship"),
        reference="ISO 3166-1 alpha-3; Folkeregisterets egne koder XXX, XUK og XXK",
        codes=codes,
    )


def _code_list(key: str, table: Table) -> CodeList:
    code_list = CodeList(
        id=key,
        label=table.text("label"),
        reference=table.string("reference"),
        codes=tuple(_code(value) for value in table.tables("values")),
    )
    table.finish()
    return code_list


def _code(table: Table) -> Code:
    code = Code(
        value=table.string("value"),
        label=table.text("label"),
        help=table.optional_text("help"),
        valid_from=table.optional_day("valid_from"),
        valid_to=table.optional_day("valid_to"),
        law=table.optional_string("law"),
        published=table.optional_string("published"),
    )
    table.finish()
    return code
