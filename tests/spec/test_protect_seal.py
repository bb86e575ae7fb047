"""What a sealed year shows, hides and reports."""

from __future__ import annotations

from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.made_cubes import DEFINITIONS, cubes_of, people
from tests.made_tables import plausible_counts

from introstat.protect import seal
from introstat.protect.seal import seal_exits
from introstat.protect.tables import safe_tables
from introstat.vocabulary.errors import CannotProtect, NotFound
from introstat.vocabulary.tables import PROTECTED_GROUP, Cube, Cubes, Dimension, SafeCubes, Status

SMALL: Final = ("0101", "0104", "0105", "0106", "0402", "0403", "0412", "0415")
"""Four municipalities of Østfold and four of Hedmark."""


def small_counts() -> dict[str, NDArray[np.int64]]:
    return {
        "0101": people(men="9 7 6 5 5 6 5 5", women="8 6 5 6 5 5 6 7"),
        "0104": people(men="6 5 5 6 5 5 5 5", women="5 9 6 5 6 7 5 5"),
        "0105": people(men="1 0 0 1", women="0 1"),
        "0106": people(men="2 1 0 0 0 1", women="0 0 1 1 0 0 0 1"),
        "0402": people(men="7 9 6 5 7 5 6 5", women="6 7 5 5 5 8 5 5"),
        "0403": people(men="2 2 1 0 3 1", women="1 1 0 2 0 1 1 1"),
        "0412": people(men="1 1 0 0 0 0 2", women="0 1 0 1"),
        "0415": people(men="0 1 1", women="2 0 0 0 1"),
        PROTECTED_GROUP: people(men="5 3 1 2 1 1 2 1", women="2 2 1 0 1 1 0 1"),
    }


@pytest.fixture(scope="module")
def sealed() -> SafeCubes:
    return seal(cubes_of(small_counts(), only=SMALL), definitions=DEFINITIONS, policy="strict-5", seed=1)


def test_the_attack_is_carried_through_and_finds_nothing(sealed: SafeCubes) -> None:
    assert sealed.report.is_safe


def test_country_and_county_show_their_totals_and_the_country_its_sexes(sealed: SafeCubes) -> None:
    table = sealed.tables["IP102"]
    for content in table.dimension("ContentsCode").values:
        for region in ("0", "01", "04"):
            assert table.at(Region=region, Kjonn="0", ContentsCode=content, Tid="2016")[1] == Status.SHOWN
    for sex in ("1", "2"):
        assert table.at(Region="0", Kjonn=sex, ContentsCode="AndelArbeidUtdanning", Tid="2016")[1] == Status.SHOWN


def test_the_protected_group_cannot_be_split_by_sex(sealed: SafeCubes) -> None:
    table = sealed.tables["IP102"]
    for content in ("Avsluttet", "TilArbeid", "TilUtdanning", "ArbeidUtdanning", "AndreUtfall"):
        for sex in ("1", "2"):
            counties = [table.at(Region=code, Kjonn=sex, ContentsCode=content, Tid="2016")[1] for code in ("01", "04")]
            assert Status.HIDDEN in counties


def test_what_is_given_away_about_the_protected_group_is_declared_value_by_value(sealed: SafeCubes) -> None:
    assert {(given.sex, given.reason): given.value for given in sealed.report.declared} == {
        ("0", "0"): 24,
        ("0", "1"): 7,
        ("0", "2"): 5,
    }


def test_a_share_is_shown_only_where_both_its_counts_are(sealed: SafeCubes) -> None:
    table = sealed.tables["IP102"]
    regions, sexes = table.dimension("Region").values, table.dimension("Kjonn").values
    for region in regions:
        for sex in sexes:
            where = {"Region": region, "Kjonn": sex, "Tid": "2016"}
            counts = [table.at(**where, ContentsCode=code)[1] for code in ("Avsluttet", "ArbeidUtdanning")]
            share = table.at(**where, ContentsCode="AndelArbeidUtdanning")[1]
            assert (share == Status.HIDDEN) == (Status.HIDDEN in counts)


@pytest.mark.parametrize(("reached", "ended", "share"), [(1, 8, 13.0), (41, 80, 51.0), (23, 50, 46.0), (1, 3, 33.0)])
def test_a_share_is_in_whole_per_cent_with_a_half_rounded_up(reached: int, ended: int, share: float) -> None:
    cubes = cubes_of({"0101": people(men=f"{reached} 0 {ended - reached}")}, only=("0101",))
    tables = safe_tables(
        cubes, np.ones(cubes.exits.counts.shape, np.bool_), bands={}, pooled={}, definitions=DEFINITIONS
    )
    shown = tables["IP102"].at(Region="0101", Kjonn="0", ContentsCode="AndelArbeidUtdanning", Tid="2016")
    assert shown == (share, Status.SHOWN)


