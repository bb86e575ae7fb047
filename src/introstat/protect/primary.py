"""Which cells the policy hides by itself, before any thought of what could be computed from the rest.

The limits are the policy's, which is dated data and somebody's decision. The rule is the same for every group whose result
is shown, a place and the women of a place:

    strict-5   7 ended, 4 of them to work or education   result hidden: 4 is between 1 and 4
    base-5     the same place                            shown: 7 is at least 5, and neither nobody nor everybody
    both       7 ended, nobody to work or education      hidden: it says something about each of the 7

In a place whose result is hidden every finer cell is hidden too, zeros included: with its zeros shown, the others could
be computed. A place where nobody ended is shown with its zeros.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from introstat.definitions.policies import ProtectionPolicy

SEX_ALL, MEN, WOMEN = 0, 1, 2
ALL, RESULT, REST, WORK, EDUCATION = 0, 1, 2, 3, 4
REASONS = (5, 6, 7, 8, 9, 10)
"""Positions of reasons 3 … 8: the parts of the rest."""


@dataclass(frozen=True, slots=True, eq=False)
class Primary:
    """Masks over regions × sexes × reasons: `hidden` by the rule, `sensitive` by their own number."""

    hidden: NDArray[np.bool_]
    sensitive: NDArray[np.bool_]


def classify(counts: NDArray[np.int64], *, policy: ProtectionPolicy, hidden_group: NDArray[np.bool_]) -> Primary:
    """Apply a policy to `counts`, int64 regions × 3 sexes × 11 reasons. `hidden_group` marks regions shown nowhere."""
    small = _below(counts, policy.finer_from)
    ended, result, rest = counts[..., ALL], counts[..., RESULT], counts[..., REST]
    all_or_nobody = (ended > 0) & ((result == 0) | (rest == 0)) & policy.nobody_everybody
    result_hidden = _below(ended, policy.result_base_from) | all_or_nobody
    result_hidden |= _below(result, policy.result_parts_from) | _below(rest, policy.result_parts_from)
    result_hidden[:, 1:] |= small[:, 1:, RESULT] | small[:, 1:, REST]
    small[:, SEX_ALL, ALL] = _below(ended[:, SEX_ALL], policy.number_from)
    if policy.number_needs_result:
        small[:, SEX_ALL, ALL] |= result_hidden[:, SEX_ALL]
    small[:, SEX_ALL, [RESULT, REST]] = False
    result_hidden[:, SEX_ALL] |= small[:, SEX_ALL, ALL]

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
    sensitive[..., [RESULT, REST]] |= (result_hidden & (ended > 0))[..., None] & (
        all_or_nobody[..., None] | _below(counts[..., [RESULT, REST]], policy.finer_from)
    )
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


def _below(counts: NDArray[np.int64], shown_from: int) -> NDArray[np.bool_]:
    """Counts of somebody, but of fewer than are shown."""
    return (counts > 0) & (counts < shown_from)
