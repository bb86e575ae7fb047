"""Totals of regions that follow from what is shown: they are shown too.

By itself such a total tells of nobody, and hiding what a reader can compute would only look like protection.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from introstat.protect.attack import attack
from introstat.protect.exits import Exits, Posed
from introstat.protect.secondary import Protection


def with_told(exits: Exits, posed: Posed, protection: Protection, *, seed: int) -> Protection:
    """The same, with those totals of regions shown that follow from what is shown: hiding them would only look like it."""
    if not exits.members:
        return protection
    asked = np.zeros(exits.counts.shape, np.bool_)
    asked[list(exits.members)] = True
    guarded = np.zeros(len(protection.shown), np.bool_)
    guarded[: asked.size] = asked.ravel() & ~posed.primary.hidden.ravel()
    guarded &= ~protection.shown
    demand = replace(
        posed.demand,
        guarded=guarded,
        guarded_from_insiders=np.zeros_like(guarded),
        width=np.full(len(guarded), 2),
    )
    found = attack(posed.system, demand, protection.shown, seed=seed, tables=protection.findings.tables)
    shown = protection.shown.copy()
    shown[[weakness.cell for weakness in found.exact]] = True
    return replace(protection, shown=shown)
