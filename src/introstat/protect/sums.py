"""The sums a reader sees in the tables of exits: regions over what lies in them, both sexes over each, reasons over theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from introstat.protect.primary import ALL, EDUCATION, MEN, REASONS, REST, RESULT, SEX_ALL, WOMEN, WORK
from introstat.protect.system import Relations

REASON_SUMS: Mapping[int, tuple[int, ...]] = {ALL: (RESULT, REST), RESULT: (WORK, EDUCATION), REST: REASONS}
"""Reasons that are the sum of others."""


def relations_of(shape: tuple[int, int, int], parts: Sequence[tuple[int, NDArray[np.int64]]]) -> Relations:
    """The sums among cells numbered as counts of `shape`, regions × sexes × reasons; `parts` are regions and what adds to them."""
    regions, sexes, reasons = shape
    number = np.arange(regions * sexes * reasons).reshape(shape)
    sums: list[NDArray[np.int64]] = []
    for region, inside in parts:
        sums += list(np.concatenate([number[[region]], number[inside]]).reshape(1 + len(inside), -1).T)
    sums += list(number[:, [SEX_ALL, MEN, WOMEN]].transpose(0, 2, 1).reshape(-1, 3))
    for whole, members in REASON_SUMS.items():
        sums += list(number[:, :, [whole, *members]].reshape(-1, 1 + len(members)))
    lengths = np.array([len(line) - 1 for line in sums], np.int64)
    return Relations(
        parent=np.array([line[0] for line in sums], np.int64),
        pointer=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        child=np.concatenate([line[1:] for line in sums]).astype(np.int64),
    )
