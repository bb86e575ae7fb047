"""All that somebody holds of a block, as one system: a published table, other editions of it, another table of the same people.

`put_together` lays them side by side. The leaves of another edition are those of the present one where she knows that they are the
same, and leaves of its own elsewhere; the leaves of a linked table are all its own, and ties say what is the same number:

    now      p 5 + q :  = 12        q is the same in both editions: one leaf
    before   p 4 + q :  = 11        p is two leaves, 5 now and 4 before

What is the same is known from a list of what may have changed, or by the true numbers of both editions, on the closed side. An
edition that shows no other number than the present one is taken to be of the same counts where nothing is known of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from introstat.protect.any_table.before import Counted, read_before
from introstat.protect.any_table.changes import Changes
from introstat.protect.any_table.hierarchy import Hierarchy, renamed_leaves
from introstat.protect.any_table.lattice import Cells
from introstat.protect.any_table.linking import check_codes, check_linkable, moved, tied_editions
from introstat.protect.any_table.margins import PublishedBlock, lay_out
from introstat.protect.any_table.published import HIDDEN, NO_SHARE, PRIMARY, SECONDARY, PublishedTable, name_of
from introstat.protect.any_table.specification import Specification
from introstat.protect.any_table.ties import NONE, Edition, counterparts, differences
from introstat.protect.system import UNBOUNDED, stacked
from introstat.vocabulary.errors import Misused


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A table that somebody holds, with what was asked of it, `earlier` editions, and its true numbers on the closed side.

    Editions are as they were published, or as `--truth` wrote them: then only what is marked as shown was seen.
    """

    table: PublishedTable
    specification: Specification
    earlier: tuple[PublishedTable, ...] = ()
    truth: PublishedTable | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The cells of one file in a system, by the `row` that each of them is, and the file with their true numbers, if there is one."""

    table: PublishedTable
    number: int
    cells: Cells
    row: NDArray[np.int64]
    truth: PublishedTable | None


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """One block with all that is known beside it: the `block` has the table's own rows first; `own` is how many of them."""

    block: PublishedBlock
    own: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Filled:
    """A table with what other editions of the same counts show of it: which cells, and where; and the editions that are of others.

    `apart` holds per block the editions that are of other counts, None for those that are not; `notes` says what was not used.
    """

    held: Held
    table: PublishedTable
    given: Mapping[int, str]
    apart: tuple[tuple[PublishedTable | None, ...], ...]
    same: tuple[tuple[bool, ...], ...]
    notes: tuple[str, ...]


def fill(held: Held, changes: Changes | None) -> Filled:
    """The table with all that editions of the same counts show, and what is to be put beside it."""
    table = held.table
    values, shares = table.values.copy(), table.shares.copy()
    given: dict[int, str] = {}
    notes: list[str] = []
    here = {key: at for at, key in enumerate(_keys(table))} if held.earlier else {}
    apart: list[list[PublishedTable | None]] = [[] for _ in table.blocks]
    same: list[list[bool]] = [[] for _ in table.blocks]
    for former in held.earlier:
        seen = as_seen(former)
        is_truth = held.truth is not None and bool(np.all(former.values != HIDDEN))
        both = [(here[key], at) for at, key in enumerate(_keys(former)) if key in here and seen.values[at] != HIDDEN]
        other = {int(table.block[now]) for now, then in both if table.values[now] not in (HIDDEN, seen.values[then])}
        left_out: list[str] = []
        for number, block in enumerate(table.blocks):
            known = changes is not None or is_truth
            there = block in former.blocks
            apart[number].append(former if there and known else None)
            same[number].append(there and not known and number not in other)
            if there and not known and number in other:
                left_out.append(" ".join(block))
        if left_out:
            of = f" of {', '.join(left_out)}" if any(left_out) else ""
            notes.append(
                f"{former.source} shows other counts{of}, so what is the same in it is not known; it was left out there. "
                "Give a list of what may have changed with --changes, or both editions as --truth wrote them."
            )
        for now, then in both:
            if not same[int(table.block[now])][-1]:
                continue
            if values[now] == HIDDEN:
                values[now] = seen.values[then]
                given[now] = former.source
            told = (shares[:, now] == NO_SHARE) & (seen.shares[:, then] != NO_SHARE)
            shares[told, now] = seen.shares[told, then]
    return Filled(
        held,
        replace(table, values=values, shares=shares),
        dict(sorted(given.items())),
        tuple(map(tuple, apart)),
        tuple(map(tuple, same)),
        tuple(notes),
    )


