"""Cubes become safe cubes: a hidden number is absent, not masked.

`seal` protects a year's cubes and attacks what it made of them, together with the `Earlier` editions of the year. Inside:
`primary` applies the policy, `exits` poses the tables of a year as one system of cells, `earlier` links it with what has
been shown before, `secondary` chooses what else is hidden with `elimination`, `attack` tries to compute what is hidden, and
`repair` hides what that takes. `system` is all these know of a table.

For anybody's table: `specification` reads what is asked, `leaves` the counts, `posing` makes systems of cells of them,
`protecting` protects them and `cells` writes what may be seen. `published` and `recovery` try to undo a protection, ours or a
stranger's. `docs/protection.md` says how it is done and what it promises.
"""

from __future__ import annotations

from introstat.protect.earlier import Earlier
from introstat.protect.seal import seal

__all__ = ["Earlier", "seal"]
