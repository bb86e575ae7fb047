"""Whatever table anyone could draw: what `attack` says of it is exactly true, and what `protect` leaves is what it claims."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import HealthCheck, event, find, given, settings
from hypothesis import strategies as st
from tests.made_counts import ALL, Drawn, Key, cut_short, possible_tables, tables, values_of

from introstat.protect.any_table.cells import write_cells
from introstat.protect.any_table.leaves import read_leaves
from introstat.protect.any_table.protecting import ProtectedTable, protect_table
from introstat.protect.any_table.published import read_published
from introstat.protect.any_table.recovery import Answer, attack_published
from introstat.protect.any_table.specification import read_specification
from introstat.vocabulary.errors import CannotProtect

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def published(drawn: Drawn, shown: dict[Key, int | None], shares: dict[Key, int]) -> bytes:
    """A long table with the columns of the groups, as somebody else would write it."""
    parents = sorted(drawn.groupings)
    rows = [[*drawn.names, *parents, "value", "share"]]
    for key, value in shown.items():
        above = [drawn.groupings[parent].get(key[0], "") for parent in parents]
        rows.append([*key, *above, "" if value is None else str(value), str(shares.get(key, ""))])
    return "\n".join(",".join(row) for row in rows).encode()


def attacked(drawn: Drawn, data: bytes) -> Answer:
    specification = read_specification(drawn.specification)
    return attack_published(read_published(data, specification), specification, seed=1)


def protected(drawn: Drawn, order: list[int] | None = None) -> ProtectedTable:
    specification = read_specification(drawn.specification)
    return protect_table(read_leaves(drawn.csv(order), specification), specification, seed=5)


def written(drawn: Drawn, data: bytes) -> tuple[dict[Key, int | None], dict[Key, int], dict[Key, str]]:
    """Values, shares and marks by cell."""
    rows = list(csv.DictReader(io.StringIO(data.decode())))
    keys = [tuple(row[name] for name in drawn.names) for row in rows]
    values = {key: int(row["value"]) if row["value"] else None for key, row in zip(keys, rows, strict=True)}
    shares = {key: int(row["share"]) for key, row in zip(keys, rows, strict=True) if row.get("share")}
    return values, shares, {key: row["mark"] for key, row in zip(keys, rows, strict=True)}


@settings(max_examples=120, deadline=None, suppress_health_check=SLOW)
@given(drawn=tables(shares=True), data=st.data())
def test_the_attack_on_a_strangers_table_says_what_trying_every_table_says(drawn: Drawn, data: st.DataObject) -> None:
    keys = drawn.published
    hide = data.draw(st.lists(st.booleans(), min_size=len(keys), max_size=len(keys)))
    shown: dict[Key, int | None] = {
        key: None if hidden and (drawn.value(key) or not drawn.zeros_shown) else drawn.value(key)
        for key, hidden in zip(keys, hide, strict=True)
    }
    shares = {}
    total = (ALL,) * len(drawn.names)
    if drawn.share:
        shown[total] = drawn.value(total)
    for key in keys if drawn.share else ():
        base, part = drawn.value(key), drawn.value((key[0], "b0", *key[2:]))
        if key[1] == ALL and base and data.draw(st.booleans()):
            shares[key] = (200 * part + base) // (2 * base)
    answer = attacked(drawn, published(drawn, shown, shares))
    assert answer.settled
    found = possible_tables(drawn, shown, shares=shares)
    assert len(found)
    exact: dict[Key, int] = {}
    narrow: set[Key] = set()
    unknown: set[Key] = set()
    group = [key for key in product(*drawn.nodes) if key not in shown]
    for key in [*(key for key, value in shown.items() if value is None), *group]:
        values = values_of(drawn, found, key)
        if len(values) == 1:
            exact[key] = values.pop()
        elif cut_short(drawn, found, key):
            unknown.add(key)
        elif max(values) - min(values) + 1 < drawn.width:
            narrow.add(key)
    told = {tuple(one.cell[name] for name in drawn.names): one.value for one in answer.exact}
    few = {tuple(one.cell[name] for name in drawn.names): (one.low, one.high) for one in answer.narrow}
    event(f"exact {min(len(exact), 3)}, narrow {min(len(narrow), 2)}")
    mine = {key: value for key, value in exact.items() if key not in group}
    assert {key: value for key, value in told.items() if key in mine or key not in group} == mine
    narrow = {key for key in narrow if key not in group}
    assert {key for key in few if key not in group} - unknown == narrow
    # A number of a hidden group is told once, under one of its names.
    numbers = {frozenset(drawn.within(key)) for key in group if key in exact}
    assert {frozenset(drawn.within(key)) for key in told if key in group} <= numbers
    assert all(exact[key] == value for key, value in told.items())
    for key, (low, high) in few.items():
        values = values_of(drawn, found, key)
        assert low <= min(values)
        assert max(values) <= high
    for one in answer.exact:
        assert one.because
        subtraction = re.search(r"[^÷] = (\d+) − (\d+)", one.because)
        assert not subtraction or int(subtraction[1]) - int(subtraction[2]) == one.value


@settings(max_examples=80, deadline=None, suppress_health_check=SLOW)
@given(drawn=tables(shares=True))
def test_what_protection_leaves_is_what_it_claims(drawn: Drawn) -> None:
    try:
        done = protected(drawn)
    except CannotProtect:
        event("cannot be protected")
        return
    assert done.is_safe
    shown, shares, marks = written(drawn, write_cells(done, reveal_kind=True))
    assert set(shown) == set(drawn.published)
    secret = {key for key in shown if 0 < drawn.value(key) < drawn.threshold}
    assert {key for key, value in shown.items() if value is not None} & secret == set()
    assert all(value == drawn.value(key) for key, value in shown.items() if value is not None)
    assert all((value is None) == (marks[key] != "shown") for key, value in shown.items())
    assert not drawn.zeros_shown or all(shown[key] == 0 for key in shown if drawn.value(key) == 0)
    if shown[(ALL,) * len(drawn.names)] is None:
        shares = {}
    found = possible_tables(drawn, shown, shares=shares)
    group = [key for key in product(*drawn.nodes) if key not in shown and drawn.value(key)]
    for key in [*(key for key, value in shown.items() if value is None), *group]:
        values = values_of(drawn, found, key)
        assert max(values) - min(values) + 1 >= drawn.width or cut_short(drawn, found, key)
    event(f"hidden {min(3, sum(value is None for value in shown.values()))}")
    for insider in {leaf[0] for leaf in drawn.leaves} - {drawn.hidden_code} if drawn.insiders else ():
        known = possible_tables(drawn, shown, shares=shares, insider=insider)
        for key in secret:
            others = [at for at in drawn.within(key) if drawn.leaves[at][0] != insider]
            unknown = {int(total) for total in found[:, others].sum(axis=1)}
            assert len(values_of(drawn, known, key)) > 1 or len(unknown) == 1


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(drawn=tables(shares=True))
def test_our_own_attack_finds_nothing_in_what_we_protected(drawn: Drawn) -> None:
    try:
        data = write_cells(protected(drawn))
    except CannotProtect:
        return
    answer = attacked(drawn, data)
    assert answer.is_safe
    assert b"primary" not in data


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(drawn=tables(), data=st.data())
def test_the_order_of_rows_and_a_second_run_change_no_byte(drawn: Drawn, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(drawn.leaves))))
    try:
        first = write_cells(protected(drawn), truth=True)
    except CannotProtect:
        with pytest.raises(CannotProtect):
            protected(drawn, list(order))
        return
    assert write_cells(protected(drawn, list(order)), truth=True) == first


@pytest.mark.parametrize(
    "wanted",
    [
        lambda drawn: (
            drawn.hidden_code is not None and drawn.zeros_shown and drawn.value((ALL,) * len(drawn.names)) > 3
        ),
        lambda drawn: len(drawn.groupings) == 2 and not drawn.zeros_shown,
        lambda drawn: len(drawn.names) == 3 and drawn.insiders,
        lambda drawn: drawn.share and drawn.width == 3,
    ],
    ids=[
        "a hidden group",
        "linked groups and hidden zeros",
        "three dimensions and insiders",
        "a share and width three",
    ],
)
def test_the_tables_drawn_reach(wanted: Callable[[Drawn], bool]) -> None:
    assert wanted(find(tables(shares=True), wanted, settings=settings(database=None, max_examples=2000)))


def test_trying_every_table_would_notice_a_leak() -> None:
    drawn = Drawn(
        names=("a",),
        nodes=({"a0": frozenset({"a0"}), "a1": frozenset({"a1"}), ALL: frozenset({"a0", "a1"})},),
        groupings={},
        counts={("a0",): 2, ("a1",): 1},
        hidden_code=None,
        threshold=2,
        width=2,
        zeros_shown=True,
        insiders=False,
        share=False,
    )
    found = possible_tables(drawn, {("a0",): 2, ("a1",): None, (ALL,): 3})
    assert values_of(drawn, found, ("a1",)) == {1}
