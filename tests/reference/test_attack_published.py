"""What two tables that were published give away: a hidden cell of 2009, and the protected group of 2016."""

from __future__ import annotations

from pathlib import Path

import pytest

from introstat.protect.any_table.published import read_published
from introstat.protect.any_table.recovery import Answer, attack_published
from introstat.protect.any_table.specification import read_specification
from introstat.vocabulary.errors import Misused

EXAMPLES = Path(__file__).parent.parent.parent / "docs" / "examples"
MEASURES = (EXAMPLES / "measures-2009.toml").read_text("utf-8")
RESULTS = (EXAMPLES / "results-2016.toml").read_text("utf-8")
GROUP = '[[hidden_group]]\nfylke = "adressebeskyttelse"\n'


def attack(path: Path, specification: str) -> Answer:
    told = read_specification(specification)
    return attack_published(read_published(path.read_bytes(), told, source=path.name), told)


def test_the_hidden_cell_of_2009_is_the_country_less_the_other_counties(reference: Path) -> None:
    answer = attack(reference / "reference" / "measures-2009-by-county-ssb.csv", MEASURES)
    assert answer.settled
    assert answer.hidden == 15
    (found,) = answer.exact
    assert dict(found.cell) == {"fylke": "Oslo", "measure": "arbeid_privat"}
    assert (found.value, found.because) == (3, "Hele landet − all other rows = 512 − 509")


def test_the_table_of_2016_gives_away_36_12_and_9_of_the_protected_group(reference: Path) -> None:
    path = reference / "reference" / "results-2016-by-county.csv"
    for specification in (RESULTS, RESULTS[: RESULTS.index("[[share]]")]):
        answer = attack(path, specification)
        assert answer.settled
        assert [one.value for one in answer.exact] == [36, 12, 9]
        assert {one.cell["fylke"] for one in answer.exact} == {"adressebeskyttelse"}
        assert answer.exact[0].because == "Hele Norge − all other rows = 4469 − 4433"


def test_what_is_declared_of_the_protected_group_is_no_finding(reference: Path) -> None:
    path = reference / "reference" / "results-2016-by-county.csv"
    answer = attack(path, RESULTS.replace(GROUP, GROUP + "declared = true\n"))
    assert [one.value for one in answer.declared] == [36, 12, 9]
    assert answer.is_safe


def test_without_the_protected_group_the_table_does_not_add_up(reference: Path) -> None:
    path = reference / "reference" / "results-2016-by-county.csv"
    told = RESULTS.replace(GROUP, "")
    with pytest.raises(
        Misused, match=r"Hele Norge.* is 4469, and its parts are 4433 together: the table does not add up"
    ):
        attack(path, told)
