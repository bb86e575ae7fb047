"""Counts that are not divided further, read from somebody's file; whatever is wrong with it is named before any work.

One row per leaf: the columns of the blocks and dimensions, the columns that group them, and the count. A leaf that has no
row is zero. Rows may come in any order; what is read is sorted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Final

import numpy as np
from numpy.typing import NDArray

from introstat.protect.any_table.hierarchy import Hierarchy, build_hierarchy, chain_of_file, read_parents
from introstat.protect.any_table.rows import Rows, read_rows
from introstat.protect.any_table.specification import Specification
from introstat.vocabulary.errors import Misused

LARGEST_COUNT: Final = 1_000_000_000
MOST_CELLS: Final = 50_000_000
"""Cells of one block, the product of all levels, beyond which a table is refused where its zeros are shown."""
MOST_CELLS_WITH_ZEROS: Final = 3_000_000
"""The same where zeros may be hidden, so that each of them is a cell to decide on."""


@dataclass(frozen=True, slots=True, eq=False)
class LeafTable:
    """Counts of leaves, sorted by block and codes.

    `blocks` are the blocks' names in order, `block` the block of every leaf; `codes` is leaves × dimensions, numbers of
    leaves in the `hierarchies`; `counts` are not negative.
    """

    blocks: tuple[tuple[str, ...], ...]
    block: NDArray[np.int64]
    codes: NDArray[np.int64]
    counts: NDArray[np.int64]
    hierarchies: tuple[Hierarchy, ...]


def read_leaves(
    data: bytes, specification: Specification, *, files: Mapping[str, bytes] | None = None, source: str = "The table"
) -> LeafTable:
    """Counts of leaves by a specification. `files` holds the parents that are files, by the name the specification gives.

    Raises Misused, which names the row and the key, for anything that is not a whole, non-negative, single count of a leaf.
    """
    rows = read_rows(data, source=source)
    _check_columns(rows, specification, files or {})
    keys = (*specification.blocks, *specification.names)
    counts = _counts(rows, specification, keys)
    for name in keys:
        if (empty := rows.cells[name].row_of("")) is not None:
            raise Misused(f"{rows.where(empty)}: {name} is empty.")
    for dimension in specification.dimensions:
        if (total := rows.cells[dimension.name].row_of(dimension.total)) is not None:
            raise Misused(
                f"{rows.where(total)}: {dimension.name} is {dimension.total!r}, the total. "
                "Give the finest counts only; totals are made from them."
            )
    hierarchies = tuple(_hierarchy(rows, specification, name, files=files or {}) for name in specification.names)
    check_size(hierarchies, zeros_shown=specification.zeros_shown)
    blocks, block = rows.combined(specification.blocks)
    codes = np.stack([rows.cells[name].at for name in specification.names], axis=1)
    order = np.lexsort((*codes.T[::-1], block))
    table = LeafTable(blocks, block[order], codes[order], counts[order], hierarchies)
    same = np.flatnonzero((np.diff(table.codes, axis=0) == 0).all(axis=1) & (np.diff(table.block) == 0))
    if len(same):
        first, second = sorted((int(order[same[0]]), int(order[same[0] + 1])))
        raise Misused(
            f"{rows.where(second, keys)}: stands on row {rows.lines[first]} already. One row per cell; add them up first."
        )
    return table


def _hierarchy(rows: Rows, specification: Specification, name: str, *, files: Mapping[str, bytes]) -> Hierarchy:
    """One dimension's hierarchy from the columns or files its specification names."""
    dimension = specification.dimension(name)
    leaves = rows.cells[name].texts
    chains: dict[str, Mapping[str, Sequence[str]]] = {}
    for parent in dimension.parents:
        if parent in rows.cells:
            above = parents_in_columns(rows, name, parent)
            chains[parent] = {
                code: [group] if group not in ("", dimension.total) else [] for code, group in above.items()
            }
        else:
            told = read_parents(files[parent], source=parent)
            chains[parent] = chain_of_file(told, leaves, source=parent, total=dimension.total)
    return build_hierarchy(name, leaves, chains, total=dimension.total)


def parents_in_columns(rows: Rows, name: str, parent: str, *, but: str | None = None) -> dict[str, str]:
    """What a column says is above every code of another, `but` for one code. Raises Misused where it says two things."""
    code, above = rows.cells[name], rows.cells[parent]
    pairs, first = np.unique(code.at * len(above.texts) + above.at, return_index=True)
    found: dict[str, str] = {}
    for row in np.sort(first[np.argsort(pairs)]).tolist():
        if code[row] == but:
            continue
        earlier = found.setdefault(code[row], above[row])
        if earlier != above[row]:
            raise Misused(
                f"{rows.where(row)}: {name} {code[row]} has two parents in {parent}, {earlier} and {above[row]}."
            )
    return found


def check_size(hierarchies: Sequence[Hierarchy], *, zeros_shown: bool) -> None:
    """Refuse a table whose levels multiply to more cells than are worked on. Raises Misused."""
    cells = prod(hierarchy.nodes for hierarchy in hierarchies)
    most = MOST_CELLS if zeros_shown else MOST_CELLS_WITH_ZEROS
    if cells > most:
        sizes = " × ".join(f"{hierarchy.nodes} {hierarchy.name}" for hierarchy in hierarchies)
        why = "" if zeros_shown else " while zeros may be hidden"
        raise Misused(
            f"The table has {cells:,} cells in a block ({sizes}), and at most {most:,} are worked on{why}. "
            "Leave a dimension out, or make blocks of one."
        )


def _check_columns(rows: Rows, specification: Specification, files: Mapping[str, bytes]) -> None:
    source = rows.source
    has = f"The table has {', '.join(rows.columns)}."
    for name in (*specification.blocks, *specification.names, specification.count):
        if name not in rows.cells:
            raise Misused(f"{source} has no column {name!r}, which the specification names. {has}")
    for parent in specification.parents:
        if parent not in rows.cells and parent not in files:
            raise Misused(f"The parents {parent!r} are neither a column of the table nor a file. {has}")
    known = {
        *specification.blocks,
        *specification.names,
        *specification.parents,
        *specification.ignore,
        specification.count,
    }
    for name in rows.columns:
        if name not in known:
            raise Misused(
                f"{source} has a column {name!r} that the specification does not name. Name it as a dimension, in blocks, "
                "or in ignore."
            )
    columns = {*specification.names, *specification.parents, *specification.blocks}
    for group in specification.hidden_groups:
        for column, _ in group.at:
            if column not in columns:
                raise Misused(f"The hidden group names {column!r}, which is not a column of the table. {has}")


def _counts(rows: Rows, specification: Specification, keys: Sequence[str]) -> NDArray[np.int64]:
    column = rows.cells[specification.count]
    numbers = np.array([_number(text) for text in column.texts], np.int64)
    wrong = np.flatnonzero(numbers[column.at] < 0)
    if not len(wrong):
        return numbers[column.at]
    row = int(wrong[0])
    text, here = column[row], rows.where(row, keys)
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        raise Misused(f"{here}: the count is {repr(text) if text else 'empty'}, not a whole number.") from None
    if number < 0:
        raise Misused(f"{here}: the count is {text}; a count cannot be negative.")
    if not number <= LARGEST_COUNT:
        raise Misused(f"{here}: the count is {text}; the largest that is worked on is {LARGEST_COUNT:,}.")
    raise Misused(f"{here}: the count is {text}; a count is written as a whole number.")


def _number(text: str) -> int:
    """A count, or −1 for what is none."""
    return int(text) if text.isdecimal() and len(text) < 12 and int(text) <= LARGEST_COUNT else -1
