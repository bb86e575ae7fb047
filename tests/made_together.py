"""Small tables with everything at once, and what a reader of them can know, by trying every table of whole numbers.

A plain search: leaf by leaf every number that no shown sum forbids. Two editions are searched each by itself and joined on the
leaves that are the same in both. It shares nothing with what it tests: a cell is a set of leaves, knowledge is a list of sums.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

ALL = "All"
GROUP = "z"
PART = "part"
ROOM = 2
"""A leaf is tried up to its count and so many more; enough to tell one possible value from three."""

Key = tuple[str, str]
Counts = tuple[int, ...]
Tables = NDArray[np.int64]
"""Tables × leaves."""


@dataclass(frozen=True)
class Asked:
    """Which of everything: codes of a lie in g, and with `linked` in h too; a share counts the first half of the codes of b."""

    places: int
    linked: bool
    group: bool
    shares: bool
    insiders: bool
    zeros_shown: bool
    threshold: int = 3
    width: int = 2
    outcomes: int = 2
    column: str = "b"

    @property
    def of(self) -> list[str]:
        """The codes of b, or of the column that stands in its place."""
        return [f"{self.column}{at}" for at in range(self.outcomes)]

    @property
    def counted(self) -> list[str]:
        """What a share counts."""
        return self.of[: self.outcomes // 2]

    @property
    def codes(self) -> list[str]:
        return [f"a{at}" for at in range(self.places)] + ([GROUP] if self.group else [])

    @property
    def leaves(self) -> list[Key]:
        return list(product(self.codes, self.of))

    def above(self, code: str) -> dict[str, str]:
        """The group in either geography: halves, and every other one."""
        if code == GROUP:
            return {"g": "", "h": ""}
        at = int(code[1:])
        return {"g": f"g{2 * at // self.places}", "h": f"h{at % 2}"}

    def cells(self) -> dict[Key, list[int]]:
        """Every cell of the table by name, and its leaves by number; those of the group too, and what a share counts."""
        places = {code: {code} for code in self.codes} | {ALL: set(self.codes)}
        for code in self.codes:
            for parent in ("g", "h") if self.linked else ("g",):
                if above := self.above(code)[parent]:
                    places.setdefault(above, set()).add(code)
        outcomes = {code: {code} for code in self.of} | {ALL: set(self.of)}
        if self.shares:
            outcomes[PART] = set(self.counted)
        return {
            (a, b): [at for at, leaf in enumerate(self.leaves) if leaf[0] in inside and leaf[1] in within]
            for a, inside in places.items()
            for b, within in outcomes.items()
        }

    @property
    def specification(self) -> str:
        parents = '["g", "h"]' if self.linked else '["g"]'
        lines = [
            f"threshold = {self.threshold}",
            f"width = {self.width}",
            f'zeros = "{"shown" if self.zeros_shown else "hidden"}"',
            *(['insiders = "a"'] if self.insiders else []),
            *([f'hidden_groups = [{{ a = "{GROUP}" }}]'] if self.group else []),
            *(
                [f"shares = [{{ numerator = {{ {self.column} = {self.counted} }}, base = '{self.column}' }}]"]
                if self.shares
                else []
            ),
            *("[[dimension]]", 'name = "a"', f'total = "{ALL}"', f"parents = {parents}"),
            *("[[dimension]]", f'name = "{self.column}"', f'total = "{ALL}"'),
        ]
        return "\n".join(lines)

    def csv(self, counts: Counts) -> bytes:
        parents = ("g", "h") if self.linked else ("g",)
        rows = [
            ",".join([*leaf, *(self.above(leaf[0])[parent] for parent in parents), str(n)])
            for leaf, n in zip(self.leaves, counts, strict=True)
        ]
        return ("\n".join([",".join(["a", self.column, *parents, "n"]), *rows]) + "\n").encode()


def total(leaves: Sequence[int], counts: Counts) -> int:
    return sum(counts[at] for at in leaves)


def possible(asked: Asked, counts: Counts, shown: Mapping[Key, int | None], *, insider: str | None = None) -> Tables:
    """Every table that agrees with what an edition shows, for everybody or for one who knows his own rows."""
    cells = asked.cells()
    sums = [(cells[key], value) for key, value in shown.items() if value is not None]
    sums += [([at], counts[at]) for at, leaf in enumerate(asked.leaves) if insider is not None and leaf[0] == insider]
    least = [int(asked.zeros_shown and leaf[0] != GROUP) for leaf in asked.leaves]
    for leaves in [leaves for leaves, value in sums if value == 0]:
        for at in leaves:
            least[at] = 0
    found = _search(counts, sums, least)
    for key in [key for key, value in shown.items() if value is None and asked.zeros_shown]:
        found = found[found[:, cells[key]].sum(axis=1) >= 1]
    return found


def _search(counts: Counts, sums: Sequence[tuple[list[int], int]], least: Sequence[int]) -> Tables:
    begun = np.empty((1, 0), np.int64)
    for at, count in enumerate(counts):
        low, high = np.full(len(begun), least[at]), np.full(len(begun), count + ROOM)
        for leaves, value in sums:
            if at in leaves:
                left = value - begun[:, [one for one in leaves if one < at]].sum(axis=1)
                later = [one for one in leaves if one > at]
                high = np.minimum(high, left - sum(least[one] for one in later))
                low = np.maximum(low, left - sum(counts[one] + ROOM for one in later))
        choices = np.maximum(high - low + 1, 0)
        number = np.repeat(low, choices) + np.arange(choices.sum()) - np.repeat(np.cumsum(choices) - choices, choices)
        begun = np.concatenate([np.repeat(begun, choices, axis=0), number[:, None]], axis=1)
    return begun


def joined(first: Tables, second: Tables, common: Sequence[int]) -> tuple[Tables, Tables]:
    """The tables of either edition that some table of the other agrees with on the leaves that are the same."""
    both = np.concatenate([first[:, common], second[:, common]])
    which = np.unique(both, axis=0, return_inverse=True)[1].ravel()
    mine, theirs = which[: len(first)], which[len(first) :]
    return first[np.isin(mine, theirs)], second[np.isin(theirs, mine)]


def paired(first: Tables, second: Tables, common: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every table of one edition with every one of the other that is the same on the leaves that are the same in both: as rows."""
    both = np.concatenate([first[:, common], second[:, common]])
    which = np.unique(both, axis=0, return_inverse=True)[1].ravel()
    mine, theirs = which[: len(first)], which[len(first) :]
    order = np.argsort(theirs, kind="stable")
    start = np.searchsorted(theirs[order], mine, side="left")
    count = np.searchsorted(theirs[order], mine, side="right") - start
    one = np.repeat(np.arange(len(first)), count)
    within = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return one, order[np.repeat(start, count) + within]


def agreeing(sums: NDArray[np.int64], others: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which rows of either stand among the rows of the other."""
    which = np.unique(np.concatenate([sums, others]), axis=0, return_inverse=True)[1].ravel()
    mine, theirs = which[: len(sums)], which[len(sums) :]
    return np.isin(mine, theirs), np.isin(theirs, mine)


def span(leaves: Sequence[int], tables: Tables) -> tuple[int, int]:
    """The least and the largest value of a cell in some tables."""
    values = tables[:, leaves].sum(axis=1)
    return int(values.min()), int(values.max())
