"""All cells of all levels over some leaves, as a matrix, and the sums among them.

A cell is one node per dimension. Its key is these nodes as one number, so that a cell is found by searching; a leaf counts in
every product of the nodes above it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from introstat.protect.any_table.hierarchy import MISSING, Hierarchy
from introstat.protect.system import Relations


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Every cell of every level over some leaves: a key per cell, and the matrix of cells × leaves."""

    keys: NDArray[np.int64]
    nodes: NDArray[np.int64]
    matrix: csr_array


def cells_over(codes: NDArray[np.int64], hierarchies: tuple[Hierarchy, ...]) -> Cells:
    """All cells that some leaf belongs to. `codes` is leaves × dimensions."""
    sizes = [hierarchy.nodes for hierarchy in hierarchies]
    if not len(codes):
        none = np.empty(0, np.int64)
        return Cells(none, nodes_of(none, sizes), csr_array((0, 0), dtype=np.int64))
    above = [hierarchy.above[codes[:, d]] for d, hierarchy in enumerate(hierarchies)]
    keys = np.zeros((len(codes), 1), np.int64)
    known = np.ones((len(codes), 1), np.bool_)
    for nodes, size in zip(above, sizes, strict=True):
        keys = (keys[:, :, None] * size + nodes[:, None, :]).reshape(len(codes), -1)
        known = (known[:, :, None] & (nodes != MISSING)[:, None, :]).reshape(len(codes), -1)
    leaf = np.broadcast_to(np.arange(len(codes))[:, None], keys.shape)
    flat, leaf = (keys, leaf) if known.all() else (keys[known], leaf[known])
    found, inverse = np.unique(flat.ravel(), return_inverse=True)
    inverse = inverse.ravel()
    order = np.argsort(inverse, kind="stable")
    pointer = np.concatenate([[0], np.cumsum(np.bincount(inverse, minlength=len(found)))])
    matrix = csr_array((np.ones(len(order), np.int64), leaf.ravel()[order], pointer), shape=(len(found), len(codes)))
    return Cells(found, nodes_of(found, sizes), matrix)


def nodes_of(keys: NDArray[np.int64], sizes: list[int]) -> NDArray[np.int64]:
    """Keys back to nodes: cells × dimensions."""
    nodes = np.empty((len(keys), len(sizes)), np.int64)
    rest = keys
    for d in range(len(sizes) - 1, -1, -1):
        rest, nodes[:, d] = np.divmod(rest, sizes[d])
    return nodes


def keys_of(nodes: NDArray[np.int64], sizes: list[int]) -> NDArray[np.int64]:
    """Nodes to keys; inverse of `nodes_of`."""
    keys = np.zeros(len(nodes), np.int64)
    for d, size in enumerate(sizes):
        keys = keys * size + nodes[:, d]
    return keys


def merged(matrix: csr_array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows that are alike: the first of every kind, and the kind of every row. By a sum of fixed random marks per column."""
    marks = np.random.default_rng(0).integers(1, 2**62, matrix.shape[1], dtype=np.int64)
    with np.errstate(over="ignore"):
        hashed = np.asarray(matrix @ marks)
    _, first, kind = np.unique(hashed, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty(len(first), np.int64)
    place[order] = np.arange(len(first))
    return first[order], place[kind.ravel()]


def relations_among(cells: Cells, hierarchies: tuple[Hierarchy, ...], row: NDArray[np.int64], rows: int) -> Relations:
    """Every sum along one dimension, among rows of the system; a sum of one term, or told before, is left out."""
    sizes = [hierarchy.nodes for hierarchy in hierarchies]
    strides = np.cumprod([1, *sizes[:0:-1]])[::-1]
    parts: list[NDArray[np.int64]] = []
    family = 0
    for d, hierarchy in enumerate(hierarchies):
        for chain in np.unique(hierarchy.chain):
            edge = hierarchy.chain == chain
            up = np.full(hierarchy.nodes, MISSING, np.int64)
            up[hierarchy.child[edge]] = hierarchy.parent[edge]
            above = up[cells.nodes[:, d]]
            child = np.flatnonzero(above != MISSING)
            key = cells.keys[child] + (above[child] - cells.nodes[child, d]) * strides[d]
            parent = np.searchsorted(cells.keys, key)
            parts.append(np.stack([np.full(len(child), family), parent, child]))
            family += 1
    told = np.concatenate(parts, axis=1) if parts else np.empty((3, 0), np.int64)
    relation, start = np.unique(told[0] * len(cells.keys) + told[1], return_inverse=True)
    parent_row, child_row = row[told[1]], row[told[2]]
    marks = np.random.default_rng(1).integers(1, 2**62, rows, dtype=np.int64)
    hashed = np.zeros(len(relation), np.int64)
    with np.errstate(over="ignore"):
        np.add.at(hashed, start.ravel(), marks[child_row])
    parent_of = np.zeros(len(relation), np.int64)
    parent_of[start.ravel()] = parent_row
    single = np.bincount(start.ravel(), minlength=len(relation)) < 2
    with np.errstate(over="ignore"):
        kind = hashed * 31 + marks[parent_of]
    kept = np.zeros(len(relation), np.bool_)
    kept[np.unique(kind, return_index=True)[1]] = True
    kept &= ~single
    number = np.cumsum(kept) - 1
    inside = kept[start.ravel()]
    which, child_row = number[start.ravel()[inside]], child_row[inside]
    order = np.argsort(which, kind="stable")
    pointer = np.concatenate([[0], np.cumsum(np.bincount(which, minlength=int(kept.sum())))]).astype(np.int64)
    return Relations(parent=parent_of[kept], pointer=pointer, child=child_row[order].astype(np.int64))
