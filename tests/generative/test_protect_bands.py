"""Whatever counts anyone could draw: a band holds the truth, is as fine as its number ended allows, and gives nobody away."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.generative.test_protect_editions import closed, drawn, first_edition, solver
from tests.made_cubes import DEFINITIONS, cubes_of

from introstat.protect.bands import NONE, Band, band_for, bands_in, bands_of, division
from introstat.vocabulary.tables import Status

POLICY = DEFINITIONS.policy("strict-5")
ENDED = st.integers(1, 400)


@given(ended=ENDED, data=st.data())
def test_every_share_lies_in_exactly_one_band_of_a_division(ended: int, data: st.DataObject) -> None:
    edges = data.draw(st.sampled_from(POLICY.band_edges))
    reached = data.draw(st.integers(0, ended))
    share = Fraction(100 * reached, ended)
    holding = [band for band in bands_of(edges) if band.holds(reached, ended)]
    assert holding == [band_for(reached, ended, edges)]
    assert holding[0].low <= share <= holding[0].high
    assert share < holding[0].high or holding[0].high == 100


@given(ended=ENDED)
def test_the_division_follows_from_the_number_ended_and_every_band_of_it_holds_enough(ended: int) -> None:
    def fewest(edges: tuple[int, ...]) -> int:
        return min(sum(band.holds(reached, ended) for reached in range(ended + 1)) for band in bands_of(edges))

    enough = [number for number, edges in enumerate(POLICY.band_edges) if fewest(edges) >= POLICY.band_values]
    assert division(ended, POLICY) == max(enough, default=NONE)


def test_every_division_can_be_reached() -> None:
    reached = {division(ended, POLICY) for ended in range(1, 401)}
    assert reached == {NONE, *range(len(POLICY.band_edges))}


def test_a_band_goes_up() -> None:
    for low, high in ((55, 55), (60, 55), (-5, 10), (90, 101)):
        with pytest.raises(ValueError, match="a band goes up"):
            Band(low, high)


@pytest.mark.parametrize("seed", range(10))
def test_bands_stand_where_a_result_is_hidden_and_nothing_follows_from_them(seed: int) -> None:
    counts, safe = drawn(seed), first_edition(seed)
    assert safe.report.is_safe
    bands, cubes = bands_in(safe.tables["IP104"]), cubes_of(counts, only=tuple(c for c in counts if len(c) == 4))
    for region, band in bands.items():
        ended, reached = cubes.exits.at(region, "0", "0"), cubes.exits.at(region, "0", "A")
        assert band.holds(reached, ended)
        codes = {"Region": region, "Kjonn": "0", "Tid": "2016"}
        assert safe.tables["IP102"].at(ContentsCode="Avsluttet", **codes) == (ended, Status.SHOWN)
        assert safe.tables["IP102"].at(ContentsCode="AndelArbeidUtdanning", **codes) == (None, Status.HIDDEN)
    assert not closed(solver((counts, safe)), of=40, seed=seed)


def test_some_of_these_registers_have_bands_of_several_widths() -> None:
    widths = {
        band.high - band.low for seed in range(10) for band in bands_in(first_edition(seed).tables["IP104"]).values()
    }
    assert len(widths) > 1
