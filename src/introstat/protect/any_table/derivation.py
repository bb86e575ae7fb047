"""How a hidden cell follows from the shown ones, so short that a person can follow it.

Tried in turn: another cell of the same people; one sum in which all else is known (and what was found so before); the
combination of fewest shown cells that gives it, by a linear program; what is at least and at most left in the sums it stands
in, in whole numbers. Where none of these says it, the answer says only that no other number agrees.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import lcm
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_array, csr_array, hstack

from introstat.protect.any_table.known import Together
from introstat.protect.any_table.published import HIDDEN, PublishedTable
from introstat.protect.any_table.specification import MEASURE, Specification
from introstat.protect.system import UNBOUNDED

MOST_PROGRAMS: Final = 25
"""Cells that get a combination looked for; a table that gives away more gets it for the first of them."""
LARGEST_PROGRAM: Final = 3_000_000
"""Entries of the shown cells' matrix beyond which no combination is looked for."""
TIME: Final = 5.0
"""Seconds for one of them."""
MOST_TERMS: Final = 6
ROUNDS: Final = 30
_SMALL: Final = 1e-7


class Deriver:
    """Derivations within one block, from its own cells and what other files show of them."""

    def __init__(self, table: PublishedTable, specification: Specification, together: Together) -> None:
        self._table, self._specification, self._block = table, specification, together.block
        self._own = together.own
        self._plain = len(specification.dimensions) == 1
        self._dimension = self._dimensions_of_sums()

    def derive(self, exact: Mapping[int, int]) -> dict[int, str]:
        """A text per exact cell, by its number among the block's cells; `exact` gives their values."""
        block = self._block
        because: dict[int, str] = {}
        for cell in exact:
            row = block.row[cell]
            if block.value[row] != HIDDEN:
                if int(row) in block.given:
                    because[cell] = f"shown in {block.given[int(row)]}"
                    continue
                same = np.flatnonzero((block.row == row) & (block.listed >= 0))
                shown = same[self._table.values[block.listed[same]] != HIDDEN]
                because[cell] = f"{self._name(int(shown[0]))} = {block.value[row]} counts the same people"
        self._by_sums(exact, because)
        self._by_combination(exact, because)
        self._by_bounds(exact, because)
        told = {int(block.row[cell]): text for cell, text in because.items()}
        for cell in exact:
            because.setdefault(
                cell, told.get(int(block.row[cell]), "no other whole number agrees with everything shown")
            )
        return because

    def _name(self, cell: int) -> str:
        """A cell in words; a wide table's measure is left out, since sums stay within one."""
        nodes = self._block.cells.nodes[cell]
        told = [
            hierarchy.codes[node]
            for hierarchy, node in zip(self._table.hierarchies, nodes, strict=True)
            if hierarchy.name != MEASURE
        ]
        return " / ".join(told)

    def _dimensions_of_sums(self) -> NDArray[np.int64]:
        """Along which dimension every sum is."""
        sums, nodes = self._block.sums, self._block.cells.nodes
        if not len(sums.parent):
            return np.empty(0, np.int64)
        differs = nodes[sums.parent] != nodes[sums.child[sums.pointer[:-1]]]
        return np.asarray(np.argmax(differs, axis=1), np.int64)

    def _others(self, which: int, others: Sequence[int]) -> str:
        """The other parts of a sum in words."""
        if len(others) == 1:
            return self._name(int(others[0]))
        return "all other rows" if self._plain else f"all other {self._table.hierarchies[self._dimension[which]].name}"

    def _by_sums(self, exact: Mapping[int, int], because: dict[int, str]) -> None:
        """Sums in which one cell is not known, again and again."""
        block, sums = self._block, self._block.sums
        if not len(sums.parent):
            return
        value = block.value.copy()
        targets = {int(block.row[cell]): cell for cell in exact}
        later: set[int] = set()
        waiting = {row for row, cell in targets.items() if cell not in because}
        children, parents = block.row[sums.child], block.row[sums.parent]
        size = np.diff(sums.pointer)
        while waiting:
            unknown = (value == HIDDEN).astype(np.int64)
            count = np.add.reduceat(unknown[children], sums.pointer[:-1]) + unknown[parents]
            ready = np.flatnonzero(count == 1)
            if not len(ready):
                return
            found: dict[int, int] = {}
            for which in ready[np.argsort(size[ready], kind="stable")].tolist():
                parts = sums.child[sums.pointer[which] : sums.pointer[which + 1]]
                cells = [int(sums.parent[which]), *parts.tolist()]
                row = next(int(block.row[cell]) for cell in cells if value[block.row[cell]] == HIDDEN)
                if row in found:
                    continue
                found[row], text = self._solve(which, cells, row, value, later)
                if row in waiting:
                    because[targets[row]] = text
            for row, number in found.items():
                value[row] = number
            later |= set(found)
            waiting -= set(found)

    def _solve(
        self, which: int, cells: list[int], row: int, value: NDArray[np.int64], later: set[int]
    ) -> tuple[int, str]:
        """The one unknown of a sum, and the subtraction or addition that gives it."""
        block = self._block
        parent, parts = cells[0], cells[1:]
        known = [cell for cell in cells if value[block.row[cell]] != HIDDEN]
        first = [f"{self._name(cell)} = {value[block.row[cell]]}" for cell in known if int(block.row[cell]) in later]
        after = f", where {', '.join(first[:MOST_TERMS])} follows first" if first else ""
        for source in dict.fromkeys(block.given.get(int(block.row[cell]), "") for cell in known):
            names = [self._name(cell) for cell in known if block.given.get(int(block.row[cell]), "") == source]
            after += f", {', '.join(names[:MOST_TERMS])} as in {source}" if source else ""
        if int(block.row[parent]) == row:
            numbers = [int(value[block.row[part]]) for part in parts]
            told = " + ".join(map(str, numbers)) if len(numbers) <= MOST_TERMS else str(sum(numbers))
            names = [self._name(part) for part in parts]
            of = " + ".join(names) if len(names) <= 3 else f"the sum of its {len(parts)} parts"
            return sum(numbers), f"{of} = {told}{after}"
        others = [part for part in parts if int(block.row[part]) != row]
        rest = sum(int(value[block.row[part]]) for part in others)
        whole = int(value[block.row[parent]])
        return whole - rest, f"{self._name(parent)} − {self._others(which, others)} = {whole} − {rest}{after}"

    def _by_combination(self, exact: Mapping[int, int], because: dict[int, str]) -> None:
        """The combination of shown cells with least weight that is the cell."""
        block = self._block
        known = np.flatnonzero(block.value[: self._own] != HIDDEN)
        shown = csr_array(block.matrix[known])
        waiting = [cell for cell in exact if cell not in because][:MOST_PROGRAMS]
        if not waiting or not len(known) or shown.nnz > LARGEST_PROGRAM:
            return
        columns = csc_array(shown.T)
        both = csc_array(hstack([columns, -columns], format="csc")).astype(np.float64)
        by_name = np.argsort(block.listed < 0, kind="stable").tolist()
        named = {int(block.row[cell]): cell for cell in reversed(by_name)}
        for cell in waiting:
            wanted = csr_array(block.matrix[[block.row[cell]]]).toarray()[0].astype(np.float64)
            found = milp(
                c=np.ones(2 * len(known)),
                constraints=LinearConstraint(both, wanted, wanted),
                bounds=Bounds(0, np.inf),
                options={"time_limit": TIME},
            )
            if found.x is None:
                continue
            weight = found.x[: len(known)] - found.x[len(known) :]
            used = np.flatnonzero(np.abs(weight) > _SMALL)
            terms = [(Fraction(float(weight[at])).limit_denominator(60), int(known[at])) for at in used]
            if sum(factor * int(block.value[row]) for factor, row in terms) == exact[cell]:
                because[cell] = self._told(terms, named)

    def _told(self, terms: list[tuple[Fraction, int]], named: Mapping[int, int]) -> str:
        """A combination in words: what is added first."""
        below = lcm(*(factor.denominator for factor, _ in terms)) if terms else 1
        whole = sorted(
            ((int(factor * below), row) for factor, row in terms), key=lambda term: (term[0] < 0, named[term[1]])
        )
        plus = sum(factor * int(self._block.value[row]) for factor, row in whole if factor > 0)
        minus = -sum(factor * int(self._block.value[row]) for factor, row in whole if factor < 0)
        texts = []
        for factor, row in whole[:MOST_TERMS]:
            times = "" if abs(factor) == 1 else f"{abs(factor)} × "
            texts.append(("− " if factor < 0 else "+ ") + times + self._name(named[row]))
        left = " ".join(texts).removeprefix("+ ")
        if len(whole) > MOST_TERMS:
            left += f" … ({len(whole)} shown cells in all)"
        right = f"{plus} − {minus}" if minus else str(plus)
        return f"({left}) ÷ {below} = ({right}) ÷ {below}" if below > 1 else f"{left} = {right}"

    def _by_bounds(self, exact: Mapping[int, int], because: dict[int, str]) -> None:
        """What is at least and at most left for the cell in the sums it stands in."""
        block, sums = self._block, self._block.sums
        waiting = {int(block.row[cell]): cell for cell in exact if cell not in because}
        if not waiting or not len(sums.parent):
            return
        shown = block.value != HIDDEN
        low = np.where(shown, block.value, block.low)
        high = np.where(shown, block.value, block.high)
        reason: dict[tuple[int, bool], str] = {}
        children, parents = block.row[sums.child], block.row[sums.parent]
        of_child = np.repeat(np.arange(len(parents)), np.diff(sums.pointer))
        for _ in range(ROUNDS):
            least = np.add.reduceat(low[children], sums.pointer[:-1])
            most = np.minimum(np.add.reduceat(high[children], sums.pointer[:-1]), UNBOUNDED)
            new_low, new_high = low.copy(), high.copy()
            np.maximum.at(new_low, parents, least)
            np.minimum.at(new_high, parents, most)
            others_least, others_most = (least[of_child] - low[children]), (most[of_child] - high[children])
            floor = np.where(most[of_child] >= UNBOUNDED, 0, low[parents][of_child] - others_most)
            ceiling = high[parents][of_child] - others_least
            np.maximum.at(new_low, children, floor)
            np.minimum.at(new_high, children, ceiling)
            for at in np.flatnonzero(np.isin(children, list(waiting))).tolist():
                row, which = int(children[at]), int(of_child[at])
                parent = int(sums.parent[which])
                if ceiling[at] == new_high[row] < high[row]:
                    reason[row, True] = (
                        f"at most {ceiling[at]}: {self._bound(parent, high)}, and its other parts are at least "
                        f"{others_least[at]} together"
                    )
                if floor[at] == new_low[row] > low[row]:
                    reason[row, False] = (
                        f"at least {floor[at]}: {self._bound(parent, low)}, and its other parts are at most "
                        f"{others_most[at]} together"
                    )
            if np.array_equal(new_low, low) and np.array_equal(new_high, high):
                break
            low, high = new_low, new_high
        for row, cell in waiting.items():
            if low[row] == high[row] == exact[cell]:
                told = [reason.get((row, False), ""), reason.get((row, True), "")]
                if not told[0]:
                    told[0] = "at least 1, since zeros are shown" if low[row] else "at least 0"
                because[cell] = "; ".join(text for text in told if text)

    def _bound(self, cell: int, bound: NDArray[np.int64]) -> str:
        row = self._block.row[cell]
        sign = "=" if self._block.value[row] != HIDDEN else "is bounded by"
        return f"{self._name(cell)} {sign} {bound[row]}"
