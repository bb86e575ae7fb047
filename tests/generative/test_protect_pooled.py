"""Whatever registers of several years anyone could draw: results of years together add up, and give nothing of any year away."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest
from scipy.sparse import csr_array
from tests.generative.test_protect_editions import PLACES, Counts, closed, corrected, drawn, solver
from tests.made_cubes import cubes_of

from introstat.definitions.catalogue import definitions_for
from introstat.protect import Earlier, seal
from introstat.protect.joint import LEAVES, Issue, Joint, pooled_in
from introstat.protect.pooled import is_same_place
from introstat.vocabulary.editions import EditionNumber
from introstat.vocabulary.errors import CannotProtect
from introstat.vocabulary.places import Change
from introstat.vocabulary.tables import Cubes, SafeCubes, Status
from introstat.vocabulary.years import ReportingYear


def in_year(counts: Counts, year: int) -> Cubes:
    return replace(cubes_of(counts, only=PLACES), year=ReportingYear(year))


def smaller(seed: int) -> Counts:
    """A register in which most places are small every year."""
    random = np.random.default_rng(seed)
    counts = dict(drawn(seed))
    for place in PLACES[1:]:
        counts[place] = random.poisson(random.gamma(1.2, 0.5), size=(2, 8)).astype(np.int64)
    return counts


def protected(year: int, *, seed: int, past: tuple[Earlier, ...]) -> tuple[Counts, SafeCubes]:
    """A small register that can be protected with what is always shown: not every one so small can."""
    for attempt in range(20):
        counts = smaller(1000 * seed + 10 * attempt + year)
        cubes = in_year(counts, year)
        with suppress(CannotProtect):
            safe = seal(cubes, definitions=definitions_for(year), policy="strict-5", seed=seed, past=past)
            return counts, safe
    raise AssertionError("no register could be protected")


@cache
def issued(seed: int, years: tuple[int, ...]) -> tuple[tuple[Counts, SafeCubes], ...]:
    """The editions of these years, each made with those before it."""
    done: list[tuple[Counts, SafeCubes]] = []
    past: list[Earlier] = []
    for year in years:
        counts, safe = protected(year, seed=seed, past=tuple(past))
        done.append((counts, safe))
        past.append(as_earlier(year, counts, safe))
    return tuple(done)


def as_earlier(year: int, counts: Counts, safe: SafeCubes) -> Earlier:
    told = (safe.tables["IP101"], safe.tables["IP104"], safe.tables["IP105"])
    return Earlier(EditionNumber(year, 1), in_year(counts, year), *told)


@pytest.mark.parametrize("seed", range(6))
def test_pooled_results_are_the_sums_of_years_whose_own_result_is_not_shown(seed: int) -> None:
    editions = issued(seed, (2014, 2015, 2016))
    by_year = {safe.year.value: counts for counts, safe in editions}
    for _, safe in editions:
        year = safe.year.value
        for place, pooled in pooled_in(safe.tables["IP105"]).items():
            run = [by_year[one][place] for one in range(pooled.first, year + 1)]
            assert len(run) >= 2
            assert pooled.ended == sum(int(one.sum()) for one in run)
            assert pooled.reached == sum(int(one[:, :2].sum()) for one in run)
            assert pooled.reached >= 5
            assert pooled.ended - pooled.reached >= 5
            _, status = safe.tables["IP102"].at(
                Region=place, Kjonn="0", ContentsCode="AndelArbeidUtdanning", Tid=str(year)
            )
            assert status in (Status.HIDDEN, Status.NOT_APPLICABLE)


@pytest.mark.parametrize("seed", range(6))
def test_nothing_hidden_in_any_year_follows_from_all_of_them(seed: int) -> None:
    editions = issued(seed, (2014, 2015, 2016))
    assert all(safe.report.is_safe for _, safe in editions)
    assert not closed(solver(*editions), of=60, seed=seed)


def test_no_sum_of_some_of_the_years_that_the_policy_would_hide_follows() -> None:
    asked = 0
    for seed in range(6):
        every = solver(*issued(seed, (2014, 2015, 2016)))
        sums = replace(every, hidden=tuple(cell for cell in every.hidden if "(" in cell[0]))
        asked += len(sums.hidden)
        assert not closed(sums, of=len(sums.hidden), seed=seed)
    assert asked > 3


def test_some_of_these_registers_have_pooled_results_of_two_and_of_three_years() -> None:
    spans = {
        safe.year.value - pooled.first + 1
        for seed in range(6)
        for _, safe in issued(seed, (2014, 2015, 2016))
        for pooled in pooled_in(safe.tables["IP105"]).values()
    }
    assert {2, 3} <= spans


def test_a_year_without_years_before_it_has_none() -> None:
    ((_, safe),) = issued(0, (2016,))
    assert not pooled_in(safe.tables["IP105"])
    assert safe.report.places_pooled == 0


def test_the_same_years_give_the_same_results() -> None:
    once = issued.__wrapped__(3, (2015, 2016))[-1][1].tables["IP105"]
    again = issued.__wrapped__(3, (2015, 2016))[-1][1].tables["IP105"]
    assert np.array_equal(once.values, again.values, equal_nan=True)


def test_a_place_is_another_after_a_change_of_borders_whenever_in_the_year_it_came() -> None:
    definitions = definitions_for(2016)
    changes = [change for change in definitions.geography.changes if len(change.new) == 4]
    assert changes
    for change in changes:
        year = change.on.year
        for code in (change.old, change.new):
            assert not is_same_place(code, since=year - 1, until=year, definitions=definitions)
            assert not is_same_place(code, since=year - 3, until=year + 1, definitions=definitions)
    # New Sandefjord came on the first day of 2017: the years before it go together.
    assert is_same_place("0706", since=2012, until=2016, definitions=definitions)
    assert not is_same_place("0706", since=2012, until=2017, definitions=definitions)


def test_a_change_in_the_middle_of_a_year_parts_that_year_from_the_next() -> None:
    definitions = definitions_for(2016)
    moved = Change(date(2015, 7, 1), "0101", "0104")
    geography = replace(definitions.geography, changes=(*definitions.geography.changes, moved))
    changed = replace(definitions, geography=geography)
    assert is_same_place("0101", since=2014, until=2016, definitions=definitions)
    for since, until in ((2014, 2015), (2015, 2016)):
        assert not is_same_place("0101", since=since, until=until, definitions=changed)
    assert is_same_place("0101", since=2016, until=2018, definitions=changed)


@pytest.mark.parametrize("seed", range(4))
def test_what_an_edition_was_seen_to_bear_moves_the_same_cells_among_all_editions(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[Joint, Issue, csr_array]] = []

    class Watched(Joint):
        def __init__(self, issues: Sequence[Issue], *, tables: csr_array | None = None) -> None:
            super().__init__(issues, tables=tables)
            assert tables is not None
            seen.append((self, issues[-1], tables))

    (year_before, safe_before), (counts, safe) = issued(seed, (2015, 2016))
    monkeypatch.setattr("introstat.protect.pooled.Joint", Watched)
    seal(
        in_year(corrected(counts, seed), 2016),
        definitions=definitions_for(2016),
        policy="strict-5",
        seed=seed,
        earlier=(as_earlier(2016, counts, safe),),
        past=(as_earlier(2015, year_before, safe_before),),
    )
    ((joint, last, tables),) = seen
    assert joint.tables is not None
    assert last.posed.further
    own = last.exits.counts.size
    places = [place for _, place in last.posed.further]
    # Whether a silent place is the same as before is not taken to be known when an edition is made, and is among all editions.
    block = last.posed.system.leaves.reshape(-1, LEAVES)
    first = len(block) - len(places)
    silent = np.zeros(len(block), np.bool_)
    for at, place in enumerate(places, start=first):
        silent[[at, place]] |= np.array_equal(block[at], block[place])
    moves_same = abs(csr_array(tables[np.flatnonzero(np.repeat(silent, LEAVES))])).sum(axis=0) > 0
    compared = np.flatnonzero(~moves_same)
    moved = csr_array(last.posed.system.matrix @ tables).toarray()[:, compared]
    before, now = (csr_array(rows @ joint.tables).toarray()[:, compared] for rows in joint.rows[-2:])
    assert len(compared) > 20
    assert np.array_equal(now, moved[:own])
    apart = np.repeat(last.exits.within[:, places].any(axis=1), last.exits.counts[0].size)
    assert np.array_equal(before[apart], moved[own:])
