"""What a reader can conclude from a rounded table: for every cell, which true values are possible.

She knows the method. A leaf of 0 was 0 to base − 1, a leaf of the base was 1 to the base, any other is as it was; and the whole
of a block is at most half a base off. Sums are sums of rounded leaves and tell nothing more. So without other sources the
answer is arithmetic, and exact:

    base 3, whole 9     leaves  0: 0–2   3: 1–3   6: 6          cell 0 + 3: 1–5, and the whole 8–10 leaves 2–4

Other sources change that: a total that is known exactly, or another rounded edition of the same counts. A leaf that is 0 in
one and 3 in the other was 1 or 2. Exact totals are sums over unknown leaves, so bounds are tightened along them, integer
programs find tables that reach the bounds, and what neither settles is said to be not settled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from introstat.protect.any_table.first_table import TIME
from introstat.protect.any_table.hierarchy import Hierarchy
from introstat.protect.any_table.lattice import cells_over, keys_of, nodes_of
from introstat.protect.any_table.margins import refuse_row
from introstat.protect.any_table.published import (
    HIDDEN,
    MAY_BE_ROUNDED,
    PublishedTable,
    name_of,
    read_published,
    true_cells,
)
from introstat.protect.any_table.recovery import Answer, Exact, Narrow
from introstat.protect.any_table.specification import Specification
from introstat.protect.any_table.whole_bounds import Asked, Bounded, bounded
from introstat.vocabulary.errors import Misused

MOST_LEAVES: Final = 200_000
"""So many leaves below known totals are worked on; more is refused."""


@dataclass(frozen=True, slots=True, eq=False)
class Intervals:
    """Per cell of a block what it may have been: `nodes` cells × dimensions, `value` as published, `low` and `high`.

    `by_rule_low` and `by_rule_high` follow from the leaves alone. `settled` is false where the true interval may be narrower.
    """

    block: tuple[str, ...]
    nodes: NDArray[np.int64]
    value: NDArray[np.int64]
    by_rule_low: NDArray[np.int64]
    by_rule_high: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    settled: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class RoundedAnswer:
    """What the attack on a rounded table came to: findings as for any table, and the interval of every cell.

    In `findings`, `hidden` counts the cells that may be rounded, `exact` small counts that can be computed and `narrow` those
    with fewer possible values than asked for. `certain` counts cells that come out exact and are no small count.
    """

    findings: Answer
    certain: int
    intervals: tuple[Intervals, ...]


@dataclass(slots=True)
class _Block:
    """What is known of the leaves of one block: explicit ones with their bounds; all others were published as 0."""

    codes: NDArray[np.int64]
    value: NDArray[np.int64]
    low: NDArray[np.int64]
    high: NDArray[np.int64]
    whole: tuple[int, int]
    totals: list[tuple[int, int]] = field(default_factory=list)
    """Keys of cells that are known exactly, and their values."""
    sources: dict[int, str] = field(default_factory=dict)
    """Where each of them is from."""


def may_be_rounded(
    nodes: NDArray[np.int64],
    codes: NDArray[np.int64],
    values: NDArray[np.int64],
    hierarchies: tuple[Hierarchy, ...],
    *,
    base: int,
) -> NDArray[np.bool_]:
    """Which cells have a leaf of 0 or of the base. `codes` and `values` are those leaves that are not 0."""
    sizes = [hierarchy.nodes for hierarchy in hierarchies]
    certain = cells_over(codes[values > base], hierarchies)
    return _summed(certain.keys, np.diff(certain.matrix.indptr), keys_of(nodes, sizes)) < _leaves_below(
        nodes, hierarchies
    )


def read_source(data: bytes, specification: Specification, *, source: str) -> PublishedTable:
    """Another source of the same counts: any rows of the table, so nothing is asked of what belongs to what. Raises Misused."""
    plain = tuple(replace(dimension, parents=()) for dimension in specification.dimensions)
    return read_published(data, replace(specification, dimensions=plain), source=source)


def attack_rounded(
    table: PublishedTable,
    specification: Specification,
    *,
    earlier: Sequence[PublishedTable] = (),
    truth: PublishedTable | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> RoundedAnswer:
    """Attack a rounded table. `earlier` are other sources: rows marked `rounded` are rounded, all others exact.

    `truth` is needed for insiders, who know their own rows. Raises Misused where the table is not what the rule makes.
    """
    intervals: list[Intervals] = []
    exact: list[Exact] = []
    narrow: list[Narrow] = []
    notes = dict.fromkeys(table.notes)
    unsettled = certain = attacked = 0
    for number in range(len(table.blocks)):
        if progress is not None:
            progress(number, len(table.blocks))
        at = np.flatnonzero(table.block == number)
        known = _read_block(table, specification, at)
        for former in earlier:
            known = _with_source(known, table, former, specification, number, notes)
        found = _intervals(known, table, specification, number, at)
        intervals.append(found)
        open_by_rule = found.by_rule_low < found.by_rule_high
        attacked += int(open_by_rule.sum())
        unsettled += int((open_by_rule & ~found.settled).sum())
        width = found.high - found.low + 1
        small = (found.high >= 1) & (found.low < specification.base)
        certain += int((open_by_rule & (width == 1) & ~small).sum())
        weak = np.flatnonzero(open_by_rule & small & (width < max(2, specification.width_primary)))
        reasons = _Reasons(known, table.hierarchies, base=specification.base) if len(weak) else None
        for cell in weak:
            name = name_of(table, found.nodes[cell].tolist(), number, specification)
            low, high = int(found.low[cell]), int(found.high[cell])
            if low == high and reasons is not None:
                exact.append(Exact(name, low, reasons.of(found.nodes[cell], low)))
            else:
                narrow.append(Narrow(name, low, high))
        if specification.insiders is not None and truth is not None:
            if known.totals:
                notes["Insiders were tried with the table alone, not with the totals of other sources."] = None
            exact += _insiders(known, table, truth, specification, number)
    if specification.insiders is not None and truth is None:
        notes["Insiders were not tried: what one of them sees depends on his own rows. Give them with --truth."] = None
    findings = Answer(attacked, tuple(exact), tuple(narrow), (), unsettled, 0, tuple(notes))
    return RoundedAnswer(findings, certain, tuple(intervals))


def _read_block(table: PublishedTable, specification: Specification, at: NDArray[np.int64]) -> _Block:
    """The leaves of a block as its rows tell them. Raises Misused for what rounding cannot have made."""
    base, hierarchies = specification.base, table.hierarchies
    nodes, values = table.nodes[at], table.values[at]
    wrong = np.flatnonzero(values == HIDDEN)
    if len(wrong):
        refuse_row(table, specification, int(at[wrong[0]]), "has no value, and rounding leaves none out")
    wrong = np.flatnonzero((values > 0) & (values < base))
    if len(wrong):
        refuse_row(
            table,
            specification,
            int(at[wrong[0]]),
            f"is {values[wrong[0]]}, and rounding to {base} leaves no such count",
        )
    finest = np.all([nodes[:, d] < hierarchy.leaves for d, hierarchy in enumerate(hierarchies)], axis=0) & (values > 0)
    codes, leaves = nodes[finest], values[finest]
    cells = cells_over(codes, hierarchies)
    sums = _summed(
        cells.keys, np.asarray(cells.matrix @ leaves, np.int64), keys_of(nodes, [h.nodes for h in hierarchies])
    )
    wrong = np.flatnonzero(sums != values)
    if len(wrong):
        row = int(wrong[0])
        refuse_row(
            table, specification, int(at[row]), f"is {values[row]}, and the finest cells in it are {sums[row]} together"
        )
    if all(hierarchy.has_total for hierarchy in hierarchies):
        whole = (int(leaves.sum()) - base // 2, int(leaves.sum()) + base // 2)
    else:
        whole = (0, int(leaves.sum()) + base * _every_leaf(hierarchies))
    return _Block(codes, leaves, np.where(leaves == base, 1, leaves), leaves.copy(), whole)


def _with_source(
    known: _Block,
    table: PublishedTable,
    former: PublishedTable,
    specification: Specification,
    number: int,
    notes: dict[str, None],
) -> _Block:
    """What another source adds; it is left out, with a note, where it contradicts what is known: it is of other counts."""
    if table.blocks[number] not in former.blocks:
        return known
    base, hierarchies = specification.base, table.hierarchies
    sizes = [hierarchy.nodes for hierarchy in hierarchies]
    at = np.flatnonzero((former.block == former.blocks.index(table.blocks[number])) & (former.values != HIDDEN))
    now = np.empty((len(at), len(sizes)), np.int64)
    for d, (old, new) in enumerate(zip(former.hierarchies, hierarchies, strict=True)):
        place = {code: node for node, code in enumerate(new.codes)}
        now[:, d] = np.array([place.get(code, -1) for code in old.codes], np.int64)[former.nodes[at, d]]
    there = (now >= 0).all(axis=1)
    at, now = at[there], now[there]
    values, rounded = former.values[at], former.kind[at] == MAY_BE_ROUNDED
    finest = np.all([now[:, d] < hierarchy.leaves for d, hierarchy in enumerate(hierarchies)], axis=0)
    keys = keys_of(now, sizes)
    exact = ~rounded & ~finest
    grown = _explicit(known, now[finest | exact], hierarchies, base=base)
    place_of = np.argsort(keys_of(grown.codes, sizes))
    in_order = keys_of(grown.codes, sizes)[place_of]
    leaf = place_of[np.searchsorted(in_order, keys[finest])]
    told, by_rule = values[finest], rounded[finest]
    grown.low[leaf] = np.maximum(grown.low[leaf], np.where(by_rule & (told == base), 1, told))
    grown.high[leaf] = np.minimum(grown.high[leaf], np.where(by_rule & (told == 0), base - 1, told))
    whole = rounded & (keys == keys_of(np.array([[h.total for h in hierarchies]]), sizes)[0])
    if whole.any() and all(hierarchy.has_total for hierarchy in hierarchies):
        total = int(values[whole][0])
        grown.whole = (max(grown.whole[0], total - base // 2), min(grown.whole[1], total + base // 2))
    grown.totals += [(int(key), int(value)) for key, value in zip(keys[exact], values[exact], strict=True)]
    grown.sources |= dict.fromkeys(keys[exact].tolist(), former.source)
    if np.any(grown.low > grown.high) or not _bounded(grown, hierarchies, np.empty(0, np.int64), base=base).possible:
        notes[f"{former.source} tells of other counts, so what is the same in it is not known; it was left out."] = None
        return known
    return grown


def _explicit(known: _Block, cells: NDArray[np.int64], hierarchies: tuple[Hierarchy, ...], *, base: int) -> _Block:
    """The same block with every leaf of some cells spelled out, zeros too."""
    sizes = [hierarchy.nodes for hierarchy in hierarchies]
    keys = [keys_of(known.codes, sizes)]
    for nodes in cells.tolist():
        inside = [hierarchy.within(node) for hierarchy, node in zip(hierarchies, nodes, strict=True)]
        grid = np.meshgrid(*inside, indexing="ij")
        keys.append(keys_of(np.stack([axis.ravel() for axis in grid], axis=1), sizes))
        if sum(map(len, keys)) > 50 * MOST_LEAVES:
            keys = [np.unique(np.concatenate(keys))]
    every = np.unique(np.concatenate(keys))
    if len(every) > MOST_LEAVES + len(known.codes):
        raise Misused(f"Other sources tell of {len(every):,} leaves; at most {MOST_LEAVES:,} are worked on.")
    place = np.searchsorted(every, keys_of(known.codes, sizes))
    value, low, high = np.zeros(len(every), np.int64), np.zeros(len(every), np.int64), np.full(len(every), base - 1)
    value[place], low[place], high[place] = known.value, known.low, known.high
    return _Block(nodes_of(every, sizes), value, low, high, known.whole, list(known.totals), dict(known.sources))


def _bounded(known: _Block, hierarchies: tuple[Hierarchy, ...], wanted: NDArray[np.int64], *, base: int) -> Bounded:
    """The interval of every wanted cell, by key, from all that is known."""
    cells = cells_over(known.codes, hierarchies)
    implicit = _every_leaf(hierarchies) - len(known.codes)
    rows = np.searchsorted(cells.keys, np.array([key for key, _ in known.totals], np.int64))
    place = np.minimum(np.searchsorted(cells.keys, wanted), max(len(cells.keys) - 1, 0))
    there = cells.keys[place] == wanted if len(cells.keys) else np.zeros(len(wanted), np.bool_)
    matrix = csr_array((len(wanted), len(known.codes)), dtype=np.int64)
    if there.any():
        pick = csr_array(
            (np.ones(int(there.sum()), np.int64), (np.flatnonzero(there), place[there])),
            shape=(len(wanted), len(cells.keys)),
        )
        matrix = csr_array(pick @ cells.matrix)
    below = _leaves_below(nodes_of(wanted, [hierarchy.nodes for hierarchy in hierarchies]), hierarchies)
    asked = Asked(
        rows=matrix,
        others=(base - 1) * (below - np.diff(matrix.indptr)),
        low=known.low,
        high=known.high,
        known=csr_array(cells.matrix[rows]),
        values=np.array([value for _, value in known.totals], np.int64),
        whole=known.whole,
        rest=(base - 1) * implicit,
        time=TIME,
    )
    return bounded(asked)


def _intervals(
    known: _Block, table: PublishedTable, specification: Specification, number: int, at: NDArray[np.int64]
) -> Intervals:
    hierarchies, base = table.hierarchies, specification.base
    nodes = table.nodes[at]
    wanted = keys_of(nodes, [hierarchy.nodes for hierarchy in hierarchies])
    found = _bounded(known, hierarchies, wanted, base=base)
    plain = _by_rule(known, base=base)
    rule = _bounded(plain, hierarchies, wanted, base=base)
    return Intervals(
        block=table.blocks[number],
        nodes=nodes,
        value=table.values[at],
        by_rule_low=rule.low,
        by_rule_high=rule.high,
        low=found.low,
        high=found.high,
        settled=found.settled,
    )


def _by_rule(known: _Block, *, base: int) -> _Block:
    """The same leaves with nothing known of them but the rule for each."""
    low = np.where(known.value == base, 1, known.value)
    high = np.where(known.value == 0, base - 1, known.value)
    return _Block(known.codes, known.value, low, high, (0, 1 << 60))


class _Reasons:
    """In words how a small count follows: from the whole, from two roundings, or from a total that is known."""

    def __init__(self, known: _Block, hierarchies: tuple[Hierarchy, ...], *, base: int) -> None:
        self._known, self._hierarchies, self._base = known, hierarchies, base
        self._sizes = [hierarchy.nodes for hierarchy in hierarchies]
        self._cells = cells_over(known.codes, hierarchies)
        rows = np.searchsorted(self._cells.keys, np.array([key for key, _ in known.totals], np.int64))
        self._totals = csr_array(self._cells.matrix[rows])

    def of(self, nodes: NDArray[np.int64], value: int) -> str:
        """Why a cell is a value."""
        known = self._known
        key = int(keys_of(nodes[None, :], self._sizes)[0])
        if key in known.sources:
            return f"told in {known.sources[key]}"
        mine = np.zeros(len(known.codes), np.bool_)
        place = int(np.searchsorted(self._cells.keys, key))
        if place < len(self._cells.keys) and self._cells.keys[place] == key:
            row = slice(self._cells.matrix.indptr[place], self._cells.matrix.indptr[place + 1])
            mine[self._cells.matrix.indices[row]] = True
        if int(known.low[mine].sum()) == int(known.high[mine].sum()) == value:
            return "another source tells of it"
        around = np.flatnonzero(self._totals @ mine.astype(np.int64) == mine.sum())
        for total in around[np.argsort(np.diff(self._totals.indptr)[around], kind="stable")].tolist():
            others = self._totals.indices[self._totals.indptr[total] : self._totals.indptr[total + 1]]
            others = others[~mine[others]]
            low, high = int(known.low[others].sum()), int(known.high[others].sum())
            cell, told = known.totals[total]
            if value in (told - low, told - high):
                name = " / ".join(
                    hierarchy.codes[node]
                    for hierarchy, node in zip(
                        self._hierarchies, nodes_of(np.array([cell]), self._sizes)[0].tolist(), strict=True
                    )
                )
                rest = f"at least {low}" if told - low == value else f"at most {high}"
                return f"{name} is {told} in {known.sources[cell]}, and its other parts are {rest} together"
        if not known.totals:
            low, high = known.whole
            return f"the whole is between {low} and {high}, since rounding moves it by at most {self._base // 2}"
        return f"follows from {len(known.totals)} totals known from {', '.join(sorted(set(known.sources.values())))}"


def _insiders(
    known: _Block, table: PublishedTable, truth: PublishedTable, specification: Specification, number: int
) -> list[Exact]:
    """Small counts of others that somebody can compute who knows his own rows: the others are then all at one end."""
    hierarchies = table.hierarchies
    assert specification.insiders is not None
    d = [hierarchy.name for hierarchy in hierarchies].index(specification.insiders)
    nodes, told = true_cells(truth, table, number)
    finest = np.all([nodes[:, at] < hierarchy.leaves for at, hierarchy in enumerate(hierarchies)], axis=0)
    known = _explicit(known, nodes[finest], hierarchies, base=specification.base)
    sizes = [hierarchy.nodes for hierarchy in hierarchies]
    keys = keys_of(nodes[finest], sizes)
    order = np.argsort(keys)
    counts = _summed(keys[order], told[finest][order], keys_of(known.codes, sizes))
    if np.any((counts < known.low) | (counts > known.high)):
        raise Misused(f"{truth.source} and {table.source} tell of different counts.")
    unknown = (specification.base - 1) * (_every_leaf(hierarchies) // hierarchies[d].leaves)
    low_of, high_of, own_of = (np.zeros(hierarchies[d].leaves, np.int64) for _ in range(3))
    explicit = np.bincount(known.codes[:, d], minlength=hierarchies[d].leaves)
    np.add.at(low_of, known.codes[:, d], known.low)
    np.add.at(high_of, known.codes[:, d], known.high)
    np.add.at(own_of, known.codes[:, d], counts)
    high_of += unknown - (specification.base - 1) * explicit
    found: list[Exact] = []
    for insider, code in enumerate(hierarchies[d].codes[: hierarchies[d].leaves]):
        low, high = int(low_of.sum() - low_of[insider]), int(high_of.sum() - high_of[insider])
        above = known.whole[1] - int(own_of[insider]) - low
        below = high - (known.whole[0] - int(own_of[insider]))
        if min(above, below) > 0:
            continue
        others = np.flatnonzero((known.codes[:, d] != insider) & (known.low < known.high))
        for leaf in others[counts[others] > 0].tolist():
            value = int(known.low[leaf] if above == 0 else known.high[leaf])
            if 0 < value < specification.base:
                name = name_of(table, known.codes[leaf].tolist(), number, specification)
                found.append(Exact(name, value, f"{specification.insiders} {code} knows its own rows, and the whole"))
    return found


def _summed(keys: NDArray[np.int64], values: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Values by sorted keys, 0 for those that are not there."""
    if not len(keys):
        return np.zeros(len(wanted), np.int64)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], 0).astype(np.int64)


