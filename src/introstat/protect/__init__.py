"""Cubes become safe cubes: a hidden number is absent, not masked.

`seal` protects a year's cubes and attacks what it made of them. Inside: `primary` applies the policy, `exits` poses the
tables of a year as one system of cells, `secondary` chooses what else is hidden with `elimination`, `attack` tries to
compute what is hidden, and `repair` hides what that takes. `system` is all these know of a table.
"""

from __future__ import annotations

from introstat.protect.seal import seal

__all__ = ["seal"]
