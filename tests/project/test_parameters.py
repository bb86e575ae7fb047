"""The numbers that are dated decisions: targets, limits, deadlines and protection policies."""

from __future__ import annotations

import dataclasses
import tomllib
from datetime import date
from importlib import resources
from typing import Any

import pytest

from introstat.definitions.catalogue import definitions_for
from introstat.definitions.dated import Dated, Series
from introstat.definitions.parameters import Parameters, read_parameters
from introstat.definitions.reading import BadDefinition, Table
from introstat.definitions.tables import Role
from introstat.vocabulary.errors import NotFound

DEFINITIONS = definitions_for(2016)
ON = DEFINITIONS.year.last_day


def toml(name: str) -> dict[str, Any]:
    file = resources.files("introstat.definitions").joinpath(name)
    return tomllib.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("day", "directly", "one_year_after"),
    [
        (date(2006, 12, 31), None, None),
        (date(2007, 1, 1), 60, None),
        (date(2012, 12, 31), 60, 70),
        (date(2013, 1, 1), 55, 70),
        (ON, 55, 70),
    ],
)
def test_national_targets_follow_the_day(day: date, directly: int | None, one_year_after: int | None) -> None:
    parameters = DEFINITIONS.parameters(day)
    assert (parameters.target_directly, parameters.target_one_year_after) == (directly, one_year_after)


def test_programme_limits_follow_the_act() -> None:
    old = DEFINITIONS.parameters(ON)
    assert (old.programme_age_lowest, old.programme_age_highest) == (18, 55)
    assert old.length_under("integreringsloven") is None
    introduction = old.length_under("introduksjonsloven")
    integration = DEFINITIONS.parameters(date(2021, 1, 1)).length_under("integreringsloven")
    assert introduction is not None
    assert integration is not None
    assert (introduction.ordinary, introduction.longest) == (24, 36)
    assert (integration.shortest, integration.longest) == (3, 48)


def test_the_cutoff_falls_in_the_year_after() -> None:
    assert DEFINITIONS.parameters(ON).cutoff.after(DEFINITIONS.year) == date(2017, 1, 15)
    late = DEFINITIONS.parameters(date(2019, 12, 31)).cutoff
    assert late.after(dataclasses.replace(DEFINITIONS.year, value=2019)) == date(2020, 2, 29)
    assert late.after(dataclasses.replace(DEFINITIONS.year, value=2020)) == date(2021, 2, 28)


def test_every_parameter_has_a_value_for_every_year_of_the_programme() -> None:
    for year in range(2003, 2031):
        assert isinstance(DEFINITIONS.parameters(date(year, 1, 1)), Parameters)
    with pytest.raises(LookupError):
        DEFINITIONS.parameters(date(2002, 12, 31))


def test_a_parameter_that_is_missing_or_that_nobody_reads_is_refused() -> None:
    with pytest.raises(BadDefinition, match="missing or unknown"):
        read_parameters(Table(toml("parameters/targets.toml"), "targets.toml"))


def test_dated_values_stand_oldest_first() -> None:
    first, second = (Dated(date(year, 1, 1), year, "a", "b") for year in (2003, 2004))
    assert Series((first, second)).at(date(2003, 12, 31)) == 2003
    for wrong in ((), (second, first), (first, first)):
        with pytest.raises(ValueError, match="oldest first"):
            Series(wrong)


def test_the_default_policy_needs_no_decision_and_the_others_do() -> None:
    default = DEFINITIONS.parameters(ON).protection_default
    assert default == "strict-5"
    assert {key: policy.needs_decision for key, policy in DEFINITIONS.policies.items()} == {
        "strict-5": False,
        "strict-3": True,
        "base-5": True,
    }
    with pytest.raises(NotFound, match="strict-5"):
        DEFINITIONS.policy("open")


@pytest.mark.parametrize(
    ("reached", "rest", "strict_5", "strict_3", "base_5"),
    [
        (0, 0, False, False, False),
        (0, 3, True, True, True),
        (2, 2, True, True, True),
        (3, 1, True, True, True),
        (3, 3, True, False, False),
        (4, 1, True, True, False),
        (4, 8, True, False, False),
        (5, 5, False, False, False),
        (0, 40, True, True, True),
        (40, 0, True, True, True),
    ],
)
def test_a_result_is_hidden_by_each_policy(
    reached: int, rest: int, strict_5: bool, strict_3: bool, base_5: bool
) -> None:
    hidden = [
        DEFINITIONS.policy(name).result_is_sensitive(reached=reached, rest=rest)
        for name in ("strict-5", "strict-3", "base-5")
    ]
    assert hidden == [strict_5, strict_3, base_5]


def test_counts_below_the_threshold_are_hidden_and_zero_is_not() -> None:
    for name, threshold in (("strict-5", 5), ("strict-3", 3), ("base-5", 5)):
        policy = DEFINITIONS.policy(name)
        for count in range(12):
            expected = 0 < count < threshold
            assert policy.number_is_sensitive(count) is expected
            assert policy.finer_is_sensitive(count) is expected


def test_what_is_always_shown_and_declared_exists_in_the_tables() -> None:
    parameters = DEFINITIONS.parameters(ON)
    for shown in parameters.always_shown:
        table = DEFINITIONS.tables[shown.table]
        assert set(shown.levels) <= set(table.levels)
        assert {table.content(code).code for code in shown.contents} == set(shown.contents)
        sexes = table.variable(Role.SEX)
        assert set(shown.sexes) <= set(sexes.codes if sexes else ())
    for cell in parameters.declared_of_protected:
        assert cell.sex in DEFINITIONS.tables.variables["Kjonn"].codes
        assert cell.reason in DEFINITIONS.reasons.order