def _leaves_below(nodes: NDArray[np.int64], hierarchies: tuple[Hierarchy, ...]) -> NDArray[np.int64]:
    """How many leaves every cell has, zeros too."""
    below = np.ones(len(nodes), np.int64)
    for d, hierarchy in enumerate(hierarchies):
        members = np.zeros(hierarchy.nodes, np.int64)
        for level in hierarchy.above.T:
            members += np.bincount(level[level >= 0], minlength=hierarchy.nodes)
        below *= members[nodes[:, d]]
    return below


def _every_leaf(hierarchies: tuple[Hierarchy, ...]) -> int:
    return int(np.prod([hierarchy.leaves for hierarchy in hierarchies], dtype=np.int64))


def intervals_csv(answer: RoundedAnswer, table: PublishedTable, specification: Specification) -> bytes:
    """Every cell with its published value and the true values that are possible, as CSV."""
    heading = [*specification.blocks, *(hierarchy.name for hierarchy in table.hierarchies), "value", "low", "high"]
    lines = [",".join(_quoted(name) for name in heading)]
    for number, found in enumerate(answer.intervals):
        columns = zip(found.nodes.tolist(), found.value.tolist(), found.low.tolist(), found.high.tolist(), strict=True)
        for nodes, value, low, high in columns:
            name: Mapping[str, str] = name_of(table, nodes, number, specification)
            lines.append(",".join([*(_quoted(code) for code in name.values()), str(value), str(low), str(high)]))
    return ("\n".join(lines) + "\n").encode()


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\n\r') else text
