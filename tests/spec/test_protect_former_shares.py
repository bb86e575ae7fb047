"""A share that an earlier edition showed tells what it counts, also when the counts are others now."""

from __future__ import annotations

import numpy as np
import pytest
from tests.made_together import PART, Asked, total

from introstat.protect.any_table.cells import write_cells
from introstat.protect.any_table.former import with_former
from introstat.protect.any_table.leaves import read_leaves
from introstat.protect.any_table.posing import pose
from introstat.protect.any_table.protecting import protect_table
from introstat.protect.any_table.published import read_published
from introstat.protect.any_table.specification import read_specification

ASKED = Asked(
    places=2, linked=False, group=False, shares=True, insiders=False, zeros_shown=True, threshold=3, outcomes=4
)
BEFORE = (7, 8, 9, 11, 12, 13, 14, 15)


@pytest.mark.parametrize("now", [BEFORE, (7, 8, 9, 11, 12, 13, 14, 17)], ids=["the same counts", "a correction"])
def test_what_a_share_counted_in_an_earlier_edition_is_known(now: tuple[int, ...]) -> None:
    specification = read_specification(ASKED.specification)
    old = protect_table(read_leaves(ASKED.csv(BEFORE), specification), specification, seed=1)
    former = read_published(write_cells(old, truth=True), specification)
    (block,) = pose(read_leaves(ASKED.csv(now), specification), specification)
    joined = with_former(block, former, specification)
    known = np.flatnonzero(joined.demand.forced & (np.diff(joined.system.matrix.indptr) == 2)).tolist()
    rows = {frozenset(joined.system.matrix[[row]].indices.tolist()) for row in known}
    cells = ASKED.cells()
    for place in ("a0", "a1"):
        assert total(cells[place, PART], BEFORE) in joined.system.values[known]
        assert frozenset(cells[place, PART]) in rows
