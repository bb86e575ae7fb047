"""The parameters of an address, read as the contract's clients write them.

Names are the same in any case; brackets come raw or encoded, `valueCodes[Region]=0*`; a list comes with commas, as the same
name again and again, or both; `True` is true; an empty text or list is none; a name that is not known is left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from introstat.site.pxwebapi.expressions import split_items
from introstat.site.pxwebapi.problems import Problem, Title, listed, shown

LONGEST: Final = 200_000
"""How long a query string may be. What is longer belongs in a POST."""

MOST_FIELDS: Final = 2_000
_KEYED: Final = re.compile(r"([^\[\]]*)\[(.*)\]", re.DOTALL)
_WHOLE: Final = re.compile(r"[+-]?\d{1,10}")
_INT32: Final = 2**31


@dataclass(frozen=True, slots=True)
class Field:
    """One `name[key]=value`; the name in small letters, the key None where there is none."""

    name: str
    key: str | None
    value: str


@dataclass(frozen=True, slots=True)
class Parameters:
    """The fields of an address, in order."""

    fields: tuple[Field, ...] = ()

    def one(self, name: str) -> str | None:
        """The first value that is not empty; None where there is none."""
        return next((field.value for field in self._named(name) if field.value), None)

    def named(self, name: str) -> str | None:
        """The first value, an empty one too: for names of which none is empty."""
        return next((field.value for field in self._named(name)), None)

    def many(self, name: str) -> tuple[str, ...] | None:
        """All values of a list: commas and repetitions mean the same. None where none is given."""
        given = self._named(name)
        items = tuple(item for field in given for item in split_items(field.value))
        return items or None

    def choices(self, name: str) -> tuple[str, ...] | None:
        """The same for a list of names of which none is empty. Raises Problem for an empty value."""
        items = self.many(name)
        if items is None and self._named(name):
            raise Problem(400, Title.PARAMETER, f"{name} has no value; leave it out, or name one.")
        return items

    def keyed(self, name: str) -> tuple[tuple[str, str], ...]:
        """The fields `name[key]=value` as pairs. Raises Problem for the name without a key."""
        if any(field.key is None and field.value for field in self._named(name)):
            raise Problem(400, Title.PARAMETER, f"{name} needs a variable in brackets: {name}[Region]=0.")
        return tuple((field.key, field.value) for field in self._named(name) if field.key is not None)

    def flag(self, name: str) -> bool:
        """Yes or no; no where nothing is said. Raises Problem, also for an empty value."""
        value = self.named(name)
        if value is None:
            return False
        if value.lower() not in ("true", "false"):
            raise Problem(400, Title.PARAMETER, f"{name} is true or false, not {shown(value)}.")
        return value.lower() == "true"

    def number(self, name: str) -> int | None:
        """A whole number; None where none is given. Raises Problem, also for an empty value."""
        value = self.named(name)
        if value is None:
            return None
        if not _WHOLE.fullmatch(value.strip()) or not -_INT32 <= int(value) < _INT32:
            raise Problem(400, Title.PARAMETER, f"{name} is a whole number, not {shown(value)}.")
        return int(value)

    def _named(self, name: str) -> list[Field]:
        return [field for field in self.fields if field.name == name.lower()]


def read_parameters(raw: bytes) -> Parameters:
    """The parameters of a query string. Raises Problem for one that is too long or is not text."""
    if len(raw) > LONGEST:
        raise Problem(414, Title.LARGE, f"The address is longer than {LONGEST} signs; send the selection as POST.")
    try:
        pairs = parse_qsl(
            raw.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError as error:
        detail = f"The query is not percent-encoded UTF-8, or has more than {MOST_FIELDS} fields."
        raise Problem(400, Title.PARAMETER, detail) from error
    return Parameters(tuple(_field(name, value) for name, value in pairs))


def one_of(value: str, names: tuple[str, ...], *, title: Title, what: str) -> str:
    """The name meant, in whatever case it is written. Raises Problem."""
    for name in names:
        if name.lower() == value.lower():
            return name
    raise Problem(400, title, f"{shown(value)} is no {what}. There are: {listed(names)}.")


def _field(name: str, value: str) -> Field:
    keyed = _KEYED.fullmatch(name)
    return Field(name.lower(), None, value) if keyed is None else Field(keyed[1].lower(), keyed[2], value)
