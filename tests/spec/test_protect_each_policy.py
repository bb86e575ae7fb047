"""What every policy would show of the same counts, in one report."""

from __future__ import annotations

import numpy as np
from tests.made_cubes import DEFINITIONS, cubes_of, people

from introstat.protect import beside_other_policies, seal
from introstat.vocabulary.tables import PROTECTED_GROUP, UnderPolicy

PLACES = ("0101", "0104", "0105", "0106", "0111")
COUNTS = {
    "0101": people(men="9 8 7 6 9 5 5 5", women="6 5 8 7 6 5 6 7"),
    "0104": people(men="2 1 3 1", women="1 1 1 2"),
    "0105": people(men="1 0 2 1", women="2 1 0 1"),
    "0106": people(men="3 1 1 1", women="1 2 2 1"),
    "0111": people(men="1 1 1", women="1 0 1"),
    PROTECTED_GROUP: people(men="5 3 1 2 1 1 2 1", women="2 2 1 0 1 1 0 1"),
}


def test_the_report_compares_all_policies_and_changes_no_table() -> None:
    cubes = cubes_of(COUNTS, only=PLACES)
    alone = seal(cubes, definitions=DEFINITIONS, policy="strict-5")
    compared = beside_other_policies(alone, cubes, definitions=DEFINITIONS)
    assert compared.tables is alone.tables
    assert [one.policy for one in compared.report.by_policy] == list(DEFINITIONS.policies)
    for one in compared.report.by_policy:
        other = seal(cubes, definitions=DEFINITIONS, policy=one.policy).report
        assert one == UnderPolicy(
            one.policy, other.places_number, other.places_result, other.places_band, other.hidden_cells, other.is_safe
        )
    assert len({one.hidden for one in compared.report.by_policy}) > 1


def test_a_policy_that_cannot_be_kept_says_so() -> None:
    safe = seal(cubes_of(COUNTS, only=PLACES), definitions=DEFINITIONS, policy="strict-5")
    nobody = {place: np.zeros((2, 8), np.int64) for place in PLACES[1:]}
    one_place = {**COUNTS, **nobody, "0101": people(men="3 3", women="2")}
    cubes_with_nobody = cubes_of(one_place, only=PLACES)
    report = beside_other_policies(safe, cubes_with_nobody, definitions=DEFINITIONS).report
    refused = [one for one in report.by_policy if one.problem]
    assert [one.policy for one in refused] == [key for key in DEFINITIONS.policies if key != "strict-5"]
    assert not any(one.is_safe for one in refused)
