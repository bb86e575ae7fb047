"""The hidden cells of a year with least freedom, for the one who reviews: where a further number known would hurt first.

The bounds are values that the attack has seen a cell take in tables that agree with everything shown. A reader can be no surer
than they say; how much less sure she is, the attack need not have found out.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from introstat.protect.exits import Exits, Posed
from introstat.protect.findings import Findings
from introstat.vocabulary.tables import REASONS, WeakCell

MOST: Final = 20


def weakest(exits: Exits, posed: Posed, findings: Findings, *, shown: NDArray[np.bool_]) -> tuple[WeakCell, ...]:
    """Up to 20 cells, the weakest first and then by region, sex and reason. `shown` is a mask over the counts.

    Cells of the hidden group are left out, and those that nothing is asked of: a finer cell of a place that shows no result is
    no secret beside the number itself.
    """
    size = exits.counts.size
    if len(findings.reach) < size:
        return ()
    reach = findings.reach[:size].reshape(*exits.counts.shape, 2)
    asked = posed.demand.guarded[:size].reshape(exits.counts.shape)
    # Zeros are listed too: of a cell that is known to be somebody, "0 or 1" would tell how many.
    hidden = np.argwhere(~shown & asked & ~exits.hidden_group[:, None, None])
    below, above = reach[tuple(hidden.T)].T
    order = np.lexsort((hidden[:, 2], hidden[:, 1], [exits.regions[region] for region in hidden[:, 0]], above - below))
    cells: list[WeakCell] = []
    for at in order[:MOST].tolist():
        region, sex, reason = hidden[at].tolist()
        count = int(exits.counts[region, sex, reason])
        cells.append(
            WeakCell(
                region=exits.regions[region],
                sex=str(sex),
                reason=REASONS[reason],
                low=count + int(below[at]),
                high=count + int(above[at]),
            )
        )
    return tuple(cells)