def test_the_two_tables_that_share_cells_hide_the_same(sealed: SafeCubes) -> None:
    by_reason, results = sealed.tables["IP101"], sealed.tables["IP102"]
    for content, reason in (("Avsluttet", "0"), ("TilArbeid", "1"), ("ArbeidUtdanning", "A"), ("AndreUtfall", "B")):
        for region in results.dimension("Region").values:
            for sex in ("0", "1", "2"):
                where = {"Region": region, "Kjonn": sex, "Tid": "2016"}
                assert results.at(**where, ContentsCode=content) == by_reason.at(
                    **where, Grunn=reason, ContentsCode="Avsluttet"
                )


def test_a_place_that_has_not_reported_is_not_among_the_hidden() -> None:
    counts = small_counts()
    del counts["0105"]
    cubes = cubes_of(counts, only=SMALL, not_reported=frozenset({"0105"}))
    safe = seal(cubes, definitions=DEFINITIONS, policy="strict-5")
    table = safe.tables["IP102"]
    shares = table.dimension("ContentsCode").values
    assert {table.at(Region="0105", Kjonn="0", ContentsCode=code, Tid="2016")[1] for code in shares} == {
        Status.NOT_AVAILABLE
    }


def test_a_share_of_nobody_is_not_applicable() -> None:
    counts = small_counts()
    del counts["0105"]
    safe = seal(cubes_of(counts, only=SMALL), definitions=DEFINITIONS, policy="strict-5")
    table = safe.tables["IP102"]
    assert table.at(Region="0105", Kjonn="0", ContentsCode="Avsluttet", Tid="2016") == (0.0, Status.SHOWN)
    share = table.at(Region="0105", Kjonn="0", ContentsCode="AndelArbeidUtdanning", Tid="2016")
    assert share == (None, Status.NOT_APPLICABLE)


def test_the_same_cubes_and_seed_give_the_same_pattern_in_any_order_of_regions() -> None:
    cubes = cubes_of(small_counts(), only=SMALL)
    regions, sexes, reasons = cubes.exits.dimensions
    order = np.random.default_rng(4).permutation(len(regions))
    turned = Cubes(
        year=cubes.year,
        exits=Cube(
            (Dimension("Region", tuple(regions.values[k] for k in order)), sexes, reasons), cubes.exits.counts[order]
        ),
        parents=cubes.parents,
        not_reported=cubes.not_reported,
        overlap=cubes.overlap,
        key_figures=cubes.key_figures,
        funnel=cubes.funnel,
    )
    one = seal(cubes, definitions=DEFINITIONS, policy="strict-5", seed=7).tables["IP101"]
    other = seal(turned, definitions=DEFINITIONS, policy="strict-5", seed=7).tables["IP101"]
    codes = one.dimension("Region").values
    at = [other.dimension("Region").position(code) for code in codes]
    assert np.array_equal(one.status, other.status[at])


def test_a_municipality_alone_in_its_county_cannot_hide_behind_a_county_that_is_always_shown() -> None:
    counts = {"0101": people(men="2 1 1"), "0402": people(men="20 20 20", women="20 20 20")}
    with pytest.raises(CannotProtect, match="always shown"):
        seal(cubes_of(counts, only=("0101", "0104", "0402")), definitions=DEFINITIONS, policy="strict-5")


def test_an_unknown_policy_is_not_found() -> None:
    with pytest.raises(NotFound, match="strict-5"):
        seal(cubes_of(small_counts(), only=SMALL), definitions=DEFINITIONS, policy="open-1")


@pytest.mark.slow
@pytest.mark.parametrize("policy", ["strict-5", "base-5"])
def test_a_register_of_full_size_is_sealed_safely_and_shows_nearly_all_the_policy_allows(policy: str) -> None:
    counts, silent = plausible_counts(7)
    cubes = cubes_of(counts, not_reported=silent)
    sealed = seal_exits(cubes, definitions=DEFINITIONS, policy=policy, seed=0)
    assert not sealed.protection.findings.weak
    exits, rule = sealed.exits, sealed.posed.primary.hidden
    places = (exits.depth == 2) & (exits.counts[:, 0, 0] > 0)
    allowed = int((~rule[places, 0, 0] & ~rule[places, 0, 1]).sum())
    shown = int((sealed.shown[places, 0, 0] & sealed.shown[places, 0, 1]).sum())
    assert shown >= 0.95 * allowed
