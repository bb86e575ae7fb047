"""What a published table of anybody's gives away, and how: by example."""

from __future__ import annotations

import pytest

from introstat.protect.any_table.published import read_published
from introstat.protect.any_table.recovery import Answer, attack_published
from introstat.protect.any_table.specification import read_specification
from introstat.vocabulary.errors import Misused

WIDE = """place,work,education
Whole,20,17
North,:,8
South,7,:
East,9,:
"""
PLACE = 'threshold = 5\n[[dimension]]\nname = "place"\ntotal = "Whole"\n'
SEXES = 'threshold = 3\n[[dimension]]\nname = "place"\ntotal = "T"\n[[dimension]]\nname = "sex"\ntotal = "B"\n'


def attack(table: str, specification: str = PLACE, **files: str) -> Answer:
    told = read_specification(specification)
    beside = {name.replace("_csv", ".csv"): text.encode() for name, text in files.items()}
    return attack_published(read_published(table.encode(), told, files=beside, source="t.csv"), told)


def said(answer: Answer) -> dict[str, tuple[int, str]]:
    return {"/".join(one.cell.values()): (one.value, one.because) for one in answer.exact}


def test_one_hidden_cell_of_a_column_is_the_total_less_the_others() -> None:
    answer = attack(WIDE)
    assert said(answer) == {"North/work": (4, "Whole − all other rows = 20 − 16")}
    assert (answer.hidden, answer.settled, answer.is_safe) == (3, True, False)


def test_a_hidden_total_is_the_sum_of_its_rows() -> None:
    answer = attack("place,n\nWhole,\nNorth,4\nSouth,5\n")
    assert said(answer) == {"Whole/n": (9, "North + South = 4 + 5")}


def test_two_hidden_neighbours_keep_their_secret_until_whole_numbers_give_it_away() -> None:
    assert attack("place,n\nWhole,9\nNorth,:\nSouth,:\nEast,6\n").is_safe
    told = said(attack("place,n\nWhole,8\nNorth,:\nSouth,:\nEast,6\nWest,0\n"))
    assert {cell: value for cell, (value, _) in told.items()} == {"North/n": 1, "South/n": 1}
    assert "Whole = 8, and its other parts are at least 7 together" in told["North/n"][1]


def test_too_few_possible_values_are_told_with_their_bounds() -> None:
    answer = attack("place,n\nWhole,9\nNorth,:\nSouth,:\nEast,6\nWest,0\n", "width = 3\n" + PLACE)
    assert [(one.cell["place"], one.low, one.high) for one in answer.narrow] == [("North", 1, 2), ("South", 1, 2)]


def test_a_square_with_a_corner_missing_is_computed_step_by_step() -> None:
    told = said(attack("place,sex,value\nT,B,20\nT,F,9\nT,M,11\nN,B,\nN,F,4\nN,M,\nS,B,12\nS,F,5\nS,M,\n", SEXES))
    assert {cell: value for cell, (value, _) in told.items()} == {"N/B": 8, "N/M": 4, "S/M": 7}
    assert told["N/B"][1] == "T / B − S / B = 20 − 12"
    assert told["N/M"][1] == "T / M − S / M = 11 − 7, where S / M = 7 follows first"


def test_a_cell_that_no_single_sum_gives_is_told_as_a_combination() -> None:
    table = "place,sex,value\nT,B,20\nT,F,10\nT,M,\nN,B,8\nN,F,\nN,M,3\nS,B,\nS,F,\nS,M,\n".replace("T,M,", "T,M,10")
    told = said(attack(table, SEXES.replace("threshold", 'zeros = "hidden"\nthreshold')))
    assert told["S/B"][0] == 12
    assert told["S/M"][0] == 7


def test_another_cell_of_the_same_people_is_named() -> None:
    told = said(attack("place,sex,value\nT,B,4\nT,F,4\nT,M,0\nN,B,:\nN,F,4\nN,M,0\n", SEXES))
    assert told["N/B"] == (4, "N / F = 4 counts the same people")


def test_people_counted_in_the_total_only_are_a_row_of_their_own() -> None:
    table = "place,work,education\nWhole,21,17\nNorth,4,8\nSouth,7,6\nEast,9,:\n"
    answer = attack(table, PLACE + '[[hidden_group]]\nplace = "secret"\n')
    assert said(answer) == {"secret/work": (1, "Whole − all other rows = 21 − 20")}
    declared = attack(table, PLACE + '[[hidden_group]]\nplace = "secret"\ndeclared = ["work"]\n')
    assert [(one.cell["measure"], one.value) for one in declared.declared] == [("work", 1)]
    assert declared.is_safe


def test_shares_are_counts_where_their_base_is_shown() -> None:
    table = "place,ended,work,percent\nWhole,40,20,50\nNorth,10,:,40\nSouth,30,:,53\n"
    specification = 'shares = [{ numerator = ["work"], base = "ended", column = "percent" }]\n' + PLACE
    told = said(attack(table, specification))
    assert {cell: value for cell, (value, _) in told.items()} == {"North/work": 4, "South/work": 16}
    assert attack(table, specification.replace('"percent"', '"elsewhere"')).is_safe


def test_a_share_that_the_counts_contradict_is_named() -> None:
    table = "place,ended,work,percent\nWhole,40,20,50\nNorth,10,4,30\nSouth,30,16,53\n"
    specification = 'shares = [{ numerator = ["work"], base = "ended", column = "percent" }]\n' + PLACE
    with pytest.raises(Misused, match=r"row 3 .* a share of 30 per cent, and 4 of 10 is another"):
        attack(table, specification)


