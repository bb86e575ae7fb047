"""Everything at once: shares, insiders, a hidden group, linked geographies, an earlier edition, corrections, zeros either way.

Whatever of it is drawn, every table of whole numbers is tried: what the attack says is true, and what protection hides is hidden.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from tests.made_together import GROUP, PART, Asked, Counts, Key, Tables, joined, possible, span, total

from introstat.protect.any_table.cells import write_cells
from introstat.protect.any_table.former import with_former
from introstat.protect.any_table.leaves import read_leaves
from introstat.protect.any_table.posing import PLAIN, REST, PosedBlock, pose
from introstat.protect.any_table.protecting import ProtectedTable, protect_table
from introstat.protect.any_table.published import PublishedTable, read_published
from introstat.protect.any_table.recovery import attack_published
from introstat.protect.any_table.specification import read_specification
from introstat.protect.attack import attack
from introstat.protect.grouping import shown_cells
from introstat.protect.system import NOBODY
from introstat.vocabulary.errors import CannotProtect

pytestmark = pytest.mark.slow

NONE, SAME, CORRECTED = "none", "same", "corrected"
IMPOSSIBLE = "cannot be protected"
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
Shown = dict[Key, int | None]


@dataclass(frozen=True)
class Editions:
    """What is asked, and the counts of the earlier edition, where there is one, and of this."""

    asked: Asked
    before: Counts | None
    now: Counts

    @property
    def common(self) -> list[int]:
        """Leaves that are the same in both."""
        assert self.before is not None
        return [at for at, (then, now) in enumerate(zip(self.before, self.now, strict=True)) if then == now]


@st.composite
def editions(draw: st.DrawFn) -> Editions:
    outcomes = draw(st.sampled_from([2, 2, 2, 4]))
    asked = Asked(
        places=draw(st.sampled_from([2, 3, 4] if outcomes == 2 else [2])),
        outcomes=outcomes,
        linked=draw(st.booleans()),
        group=outcomes == 2 and draw(st.booleans()),
        shares=draw(st.booleans()),
        insiders=draw(st.booleans()),
        zeros_shown=draw(st.booleans()),
        threshold=draw(st.integers(2, 3)),
        width=draw(st.sampled_from([2, 2, 3])),
    )
    size = len(asked.leaves)
    now = draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    now[0] = max(1, now[0])
    if asked.group:
        now[-1] = max(1, now[-1])
    before: list[int] | None = None
    kind = draw(st.sampled_from([NONE, SAME, CORRECTED, CORRECTED]))
    if kind != NONE:
        before = list(now)
    if kind == CORRECTED and before is not None:
        for at in draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=2)):
            before[at] = draw(st.integers(0, 3))
        if draw(st.booleans()):
            # Nobody of the last code before, and somebody now: what the earlier edition tells of the group is a zero.
            for at in range(outcomes - 1, size, outcomes):
                now[at] = before[at] = 0
            now[outcomes - 1] = draw(st.integers(1, 3))
        before[0] = max(1, before[0])
        if asked.group:
            before[-1] = max(1, before[-1])
    return Editions(asked, None if before is None else tuple(before), tuple(now))


def protected(asked: Asked, counts: Counts, *, seed: int, earlier: tuple[PublishedTable, ...] = ()) -> ProtectedTable:
    specification = read_specification(asked.specification)
    return protect_table(read_leaves(asked.csv(counts), specification), specification, seed=seed, earlier=earlier)


def former(asked: Asked, counts: Counts, *, truth: bool) -> tuple[ProtectedTable, PublishedTable]:
    done = protected(asked, counts, seed=1)
    return done, read_published(write_cells(done, truth=truth), read_specification(asked.specification))


def read(asked: Asked, counts: Counts, data: bytes) -> Shown:
    """What a reader sees; a share that is shown is credited with telling what it counts."""
    shown: Shown = {}
    told: list[Key] = []
    for row in csv.DictReader(io.StringIO(data.decode())):
        key = row["a"], row[asked.column]
        shown[key] = int(row["value"]) if row["value"] else None
        if row.get("share"):
            told.append((key[0], PART))
    cells = asked.cells()
    return shown | {key: total(cells[key], counts) for key in told}


def seen(asked: Asked, counts: Counts, block: PosedBlock, pattern: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Shown:
    """What a pattern of a posed block shows, zeros known to all included."""
    cells = asked.cells()
    shown: Shown = {key: 0 if asked.zeros_shown else None for key in cells if key[0] != GROUP and key[1] != PART}
    visible = block.shown(pattern)
    for at in np.flatnonzero(block.kind != REST).tolist():
        code, of = (h.codes[node] for h, node in zip(block.hierarchies, block.nodes[at].tolist(), strict=True))
        key = (code, of if block.kind[at] == PLAIN else PART)
        if code != GROUP and (block.kind[at] == PLAIN or visible[at]):
            shown[key] = total(cells[key], counts) if visible[at] else None
    return shown


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(drawn=editions())
def test_nothing_that_is_hidden_follows_from_everything_that_is_shown(drawn: Editions) -> None:
    event(check(drawn))


def check(drawn: Editions) -> str:
    """Protect what is drawn, and try every table that agrees with it; says what it came to."""
    asked = drawn.asked
    old: ProtectedTable | None = None
    earlier: tuple[PublishedTable, ...] = ()
    try:
        if drawn.before is not None:
            old, table = former(asked, drawn.before, truth=drawn.before != drawn.now)
            earlier = (table,)
        new = protected(asked, drawn.now, seed=2, earlier=earlier)
    except CannotProtect:
        return IMPOSSIBLE
    assert new.is_safe
    data = write_cells(new)
    shown = read(asked, drawn.now, data)
    cells = asked.cells()
    assert all(value in (None, total(cells[key], drawn.now)) for key, value in shown.items())
    assert all(value is None for key, value in shown.items() if 0 < total(cells[key], drawn.now) < asked.threshold)
    shown_before = None if old is None or drawn.before is None else read(asked, drawn.before, write_cells(old))
    if drawn.before == drawn.now and shown_before is not None:
        assert all(shown[key] == value for key, value in shown_before.items() if value is not None)
    now, then = known_to(drawn, shown, shown_before, None)
    for key, leaves in cells.items():
        count = total(leaves, drawn.now)
        told = key[1] == PART and not 0 < count < asked.threshold
        if shown.get(key) is None and not told and (key[0] != GROUP or count):
            low, high = span(leaves, now)
            assert low <= count <= high
            assert high - low + 1 >= asked.width, key
        count = 0 if drawn.before is None else total(leaves, drawn.before)
        # What was hidden only to protect others may be shown later.
        if shown_before is not None and shown_before.get(key) is None and 0 < count < asked.threshold:
            low, high = span(leaves, then)
            assert high - low + 1 >= asked.width, key
    for insider in [code for code in asked.codes if code != GROUP] if asked.insiders else []:
        his, _ = known_to(drawn, shown, shown_before, insider)
        for key, leaves in cells.items():
            count = total(leaves, drawn.now)
            if shown.get(key) is None and (0 < count < asked.threshold or (key[0] == GROUP and count)):
                others = [at for at in leaves if asked.leaves[at][0] != insider]
                low, high = span(others, his)
                assert low < high or len(set(span(others, now))) == 1, (insider, key)
    if drawn.before is None:
        specification = read_specification(asked.specification)
        assert attack_published(read_published(data, specification), specification, seed=3).is_safe
    return f"hidden {min(3, sum(value is None for value in shown.values()))}, earlier {drawn.before is not None}"


def known_to(drawn: Editions, shown: Shown, before: Shown | None, insider: str | None) -> tuple[Tables, Tables]:
    """The tables that agree with both editions, now and then."""
    now = possible(drawn.asked, drawn.now, shown, insider=insider)
    if before is None or drawn.before is None:
        return now, now[:0]
    then = possible(drawn.asked, drawn.before, before, insider=insider)
    then, now = joined(then, now, drawn.common)
    return now, then


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(drawn=editions(), data=st.data())
def test_the_attack_on_two_editions_says_what_trying_every_table_says(drawn: Editions, data: st.DataObject) -> None:
    asked = drawn.asked
    specification = read_specification(asked.specification)
    (block,) = pose(read_leaves(asked.csv(drawn.now), specification), specification)
    before: Shown | None = None
    if drawn.before is not None:
        try:
            old, table = former(asked, drawn.before, truth=True)
        except CannotProtect:
            return
        before = read(asked, drawn.before, write_cells(old))
        block = with_former(block, table, specification)
    demand = block.demand
    groups = np.array(data.draw(st.lists(st.booleans(), min_size=demand.groups.count, max_size=demand.groups.count)))
    pattern = shown_cells(demand, groups.astype(np.bool_))
    findings = attack(block.system, demand, pattern, seed=3)
    assert findings.settled
    shown = seen(asked, drawn.now, block, pattern)
    now, _ = known_to(drawn, shown, before, None)
    weak = {one.cell: one for one in findings.weak if one.insider == NOBODY}
    visible = block.shown(pattern)
    for at in np.flatnonzero((block.kind == PLAIN) & ~visible & demand.guarded[block.cell]).tolist():
        key = tuple(h.codes[node] for h, node in zip(block.hierarchies, block.nodes[at].tolist(), strict=True))
        low, high = span(asked.cells()[key[0], key[1]], now)
        found = weak.get(int(block.cell[at]))
        if found is None:
            assert high - low + 1 >= asked.width, key
        else:
            assert (found.low, found.high) == (low, high), key
    event(f"weak {min(3, len(weak))}")


TABLE: Counts = (6, 4, 5, 7, 1, 8, 9, 2, 4, 6)
EARLIER: Counts = (6, 4, 5, 6, 1, 8, 9, 2, 4, 7)


@pytest.mark.parametrize("earlier", [NONE, SAME, CORRECTED])
@pytest.mark.parametrize("zeros", ["shown", "hidden"])
@pytest.mark.parametrize("with_", ["".join(chosen) for chosen in product("s-", "i-", "g-", "l-")])
def test_every_combination_is_protected(with_: str, zeros: str, earlier: str) -> None:
    asked = Asked(
        places=4, linked="l" in with_, group="g" in with_, shares="s" in with_, insiders="i" in with_, zeros_shown=zeros == "shown"
    )  # fmt: skip
    size = len(asked.leaves)
    now, before = TABLE[:size], EARLIER[:size]
    assert check(Editions(asked, None if earlier == NONE else now if earlier == SAME else before, now)) != IMPOSSIBLE
