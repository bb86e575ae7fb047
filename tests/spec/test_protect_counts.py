"""Counts of one's own: how they become cells, and what is said to counts that cannot be any."""

from __future__ import annotations

import csv

import pytest

from introstat.protect.any_table.cells import write_cells
from introstat.protect.any_table.leaves import LeafTable, read_leaves
from introstat.protect.any_table.posing import pose
from introstat.protect.any_table.protecting import protect_table
from introstat.protect.any_table.specification import read_specification
from introstat.vocabulary.errors import Misused

SPECIFICATION = """
threshold = 3
blocks = ["year"]
[[dimension]]
name = "muni"
total = "Total"
parents = "county"
[[dimension]]
name = "sex"
total = "Both"
"""
COUNTS = """year,county,muni,sex,n
2016,01,0101,F,3
2016,01,0101,M,1
2016,01,0104,F,4
2017,01,0101,F,2
2016,02,0211,M,7
"""


def read(counts: str, specification: str = SPECIFICATION, **files: str) -> LeafTable:
    told = {name.replace("_csv", ".csv"): text.encode() for name, text in files.items()}
    return read_leaves(counts.encode(), read_specification(specification), files=told, source="counts.csv")


def cells(counts: str, specification: str = SPECIFICATION, **files: str) -> dict[tuple[str, ...], int]:
    """Every published cell that is not zero, by block and codes."""
    found = {}
    for block in pose(read(counts, specification, **files), read_specification(specification)):
        for at in block.published.nonzero()[0]:
            codes = [hierarchy.codes[block.nodes[at, d]] for d, hierarchy in enumerate(block.hierarchies)]
            found[(*block.block, *codes)] = int(block.values[at])
    return found


def test_every_level_of_every_dimension_has_its_cell() -> None:
    found = cells(COUNTS)
    assert found["2016", "Total", "Both"] == 15
    assert found["2016", "01", "F"] == 7
    assert found["2016", "0211", "Both"] == 7
    assert found["2017", "Total", "F"] == 2
    assert ("2016", "0211", "F") not in found
    assert len(found) == 15 + 6


def test_cells_over_the_same_leaves_are_one_number() -> None:
    (_, second) = pose(read(COUNTS), read_specification(SPECIFICATION))
    assert second.system.cells == 1
    assert second.published.sum() == 6


def test_the_order_of_rows_changes_nothing() -> None:
    head, *rows = COUNTS.splitlines()
    turned = "\n".join([head, *reversed(rows)])
    for one, other in zip(
        *(pose(read(text), read_specification(SPECIFICATION)) for text in (COUNTS, turned)), strict=True
    ):
        assert (one.system.matrix != other.system.matrix).nnz == 0
        assert one.order.tolist() == other.order.tolist()
        assert one.system.relations.child.tolist() == other.system.relations.child.tolist()


def test_parents_may_stand_in_a_file_with_levels_of_its_own() -> None:
    specification = SPECIFICATION.replace('"county"', '"places.csv"').replace(
        'blocks = ["year"]', 'ignore = ["county", "year"]'
    )
    counts = COUNTS.replace("2017,01,0101,F,2\n", "")
    found = cells(counts, specification, places_csv="code,parent\n0101,01\n0104,01\n0211,02\n01,East\n02,East\n")
    assert found["East", "Both"] == 15
    assert found["01", "Both"] == 8


def test_linked_geographies_are_summed_side_by_side() -> None:
    counts = "muni,county,region,n\na,1,N,2\nb,1,S,3\nc,2,S,4\n"
    specification = 'threshold = 2\n[[dimension]]\nname = "muni"\ntotal = "T"\nparents = ["county", "region"]\n'
    found = cells(counts, specification)
    assert (found[("1",)], found[("S",)], found[("T",)]) == (5, 7, 9)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("0101,F,3", "0101,F,-3"), "row 2 (year=2016, muni=0101, sex=F): the count is -3; a count cannot be negative"),
        (
            ("0101,F,3", "0101,F,3.5"),
            "row 2 (year=2016, muni=0101, sex=F): the count is 3.5; a count is written as a whole",
        ),
        (("0101,F,3", "0101,F,many"), "the count is 'many', not a whole number"),
        (("0101,F,3", "0101,F,"), "the count is empty"),
        (("0101,F,3", "0101,F,nan"), "the largest that is worked on"),
        (("0101,F,3", "0101,F,99999999999999"), "the largest that is worked on"),
        (("0101,F,3", "0101,F,3,9"), "row 2: 6 values under 5 columns"),
        (("2016,01,0101,M,1", "2016,01,0101,F,1"), "row 3 (year=2016, muni=0101, sex=F): stands on row 2 already"),
        (("2016,01,0101,M,1", "2016,02,0101,M,1"), "row 3: muni 0101 has two parents in county, 01 and 02"),
        (("0101,M", "Total,M"), "row 3: muni is 'Total', the total"),
        (("0101,M", ",M"), "row 3: muni is empty"),
        (("2016,01,0101,M", "2016,Both,0101,M"), "two parents"),
        (("sex,n", "gender,n"), "no column 'sex', which the specification names"),
        (("sex,n", "sex,count"), "no column 'n'"),
        (("sex,n", "sex,sex"), "the column 'sex' stands twice"),
        (("county,muni", "region,muni"), "'county' are neither a column of the table nor a file"),
        ((COUNTS, ""), "is empty"),
        ((COUNTS, "year,county,muni,sex,n\n"), "has a heading and no rows"),
    ],
)
def test_counts_that_cannot_be_any_are_named_by_row_and_key(change: tuple[str, str], said: str) -> None:
    with pytest.raises(Misused) as problem:
        read(COUNTS.replace(*change))
    assert said in str(problem.value)


