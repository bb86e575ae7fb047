"""The published shares: which reasons stand above and below the line, and how the share is rounded.

The result of 2016 is (1 087 to work + 961 to education) of 4 469 who ended: 45.8 per cent, published as 46.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from introstat.definitions.reading import BadDefinition, Table
from introstat.vocabulary.texts import Text

RESULT: Final = "result"


class Rounding(StrEnum):
    """What becomes of a half."""

    HALF_UP = "half_up"


@dataclass(frozen=True, slots=True)
class Indicator:
    """A share in per cent: the sum of the numerator's reasons of the sum of the denominator's.

    ``numerator`` and ``denominator`` are codes of Grunn that do not overlap within themselves.
    """

    id: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    decimals: int
    rounding: Rounding
    label: Text
    definition: Text
    reference: str
    valid_from: date

    def exact(self, numerator: int, denominator: int) -> Fraction | None:
        """The unrounded share in per cent, for ordering and comparing; None of nobody."""
        return Fraction(100 * numerator, denominator) if denominator else None

    def per_cent(self, numerator: int, denominator: int) -> Fraction | None:
        """The share as published, rounded to ``decimals``; None of nobody.

        Computed in whole numbers: 0.5 of a unit always goes up, which floats and half-to-even do not give.
        """
        exact = self.exact(numerator, denominator)
        if exact is None:
            return None
        scale = 10**self.decimals
        return Fraction((exact * scale + Fraction(1, 2)).__floor__(), scale)


@dataclass(frozen=True, slots=True)
class Indicators:
    """The year's shares by id, in the order of the file."""

    by_id: Mapping[str, Indicator]

    def __getitem__(self, key: str) -> Indicator:
        return self.by_id[key]

    @property
    def result(self) -> Indicator:
        """The main indicator: transition to work or education beyond primary school."""
        return self.by_id[RESULT]


def read_indicators(file: Table) -> Indicators:
    """Build the shares from ``indicators.toml``. Raises BadDefinition."""
    by_id = {key: _indicator(key, table) for key, table in file.named_tables()}
    if RESULT not in by_id:
        raise BadDefinition(f"{file.where}: {RESULT} is missing")
    return Indicators(by_id=MappingProxyType(by_id))


def _indicator(key: str, table: Table) -> Indicator:
    indicator = Indicator(
        id=key,
        numerator=table.strings("numerator"),
        denominator=table.strings("denominator"),
        decimals=table.integer("decimals"),
        rounding=Rounding(table.string("rounding")),
        label=table.text("label"),
        definition=table.text("definition"),
        reference=table.string("reference"),
        valid_from=table.day("valid_from"),
    )
    table.finish()
    return indicator
