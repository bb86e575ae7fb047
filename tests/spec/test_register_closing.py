"""The register closes by itself what has been silent for six months, and says so; by example."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from tests.made_register import WHEN, Book, people

from introstat.register.corrections import after_months

SILENT = {"national_id": "01858512345", "planned_end_date": "2016-03-01"}
LATER = WHEN + timedelta(days=1)


def ends(book: Book) -> list[tuple[str, bool]]:
    return [(str(row["end_date"]), row["closed_by_register"]) for row in book.programmes()]


def test_six_months_after_the_planned_end_a_running_programme_is_closed_in_the_same_posting() -> None:
    book = Book()
    posting = book.receive(people(SILENT))
    assert posting.closed == 1
    assert ends(book) == [("2016-09-01", True)]
    assert book.programmes()[0]["reason"] is None


@pytest.mark.parametrize(("planned", "closed"), [("2016-07-08", 1), ("2016-07-09", 0), ("2016-12-31", 0)])
def test_the_silence_must_have_lasted_more_than_six_months_on_the_day_it_is_recorded(planned: str, closed: int) -> None:
    assert Book().receive(people({**SILENT, "planned_end_date": planned})).closed == closed


def test_a_programme_that_ended_or_has_no_planned_end_is_left_alone() -> None:
    ended, unplanned = {**SILENT, "end_date": "2016-02-01"}, {**SILENT, "planned_end_date": None}
    assert Book().receive(people(ended)).closed == 0
    assert Book().receive(people(unplanned)).closed == 0


def test_the_end_that_is_delivered_afterwards_takes_the_place_of_the_register_s_own() -> None:
    book = Book()
    book.receive(people(SILENT))
    posting = book.receive(people({**SILENT, "end_date": "2016-02-15", "reason": "arbeid"}), LATER)
    assert (posting.changed, posting.closed) == (1, 0)
    assert ends(book) == [("2016-02-15", False)]


def test_the_same_file_again_neither_reopens_nor_closes_again() -> None:
    book = Book()
    book.receive(people(SILENT))
    posting = book.receive(people(SILENT, content="the same rows in another file"), LATER)
    assert posting.changes_nothing
    assert ends(book) == [("2016-09-01", True)]


def test_another_change_does_not_close_again_what_is_closed() -> None:
    book = Book()
    book.receive(people(SILENT))
    posting = book.receive(people({**SILENT, "citizenship": "ERI"}), LATER)
    assert (posting.changed, posting.closed) == (1, 0)
    assert ends(book) == [("2016-09-01", True)]


def test_a_later_planned_end_opens_the_programme_again() -> None:
    book = Book()
    book.receive(people(SILENT))
    book.receive(people({**SILENT, "planned_end_date": "2017-06-01"}), LATER)
    assert ends(book) == [("None", False)]


def test_what_a_municipality_leaves_out_of_its_next_file_is_closed_when_the_time_has_come() -> None:
    book = Book()
    book.receive(people({**SILENT, "planned_end_date": "2016-10-01"}, {"duf_number": "200000000002"}))
    assert ends(book) == [("None", False), ("None", False)]
    posting = book.receive(people({"duf_number": "200000000002"}), datetime(2017, 4, 2, tzinfo=UTC))
    assert (posting.unchanged, posting.closed) == (1, 1)
    assert ("2017-04-01", True) in ends(book)


def test_another_municipality_s_delivery_closes_nothing_here() -> None:
    book = Book()
    book.receive(people({**SILENT, "planned_end_date": "2016-10-01"}))
    later = datetime(2017, 9, 1, tzinfo=UTC)
    elsewhere = people({"duf_number": "200000000002", "municipality": "1201"}, sender="1201")
    assert book.receive(elsewhere, later).closed == 0


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2016, 3, 1), 6, date(2016, 9, 1)),
        (date(2016, 8, 31), 6, date(2017, 2, 28)),
        (date(2015, 8, 31), 6, date(2016, 2, 29)),
        (date(1969, 12, 31), 2, date(1970, 2, 28)),
    ],
)
def test_so_many_months_later_is_the_same_day_or_the_last_of_a_shorter_month(
    day: date, months: int, expected: date
) -> None:
    epoch = date(1970, 1, 1)
    (found,) = after_months(np.array([(day - epoch).days]), months).tolist()
    assert epoch + timedelta(days=found) == expected
