"""What a delivery adds to the register, by example."""

from __future__ import annotations

from datetime import timedelta

from tests.made_register import WHEN, YEAR, Book, delivered, direct, nil, people

from introstat.register import receipt_for
from introstat.register.corrections import correct, withdraw
from introstat.vocabulary.deliveries import DeliveryKind
from introstat.vocabulary.histories import EntryKind, Posting

ANNA = {"national_id": "01858512345", "first_name": "Anna"}
OMAR = {"duf_number": "200000000002", "sex": "M", "birth_date": "1990-01-01"}
LATER = WHEN + timedelta(days=1)


def kinds(posting: Posting) -> list[str]:
    found: list[str] = posting.entries["kind"].to_pylist()
    return found


def test_people_nobody_knows_are_new() -> None:
    posting = Book().receive(people(ANNA, OMAR))
    assert (posting.new, posting.changed, posting.unchanged) == (2, 0, 0)
    assert kinds(posting) == [EntryKind.DELIVERY, EntryKind.PROGRAMME, EntryKind.PROGRAMME]


def test_the_same_rows_again_leave_nothing_but_that_they_came() -> None:
    book = Book()
    book.receive(people(ANNA, OMAR))
    again = book.receive(people(OMAR, ANNA), LATER)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)
    assert again.changes_nothing


def test_a_row_with_another_reason_is_changed_and_the_rest_are_not() -> None:
    book = Book()
    book.receive(people({**ANNA, "end_date": "2016-05-01"}, OMAR))
    posting = book.receive(people({**ANNA, "end_date": "2016-05-01", "reason": "arbeid"}, OMAR), LATER)
    assert (posting.new, posting.changed, posting.unchanged) == (0, 1, 1)
    assert sorted(str(row["reason"]) for row in book.programmes()) == ["None", "arbeid"]


def test_a_change_in_a_column_that_no_statistic_reads_is_a_change_all_the_same() -> None:
    book = Book()
    book.receive(people(ANNA))
    assert book.receive(people({**ANNA, "first_name": "Anne"}), LATER).changed == 1


def test_a_second_programme_of_a_known_person_is_new_and_hers() -> None:
    book = Book()
    book.receive(people(ANNA))
    posting = book.receive(people(ANNA, {**ANNA, "start_date": "2016-02-01"}), LATER)
    assert (posting.new, posting.unchanged) == (1, 1)
    assert {row["person"] for row in book.programmes()} == {1}


def test_of_two_rows_about_one_programme_in_a_file_the_later_decides() -> None:
    book = Book()
    posting = book.receive(people({**ANNA, "citizenship": "ERI"}, {**ANNA, "citizenship": "SOM"}))
    assert (posting.new, posting.unchanged) == (1, 1)
    assert [row["citizenship"] for row in book.programmes()] == ["SOM"]


def test_every_row_read_is_counted_once_in_the_receipt() -> None:
    delivery = people(ANNA, OMAR, rejected=[{"fodselsnummer": "1"}])
    receipt = receipt_for(delivery, Book().receive(delivery), receipt_id="2016-000001", next_deadline=None)
    assert receipt.read == receipt.new + receipt.changed + receipt.unchanged + receipt.rejected == 3


def test_a_dry_run_has_no_receipt_number() -> None:
    delivery = people(ANNA)
    assert receipt_for(delivery, Book().receive(delivery), receipt_id="x", next_deadline=None, dry_run=True).id == ""


def test_measures_belong_to_the_person_with_the_id_or_the_duf_number() -> None:
    book = Book()
    book.receive(people({**ANNA, "duf_number": "200000000001"}, OMAR))
    row = {"municipality": "0301", "measure": "sprakpraksis", "from_date": "2015-01-01"}
    measures = [{**row, "national_id": ANNA["national_id"]}, {**row, "duf_number": "200000000001", "measure": "arbeid"}]
    posting = book.receive(
        delivered(DeliveryKind.MEASURES, *measures, {**row, "duf_number": OMAR["duf_number"]}), LATER
    )
    assert posting.new == 3
    assert [row["person"] for row in book.histories().measures.to_pylist()] == [1, 1, 2]
    assert book.receive(delivered(DeliveryKind.MEASURES, *measures), LATER).changes_nothing


def test_measures_of_somebody_unknown_wait_for_the_person() -> None:
    book = Book()
    row = {"municipality": "0301", "measure": "arbeid", "from_date": "2015-01-01", "duf_number": OMAR["duf_number"]}
    book.receive(delivered(DeliveryKind.MEASURES, row))
    book.receive(people(OMAR), LATER)
    assert book.histories().programmes["person"].to_pylist() == book.histories().measures["person"].to_pylist()