def as_seen(table: PublishedTable) -> PublishedTable:
    """What readers saw of a file that `--truth` wrote; any other table as it is."""
    unseen = (table.values != HIDDEN) & np.isin(table.kind, (PRIMARY, SECONDARY))
    if not unseen.any():
        return table
    return replace(
        table,
        values=np.where(unseen, HIDDEN, table.values),
        kind=np.where(np.isin(table.kind, (PRIMARY, SECONDARY)), 0, table.kind),
    )


def put_together(filled: Filled, number: int, changes: Changes | None, linked: Filled | None) -> Together:
    """One block of a table with everything beside it. Raises Misused where two files contradict each other, naming the cell."""
    mine = _with_editions(filled, number, changes)
    if linked is None:
        return mine
    theirs = _with_editions(linked, number, changes)
    start = mine.block.matrix.shape[1]
    columns = start + theirs.block.matrix.shape[1]
    editions = tuple(None if edition is None else edition.moved(start) for edition in theirs.block.editions)
    ties = tied_editions(mine.block.editions, editions, columns=columns)
    place = counterparts(
        moved(theirs.block.matrix, columns=columns, by=start),
        ties,
        moved(mine.block.matrix, columns=columns),
    )
    hierarchies = filled.table.hierarchies
    block, row = _appended(
        mine.block,
        theirs.block,
        column=start + np.arange(columns - start),
        place=place,
        codes=renamed_leaves(theirs.block.codes, linked.table.hierarchies, hierarchies),
        told=(filled, number, linked.table.source),
    )
    for tie in ties:
        alone = np.flatnonzero((np.diff(tie.first.indptr) == 0) | (np.diff(tie.second.indptr) == 0))
        somebody = np.asarray((tie.first + tie.second) @ block.least > 0)
        wrong = alone[somebody[alone]]
        if len(wrong):
            raise Misused(
                f"{filled.table.source} and {linked.table.source} are not of the same people: only one of them has anybody "
                f"in {', '.join(tie.codes[wrong[0]])}."
            )
    block = _with_zeros(block, differences(ties, columns=columns))
    return Together(block, mine.own, (*mine.parts, *(replace(part, row=row[part.row]) for part in theirs.parts)))


def check_linked(first: Held, second: Held) -> None:
    """Refuse two tables that cannot be put together. Raises Misused."""
    check_linkable(first.specification, second.specification)
    if first.table.blocks != second.table.blocks:
        raise Misused(f"{first.table.source} and {second.table.source} do not have the same blocks.")
    check_codes(first.table.hierarchies, second.table.hierarchies, zeros_shown=first.specification.zeros_shown)


def _keys(table: PublishedTable) -> list[tuple[str, ...]]:
    """Every cell by the codes of its block and dimensions."""
    return [
        (
            *table.blocks[block],
            *(hierarchy.codes[node] for hierarchy, node in zip(table.hierarchies, nodes, strict=True)),
        )
        for block, nodes in zip(table.block.tolist(), table.nodes.tolist(), strict=True)
    ]


def _with_editions(filled: Filled, number: int, changes: Changes | None) -> Together:
    """One block of a table, and the editions of other counts beside it."""
    held, table = filled.held, filled.table
    block = lay_out(table, held.specification)[number]
    own = block.matrix.shape[0]
    parts = [Part(table, number, block.cells, block.row, held.truth)]
    if not any(filled.apart[number]):
        editions = (*block.editions, *(block.editions[0] if same else None for same in filled.same[number]))
        return Together(replace(block, editions=editions), own, tuple(parts))
    side = _Side(filled, number, block, changes)
    for former, same in zip(filled.apart[number], filled.same[number], strict=True):
        if former is None:
            side.editions.append(side.editions[0] if same else None)
        else:
            parts.append(side.add(former))
    return Together(replace(side.block, editions=tuple(side.editions)), own, tuple(parts))


