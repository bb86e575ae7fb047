"""Whatever was corrected since an earlier edition: the two together give nothing away that either hides."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from tests.made_counts import Drawn, Key, cut_short, possible_tables, tables, values_of

from introstat.protect.any_table.cells import write_cells
from introstat.protect.any_table.leaves import read_leaves
from introstat.protect.any_table.protecting import ProtectedTable, protect_table
from introstat.protect.any_table.published import PublishedTable, read_published
from introstat.protect.any_table.specification import read_specification
from introstat.vocabulary.errors import CannotProtect

SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much]


def protected(drawn: Drawn, *, seed: int, earlier: tuple[PublishedTable, ...] = ()) -> ProtectedTable:
    specification = read_specification(drawn.specification)
    return protect_table(read_leaves(drawn.csv(), specification), specification, seed=seed, earlier=earlier)


def former(drawn: Drawn, data: bytes) -> PublishedTable:
    return read_published(data, read_specification(drawn.specification))


def seen(drawn: Drawn, data: bytes) -> dict[Key, int | None]:
    rows = csv.DictReader(io.StringIO(data.decode()))
    return {tuple(row[name] for name in drawn.names): int(row["value"]) if row["value"] else None for row in rows}


def together(
    first: NDArray[np.int64], second: NDArray[np.int64], common: list[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The tables of either edition that some table of the other agrees with on the unchanged leaves."""
    known_first = {tuple(row) for row in first[:, common].tolist()}
    known_second = {tuple(row) for row in second[:, common].tolist()}
    return (
        first[[tuple(row) in known_second for row in first[:, common].tolist()]],
        second[[tuple(row) in known_first for row in second[:, common].tolist()]],
    )


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(drawn=tables(), data=st.data())
def test_two_editions_with_a_correction_between_give_nothing_away(drawn: Drawn, data: st.DataObject) -> None:
    assume(drawn.hidden_code is None)
    drawn = replace(drawn, zeros_shown=True, insiders=False)
    changed = data.draw(st.sampled_from(sorted({leaf[0] for leaf in drawn.leaves})))
    counts = {
        leaf: data.draw(st.integers(0, 2)) if leaf[0] == changed else count for leaf, count in drawn.counts.items()
    }
    assume(any(counts.values()))
    later = replace(drawn, counts=counts)
    same_row = counts == drawn.counts
    try:
        old = protected(drawn, seed=1)
        new = protected(later, seed=2, earlier=(former(drawn, write_cells(old, truth=True)),))
    except CannotProtect:
        event("cannot be protected")
        return
    assert new.is_safe
    shown_old, shown_new = seen(drawn, write_cells(old)), seen(later, write_cells(new))
    event(f"corrected {not same_row}, hidden {min(2, sum(value is None for value in shown_new.values()))}")
    if same_row:
        assert all(shown_new[key] == value for key, value in shown_old.items() if value is not None)
    common = [at for at, leaf in enumerate(drawn.leaves) if leaf[0] != changed or same_row]
    first, second = together(possible_tables(drawn, shown_old), possible_tables(later, shown_new), common)
    for table, found, shown in ((drawn, first, shown_old), (later, second, shown_new)):
        for key, value in shown.items():
            values = values_of(table, found, key)
            assert table.value(key) in values
            # What was hidden only to protect others may be shown later.
            if value is None and (table is later or table.value(key) < table.threshold):
                assert max(values) - min(values) + 1 >= drawn.width or cut_short(table, found, key)


@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
@given(drawn=tables(shares=True))
def test_an_edition_of_the_same_counts_shows_what_the_last_one_did(drawn: Drawn) -> None:
    try:
        first = write_cells(protected(drawn, seed=1))
        second = write_cells(protected(drawn, seed=2, earlier=(former(drawn, first),)))
    except CannotProtect:
        return
    before, now = seen(drawn, first), seen(drawn, second)
    assert all(now[key] == value for key, value in before.items() if value is not None)
