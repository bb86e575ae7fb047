"""Rounding small counts, on whatever table anyone could draw: additive, the same in any order, and its attack exactly true.

The second implementation tries every table of true counts that the published rule allows, and compares.
"""

from __future__ import annotations

import csv
import io
from itertools import product

import numpy as np
from hypothesis import HealthCheck, event, find, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.made_counts import ALL, Drawn, Key, tables

from introstat.protect.any_table.leaves import read_leaves
from introstat.protect.any_table.published import PublishedTable, read_published
from introstat.protect.any_table.rounded_cells import write_rounded
from introstat.protect.any_table.rounding import round_table, rounding_figures
from introstat.protect.any_table.specification import Specification, read_specification
from introstat.protect.any_table.unrounding import RoundedAnswer, attack_rounded

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def specified(drawn: Drawn, base: int, *, insiders: bool = False) -> Specification:
    """The drawn table's dimensions, rounded."""
    told = drawn.specification.split("[[dimension]]")
    head = f'method = "rounding"\nbase = {base}\n' + ('insiders = "a"\n' if insiders else "")
    return read_specification("[[dimension]]".join([head, *told[1:]]))


@st.composite
def small_tables(draw: st.DrawFn) -> tuple[Drawn, int]:
    """A table without a hidden group whose counts lie around the base, with at most eight leaves."""
    drawn = draw(tables().filter(lambda one: one.hidden_code is None and len(one.leaves) <= 8))
    base = draw(st.sampled_from([3, 3, 5] if len(drawn.leaves) <= 6 else [3]))
    counts = draw(st.lists(st.integers(0, base + 2), min_size=len(drawn.leaves), max_size=len(drawn.leaves)))
    return (
        Drawn(
            names=drawn.names,
            nodes=drawn.nodes,
            groupings=drawn.groupings,
            counts=dict(zip(drawn.leaves, counts, strict=True)),
            hidden_code=None,
            threshold=drawn.threshold,
            width=2,
            zeros_shown=True,
            insiders=False,
            share=False,
        ),
        base,
    )


def rounded(drawn: Drawn, base: int, *, seed: int = 1, order: list[int] | None = None, truth: bool = False) -> bytes:
    specification = specified(drawn, base)
    return write_rounded(
        round_table(read_leaves(drawn.csv(order), specification), specification, seed=seed), truth=truth
    )


def values(drawn: Drawn, data: bytes) -> dict[Key, int]:
    rows = csv.DictReader(io.StringIO(data.decode()))
    return {tuple(row[name] for name in drawn.names): int(row["value"]) for row in rows}


def sources(drawn: Drawn, known: dict[Key, int]) -> bytes:
    """A file of every cell with only some of them told, exactly."""
    parents = sorted(drawn.groupings)
    rows = [[*drawn.names, *parents, "value"]]
    for key in drawn.published:
        above = [drawn.groupings[parent].get(key[0], "") for parent in parents]
        rows.append([*key, *above, str(known.get(key, ""))])
    return "\n".join(",".join(row) for row in rows).encode()


def possible(drawn: Drawn, shown: dict[Key, int], base: int, known: dict[Key, int]) -> NDArray[np.int64]:
    """Every table of true counts that the rule rounds to what is shown, the whole within half a base, known cells as told."""
    choices = []
    for leaf in drawn.leaves:
        value = shown[leaf]
        choices.append(range(base) if value == 0 else range(1, base + 1) if value == base else [value])
    grid = np.array(list(product(*choices)), np.int64).reshape(-1, len(drawn.leaves))
    agree = np.abs(grid.sum(axis=1) - shown[(ALL,) * len(drawn.names)]) <= base // 2
    for key, value in known.items():
        agree &= grid[:, drawn.within(key)].sum(axis=1) == value
    left: NDArray[np.int64] = grid[agree]
    return left


