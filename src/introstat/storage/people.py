"""The ledger on its database: appended to by one at a time, read by anybody, and folded into histories.

    ledger = Ledger(keys)
    with ledger.writing() as session:                     # one transaction, and the ledger is locked
        earlier = session.histories(received)             # or the part of it that the delivery is `about`
        delivery = collect.receive(…, earlier=earlier)
        posting = register.post(delivery, earlier=earlier, delivery_id=session.next_delivery_id(year), …)
        receipt = session.record(delivery, posting, …)
    # all of it is stored here, or, after a crash or an exception at any moment, none of it

The lock is held from the first look at what is known until everything is stored: two who deliver the same file at the same
time would otherwise both be told that it is new.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction

from introstat.register import fold, ledger, receipt_for
from introstat.register.corrections import erase
from introstat.register.fold import newest_hash
from introstat.register.ledger import StoredEntry
from introstat.register.payloads import entries_of, read_payloads, values_of
from introstat.storage import deliveries, index, rows
from introstat.storage.keys import Keys
from introstat.storage.models import LedgerEntry, LedgerHead, Person, PersonIndex
from introstat.storage.overwriting import overwrite_removed
from introstat.storage.sealing import microseconds, opened, seal, stored
from introstat.storage.view import View
from introstat.vocabulary.deliveries import Delivery, Receipt
from introstat.vocabulary.errors import ChainBroken, Damaged, NotFound
from introstat.vocabulary.histories import RECORDED, About, Entry, EntryKind, Histories, Posting, Scalar
from introstat.vocabulary.years import ReportingYear

_HEAD: Final = 1


class Ledger:
    """The register of one home. Keeps what it has read in memory, and may be shared by threads."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._view: View | None = None
        self._past: tuple[str, View] | None = None
        self._appended: list[pa.Table] = []
        self._guard = threading.RLock()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Lock the ledger for one transaction. Waits for whoever is writing."""
        with transaction.atomic(durable=True):
            yield Session(self, _locked(self._keys), self._keys)

    def histories(self, as_of: datetime, *, head: str | None = None, about: About | None = None) -> Histories:
        """The register as of a recorded time; with `about`, what of it that can be held against, or more.

        With `head`, the hash of an entry, nothing appended after that entry is part of it: this is how a snapshot is made
        again after entries were recorded with an earlier time. Raises NotFound when no entry has that hash.
        """
        until, newest = rows.end()
        if head is not None:
            found = LedgerEntry.objects.filter(hash=bytes.fromhex(head)).values_list("sequence", flat=True).first()
            if found is None:
                raise NotFound("The ledger has no such entry; it is not the ledger that was read then.")
            if found != until:
                return fold(opened(rows.entries(0, found), self._keys), as_of=as_of)
        with self._guard:
            seen = self._seen(until, newest)
            if seen.reaches(as_of):
                return seen.histories(as_of, about=about)
            past = self._seen_then(as_of, newest)
            if past is not None:
                return past.histories(as_of, about=about)
        return fold(opened(rows.entries(0, until), self._keys), as_of=as_of)

    def append(self, entries: Iterable[Entry], *, at: datetime) -> str:
        """Append single entries, recorded at a time; returns the hash the ledger now ends with."""
        with self.writing() as session:
            return session.append(entries_of(entries), at=at)

    def verify_chain(self, *, heads: Collection[str] = ()) -> int:
        """Follow the whole chain and say how many entries it has.

        `heads` are hashes known from elsewhere, as in the manifests of snapshots: each must be in the chain. Raises
        ChainBroken naming the first entry that does not follow, or saying that the end of the ledger has been cut off.
        """
        until, newest = rows.end()
        missing = set(heads) - {""}

        def links() -> Iterator[tuple[StoredEntry, bytes]]:
            for row in rows.entries(0, until):
                entry = stored(row)
                missing.discard(entry[1].hex())
                yield entry

        sequence, last = ledger.verify(links())
        if sequence != until or (until and last.hex() != newest) or missing or not rows.ends_agree():
            raise ChainBroken("The end of the ledger is not what was recorded last. Restore the register from a copy.")
        return sequence

    def newest_about(self, kind: EntryKind, subject: str) -> dict[str, Scalar] | None:
        """What the newest entry of a kind says of a subject that is no person, such as an edition; None without one."""
        about = LedgerEntry.objects.filter(kind=kind.value, subject=subject, person=None)
        sequence = about.order_by("-sequence").values_list("sequence", flat=True).first()
        if sequence is None:
            return None
        (payload,) = opened(rows.entries(sequence - 1, sequence), self._keys).column("payload").to_pylist()
        return values_of(payload)

    def find(self, *, national_id: str | None = None, duf_number: str | None = None) -> frozenset[int]:
        """The numbers of the person with one of these ids; several where the same person was met as two. Empty: unknown."""
        found = index.everyone_behind(index.hashes(self._keys, national_id=national_id, duf_number=duf_number))
        if not found:
            return found
        with self._guard:
            same_as = self._seen(*rows.end()).same_as()
        lowest = {same_as.get(number, number) for number in found}
        return frozenset(found | lowest | {number for number, first in same_as.items() if first in lowest})

    def erase(self, persons: frozenset[int], *, at: datetime, actor: str, why: str) -> str:
        """Destroy the keys of a person (all numbers of hers), and record that it was done. Returns the new head.

        Everything about her in the ledger is unreadable from then on, and the chain still verifies. Rows of hers that were
        rejected are removed, and all of this from the files of the database too. Raises NotFound when a number is nobody's or has been erased.
        """
        with self.writing() as session:
            head = session.erase(persons, at=at, actor=actor, why=why)
        with self._guard:
            self._view = self._past = None
            self._appended.clear()
        overwrite_removed()
        return head

    def remember(self, entries: pa.Table, *, follows: str) -> None:
        """Keep what a session appends after the entry with this hash, so that the next look need not read it back."""
        with self._guard:
            if self._appended and newest_hash(self._appended[-1]) != follows:
                self._appended.clear()
            if self._appended or (self._view is not None and self._view.head == follows):
                self._appended.append(entries)

    def _seen(self, until: int, head: str) -> View:
        """The view up to an entry, brought up to date or made anew."""
        have, self._view = self._view, None
        appended, self._appended = self._appended, []
        if have is not None and not have.is_whole:
            have = None
        if have is not None and have.head != head:
            # Each entry's hash holds the hash before it: with the last of them, all that was appended is in the ledger.
            new = pa.concat_tables(appended) if appended and newest_hash(appended[-1]) == head else None
            certain = new is not None or (have.sequence < until and have.still_holds())
            have = have if certain and have.follow(until, head, new=new) else None
        self._view = have or View(until, head, self._keys)
        return self._view

    def _seen_then(self, as_of: datetime, newest: str) -> View | None:
        """The view up to a time that has been passed, or None where later entries were recorded with an earlier time.

        It goes on from the one asked for before, as long as nothing is appended: a folder of old files that is sent again
        costs what each brought then, and not the whole ledger for each.
        """
        until = rows.recorded_by(microseconds(as_of))
        if until is None:
            return None
        ends_with, have = self._past or ("", None)
        if have is not None and (ends_with != newest or have.sequence > until or not have.is_whole):
            have = None
        self._past = None
        if have is not None and have.sequence < until and not have.follow(until, rows.hash_of(until)):
            have = None
        have = have or View(until, rows.hash_of(until), self._keys)
        self._past = (newest, have)
        return have


class Session:
    """What can be done while the ledger is locked."""

    def __init__(self, register: Ledger, head: LedgerHead, keys: Keys) -> None:
        self._register = register
        self._head = head
        self._keys = keys

    def histories(self, as_of: datetime, *, about: About | None = None) -> Histories:
        """The register as of a recorded time, with what this session has appended; `about` as of `Ledger.histories`."""
        return self._register.histories(as_of, about=about)

    def next_delivery_id(self, year: ReportingYear) -> str:
        """What the delivery at hand will be called, such as `2016-000042`."""
        return deliveries.id_of(year, self._head.deliveries + 1)

    def record(
        self, delivery: Delivery, posting: Posting, *, at: datetime, actor: str, next_deadline: datetime | None
    ) -> Receipt:
        """Store a delivery, its rejected rows, its entries and its receipt, and give the receipt.

        The same file again, which changes nothing, is not stored a second time: the receipt names the first delivery and
        says that it was seen before.
        """
        before = deliveries.seen(delivery) if posting.changes_nothing else None
        if before is not None:
            return receipt_for(delivery, posting, receipt_id=before.id, next_deadline=next_deadline, seen_before=True)
        given = receipt_for(
            delivery, posting, receipt_id=self.next_delivery_id(delivery.year), next_deadline=next_deadline
        )
        self._head.deliveries += 1
        self.append(posting.entries, at=at)
        deliveries.keep(delivery, given, number=self._head.deliveries, actor=actor, keys=self._keys)
        return given

    def append(self, entries: pa.Table, *, at: datetime) -> str:
        """Append entries (`ENTRIES`) in their order, recorded at a time; returns the hash the ledger now ends with."""
        people = _People(self._head, self._keys)
        persons = people.of(entries)
        recorded = microseconds(at)
        sequence, previous = self._head.sequence, bytes(self._head.hash)
        follows = previous.hex() if sequence else ""
        columns = [entries.column(name).to_pylist() for name in _WRITTEN]
        kept: list[rows.Row] = []
        for person, kind, subject, year, municipality, event_date, payload, actor, why, delivery in zip(
            persons, *columns, strict=True
        ):
            sequence += 1
            personal = person is not None
            nonce, ciphertext = seal(
                people.key(person) if personal and kind != EntryKind.ERASURE else self._keys.register,
                sequence=sequence,
                event_date=event_date,
                why=why,
                subject=subject,
                payload=payload,
            )
            entry = StoredEntry(
                sequence,
                recorded,
                kind,
                person,
                self._keys.subject_of(person, subject) if personal else subject,
                year,
                None if personal else municipality,
                actor,
                delivery,
                nonce,
                ciphertext,
            )
            previous = ledger.link(previous, entry)
            kept.append((*entry, previous))
        people.store()
        rows.add("entry", kept)
        self._register.remember(_recorded(entries, kept), follows=follows)
        self._head.sequence, self._head.hash = sequence, previous
        rows.move_end(sequence=sequence, hash_=previous, persons=self._head.persons, deliveries=self._head.deliveries)
        return previous.hex()

    def erase(self, persons: frozenset[int], *, at: datetime, actor: str, why: str) -> str:
        """See `Ledger.erase`; for those who erase elsewhere in the same step."""
        known = Person.objects.filter(number__in=persons, wrapped_key__isnull=False)
        if not persons or known.count() != len(persons):
            raise NotFound("There is no such person in the register, or she has been erased.")
        said = opened(rows.entries_of(sorted(persons)), self._keys)
        deliveries.forget_rejected(_ids_in(said), self._keys)
        PersonIndex.objects.filter(person_id__in=persons).delete()
        known.update(wrapped_key=None)
        return self.append(entries_of(erase(person, actor=actor, why=why) for person in sorted(persons)), at=at)


def _recorded(entries: pa.Table, kept: Sequence[rows.Row]) -> pa.Table:
    """Entries that were appended, with the rows they are stored as, as they will be read (`RECORDED`)."""
    columns: dict[str, Any] = dict(zip(entries.column_names, entries.columns, strict=True))
    for place, name in enumerate(StoredEntry._fields):
        if name in _TOLD_BY_ROW:
            columns[name] = pa.array([row[place] for row in kept], RECORDED.field(name).type)
    columns["hash"] = pa.array([row[-1].hex() for row in kept], pa.string())
    return pa.table([columns[name] for name in RECORDED.names], schema=RECORDED)


_TOLD_BY_ROW: Final = frozenset({"sequence", "recorded", "person", "municipality"})
_WRITTEN: Final = [
    "kind",
    "subject",
    "year",
    "municipality",
    "event_date",
    "payload",
    "actor",
    "why",
    "delivery",
]


class _People:
    """The persons some entries are about: known ones, and newcomers who get a number, a key and a place in the index."""

    def __init__(self, head: LedgerHead, keys: Keys) -> None:
        self._head = head
        self._keys = keys
        self._ready: dict[int, AESGCM] = {}
        self._new: list[rows.Row] = []
        self._known_lines: list[rows.Row] = []
        self._new_lines: list[rows.Row] = []

    def of(self, entries: pa.Table) -> list[int | None]:
        """The person number of each entry."""
        known, newcomer = (entries.column(name).to_pylist() for name in ("person", "newcomer"))
        ids = {
            kind: [
                None if number is None else self._keys.index_of(kind, number)
                for number in entries.column(name).to_pylist()
            ]
            for kind, name in index.INDEXED.items()
        }
        met = self._met_before(newcomer, ids["national"])
        number_of: dict[int, int] = {}
        persons: list[int | None] = []
        lines: set[tuple[bytes, int]] = set()
        for person, new, national, duf in zip(known, newcomer, ids["national"], ids["duf"], strict=True):
            if new is not None:
                if new not in number_of:
                    number_of[new] = met.get(new) or self._number()
                person = number_of[new]
            persons.append(person)
            if person is not None:
                lines.update((hashed, person) for hashed in (national, duf) if hashed is not None)
        first_new = self._head.persons - len(self._new)
        for line in sorted(lines, key=lambda line: (line[1], line[0])):
            (self._new_lines if line[1] > first_new else self._known_lines).append(line)
        self._load({person for person in persons if person is not None and person not in self._ready})
        return persons

    def key(self, person: int) -> AESGCM:
        """A person's key. Raises NotFound for somebody who has been erased or never was."""
        try:
            return self._ready[person]
        except KeyError:
            raise NotFound(
                "The register has no key for a person an entry is about; she may have been erased."
            ) from None

    def store(self) -> None:
        """Add the newcomers, and what new ids anybody has, to the store."""
        rows.add("person", self._new)
        rows.add("index", self._new_lines)
        rows.add_to_index(self._known_lines)

    def _met_before(self, newcomer: list[int | None], national: list[bytes | None]) -> dict[int, int]:
        """Newcomers who have been met after all: recorded later than what the posting knew, or only with measures."""
        if self._head.persons == 0:
            return {}
        asked = {
            hashed: new
            for new, hashed in zip(newcomer, national, strict=True)
            if new is not None and hashed is not None
        }
        return {asked[hashed]: person for hashed, person in index.persons_behind(asked).items()}

    def _number(self) -> int:
        self._head.persons += 1
        number = self._head.persons
        wrapped, self._ready[number] = self._keys.new_data_key(number)
        self._new.append((number, wrapped))
        return number

    def _load(self, persons: set[int]) -> None:
        for number, wrapped in rows.wrapped_keys(persons).items():
            self._ready[number] = self._keys.data_key(number, wrapped)


def _locked(keys: Keys) -> LedgerHead:
    """The end of the ledger, locked until the transaction ends. Raises Damaged with the keys of another register."""
    locked = LedgerHead.objects.select_for_update().filter(id=_HEAD)
    head = locked.first()
    if head is None:
        # Of two that write the very first entry, one makes the row and the other waits for it here.
        first = LedgerHead(
            id=_HEAD, sequence=0, hash=ledger.GENESIS, persons=0, deliveries=0, master=keys.fingerprint()
        )
        LedgerHead.objects.bulk_create([first], ignore_conflicts=True)
        head = locked.get()
    if head.master != keys.fingerprint():
        raise Damaged("The master key is not the one this register was made with. Restore the key from its copy.")
    return head


def _ids_in(entries: pa.Table) -> frozenset[str]:
    payloads = entries.column("payload").to_pylist()
    said = read_payloads(payloads, pa.schema([(name, pa.string()) for name in index.INDEXED.values()]))
    return frozenset(
        number for name in index.INDEXED.values() for number in pc.unique(said.column(name)).drop_null().to_pylist()
    )
