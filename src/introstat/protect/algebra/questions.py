"""What is still closed when the search has ended, asked about cell by cell: can it be another number, for somebody at all?

Two questions are asked at a time, each of a program of its own, on two cores where there are two. What one of them finds is noted
before the next two are asked: the same questions and answers, whatever cores there are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from introstat.protect.algebra.knowledge import Knowledge, Record
from introstat.protect.algebra.probing import Probe, Reply

Asked = TypeVar("Asked")
Found = TypeVar("Found")

AT_A_TIME = 2
Bounds = tuple[int, int]


class Questions:
    """Questions about the targets of an attack. Every table found on the way is noted in its record."""

    def __init__(self, knowledge: Knowledge, record: Record) -> None:
        self._knowledge, self._record = knowledge, record
        self._askers: list[_Asker] = []

    @property
    def effort(self) -> int:
        """What was asked so far has cost, in iterations of the simplex times leaves."""
        return sum(asker.probe.effort for asker in self._askers)

    def bounds(self, targets: Sequence[int], widths: Sequence[int], *, effort: float = np.inf) -> list[Bounds | None]:
        """How far below and above its number each target can be; no further than it takes to have so many values.

        None where it could not be found out, or the `effort` was spent before.
        """
        return self._two_at_a_time(
            list(zip(targets, widths, strict=True)), lambda asker, asked: asker.bounds(*asked), effort=effort
        )

    def known_to(self, pairs: Sequence[tuple[int, int]], *, effort: float = np.inf) -> list[bool | None]:
        """Of each target and insider, whether he can compute it from his own leaves, and learns of others what not everybody knows.

        None where it could not be found out, or the `effort` was spent before.
        """
        return self._two_at_a_time(pairs, lambda asker, asked: asker.known_to(*asked), effort=effort)

    def _two_at_a_time(
        self, asked: Sequence[Asked], ask: Callable[[_Asker, Asked], Found | None], *, effort: float
    ) -> list[Found | None]:
        found: list[Found | None] = []
        before = self.effort
        with ThreadPoolExecutor(AT_A_TIME) as threads:
            for first in range(0, len(asked), AT_A_TIME):
                some = asked[first : first + AT_A_TIME]
                if self.effort - before >= effort:
                    found += [None] * len(some)
                    continue
                while len(self._askers) < len(some):
                    self._askers.append(_Asker(self._knowledge, self._record))
                found += threads.map(ask, self._askers, some)
                for asker in self._askers:
                    for change in asker.changes:
                        self._record.note(change)
                    asker.changes.clear()
        return found


@dataclass(slots=True)
class _Asker:
    """One who asks, beside another: what she finds is kept in `changes` until both are done."""

    knowledge: Knowledge
    record: Record
    probe: Probe = field(init=False)
    changes: list[NDArray[np.int64]] = field(default_factory=list)

    def __post_init__(self) -> None:
        rows, low, high = self.knowledge.constraints(np.arange(len(self.knowledge.start)))
        self.probe = Probe(rows, low=low, high=high, start=self.knowledge.start)

    def bounds(self, k: int, width: int) -> Bounds | None:
        """See `Questions.bounds`."""
        cell, nobody = self._cell(k), np.zeros(len(self.knowledge.start), np.bool_)
        seen = {1: int(self.record.high[k]), -1: -int(self.record.low[k])}
        possible = {1: True, -1: True}
        settled = True
        for by in range(1, width):
            for side in (1, -1):
                if seen[1] + seen[-1] + 1 >= width:
                    return -seen[-1], seen[1]
                if not possible[side] or seen[side] >= by:
                    continue
                reply = self._ask(cell, side * by, nobody)
                possible[side] = not reply.impossible
                settled &= reply.impossible or reply.change is not None
                if reply.change is not None:
                    moved = int(cell @ reply.change)
                    seen = {1: max(seen[1], moved), -1: max(seen[-1], -moved)}
        return (-seen[-1], seen[1]) if settled or seen[1] + seen[-1] + 1 >= width else None

    def known_to(self, k: int, insider: int) -> bool | None:
        """See `Questions.known_to`."""
        own = self.knowledge.insider == insider
        if insider not in self.record.dangerous_for(k):
            return False
        cell = self._cell(k)
        replies = []
        for side in (1, -1):
            replies.append(self._ask(cell, side, own))
            if replies[-1].change is not None:
                return False
        if not all(reply.impossible for reply in replies):
            return None
        others = np.where(own, 0, cell)
        replies = [self._ask(others, side, np.zeros_like(own)) for side in (1, -1)]
        return not all(reply.impossible for reply in replies)

    def _cell(self, k: int) -> NDArray[np.int64]:
        cells = self.knowledge.cells
        row = np.zeros(cells.shape[1], np.int64)
        row[cells.indices[cells.indptr[k] : cells.indptr[k + 1]]] = cells.data[cells.indptr[k] : cells.indptr[k + 1]]
        return row

    def _ask(self, cell: NDArray[np.int64], by: int, frozen: NDArray[np.bool_]) -> Reply:
        reply = self.probe.ask(cell, by=by, frozen=frozen)
        if reply.change is None:
            return reply
        if not self.knowledge.agrees(reply.change):
            return Reply(None, impossible=False)
        self.changes.append(reply.change)
        return reply
