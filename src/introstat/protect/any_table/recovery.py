"""The attack of somebody who has a published table, its specification and nothing else.

What is hidden is recovered where every table of whole numbers that agrees with what is shown has the same number there.

An insider knows his own rows too. Those are not in the file, so with the true counts in hand (`truth`, for the closed side)
every one of them is tried; what he can compute counts as found where it is sensitive and another's. Without the true counts
the search begins at some table that agrees with all that is shown, and a sensitive cell is only known by its mark: what is
found that way may be so, depending on the insider's numbers, and is told as a possibility.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from introstat.protect.any_table.derivation import Deriver
from introstat.protect.any_table.first_table import FirstTable, first_table
from introstat.protect.any_table.lattice import keys_of
from introstat.protect.any_table.linking import check_linkable, linked_published
from introstat.protect.any_table.margins import PublishedBlock, lay_out
from introstat.protect.any_table.posing import neighbourhood
from introstat.protect.any_table.published import HIDDEN, NO_SHARE, PRIMARY, PublishedTable, name_of, true_cells
from introstat.protect.any_table.specification import Specification
from introstat.protect.attack import attack
from introstat.protect.findings import Weakness
from introstat.protect.system import NOBODY, Demand, Groups, System
from introstat.vocabulary.errors import Misused


@dataclass(frozen=True, slots=True)
class Exact:
    """A hidden cell that can be computed, and how."""

    cell: Mapping[str, str]
    value: int
    because: str


@dataclass(frozen=True, slots=True)
class Narrow:
    """A hidden cell with fewer possible values than the specification asks for."""

    cell: Mapping[str, str]
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What an attack came to. `hidden` counts the cells attacked; `declared` are values given away knowingly.

    `unsettled` are cells the attack could not decide on in its time, `by_bounds` those that have room in real numbers
    and that no whole table was found for; `notes` says what of the table was not read.
    """

    hidden: int
    exact: tuple[Exact, ...]
    narrow: tuple[Narrow, ...]
    declared: tuple[Exact, ...]
    unsettled: int
    by_bounds: int
    notes: tuple[str, ...]

    @property
    def settled(self) -> bool:
        """Whether every question was answered."""
        return self.unsettled == 0

    @property
    def is_safe(self) -> bool:
        """Nothing found but what is declared, and settled."""
        return self.settled and not self.exact and not self.narrow


