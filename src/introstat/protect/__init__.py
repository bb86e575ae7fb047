"""Cubes become safe cubes: a hidden number is absent, not masked.

`seal` protects a year's cubes and attacks what it made of them, together with the `Earlier` editions of the year. Inside:
`primary` applies the policy, `exits` poses the tables of a year as one system of cells, `earlier` links it with what has
been shown before, `secondary` chooses what else is hidden with `elimination`, `attack` tries to compute what is hidden, and
`repair` hides what that takes. `system` is all these know of a table.

For anybody's table: `read_specification` reads what is asked, `read_leaves` the counts, `pose` makes systems of cells of
them, `protect_table` protects them and `write_cells` writes what may be seen. `read_published` and `attack_published` try to
undo a protection, ours or a stranger's. `docs/protection.md` says how it is done and what it promises.
"""

from __future__ import annotations

from introstat.protect.cells import write_cells
from introstat.protect.earlier import Earlier
from introstat.protect.leaves import read_leaves
from introstat.protect.posing import pose
from introstat.protect.protecting import protect_table
from introstat.protect.published import read_published
from introstat.protect.recovery import attack_published
from introstat.protect.seal import seal
from introstat.protect.specification import read_specification

__all__ = [
    "Earlier",
    "attack_published",
    "pose",
    "protect_table",
    "read_leaves",
    "read_published",
    "read_specification",
    "seal",
    "write_cells",
]
