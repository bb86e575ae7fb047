"""What a walk comes back with is another table that agrees with everything shown."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, event, find, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from tests.made_counts import Drawn, tables

from introstat.protect.algebra.knowledge import Knowledge
from introstat.protect.algebra.walks import walks
from introstat.protect.any_table.leaves import read_leaves
from introstat.protect.any_table.posing import PosedBlock, pose
from introstat.protect.any_table.specification import read_specification
from introstat.protect.system import NOBODY


def hidden(drawn: Drawn) -> tuple[PosedBlock, Knowledge]:
    """A table that hides what is sensitive, and nothing else."""
    specification = read_specification(drawn.specification)
    block = pose(read_leaves(drawn.csv(), specification), specification)[0]
    return block, Knowledge(block.system, block.demand, ~block.demand.must_hide, seed=1)


def walked(block: PosedBlock, knowledge: Knowledge, insiders: list[int], seed: int) -> csr_array:
    """Ten walks from every hidden cell, with every one of the insiders."""
    count, targets = len(insiders), len(knowledge.targets)
    return walks(
        knowledge,
        asked=np.tile(np.arange(targets), count),
        insiders=np.repeat(insiders, targets),
        low=np.zeros(targets, np.int64),
        high=np.zeros(targets, np.int64),
        width=block.demand.width[knowledge.targets],
        tries=10,
        random=np.random.default_rng(seed),
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=tables(shares=True), seed=st.integers(0, 2**16))
def test_a_walk_ends_in_a_table_that_agrees_with_everything_shown(drawn: Drawn, seed: int) -> None:
    block, knowledge = hidden(drawn)
    insiders = [NOBODY, *np.unique(knowledge.insider[knowledge.insider != NOBODY]).tolist()]
    for insider in insiders:
        found = walked(block, knowledge, [insider], seed)
        event(f"found {min(found.shape[1], 2)}")
        assert knowledge.agreeing(found).shape == found.shape
        assert np.all(abs(csr_array(knowledge.cells @ found)).sum(axis=0) > 0)
        known = (knowledge.insider == insider) & (insider != NOBODY)
        assert not csr_array(found[np.flatnonzero(known)]).count_nonzero()
        assert np.array_equal(walked(block, knowledge, [insider], seed).toarray(), found.toarray())


def test_walks_find_something_for_an_insider_too() -> None:
    def is_found(drawn: Drawn) -> bool:
        block, knowledge = hidden(drawn)
        insiders = np.unique(knowledge.insider[knowledge.insider != NOBODY]).tolist()
        return walked(block, knowledge, insiders, 1).shape[1] > 0

    find(tables(), is_found, settings=settings(max_examples=2000, deadline=None))
