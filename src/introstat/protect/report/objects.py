"""Reports for machines: one object per command, the same that its page shows."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

import numpy as np

from introstat.protect.any_table.protecting import ProtectionFigures
from introstat.protect.any_table.published import PublishedTable, name_of
from introstat.protect.any_table.recovery import Answer
from introstat.protect.any_table.rounding import Deviation, RoundingFigures
from introstat.protect.any_table.specification import ROUNDING, SUPPRESSION, Specification
from introstat.protect.any_table.unrounding import RoundedAnswer

WEAKEST: Final = 20

Object = dict[str, Any]


def suppressed(told: ProtectionFigures, specification: Specification, *, seed: int, seconds: float) -> Object:
    """What suppression came to."""
    hidden = told.cells - told.shown
    return {
        "method": SUPPRESSION,
        "seed": seed,
        "seconds": round(seconds, 2),
        "asked": _asked(specification),
        "cells": told.cells,
        "shown": told.shown,
        "hidden": {
            "primary": told.primary,
            "secondary": told.secondary,
            "secondary_zeros": told.secondary_zeros,
            "shares": told.shares_hidden,
            "levels": told.levels,
            "blocks": told.per_block,
        },
        "lost": {"primary": told.lost_primary, "secondary": told.lost_secondary, "of": told.total},
        "information_lost": {
            "cells": _part(hidden, told.cells),
            "count": _part(told.lost_primary + told.lost_secondary, told.total),
            "bits_per_hidden_cell": told.bits,
        },
        "attack": {
            "settled": told.settled,
            "attacked": told.attacked,
            "exact": told.exact,
            "narrow": told.narrow,
            "by_bounds": told.by_bounds,
            "rounds": told.rounds,
            "repaired": told.repaired,
        },
        "weakest": [{"cell": dict(one.cell), "low": one.low, "high": one.high} for one in told.weakest],
        "declared": _declared(specification),
    }


def rounded(
    told: RoundingFigures,
    answer: RoundedAnswer,
    table: PublishedTable,
    specification: Specification,
    *,
    seed: int,
    seconds: float,
) -> Object:
    """What rounding came to, and the attack on it."""
    return {
        "method": ROUNDING,
        "seed": seed,
        "seconds": round(seconds, 2),
        "asked": _asked(specification),
        "cells": told.everything.cells,
        "rounded": {"up": told.up, "down": told.down, "changed": told.everything.changed},
        "deviation": {
            "all": _deviation(told.everything),
            "whole": told.whole,
            "levels": {
                name: {level: _deviation(one) for level, one in levels.items()} for name, levels in told.levels.items()
            },
            "blocks": {name: _deviation(one) for name, one in told.blocks.items()},
        },
        "information_lost": {
            "cells": _part(told.everything.changed, told.everything.cells),
            "count": _part(told.moved, told.total),
            "hellinger": told.hellinger,
        },
        "attack": {
            "settled": answer.findings.settled,
            "attacked": answer.findings.hidden,
            "exact": len(answer.findings.exact),
            "narrow": len(answer.findings.narrow),
            "certain": answer.certain,
        },
        "weakest": weakest(answer, table, specification),
        "declared": [],
    }


def attacked(answer: Answer) -> Object:
    """What an attack found."""
    return {
        "settled": answer.settled,
        "hidden": answer.hidden,
        "exact": [{"cell": dict(one.cell), "value": one.value, "because": one.because} for one in answer.exact],
        "narrow": [{"cell": dict(one.cell), "low": one.low, "high": one.high} for one in answer.narrow],
        "declared": [{"cell": dict(one.cell), "value": one.value, "because": one.because} for one in answer.declared],
        "unsettled": answer.unsettled,
        "by_bounds": answer.by_bounds,
        "notes": list(answer.notes),
    }


def attacked_rounded(answer: RoundedAnswer, table: PublishedTable, specification: Specification) -> Object:
    """What an attack on a rounded table found: the same, and how much is left open."""
    return attacked(answer.findings) | {
        "method": ROUNDING,
        "certain": answer.certain,
        "weakest": weakest(answer, table, specification),
    }


def weakest(answer: RoundedAnswer, table: PublishedTable, specification: Specification) -> list[Object]:
    """The cells that may be a small count and have fewest possible values, with these."""
    found: list[tuple[int, int, int]] = []
    for number, intervals in enumerate(answer.intervals):
        small = (intervals.high >= 1) & (intervals.low < specification.base)
        at = np.flatnonzero(small & (intervals.by_rule_low < intervals.by_rule_high))
        width = (intervals.high - intervals.low)[at]
        first = at[np.argsort(width, kind="stable")][:WEAKEST]
        found += [(int(intervals.high[cell] - intervals.low[cell]), number, int(cell)) for cell in first]
    told: list[Object] = []
    for _, number, cell in sorted(found)[:WEAKEST]:
        intervals = answer.intervals[number]
        told.append(
            {
                "cell": name_of(table, intervals.nodes[cell].tolist(), number, specification),
                "value": int(intervals.value[cell]),
                "low": int(intervals.low[cell]),
                "high": int(intervals.high[cell]),
            }
        )
    return told


def _asked(specification: Specification) -> Object:
    """What of the specification decides the result, for the record."""
    told: Object = {"threshold": specification.threshold, "width": specification.width_primary}
    if specification.method == ROUNDING:
        told["base"] = specification.base
    else:
        told |= {
            "width_secondary": specification.width_secondary,
            "zeros": "shown" if specification.zeros_shown else "hidden",
        }
    if specification.insiders is not None:
        told["insiders"] = specification.insiders
    return told


def _declared(specification: Specification) -> list[Object]:
    """The cells of hidden groups that are given away knowingly: which, not how many."""
    told: list[Object] = []
    for group in specification.hidden_groups:
        if group.all_declared:
            told.append({"group": dict(group.at), "cells": "all"})
        elif group.declared:
            told.append({"group": dict(group.at), "cells": [dict(cell) for cell in group.declared]})
    return told


def _deviation(one: Deviation) -> Object:
    return asdict(one)


def _part(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
