"""Whatever two editions of a year anyone could draw: together they tell no hidden number of either."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import combinations, product
from typing import Any, Final

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from tests.made_cubes import DEFINITIONS, cubes_of, people

from introstat.protect import Earlier, seal
from introstat.protect.bands import bands_in
from introstat.protect.joint import pooled_in
from introstat.protect.seal import Sealed, seal_exits
from introstat.vocabulary.editions import EditionNumber
from introstat.vocabulary.tables import PROTECTED_GROUP, REASONS, SafeCubes, Status

PLACES: Final = ("0101", "0104", "0105", "0106", "0111", "0402", "0403", "0412", "0415")
PARTS: Final = {"0": "12345678", "A": "12", "B": "345678", **{leaf: leaf for leaf in "12345678"}}
GIVEN_AWAY: Final = {("0", reason) for reason in ("0", "A", "B", "1", "2")}
FIRST: Final = EditionNumber(2016, 1)

Counts = Mapping[str, NDArray[np.int64]]


def drawn(seed: int) -> dict[str, NDArray[np.int64]]:
    random = np.random.default_rng(seed)
    counts = {place: random.poisson(random.gamma(0.6, 5.0), size=(2, 8)).astype(np.int64) for place in PLACES}
    counts["0101"] += 6
    counts["0402"] += 6
    return counts | {PROTECTED_GROUP: people(men="5 3 1 2 1 1 2 1", women="2 2 1 0 1 1 0 1")}


def corrected(counts: Counts, seed: int) -> dict[str, NDArray[np.int64]]:
    """The same with a few people more or fewer in a few municipalities."""
    random = np.random.default_rng(seed)
    after = {place: people.copy() for place, people in counts.items()}
    for place in random.choice(PLACES, 3, replace=False):
        for _ in range(4):
            at = (random.integers(2), random.integers(8))
            after[place][at] = max(0, after[place][at] + random.integers(-1, 3))
    return after


@dataclass(frozen=True, slots=True)
class Solver:
    """Editions as one integer program, put together cell by cell from what their tables show."""

    rows: NDArray[np.float64]
    values: NDArray[np.float64]
    limits: tuple[tuple[NDArray[np.float64], float, float], ...]
    hidden: tuple[tuple[str, NDArray[np.float64], int], ...]

    def is_open(self, row: NDArray[np.float64], value: int) -> bool:
        """Whether some table that agrees with both editions has another number in the cell."""
        return any(self._other(row, low, high) for low, high in ((value + 1, np.inf), (-np.inf, value - 1)))

    def _other(self, row: NDArray[np.float64], low: float, high: float) -> bool:
        constraints = [LinearConstraint(self.rows, self.values, self.values), LinearConstraint(row[None], low, high)]
        constraints += [LinearConstraint(cell[None], least, most) for cell, least, most in self.limits]
        answer = milp(
            c=np.zeros(len(row)),
            constraints=constraints,
            bounds=Bounds(0, np.inf),
            integrality=np.ones(len(row), np.int64),
            options={"presolve": True},
        )
        assert answer.status in (0, 2), answer.message
        return bool(answer.status == 0)


def solver(*editions: tuple[Counts, SafeCubes]) -> Solver:
    columns: dict[tuple[int, str, bytes], int] = {}
    for counts, safe in editions:
        for place in (*PLACES, PROTECTED_GROUP):
            columns.setdefault((safe.year.value, place, counts[place].tobytes()), 16 * len(columns))
    width = 16 * len(columns)
    newest = {safe.year.value: counts for counts, safe in editions}
    rows, values, limits, hidden = [], [], [], []
    for number, (counts, safe) in enumerate(editions):
        year = safe.year.value
        for place, told in pooled_in(safe.tables["IP105"]).items():
            run = range(told.first, year + 1)
            for some in (some for size in range(2, len(run) + 1) for some in combinations(run, size)):
                reached, ended = (sum(int(newest[one][place][:, :n].sum()) for one in some) for n in (2, 8))
                policy = DEFINITIONS.policy("strict-5")
                for reason, together in (("0", ended), ("A", reached)):
                    row = np.zeros(width)
                    for one in some:
                        start = columns[one, place, newest[one][place].tobytes()]
                        for s, k in product((0, 1), PARTS[reason]):
                            row[start + 8 * s + int(k) - 1] += 1
                    if len(some) == len(run):
                        assert together == (told.ended if reason == "0" else told.reached)
                        rows.append(row)
                        values.append(float(together))
                    elif (
                        policy.number_is_sensitive(ended)
                        if reason == "0"
                        else policy.result_is_sensitive(reached=reached, rest=ended - reached)
                    ):
                        hidden.append((f"{number} {place} {some} {reason}", row, together))
        table, bands = safe.tables["IP101"], bands_in(safe.tables["IP104"])
        for region, sex, reason in product((*table.dimension("Region").values, PROTECTED_GROUP), "012", REASONS):
            row, true = np.zeros(width), 0
            for place in (*PLACES, PROTECTED_GROUP):
                inside = place == region or region == "0" or (len(region) == 2 and place.startswith(region))
                if inside:
                    for s, k in product((0, 1) if sex == "0" else (int(sex) - 1,), PARTS[reason]):
                        row[columns[year, place, counts[place].tobytes()] + 8 * s + int(k) - 1] += 1
                        true += int(counts[place][s, int(k) - 1])
            if region == PROTECTED_GROUP:
                if (sex, reason) not in GIVEN_AWAY:
                    hidden.append((f"{number} {region} {sex} {reason}", row, true))
                continue
            value, status = table.at(Region=region, Kjonn=sex, Grunn=reason, ContentsCode="Avsluttet", Tid=str(year))
            if status == Status.HIDDEN:
                hidden.append((f"{number} {region} {sex} {reason}", row, true))
                if (sex, reason) == ("0", "0"):
                    limits.append((row, 1.0, np.inf))
                if (sex, reason) == ("0", "A") and region in bands:
                    all_of_them, _ = table.at(
                        Region=region, Kjonn="0", Grunn="0", ContentsCode="Avsluttet", Tid=str(year)
                    )
                    numbers = np.arange(int(all_of_them or 0) + 1)
                    low, high = bands[region].low, bands[region].high
                    share = 100 * numbers
                    within = numbers[(share >= low * numbers[-1]) & (share < high * numbers[-1] + (high == 100))]
                    assert true in within
                    limits.append((row, float(within[0]), float(within[-1])))
            else:
                assert value == true
                rows.append(row)
                values.append(float(true))
    return Solver(np.array(rows), np.array(values), tuple(limits), tuple(hidden))


def sealed(counts: Counts, *, seed: int, earlier: tuple[Earlier, ...] = (), policy: str = "strict-5") -> SafeCubes:
    cubes = cubes_of(counts, only=PLACES)
    return seal(cubes, definitions=DEFINITIONS, policy=policy, seed=seed, earlier=earlier)


@cache
def first_edition(seed: int) -> SafeCubes:
    """That of the register drawn with the seed."""
    return sealed(drawn(seed), seed=seed)


def as_earlier(counts: Counts, safe: SafeCubes) -> Earlier:
    return Earlier(FIRST, cubes_of(counts, only=PLACES), safe.tables["IP101"], safe.tables["IP104"])


def closed(asked: Solver, *, of: int, seed: int) -> list[str]:
    """Which of so many hidden cells, drawn at random, can be computed. What one edition shows the other has not to hide."""
    shown = {row.tobytes() for row in asked.rows}
    hidden = [cell for cell in asked.hidden if cell[1].tobytes() not in shown]
    picked = np.random.default_rng(seed).permutation(len(hidden))[:of]
    return [name for name, row, value in (hidden[k] for k in picked) if not asked.is_open(row, value)]


@pytest.mark.parametrize("seed", range(6))
def test_unchanged_data_under_another_seed_and_policy_tells_nothing_more(seed: int) -> None:
    counts, first = drawn(seed), first_edition(seed)
    policy = ("strict-5", "strict-3", "base-5")[seed % 3]
    second = sealed(counts, seed=seed + 100, earlier=(as_earlier(counts, first),), policy=policy)
    assert second.report.is_safe
    before, after = first.tables["IP101"], second.tables["IP101"]
    assert np.all((after.status == "") | (before.status != ""))
    asked = solver((counts, first), (counts, second))
    shown = {name[2:] for name, _, _ in asked.hidden if name[0] == "1"}
    still = Solver(asked.rows, asked.values, asked.limits, tuple(h for h in asked.hidden if h[0][2:] in shown))
    assert not closed(still, of=60, seed=seed)


@pytest.mark.parametrize("seed", range(8))
def test_a_correction_and_what_it_corrects_tell_no_hidden_number_of_either(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts, first = drawn(seed), first_edition(seed)
    after = corrected(counts, seed)
    patterns: list[Sealed] = []

    def kept(*given: Any, **named: Any) -> Sealed:
        patterns.append(seal_exits(*given, **named))
        return patterns[-1]

    monkeypatch.setattr(import_module("introstat.protect.seal"), "seal_exits", kept)
    second = sealed(after, seed=seed + 100, earlier=(as_earlier(counts, first),))
    (sealing,) = patterns
    assert second.report.is_safe
    if sealing.knows_less or sealing.given_up:
        # What is always shown tells the difference here; the report says so.
        assert any("earlier edition" in note for note in second.report.notes)
        return
    assert not closed(solver((counts, first), (after, second)), of=80, seed=seed)


def test_without_the_earlier_edition_the_two_together_would_tell() -> None:
    told = 0
    for seed in range(6):
        counts, first = drawn(seed), first_edition(seed)
        second = sealed(counts, seed=seed + 100, policy="strict-3")
        asked = solver((counts, first), (counts, second))
        names = {name[2:] for name, _, _ in asked.hidden if name[0] == "1"}
        both = tuple(h for h in asked.hidden if h[0][0] == "0" and h[0][2:] in names)
        told += len(closed(Solver(asked.rows, asked.values, asked.limits, both), of=60, seed=seed))
    assert told


def test_the_same_editions_give_the_same_pattern() -> None:
    counts = drawn(3)
    after = corrected(counts, 3)
    earlier = (as_earlier(counts, sealed(counts, seed=1)),)
    one, other = (sealed(after, seed=5, earlier=earlier).tables["IP101"] for _ in range(2))
    assert np.array_equal(one.status, other.status)
