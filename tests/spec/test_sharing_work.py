"""Two processes share work that has no order, and the answers are those of one."""

from __future__ import annotations

import os

import pytest
from tests.processes import children

from introstat.cli.sharing import shared

TWO_CORES = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core has nobody to share with")


def test_the_answers_stand_in_the_order_of_the_items() -> None:
    assert list(shared(lambda number: number * number, range(100))) == [number * number for number in range(100)]


@pytest.mark.parametrize("items", [[], ["alone"], [*"more than a byte can count" * 20]])
def test_any_number_of_items_is_answered(items: list[str]) -> None:
    assert list(shared(str.upper, items)) == [item.upper() for item in items]


@TWO_CORES
def test_answers_that_are_larger_than_a_pipe_come_whole() -> None:
    assert [len(answer) for answer in shared(lambda size: bytes(size), [3_000_000] * 6)] == [3_000_000] * 6


@TWO_CORES
def test_what_the_other_process_cannot_do_is_done_here() -> None:
    here = os.getpid()

    def work(number: int) -> int:
        if os.getpid() != here:
            raise RuntimeError
        return -number

    assert list(shared(work, range(50))) == [-number for number in range(50)]


def test_what_fails_here_is_told_and_leaves_no_process_behind() -> None:
    before = children()
    with pytest.raises(ZeroDivisionError):
        list(shared(lambda number: 1 // number, [0] * 20))
    assert children() == before
