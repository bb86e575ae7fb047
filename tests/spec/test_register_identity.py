"""Who is the same person, by example."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pyarrow as pa
import pytest
from tests.made_register import WHEN, Book, people

from introstat.register.identity import KNOWN, canonical, is_synthetic, recognise

BORN, OTHER = date(1985, 5, 1), date(1991, 7, 7)
Row = Mapping[str, object]


def rows(*lines: Row) -> pa.Table:
    return pa.Table.from_pylist([dict(line) for line in lines], schema=KNOWN)


def found(records: pa.Table, known: pa.Table) -> list[int | str]:
    """The person of each row; a newcomer as a letter, the same for the same newcomer."""
    seen = recognise(records, known)
    letters: dict[int, str] = {}
    return [
        person if person >= 0 else letters.setdefault(new, "abcdef"[len(letters)])
        for person, new in zip(seen.person.tolist(), seen.newcomer.tolist(), strict=True)
    ]


ANNA = {"person": 7, "national_id": "41058500001", "duf_number": "201000000007", "birth_date": BORN}


def test_a_national_id_is_one_person_s_whatever_else_has_changed() -> None:
    assert found(rows({"national_id": "41058500001", "birth_date": OTHER}), rows(ANNA)) == [7]


def test_a_d_number_that_was_replaced_is_recognised_by_duf_number_and_birth_date() -> None:
    row = {"national_id": "01058500009", "duf_number": "201000000007", "birth_date": BORN}
    assert found(rows(row), rows(ANNA)) == [7]


def test_a_duf_number_typed_wrong_does_not_make_two_people_one() -> None:
    row = {"national_id": "07079100003", "duf_number": "201000000007", "birth_date": OTHER}
    assert found(rows(row), rows(ANNA)) == ["a"]


def test_rows_of_one_file_are_joined_through_a_third() -> None:
    file = rows(
        {"national_id": "41058500001", "birth_date": BORN},
        {"duf_number": "201000000007", "birth_date": BORN},
        {"national_id": "41058500001", "duf_number": "201000000007", "birth_date": BORN},
        {"duf_number": "201000000008", "birth_date": BORN},
    )
    assert found(file, rows()) == ["a", "a", "a", "b"]


def test_a_row_that_is_two_known_people_belongs_to_the_one_met_first() -> None:
    known = rows({**ANNA, "duf_number": None}, {**ANNA, "person": 3, "national_id": None})
    assert found(rows({**ANNA, "person": None}), known) == [3]


def test_a_row_without_a_birth_date_follows_the_duf_number() -> None:
    file = rows({"duf_number": "201000000007"}, {"duf_number": "201000000008"}, {"duf_number": "201000000008"})
    assert found(file, rows(ANNA)) == [7, "a", "a"]


def test_somebody_known_only_without_a_birth_date_is_recognised_when_it_comes() -> None:
    assert found(rows({"duf_number": "201000000007", "birth_date": BORN}), rows({**ANNA, "birth_date": None})) == [7]


def test_people_without_a_number_in_common_stay_apart() -> None:
    file = rows({"national_id": "1", "birth_date": BORN}, {"duf_number": "2", "birth_date": BORN})
    assert found(file, rows(ANNA)) == ["a", "b"]


def test_two_known_people_that_turn_out_to_be_one_get_the_lower_number() -> None:
    known = rows(ANNA, {**ANNA, "person": 9, "national_id": "01058500009"}, {"person": 8, "birth_date": BORN})
    assert canonical(known) == {9: 7}


def test_in_the_register_they_are_one_person_from_then_on() -> None:
    book = Book()
    d_number, national = {"national_id": "41058500001"}, {"national_id": "01058500009", "start_date": "2015-09-01"}
    book.receive(people(d_number))
    book.receive(people(national), WHEN + timedelta(days=1))
    assert {row["person"] for row in book.programmes()} == {1, 2}
    duf = {"duf_number": "201000000007"}
    book.receive(people({**d_number, **duf}, {**national, **duf}), WHEN + timedelta(days=2))
    assert [(row["person"], str(row["start_date"])) for row in book.programmes()] == [
        (1, "2014-09-01"),
        (1, "2015-09-01"),
    ]


SWAPPED = (
    {"national_id": "01858500001", "duf_number": "200000000001", "birth_date": "1985-05-01"},
    {"national_id": "01858500002", "duf_number": "200000000001", "birth_date": "1990-01-01"},
)


@pytest.mark.parametrize("order", [1, -1], ids=["as delivered", "turned"])
@pytest.mark.parametrize("mine", [0, 1], ids=["the first one's id", "the other one's id"])
def test_what_a_file_replaces_does_not_make_two_of_its_rows_one_person(mine: int, order: int) -> None:
    book = Book()
    book.receive(people({**SWAPPED[mine], "birth_date": SWAPPED[1 - mine]["birth_date"]}))
    book.receive(people(*SWAPPED[::order], content="again"), WHEN + timedelta(days=1))
    numbers = {row["national_id"]: row["person"] for row in book.programmes()}
    assert numbers == {SWAPPED[mine]["national_id"]: 1, SWAPPED[1 - mine]["national_id"]: 2}
    assert book.receive(people(*SWAPPED[::order], content="again"), WHEN + timedelta(days=1)).changes_nothing


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("01058512345", False),
        ("41058512345", False),
        ("01858512345", True),
        ("01708512345", True),
        ("01458512345", True),
        (None, False),
    ],
    ids=["real", "D-number", "month +80", "month +65", "month +40", "none"],
)
def test_an_invented_id_is_told_by_its_month(number: str | None, expected: bool) -> None:
    assert is_synthetic(pa.chunked_array([pa.array([number], pa.string())])).to_pylist() == [expected]
