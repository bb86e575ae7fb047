"""What a person's number says by itself: its shape, its date, its check digits, and whether it is synthetic.

A national id (*fødselsnummer*, 11 digits) is DDMMYY, three individual digits and two check digits. A D-number adds 40 to
the day. Synthetic ids add to the month: 80 or 65 in the tax administration's Tenor, 40 elsewhere. `01819012345` is thus
a synthetic person born on 1 January 1990. The individual digits tell the century: 000–499 is 19xx, 500–999 is 20xx up to
39, and 900–999 with 40 or more is 19xx.

Check digits: with the weights below, and 1 for the check digit itself, the sum leaves no remainder by 11. From
2032 the first sum may leave 0, 1, 2 or 3 (Skatteetaten, the new national id); which rule is in force is for the caller to
say. A sex is never read from a number.

A DUF number (12 digits) is a year, six running digits and two check digits: the remainder by 11 of the weighted year and
running digits, written with two digits. The method is not officially published; it agrees with publicly known examples.
So a failed check is a reason to ask, not to refuse.

Whole columns are read at a time; None and texts that are not numbers answer False.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_FIRST: Final = np.array([3, 7, 6, 1, 8, 9, 4, 5, 2, 1], dtype=np.int16)
_SECOND: Final = np.array([5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1], dtype=np.int16)
_DUF: Final = np.array([4, 6, 3, 2, 4, 6, 3, 2, 7, 5], dtype=np.int16)
_DAYS: Final = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int16)

STRICT_REMAINDERS: Final = (0,)
"""What the first check sum may leave until 2032."""


@dataclass(frozen=True, slots=True, eq=False)
class NationalIds:
    """What each value of a column says as a national id. All arrays have the length of the column.

    `eleven_digits`, `dated` (day and month exist) and `checked` (both check digits agree) each imply the one before;
    a number is right when it is `checked`. `tenor` and `synthetic` (Tenor or another test register) and `d_number` are
    False where the number is not dated. `birth_date` is `datetime64[D]`, NaT where the number does not give one.
    """

    eleven_digits: NDArray[np.bool_]
    dated: NDArray[np.bool_]
    checked: NDArray[np.bool_]
    d_number: NDArray[np.bool_]
    tenor: NDArray[np.bool_]
    synthetic: NDArray[np.bool_]
    birth_date: NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, eq=False)
class DufNumbers:
    """What each value of a column says as a DUF number. `year` is 0 where there are not twelve digits."""

    twelve_digits: NDArray[np.bool_]
    checked: NDArray[np.bool_]
    year: NDArray[np.int16]


def read_national_ids(
    values: Sequence[str | None], *, first_remainders: tuple[int, ...] = STRICT_REMAINDERS
) -> NationalIds:
    """Read a column of text. `first_remainders` is what the first check sum may leave by the rule in force."""
    present, digits = _digits(values, width=11)
    day = digits[:, 0] * 10 + digits[:, 1]
    month = digits[:, 2] * 10 + digits[:, 3]
    short_year = digits[:, 4] * 10 + digits[:, 5]
    individual = digits[:, 6] * 100 + digits[:, 7] * 10 + digits[:, 8]
    d_number = (day > 40) & (day <= 71)
    day = np.where(d_number, day - 40, day)
    tenor = ((month > 65) & (month <= 77)) | ((month > 80) & (month <= 92))
    other = (month > 40) & (month <= 52)
    month = np.select([month > 80, month > 65, month > 40], [month - 80, month - 65, month - 40], month)
    dated = (month >= 1) & (month <= 12) & (day >= 1)
    dated &= day <= _DAYS[np.where(dated, month, 0)]
    dated &= ~((month == 2) & (day == 29) & (short_year % 4 != 0))
    checked = dated & np.isin(digits[:, :10] @ _FIRST % 11, first_remainders) & (digits @ _SECOND % 11 == 0)
    return NationalIds(
        eleven_digits=present,
        dated=_spread(present, dated),
        checked=_spread(present, checked),
        d_number=_spread(present, d_number & dated),
        tenor=_spread(present, tenor & dated),
        synthetic=_spread(present, (tenor | other) & dated),
        birth_date=_birth_dates(present, dated, day=day, month=month, short_year=short_year, individual=individual),
    )


def read_duf_numbers(values: Sequence[str | None]) -> DufNumbers:
    """Read a column of text."""
    present, digits = _digits(values, width=12)
    checked = digits[:, :10] @ _DUF % 11 == digits[:, 10] * 10 + digits[:, 11]
    year = np.zeros(len(present), dtype=np.int16)
    year[present] = digits[:, :4] @ np.array([1000, 100, 10, 1], dtype=np.int16)
    return DufNumbers(twelve_digits=present, checked=_spread(present, checked), year=year)


def _digits(values: Sequence[str | None], *, width: int) -> tuple[NDArray[np.bool_], NDArray[np.int16]]:
    """Which values are exactly `width` digits, and those digits, a row per such value."""
    are_digits = [value is not None and len(value) == width and value.isascii() and value.isdigit() for value in values]
    characters = "".join(value for value, chosen in zip(values, are_digits, strict=True) if chosen and value)
    digits = np.frombuffer(characters.encode("ascii"), dtype=np.uint8).reshape(-1, width) - np.uint8(ord("0"))
    return np.array(are_digits, dtype=np.bool_), digits.astype(np.int16)


def _spread(present: NDArray[np.bool_], answers: NDArray[np.bool_]) -> NDArray[np.bool_]:
    whole = np.zeros(len(present), dtype=np.bool_)
    whole[present] = answers
    return whole


def _birth_dates(
    present: NDArray[np.bool_],
    dated: NDArray[np.bool_],
    *,
    day: NDArray[np.int16],
    month: NDArray[np.int16],
    short_year: NDArray[np.int16],
    individual: NDArray[np.int16],
) -> NDArray[np.datetime64]:
    century = np.select(
        [individual < 500, short_year < 40, individual >= 900, (individual < 750) & (short_year >= 54)],
        [1900, 2000, 1900, 1800],
        0,
    )
    known = dated & (century > 0)
    months = (century + short_year - 1970) * 12 + np.where(known, month, 1) - 1
    dates = months.astype("datetime64[M]").astype("datetime64[D]") + (np.where(known, day, 1) - 1)
    # 29 February of a year that has none (1900) falls outside its month.
    known &= dates.astype("datetime64[M]") == months.astype("datetime64[M]")
    whole = np.full(len(present), np.datetime64("NaT", "D"))
    whole[present] = np.where(known, dates, np.datetime64("NaT", "D"))
    return whole
