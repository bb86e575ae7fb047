"""How a municipality stands to its goal, by example."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from introstat.steer import Goal, Standing, follow_up
from introstat.steer.followup import people_needed
from introstat.vocabulary.tables import Dimension, SafeCube, Status
from introstat.vocabulary.years import ReportingYear

ROWS = [
    # municipality, ended, to work or education, goal → standing, how many more
    ("0101", 40, 18, 55, Standing.NOT_REACHED, 4),
    ("0104", 40, 22, 55, Standing.REACHED, 0),
    ("0105", 0, 0, 55, Standing.NOBODY_ENDED, None),
    ("0106", 9, None, 55, Standing.NOT_PUBLISHED, None),
    ("0111", None, None, 55, Standing.NOT_PUBLISHED, None),
]


def results(rows: list[tuple[str, int | None, int | None]], status: str = ":") -> SafeCube:
    dimensions = (
        Dimension("Region", tuple(code for code, _, _ in rows)),
        Dimension("Kjonn", ("0",)),
        Dimension("ContentsCode", ("Avsluttet", "ArbeidUtdanning")),
        Dimension("Tid", ("2016",)),
    )
    values = np.array([[a, b] for _, a, b in rows], dtype=np.float64).reshape(len(rows), 1, 2, 1)
    return SafeCube("IP102", dimensions, values, np.where(np.isnan(values), status, ""))


@pytest.mark.parametrize(("code", "ended", "reached", "goal", "standing", "missing"), ROWS)
def test_the_distance_to_a_goal_is_told_in_people(
    code: str, ended: int | None, reached: int | None, goal: int, standing: Standing, missing: int | None
) -> None:
    own = Goal(code, ReportingYear(2016), goal, date(2016, 1, 15), "kommunedirektøren")
    (answer,) = follow_up(
        results([(code, ended, reached)]), municipalities=(code,), goals={code: own}, national_target=70
    )
    assert (answer.standing, answer.missing, answer.goal, answer.own_goal) == (standing, missing, goal, True)


def test_without_a_goal_of_its_own_the_national_target_counts() -> None:
    (answer,) = follow_up(results([("0101", 10, 5)]), municipalities=("0101",), goals={}, national_target=55)
    assert (answer.goal, answer.own_goal, answer.missing) == (55, False, 1)


def test_a_municipality_that_reported_nothing_is_not_one_with_nobody() -> None:
    table = results([("0101", None, None)], status=Status.NOT_AVAILABLE.value)
    (answer,) = follow_up(table, municipalities=("0101",), goals={}, national_target=55)
    assert answer.standing is Standing.NOT_REPORTED


@given(ended=st.integers(1, 5000), per_cent=st.integers(0, 100))
def test_people_needed_is_the_least_number_that_reaches_the_share(ended: int, per_cent: int) -> None:
    needed = people_needed(ended, per_cent)
    assert needed * 100 >= per_cent * ended
    assert needed == 0 or (needed - 1) * 100 < per_cent * ended


@pytest.mark.parametrize(("per_cent", "owner"), [(-1, "a"), (101, "a"), (50, " ")])
def test_a_goal_is_a_share_and_has_an_owner(per_cent: int, owner: str) -> None:
    with pytest.raises(ValueError, match="a goal"):
        Goal("0101", ReportingYear(2016), per_cent, date(2016, 1, 1), owner)
