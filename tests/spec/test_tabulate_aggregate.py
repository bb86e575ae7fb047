"""The counting engine by itself: sets of columns in, sums out, and nothing outside within reach."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from introstat.tabulate.aggregate import Axis, Derived, Set, aggregate, grouping_sets

PEOPLE = pa.table(
    {
        "town": ["a", "a", "b", None],
        "sex": ["1", "2", "2", "2"],
        "why": ["x", "y", "x", "x"],
        "here": [True, True, True, False],
        "counts": [True, True, True, True],
        "n": [1, 2, 3, 4],
    }
)
TOWN, SEX = Axis("town", (("town",), ())), Axis("sex", (("sex",), ()))


def summed(rows: pa.Table = PEOPLE) -> tuple[Set, ...]:
    return aggregate(
        rows, where="counts", count="n", weights={"all": (), "here": ("here",), "x": (("why", "x"),)}, axes=(TOWN, SEX)
    )


def test_the_sets_are_every_combination_of_levels() -> None:
    assert grouping_sets((TOWN, SEX)) == ((("town",), ("sex",)), (("town",), ()), ((), ("sex",)), ((), ()))


def test_each_set_has_its_sums_and_a_missing_key_is_a_key_of_its_own() -> None:
    by_both, by_town, by_sex, total = summed()
    assert sorted(zip(by_both.keys["town"], by_both.keys["sex"], by_both.sums["all"], strict=True), key=str) == [
        ("a", "1", 1), ("a", "2", 2), ("b", "2", 3), (None, "2", 4),
    ]  # fmt: skip
    assert dict(zip(by_town.keys["town"], by_town.sums["all"], strict=True)) == {"a": 3, "b": 3, None: 4}
    assert dict(zip(by_town.keys["town"], by_town.sums["here"], strict=True)) == {"a": 3, "b": 3, None: 0}
    assert dict(zip(by_sex.keys["sex"], by_sex.sums["x"], strict=True)) == {"1": 1, "2": 7}
    assert total.sums == {"all": [10], "here": [6], "x": [8]}


def test_only_rows_with_the_flag_are_counted() -> None:
    rows = PEOPLE.set_column(4, "counts", pa.array([False, False, True, False]))
    assert summed(rows)[-1].sums["all"] == [3]


def test_nobody_at_all_sums_to_nothing() -> None:
    by_both, by_town, by_sex, total = summed(PEOPLE.slice(0, 0))
    assert total.sums == {"all": [0], "here": [0], "x": [0]}
    assert by_both.sums["all"] == by_town.sums["all"] == by_sex.sums["all"] == []


def test_a_derived_column_groups_values_and_leaves_the_unknown_as_missing() -> None:
    (by_group,) = aggregate(
        PEOPLE,
        where="counts",
        count="n",
        weights={"all": ()},
        axes=(Axis("group", (("kind",),)),),
        derived=(Derived("kind", "why", {"x": "good"}),),
    )
    assert dict(zip(by_group.keys["kind"], by_group.sums["all"], strict=True)) == {"good": 8, None: 2}


def test_sums_do_not_overflow_where_a_row_stands_for_many() -> None:
    rows = PEOPLE.set_column(5, "n", pa.array([2**60, 2**60, 0, 0]))
    assert summed(rows)[-1].sums["all"] == [2**61]


@pytest.mark.parametrize("name", ["town; drop table x", "Town", "a b", '"town"', ""])
def test_a_column_name_is_never_taken_as_a_command(name: str) -> None:
    with pytest.raises(ValueError, match="plain column name"):
        Axis("town", ((name,),))


def test_the_engine_cannot_reach_a_file_and_cannot_be_opened_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    connect, opened = duckdb.connect, []

    def watched(database: str) -> duckdb.DuckDBPyConnection:
        opened.append(connect(database))
        return opened[-1].cursor()

    monkeypatch.setattr(duckdb, "connect", watched)
    summed()
    (engine,) = opened
    with pytest.raises(duckdb.PermissionException):
        engine.execute("SELECT * FROM read_csv('/etc/hostname')")
    with pytest.raises(duckdb.InvalidInputException, match="locked"):
        engine.execute("SET enable_external_access = true")
