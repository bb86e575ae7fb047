"""A value that the law or a decision has given, and may change: it holds from a day until the next one begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """One value with the first day it holds, where that is written, and who decided it."""

    start: date
    value: T
    reference: str
    decided_by: str


@dataclass(frozen=True, slots=True)
class Series(Generic[T]):
    """The values of one thing over time, oldest first. Raises ValueError when empty or not in order."""

    values: tuple[Dated[T], ...]

    def __post_init__(self) -> None:
        starts = [dated.start for dated in self.values]
        if not starts or sorted(set(starts)) != starts:
            raise ValueError("a dated value needs at least one value, the oldest first")

    def find(self, on: date) -> Dated[T] | None:
        """What holds on that day, or None before the first value."""
        return next((dated for dated in reversed(self.values) if dated.start <= on), None)

    def at(self, on: date) -> T:
        """The value that holds on that day. Raises LookupError before the first one."""
        dated = self.find(on)
        if dated is None:
            raise LookupError(
                f"no value holds on {on.isoformat()}; the first one begins {self.values[0].start.isoformat()}"
            )
        return dated.value
