"""Two tables of the same people that share cells, as one system.

Exits by municipality × outcome and exits by municipality × age share their municipalities. Protected one by one, what one of
them hides may follow from the other. Put side by side, their leaves are the unknowns, and ties (`ties`) say what is the same
number in both:

    work 3, other 4     young 5, old 2        rows   work 1 0 0 0   both 1 1 0 0   young 0 0 1 0   …   tie 1 1 −1 −1

A cell that both tables have is shown in both or in neither. Hidden groups, shares, what insiders know and what earlier editions
showed are rows over the leaves of one table each, so they need nothing more here; an earlier edition of the two has ties of its
own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from introstat.protect.any_table.hierarchy import Hierarchy, renamed_leaves
from introstat.protect.any_table.posing import PosedBlock, candidates_in_order, insiders_dimension, neighbourhood
from introstat.protect.any_table.specification import MEASURE, Specification
from introstat.protect.any_table.ties import NONE, Edition, Tie, counterparts, differences, tied
from introstat.protect.system import NOBODY, Demand, Groups, Relations, System, stacked
from introstat.vocabulary.errors import Misused


def check_linkable(first: Specification, second: Specification) -> None:
    """Refuse what two linked tables cannot have. Raises Misused."""
    common = [name for name in first.names if name in second.names]
    if not common:
        raise Misused("Linked tables share no dimension, so they share no cell but the total; leave [[linked]] out.")
    if first.blocks != second.blocks:
        raise Misused("Linked tables have the same blocks.")
    if first.zeros_shown != second.zeros_shown:
        raise Misused("Linked tables both show their zeros, or neither does: zeros says different things of them.")
    for name in common:
        if first.dimension(name) != second.dimension(name):
            raise Misused(f"Linked tables share {name}, and say different things of its total or parents.")
    for one, other in ((first, second), (second, first)):
        if one.method != other.method or one.base:
            raise Misused("Rounded tables are not linked: round the finest table there is, and sum it as you please.")
        if one.insiders != other.insiders or (one.insiders is not None and one.insiders not in common):
            raise Misused("Linked tables have the same insiders, codes of a dimension that both have.")
        columns = {column for name in common for column in (name, *one.dimension(name).parents)}
        for group in one.hidden_groups:
            if {column for column, _ in group.at} <= columns and group.at not in [
                own.at for own in other.hidden_groups
            ]:
                told = ", ".join(f"{column} {code}" for column, code in group.at) or "without a code"
                raise Misused(
                    f"The hidden group {told} is hidden in one of the linked tables only, and both would count it."
                )


def check_codes(first: Sequence[Hierarchy], second: Sequence[Hierarchy], *, zeros_shown: bool) -> None:
    """Refuse common dimensions with other codes, where a zero need not have a row, and other measures. Raises Misused, which names
    the code."""
    names = [{hierarchy.name for hierarchy in one} for one in (first, second)]
    if MEASURE in names[0] ^ names[1]:
        raise Misused("Linked tables both have a column of values, or both a column per measure.")
    for one in first:
        for other in second:
            differs = sorted({*one.codes[: one.leaves]} ^ {*other.codes[: other.leaves]})
            if one.name == other.name and differs and (one.name == MEASURE or not zeros_shown):
                raise Misused(
                    f"Only one of the linked tables has {one.name} {differs[0]}. Where zeros may be hidden both name all codes."
                )


def linked_blocks(first: PosedBlock, second: PosedBlock, specification: Specification) -> tuple[PosedBlock, PosedBlock]:
    """Two posed blocks over one system; `specification` is the first one's. Raises Misused where they are not of the same people."""
    start, columns = len(first.counts), len(first.counts) + len(second.counts)
    counts = np.concatenate([first.counts, second.counts])
    upper = moved(first.system.matrix, columns=columns)
    lower = moved(second.system.matrix, columns=columns, by=start)
    theirs = tuple(None if edition is None else edition.moved(start) for edition in second.editions)
    ties = tied_editions(first.editions, theirs, columns=columns)
    for number, tie in enumerate(ties):
        _check_same_people(tie, counts, earlier=number > 0)
    equal = differences(ties, columns=columns)
    same = _same_rows(first, second, counterparts(lower, ties, upper))
    system = _system(first, second, specification, same, stacked(stacked(upper, lower), equal))
    demand = _demand(first, second, same, ties=equal.shape[0])
    order = candidates_in_order(system, demand)
    row = np.where(same.of_second == NONE, first.system.cells + np.arange(second.system.cells), same.of_second)

    def joined(block: PosedBlock, cell: NDArray[np.int64], editions: tuple[Edition | None, ...]) -> PosedBlock:
        codes = [renamed_leaves(one.leaf_codes, one.hierarchies, block.hierarchies) for one in (first, second)]
        return replace(
            block,
            system=system,
            demand=demand,
            order=order,
            cell=cell,
            leaf_codes=np.concatenate(codes),
            counts=counts,
            editions=editions,
        )

    return joined(first, first.cell, first.editions), joined(second, row[second.cell], theirs)