def attacked(drawn: Drawn, data: bytes, base: int, *earlier: bytes) -> tuple[RoundedAnswer, PublishedTable]:
    specification = specified(drawn, base)
    table = read_published(data, specification)
    others = [read_published(one, specification, source="another source") for one in earlier]
    return attack_rounded(table, specification, earlier=others), table


def intervals(drawn: Drawn, answer: RoundedAnswer, table: PublishedTable) -> dict[Key, tuple[int, int]]:
    (found,) = answer.intervals
    codes = [hierarchy.codes for hierarchy in table.hierarchies]
    return {
        tuple(codes[d][node] for d, node in enumerate(nodes)): (low, high)
        for nodes, low, high in zip(found.nodes.tolist(), found.low.tolist(), found.high.tolist(), strict=True)
    }


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(drawn=small_tables(), seed=st.integers(0, 3))
def test_every_sum_is_the_sum_of_its_leaves_and_no_small_count_is_left(drawn: tuple[Drawn, int], seed: int) -> None:
    table, base = drawn
    shown = values(table, rounded(table, base, seed=seed))
    assert set(shown) == set(table.published)
    for key, value in shown.items():
        assert value == sum(shown[table.leaves[at]] for at in table.within(key))
        assert value == 0 or value >= base
    for leaf, count in table.counts.items():
        assert shown[leaf] == count if count == 0 or count >= base else shown[leaf] in (0, base)
    total = (ALL,) * len(table.names)
    assert abs(shown[total] - table.value(total)) <= base // 2


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(drawn=small_tables(), data=st.data())
def test_the_same_bytes_come_from_any_order_of_rows(drawn: tuple[Drawn, int], data: st.DataObject) -> None:
    table, base = drawn
    order = data.draw(st.permutations(range(len(table.leaves))))
    assert rounded(table, base) == rounded(table, base, order=list(order))
    assert values(table, rounded(table, base, truth=True)) == {key: table.value(key) for key in table.published}


@settings(max_examples=150, deadline=None, suppress_health_check=SLOW)
@given(drawn=small_tables(), data=st.data())
def test_the_attack_says_of_every_cell_what_trying_every_table_says(
    drawn: tuple[Drawn, int], data: st.DataObject
) -> None:
    table, base = drawn
    file = rounded(table, base)
    shown = values(table, file)
    told = data.draw(st.lists(st.sampled_from(table.published), max_size=4, unique=True))
    known = {key: table.value(key) for key in told}
    answer, published = attacked(table, file, base, *([sources(table, known)] if known else []))
    assert answer.findings.settled
    grid = possible(table, shown, base, known)
    true = {
        key: (int(grid[:, table.within(key)].sum(axis=1).min()), int(grid[:, table.within(key)].sum(axis=1).max()))
        for key in shown
    }
    assert intervals(table, answer, published) == true
    free = possible(table, shown, base, {})
    small = {
        key: low
        for key, (low, high) in true.items()
        if low == high and 0 < low < base and len(set(free[:, table.within(key)].sum(axis=1).tolist())) > 1
    }
    by_rule = {key for key in shown if any(shown[table.leaves[at]] in (0, base) for at in table.within(key))}
    small |= {key: low for key, (low, high) in true.items() if low == high and 0 < low < base and key in by_rule}
    found = {tuple(one.cell[name] for name in table.names): one.value for one in answer.findings.exact}
    assert found == small
    assert all(one.because for one in answer.findings.exact)
    event(f"exact {min(len(small), 3)}, known {len(known)}")


