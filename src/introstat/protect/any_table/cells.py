"""What `protect` writes: one row per cell of every level, with hidden values absent.

    muni,gender,outcome,value,mark
    Total,Total,Total,4433,shown
    01,Total,work,,hidden

Totals come first, then groups, then leaves, each in the order of their codes. A hidden group has no rows. Where the codes
themselves do not tell what belongs to what (0101 lies in 01), the columns that group them follow at the end. A table of very
many cells leaves out the rows of shown zeros: a row that is missing is a shown zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from math import prod
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
from numpy.typing import NDArray

from introstat.protect.any_table.hidden_groups import own_cells
from introstat.protect.any_table.hierarchy import MISSING, Hierarchy
from introstat.protect.any_table.lattice import keys_of, nodes_of
from introstat.protect.any_table.leaves import LeafTable
from introstat.protect.any_table.posing import NUMERATOR, PLAIN
from introstat.protect.any_table.prefixes import parents_by_prefix
from introstat.protect.any_table.protecting import ProtectedBlock, ProtectedTable
from introstat.protect.any_table.specification import ShareRule, Specification

MOST_ROWS: Final = 3_000_000
"""Beyond so many cells in all, the rows of shown zeros are left out."""
SHOWN, PRIMARY, SECONDARY = 0, 1, 2
Grouping = tuple[int, NDArray[np.str_]]
"""A dimension, and the group of each of its nodes in one column."""
_MARKS: Final = ("shown", "primary", "secondary")
_PUBLIC: Final = ("shown", "hidden", "hidden")


def write_cells(protected: ProtectedTable, *, truth: bool = False, reveal_kind: bool = False) -> bytes:
    """The cells as a CSV file. With `truth`, hidden values too, for the closed side only; `reveal_kind` tells why hidden."""
    specification = protected.specification
    grouping = groupings(protected.table.hierarchies, specification)
    zeros = writes_zeros(protected.table)
    marks = _MARKS if truth or reveal_kind else _PUBLIC
    return write_blocks(
        protected.table,
        specification,
        grouping,
        (_columns(block, specification, grouping, zeros=zeros, truth=truth, marks=marks) for block in protected.blocks),
    )


def writes_zeros(table: LeafTable) -> bool:
    """Whether a table is small enough for rows of zeros."""
    return len(table.blocks) * prod(hierarchy.nodes for hierarchy in table.hierarchies) <= MOST_ROWS


def write_blocks(
    table: LeafTable,
    specification: Specification,
    grouping: Mapping[str, Grouping],
    blocks: Iterable[Sequence[pa.Array]],
) -> bytes:
    """The heading, and the columns of one block after the other, as CSV."""
    heading = [*specification.blocks, *specification.names, "value", "mark"]
    heading += [share.column for share in shares_of(specification, table.hierarchies)]
    heading += list(grouping)
    written = BytesIO()
    written.write((",".join(_quoted(name) for name in heading) + "\n").encode())
    texts = [
        *(code for hierarchy in table.hierarchies for code in hierarchy.codes),
        *(c for b in table.blocks for c in b),
    ]
    plain = not any(sign in text for text in texts for sign in ',"\n\r')
    options = arrow_csv.WriteOptions(include_header=False, quoting_style="none" if plain else "needed")
    for columns in blocks:
        arrow_csv.write_csv(pa.table(list(columns), names=[str(at) for at in range(len(columns))]), written, options)
    return written.getvalue()


def in_order(nodes: NDArray[np.int64], hierarchies: tuple[Hierarchy, ...]) -> NDArray[np.int64]:
    """Cells × dimensions, sorted as they are written."""
    rank = [_rank(hierarchy) for hierarchy in hierarchies]
    return nodes[np.lexsort([rank[d][nodes[:, d]] for d in range(len(hierarchies) - 1, -1, -1)])]


def _columns(
    block: ProtectedBlock,
    specification: Specification,
    grouping: Mapping[str, Grouping],
    *,
    zeros: bool,
    truth: bool,
    marks: tuple[str, ...],
) -> list[pa.Array]:
    """The columns of one block, in the order of the heading."""
    posed = block.posed
    sizes = [hierarchy.nodes for hierarchy in posed.hierarchies]
    plain = np.flatnonzero(posed.published & (posed.kind == PLAIN))
    keys = keys_of(posed.nodes[plain], sizes)
    by_key = np.argsort(keys)
    plain, keys = plain[by_key], keys[by_key]
    nodes = nodes_of(np.arange(int(np.prod(sizes)), dtype=np.int64), sizes) if zeros else posed.nodes[plain]
    if zeros:
        nodes = nodes[~own_cells(nodes, posed.hierarchies, specification)]
    nodes = in_order(nodes, posed.hierarchies)
    wanted = keys_of(nodes, sizes)
    mark = np.zeros(len(wanted), np.int8)
    values = np.zeros(len(wanted), np.int64)
    if len(keys):
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        there, at = keys[place] == wanted, plain[place]
        mark[there & block.primary[at]] = PRIMARY
        mark[there & block.secondary[at]] = SECONDARY
        values = np.where(there, posed.values[at], 0)
    absent = np.zeros(len(wanted), np.bool_) if truth else mark != SHOWN
    shares = [
        _share_column(block, number, share, wanted, nodes)
        for number, share in enumerate(specification.shares)
        if share in shares_of(specification, posed.hierarchies)
    ]
    return [
        *key_columns(posed.block, posed.hierarchies, nodes),
        pa.array(values, mask=absent),
        coded(marks, mark),
        *shares,
        *grouping_columns(grouping, nodes),
    ]


def key_columns(block: tuple[str, ...], hierarchies: tuple[Hierarchy, ...], nodes: NDArray[np.int64]) -> list[pa.Array]:
    """The columns that name cells: the block's, then one per dimension."""
    columns = [_repeated(code, len(nodes)) for code in block]
    return [*columns, *(coded(hierarchy.codes, nodes[:, d]) for d, hierarchy in enumerate(hierarchies))]