def tied_editions(first: Sequence[Edition | None], second: Sequence[Edition | None], *, columns: int) -> list[Tie]:
    """The ties of every edition that both tables have: of the present one, then of the earlier ones in turn."""
    return [
        tied(one, other, columns=columns)
        for one, other in zip(first, second, strict=False)
        if one is not None and other is not None
    ]


def moved(matrix: csr_array, *, columns: int, by: int = 0) -> csr_array:
    """A matrix over more columns, its own from the one with the number `by` on."""
    return csr_array((matrix.data, matrix.indices + by, matrix.indptr), shape=(matrix.shape[0], columns))


def _check_same_people(tie: Tie, counts: NDArray[np.int64], *, earlier: bool) -> None:
    one, other = np.asarray(tie.first @ counts), np.asarray(tie.second @ counts)
    wrong = np.flatnonzero(one != other)
    if len(wrong):
        at = int(wrong[0])
        raise Misused(
            f"The linked tables are not of the same people{' in an earlier edition' if earlier else ''}: "
            f"{', '.join(tie.codes[at])} is {one[at]} in one and {other[at]} in the other."
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """Rows of two blocks that are the same number: for every row of the second one of the first, or NONE; and as pairs."""

    of_second: NDArray[np.int64]

    @property
    def second(self) -> NDArray[np.int64]:
        """The rows of the second block that have one."""
        return np.flatnonzero(self.of_second != NONE)

    @property
    def first(self) -> NDArray[np.int64]:
        """The row of the first block that each of them is."""
        return self.of_second[self.second]


def _same_rows(first: PosedBlock, second: PosedBlock, counterpart: NDArray[np.int64]) -> _Same:
    """Rows of the second block that are one with their counterpart: candidates both, or asked for alike."""
    has = np.flatnonzero(counterpart != NONE)
    place = counterpart[has]
    mine, theirs = first.demand, second.demand
    chosen, wanted = mine.groups.of_cell[place] >= 0, theirs.groups.of_cell[has] >= 0
    alike = (mine.guarded[place] == theirs.guarded[has]) & ~chosen & ~wanted
    one = (chosen & wanted) | alike | (chosen & ~_present(second)[has])
    found = np.full(len(counterpart), NONE)
    found[has[one]] = place[one]
    return _Same(found)


def _present(block: PosedBlock) -> NDArray[np.bool_]:
    """Rows of the present edition; the others are what earlier ones add."""
    now = np.zeros(block.system.cells, np.bool_)
    now[block.cell] = True
    return now


def _system(
    first: PosedBlock, second: PosedBlock, specification: Specification, same: _Same, matrix: csr_array
) -> System:
    """The rows and leaves of the first block, then those of the second, then the ties."""
    mine, theirs = first.system, second.system
    low, high = mine.low.copy(), mine.high.copy()
    np.maximum.at(low, same.first, theirs.low[same.second])
    np.minimum.at(high, same.first, theirs.high[same.second])
    zero = np.zeros(matrix.shape[0] - mine.cells - theirs.cells, np.int64)
    codes = renamed_leaves(second.leaf_codes, second.hierarchies, first.hierarchies)
    row = np.where(same.of_second == NONE, mine.cells + np.arange(theirs.cells), same.of_second)
    return System(
        matrix=matrix,
        leaves=np.concatenate([mine.leaves, theirs.leaves]),
        values=np.concatenate([mine.values, theirs.values, zero]),
        low=np.concatenate([low, theirs.low, zero]),
        high=np.concatenate([high, theirs.high, zero]),
        block=np.concatenate([mine.block, neighbourhood(codes, first.hierarchies)]),
        insider=np.concatenate([mine.insider, codes[:, insiders_dimension(first.hierarchies, specification)]]),
        relations=Relations(
            parent=np.concatenate([mine.relations.parent, row[theirs.relations.parent]]),
            pointer=np.concatenate([mine.relations.pointer, mine.relations.pointer[-1] + theirs.relations.pointer[1:]]),
            child=np.concatenate([mine.relations.child, row[theirs.relations.child]]),
        ),
    )


def _demand(first: PosedBlock, second: PosedBlock, same: _Same, *, ties: int) -> Demand:
    """What is asked of both. A number that both have is guarded once, as one of the first block."""
    mine, theirs = first.demand, second.demand
    of_second = np.where(theirs.groups.of_cell >= 0, theirs.groups.of_cell + mine.groups.count, NOBODY)
    weight = np.concatenate([mine.groups.weight, theirs.groups.weight])
    shared = mine.groups.of_cell[same.first]
    together = (shared >= 0) & (of_second[same.second] >= 0)
    weight[shared[together]] += weight[of_second[same.second[together]]]
    of_second[same.second[together]] = shared[together]
    # An edition that is out asks nothing of the present one's cells; what it showed is public in either table.
    now = _present(first)[same.first] & _present(second)[same.second]
    forced = _either(mine.forced, theirs.forced, same.first, same.second)
    hidden = _either(mine.must_hide, theirs.must_hide, same.first[now], same.second[now])
    guarded = _once(mine.guarded, theirs.guarded, same)
    width = mine.width.copy()
    np.maximum.at(width, same.first, theirs.width[same.second])
    nothing = np.zeros(ties, np.bool_)
    return Demand(
        groups=Groups(
            of_cell=np.concatenate([mine.groups.of_cell, of_second, np.full(ties, NOBODY)]),
            requires=np.concatenate([mine.groups.requires, theirs.groups.requires + mine.groups.count]),
            weight=weight,
        ),
        forced=np.concatenate([forced, ~nothing]),
        must_hide=np.concatenate([hidden & ~forced, nothing]),
        guarded=np.concatenate([guarded, nothing]),
        guarded_from_insiders=np.concatenate(
            [_once(mine.guarded_from_insiders, theirs.guarded_from_insiders, same), nothing]
        ),
        width=np.concatenate([width, theirs.width, np.full(ties, 2)]),
    )


def _either(
    mine: NDArray[np.bool_], theirs: NDArray[np.bool_], first: NDArray[np.int64], second: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Two masks over the rows of two blocks, one after the other, where pairs of rows have what either has."""
    one, other = mine.copy(), theirs.copy()
    np.logical_or.at(one, first, theirs[second])
    other[second] = one[first]
    return np.concatenate([one, other])


def _once(mine: NDArray[np.bool_], theirs: NDArray[np.bool_], same: _Same) -> NDArray[np.bool_]:
    """Two masks one after the other, where pairs of rows have what either has in the first block only."""
    one, other = mine.copy(), theirs.copy()
    np.logical_or.at(one, same.first, theirs[same.second])
    other[same.second] = False
    return np.concatenate([one, other])
