"""The invented deliveries of 2014 add up to the national figures that were published, and claim no others.

2014: 3 229 ended, 1 408 of them to work or education, 43.6 per cent; 34.0 of the women and 52.2 of the men. Of 2015 no
figure is known here, so its deliveries claim none.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.reference.test_published_2016 import Exit, exits

from introstat.definitions.catalogue import definitions_for
from introstat.synthetic import Summary, write

Invented = tuple[Path, Summary, list[Exit]]


def invent(year: int, folder: Path) -> Invented:
    summary = write(year, seed=0, persons=None, out=folder, definitions=definitions_for(year))
    return folder, summary, [one for path in sorted(folder.iterdir()) for one in exits(path, year=year)]


@pytest.fixture(scope="module")
def year_2014(tmp_path_factory: pytest.TempPathFactory) -> Invented:
    return invent(2014, tmp_path_factory.mktemp("2014"))


@pytest.fixture(scope="module")
def year_2015(tmp_path_factory: pytest.TempPathFactory) -> Invented:
    return invent(2015, tmp_path_factory.mktemp("2015"))


def per_cent(people: list[Exit]) -> float:
    return round(100 * sum(one.reached for one in people) / len(people), 1)


def test_the_country_and_the_sexes_have_their_published_numbers_of_2014(year_2014: Invented) -> None:
    people = year_2014[2]
    assert (len(people), sum(one.reached for one in people), per_cent(people)) == (3229, 1408, 43.6)
    assert per_cent([one for one in people if one.sex == "K"]) == 34.0
    assert per_cent([one for one in people if one.sex == "M"]) == 52.2
    assert year_2014[1].ended == 3229


def test_only_the_national_figures_of_2014_are_told_as_published(year_2014: Invented) -> None:
    document = json.loads((year_2014[0] / "published.json").read_text("utf-8"))
    assert [(one["cell"]["ContentsCode"], one["value"]) for one in document["totals"]] == [
        ("Avsluttet", 3229),
        ("ArbeidUtdanning", 1408),
    ]
    assert {one["cell"]["Region"] for one in document["totals"]} == {"0"}


def test_2015_lies_between_its_neighbours_and_claims_no_published_figure(year_2015: Invented) -> None:
    folder, summary, people = year_2015
    assert 3229 < len(people) < 4469
    assert 43.6 < per_cent(people) < 45.8
    assert summary.ended == len(people)
    assert json.loads((folder / "published.json").read_text("utf-8"))["totals"] == []
