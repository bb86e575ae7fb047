"""Proof asked for: where an attack would let a cell go by its bounds, a whole table is found, or the cell is told as computable."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, event, find, given, settings
from tests.made_counts import Drawn, tables

from introstat.protect import attack as attacking
from introstat.protect import search
from introstat.protect.any_table.leaves import read_leaves
from introstat.protect.any_table.posing import PosedBlock, pose
from introstat.protect.any_table.specification import read_specification
from introstat.protect.attack import attack
from introstat.protect.findings import Findings
from introstat.protect.system import NOBODY


def posed(drawn: Drawn) -> PosedBlock:
    specification = read_specification(drawn.specification)
    return pose(read_leaves(drawn.csv(), specification), specification)[0]


def attacked(block: PosedBlock, *, prove: bool) -> Findings:
    """A table that hides what is sensitive and nothing else, under attack: many of its cells can be computed."""
    return attack(block.system, block.demand, ~block.demand.must_hide, seed=1, prove=prove)


def found(findings: Findings) -> list[tuple[int, int, int]]:
    """What everybody can compute of which cell."""
    return sorted((weak.cell, weak.low, weak.high) for weak in findings.weak if weak.insider == NOBODY)


@pytest.fixture
def treated_as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    treat_as_large(monkeypatch)


def treat_as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """No table is small enough to be asked about cell by cell, and directions tell of bounds only."""
    monkeypatch.setattr(attacking, "PROBED", -1)
    monkeypatch.setattr(attacking, "PROBED_FEW", ())
    monkeypatch.setattr(attacking, "EFFORT", 0)
    monkeypatch.setattr(search, "EFFORT", 0)
    monkeypatch.setattr(search.Search, "small_moves", lambda self, exact: None)
    monkeypatch.setattr(search.Search, "_note", lambda self, leaves, move: False)
    monkeypatch.setattr(search.Search, "neighbourhood", lambda self, block, exact, *, insiders=True: None)


@pytest.mark.usefixtures("treated_as_large")
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(drawn=tables(shares=True))
def test_with_proof_asked_for_no_cell_goes_by_its_bounds(drawn: Drawn) -> None:
    block = posed(drawn)
    quick, proven = attacked(block, prove=False), attacked(block, prove=True)
    event(f"by bounds: {quick.by_bounds > 0}")
    event(f"computable: {bool(found(proven))}")
    assert proven.settled
    assert proven.by_bounds == 0
    weak = {weakness.cell for weakness in proven.weak}
    hidden = np.flatnonzero(block.demand.must_hide & block.demand.guarded)
    width = proven.reach[hidden, 1] - proven.reach[hidden, 0] + 1
    assert {int(cell) for cell in hidden[width < block.demand.width[hidden]]} <= weak
    # Bounds never let anybody believe that an open cell can be computed.
    assert set(found(quick)) <= set(found(proven))


@pytest.mark.usefixtures("treated_as_large")
def test_some_cells_would_have_gone_by_their_bounds() -> None:
    find(
        tables(shares=True),
        lambda drawn: attacked(posed(drawn), prove=False).by_bounds > 0,
        settings=settings(deadline=None, suppress_health_check=[HealthCheck.too_slow]),
    )


def test_the_verdict_is_that_of_an_attack_on_a_small_table(monkeypatch: pytest.MonkeyPatch) -> None:
    @settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(drawn=tables(shares=True))
    def compare(drawn: Drawn) -> None:
        block = posed(drawn)
        usual = attacked(block, prove=False)
        with monkeypatch.context() as large:
            treat_as_large(large)
            proven = attacked(block, prove=True)
        assert found(proven) == found(usual)

    compare()
