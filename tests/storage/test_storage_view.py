"""What the ledger keeps in memory is the fold of all its entries, whatever happened to it and whatever is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from tests.made_register import WHEN, YEAR, definitions, delivered, direct, nil, people
from tests.storage.conftest import Store

from introstat import register
from introstat.line import Line
from introstat.line.receiving import next_deadline, posted
from introstat.register.corrections import correct, withdraw
from introstat.register.fold import STANDING, fold
from introstat.storage import rows, standing
from introstat.storage.models import DeliveryRow, LedgerEntry, LedgerHead, Person, PersonIndex, RejectedRow
from introstat.storage.people import Ledger, Session
from introstat.storage.sealing import opened
from introstat.synthetic import write
from introstat.vocabulary.deliveries import OFFICE, Delivery, DeliveryKind, Sending
from introstat.vocabulary.histories import About, EntryKind, Histories

ALWAYS = datetime(2030, 1, 1, tzinfo=UTC)
MUNICIPALITIES = ("0301", "1103", "1201")
NATIONAL_IDS = tuple(f"0185850000{n}" for n in range(4))
DUF_NUMBERS = tuple(f"20000000000{n}" for n in range(4))

numbers = st.tuples(st.sampled_from((None, *NATIONAL_IDS)), st.sampled_from(DUF_NUMBERS)).map(
    lambda ids: {"national_id": ids[0], "duf_number": ids[1]}
)
# Most people have numbers that are theirs alone, of which one may be left out; else nearly everybody would be one person.
usual_numbers = st.tuples(st.integers(0, 3), st.sampled_from(["both", "both", "national_id", "duf_number"])).map(
    lambda drawn: {
        "national_id": None if drawn[1] == "duf_number" else NATIONAL_IDS[drawn[0]],
        "duf_number": None if drawn[1] == "national_id" else DUF_NUMBERS[drawn[0]],
    }
)
row = st.fixed_dictionaries(
    {
        "municipality": st.sampled_from(MUNICIPALITIES),
        "birth_date": st.sampled_from(["1985-05-01", "1985-05-01", "1985-05-01", "1990-01-01"]),
        "start_date": st.sampled_from(["2014-09-01", "2015-09-01"]),
        "planned_end_date": st.sampled_from([None, "2016-03-01"]),
        "end_date": st.sampled_from([None, "2016-05-01"]),
    }
)
person_row = st.tuples(row, st.one_of(usual_numbers, usual_numbers, numbers)).map(lambda parts: parts[0] | parts[1])
measure = st.tuples(st.sampled_from(MUNICIPALITIES), st.one_of(usual_numbers, numbers)).map(
    lambda parts: {"municipality": parts[0], "measure": "arbeid", "from_date": "2015-01-01", **parts[1]}
)
delivery = st.one_of(
    st.lists(person_row, min_size=1, max_size=3).map(lambda drawn: people(*drawn)),
    st.lists(measure, min_size=1, max_size=2).map(lambda drawn: delivered(DeliveryKind.MEASURES, *drawn)),
    st.sampled_from(MUNICIPALITIES).map(nil),
    st.sampled_from(MUNICIPALITIES).map(lambda code: direct({"municipality": code, "count": 3})),
)
abouts = st.builds(
    About,
    national_ids=st.frozensets(st.sampled_from(NATIONAL_IDS), max_size=2),
    duf_numbers=st.frozensets(st.sampled_from(DUF_NUMBERS), max_size=2),
    municipalities=st.frozensets(st.sampled_from(MUNICIPALITIES), max_size=2),
)
changes = st.sampled_from([{"end_date": "2016-04-01"}, {"national_id": NATIONAL_IDS[0]}, {"duf_number": None}, None])
step = st.one_of(
    st.tuples(st.just("received"), st.lists(delivery, min_size=1, max_size=4)),
    st.tuples(st.just("received"), st.lists(delivery, min_size=1, max_size=4)),
    st.tuples(st.just("received elsewhere"), st.lists(delivery, min_size=1, max_size=2)),
    st.tuples(st.just("received long after"), st.lists(delivery, min_size=1, max_size=2)),
    st.tuples(st.just("rolled back"), st.lists(delivery, min_size=1, max_size=2)),
    st.tuples(st.just("corrected"), st.tuples(st.integers(0, 9), changes)),
    st.tuples(st.just("erased"), st.integers(0, 9)),
    st.tuples(st.just("looked at"), abouts),
    st.tuples(st.just("looked at"), abouts),
)


def told(histories: Histories) -> list[Any]:
    """Everything histories say, in their order."""
    tables = (histories.programmes, histories.measures, histories.events, histories.reported, histories.reporting)
    return [*(table.to_pylist() for table in tables), histories.received, histories.valid, histories.ledger_head]


def folded(store: Store, as_of: datetime = ALWAYS) -> Histories:
    return fold(opened(rows.entries(0, rows.end()[0]), store.keys), as_of=as_of)


def part_of(whole: Histories, about: About) -> Histories:
    """The slow and obvious way to what can be held against something."""
    asked = about.national_ids | about.duf_numbers
    met = {
        row["person"]
        for table in (whole.programmes, whole.measures, whole.events)
        for row in table.to_pylist()
        if {row["national_id"], row["duf_number"]} & asked
    }

    def chosen(table: pa.Table, wanted: Callable[[dict[str, Any]], bool]) -> pa.Table:
        return table.filter(pa.array([wanted(row) for row in table.to_pylist()], pa.bool_()))

    return Histories(
        as_of=whole.as_of,
        programmes=chosen(
            whole.programmes, lambda row: row["person"] in met or row["municipality"] in about.municipalities
        ),
        measures=chosen(whole.measures, lambda row: row["person"] in met),
        events=chosen(whole.events, lambda row: row["person"] in met),
        reported=whole.reported,
        reporting=chosen(whole.reporting, lambda row: row["municipality"] in about.municipalities),
        received=whole.received,
        valid=whole.valid,
        ledger_head=whole.ledger_head,
    )


def about_of(delivery: Delivery) -> About:
    records = delivery.records
    told = {
        name: frozenset(records[name].drop_null().to_pylist()) if name in records.column_names else frozenset()
        for name in ("national_id", "duf_number", "municipality")
    }
    return About(told["national_id"], told["duf_number"], told["municipality"])


def receive(store: Store, session: Session, delivery: Delivery, at: datetime) -> None:
    """As it is received: held against what it is about alone, which must come to what the whole register would."""
    postings = [
        register.post(
            delivery, earlier=earlier, definitions=definitions(), at=at, actor="tester", delivery_id="2016-000001"
        )
        for earlier in (session.histories(at, about=about_of(delivery)), folded(store, at))
    ]
    assert postings[0].entries.to_pylist() == postings[1].entries.to_pylist()
    session.record(delivery, postings[0], at=at, actor="tester", next_deadline=None)


def receive_and_fail(store: Store, ledger: Ledger, deliveries: list[Delivery], at: datetime) -> None:
    with ledger.writing() as session:
        for delivery in deliveries:
            receive(store, session, delivery, at)
        raise ZeroDivisionError


def take(store: Store, ledger: Ledger, step: tuple[str, Any], at: datetime) -> None:
    match step:
        case ("received" | "received elsewhere" | "received long after" as how, deliveries):
            receiving = store.reopened() if how == "received elsewhere" else ledger
            with receiving.writing() as session:
                for delivery in deliveries:
                    receive(store, session, delivery, at - timedelta(days=30 * (how == "received long after")))
        case ("rolled back", deliveries):
            with pytest.raises(ZeroDivisionError):
                receive_and_fail(store, ledger, deliveries, at)
        case ("corrected", (place, change)):
            there = folded(store).programmes.to_pylist()
            if there:
                event("a programme is withdrawn" if change is None else "a programme is corrected")
                ledger.append([correction(there[place % len(there)], change)], at=at)
        case ("erased", place):
            there = folded(store).programmes.to_pylist()
            ids = [(row["national_id"], row["duf_number"]) for row in there]
            persons = ledger.find(national_id=ids[place % len(ids)][0]) if ids else frozenset()
            alive = frozenset(
                Person.objects.filter(number__in=persons, wrapped_key__isnull=False).values_list("number", flat=True)
            )
            if alive:
                event("somebody is erased")
                with ledger.writing() as session:
                    session.erase(alive, at=at, actor="office", why="Asked for.")
        case ("looked at", about):
            assert told(ledger.histories(at, about=about)) == told(part_of(folded(store, at), about))


def correction(programme: dict[str, Any], change: dict[str, Any] | None) -> Any:
    what: dict[str, Any] = {"municipality": programme["municipality"], "start_date": programme["start_date"]}
    said: dict[str, Any] = {**what, "year": YEAR, "actor": "office", "why": "Found out."}
    if change is None:
        return withdraw(programme["person"], **said)
    return correct(programme["person"], changes=change, **said)


def forget_everything() -> None:
    for model in (RejectedRow, DeliveryRow, PersonIndex, LedgerEntry, LedgerHead, Person):
        model.objects.all().delete()


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=st.lists(step, min_size=2, max_size=10))
def test_whatever_happens_each_delivery_meets_what_the_fold_of_all_entries_has_of_it(
    store: Store, steps: list[tuple[str, Any]]
) -> None:
    forget_everything()
    ledger = Ledger(store.keys)
    at = WHEN
    for taken in steps:
        at += timedelta(days=1)
        take(store, ledger, taken, at)
    whole = folded(store)
    if any(number not in whole.programmes["person"].to_pylist() for number in range(1, Person.objects.count() + 1)):
        event("two have become one, or have been erased or withdrawn")
    assert told(ledger.histories(ALWAYS)) == told(whole)


def ledger_and_receipts(store: Store) -> list[Any]:
    entries = opened(rows.entries(0, rows.end()[0]), store.keys).drop_columns(["hash"]).to_pylist()
    return [
        entries,
        [bytes(receipt) for receipt in DeliveryRow.objects.order_by("number").values_list("receipt", flat=True)],
    ]


def sent_twice(folder: Path) -> list[Sending]:
    """Small files of each kind, and the same ones later with other sexes in them, some from a municipality itself."""
    write(2016, seed=0, persons=2_000, out=folder, definitions=definitions())
    files = [*sorted(folder.glob("*.csv"))[:12], *sorted(folder.glob("*tiltak*"))[:3], *sorted(folder.glob("0301*"))]
    contents = [(file.name, file.read_bytes()) for file in files]
    later = [(name, content.replace(b"kvinne", b"mann", 2).replace(b"K;", b"M;", 2)) for name, content in contents]
    return [
        Sending(
            content,
            name,
            YEAR,
            None,
            name[:4] if turn and name.endswith("csv") else OFFICE,
            WHEN + timedelta(days=turn),
        )
        for turn, sent in enumerate((contents, later, contents))
        for name, content in sent
    ]


def test_files_received_one_after_another_come_to_what_each_does_beside_the_whole_register(
    store: Store, tmp_path: Path
) -> None:
    sendings = sent_twice(tmp_path / "deliveries")
    line = Line(store.home, store.keys)
    receipts = [*line.receive_all(sendings, actor="tester")]
    received = ledger_and_receipts(store)
    assert {receipt.kind for receipt in receipts} > {DeliveryKind.PARTICIPANTS, DeliveryKind.NIL_REPORT}
    assert any(finding.check == "P002" for receipt in receipts for finding in receipt.findings)
    forget_everything()
    for sending in sendings:
        with Ledger(store.keys).writing() as session:
            delivery, posting = posted(
                sending, definitions(), Whole(store), actor="tester", delivery_id=session.next_delivery_id(YEAR)
            )
            deadline = next_deadline(definitions(), sending.received)
            session.record(delivery, posting, at=sending.received, actor="tester", next_deadline=deadline)
    assert ledger_and_receipts(store) == received


@dataclass
class Whole:
    """A register that answers with all it has, folded anew each time."""

    store: Store

    def histories(self, as_of: datetime, *, about: About) -> Histories:
        return folded(self.store, as_of)


exchanges = st.lists(
    st.tuples(st.sets(st.integers(0, 9), max_size=3), st.lists(st.integers(0, 9), max_size=4)), min_size=1, max_size=12
)


@given(exchanges)
def test_standing_rows_are_found_whatever_has_been_exchanged(exchanged: list[tuple[set[int], list[int]]]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(standing, "_MOST_RECENT", 3)
        held, there, entry = standing.Standing(standing_rows([])), list[dict[str, Any]](), 0
        for people_out, people_in in exchanged:
            new = []
            for person in people_in:
                entry += 1
                new.append(standing_row(person, entry))
            held.exchange(people_out, standing_rows(new))
            there = [row for row in there if row["person"] not in people_out] + new
            for name in ("person", "national_id", "municipality"):
                for value in {row[name] for row in there} | {None, "unknown"}:
                    found = held.rows(held.find(name, [value])).to_pylist()
                    assert found == [row for row in there if value is not None and row[name] == value]
        assert held.all().to_pylist() == there


def standing_row(person: int, entry: int) -> dict[str, Any]:
    national = f"n{person}" if person % 2 else None
    place = MUNICIPALITIES[(person + entry) % 3]
    return {"person": person, "national_id": national, "duf_number": f"d{person}", "municipality": place, "recorded": WHEN, "sequence": entry}  # fmt: skip


def standing_rows(made: list[dict[str, Any]]) -> pa.Table:
    names = ("person", "national_id", "duf_number", "municipality", "recorded", "sequence")
    schema = pa.schema([STANDING[EntryKind.MEASURE].field(name) for name in names])
    return pa.Table.from_pylist(made, schema=schema)


ANNA = {"national_id": NATIONAL_IDS[0], "duf_number": DUF_NUMBERS[0], "municipality": "0301"}
OMAR = {"national_id": NATIONAL_IDS[1], "duf_number": DUF_NUMBERS[1], "municipality": "0301"}
BOTH = {"national_id": NATIONAL_IDS[0], "duf_number": DUF_NUMBERS[1], "municipality": "1103"}


def received_one_by_one(store: Store, *rows: dict[str, str]) -> None:
    for days, row in enumerate(rows):
        take(store, store.ledger, ("received", [people(row)]), WHEN + timedelta(days=days))


def test_more_of_one_who_was_met_as_two_leaves_what_both_had(store: Store) -> None:
    received_one_by_one(store, ANNA, {**OMAR, "start_date": "2015-09-01"}, BOTH, {**ANNA, "municipality": "1201"})
    assert store.ledger.histories(ALWAYS).programmes["person"].to_pylist() == [1, 1, 1, 1]
    assert told(store.ledger.histories(ALWAYS)) == told(folded(store))


def test_a_row_that_was_hidden_is_met_again_by_its_own_number(store: Store) -> None:
    received_one_by_one(store, ANNA, OMAR, BOTH)
    about = About(duf_numbers=frozenset(ANNA["duf_number"].split()))
    assert store.ledger.histories(ALWAYS, about=about).programmes.num_rows == 0
    with store.ledger.writing() as session:
        receive(store, session, people({**BOTH, "duf_number": DUF_NUMBERS[3]}), WHEN + timedelta(days=3))
    met = store.ledger.histories(ALWAYS, about=about)
    assert met.programmes["municipality"].to_pylist() == ["0301", "1103"]
    assert told(met) == told(part_of(folded(store), about))


def test_a_number_that_was_corrected_away_still_tells_who_somebody_is(store: Store) -> None:
    received_one_by_one(store, ANNA)
    (there,) = folded(store).programmes.to_pylist()
    store.ledger.append([correction(there, {"duf_number": None})], at=WHEN + timedelta(days=1))
    take(
        store,
        store.ledger,
        ("received", [people({**BOTH, **OMAR, "duf_number": DUF_NUMBERS[0]})]),
        WHEN + timedelta(days=2),
    )
    assert store.ledger.histories(ALWAYS).programmes["person"].to_pylist() == [1]
    assert told(store.ledger.histories(ALWAYS)) == told(folded(store))


def test_who_is_erased_in_the_transaction_she_came_in_is_not_remembered(store: Store) -> None:
    received_one_by_one(store, OMAR)
    with store.ledger.writing() as session:
        receive(store, session, people(ANNA), WHEN + timedelta(days=1))
        session.erase(frozenset({2}), at=WHEN + timedelta(days=1), actor="office", why="Asked for.")
    assert store.ledger.histories(ALWAYS).programmes["person"].to_pylist() == [1]
    assert told(store.ledger.histories(ALWAYS)) == told(folded(store))


def test_after_a_fold_that_was_broken_off_everything_is_looked_at_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    received_one_by_one(store, ANNA, OMAR)
    reached = rows.entries_of

    def unreachable(*_: object) -> Iterator[rows.Row]:
        raise OperationalError("the database cannot be reached")

    with store.ledger.writing() as session:
        receive(store, session, people({**ANNA, "end_date": "2016-05-01"}), WHEN + timedelta(days=3))
        monkeypatch.setattr(rows, "entries_of", unreachable)
        with pytest.raises(OperationalError):
            store.ledger.histories(ALWAYS)
        monkeypatch.setattr(rows, "entries_of", reached)
        assert told(session.histories(ALWAYS)) == told(folded(store))
    assert told(store.ledger.histories(ALWAYS)) == told(folded(store))
