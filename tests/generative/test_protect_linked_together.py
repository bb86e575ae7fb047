"""Two tables of the same people with everything else beside: shares, insiders, a hidden group, linked geographies, zeros either way,
and earlier editions of both or of one, corrected or not.

Whatever of it is drawn, every pair of tables of whole numbers that agree with each other is tried: what the attack says is true, and
what protection hides is hidden.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pytest
from hypothesis import HealthCheck, event, find, given, settings
from hypothesis import strategies as st
from tests.generative.test_protect_together import read, seen
from tests.made_together import (
    GROUP,
    PART,
    Asked,
    Counts,
    Key,
    Tables,
    agreeing,
    paired,
    possible,
    span,
    total,
)

from introstat.protect.any_table.cells import write_cells
from introstat.protect.any_table.former import with_former
from introstat.protect.any_table.known import Held
from introstat.protect.any_table.leaves import read_leaves
from introstat.protect.any_table.linking import linked_blocks
from introstat.protect.any_table.posing import PLAIN, PosedBlock, pose
from introstat.protect.any_table.protecting import ProtectedTable, protect_linked
from introstat.protect.any_table.published import PublishedTable, read_published
from introstat.protect.any_table.recovery import attack_published
from introstat.protect.any_table.specification import read_specification
from introstat.protect.attack import attack
from introstat.protect.grouping import shown_cells
from introstat.protect.system import NOBODY
from introstat.vocabulary.errors import CannotProtect

NONE, SAME, CORRECTED = "none", "same", "corrected"
IMPOSSIBLE = "cannot be protected"
SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
Shown = dict[Key, int | None]
Both = tuple[Tables, Tables]


@dataclass(frozen=True)
class Drawn:
    """What is asked of either table, and people by a, b and c, now and before; of which tables an earlier edition is out."""

    asked: tuple[Asked, Asked]
    before: Counts | None
    now: Counts
    out: tuple[bool, bool] = (True, True)

    def counts(self, which: int, people: Counts) -> Counts:
        """The leaves of one of the tables: people by a and b, or by a and c."""
        shaped = np.array(people).reshape(len(self.asked[0].codes), 2, 2)
        return tuple(shaped.sum(axis=2 - which).ravel().tolist())

    @property
    def kind(self) -> str:
        return NONE if self.before is None else SAME if self.before == self.now else CORRECTED


@st.composite
def drawings(draw: st.DrawFn) -> Drawn:
    group = draw(st.booleans())
    first = Asked(
        places=draw(st.sampled_from([2, 3, 4] if not group else [2, 3])),
        linked=draw(st.booleans()),
        group=group,
        shares=draw(st.booleans()),
        insiders=draw(st.booleans()),
        zeros_shown=draw(st.booleans()),
        threshold=draw(st.integers(2, 3)),
        width=draw(st.sampled_from([2, 2, 3])),
    )
    second = replace(
        first, column="c", shares=draw(st.booleans()), threshold=draw(st.integers(2, 3)), width=draw(st.integers(2, 3))
    )
    size = 4 * len(first.codes)
    now = draw(st.lists(st.integers(0, 2), min_size=size, max_size=size))
    now[0] = max(1, now[0])
    if group:
        now[-1] = max(1, now[-1])
    kind = draw(st.sampled_from([NONE, SAME, CORRECTED, CORRECTED]))
    before: list[int] | None = None if kind == NONE else list(now)
    if kind == CORRECTED and before is not None:
        if draw(st.booleans()):
            # People who were counted under another code of c: only one of the tables shows it.
            at = 2 * draw(st.integers(0, size // 2 - 1))
            before[at], before[at + 1] = before[at + 1], before[at]
        else:
            for at in draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=2)):
                before[at] = draw(st.integers(0, 2))
        before[0] = max(1, before[0])
        if group:
            before[-1] = max(1, before[-1])
    out = draw(st.sampled_from([(True, True), (True, True), (True, False), (False, True)]))
    return Drawn((first, second), None if before is None else tuple(before), tuple(now), out)


def protected(
    drawn: Drawn, people: Counts, *, seed: int, earlier: tuple[tuple[PublishedTable, ...], ...] = ((), ())
) -> tuple[ProtectedTable, ProtectedTable]:
    asked = [read_specification(one.specification) for one in drawn.asked]
    tables = [read_leaves(one.csv(drawn.counts(which, people)), asked[which]) for which, one in enumerate(drawn.asked)]
    return protect_linked(
        tables[0], asked[0], tables[1], asked[1], seed=seed, earlier=earlier[0], other_earlier=earlier[1]
    )


def published(drawn: Drawn, which: int, data: bytes, source: str) -> PublishedTable:
    return read_published(data, read_specification(drawn.asked[which].specification), source=source)


def former(drawn: Drawn) -> tuple[tuple[ProtectedTable, ...], tuple[tuple[PublishedTable, ...], ...]]:
    """The earlier edition, protected as one; and what is given of it to whoever protects the present one."""
    assert drawn.before is not None
    old = protected(drawn, drawn.before, seed=1)
    files = [
        (published(drawn, which, write_cells(one, truth=drawn.kind == CORRECTED), "earlier"),)
        for which, one in enumerate(old)
    ]
    return old, tuple(file if out else () for file, out in zip(files, drawn.out, strict=True))


def known(
    drawn: Drawn, now: list[Shown], before: list[Shown | None], insider: str | None = None
) -> tuple[Both, list[Tables | None]]:
    """The tables of either kind, now and before, that stand in some four tables that agree with everything."""
    sides: list[tuple[Tables, Tables | None, np.ndarray[tuple[int], np.dtype[np.int64]] | None]] = []
    sums = []
    for which, asked in enumerate(drawn.asked):
        counts = drawn.counts(which, drawn.now)
        mine = possible(asked, counts, now[which], insider=insider)
        shown = before[which]
        places = [[at for at, leaf in enumerate(asked.leaves) if leaf[0] == code] for code in asked.codes]
        told = np.stack([mine[:, leaves].sum(axis=1) for leaves in places], axis=1)
        if shown is None or drawn.before is None:
            sides.append((mine, None, None))
            sums.append([told])
            continue
        then_counts = drawn.counts(which, drawn.before)
        then = possible(asked, then_counts, shown, insider=insider)
        common = [at for at, (one, other) in enumerate(zip(then_counts, counts, strict=True)) if one == other]
        one, other = paired(mine, then, common)
        sides.append((mine[one], then[other], one))
        sums.append([told[one], np.stack([then[other][:, leaves].sum(axis=1) for leaves in places], axis=1)])
    editions = min(map(len, sums))
    good = agreeing(*(np.concatenate(told[:editions], axis=1) for told in sums))
    tables = [side[0][keep] for side, keep in zip(sides, good, strict=True)]
    thens = [None if side[1] is None else side[1][keep] for side, keep in zip(sides, good, strict=True)]
    return (tables[0], tables[1]), thens


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(drawn=drawings())
def test_nothing_hidden_in_either_follows_from_all_that_is_shown_of_both(drawn: Drawn) -> None:
    event(f"{check(drawn)}, earlier {drawn.kind}")


def check(drawn: Drawn) -> str:
    """Protect what is drawn, and try every pair of tables that agrees with it; says what it came to."""
    earlier: tuple[tuple[PublishedTable, ...], ...] = ((), ())
    before: list[Shown | None] = [None, None]
    try:
        if drawn.before is not None:
            old, earlier = former(drawn)
            before = [
                read_second(drawn, which, drawn.before, write_cells(one)) if drawn.out[which] else None
                for which, one in enumerate(old)
            ]
        new = protected(drawn, drawn.now, seed=2, earlier=earlier)
    except CannotProtect:
        return IMPOSSIBLE
    assert all(one.is_safe for one in new)
    files = [write_cells(one) for one in new]
    now = [read_second(drawn, which, drawn.now, data) for which, data in enumerate(files)]
    tables, thens = known(drawn, now, before)
    for which, asked in enumerate(drawn.asked):
        counts, shown = drawn.counts(which, drawn.now), now[which]
        assert all(value in (None, total(asked.cells()[key], counts)) for key, value in shown.items())
        assert all(
            value is None
            for key, value in shown.items()
            if 0 < total(asked.cells()[key], counts) < asked.threshold and (before[which] or {}).get(key) is None
        )
        check_widths(asked, counts, shown, tables[which], sensitive=False)
        then, shown_before = thens[which], before[which]
        if then is not None and shown_before is not None and drawn.before is not None:
            check_widths(asked, drawn.counts(which, drawn.before), shown_before, then, sensitive=True)
            if drawn.kind == SAME:
                assert all(shown[key] == value for key, value in shown_before.items() if value is not None)
    for place in (key for key in now[0] if key[1] == "All"):
        assert now[0][place] == now[1][place]
    for insider in [code for code in drawn.asked[0].codes if code != GROUP] if drawn.asked[0].insiders else []:
        his, _ = known(drawn, now, before, insider)
        for which, asked in enumerate(drawn.asked):
            counts = drawn.counts(which, drawn.now)
            for key, leaves in asked.cells().items():
                count = total(leaves, counts)
                if now[which].get(key) is None and (0 < count < asked.threshold or (key[0] == GROUP and count)):
                    others = [at for at in leaves if asked.leaves[at][0] != insider]
                    low, high = span(others, his[which])
                    assert low < high or len(set(span(others, tables[which]))) == 1, (insider, which, key)
    check_attacks(drawn, new, files, earlier)
    return f"hidden {min(3, sum(value is None for value in now[0].values()))}"


def check_widths(asked: Asked, counts: Counts, shown: Shown, tables: Tables, *, sensitive: bool) -> None:
    """Every hidden cell keeps its width; with `sensitive` only those that the threshold hides."""
    for key, leaves in asked.cells().items():
        count = total(leaves, counts)
        told = key[1] == PART and not 0 < count < asked.threshold
        if shown.get(key) is not None or told or (key[0] == GROUP and not count):
            continue
        if sensitive and not 0 < count < asked.threshold:
            continue
        low, high = span(leaves, tables)
        assert low <= count <= high
        assert high - low + 1 >= asked.width, key


def check_attacks(
    drawn: Drawn,
    new: tuple[ProtectedTable, ProtectedTable],
    files: list[bytes],
    earlier: tuple[tuple[PublishedTable, ...], ...],
) -> None:
    """Our own attack from files finds nothing either, whichever table is attacked."""
    held = []
    for which, data in enumerate(files):
        truth = published(drawn, which, write_cells(new[which], truth=True), "truth")
        specification = read_specification(drawn.asked[which].specification)
        held.append(Held(published(drawn, which, data, "cells"), specification, earlier[which], truth))
    for one, other in (held, held[::-1]):
        answer = attack_published(
            one.table, one.specification, seed=3, earlier=one.earlier, truth=one.truth, linked=other
        )
        assert answer.is_safe, answer


def read_second(drawn: Drawn, which: int, people: Counts, data: bytes) -> Shown:
    """What a reader sees of one of the tables."""
    return read(drawn.asked[which], drawn.counts(which, people), data)


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(drawn=drawings(), data=st.data())
def test_the_attack_on_both_says_what_trying_every_pair_says(drawn: Drawn, data: st.DataObject) -> None:
    before: list[Shown | None] = [None, None]
    blocks: list[PosedBlock] = []
    earlier: tuple[tuple[PublishedTable, ...], ...] = ((), ())
    if drawn.before is not None:
        try:
            old, _ = former(drawn)
        except CannotProtect:
            return
        earlier = tuple(
            (published(drawn, which, write_cells(one, truth=True), "earlier"),) if drawn.out[which] else ()
            for which, one in enumerate(old)
        )
        before = [
            read_second(drawn, which, drawn.before, write_cells(one)) if drawn.out[which] else None
            for which, one in enumerate(old)
        ]
    for which, asked in enumerate(drawn.asked):
        specification = read_specification(asked.specification)
        (block,) = pose(read_leaves(asked.csv(drawn.counts(which, drawn.now)), specification), specification)
        for one in earlier[which]:
            block = with_former(block, one, specification)
        blocks.append(block)
    both = linked_blocks(blocks[0], blocks[1], read_specification(drawn.asked[0].specification))
    demand = both[0].demand
    groups = np.array(data.draw(st.lists(st.booleans(), min_size=demand.groups.count, max_size=demand.groups.count)))
    pattern = shown_cells(demand, groups.astype(np.bool_))
    findings = attack(both[0].system, demand, pattern, seed=3)
    assert findings.settled
    now = [seen(drawn.asked[which], drawn.counts(which, drawn.now), block, pattern) for which, block in enumerate(both)]
    tables, _ = known(drawn, now, before)
    weak = {one.cell: one for one in findings.weak if one.insider == NOBODY}
    for which, block in enumerate(both):
        asked, visible = drawn.asked[which], block.shown(pattern)
        for at in np.flatnonzero((block.kind == PLAIN) & ~visible & demand.guarded[block.cell]).tolist():
            key = tuple(h.codes[node] for h, node in zip(block.hierarchies, block.nodes[at].tolist(), strict=True))
            low, high = span(asked.cells()[key[0], key[1]], tables[which])
            found = weak.get(int(block.cell[at]))
            if found is None:
                assert high - low + 1 >= demand.width[block.cell[at]], key
            else:
                assert (found.low, found.high) == (low, high), key
    event(f"weak {min(3, len(weak))}")


@pytest.mark.parametrize("zeros", ["shown", "hidden"])
@pytest.mark.parametrize("earlier", [NONE, SAME, CORRECTED])
@pytest.mark.parametrize("with_", ["".join(chosen) for chosen in product("s-", "i-", "g-", "l-")])
def test_every_combination_is_protected(with_: str, earlier: str, zeros: str) -> None:
    asked = Asked(
        places=4, linked="l" in with_, group="g" in with_, shares="s" in with_, insiders="i" in with_, zeros_shown=zeros == "shown"
    )  # fmt: skip
    size = 4 * len(asked.codes)
    now, before = PEOPLE[:size], EARLIER[:size]
    out = None if earlier == NONE else now if earlier == SAME else before
    assert check(Drawn((asked, replace(asked, column="c")), out, now)) != IMPOSSIBLE


PEOPLE: Counts = (3, 3, 2, 2, 3, 2, 4, 3, 1, 0, 4, 4, 5, 4, 1, 1, 2, 2, 3, 3)
EARLIER: Counts = (3, 3, 2, 2, 3, 2, 3, 3, 1, 0, 4, 4, 5, 4, 1, 1, 2, 2, 3, 4)


@pytest.mark.parametrize(
    "wanted",
    [
        lambda drawn: drawn.kind == CORRECTED and drawn.asked[0].group and drawn.asked[0].insiders,
        lambda drawn: drawn.kind == CORRECTED and drawn.asked[0].shares and not drawn.asked[0].zeros_shown,
        lambda drawn: drawn.kind == SAME and drawn.out == (True, False) and drawn.asked[1].shares,
        lambda drawn: drawn.kind == CORRECTED and drawn.out == (False, True) and drawn.asked[0].linked,
        lambda drawn: drawn.asked[0].threshold != drawn.asked[1].threshold and drawn.asked[1].width == 3,
        lambda drawn: drawn.kind == CORRECTED and drawn.counts(0, drawn.now) == drawn.counts(0, drawn.before),
    ],
    ids=[
        "corrections, a hidden group and insiders",
        "corrections, shares and hidden zeros",
        "an edition of one table only",
        "an edition of the other only, and linked geographies",
        "two thresholds",
        "a correction that only one of the tables shows",
    ],
)
def test_what_is_drawn_reaches(wanted: Callable[[Drawn], bool]) -> None:
    assert wanted(find(drawings(), wanted, settings=settings(database=None, max_examples=4000)))
