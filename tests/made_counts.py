"""Small tables anyone could draw, and what a reader can know of them, found by trying every table of counts.

The second implementation shares nothing with the first: cells are sums over plain sets of leaves, and a reader's knowledge is
a filter over all tables of small numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

LARGEST = 4
"""Leaves are tried from 0 to this: enough to tell one possible value of counts up to 2 from two or three."""
ALL = "All"

Key = tuple[str, ...]


@dataclass(frozen=True)
class Drawn:
    """A table: per dimension its leaves, and its nodes as sets of leaves; counts per leaf; which leaves a hidden group has."""

    names: tuple[str, ...]
    nodes: tuple[Mapping[str, frozenset[str]], ...]
    groupings: Mapping[str, Mapping[str, str]]
    counts: Mapping[Key, int]
    hidden_code: str | None
    threshold: int
    width: int
    zeros_shown: bool
    insiders: bool
    share: bool

    @property
    def leaves(self) -> list[Key]:
        """Every combination of the finest codes."""
        finest = [sorted({leaf for members in nodes.values() for leaf in members}) for nodes in self.nodes]
        return list(product(*finest))

    @property
    def published(self) -> list[Key]:
        """Every cell that has a row: all but those of the hidden group."""
        return [
            key
            for key in product(*self.nodes)
            if self.hidden_code is None or self.nodes[0][key[0]] != frozenset({self.hidden_code})
        ]

    def within(self, key: Key) -> list[int]:
        """The leaves of a cell, by number."""
        members = [nodes[code] for nodes, code in zip(self.nodes, key, strict=True)]
        return [
            at
            for at, leaf in enumerate(self.leaves)
            if all(code in inside for code, inside in zip(leaf, members, strict=True))
        ]

    def value(self, key: Key) -> int:
        """A cell's true count."""
        return sum(self.counts[self.leaves[at]] for at in self.within(key))

    @property
    def specification(self) -> str:
        """What is asked, as TOML."""
        parents = sorted(self.groupings)
        text = [
            f"threshold = {self.threshold}",
            f"width = {self.width}",
            f'zeros = "{"shown" if self.zeros_shown else "hidden"}"',
        ]
        if self.insiders:
            text.append('insiders = "a"')
        if self.hidden_code is not None:
            text.append(f'hidden_groups = [{{ a = "{self.hidden_code}" }}]')
        if self.share:
            text.append('shares = [{ numerator = { b = "b0" }, base = "b" }]')
        for name in self.names:
            text += ["[[dimension]]", f'name = "{name}"', f'total = "{ALL}"']
            if name == "a" and parents:
                text.append(f"parents = {parents!r}".replace("'", '"'))
        return "\n".join(text)

    def csv(self, order: Sequence[int] | None = None) -> bytes:
        """The counts of all leaves, zeros too, in some order of rows."""
        parents = sorted(self.groupings)
        rows = [
            [*leaf, *(self.groupings[parent][leaf[0]] for parent in parents), str(self.counts[leaf])]
            for leaf in self.leaves
        ]
        rows = [rows[at] for at in order] if order is not None else rows
        return ("\n".join(",".join(row) for row in [[*self.names, *parents, "n"], *rows]) + "\n").encode()


@st.composite
def tables(draw: st.DrawFn, *, shares: bool = False) -> Drawn:
    """One to three dimensions of at most eight leaves together; groups, linked groups, a hidden group and insiders at random."""
    sizes = draw(st.sampled_from([(4,), (5,), (2, 2), (3, 2), (2, 3), (2, 2, 2)]))
    hidden = draw(st.booleans()) and len(sizes) < 3
    names = ("a", "b", "c")[: len(sizes)]
    leaves = [[f"{name}{at}" for at in range(size)] for name, size in zip(names, sizes, strict=True)]
    groupings: dict[str, dict[str, str]] = {}
    nodes: list[dict[str, frozenset[str]]] = [{code: frozenset({code}) for code in codes} for codes in leaves]
    for parent in ("g", "h")[: draw(st.integers(0, 2)) if sizes[0] > 2 else 0]:
        of = {code: f"{parent}{draw(st.integers(0, 1))}" for code in leaves[0]}
        groupings[parent] = of
        for group in sorted(set(of.values())):
            nodes[0][group] = frozenset(code for code, above in of.items() if above == group)
    if hidden:
        leaves[0].append("z")
        nodes[0]["z"] = frozenset({"z"})
        for of in groupings.values():
            of["z"] = ""
    for at, codes in enumerate(leaves):
        nodes[at][ALL] = frozenset(codes)
    every = list(product(*leaves))
    counts = draw(st.lists(st.integers(0, 2), min_size=len(every), max_size=len(every)))
    if not any(count for count, leaf in zip(counts, every, strict=True) if leaf[0] != "z"):
        counts[0] = 1
    return Drawn(
        names=names,
        nodes=tuple(nodes),
        groupings=groupings,
        counts=dict(zip(every, counts, strict=True)),
        hidden_code="z" if hidden and any(c for c, leaf in zip(counts, every, strict=True) if leaf[0] == "z") else None,
        threshold=draw(st.integers(2, 3)),
        width=draw(st.sampled_from([2, 2, 3])),
        zeros_shown=draw(st.booleans()),
        insiders=draw(st.booleans()),
        share=shares and len(sizes) > 1 and len(every) <= 6 and sum(counts) <= 6 and draw(st.booleans()),
    )


def possible_tables(
    drawn: Drawn,
    shown: Mapping[Key, int | None],
    *,
    shares: Mapping[Key, int] | None = None,
    insider: str | None = None,
) -> NDArray[np.int64]:
    """Every table of leaves that agrees with all that is known, one per row.

    `shares` are whole per cents of b0 by base. Larger counts round to shares that small ones do not, so with shares the
    total must be shown, and leaves are tried up to it.
    """
    leaves = drawn.leaves
    largest = shown[(ALL,) * len(drawn.names)] if shares else LARGEST
    assert largest is not None
    choices: list[Sequence[int]] = []
    for leaf in leaves:
        told = shown.get(leaf)
        if told is not None:
            choices.append([told])
        elif insider is not None and leaf[0] == insider:
            choices.append([drawn.counts[leaf]])
        else:
            least = 1 if drawn.zeros_shown and leaf[0] != drawn.hidden_code else 0
            choices.append(range(least, largest + 1))
    grid = np.array(list(product(*choices)), np.int64).reshape(-1, len(leaves))
    agree = np.ones(len(grid), np.bool_)
    for key, told in shown.items():
        value = grid[:, drawn.within(key)].sum(axis=1)
        if told is not None:
            agree &= value == told
        elif drawn.zeros_shown:
            agree &= value >= 1
    for key, percent in (shares or {}).items():
        base = grid[:, drawn.within(key)].sum(axis=1)
        part = grid[:, drawn.within((key[0], "b0", *key[2:]))].sum(axis=1)
        agree &= (200 * part + base) // (2 * np.maximum(base, 1)) == percent
        agree &= base > 0
    return grid[agree]


def values_of(drawn: Drawn, found: NDArray[np.int64], key: Key) -> set[int]:
    """The values a cell has in some tables."""
    return set(found[:, drawn.within(key)].sum(axis=1).tolist())


def cut_short(drawn: Drawn, found: NDArray[np.int64], key: Key) -> bool:
    """Whether a cell might be larger still, had larger counts been tried: only where it takes several values."""
    within = drawn.within(key)
    value = found[:, within].sum(axis=1)
    largest = found[value == value.max()]
    return bool(value.min() < value.max() and (largest[:, within] == LARGEST).any())
