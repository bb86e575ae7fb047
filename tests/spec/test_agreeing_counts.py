"""Any counts that agree with what is shown: three leaves, two of them in each of three cells."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_array

from introstat.protect.agreeing import agreeing_leaves
from introstat.protect.system import UNBOUNDED

PAIRS = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], np.int64)


def found(rows: np.ndarray, *, shown: list[int | None], low: list[int] | None = None) -> tuple[np.ndarray | None, bool]:
    """Counts for cells with these numbers, None where one is hidden, and whether the answer is certain."""
    return agreeing_leaves(
        csr_array(rows),
        shown=np.array([value is not None for value in shown]),
        values=np.array([value or 0 for value in shown], np.int64),
        low=np.array(low or [0] * len(shown), np.int64),
        high=np.full(len(shown), UNBOUNDED),
        within=[],
        per_region=1,
    )


def test_what_only_halves_would_fit_has_no_counts_and_that_is_certain() -> None:
    assert found(PAIRS, shown=[1, 1, 1]) == (None, True)


def test_what_nothing_fits_has_no_counts_and_that_is_certain() -> None:
    assert found(np.array([[1, 1], [1, 0]]), shown=[1, 2]) == (None, True)


def test_whole_counts_are_found_where_halves_would_be_the_fewest_people() -> None:
    leaves, is_known = found(PAIRS, shown=[None, None, None], low=[1, 1, 1])

    assert is_known
    assert leaves is not None
    assert sorted(leaves) == [0, 1, 1]
