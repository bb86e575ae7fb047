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

from introstat.protect.any_table.changes import Changes
from introstat.protect.any_table.derivation import Deriver
from introstat.protect.any_table.first_table import FirstTable, first_table
from introstat.protect.any_table.known import Filled, Held, Together, check_linked, fill, put_together
from introstat.protect.any_table.lattice import keys_of
from introstat.protect.any_table.posing import neighbourhood
from introstat.protect.any_table.published import HIDDEN, PRIMARY, PublishedTable, name_of, true_cells
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
    prove: bool = False,
    earlier: Sequence[PublishedTable] = (),
    truth: PublishedTable | None = None,
    changes: Changes | None = None,
    linked: Held | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Answer:
    """Attack a published table, with `earlier` editions of it in hand, and with another table of the same people, `linked`.

    `truth` is the same table as `--truth` wrote it; insiders are tried with it, and where an earlier edition is of that form too,
    what is the same in both is taken to be known. `changes` says it instead. An edition that shows other numbers is left out
    where neither tells. With `prove` no hidden cell of a large table goes by its bounds. Raises Misused where no counts at all agree with what is shown, or the true ones do not.

    A specification that says zeros are shown may be wrong about a table that shows none: where that contradicts the sums, the
    table is attacked as one whose zeros may be hidden, and the answer says so.
    """
    held = Held(table, specification, tuple(earlier), truth)
    if linked is not None:
        check_linked(held, linked)
    filled = fill(held, changes)
    beside = None if linked is None else fill(linked, changes)
    notes = [*filled.notes, *(() if beside is None else beside.notes)]
    try:
        answer = _attack(filled, beside, changes, seed=seed, prove=prove, progress=progress)
    except Misused:
        alone = linked is None and not any(any(formers) for formers in filled.apart)
        if not alone or not specification.zeros_shown or np.any(filled.table.values == 0):
            raise
        without = replace(held, specification=replace(specification, zeros_shown=False))
        answer = _attack(replace(filled, held=without), None, changes, seed=seed, prove=prove, progress=progress)
        notes.append("The sums say that zeros are hidden too, whatever the specification says.")
    shown_before = tuple(
        Exact(
            name_of(table, table.nodes[at].tolist(), int(table.block[at]), specification),
            int(filled.table.values[at]),
            f"shown in {source}",
        )
        for at, source in filled.given.items()
    )
    return replace(
        answer,
        hidden=answer.hidden + len(filled.given),
        exact=(*shown_before, *answer.exact),
        notes=(*answer.notes, *notes),
    )


def _attack(
    filled: Filled,
    linked: Filled | None,
    changes: Changes | None,
    *,
    seed: int,
    prove: bool,
    progress: Callable[[int, int], None] | None,
) -> Answer:
    table, held = filled.table, filled.held
    together = [put_together(filled, number, changes, linked) for number in range(len(table.blocks))]
    exact: list[Exact] = []
    narrow: list[Narrow] = []
    declared: list[Exact] = []
    hidden = unsettled = by_bounds = perhaps = 0
    for number, known in enumerate(together):
        if progress is not None:
            progress(number, len(together))
        found = _Found(table, held.specification, known, number, held.truth)
        found.search(seed=seed, prove=prove)
        hidden += found.hidden
        unsettled += found.unsettled
        by_bounds += found.by_bounds
        exact += found.exact
        narrow += found.narrow
        declared += found.declared
        perhaps += found.perhaps
    notes = [*table.notes]
    if held.specification.insiders is not None and held.truth is None:
        notes.append(
            "Insiders were tried without their rows, so what they find depends on numbers that the file does not hold: "
            f"{perhaps:,} sensitive cells of others could be computed if the hidden counts were so. "
            "Give what --truth wrote to know."
        )
    elif held.specification.insiders is not None and linked is not None and linked.held.truth is None:
        notes.append(
            f"Insiders were tried without their rows of {linked.table.source}; say under [[linked]] where its truth is to know."
        )
    return Answer(hidden, tuple(exact), tuple(narrow), tuple(declared), unsettled, by_bounds, tuple(notes))


class _Found:
    """What one block gives away."""

    def __init__(
        self,
        table: PublishedTable,
        specification: Specification,
        together: Together,
        number: int,
        truth: PublishedTable | None,
    ) -> None:
        self.table, self.specification, self.number = table, specification, number
        self.together, self.block = together, together.block
        self.truth = truth
        self.exact: list[Exact] = []
        self.narrow: list[Narrow] = []
        self.declared: list[Exact] = []
        self.hidden = self.unsettled = self.by_bounds = self.perhaps = 0

    def search(self, *, seed: int, prove: bool) -> None:
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
        start = first_table(block, seed=seed) if self.truth is None else self._true_table(seed=seed)
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
        findings = attack(system, demand, block.value != HIDDEN, seed=seed, prove=prove)
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

    def _true_table(self, *, seed: int) -> FirstTable:
        """The true leaves; those of a hidden group, which no file holds, as the true sums allow. Raises Misused where the true
        counts do not agree with what is shown."""
        block = self.block
        value = block.value.copy()
        shown = block.value != HIDDEN
        for part in self.together.parts:
            if part.truth is None:
                continue
            nodes, counts = true_cells(part.truth, part.table, part.number)
            keys = keys_of(nodes, [hierarchy.nodes for hierarchy in part.table.hierarchies])
            place = np.minimum(np.searchsorted(part.cells.keys, keys), max(len(part.cells.keys) - 1, 0))
            there = part.cells.keys[place] == keys
            value[part.row[place[there]]] = counts[there]
            if not there.all() or np.any(value[shown] != block.value[shown]):
                raise Misused(f"{part.truth.source} and {part.table.source} tell of different counts.")
        found = first_table(replace(block, value=value), seed=seed)
        if found.impossible:
            truth = self.table.source if self.truth is None else self.truth.source
            raise Misused(f"{truth} and {self.table.source} tell of different counts.")
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
        insiders = block.codes[:, self._insiders_dimension()]
        system = System(
            matrix=block.matrix,
            leaves=leaves - block.least,
            values=values,
            low=np.where(shown, values, block.low),
            high=block.high,
            block=neighbourhood(block.codes, hierarchies),
            insider=insiders.copy(),
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
        because = Deriver(self.table, self.specification, self.together).derive(
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
