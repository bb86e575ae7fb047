"""Cubes become safe cubes: a hidden number is absent, not masked.

`seal` protects a year's cubes and attacks what it made of them, together with the `Earlier` editions of the year. In this
folder stands what belongs to this statistic: `primary` applies the policy, `exits` poses the tables of a year as one system
of cells, `earlier` links it with what has been shown before, `bands` and `pooled` tell what can be told of results that are
hidden, and `released` attacks what is out.

What is true of every table stands beside it: `system` is all that is known of a table, `secondary` chooses what else is
hidden (`staged` where a table is large; both by the groups of `grouping`), `attack` tries to compute what is hidden (by a `search` for other tables, with `findings` as its answer), and `repair`
hides what that takes; `algebra` is the arithmetic of these. `any_table` does the same for a table from anybody, with a specification of what it is.
`docs/protection.md` says how it is done and what it promises.
"""

from __future__ import annotations

from introstat.protect.earlier import Earlier
from introstat.protect.policies import beside_other_policies
from introstat.protect.seal import seal

__all__ = ["Earlier", "beside_other_policies", "seal"]