def test_two_roundings_of_the_same_counts_are_put_together() -> None:
    def differs(drawn: tuple[Drawn, int]) -> bool:
        table, base = drawn
        return values(table, rounded(table, base, seed=0)) != values(table, rounded(table, base, seed=5))

    table, base = find(
        small_tables(), differs, settings=settings(max_examples=3000, suppress_health_check=SLOW, deadline=None)
    )
    first, second = rounded(table, base, seed=0), rounded(table, base, seed=5)
    answer, published = attacked(table, first, base, second)
    one, other = (possible(table, values(table, file), base, {}) for file in (first, second))
    both = {tuple(row) for row in one.tolist()} & {tuple(row) for row in other.tolist()}
    for key, (low, high) in intervals(table, answer, published).items():
        sums = {sum(row[at] for at in table.within(key)) for row in both}
        assert (low, high) == (min(sums), max(sums))


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(drawn=small_tables())
def test_what_an_insider_computes_of_others_is_what_trying_every_table_says(drawn: tuple[Drawn, int]) -> None:
    table, base = drawn
    specification = specified(table, base, insiders=True)
    file, counts = rounded(table, base), rounded(table, base, truth=True)
    answer = attack_rounded(
        read_published(file, specification), specification, truth=read_published(counts, specification)
    )
    grid = possible(table, values(table, file), base, {})
    expected: set[Key] = set()
    for insider in sorted({leaf[0] for leaf in table.leaves}):
        mine = [at for at, leaf in enumerate(table.leaves) if leaf[0] == insider]
        own = np.array([table.counts[table.leaves[at]] for at in mine])
        left = grid[(grid[:, mine] == own).all(axis=1)]
        for at, leaf in enumerate(table.leaves):
            if leaf[0] != insider and len(set(left[:, at].tolist())) == 1 and 0 < left[0, at] < base:
                expected.add(leaf)
    found = {tuple(one.cell[name] for name in table.names) for one in answer.findings.exact}
    assert {key for key in found if key in set(table.leaves)} == expected
    event(f"found {min(len(expected), 3)}")


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(drawn=small_tables(), data=st.data())
def test_a_correction_leaves_what_was_rounded_before_where_it_can(
    drawn: tuple[Drawn, int], data: st.DataObject
) -> None:
    table, base = drawn
    specification = specified(table, base)
    before = rounded(table, base)
    changed = data.draw(st.sampled_from(table.leaves))
    counts = {**table.counts, changed: data.draw(st.integers(0, base + 2))}
    after = Drawn(
        names=table.names,
        nodes=table.nodes,
        groupings=table.groupings,
        counts=counts,
        hidden_code=None,
        threshold=table.threshold,
        width=2,
        zeros_shown=True,
        insiders=False,
        share=False,
    )
    done = round_table(
        read_leaves(after.csv(), specification), specification, seed=9, earlier=[read_published(before, specification)]
    )
    shown, old = values(after, write_rounded(done)), values(table, before)
    total = (ALL,) * len(table.names)
    assert abs(shown[total] - after.value(total)) <= base // 2
    turned = [leaf for leaf in table.leaves if leaf != changed and shown[leaf] != old[leaf]]
    assert len(turned) <= 2
    if counts == table.counts:
        assert not turned


def test_deviations_are_far_smaller_than_rounding_each_count_by_itself() -> None:
    random = np.random.default_rng(3)
    rows = ["county,muni,sex,outcome,n"]
    for place in range(120):
        for sex, outcome in product("FM", ("education", "other", "work")):
            rows.append(f"{place // 12:02},{place // 12:02}{place:03},{sex},{outcome},{random.poisson(2.2)}")
    specification = read_specification(
        'method = "rounding"\nbase = 5\n[[dimension]]\nname = "muni"\ntotal = "All"\nparents = "county"\n'
        '[[dimension]]\nname = "sex"\ntotal = "All"\n[[dimension]]\nname = "outcome"\ntotal = "All"\n'
    )
    done = round_table(read_leaves("\n".join(rows).encode(), specification), specification, seed=1)
    told = rounding_figures(done)
    assert told.whole <= 2
    for name, level in (("muni", "All"), ("muni", "county")):
        one = told.levels[name][level]
        assert one.typical < one.by_chance / 3
    assert told.everything.most <= 2 * specification.base
