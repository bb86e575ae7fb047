"""What always holds in the register, whatever is delivered in whatever order."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.made_register import WHEN, Book, people

from introstat.register.fold import fold_people, in_order
from introstat.vocabulary.deliveries import Delivery

rows = st.fixed_dictionaries(
    {
        "national_id": st.sampled_from(["01858500001", "01858500002", None]),
        "duf_number": st.sampled_from(["200000000001", "200000000002"]),
        "birth_date": st.sampled_from(["1985-05-01", "1990-01-01"]),
        "municipality": st.sampled_from(["0301", "1201"]),
        "start_date": st.sampled_from(["2014-09-01", "2015-09-01"]),
        "planned_end_date": st.sampled_from([None, "2016-03-01"]),
        "end_date": st.sampled_from([None, "2016-05-01"]),
        "reason": st.sampled_from([None, "arbeid"]),
    }
)
deliveries = st.lists(st.lists(rows, min_size=1, max_size=4), min_size=1, max_size=5)
quickly = settings(max_examples=60, deadline=None)


def received(drawn: list[list[dict[str, Any]]]) -> tuple[Book, list[Delivery]]:
    book, sent = Book(), [people(*row, content=str(n)) for n, row in enumerate(drawn)]
    for days, delivery in enumerate(sent):
        book.receive(delivery, WHEN + timedelta(days=days))
    return book, sent


def said(table: pa.Table) -> list[str]:
    return sorted(map(repr, table.to_pylist()))


@quickly
@given(deliveries)
def test_every_row_is_new_changed_or_unchanged_and_the_last_delivery_again_changes_nothing(
    drawn: list[list[dict[str, Any]]],
) -> None:
    book, sent = Book(), [people(*row, content=str(n)) for n, row in enumerate(drawn)]
    for days, delivery in enumerate(sent):
        posting = book.receive(delivery, WHEN + timedelta(days=days))
        assert posting.new + posting.changed + posting.unchanged == delivery.records.num_rows
    # Where two known people turn out to be one, a row that the merging hides may come back once as new.
    assume(not fold_people(in_order(book.recorded())).same_as)
    before = said(book.histories().programmes)
    assert book.receive(sent[-1], WHEN + timedelta(days=len(sent) - 1)).changes_nothing
    assert said(book.histories().programmes) == before


@quickly
@given(deliveries, st.randoms(use_true_random=False))
def test_the_fold_does_not_depend_on_the_order_entries_are_read_in(
    drawn: list[list[dict[str, Any]]], chance: random.Random
) -> None:
    book, _ = received(drawn)
    before = said(book.histories().programmes)
    chance.shuffle(book.rows)
    assert said(book.histories().programmes) == before


@quickly
@given(deliveries)
def test_the_fold_of_some_people_is_their_part_of_the_fold_of_all(drawn: list[list[dict[str, Any]]]) -> None:
    book, _ = received(drawn)
    everybody = fold_people(in_order(book.recorded()))
    for person in range(1, book.persons + 1):
        first = everybody.same_as.get(person, person)
        numbers = [first, *(number for number, lowest in everybody.same_as.items() if lowest == first)]
        entries = book.recorded()
        part = fold_people(in_order(entries.filter(pc.is_in(entries["person"], value_set=pa.array(numbers)))))
        mine = everybody.programmes.filter(pc.equal(everybody.programmes["person"], first))
        assert said(part.programmes) == said(mine)


@quickly
@given(deliveries)
def test_a_programme_stands_once_and_as_somebody_delivered_it(drawn: list[list[dict[str, Any]]]) -> None:
    book, sent = received(drawn)
    delivered = {
        (row["municipality"], row["start_date"], row["end_date"], row["reason"])
        for delivery in sent
        for row in delivery.records.to_pylist()
    }
    found = book.programmes()
    keys = [(row["person"], row["municipality"], row["start_date"]) for row in found]
    assert len(keys) == len(set(keys))
    for row in found:
        end = None if row["closed_by_register"] else row["end_date"]
        assert (row["municipality"], row["start_date"], end, row["reason"]) in delivered


@quickly
@given(deliveries)
def test_one_national_id_is_never_two_people(drawn: list[list[dict[str, Any]]]) -> None:
    book, _ = received(drawn)
    owner: dict[str, int] = {}
    for row in book.programmes():
        if row["national_id"] is not None:
            assert owner.setdefault(row["national_id"], row["person"]) == row["person"]