def grouping_columns(grouping: Mapping[str, Grouping], nodes: NDArray[np.int64]) -> list[pa.Array]:
    """The columns that group codes, at the end of a row."""
    return [coded(tuple(groups.tolist()), nodes[:, d]) for d, groups in grouping.values()]


def _share_column(
    block: ProtectedBlock,
    number: int,
    share: ShareRule,
    wanted: NDArray[np.int64],
    nodes: NDArray[np.int64],
) -> pa.Array:
    """Whole per cent, half up, on the rows of the bases; shown where both the numerator and the base are.

    That is so beside true values too: they tell what a share would be, and this which of them were shown.
    """
    posed = block.posed
    sizes = [hierarchy.nodes for hierarchy in posed.hierarchies]
    d = [hierarchy.name for hierarchy in posed.hierarchies].index(share.dimension)
    base_node = posed.hierarchies[d].codes.index(share.base)
    numerator = np.zeros(len(wanted), np.int64)
    base = np.zeros(len(wanted), np.int64)
    known = nodes[:, d] == base_node
    for kind, into in ((NUMERATOR, numerator), (PLAIN, base)):
        rows = np.flatnonzero((posed.kind == kind) & (posed.share == (number if kind == NUMERATOR else -1)))
        rows = rows[posed.nodes[rows, d] == base_node]
        keys = keys_of(posed.nodes[rows], sizes)
        order = np.argsort(keys)
        rows, keys = rows[order], keys[order]
        if not len(keys):
            continue
        place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        there = known & (keys[place] == wanted)
        into[there] = posed.values[rows[place[there]]]
        known[there] &= block.shown[rows[place[there]]]
    known &= base > 0
    percent = (200 * numerator + base) // (2 * np.maximum(base, 1))
    return pa.array(percent, mask=~known)


def shares_of(specification: Specification, hierarchies: tuple[Hierarchy, ...]) -> list[ShareRule]:
    """The shares whose base the table has."""
    codes = {hierarchy.name: hierarchy.codes for hierarchy in hierarchies}
    return [share for share in specification.shares if share.base in codes.get(share.dimension, ())]


def groupings(hierarchies: tuple[Hierarchy, ...], specification: Specification) -> dict[str, Grouping]:
    """Columns of parents that the codes themselves do not tell: by name the dimension, and the parent of every node."""
    found: dict[str, Grouping] = {}
    for d, hierarchy in enumerate(hierarchies):
        dimension = specification.dimension(hierarchy.name)
        if not dimension.parents or _told_by_prefix(hierarchy):
            continue
        for number, parent in enumerate(sorted(dimension.parents)):
            edge = hierarchy.chain == number
            groups = np.full(hierarchy.nodes, "", dtype=object)
            groups[hierarchy.child[edge]] = [hierarchy.codes[node] for node in hierarchy.parent[edge]]
            found[parent] = (d, groups)
    return found


def _told_by_prefix(hierarchy: Hierarchy) -> bool:
    """Whether every edge of a hierarchy can be read from the beginnings of its codes."""
    if len(set(hierarchy.chain.tolist())) > 1:
        return False
    told = parents_by_prefix(hierarchy.codes[: hierarchy.total])
    edges = {
        hierarchy.codes[child]: hierarchy.codes[parent]
        for child, parent in zip(hierarchy.child, hierarchy.parent, strict=True)
        if parent != hierarchy.total
    }
    return told == edges


def _rank(hierarchy: Hierarchy) -> NDArray[np.int64]:
    """The total first, then groups, the highest level first, then leaves."""
    order: list[int] = []
    for level in range(hierarchy.above.shape[1] - 1, -1, -1):
        nodes = np.unique(hierarchy.above[:, level])
        here = sorted((int(node) for node in nodes if node != MISSING), key=lambda node: hierarchy.codes[node])
        order += [node for node in here if node not in order] if level else here
    rank = np.empty(hierarchy.nodes, np.int64)
    rank[np.array(list(dict.fromkeys(order)), np.int64)] = np.arange(hierarchy.nodes)
    return rank


def coded(codes: tuple[str, ...], at: NDArray[np.int64] | NDArray[np.int8]) -> pa.Array:
    """A column of texts, by their numbers."""
    return pa.DictionaryArray.from_arrays(pa.array(at.astype(np.int32)), pa.array(codes, pa.string())).cast(pa.string())


def _repeated(code: str, times: int) -> pa.Array:
    return pa.repeat(pa.scalar(code, pa.string()), times)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if any(sign in name for sign in ',"\n\r') else name
