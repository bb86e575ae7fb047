"""Which cells the policy hides by itself, before any thought of what could be computed from the rest.

A policy is dated data: a threshold, and whether the two parts of a result (reached the goal, did not) are sensitive on
their own or only the number they divide. The rule is the same for every group whose result is shown, a place and the
women of a place:

    strict-5   7 ended, 4 of them to work or education   hidden: 4 is between 1 and 4
    base-5     the same place                            shown: 7 is at least 5, and neither nobody nor everybody
    both       7 ended, nobody to work or education      hidden: it says something about each of the 7

In a place whose result is hidden every finer cell is hidden too, zeros included: with its zeros shown, the others could
be computed. A place where nobody ended is shown with its zeros.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SEX_ALL, MEN, WOMEN = 0, 1, 2
ALL, RESULT, REST, WORK, EDUCATION = 0, 1, 2, 3, 4
REASONS = (5, 6, 7, 8, 9, 10)
"""Positions of reasons 3 … 8: the parts of the rest."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a place must have for its cells to be shown.

    A count from 1 to `threshold` − 1 is small. With `parts_sensitive` a small result or a small rest hides the result of
    any group; without it only the number ended, and nobody or everybody, do so for a place as a whole.
    """

    name: str
    threshold: int
    parts_sensitive: bool
    width: int = 2

    def __post_init__(self) -> None:
        if self.threshold < 2:
            raise ValueError(f"the threshold of policy {self.name} must be at least 2")
        if self.width < 2:
            raise ValueError(f"a hidden cell of policy {self.name} must keep at least 2 possible values")


@dataclass(frozen=True, slots=True, eq=False)
class Primary:
    """Masks over regions × sexes × reasons: `hidden` by the rule, `sensitive` by their own number."""

    hidden: NDArray[np.bool_]
    sensitive: NDArray[np.bool_]


def classify(counts: NDArray[np.int64], *, policy: Policy, hidden_group: NDArray[np.bool_]) -> Primary:
    """Apply a policy to `counts`, int64 regions × 3 sexes × 11 reasons. `hidden_group` marks regions shown nowhere."""
    small = (counts >= 1) & (counts < policy.threshold)
    ended, result, rest = counts[..., ALL], counts[..., RESULT], counts[..., REST]
    all_or_nobody = (ended > 0) & ((result == 0) | (rest == 0))
    parts_small = small[..., RESULT] | small[..., REST]
    result_hidden = small[..., ALL] | all_or_nobody | parts_small
    if not policy.parts_sensitive:
        result_hidden[:, SEX_ALL] = small[:, SEX_ALL, ALL] | all_or_nobody[:, SEX_ALL]

    hidden = np.zeros_like(small)
    hidden[:, SEX_ALL, ALL] = small[:, SEX_ALL, ALL]
    hidden[:, SEX_ALL, [RESULT, REST]] = result_hidden[:, SEX_ALL, None]
    closed = result_hidden[:, SEX_ALL]
    pair = closed | small[:, SEX_ALL, WORK] | small[:, SEX_ALL, EDUCATION]
    hidden[:, SEX_ALL, [WORK, EDUCATION]] = pair[:, None]
    by_sex = closed | small[:, MEN, ALL] | small[:, WOMEN, ALL]
    hidden[:, 1:, ALL] = by_sex[:, None]
    by_sex_result = by_sex | result_hidden[:, MEN] | result_hidden[:, WOMEN]
    hidden[:, 1:, [RESULT, REST]] = by_sex_result[:, None, None]
    by_sex_pair = by_sex_result | pair | small[:, 1:, [WORK, EDUCATION]].any(axis=(1, 2))
    hidden[:, 1:, [WORK, EDUCATION]] = by_sex_pair[:, None, None]
    for reason in REASONS:
        hidden[:, SEX_ALL, reason] = closed | small[:, SEX_ALL, reason]
        whole = by_sex_result | hidden[:, SEX_ALL, reason] | small[:, MEN, reason] | small[:, WOMEN, reason]
        hidden[:, 1:, reason] = whole[:, None]

    sensitive = small.copy()
    sensitive[..., [RESULT, REST]] |= all_or_nobody[..., None]
    if not policy.parts_sensitive:
        sensitive[:, SEX_ALL, [RESULT, REST]] &= result_hidden[:, SEX_ALL, None]
    # Nothing is hidden where it is zero because a larger group it belongs to is known to be empty.
    nobody = counts[:, SEX_ALL, ALL] == 0
    hidden[nobody] = False
    for sex in (MEN, WOMEN):
        empty = (counts[:, sex, ALL] == 0) & ~by_sex
        hidden[empty, sex] = False
    for reason in (WORK, EDUCATION, *REASONS):
        empty = (counts[:, SEX_ALL, reason] == 0) & ~hidden[:, SEX_ALL, reason]
        hidden[empty, :, reason] = False
    hidden[hidden_group] = True
    sensitive[hidden_group] = True
    return Primary(hidden=hidden, sensitive=sensitive)
