"""Somebody's published table, read for an attack: what is shown, what is hidden, and what sums to what.

Two forms are read. Long, as `introstat protect` writes it: a row per cell, with `value` and perhaps `mark`. Wide, as tables are
printed: a row per place, a column per measure, with no total over measures. An empty cell or `:` is hidden.

    fylke,to_work,to_education            fylke,measure,value
    Hele landet,9,7                       Hele landet,to_work,9
    Oslo,:,4                 is read as   Hele landet,to_education,7
    Hedmark,5,3                           Oslo,to_work,
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from introstat.protect.any_table.hierarchy import Chain, Hierarchy, build_hierarchy, chain_of_file, read_parents
from introstat.protect.any_table.leaves import LARGEST_COUNT, check_size, parents_in_columns
from introstat.protect.any_table.prefixes import parents_by_prefix
from introstat.protect.any_table.rows import Rows, read_rows
from introstat.protect.any_table.specification import MEASURE, ROUNDING, HiddenGroup, Specification
from introstat.vocabulary.errors import Misused

HIDDEN: Final = -1
"""The value of a hidden cell."""
NO_SHARE: Final = -1
VALUE, MARK = "value", "mark"
UNMARKED, PRIMARY, SECONDARY, SHOWN, MAY_BE_ROUNDED = 0, 1, 2, 3, 4
_KINDS: Final = {"primary": PRIMARY, "secondary": SECONDARY, "shown": SHOWN, "rounded": MAY_BE_ROUNDED}
_HIDDEN_TEXTS: Final = ("", ":")
_NO_NUMBER: Final = -2
_SHARE_NAMES: Final = re.compile(r"andel|prosent|percent|per_cent|pct|share|(^|[_ ])pst($|[_ ])|%", re.IGNORECASE)
_CODE: Final = re.compile(r"0\d+")
GROUP_NAME: Final = "(hidden group)"


@dataclass(frozen=True, slots=True, eq=False)
class PublishedTable:
    """Cells of a published table, in the order of its rows.

    `block` per cell, `nodes` cells × dimensions in the `hierarchies` (a wide table's last dimension is the measure), `values`
    with −1 where hidden, `line` in the file, `kind` as marked, 0 where that does not tell; `shares` per share of the specification the whole per cents
    standing on a cell (−1: none). `groups` are the hidden groups as (dimension, node) pairs, beside what the specification
    says of them. `notes` says what was not read.
    """

    blocks: tuple[tuple[str, ...], ...]
    block: NDArray[np.int64]
    hierarchies: tuple[Hierarchy, ...]
    nodes: NDArray[np.int64]
    values: NDArray[np.int64]
    line: NDArray[np.int64]
    kind: NDArray[np.int64]
    shares: NDArray[np.int64]
    groups: tuple[tuple[HiddenGroup, tuple[tuple[int, int], ...]], ...]
    notes: tuple[str, ...]
    source: str


def read_published(
    data: bytes, specification: Specification, *, files: Mapping[str, bytes] | None = None, source: str = "The table"
) -> PublishedTable:
    """A published table by its specification. Raises Misused, naming the row and key of what cannot be a cell."""
    rows = read_rows(data, source=source)
    for name in (*specification.blocks, *specification.names):
        if name not in rows.cells:
            raise Misused(
                f"{source} has no column {name!r}, which the specification names. The table has {', '.join(rows.columns)}."
            )
    notes: list[str] = []
    long = VALUE in rows.cells and VALUE not in (*specification.names, *specification.blocks)
    measures = () if long else _measures(rows, specification, notes)
    if not long and not measures:
        raise Misused(f"{source} has neither a column {VALUE!r} nor a column of numbers.")
    hierarchies, groups = _hierarchies(rows, specification, files or {}, measures, notes, source=source)
    check_size(hierarchies, zeros_shown=specification.zeros_shown)
    at = {hierarchy.name: {code: node for node, code in enumerate(hierarchy.codes)} for hierarchy in hierarchies}
    placed = np.stack(
        [
            np.array([at[name].get(text, 0) for text in rows.cells[name].texts], np.int64)[rows.cells[name].at]
            for name in specification.names
        ],
        axis=1,
    )
    blocks, block = rows.combined(specification.blocks)
    lines = rows.lines
    if long:
        values = _values(rows, VALUE, specification)
        kind = _kinds(rows)
        nodes = placed
    else:
        values = np.concatenate([_values(rows, measure, specification) for measure in measures])
        kind = np.zeros(len(values), np.int64)
        number = np.repeat(np.arange(len(measures)), len(rows))
        in_order = np.array([at[MEASURE][measure] for measure in measures], np.int64)
        nodes = np.concatenate([np.tile(placed, (len(measures), 1)), in_order[number][:, None]], axis=1)
        block, lines = np.tile(block, len(measures)), np.tile(lines, len(measures))
    table = PublishedTable(
        blocks=blocks,
        block=block,
        hierarchies=hierarchies,
        nodes=nodes.astype(np.int64),
        values=values,
        line=lines,
        kind=kind,
        shares=_shares(rows, specification, values, nodes, hierarchies, long=long),
        groups=groups,
        notes=tuple(notes),
        source=source,
    )
    _check_single(table)
    if specification.method != ROUNDING and np.any(table.kind == MAY_BE_ROUNDED):
        raise Misused(
            f"{source}, row {table.line[np.argmax(table.kind == MAY_BE_ROUNDED)]}: is marked as rounded, and the specification says "
            f'nothing of rounding. Say method = "{ROUNDING}" and the base.'
        )
    return table


def name_of(table: PublishedTable, nodes: Sequence[int], block: int, specification: Specification) -> dict[str, str]:
    """A cell by the names of its columns."""
    told = dict(zip(specification.blocks, table.blocks[block], strict=True))
    return told | {
        hierarchy.name: hierarchy.codes[node] for hierarchy, node in zip(table.hierarchies, nodes, strict=True)
    }


def true_cells(
    truth: PublishedTable, table: PublishedTable, number: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The cells of a block that are not 0, by a file that `--truth` wrote: nodes by the hierarchies of `table`, and counts.

    Raises Misused where the file leaves a value out.
    """
    if table.blocks[number] not in truth.blocks:
        raise Misused(f"{truth.source} has nothing on {' '.join(table.blocks[number])}.")
    at = np.flatnonzero(truth.block == truth.blocks.index(table.blocks[number]))
    hidden = at[truth.values[at] == HIDDEN]
    if len(hidden):
        raise Misused(f"{truth.source}, row {truth.line[hidden[0]]}: has no value; what --truth wrote has all of them.")
    now = np.empty((len(at), len(table.hierarchies)), np.int64)
    for d, (old, new) in enumerate(zip(truth.hierarchies, table.hierarchies, strict=True)):
        place = {code: node for node, code in enumerate(new.codes)}
        now[:, d] = np.array([place.get(code, -1) for code in old.codes], np.int64)[truth.nodes[at, d]]
    some = (now >= 0).all(axis=1) & (truth.values[at] > 0)
    return now[some], truth.values[at][some]


def _measures(rows: Rows, specification: Specification, notes: list[str]) -> tuple[str, ...]:
    """Columns of numbers that the specification does not name otherwise."""
    named = {*specification.names, *specification.blocks, *specification.parents, *specification.ignore, MARK}
    named |= {share.column for share in specification.shares}
    found: list[str] = []
    for name in rows.columns:
        if name in named:
            continue
        texts = [text for text in rows.cells[name].texts if text not in _HIDDEN_TEXTS]
        if _SHARE_NAMES.search(name):
            notes.append(f"{name} looks like a share and was left out; name it under shares to use it.")
        elif any(_CODE.fullmatch(text) for text in texts):
            notes.append(f"{name} holds codes, not counts, and was left out.")
        elif texts and not any(re.fullmatch(r"[-−+]?\d[\d\s.,]*", text) for text in texts):
            notes.append(f"{name} holds text and was left out.")
        else:
            found.append(name)
    return tuple(found)


def _kinds(rows: Rows) -> NDArray[np.int64]:
    """Why a cell of a long table is hidden, where its mark tells."""
    if MARK not in rows.cells:
        return np.zeros(len(rows), np.int64)
    mark = rows.cells[MARK]
    return np.array([_KINDS.get(text, 0) for text in mark.texts], np.int64)[mark.at]


def _values(rows: Rows, column: str, specification: Specification) -> NDArray[np.int64]:
    told = rows.cells[column]
    numbers = np.array([_number(text) for text in told.texts], np.int64)[told.at]
    wrong = np.flatnonzero(numbers == _NO_NUMBER)
    if len(wrong):
        row = int(wrong[0])
        raise Misused(
            f"{rows.where(row, (*specification.blocks, *specification.names))}: {column} is {told[row]!r}. "
            "It is a whole number from 0 on, or empty or ':' where it is hidden."
        )
    return numbers


def _number(text: str) -> int:
    if text in _HIDDEN_TEXTS:
        return HIDDEN
    return int(text) if text.isdecimal() and len(text) < 12 and int(text) <= LARGEST_COUNT else _NO_NUMBER


def _hierarchies(
    rows: Rows,
    specification: Specification,
    files: Mapping[str, bytes],
    measures: tuple[str, ...],
    notes: list[str],
    *,
    source: str,
) -> tuple[tuple[Hierarchy, ...], tuple[tuple[HiddenGroup, tuple[tuple[int, int], ...]], ...]]:
    """Every dimension with its hidden groups as further codes, and where these are."""
    columns = {dimension.name: {dimension.name, *dimension.parents} for dimension in specification.dimensions}
    extra: dict[str, dict[str, dict[str, str]]] = {name: {} for name in columns}
    placed: list[tuple[HiddenGroup, list[tuple[str, str]]]] = []
    for number, group in enumerate(specification.hidden_groups):
        told = dict(group.at) or {specification.names[0]: f"{GROUP_NAME} {number + 1}"}
        found: list[tuple[str, str]] = []
        for name, own in columns.items():
            here = {column: code for column, code in told.items() if column in own}
            if here:
                code = here.pop(name, next(iter(here.values()), ""))
                if code not in rows.cells[name].texts:
                    extra[name][code] = {column: parent for column, parent in here.items() if parent != code}
                found.append((name, code))
        found += [(MEASURE, code) for column, code in told.items() if column == MEASURE and code in measures]
        placed.append((group, found))
    hierarchies = [
        _hierarchy(rows, specification, name, files, extra[name], notes, source=source) for name in specification.names
    ]
    if measures:
        nothing: dict[str, Chain] = {}
        hierarchies.append(build_hierarchy(MEASURE, measures, nothing, total=None))
    names = [hierarchy.name for hierarchy in hierarchies]
    return tuple(hierarchies), tuple(
        (
            group,
            tuple(
                (names.index(name), hierarchies[names.index(name)].codes.index(code))
                for name, code in found
                if code in hierarchies[names.index(name)].codes
            ),
        )
        for group, found in placed
    )


def _hierarchy(
    rows: Rows,
    specification: Specification,
    name: str,
    files: Mapping[str, bytes],
    extra: Mapping[str, Mapping[str, str]],
    notes: list[str],
    *,
    source: str,
) -> Hierarchy:
    dimension = specification.dimension(name)
    codes = sorted({*rows.cells[name].texts} - {dimension.total} | {*extra})
    if (empty := rows.cells[name].row_of("")) is not None:
        raise Misused(f"{rows.where(empty)}: {name} is empty.")
    if dimension.total not in rows.cells[name].texts:
        notes.append(f"{name} has no row named {dimension.total}; its total is not published.")
    links: dict[str, dict[str, str]] = {}
    for parent in dimension.parents:
        if parent in rows.cells:
            links[parent] = _links_of_column(rows, name, parent, total=dimension.total)
            links[parent] |= {code: above[parent] for code, above in extra.items() if parent in above}
        elif parent in files:
            links[parent] = {
                code: above
                for code, above in read_parents(files[parent], source=parent).items()
                if above not in ("", dimension.total)
            }
    if dimension.parents and not links:
        links[dimension.parents[0]] = parents_by_prefix(codes)
        if not links[dimension.parents[0]] and len(codes) > len(extra) + 1:
            raise Misused(
                f"The parents {dimension.parents[0]!r} of {name} are neither a column of the table nor a file, and the codes "
                "do not tell what they belong to. Give a file code,parent."
            )
        notes.append(f"What belongs to what in {name} was read from how its codes begin.")
    groups = {above for link in links.values() for code, above in link.items() if above != code}
    leaves = [code for code in codes if code not in groups]
    chains: dict[str, Chain] = {}
    for parent, link in links.items():
        known = {code: link.get(code, "") for code in leaves} | {c: a for c, a in link.items() if c in groups}
        chains[parent] = chain_of_file(known, leaves, source=parent, total=dimension.total)
    hierarchy = build_hierarchy(name, leaves, chains, total=dimension.total)
    for code in codes:
        if code not in hierarchy.codes:
            raise Misused(f"{source}: {name} {code!r} has no leaves: nothing in the table belongs to it.")
    return hierarchy


def _links_of_column(rows: Rows, name: str, parent: str, *, total: str) -> dict[str, str]:
    found = parents_in_columns(rows, name, parent, but=total)
    groups = {above for code, above in found.items() if above not in ("", total, code)}
    return {code: above for code, above in found.items() if above not in ("", total, code) and code not in groups}


def _shares(
    rows: Rows,
    specification: Specification,
    values: NDArray[np.int64],
    nodes: NDArray[np.int64],
    hierarchies: tuple[Hierarchy, ...],
    *,
    long: bool,
) -> NDArray[np.int64]:
    """Per share and cell the whole per cent that stands there. In a wide table it stands on the cell of its base."""
    shares = np.full((len(specification.shares), len(values)), NO_SHARE, np.int64)
    for number, share in enumerate(specification.shares):
        if share.column not in rows.cells:
            continue
        column = rows.cells[share.column]
        percents = np.array([_percent(text) for text in column.texts], np.int64)
        told = percents[column.at]
        wrong = np.flatnonzero(told == _NO_NUMBER)
        if len(wrong):
            row = int(wrong[0])
            raise Misused(
                f"{rows.where(row)}: {share.column} is {column[row]!r}, not a share in whole per cent from 0 to 100."
            )
        if long:
            shares[number] = told
        elif share.dimension == MEASURE:
            measures = hierarchies[-1].codes
            for code in (share.base, *share.numerator):
                if code not in measures:
                    raise Misused(
                        f"{share.column} is a share of {code!r}, which is not a column of numbers in the table."
                    )
            base = nodes[:, -1] == measures.index(share.base)
            shares[number, base] = told
        else:
            raise Misused(f"{share.column}: in a wide table a share is one of measures.")
    return shares


def _percent(text: str) -> int:
    if text in _HIDDEN_TEXTS:
        return NO_SHARE
    return int(text) if text.isdecimal() and len(text) < 4 and int(text) <= 100 else _NO_NUMBER


def _check_single(table: PublishedTable) -> None:
    """No cell may stand twice."""
    sizes = [hierarchy.nodes for hierarchy in table.hierarchies]
    keys = table.block.copy()
    for d, size in enumerate(sizes):
        keys = keys * size + table.nodes[:, d]
    order = np.argsort(keys, kind="stable")
    same = np.flatnonzero(np.diff(keys[order]) == 0)
    if len(same):
        first, second = int(order[same[0]]), int(order[same[0] + 1])
        codes = ", ".join(
            f"{hierarchy.name}={hierarchy.codes[table.nodes[first, d]]}"
            for d, hierarchy in enumerate(table.hierarchies)
            if hierarchy.name != MEASURE
        )
        raise Misused(f"{table.source}, row {table.line[second]}: {codes} stands on row {table.line[first]} already.")
