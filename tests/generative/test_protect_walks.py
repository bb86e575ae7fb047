"""What a walk comes back with is another table that agrees with everything shown."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, event, find, given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_array, csr_array
from tests.made_counts import Drawn, tables

from introstat.protect.algebra.knowledge import Knowledge, Record
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
        assert knowledge.which_agree(csc_array(found)).all()
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


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn=tables(shares=True), seed=st.integers(0, 2**16))
def test_many_changes_noted_at_once_say_what_each_says_by_itself(drawn: Drawn, seed: int) -> None:
    block, knowledge = hidden(drawn)
    insiders = [NOBODY, *np.unique(knowledge.insider[knowledge.insider != NOBODY]).tolist()]
    random = np.random.default_rng(seed)
    found = walked(block, knowledge, insiders, seed).toarray()
    # Some changes that are right, and as many that are a person off in one leaf.
    wrong = found.copy()
    if len(wrong):
        wrong[random.integers(len(wrong), size=wrong.shape[1]), np.arange(wrong.shape[1])] += random.choice([-1, 1])
    changes = np.concatenate([found, wrong], axis=1)[:, random.permutation(2 * found.shape[1])]
    together, one_by_one = (Record(knowledge, block.demand) for _ in range(2))
    told = together.note_all(csr_array(changes))
    agreed = [one_by_one.note(change) for change in changes.T.astype(np.int64)]
    event(f"disagree {min(agreed.count(False), 2)}")
    assert knowledge.which_agree(csc_array(changes)).tolist() == agreed
    assert np.array_equal(together.low, one_by_one.low)
    assert np.array_equal(together.high, one_by_one.high)
    k, insider = together.dangers()
    assert list(zip(k.tolist(), insider.tolist(), strict=True)) == [
        (target, one)
        for at, one in enumerate(together.insiders.tolist())
        for target in together.open(np.array([at])).tolist()
    ]
    for coalition in (*np.arange(len(together.insiders))[:, None], np.arange(len(together.insiders))):
        assert np.array_equal(together.open(coalition), one_by_one.open(coalition))
        dangerous = {int(together.insiders[at]) for at in coalition}
        for target in range(len(knowledge.targets)):
            is_open = target in together.open(coalition) if len(coalition) else False
            assert is_open == bool(dangerous & together.dangerous_for(target))
    # What told something comes to the same by itself, and tells nothing more.
    by_itself = Record(knowledge, block.demand)
    assert by_itself.note_all(told).shape == told.shape
    assert not by_itself.note_all(csr_array(changes)).shape[1]
    event(f"told {min(told.shape[1], 2)} of {min(agreed.count(True), 3)}")
    assert np.array_equal(by_itself.low, together.low)
    assert np.array_equal(by_itself.high, together.high)
    assert all(map(np.array_equal, by_itself.dangers(), together.dangers()))
