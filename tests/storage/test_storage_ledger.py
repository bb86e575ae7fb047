"""The ledger on its database: atomic, chained, encrypted, and the same as the fold in memory."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from django.apps import apps
from django.db import connection
from tests.made_register import WHEN, YEAR, Book, definitions, delivered, direct, nil, people
from tests.storage.conftest import Store

from introstat import register
from introstat.register.corrections import correct, declare
from introstat.register.fold import fold
from introstat.storage import deliveries, rows
from introstat.storage.keys import Keys
from introstat.storage.models import LedgerEntry, LedgerHead, Person, PersonIndex, RejectedRow
from introstat.storage.people import Ledger
from introstat.storage.sealing import opened
from introstat.vocabulary.deliveries import Delivery, DeliveryKind, Receipt
from introstat.vocabulary.errors import ChainBroken, Damaged, NotFound
from introstat.vocabulary.histories import Histories

ANNA = {"national_id": "01858512345", "first_name": "Annafrid", "end_date": "2016-05-01"}
OMAR = {"duf_number": "200000000002", "sex": "M", "birth_date": "1990-01-01"}
LATER = WHEN + timedelta(days=1)


def receive(ledger: Ledger, delivery: Delivery, at: datetime | None = None) -> Receipt:
    at = at or delivery.received
    with ledger.writing() as session:
        posting = register.post(
            delivery,
            earlier=session.histories(at),
            definitions=definitions(),
            at=at,
            actor="tester",
            delivery_id=session.next_delivery_id(delivery.year),
        )
        return session.record(delivery, posting, at=at, actor="tester", next_deadline=None)


def content(histories: Histories) -> list[Any]:
    """What histories say, whatever order their rows stand in and whatever hash the ledger ends with."""

    def ordered(table: pa.Table) -> list[str]:
        return sorted(repr(row) for row in table.to_pylist())

    tables = (histories.programmes, histories.measures, histories.events, histories.reported, histories.reporting)
    return [*map(ordered, tables), histories.received, histories.valid]


def everything_stored(store: Store) -> str:
    """All bytes of all tables of the register, as text."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            if table.startswith("storage_"):
                cursor.execute(f"SELECT * FROM {table}")
                found.append(repr([[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor]))
    return "\n".join(found)


def test_what_is_received_is_read_back_as_it_was_posted(store: Store) -> None:
    book = Book()
    for delivery in (people(ANNA, OMAR), direct({"municipality": "1201", "count": 3}), nil("0101")):
        receive(store.ledger, delivery)
        book.receive(delivery)
    assert content(store.ledger.histories(WHEN)) == content(book.histories(WHEN))
    assert content(store.reopened().histories(WHEN)) == content(book.histories(WHEN))


def receive_and_fail(ledger: Ledger, delivery: Delivery) -> None:
    with ledger.writing() as session:
        posting = register.post(
            delivery,
            earlier=session.histories(WHEN),
            definitions=definitions(),
            at=WHEN,
            actor="tester",
            delivery_id=session.next_delivery_id(YEAR),
        )
        session.record(delivery, posting, at=WHEN, actor="tester", next_deadline=None)
        assert session.histories(WHEN).programmes.num_rows == 2
        raise ZeroDivisionError


def test_nothing_is_stored_when_something_fails_before_the_end(store: Store) -> None:
    receive(store.ledger, people(ANNA))
    before = everything_stored(store)
    with pytest.raises(ZeroDivisionError):
        receive_and_fail(store.ledger, people(OMAR))
    assert everything_stored(store) == before
    assert store.ledger.histories(WHEN).programmes.num_rows == 1


def test_the_same_file_again_changes_nothing_and_says_so(store: Store) -> None:
    first = receive(store.ledger, people(ANNA, rejected=[{"fodselsnummer": "x"}]))
    before = everything_stored(store)
    again = receive(store.ledger, people(ANNA, rejected=[{"fodselsnummer": "x"}]), LATER)
    assert everything_stored(store) == before
    assert (first.seen_before, again.seen_before) == (False, True)
    assert (again.id, again.new, again.unchanged, again.rejected) == (first.id, 0, 1, 1)


def test_an_old_file_sent_again_after_a_change_is_a_change_back(store: Store) -> None:
    first = receive(store.ledger, people(ANNA))
    receive(store.ledger, people({**ANNA, "reason": "arbeid"}), LATER)
    back = receive(store.ledger, people(ANNA), LATER + timedelta(days=1))
    assert (back.seen_before, back.changed) == (False, 1)
    assert back.id != first.id


def test_a_rejected_file_leaves_its_receipt_and_no_people(store: Store) -> None:
    receipt = receive(store.ledger, people(rejected=[{"fodselsnummer": "x"}]))
    assert deliveries.receipt(receipt.id) == receipt
    assert deliveries.rejected(receipt.id, store.keys) == ({"line": "2", "fodselsnummer": "x"},)
    assert store.ledger.histories(WHEN).received == 1
    assert Person.objects.count() == 0


def test_rejected_rows_are_kept_until_the_person_is_delivered_and_taken(store: Store) -> None:
    rejected = [{"Fodselsnummer": "01858512345"}, {"dufnummer": "200000000002"}]
    receipt = receive(store.ledger, people({"duf_number": "200000000009"}, rejected=rejected))
    receive(store.ledger, people(ANNA), LATER)
    assert [row.get("dufnummer") for row in deliveries.rejected(receipt.id, store.keys)] == ["200000000002"]
    receive(store.ledger, people(OMAR, sender="1201"), LATER)
    assert RejectedRow.objects.count() == 1
    receive(store.ledger, people(OMAR, {"duf_number": "200000000010"}), LATER)
    assert RejectedRow.objects.count() == 0


def test_the_list_of_deliveries_names_the_newest_first(store: Store) -> None:
    receive(store.ledger, people(ANNA))
    receive(store.ledger, nil("1201", sender="1201"), LATER)
    assert [(line.id, line.sender, line.kind) for line in deliveries.listed(year=2016)] == [
        ("2016-000002", "1201", DeliveryKind.NIL_REPORT),
        ("2016-000001", "0301", DeliveryKind.PARTICIPANTS),
    ]
    assert [line.id for line in deliveries.listed(sender="0301")] == ["2016-000001"]
    assert deliveries.listed(year=2015) == ()
    with pytest.raises(NotFound):
        deliveries.get("2016-000009")


def test_no_value_of_a_person_s_record_stands_in_clear(store: Store) -> None:
    said = {"egen_referanse": "REF-77", "fornavn": "Annafrid", "fodselsnummer": "01858512345"}
    receive(store.ledger, people({**ANNA, "own_reference": "REF-77"}, rejected=[said]))
    (row,) = store.ledger.histories(WHEN).programmes.to_pylist()
    correction = correct(
        row["person"],
        municipality="0301",
        start_date=row["start_date"],
        changes={"reason": "arbeid"},
        year=YEAR,
        actor="office",
        why="Annafrid ringte.",
    )
    store.ledger.append([correction], at=LATER)
    clear = everything_stored(store)
    files = [file.read_bytes() for file in store.home.path.rglob("*") if file.is_file()]
    for value in ("Annafrid", "01858512345", "REF-77", "1985-05-01", "2014-09-01", "2016-05-01", "rett_og_plikt"):
        assert value not in clear
        assert not any(value.encode() in file for file in files)


def test_a_person_is_found_by_any_of_her_numbers(store: Store) -> None:
    receive(store.ledger, people({**ANNA, "duf_number": "200000000001"}, OMAR))
    assert store.ledger.find(national_id="01858512345") == store.ledger.find(duf_number="200000000001") == {1}
    assert store.ledger.find(duf_number="200000000002") == {2}
    assert store.ledger.find(national_id="0") == frozenset()


def test_a_person_met_as_two_is_found_as_both(store: Store) -> None:
    receive(store.ledger, people({"national_id": "41058500001"}))
    receive(store.ledger, people({"national_id": "01058500009", "start_date": "2015-09-01"}), LATER)
    duf = {"duf_number": "201000000007"}
    both = people(
        {"national_id": "41058500001", **duf}, {"national_id": "01058500009", "start_date": "2015-09-01", **duf}
    )
    receive(store.ledger, both, LATER + timedelta(days=1))
    assert store.ledger.find(national_id="01058500009") == {1, 2}


def test_somebody_recorded_later_is_the_same_person_when_an_earlier_time_is_filled_in(store: Store) -> None:
    receive(store.ledger, people(ANNA), LATER)
    receive(store.ledger, people({**ANNA, "citizenship": "ERI"}), WHEN)
    assert Person.objects.count() == 1
    assert store.ledger.histories(LATER).programmes["citizenship"].to_pylist() == ["SYR"]
    assert store.ledger.histories(WHEN).programmes["citizenship"].to_pylist() == ["ERI"]


def test_histories_up_to_an_entry_leave_out_what_was_appended_after_it(store: Store) -> None:
    receive(store.ledger, people(ANNA))
    seen = store.ledger.histories(LATER)
    receive(store.ledger, people(OMAR), WHEN)
    assert store.ledger.histories(LATER).programmes.num_rows == 2
    assert content(store.ledger.histories(LATER, head=seen.ledger_head)) == content(seen)
    with pytest.raises(NotFound):
        store.ledger.histories(LATER, head="00" * 32)


def test_both_sides_of_a_declaration_make_it_hold(store: Store) -> None:
    receive(store.ledger, people(ANNA))
    covers = {"register": "Those in the case system.", "direct": "Those from before it."}

    def declared(side: str) -> list[str | None]:
        entry = declare("0301", year=YEAR, side=side, rests_on="both", covers=covers, actor="a", why="Agreed.")
        store.ledger.append([entry], at=LATER)
        found: list[str | None] = store.ledger.histories(LATER).reporting["declared"].to_pylist()
        return found

    assert declared("office") == [None]
    assert declared("municipality") == ["both"]


def test_the_chain_verifies_and_counts_its_entries(store: Store) -> None:
    assert store.ledger.verify_chain() == 0
    receive(store.ledger, people(ANNA, OMAR))
    head = store.ledger.histories(WHEN).ledger_head
    receive(store.ledger, nil("1201"), LATER)
    assert store.ledger.verify_chain(heads=[head]) == 5


def _change_a_byte() -> None:
    entry = LedgerEntry.objects.get(sequence=2)
    entry.ciphertext = bytes(entry.ciphertext)[:-1] + bytes([bytes(entry.ciphertext)[-1] ^ 1])
    entry.save()


def _change_a_field() -> None:
    LedgerEntry.objects.filter(sequence=2).update(actor="somebody else")


def _remove_one() -> None:
    LedgerEntry.objects.filter(sequence=2).delete()


def _cut_the_end() -> None:
    LedgerEntry.objects.filter(sequence=3).delete()


def _cut_the_end_and_hide_it() -> None:
    last = LedgerEntry.objects.get(sequence=2)
    LedgerEntry.objects.filter(sequence=3).delete()
    LedgerHead.objects.update(sequence=2, hash=bytes(last.hash))


def _remove_everything() -> None:
    LedgerEntry.objects.all().delete()
    LedgerHead.objects.all().delete()


def _add_one() -> None:
    entry = LedgerEntry.objects.get(sequence=3)
    entry.sequence = 4
    entry.save()


@pytest.mark.parametrize(
    "tamper",
    [
        _add_one,
        _change_a_byte,
        _change_a_field,
        _remove_one,
        _cut_the_end,
        _cut_the_end_and_hide_it,
        _remove_everything,
    ],
    ids=lambda tamper: tamper.__name__.strip("_").replace("_", " "),
)
def test_whoever_changes_the_ledger_in_the_database_is_found_out(store: Store, tamper: Any) -> None:
    receive(store.ledger, people(ANNA, OMAR))
    head = store.ledger.histories(WHEN).ledger_head
    tamper()
    with pytest.raises(ChainBroken):
        store.ledger.verify_chain(heads=[head])


def test_a_ciphertext_that_was_changed_is_refused_when_it_is_read(store: Store) -> None:
    receive(store.ledger, people(ANNA, OMAR))
    _change_a_byte()
    with pytest.raises(Damaged, match="Entry 2"):
        store.reopened().histories(WHEN)


def test_another_master_key_cannot_write_to_the_register(store: Store) -> None:
    receive(store.ledger, people(ANNA))
    with pytest.raises(Damaged, match="master key"):
        receive(Ledger(Keys(bytes(32))), people(OMAR))


@pytest.mark.parametrize("seed", [3, 5, 11])
def test_whatever_comes_in_whatever_order_the_view_is_the_fold_of_the_whole(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    for delivery, at in _anything(chance, deliveries=12):
        receive(store.ledger, delivery, at)
        for as_of in (at, datetime(2030, 1, 1, tzinfo=UTC)):
            assert content(store.ledger.histories(as_of)) == content(store.reopened().histories(as_of))
    assert store.ledger.verify_chain() == LedgerEntry.objects.count()


@pytest.mark.parametrize("seed", [2, 7])
def test_the_register_as_it_was_is_the_fold_of_what_was_recorded_by_then(store: Store, seed: int) -> None:
    chance = random.Random(seed)
    times = [WHEN - timedelta(days=40)]
    for delivery, at in _anything(chance, deliveries=8):
        receive(store.ledger, delivery, at)
        times.append(at)
        # In the order of time, as when old files come again, and then any order.
        for as_of in (*sorted(times), *chance.sample(times, min(3, len(times)))):
            there = store.ledger.histories(as_of)
            then = fold(opened(rows.entries(0, rows.end()[0]), store.keys), as_of=as_of)
            assert content(there) == content(then)
            assert there.ledger_head == then.ledger_head


def _anything(chance: random.Random, *, deliveries: int) -> Iterator[tuple[Delivery, datetime]]:
    """Deliveries of few people who come again, change, get new ids and meet; now and then recorded in the past."""
    at = WHEN
    for _ in range(deliveries):
        at += timedelta(days=chance.randint(0, 20))
        rows: list[dict[str, Any]] = []
        for _ in range(chance.randint(1, 6)):
            who = chance.randint(1, 6)
            ids = {"national_id": f"0105850000{chance.choice([who, who + 1])}", "duf_number": f"20100000000{who}"}
            kept = {name: ids[name] for name in chance.sample(sorted(ids), chance.randint(1, 2))}
            municipality = chance.choice(["0301", "1201"])
            if chance.random() < 0.2:
                measure = {"municipality": municipality, "measure": "arbeid", "from_date": "2015-01-01"}
                yield delivered(DeliveryKind.MEASURES, {**measure, **kept}), at
            rows.append(
                {
                    **kept,
                    "municipality": municipality,
                    "birth_date": chance.choice(["1985-05-01", "1985-05-01", "1990-01-01"]),
                    "start_date": chance.choice(["2014-09-01", "2015-09-01"]),
                    "planned_end_date": chance.choice([None, "2016-10-01"]),
                    "end_date": chance.choice([None, "2016-05-01"]),
                }
            )
        yield people(*rows), at - timedelta(days=chance.choice([0, 0, 0, 0, 30]))


def test_an_erased_person_is_unreadable_and_the_chain_still_verifies(store: Store) -> None:
    rejected = [{"fodselsnummer": "01858512345"}]
    receive(store.ledger, people(ANNA, OMAR))
    receive(store.ledger, people({"duf_number": "200000000009"}, sender="1201", rejected=rejected))
    entries = store.ledger.verify_chain()
    persons = store.ledger.find(national_id="01858512345")
    store.ledger.erase(persons, at=LATER, actor="office", why="The time for keeping it is over.")
    assert store.ledger.verify_chain() == entries + 1
    assert store.ledger.find(national_id="01858512345") == frozenset()
    for ledger in (store.ledger, store.reopened()):
        assert ledger.histories(LATER).programmes["national_id"].to_pylist() == [None, None]
        assert ledger.histories(WHEN).programmes.num_rows == 2
    assert RejectedRow.objects.count() == 0
    assert not PersonIndex.objects.filter(person_id__in=persons).exists()
    with pytest.raises(NotFound):
        store.ledger.erase(persons, at=LATER, actor="office", why="Again.")


def files_hold(store: Store, secret: bytes) -> bool:
    """Whether the files that the register's tables stand in hold these bytes."""
    if not store.address:
        return any(secret in file.read_bytes() for file in store.home.path.glob("register.sqlite3*"))
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        for model in apps.get_app_config("storage").get_models():
            cursor.execute("SELECT pg_read_binary_file(pg_relation_filepath(%s))", [model._meta.db_table])
            if secret in bytes(cursor.fetchone()[0]):
                return True
    return False


def test_what_is_erased_is_gone_from_the_files_of_the_database_too(store: Store) -> None:
    eva = {"duf_number": "200000000014", "sex": "K", "birth_date": "1991-01-01"}
    receive(store.ledger, people(OMAR, eva, ANNA, rejected=[{"fodselsnummer": ANNA["national_id"]}]))
    asked = frozenset({2, 3})
    secrets = [
        *(bytes(person.wrapped_key or b"") for person in Person.objects.filter(number__in=asked)),
        *(bytes(row.hashed) for row in PersonIndex.objects.filter(person_id__in=asked)),
        *(bytes(row.ciphertext) for row in RejectedRow.objects.all()),
    ]
    kept = bytes(Person.objects.get(number=1).wrapped_key or b"")
    assert len(secrets) >= 5
    assert all(files_hold(store, secret) for secret in secrets)
    store.ledger.erase(asked, at=LATER, actor="office", why="Asked for.")
    assert not any(files_hold(store, secret) for secret in secrets)
    assert files_hold(store, kept)


def test_an_erased_person_who_comes_again_is_a_new_one(store: Store) -> None:
    receive(store.ledger, people(ANNA))
    store.ledger.erase(frozenset({1}), at=LATER, actor="office", why="Asked for.")
    assert receive(store.ledger, people(ANNA), LATER).new == 1
    assert store.ledger.histories(LATER).programmes["person"].to_pylist() == [2]