class _Side:
    """A block that grows by one edition of other counts after the other.

    `tag` has a number per leaf of the system: leaves with the same codes and the same tag are the same, known to be so. It is their
    count where that is known, else 0 where nothing can have changed and a number of its own per edition elsewhere. A leaf that an
    edition has not is zero there, and its tag would be 0 either way.
    """

    def __init__(self, filled: Filled, number: int, block: PublishedBlock, changes: Changes | None) -> None:
        self._filled, self._number, self._changes = filled, number, changes
        self._hierarchies = filled.table.hierarchies
        self.block = block
        self._present = Edition(np.arange(len(block.codes)), block.codes, self._hierarchies)
        self.editions: list[Edition | None] = [self._present]
        self._counted: Counted | None = None
        if changes is None:
            nothing = np.empty(0, np.int64)
            none = Counted(np.empty((0, len(self._hierarchies)), np.int64), nothing, self._hierarchies)
            self._counted = self._counts(filled.held.truth, none)
        self._tag = self._tags(block.codes, self._hierarchies, self._counted, edition=0)

    def _counts(self, truth: PublishedTable | None, near: Counted) -> Counted:
        """The true counts of an edition."""
        name = self._filled.table.blocks[self._number]
        if truth is None or name not in truth.blocks:
            raise Misused(f"{'The truth' if truth is None else truth.source} has nothing on {' '.join(name)}.")
        before = read_before(truth, name, self._hierarchies)
        if np.any(before.values == HIDDEN):
            raise Misused(f"{truth.source} leaves numbers out; what --truth wrote has all of them.")
        return before.leaves(self._filled.held.specification, present=near)

    def _tags(
        self, codes: NDArray[np.int64], hierarchies: tuple[Hierarchy, ...], counted: Counted | None, *, edition: int
    ) -> NDArray[np.int64]:
        if counted is not None:
            return counted.of(codes, hierarchies)
        if self._changes is None:
            raise ValueError("neither counts nor changes are known")
        name = self._filled.table.blocks[self._number]
        may = self._changes.among(codes, hierarchies, self._filled.held.specification, name)
        return np.where(may, 1 + edition, 0)

    def add(self, former: PublishedTable) -> Part:
        """Put one more edition beside what there is."""
        seen, specification = as_seen(former), self._filled.held.specification
        number = former.blocks.index(self._filled.table.blocks[self._number])
        other = lay_out(seen, specification)[number]
        counted = None if self._counted is None else self._counts(former, self._counted)
        tag = self._tags(other.codes, former.hierarchies, counted, edition=len(self.editions))
        codes = renamed_leaves(other.codes, former.hierarchies, self._hierarchies)
        start = self.block.matrix.shape[1]
        column = self._same(codes, tag)
        fresh = np.flatnonzero(column == NONE)
        column[fresh] = start + np.arange(len(fresh))
        # A leaf that is known to be the same, and that one of the editions has not, is zero in both.
        zero = column[fresh][(tag[fresh] == 0) & _are_missing(codes[fresh], self._present.codes)]
        back = renamed_leaves(self._present.codes, self._hierarchies, former.hierarchies)
        gone = (self._tag[self._present.column] == 0) & _are_missing(back, other.codes)
        zero = np.concatenate([zero, self._present.column[gone]])
        told = (self._filled, self._number, former.source)
        self.block, row = _appended(self.block, other, column=column, codes=codes, fresh=fresh, told=told)
        somebody = zero[self.block.least[zero] > 0]
        if len(somebody):
            raise Misused(
                f"{self._filled.table.source} and {former.source} contradict each other: nothing is said to have changed in "
                f"{self._leaf(int(somebody[0]))}, and only one of them has anybody there."
            )
        columns = self.block.matrix.shape[1]
        single = csr_array((np.ones(len(zero), np.int64), (np.arange(len(zero)), zero)), shape=(len(zero), columns))
        self.block = _with_zeros(self.block, single)
        self._tag = np.concatenate([self._tag, tag[fresh]])
        self.editions.append(Edition(column, other.codes, former.hierarchies))
        return Part(seen, number, other.cells, row[other.row], former if seen is not former else None)

    def _same(self, codes: NDArray[np.int64], tag: NDArray[np.int64]) -> NDArray[np.int64]:
        """The column of every leaf that is known already, NONE for the others."""
        told = np.concatenate([self.block.codes, codes]), np.concatenate([self._tag, tag])
        which = np.unique(np.column_stack(told), axis=0, return_inverse=True)[1].ravel()
        mine, theirs = which[: len(self._tag)], which[len(self._tag) :]
        first = np.full(len(which), NONE)
        first[mine[::-1]] = np.arange(len(mine))[::-1]
        return np.where((codes >= 0).all(axis=1), first[theirs], NONE)

    def _leaf(self, column: int) -> str:
        codes = self.block.codes[column].tolist()
        return ", ".join(
            f"{hierarchy.name} {hierarchy.codes[code]}"
            for hierarchy, code in zip(self._hierarchies, codes, strict=True)
            if code >= 0
        )