def test_a_column_that_nobody_named_is_asked_about() -> None:
    with pytest.raises(Misused, match="has a column 'age' that the specification does not name"):
        read("year,county,muni,sex,age,n\n2016,01,0101,F,30,2\n")


@pytest.mark.parametrize(
    ("places", "said"),
    [
        ("0101,01\n0101,02\n", "places.csv, row 2: 0101 has two parents, 01 and 02"),
        ("0101,01\n01,East\nEast,01\n", "go in a loop: 0101 → 01 → East → 01"),
        ("0101;01;x\n", "row 1: expected code,parent"),
        ("0104,01\n", "'0101' stands in the table and has no parent here"),
        ("0101,01\n0102,0101\n", "has counts of its own and is a parent too"),
    ],
)
def test_parents_that_cannot_be_are_named(places: str, said: str) -> None:
    specification = 'threshold = 3\n[[dimension]]\nname = "muni"\ntotal = "Total"\nparents = "places.csv"\n'
    with pytest.raises(Misused) as problem:
        read("muni,n\n0101,4\n", specification, places_csv=places)
    assert said in str(problem.value)


def test_a_code_that_means_two_groups_is_refused() -> None:
    specification = 'threshold = 2\n[[dimension]]\nname = "muni"\ntotal = "T"\nparents = ["county", "region"]\n'
    with pytest.raises(Misused, match="the code '1' stands for two different groups"):
        read("muni,county,region,n\na,1,2,2\nb,1,1,3\n", specification)


def test_a_billion_cells_are_refused_before_any_work() -> None:
    names = [f"d{at}" for at in range(9)]
    rows = [",".join([*names, "n"])] + [",".join([str(code)] * 9 + ["1"]) for code in range(9)]
    specification = "threshold = 5\n" + "".join(f'[[dimension]]\nname = "{name}"\ntotal = "T"\n' for name in names)
    with pytest.raises(Misused, match=r"The table has 1,000,000,000 cells in a block"):
        read("\n".join(rows), specification)


def test_a_hidden_group_counts_in_totals_and_has_no_cell_of_its_own() -> None:
    specification = SPECIFICATION.replace('blocks = ["year"]', 'ignore = ["year"]\nhidden_groups = [{ county = "02" }]')
    found = cells(COUNTS.replace("2017,01,0101,F,2\n", ""), specification)
    assert found["Total", "Both"] == 15
    assert not {codes for codes in found if codes[0] in ("02", "0211")}


def test_a_year_with_nobody_in_it_is_all_zeros() -> None:
    told = read_specification(SPECIFICATION)
    table = read(COUNTS + "2018,01,0101,F,0\n")
    written = write_cells(protect_table(table, told, seed=1)).decode().splitlines()
    empty = [line for line in written if line.startswith("2018,")]
    assert len(empty) == 6 * 3
    assert all(line.endswith(",0,shown") for line in empty)


def test_codes_with_commas_and_quotation_marks_come_back_as_they_were() -> None:
    counts = 'muni,n\n"a, b",7\n"c ""d""",8\n'
    told = read_specification('threshold = 2\n[[dimension]]\nname = "muni"\ntotal = "T"\n')
    rows = list(csv.reader(write_cells(protect_table(read_leaves(counts.encode(), told), told)).decode().splitlines()))
    assert rows[1:] == [["T", "15", "shown"], ["a, b", "7", "shown"], ['c "d"', "8", "shown"]]
