"""Synthetic national ids and DUF numbers: valid, unique, and impossible to take for anyone's.

A national id is day, month + 80, year, three digits that tell the century and are odd for men, and two check digits
modulo 11 over the digits as they stand. A D-number has day + 40 as well. Where a birth date is used up, month + 65 (the
other synthetic series) takes over, then the D-numbers. A DUF number is the year, a serial of six digits, and the remainder modulo 11 in two.

Sources: Skatteetaten on national ids and on the synthetic population of Tenor; UDI on DUF numbers.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

_FIRST: Final = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND: Final = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_DUF: Final = (4, 6, 3, 2, 4, 6, 3, 2, 7, 5)
_PLAIN, _D_NUMBER, _SPARE, _SPARE_D = range(4)
_DAY_ADDED: Final = np.array([0, 40, 0, 40])
_MONTH_ADDED: Final = np.array([80, 80, 65, 65])
_NEXT: Final = np.array([_SPARE, _SPARE_D, _D_NUMBER])
"""Which series takes over when one has no number left for a birth date."""
_EPOCH: Final = np.datetime64("1940-01-01", "D")
_DAYS: Final = 100 * 366
_STRIDE: Final = 97
"""Prime to the number of candidates a day has, so that stepping by it meets every one of them once."""


class Identifiers:
    """Hands out numbers, never the same twice. The order of the calls decides who gets which."""

    def __init__(self) -> None:
        self._used = np.zeros((4, 2, _DAYS), dtype=np.int64)
        self._serials: defaultdict[int, int] = defaultdict(int)

    def national(
        self, birth: NDArray[np.datetime64], *, odd: NDArray[np.bool_], d_number: NDArray[np.bool_]
    ) -> pa.StringArray:
        """Ids for people born 1940–2039; ``odd`` for men. Raises ValueError when a birth date has no number left."""
        ids = np.zeros(len(birth), dtype=np.int64)
        series = np.where(d_number, _D_NUMBER, _PLAIN)
        day = (birth - _EPOCH).astype(np.int64)
        if len(day) and not (int(day.min()) >= 0 and int(day.max()) < _DAYS):
            raise ValueError("synthetic ids are made for people born from 1940 to 2039")
        waiting = np.arange(len(birth))
        while len(waiting):
            key = (series[waiting] * 2 + odd[waiting]) * _DAYS + day[waiting]
            _, first = np.unique(key, return_index=True)
            chosen = waiting[np.sort(first)]
            where = (series[chosen], odd[chosen].astype(np.int64), day[chosen])
            turn = self._used[where]
            self._used[where] += 1
            candidates = np.where(birth[chosen] < np.datetime64("2000-01-01"), 300, 250)
            spent = turn >= candidates
            if (spent & (series[chosen] == _SPARE_D)).any():
                raise ValueError("a birth date has no synthetic id left; invent fewer people")
            series[chosen[spent]] = _NEXT[series[chosen[spent]]]
            made, valid = _with_check_digits(
                birth[chosen], series=series[chosen], odd=odd[chosen], turn=(turn * _STRIDE + day[chosen]) % candidates
            )
            done = valid & ~spent
            ids[chosen[done]] = made[done]
            waiting = np.setdiff1d(waiting, chosen[done], assume_unique=True)
        return padded(ids, width=11)

    def duf(self, year: Numbers) -> pa.StringArray:
        """DUF numbers of people who applied in these years; an earlier year where a year has none left."""
        numbers = np.zeros(len(year), dtype=np.int64)
        for one in np.unique(year).tolist():
            here = np.flatnonzero(year == one)
            turn = self._serials[one] + np.arange(len(here))
            self._serials[one] += len(here)
            late, serial = np.divmod(turn, 1_000_000)
            numbers[here] = (one - 20 * late) * 1_000_000 + (serial * 7919 + 104_729) % 1_000_000
        remainder = _weighted(_digits(numbers, 10), _DUF) % 11
        return padded(numbers * 100 + remainder, width=12)


def padded(numbers: Numbers, *, width: int) -> pa.StringArray:
    """Whole numbers as text with leading zeros."""
    return cast(pa.StringArray, pc.utf8_lpad(pa.array(numbers, pa.int64()).cast(pa.string()), width, "0"))


def _with_check_digits(
    birth: NDArray[np.datetime64], *, series: Numbers, odd: NDArray[np.bool_], turn: Numbers
) -> tuple[Numbers, NDArray[np.bool_]]:
    months = birth.astype("datetime64[M]")
    year = birth.astype("datetime64[Y]").astype(np.int64) + 1970
    month = months.astype(np.int64) % 12 + 1
    day = (birth - months.astype("datetime64[D]")).astype(np.int64) + 1
    half = np.where(year >= 2000, 250 + turn, np.where(turn < 250, turn, turn + 200))
    individual = 2 * half + odd
    date = ((day + _DAY_ADDED[series]) * 100 + month + _MONTH_ADDED[series]) * 100 + year % 100
    nine = date * 1000 + individual
    first = -_weighted(_digits(nine, 9), _FIRST) % 11
    ten = nine * 10 + first
    second = -_weighted(_digits(ten, 10), _SECOND) % 11
    return ten * 10 + second, (first < 10) & (second < 10)


def _digits(numbers: Numbers, count: int) -> Numbers:
    powers = 10 ** np.arange(count - 1, -1, -1, dtype=np.int64)
    return numbers[:, None] // powers % 10


def _weighted(digits: Numbers, weights: tuple[int, ...]) -> Numbers:
    return digits @ np.array(weights, dtype=np.int64)
