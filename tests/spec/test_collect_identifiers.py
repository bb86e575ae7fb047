"""What a number says by itself: national ids, D-numbers, synthetic ids and DUF numbers."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from introstat.vocabulary.identifiers import read_duf_numbers, read_national_ids

MONTHS = {"real": 0, "other register": 40, "tenor 65": 65, "tenor 80": 80}


def slow_check_digits(nine: str, *, remainder: int = 0) -> str | None:
    """The check digits by the book, one number at a time; None where there are none."""
    digits = [int(character) for character in nine]
    first = (remainder - sum(w * d for w, d in zip((3, 7, 6, 1, 8, 9, 4, 5, 2), digits, strict=True))) % 11
    if first == 10:
        return None
    digits.append(first)
    second = -sum(w * d for w, d in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2), digits, strict=True)) % 11
    return None if second == 10 else f"{first}{second}"


def number(born: date, *, individual: int, month: int = 0, day: int = 0, remainder: int = 0) -> str | None:
    nine = f"{born.day + day:02}{born.month + month:02}{born.year % 100:02}{individual:03}"
    digits = slow_check_digits(nine, remainder=remainder)
    return None if digits is None else nine + digits


DAYS = st.dates(date(1940, 1, 1), date(2039, 12, 31))


@given(born=DAYS, individual=st.integers(0, 499), month=st.sampled_from(list(MONTHS)), d_number=st.booleans())
def test_a_number_with_the_right_check_digits_is_right_whatever_register_it_comes_from(
    born: date, individual: int, month: str, d_number: bool
) -> None:
    written = number(
        born,
        individual=individual + (500 if born.year >= 2000 else 0),
        month=MONTHS[month],
        day=40 if d_number else 0,
    )
    if written is None:
        return
    read = read_national_ids([written])
    assert read.checked[0]
    assert read.birth_date[0].item() == born
    assert bool(read.d_number[0]) is d_number
    assert bool(read.tenor[0]) is month.startswith("tenor")
    assert bool(read.synthetic[0]) is (month != "real")


@given(born=DAYS, individual=st.integers(0, 499), place=st.integers(0, 10), step=st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(born: date, individual: int, place: int, step: int) -> None:
    written = number(born, individual=individual + (500 if born.year >= 2000 else 0))
    if written is None:
        return
    wrong = written[:place] + str((int(written[place]) + step) % 10) + written[place + 1 :]
    assert not read_national_ids([wrong]).checked[0]


@given(text=st.lists(st.one_of(st.none(), st.text(max_size=14), st.from_regex(r"\d{9,13}", fullmatch=True))))
def test_any_text_gets_an_answer(text: list[str | None]) -> None:
    ids, dufs = read_national_ids(text), read_duf_numbers(text)
    for given_text, eleven, dated, checked in zip(text, ids.eleven_digits, ids.dated, ids.checked, strict=True):
        assert bool(eleven) is (
            given_text is not None and len(given_text) == 11 and given_text.isascii() and given_text.isdigit()
        )
        assert eleven or not dated
        assert dated or not checked
    assert len(dufs.twelve_digits) == len(text)


def test_a_column_is_read_as_a_whole_and_in_order() -> None:
    right = number(date(1990, 5, 17), individual=123, month=80)
    assert right is not None
    column = [None, right, "", right[:10], "x" * 11, right]
    assert read_national_ids(column).checked.tolist() == [False, True, False, False, False, True]


@pytest.mark.parametrize(
    ("digits", "dated"),
    [
        ("31019012345", True),
        ("32019012345", False),
        ("71019012345", True),
        ("72019012345", False),
        ("31849012345", False),
        ("30849012345", True),
        ("01139012345", False),
        ("01789012345", False),
        ("29029012345", False),
        ("29029212345", True),
        ("00019012345", False),
        ("01009012345", False),
    ],
)
def test_a_number_must_begin_with_a_day_that_exists(digits: str, dated: bool) -> None:
    assert bool(read_national_ids([digits]).dated[0]) is dated


def test_from_2032_the_first_check_sum_may_leave_up_to_three() -> None:
    born = date(2031, 3, 9)
    found = 0
    for individual in range(500, 540):
        for remainder in (1, 2, 3, 4):
            written = number(born, individual=individual, remainder=remainder)
            if written is None:
                continue
            found += 1
            assert not read_national_ids([written]).checked[0]
            later = read_national_ids([written], first_remainders=(0, 1, 2, 3)).checked[0]
            assert bool(later) is (remainder <= 3)
    assert found > 100


def test_every_day_of_a_leap_year_can_be_a_birth_date() -> None:
    days = [date(1992, 1, 1) + timedelta(days=step) for step in range(366)]
    column = [f"{day.day:02}{day.month + 80:02}92000{0:02}" for day in days]
    assert read_national_ids(column).birth_date.tolist() == days


@pytest.mark.parametrize(
    ("written", "right"),
    [("200205705502", True), ("200900595509", True), ("200205705503", False), ("200205705602", False)],
)
def test_duf_numbers_agree_with_publicly_known_examples(written: str, right: bool) -> None:
    read = read_duf_numbers([written])
    assert bool(read.checked[0]) is right
    assert read.year[0] == int(written[:4])


def test_what_is_not_a_duf_number_has_no_year() -> None:
    read = read_duf_numbers([None, "", "20020570550", "2002057055o2"])
    assert not read.twelve_digits.any()
    assert np.array_equal(read.year, np.zeros(4, dtype=np.int16))
