"""How a data file becomes typed values: every key is read once, of the right type, and none is left over.

A misspelt or forgotten key is found when the definitions are loaded, with the file and the place in it, and not as a
missing label on a page.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, TypeVar

from introstat.vocabulary.errors import IntrostatError
from introstat.vocabulary.texts import LANGUAGES, Text

T = TypeVar("T")


class BadDefinition(IntrostatError):
    """A definition file does not hold what it must. Only someone who edits the files ever meets this."""


class Table:
    """One TOML table with its place in the file, handed out key by key.

    Every reader raises BadDefinition for a missing key or a wrong type. Call `finish` when all is read.
    """

    __slots__ = ("_left", "where")

    def __init__(self, content: Mapping[str, Any], where: str) -> None:
        self._left = dict(content)
        self.where = where

    def string(self, key: str) -> str:
        """A text that is not blank."""
        value = self._take(key, str)
        if not value.strip():
            raise BadDefinition(f"{self.where}: {key} is blank")
        return value

    def integer(self, key: str) -> int:
        """A whole number."""
        return self._take(key, int)

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        """True or false."""
        return default if default is not None and key not in self._left else self._take(key, bool)

    def day(self, key: str) -> date:
        """A date without a time."""
        return self._take(key, date)

    def optional_day(self, key: str) -> date | None:
        """A date, or None when it is left out."""
        return self.day(key) if key in self._left else None

    def optional_integer(self, key: str) -> int | None:
        """A whole number, or None when it is left out."""
        return self.integer(key) if key in self._left else None

    def optional_string(self, key: str) -> str | None:
        """A text, or None when it is left out."""
        return self.string(key) if key in self._left else None

    def strings(self, key: str, *, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of texts."""
        if default is not None and key not in self._left:
            return default
        values = self._take(key, list)
        if not all(isinstance(value, str) for value in values):
            raise BadDefinition(f"{self.where}: {key} is a list of texts")
        return tuple(values)

    def anything(self, key: str) -> object:
        """A value of a type the caller decides on."""
        return self._take(key, object)

    def text(self, key: str) -> Text:
        """A text in all three languages."""
        table = self.table(key)
        try:
            text = Text(**{language: table.string(language) for language in LANGUAGES})
        except TypeError as problem:
            raise BadDefinition(f"{self.where}: {key} is not a text") from problem
        table.finish()
        return text

    def optional_text(self, key: str) -> Text | None:
        """A text in all three languages, or None when it is left out."""
        return self.text(key) if key in self._left else None

    def table(self, key: str) -> Table:
        """A table inside this one."""
        return Table(self._take(key, dict), f"{self.where}.{key}")

    def optional_table(self, key: str) -> Table | None:
        """A table inside this one, or None when it is left out."""
        return self.table(key) if key in self._left else None

    def tables(self, key: str, *, default: tuple[Table, ...] | None = None) -> tuple[Table, ...]:
        """A list of tables, named in messages by their number from 1."""
        if default is not None and key not in self._left:
            return default
        values = self._take(key, list)
        return tuple(Table(value, f"{self.where}.{key}[{number}]") for number, value in enumerate(values, start=1))

    def named_tables(self) -> Iterator[tuple[str, Table]]:
        """All that is left, as tables by name."""
        for name in list(self._left):
            yield name, self.table(name)

    def finish(self) -> None:
        """Refuse what nobody asked for. Raises BadDefinition naming the keys."""
        if self._left:
            raise BadDefinition(f"{self.where}: nobody reads {', '.join(sorted(self._left))}")

    def _take(self, key: str, kind: type[T]) -> T:
        if key not in self._left:
            raise BadDefinition(f"{self.where}: {key} is missing")
        value = self._left.pop(key)
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise BadDefinition(f"{self.where}: {key} is not of type {kind.__name__}")
        return value


def rows(content: str, *, where: str, columns: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The rows of a comma-separated code list, without its header.

    Raises BadDefinition when the header is another or a row has more or fewer values.
    """
    reader = csv.reader(io.StringIO(content))
    if tuple(next(reader, ())) != columns:
        raise BadDefinition(f"{where}: the header must be {','.join(columns)}")
    for number, row in enumerate(reader, start=2):
        if len(row) != len(columns):
            raise BadDefinition(f"{where}, line {number}: {len(columns)} values are due, not {len(row)}")
        yield tuple(row)


def day_or_none(value: str) -> date | None:
    """A date of a code list; an empty one means that it is still in force."""
    return date.fromisoformat(value) if value else None
