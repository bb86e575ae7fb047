"""The year a statistic is about: a calendar year, from the first year of the programme."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

FIRST_YEAR: Final = 2003
LAST_YEAR: Final = 2100


@dataclass(frozen=True, slots=True, order=True)
class ReportingYear:
    """A calendar year people may have ended in. Raises ValueError outside 2003–2100."""

    value: int

    def __post_init__(self) -> None:
        if not FIRST_YEAR <= self.value <= LAST_YEAR:
            raise ValueError(f"a reporting year lies between {FIRST_YEAR} and {LAST_YEAR}, not {self.value}")

    @property
    def first_day(self) -> date:
        return date(self.value, 1, 1)

    @property
    def last_day(self) -> date:
        return date(self.value, 12, 31)

    def contains(self, day: date) -> bool:
        """Whether the day lies in the year, both ends included."""
        return day.year == self.value

    def __str__(self) -> str:
        return str(self.value)
