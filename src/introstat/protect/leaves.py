"""Counts that are not divided further, read from somebody's file; whatever is wrong with it is named before any work.

One row per leaf: the columns of the blocks and dimensions, the columns that group them, and the count. A leaf that has no
row is zero. Rows may come in any order; what is read is sorted.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Final

import numpy as np
from numpy.typing import NDArray

from introstat.protect.hierarchy import Hierarchy, build_hierarchy, chain_of_file, read_parents
from introstat.protect.specification import Specification
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


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """A file as text: its columns, its cells by column, and the line each row stands on."""

    columns: tuple[str, ...]
    cells: Mapping[str, Sequence[str]]
    lines: Sequence[int]

    def __len__(self) -> int:
        return len(self.lines)


def read_rows(data: bytes, *, source: str) -> Rows:
    """A file with a heading, with commas or semicolons between its columns. Raises Misused, naming the row."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    lines = text.splitlines()
    if not lines or not any(line.strip() for line in lines):
        raise Misused(f"{source} is empty: it needs a heading and at least one row.")
    delimiter = max(",;\t", key=lines[0].count)
    reader = csv.reader(lines, delimiter=delimiter)
    heading = tuple(name.strip() for name in next(reader))
    for at, name in enumerate(heading):
        if not name:
            raise Misused(f"{source}: column {at + 1} has no name.")
        if name in heading[:at]:
            raise Misused(f"{source}: the column {name!r} stands twice.")
    rows: list[list[str]] = []
    numbers: list[int] = []
    for row in reader:
        if not row or (len(row) == 1 and not row[0].strip()):
            continue
        if len(row) != len(heading):
            raise Misused(f"{source}, row {reader.line_num}: {len(row)} values under {len(heading)} columns.")
        rows.append(row)
        numbers.append(reader.line_num)
    if not rows:
        raise Misused(f"{source} has a heading and no rows.")
    columns = list(zip(*rows, strict=True))
    return Rows(heading, {name: [cell.strip() for cell in columns[at]] for at, name in enumerate(heading)}, numbers)


def read_leaves(
    data: bytes, specification: Specification, *, files: Mapping[str, bytes] | None = None, source: str = "The table"
) -> LeafTable:
    """Counts of leaves by a specification. `files` holds the parents that are files, by the name the specification gives.

    Raises Misused, which names the row and the key, for anything that is not a whole, non-negative, single count of a leaf.
    """
    rows = read_rows(data, source=source)
    _check_columns(rows, specification, files or {}, source=source)
    counts = _counts(rows, specification, source=source)
    keys = (*specification.blocks, *specification.names)
    for name in keys:
        if "" in rows.cells[name]:
            at = rows.cells[name].index("")
            raise Misused(f"{source}, row {rows.lines[at]}: {name} is empty.")
    for dimension in specification.dimensions:
        if dimension.total in rows.cells[dimension.name]:
            at = rows.cells[dimension.name].index(dimension.total)
            raise Misused(
                f"{source}, row {rows.lines[at]}: {dimension.name} is {dimension.total!r}, the total. "
                "Give the finest counts only; totals are made from them."
            )
    hierarchies = tuple(
        hierarchy_of(rows, specification, name, files=files or {}, source=source) for name in specification.names
    )
    check_size(hierarchies, zeros_shown=specification.zeros_shown)
    numbered = [
        np.unique(np.array(rows.cells[name]), return_inverse=True)[1].astype(np.int64) for name in specification.names
    ]
    named = sorted(set(zip(*(rows.cells[name] for name in specification.blocks), strict=True))) or [()]
    place = {block: at for at, block in enumerate(named)}
    block = np.array(
        [place[one] for one in zip(*(rows.cells[name] for name in specification.blocks), strict=True)]
        or [0] * len(rows),
        np.int64,
    )
    codes = np.stack(numbered, axis=1)
    order = np.lexsort((*codes.T[::-1], block))
    table = LeafTable(tuple(named), block[order], codes[order], counts[order], hierarchies)
    same = np.flatnonzero((np.diff(table.codes, axis=0) == 0).all(axis=1) & (np.diff(table.block) == 0))
    if len(same):
        first, second = sorted((rows.lines[order[same[0]]], rows.lines[order[same[0] + 1]]))
        raise Misused(
            f"{source}, row {second}: {_key(rows, int(order[same[0]]), keys)} stands on row {first} already. "
            "One row per cell; add them up first."
        )
    return table


def hierarchy_of(
    rows: Rows, specification: Specification, name: str, *, files: Mapping[str, bytes], source: str
) -> Hierarchy:
    """One dimension's hierarchy from the columns or files its specification names."""
    dimension = specification.dimension(name)
    leaves = sorted(set(rows.cells[name]))
    chains: dict[str, Mapping[str, Sequence[str]]] = {}
    for parent in dimension.parents:
        if parent in rows.cells:
            chains[parent] = _chain_of_column(rows, name, parent, total=dimension.total, source=source)
        else:
            chains[parent] = chain_of_file(
                read_parents(files[parent], source=parent), leaves, source=parent, total=dimension.total
            )
    return build_hierarchy(name, leaves, chains, total=dimension.total)


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


def _chain_of_column(rows: Rows, name: str, parent: str, *, total: str, source: str) -> dict[str, list[str]]:
    found: dict[str, str] = {}
    for code, group, line in zip(rows.cells[name], rows.cells[parent], rows.lines, strict=True):
        earlier = found.setdefault(code, group)
        if earlier != group:
            raise Misused(f"{source}, row {line}: {name} {code} has two parents in {parent}, {earlier} and {group}.")
    return {code: [group] if group not in ("", total) else [] for code, group in found.items()}


def _check_columns(rows: Rows, specification: Specification, files: Mapping[str, bytes], *, source: str) -> None:
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


def _counts(rows: Rows, specification: Specification, *, source: str) -> NDArray[np.int64]:
    keys = (*specification.blocks, *specification.names)
    counts = np.zeros(len(rows), np.int64)
    for at, text in enumerate(rows.cells[specification.count]):
        if text.isdecimal() and len(text) < 12:
            counts[at] = int(text)
            if counts[at] <= LARGEST_COUNT:
                continue
        here = f"{source}, row {rows.lines[at]} ({_key(rows, at, keys)})"
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            shown = repr(text) if text else "empty"
            raise Misused(f"{here}: the count is {shown}, not a whole number.") from None
        if number < 0:
            raise Misused(f"{here}: the count is {text}; a count cannot be negative.")
        if number > LARGEST_COUNT or number != number:
            raise Misused(f"{here}: the count is {text}, more than {LARGEST_COUNT:,}.")
        raise Misused(f"{here}: the count is {text}; a count is written as a whole number.")
    return counts


def _key(rows: Rows, at: int, keys: Sequence[str]) -> str:
    return ", ".join(f"{name}={rows.cells[name][at]}" for name in keys)