def attack_published(
    table: PublishedTable,
    specification: Specification,
    *,
    seed: int = 0,
    earlier: Sequence[PublishedTable] = (),
    truth: PublishedTable | None = None,
    linked: tuple[PublishedTable, Specification] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Answer:
    """Attack a published table, with `earlier` editions of the same counts in hand.

    `linked` is another table of the same people that a reader has too, with its specification.
    `truth` is the same table as `--truth` wrote it; insiders are tried with it. Raises Misused where no counts at all agree
    with what is shown, or the true ones do not.

    A specification that says zeros are shown may be wrong about a table that shows none: where that contradicts the sums, the
    table is attacked as one whose zeros may be hidden, and the answer says so.
    """
    filled, given, notes = _with_earlier(table, earlier)
    try:
        answer = _attack(filled, specification, seed=seed, truth=truth, linked=linked, progress=progress)
    except Misused:
        if linked is not None or not specification.zeros_shown or np.any(filled.values == 0):
            raise
        without = replace(specification, zeros_shown=False)
        answer = _attack(filled, without, seed=seed, truth=truth, linked=None, progress=progress)
        notes.append("The sums say that zeros are hidden too, whatever the specification says.")
    shown_before = tuple(
        Exact(
            name_of(table, table.nodes[at].tolist(), int(table.block[at]), specification),
            int(filled.values[at]),
            f"shown in {source}",
        )
        for at, source in given.items()
    )
    return replace(
        answer,
        hidden=answer.hidden + len(given),
        exact=(*shown_before, *answer.exact),
        notes=(*answer.notes, *notes),
    )


def _with_earlier(
    table: PublishedTable, earlier: Sequence[PublishedTable]
) -> tuple[PublishedTable, dict[int, str], list[str]]:
    """The table with what earlier editions show of it, which cells that is and where, and what could not be used.

    An edition that shows another number of any cell is of other counts; what is unchanged in it is not known, and it is left
    out.
    """
    values, given, notes = table.values.copy(), dict[int, str](), list[str]()
    shares = table.shares.copy()
    here = {key: at for at, key in enumerate(_keys(table))} if earlier else {}
    for former in earlier:
        both = [(here[key], at) for at, key in enumerate(_keys(former)) if key in here and former.values[at] != HIDDEN]
        if any(table.values[now] not in (HIDDEN, former.values[then]) for now, then in both):
            notes.append(
                f"{former.source} shows other counts, so what is the same in it is not known; it was left out."
            )
            continue
        for now, then in both:
            if values[now] == HIDDEN:
                values[now] = former.values[then]
                given[now] = former.source
            told = (shares[:, now] == NO_SHARE) & (former.shares[:, then] != NO_SHARE)
            shares[told, now] = former.shares[told, then]
    return replace(table, values=values, shares=shares), dict(sorted(given.items())), notes


def _keys(table: PublishedTable) -> list[tuple[str, ...]]:
    """Every cell by the codes of its block and dimensions."""
    return [
        (
            *table.blocks[block],
            *(hierarchy.codes[node] for hierarchy, node in zip(table.hierarchies, nodes, strict=True)),
        )
        for block, nodes in zip(table.block.tolist(), table.nodes.tolist(), strict=True)
    ]


def _attack(
    table: PublishedTable,
    specification: Specification,
    *,
    seed: int,
    truth: PublishedTable | None,
    linked: tuple[PublishedTable, Specification] | None,
    progress: Callable[[int, int], None] | None,
) -> Answer:
    blocks = lay_out(table, specification)
    beside = [] if linked is None else lay_out(*linked)
    if linked is not None:
        check_linkable(specification, linked[1])
        if table.blocks != linked[0].blocks:
            raise Misused(f"{table.source} and {linked[0].source} do not have the same blocks.")
    exact: list[Exact] = []
    narrow: list[Narrow] = []
    declared: list[Exact] = []
    hidden = unsettled = by_bounds = perhaps = 0
    for number, block in enumerate(blocks):
        if progress is not None:
            progress(number, len(blocks))
        known = block
        if linked is not None:
            known = linked_published(block, beside[number], (table.hierarchies, linked[0].hierarchies))
        found = _Found(table, specification, known, number, truth, told=block)
        found.search(seed=seed)
        hidden += found.hidden
        unsettled += found.unsettled
        by_bounds += found.by_bounds
        exact += found.exact
        narrow += found.narrow
        declared += found.declared
        perhaps += found.perhaps
    notes = [*table.notes]
    if specification.insiders is not None and truth is None:
        notes.append(
            "Insiders were tried without their rows, so what they find depends on numbers that the file does not hold: "
            f"{perhaps:,} sensitive cells of others could be computed if the hidden counts were so. "
            "Give what --truth wrote to know."
        )
    return Answer(hidden, tuple(exact), tuple(narrow), tuple(declared), unsettled, by_bounds, tuple(notes))


class _Found:
    """What one block gives away."""

    def __init__(
        self,
        table: PublishedTable,
        specification: Specification,
        block: PublishedBlock,
        number: int,
        truth: PublishedTable | None,
        *,
        told: PublishedBlock,
    ) -> None:
        self.table, self.specification, self.block, self.number = table, specification, block, number
        self.truth, self.told = truth, told
        self.exact: list[Exact] = []
        self.narrow: list[Narrow] = []
        self.declared: list[Exact] = []
        self.hidden = self.unsettled = self.by_bounds = self.perhaps = 0

    def search(self, *, seed: int) -> None:
        """Everything hidden in the block."""
        block = self.block
        targets = self._targets()
        self.hidden = len(targets) + len(block.zero)
        for position in block.zero.tolist():
            name = name_of(self.table, self.table.nodes[position].tolist(), self.number, self.specification)
            self.exact.append(Exact(name, 0, "a shown cell that it is part of is 0"))
        if not targets:
            return
        values: dict[int, tuple[int, int]] = {
            int(block.row[cell]): (int(block.value[block.row[cell]]),) * 2
            for cell in targets
            if block.value[block.row[cell]] != HIDDEN
        }
        start = first_table(block, seed=seed) if self.truth is None else self._true_table(self.truth, seed=seed)
        if start.impossible:
            where = f" in {' '.join(block.name)}" if block.name else ""
            told = ", knowing that zeros are shown," if self.specification.zeros_shown else ""
            raise Misused(
                f"{self.table.source}: no counts at all agree with what is shown{where}{told} so the sums cannot be right."
            )
        if start.leaves is None:
            self.unsettled = len(targets)
            return
        system, demand = self._system(start.leaves, targets)
        findings = attack(system, demand, block.value != HIDDEN, seed=seed)
        self.by_bounds = findings.by_bounds
        for weak in findings.weak:
            if weak.insider != NOBODY:
                continue
            if weak.settled:
                values[weak.cell] = (weak.low, weak.high)
            else:
                self.unsettled += 1
        self._tell(targets, values)
        self._tell_insiders(targets, findings.weak)

    def _true_table(self, truth: PublishedTable, *, seed: int) -> FirstTable:
        """The true leaves; those of a hidden group, which no file holds, as the true sums allow. Raises Misused where the true
        counts do not agree with what is shown."""
        block = self.block
        nodes, counts = true_cells(truth, self.table, self.number)
        keys = keys_of(nodes, [hierarchy.nodes for hierarchy in self.table.hierarchies])
        place = np.minimum(np.searchsorted(block.cells.keys, keys), max(len(block.cells.keys) - 1, 0))
        there = block.cells.keys[place] == keys
        value = block.value.copy()
        value[block.row[place[there]]] = counts[there]
        shown = block.value != HIDDEN
        found = first_table(replace(block, value=value), seed=seed)
        if found.impossible or not there.all() or np.any(value[shown] != block.value[shown]):
            raise Misused(f"{truth.source} and {self.table.source} tell of different counts.")
        return found

    def _tell_insiders(self, targets: list[int], weak: Sequence[Weakness]) -> None:
        """What somebody computes who knows his own rows: found where the true counts are in hand, else possible."""
        of_row = {int(self.block.row[cell]): cell for cell in reversed(targets)}
        known = {weakness.cell for weakness in weak if weakness.insider == NOBODY}
        for weakness in weak:
            if weakness.insider == NOBODY or weakness.cell in known:
                continue
            known.add(weakness.cell)
            if not weakness.settled:
                self.unsettled += 1
                continue
            if self.truth is None:
                self.perhaps += 1
                continue
            cell, (dimension, code) = of_row[weakness.cell], self._insider_name(weakness.insider)
            name = name_of(self.table, self.block.cells.nodes[cell].tolist(), self.number, self.specification)
            found = Exact(name, weakness.low, f"{dimension} {code} knows its own rows, and what is shown does the rest")
            (self.declared if self._is_declared(cell) else self.exact).append(found)

    def _insider_name(self, insider: int) -> tuple[str, str]:
        d = self._insiders_dimension()
        return self.table.hierarchies[d].name, self.table.hierarchies[d].codes[insider]

    def _insiders_dimension(self) -> int:
        """The dimension whose codes know their own rows; where none does, the longest still tells what lies together."""
        hierarchies = self.table.hierarchies
        if self.specification.insiders is not None:
            return [hierarchy.name for hierarchy in hierarchies].index(self.specification.insiders)
        return max(range(len(hierarchies)), key=lambda d: hierarchies[d].leaves)

    def _targets(self) -> list[int]:
        """Cells that somebody wants to know: hidden in the file, in its order, and a hidden group's, each number once."""
        block, table = self.block, self.table
        hidden = np.flatnonzero(block.listed >= 0)
        hidden = hidden[table.values[block.listed[hidden]] == HIDDEN]
        hidden = hidden[np.argsort(block.listed[hidden], kind="stable")]
        own = np.flatnonzero((block.group >= 0) & (block.listed < 0))
        # The highest name of a group's number, once; and none that a hidden cell of the file is too.
        own = own[np.unique(block.row[own], return_index=True)[1]]
        own = np.sort(own[~np.isin(block.row[own], block.row[hidden])])
        return [*hidden.tolist(), *own.tolist()]

    def _system(self, leaves: np.ndarray[tuple[int], np.dtype[np.int64]], targets: list[int]) -> tuple[System, Demand]:
        block, hierarchies = self.block, self.table.hierarchies
        rows = block.matrix.shape[0]
        values = np.asarray(block.matrix @ leaves)
        shown = block.value != HIDDEN
        system = System(
            matrix=block.matrix,
            leaves=leaves - block.least,
            values=values,
            low=np.where(shown, np.asarray(block.matrix @ block.least), block.low),
            high=block.high,
            block=neighbourhood(block.codes, hierarchies),
            insider=block.codes[:, self._insiders_dimension()].copy(),
            relations=block.relations,
        )
        guarded = np.zeros(rows, np.bool_)
        width = np.full(rows, 2, np.int64)
        guarded[block.row[targets]] = True
        for cell in targets:
            position = block.listed[cell]
            primary = block.group[cell] >= 0 or self.table.kind[position] == PRIMARY
            known = self.specification.width_primary if primary else self.specification.width_secondary
            width[block.row[cell]] = max(width[block.row[cell]], known)
        nothing = np.zeros(rows, np.bool_)
        from_insiders = nothing
        if self.specification.insiders is not None:
            # Sensitive by the true counts; without them, by the mark, or of a hidden group.
            sensitive = block.group >= 0
            listed = np.flatnonzero(block.listed >= 0)
            sensitive[listed] |= self.table.kind[block.listed[listed]] == PRIMARY
            from_insiders = np.zeros(rows, np.bool_)
            from_insiders[block.row[sensitive]] = True
            if self.truth is not None or not np.any(self.table.kind == PRIMARY):
                from_insiders |= (values > 0) & (values < self.specification.threshold)
            from_insiders &= guarded
        return system, Demand(
            groups=Groups(of_cell=np.full(rows, -1)),
            forced=nothing,
            must_hide=nothing,
            guarded=guarded,
            guarded_from_insiders=from_insiders,
            width=width,
        )

    def _tell(self, targets: list[int], values: dict[int, tuple[int, int]]) -> None:
        block = self.block
        found = [cell for cell in targets if int(block.row[cell]) in values]
        exact = [cell for cell in found if values[int(block.row[cell])][0] == values[int(block.row[cell])][1]]
        because = Deriver(self.table, self.specification, self.told).derive(
            {cell: values[int(block.row[cell])][0] for cell in exact}
        )
        for cell in found:
            name = name_of(self.table, block.cells.nodes[cell].tolist(), self.number, self.specification)
            low, high = values[int(block.row[cell])]
            if low != high:
                self.narrow.append(Narrow(name, low, high))
            elif self._is_declared(cell):
                self.declared.append(Exact(name, low, because[cell]))
            else:
                self.exact.append(Exact(name, low, because[cell]))

    def _is_declared(self, cell: int) -> bool:
        """Whether the specification gives this cell of a hidden group away knowingly."""
        block, hierarchies = self.block, self.table.hierarchies
        which = int(block.group[cell])
        if which < 0:
            return False
        group, pairs = self.table.groups[which]
        if group.all_declared:
            return True
        fixed = {d for d, _ in pairs}
        for told in group.declared:
            wanted = dict(told)
            if all(
                d in fixed
                or hierarchy.codes[block.cells.nodes[cell, d]]
                == wanted.get(hierarchy.name, hierarchy.codes[hierarchy.total] if hierarchy.has_total else None)
                for d, hierarchy in enumerate(hierarchies)
            ):
                return True
        return False
