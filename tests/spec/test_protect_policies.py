"""What each policy hides by itself, place by place."""

from __future__ import annotations

import numpy as np
import pytest
from tests.made_cubes import DEFINITIONS, cubes_of, people

from introstat.protect.base import exits_of
from introstat.protect.primary import classify
from introstat.vocabulary.tables import REASONS

HALDEN = "0101"


def hidden_of(policy: str, men: str, women: str = "") -> set[str]:
    """The cells of a place that the policy hides: `0 A` is both sexes' result, `2 1` the women who went to work."""
    exits = exits_of(cubes_of({HALDEN: people(men=men, women=women)}, only=(HALDEN,)))
    primary = classify(exits.counts, policy=DEFINITIONS.policy(policy), hidden_group=exits.hidden_group)
    place = primary.hidden[exits.regions.index(HALDEN)]
    return {f"{sex} {REASONS[reason]}" for sex, reason in np.argwhere(place)}


EVERY_CELL = {f"{sex} {reason}" for sex in range(3) for reason in REASONS}


@pytest.mark.parametrize("policy", ["strict-5", "strict-3", "base-5"])
def test_a_place_where_nobody_ended_is_shown_with_its_zeros(policy: str) -> None:
    assert hidden_of(policy, men="") == set()


@pytest.mark.parametrize(("policy", "ended", "shown"), [("strict-5", 4, False), ("strict-5", 5, True),
                                                         ("strict-3", 2, False), ("strict-3", 3, True),
                                                         ("base-5", 4, False)])  # fmt: skip
def test_the_number_ended_is_shown_from_the_policys_limit(policy: str, ended: int, *, shown: bool) -> None:
    assert ("0 0" not in hidden_of(policy, men=f"1 0 {ended - 1}")) == shown


@pytest.mark.parametrize(
    ("policy", "reached", "rest", "number", "result"),
    [
        ("strict-5", 5, 5, True, True),
        ("strict-5", 4, 9, True, False),
        ("strict-5", 9, 4, True, False),
        ("strict-5", 0, 9, True, False),
        ("strict-5", 9, 0, True, False),
        ("strict-3", 3, 3, True, True),
        ("strict-3", 2, 9, True, False),
        ("strict-3", 9, 0, True, False),
        ("base-5", 1, 4, True, True),
        ("base-5", 4, 1, True, True),
        ("base-5", 0, 9, False, False),
        ("base-5", 9, 0, False, False),
        ("base-5", 2, 2, False, False),
    ],
)
def test_the_result_is_hidden_when_a_part_is_small_nobody_or_everybody(
    policy: str, reached: int, rest: int, *, number: bool, result: bool
) -> None:
    hidden = hidden_of(policy, men=f"{reached} 0 {rest}")
    assert ("0 0" not in hidden) == number
    assert ("0 A" not in hidden) == result
    assert ("0 B" not in hidden) == result


def test_where_the_result_is_hidden_every_finer_cell_is_hidden_zeros_included() -> None:
    assert hidden_of("strict-5", men="4 0 9 0 9", women="0 0 8") == EVERY_CELL - {"0 0"}
    assert hidden_of("strict-5", men="1 0 1") == EVERY_CELL


def test_work_and_education_are_shown_both_or_neither() -> None:
    hidden = hidden_of("strict-5", men="9 3 9")
    assert {"0 1", "0 2"} <= hidden
    assert "0 A" not in hidden


def test_the_sexes_are_shown_both_or_neither() -> None:
    hidden = hidden_of("strict-5", men="20 20 20", women="1 1 1")
    assert {"1 0", "2 0", "1 A", "2 A", "1 1"} <= hidden
    assert not {"0 0", "0 A", "0 1"} & hidden


def test_the_result_of_the_women_follows_the_same_rule_as_that_of_the_place() -> None:
    hidden = hidden_of("strict-5", men="20 20 20", women="0 0 9")
    assert not {"1 0", "2 0"} & hidden
    assert {"1 A", "2 A", "1 B", "2 B"} <= hidden


def test_a_single_small_reason_is_hidden_and_a_zero_is_not() -> None:
    hidden = hidden_of("strict-5", men="9 9 9 2 0 7")
    assert "0 4" in hidden
    assert not {"0 3", "0 5", "0 6"} & hidden


def test_a_sex_without_anybody_is_shown_with_its_zeros() -> None:
    hidden = hidden_of("strict-5", men="9 3 9")
    assert not {cell for cell in hidden if cell.startswith("2 ")}
    assert {"1 1", "1 2"} <= hidden
