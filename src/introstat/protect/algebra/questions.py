"""What is still closed when the search has ended, asked about cell by cell: can it be another number, for somebody at all?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from introstat.protect.algebra.knowledge import Knowledge, Record
from introstat.protect.algebra.probing import Probe, Reply


class Questions:
    """Questions about the targets of an attack. Every table found on the way is noted in its record."""

    def __init__(self, knowledge: Knowledge, record: Record) -> None:
        self._knowledge, self._record = knowledge, record
        self._probe: Probe | None = None
        self._nobody = np.zeros(len(knowledge.start), np.bool_)

    @property
    def effort(self) -> int:
        """What was asked so far has cost, in iterations of the simplex times leaves."""
        return 0 if self._probe is None else self._probe.effort

    def bounds(self, k: int, width: int) -> tuple[int, int] | None:
        """How far below and above its number a target can be; no further than it takes to have `width` values.

        None where it could not be found out.
        """
        record = self._record
        possible = {1: True, -1: True}
        settled = True
        for by in range(1, width):
            for side in (1, -1):
                if record.high[k] - record.low[k] + 1 >= width:
                    return int(record.low[k]), int(record.high[k])
                seen = record.high[k] if side > 0 else -record.low[k]
                if not possible[side] or seen >= by:
                    continue
                reply = self._ask(self._cell(k), side * by, self._nobody)
                possible[side] = not reply.impossible
                settled &= reply.impossible or reply.change is not None
        low, high = int(record.low[k]), int(record.high[k])
        return (low, high) if settled or high - low + 1 >= width else None

    def known_to(self, k: int, insider: int) -> bool | None:
        """Whether somebody who knows his own leaves can compute a target, and learns of others what not everybody knows.

        None where it could not be found out.
        """
        own = self._knowledge.insider == insider
        if insider not in self._record.dangerous_for(k):
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
        replies = [self._ask(others, side, self._nobody) for side in (1, -1)]
        return not all(reply.impossible for reply in replies)

    def _cell(self, k: int) -> NDArray[np.int64]:
        cells = self._knowledge.cells
        row = np.zeros(cells.shape[1], np.int64)
        row[cells.indices[cells.indptr[k] : cells.indptr[k + 1]]] = cells.data[cells.indptr[k] : cells.indptr[k + 1]]
        return row

    def _ask(self, cell: NDArray[np.int64], by: int, frozen: NDArray[np.bool_]) -> Reply:
        knowledge = self._knowledge
        if self._probe is None:
            rows, low, high = knowledge.constraints(np.arange(len(knowledge.start)))
            self._probe = Probe(rows, low=low, high=high, start=knowledge.start)
        reply = self._probe.ask(cell, by=by, frozen=frozen)
        if reply.change is not None and not self._record.note(reply.change):
            return Reply(None, impossible=False)
        return reply
