"""Names near to what was typed, where no name is equal: letters left out, doubled, exchanged or swapped.

Candidates are the names that share pairs of letters with the text; among them the fewest changes decide. A change is a
letter added, left out or exchanged, or two neighbours swapped (optimal string alignment distance). Short words allow one
change, long words three.

    near("gudovageaidnu", ["guovdageaidnu", "kautokeino"])  →  ["guovdageaidnu"]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

SHORTEST: Final = 3
_CANDIDATES: Final = 40
_EDGE: Final = "^"


def near(wanted: str, names: Iterable[str]) -> Sequence[str]:
    """The names fewest changes away from a text, in order of the alphabet; none where every name is too far."""
    if len(wanted) < SHORTEST:
        return ()
    most = changes_allowed(wanted)
    pairs = _pairs(wanted)
    close = [name for name in set(names) if abs(len(name) - len(wanted)) <= most]
    ranked = sorted(close, key=lambda name: (-_alike(pairs, _pairs(name)), name))[:_CANDIDATES]
    counted = {name: distance(wanted, name, most=most) for name in ranked}
    fewest = min(counted.values(), default=most + 1)
    return sorted(name for name, changes in counted.items() if changes == fewest) if fewest <= most else ()


def changes_allowed(wanted: str) -> int:
    """How many changes a word of this length may need: one up to four letters, two up to eight, then three."""
    return 1 if len(wanted) <= 4 else 2 if len(wanted) <= 8 else 3


def distance(first: str, second: str, *, most: int) -> int:
    """How many changes make one text the other; ``most + 1`` for anything beyond ``most``."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, left in enumerate(first, 1):
        older, before, row = before, row, [i]
        for j, right in enumerate(second, 1):
            changes = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == second[j - 2] and first[i - 2] == right:
                changes = min(changes, older[j - 2] + 1)
            row.append(changes)
        if min(row) > most and (not before or min(before) > most):
            return most + 1
    return min(row[-1], most + 1)


def _pairs(text: str) -> frozenset[str]:
    edged = f"{_EDGE}{text}{_EDGE}"
    return frozenset(edged[at : at + 2] for at in range(len(edged) - 1))


def _alike(first: frozenset[str], second: frozenset[str]) -> float:
    return 2 * len(first & second) / (len(first) + len(second))