def test_a_direct_report_takes_the_place_of_the_earlier_one_as_a_whole() -> None:
    book = Book()
    book.receive(direct({"count": 3}, {"reason": "annet", "count": 2}))
    posting = book.receive(direct({"count": 4}, {"sex": "M", "reason": None, "count": 1}), LATER)
    assert (posting.new, posting.changed, posting.unchanged) == (1, 1, 0)
    lines = book.histories().reported.to_pylist()
    assert [(line["sex"], line["reason"], line["count"]) for line in lines] == [("K", "arbeid", 4), ("M", None, 1)]


def test_a_direct_report_without_a_line_it_had_is_a_change_though_every_line_is_known() -> None:
    book = Book()
    book.receive(direct({"count": 3}, {"reason": "annet", "count": 2}))
    posting = book.receive(direct({"count": 3}), LATER)
    assert posting.unchanged == 1
    assert not posting.changes_nothing
    assert book.histories().reported.num_rows == 1


def test_the_same_direct_report_again_changes_nothing() -> None:
    book = Book()
    book.receive(direct({"count": 3}))
    assert book.receive(direct({"count": 3}, content="other bytes"), LATER).changes_nothing


def test_reports_of_protected_people_are_kept_apart_by_who_sent_them() -> None:
    book = Book()
    protected = {"municipality": None, "basis": "adressebeskyttelse"}
    book.receive(direct({**protected, "count": 5}, sender="office"))
    book.receive(direct({**protected, "count": 2}, sender="0301"), LATER)
    assert sorted(book.histories().reported["count"].to_pylist()) == [2, 5]


def test_a_nil_report_is_remembered_and_the_second_one_changes_nothing() -> None:
    book = Book()
    assert book.receive(nil("0301")).new == 1
    assert book.receive(nil("0301", content="other bytes"), LATER).changes_nothing
    assert book.histories().reporting.to_pylist() == [
        {"municipality": "0301", "year": 2016, "people": 0, "direct": 0, "nil": True, "declared": None}
    ]


def test_a_municipality_whose_people_are_all_known_has_reported_the_new_year_too() -> None:
    book = Book()
    book.receive(people(ANNA, sender="0301"))
    rows = book.histories().reporting.to_pylist()
    book.receive(people(ANNA, content="another file"), LATER)
    assert rows[0]["people"] == 1
    assert book.histories().reporting.to_pylist()[0]["people"] == 2


def test_rows_received_and_taken_are_counted_over_all_deliveries() -> None:
    book = Book()
    book.receive(people(ANNA, OMAR, rejected=[{"fodselsnummer": "1"}]))
    assert (book.histories().received, book.histories().valid) == (3, 2)


def test_a_correction_holds_until_the_row_is_delivered_with_a_change() -> None:
    book = Book()
    ended = {**ANNA, "end_date": "2016-05-01"}
    book.receive(people(ended))
    (row,) = book.programmes()
    correction = correct(
        row["person"],
        municipality="0301",
        start_date=row["start_date"],
        changes={"reason": "arbeid", "end_date": "2016-06-01"},
        year=YEAR,
        actor="office",
        why="The municipality called.",
    )
    book.declare(correction, at=LATER)
    assert [(row["reason"], str(row["end_date"])) for row in book.programmes()] == [("arbeid", "2016-06-01")]
    assert book.receive(people(ended, content="again"), LATER).changes_nothing
    assert book.programmes()[0]["reason"] == "arbeid"
    book.receive(people({**ended, "reason": "annet"}), LATER + timedelta(days=1))
    assert [(row["reason"], str(row["end_date"])) for row in book.programmes()] == [("annet", "2016-05-01")]


def test_a_withdrawn_programme_is_gone_from_the_register_and_not_from_the_ledger() -> None:
    book = Book()
    book.receive(people(ANNA))
    (row,) = book.programmes()
    where = {"municipality": "0301", "start_date": row["start_date"]}
    book.declare(withdraw(row["person"], **where, year=YEAR, actor="office", why="Wrong start."), at=LATER)
    assert book.programmes() == []
    assert "programme" in [entry["kind"] for entry in book.rows]


def test_what_was_recorded_later_is_not_part_of_an_earlier_time() -> None:
    book = Book()
    book.receive(people(ANNA))
    book.receive(people({**ANNA, "citizenship": "ERI"}), LATER)
    assert book.histories(WHEN).programmes["citizenship"].to_pylist() == ["SYR"]
    assert book.histories(LATER).programmes["citizenship"].to_pylist() == ["ERI"]


def test_entries_count_in_the_order_of_their_recorded_time_whatever_order_they_were_written_in() -> None:
    book = Book()
    book.receive(people({**ANNA, "citizenship": "ERI"}), LATER)
    book.receive(people(ANNA), WHEN)
    assert book.histories().programmes["citizenship"].to_pylist() == ["ERI"]
