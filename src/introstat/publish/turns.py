"""Parts of an edition that can be made or checked in any order, by whoever is free: the answers stand in the order asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Each(Protocol):
    """What does some work for each item and gives the answers in their order; one that fails raises what it raised."""

    def __call__(self, work: Callable[[Item], Answer], items: Iterable[Item], /) -> Iterable[Answer]: ...


def in_turn(work: Callable[[Item], Answer], items: Iterable[Item], /) -> Iterable[Answer]:
    """One after the other, here."""
    return [work(item) for item in items]