def test_columns_of_codes_texts_and_unnamed_shares_are_left_out_and_told() -> None:
    answer = attack("nr,place,work,andel_pst,about\n00,Whole,9,50,x\n01,North,:,40,y\n02,South,5,60,z\n")
    assert said(answer)["North/work"][0] == 4
    assert len(answer.notes) == 3


def test_what_belongs_to_what_is_read_from_a_column_a_file_or_the_codes() -> None:
    rows = [("T", 30, ""), ("01", 12, ""), ("02", 18, ""), ("0101", None, "01"), ("0102", 7, "01"), ("0201", 18, "02")]
    plain = "muni,value\n" + "\n".join(f"{code},{'' if n is None else n}" for code, n, _ in rows)
    column = "muni,value,county\n" + "\n".join(f"{code},{'' if n is None else n},{above}" for code, n, above in rows)
    dimension = 'threshold = 5\n[[dimension]]\nname = "muni"\ntotal = "T"\nparents = '
    for answer in (
        attack(plain, dimension + '"county"'),
        attack(column, dimension + '"county"'),
        attack(plain, dimension + '"p.csv"', p_csv="0101,01\n0102,01\n0201,02\n"),
    ):
        assert said(answer) == {"0101": (5, "01 − 0102 = 12 − 7")}


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (WIDE.replace("Whole,20", "Whole,15"), "row 2 (place=Whole, measure=work)"),
        (
            WIDE.replace("South,7,:", "South,7,5").replace("East,9,:", "East,9,5"),
            "row 2 (place=Whole, measure=education)",
        ),
        (WIDE.replace("South,7", "South,-7"), "row 4 (place=South): work is '-7'"),
        (WIDE.replace("South,7", "South,7.5"), "row 4 (place=South): work is '7.5'"),
        (WIDE.replace("South", "North"), "row 4: place=North stands on row 3"),
        (WIDE.replace("place", "fylke"), "no column 'place'"),
        ("place\nWhole\n", "neither a column 'value' nor a column of numbers"),
    ],
)
def test_tables_that_cannot_be_are_named_by_row(table: str, row: str) -> None:
    with pytest.raises(Misused) as problem:
        attack(table)
    assert row in str(problem.value)


def test_sums_that_contradict_each_other_only_together_are_refused() -> None:
    table = "place,sex,value\nT,B,16\nT,F,8\nT,M,8\nN,B,8\nN,F,7\nN,M,\nS,B,8\nS,F,\nS,M,\nE,B,0\nE,F,0\nE,M,0\n"
    assert attack(table, SEXES).settled
    with pytest.raises(Misused, match="no counts at all agree with what is shown"):
        attack(table.replace("S,M,", "S,M,6"), SEXES)


def test_marks_that_tell_why_a_cell_is_hidden_tell_its_size() -> None:
    table = "place,value,mark\nWhole,16,shown\nNorth,,primary\nSouth,,secondary\nEast,10,shown\nWest,0,shown\n"
    assert {cell: value for cell, (value, _) in said(attack(table)).items()} == {"North": 1, "South": 5}
    assert attack(table.replace("primary", "hidden").replace("secondary", "hidden")).is_safe


def test_what_an_earlier_edition_showed_of_the_same_counts_is_known() -> None:
    specification = read_specification(PLACE)
    now = read_published(b"place,n\nWhole,9\nNorth,:\nSouth,:\nEast,4\n", specification)
    before = read_published(b"place,n\nWhole,9\nNorth,2\nSouth,:\nEast,:\n", specification, source="first.csv")
    other = read_published(b"place,n\nWhole,8\nNorth,2\nSouth,:\nEast,:\n", specification, source="other.csv")
    answer = attack_published(now, specification, earlier=[before])
    assert {one.cell["place"]: (one.value, one.because) for one in answer.exact} == {
        "North": (2, "shown in first.csv"),
        "South": (3, "Whole − all other rows = 9 − 6"),
    }
    left_out = attack_published(now, specification, earlier=[other])
    assert left_out.is_safe
    assert "other.csv shows other counts" in left_out.notes[0]


def test_a_share_that_an_earlier_edition_showed_is_known() -> None:
    specification = read_specification('shares = [{ numerator = { sex = "F" }, base = "sex" }]\n' + SEXES)
    rows = "T,B,15,{}\nT,F,:,\nT,M,:,\nN,B,10,{}\nN,F,:,\nN,M,:,\nS,B,5,\nS,F,:,\nS,M,:,\n"
    now, before = (
        read_published(f"place,sex,value,share\n{rows.format(*told)}".encode(), specification, source=source)
        for told, source in ((("", ""), "now.csv"), (("", 30), "first.csv"))
    )
    assert attack_published(now, specification).is_safe
    answer = attack_published(now, specification, earlier=[before])
    assert {tuple(one.cell.values()): one.value for one in answer.exact}["N", "F"] == 3


def test_two_names_of_one_number_are_explained_alike() -> None:
    table = "place,sex,value\nT,B,9\nT,F,5\nT,M,4\nN,B,\nN,F,\nN,M,0\nS,B,7\nS,F,\nS,M,4\n"
    told = said(attack(table, SEXES))
    assert told["N/B"] == told["N/F"]
    assert told["N/B"][1] == "T / B − S / B = 9 − 7"