def _appended(
    block: PublishedBlock,
    other: PublishedBlock,
    *,
    column: NDArray[np.int64],
    codes: NDArray[np.int64],
    told: tuple[Filled, int, str],
    place: NDArray[np.int64] | None = None,
    fresh: NDArray[np.int64] | None = None,
) -> tuple[PublishedBlock, NDArray[np.int64]]:
    """A block with the rows of another one under its own, and where each of those is now.

    `column` says which leaf of the whole every leaf of the other is; those that are `fresh`, or all, have `codes` in the first one's
    hierarchies. Rows that are the same number become one: by `place`, or because they count the same leaves.
    """
    fresh = np.arange(len(column)) if fresh is None else fresh
    columns = block.matrix.shape[1] + len(fresh)
    upper = moved(block.matrix, columns=columns)
    lower = csr_array(
        (other.matrix.data, column[other.matrix.indices], other.matrix.indptr), shape=(len(other.value), columns)
    )
    lower.sort_indices()
    place = _alike(lower, upper) if place is None else place
    alone = place == NONE
    row = np.where(alone, len(block.value) + np.cumsum(alone) - 1, place)
    value, low, high = block.value.copy(), block.low.copy(), block.high.copy()
    known = np.flatnonzero(~alone & (other.value != HIDDEN))
    differs = known[(value[place[known]] != HIDDEN) & (value[place[known]] != other.value[known])]
    if len(differs):
        _refuse(block, int(place[differs[0]]), int(other.value[differs[0]]), told)
    given = dict(block.given)
    for at in known[value[place[known]] == HIDDEN].tolist():
        given[int(place[at])] = other.given.get(at, told[2])
    value[place[known]] = other.value[known]
    np.maximum.at(low, place[~alone], other.low[~alone])
    np.minimum.at(high, place[~alone], other.high[~alone])
    least = np.concatenate([block.least, np.zeros(len(fresh), np.int64)])
    np.maximum.at(least, column, other.least)
    return (
        replace(
            block,
            matrix=stacked(upper, csr_array(lower[np.flatnonzero(alone)])),
            least=least,
            value=np.concatenate([value, other.value[alone]]),
            low=np.concatenate([low, other.low[alone]]),
            high=np.concatenate([high, other.high[alone]]),
            codes=np.concatenate([block.codes, codes[fresh]]),
            given=given,
        ),
        row,
    )


def _are_missing(codes: NDArray[np.int64], known: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which leaves have codes that an edition knows, and yet no leaf there; both are leaves × dimensions of that edition."""
    which = np.unique(np.concatenate([known, codes]), axis=0, return_inverse=True)[1].ravel()
    return (codes >= 0).all(axis=1) & ~np.isin(which[len(known) :], which[: len(known)])


def _alike(rows: csr_array, others: csr_array) -> NDArray[np.int64]:
    """For every row the row of `others` that counts the same leaves alike, or NONE."""
    marks = np.random.default_rng(4).integers(1, 2**62, others.shape[1], dtype=np.int64)
    with np.errstate(over="ignore"):
        mine, theirs = np.asarray(others @ marks), np.asarray(rows @ marks)
    which = np.unique(np.concatenate([mine, theirs]), return_inverse=True)[1].ravel()
    first = np.full(len(which), NONE)
    first[which[: len(mine)][::-1]] = np.arange(len(mine))[::-1]
    return first[which[len(mine) :]]


def _refuse(block: PublishedBlock, row: int, other: int, told: tuple[Filled, int, str]) -> None:
    """Raise Misused for a row that two files show different numbers of."""
    filled, number, source = told
    cells = np.flatnonzero(block.row == row)
    name = ""
    if len(cells):
        codes = name_of(filled.table, block.cells.nodes[cells[0]].tolist(), number, filled.held.specification)
        name = ", ".join(f"{column}={code}" for column, code in codes.items()) + " "
    raise Misused(
        f"{filled.table.source} and {source} contradict each other: {name}is {block.value[row]} in one and {other} in the other, "
        "and counts the same people."
    )


def _with_zeros(block: PublishedBlock, rows: csr_array) -> PublishedBlock:
    """A block with some more rows that are known to be zero."""
    zero = np.zeros(rows.shape[0], np.int64)
    return replace(
        block,
        matrix=stacked(block.matrix, rows),
        value=np.concatenate([block.value, zero]),
        low=np.concatenate([block.low, zero]),
        high=np.concatenate([block.high, np.full(len(zero), UNBOUNDED)]),
    )
