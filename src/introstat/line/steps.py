"""The steps of the line, one method each.

Each step reads what the one before stored and stores what the next one reads; a step that is refused stores nothing.
Time comes from whoever calls. Stages are imported where they are used: a command pays for the ones it runs, which halves the
time of the quick ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice, repeat
from typing import TYPE_CHECKING, Final

from introstat import register
from introstat.definitions.catalogue import Definitions, definitions_for
from introstat.line import known
from introstat.line.drafts import Draft, draft_files, draft_of, refuse_unaccounted
from introstat.line.entries import confirmation_entry, release_entry
from introstat.line.numbering import next_number
from introstat.line.overview import Overview, editions_of, reported
from introstat.line.receiving import next_deadline, posted, represents
from introstat.storage import deliveries as stored_deliveries
from introstat.storage import reviews
from introstat.storage.archive import Archive, StoredSnapshot
from introstat.storage.drafts import Drafts
from introstat.storage.editions import Editions, Release
from introstat.storage.home import Home
from introstat.storage.keys import Keys
from introstat.storage.people import Ledger, Session
from introstat.vocabulary.deliveries import Receipt, Sending, Severity
from introstat.vocabulary.editions import NO_REASON, EditionNumber, PublicReason, Review
from introstat.vocabulary.errors import NotFound, Refused, ReleaseRefused
from introstat.vocabulary.histories import EntryKind
from introstat.vocabulary.snapshots import SnapshotKind
from introstat.vocabulary.years import ReportingYear

if TYPE_CHECKING:
    from introstat.collect import Reading
    from introstat.publish import Each
    from introstat.vocabulary.snapshots import Snapshot
    from introstat.vocabulary.tables import Cubes

_TOGETHER: Final = 25
"""So many deliveries at most share a transaction: others who deliver wait no longer than these take."""


@dataclass(frozen=True, slots=True)
class Issued:
    """An edition that was made: `is_out` is false while it waits for its announced time."""

    number: EditionNumber
    released: datetime
    manifest_sha256: str
    files: int
    is_out: bool


class Line:
    """The line on one home folder. May be kept and shared by threads: the ledger is read once, then followed."""

    def __init__(self, home: Home, keys: Keys) -> None:
        self.home = home
        self.keys = keys
        self.ledger = Ledger(keys)
        self.archive = Archive(home.archive)
        self.drafts = Drafts(home.drafts)
        self.editions = Editions(home.editions, waiting=home.scheduled)
        self._cubes: dict[tuple[str, str], Cubes] = {}

    def receive(self, sending: Sending, *, actor: str, dry_run: bool = False) -> Receipt:
        """Check what was sent and, unless it is a dry run, record it: all of it or, after a crash, none.

        A municipality may send for itself only; `OFFICE` for anybody. What was sent is recorded as of the time it came.
        """
        if not dry_run:
            (receipt,) = self.receive_all([sending], actor=actor)
            return receipt
        definitions = definitions_for(sending.year.value)
        delivery, posting = posted(sending, definitions, self.ledger, actor=actor, delivery_id="-")
        deadline = next_deadline(definitions, sending.received)
        return register.receipt_for(delivery, posting, receipt_id="", next_deadline=deadline, dry_run=True)

    def receive_all(
        self, sendings: Iterable[Sending], *, actor: str, readings: Iterable[Reading | None] = repeat(None)
    ) -> Iterator[Receipt]:
        """Check and record many sendings in their order, some at a time in one transaction; a receipt comes when it holds.

        After a crash a delivery is there whole or not at all, and the same sendings again end in the same state. Every
        transaction waits for the disk once, which is most of the time a small delivery takes. `readings` are what has been
        read of each sending already (`read`).
        """
        waiting = zip(sendings, readings, strict=False)
        while True:
            with self.ledger.writing() as session:
                receipts = [
                    self._record(session, sending, actor=actor, reading=reading)
                    for sending, reading in islice(waiting, _TOGETHER)
                ]
            if not receipts:
                return
            yield from receipts

    def read(self, sending: Sending) -> Reading:
        """What can be said of a sending without the register, and without any of what this line has open."""
        from introstat import collect

        return collect.read(sending, definitions=definitions_for(sending.year.value), represents=represents(sending))

    def _record(self, session: Session, sending: Sending, *, actor: str, reading: Reading | None) -> Receipt:
        definitions = definitions_for(sending.year.value)
        delivery_id = session.next_delivery_id(sending.year)
        delivery, posting = posted(sending, definitions, session, actor=actor, delivery_id=delivery_id, reading=reading)
        deadline = next_deadline(definitions, sending.received)
        return session.record(delivery, posting, at=sending.received, actor=actor, next_deadline=deadline)

    def confirm(self, receipt_id: str, *, by: str, comment: str, now: datetime) -> None:
        """Record that the sender stands by what a receipt warns of, and why. Raises NotFound, and Refused without a reason
        or where there is nothing to confirm."""
        receipt = stored_deliveries.receipt(receipt_id)
        warned = sorted({finding.check for finding in receipt.findings if finding.severity is Severity.WARNING})
        if not warned:
            raise Refused("The receipt has no warning to confirm.", reason="nothing_to_confirm")
        if not comment.strip():
            raise Refused("Say in a sentence why the figures are right as they are.", reason="comment_missing")
        self.ledger.append([confirmation_entry(receipt, warned, by=by, comment=comment.strip())], at=now)

    def confirmation(self, receipt_id: str) -> str | None:
        """The newest comment that confirms a receipt's warnings, or None."""
        said = self.ledger.newest_about(EntryKind.CONFIRMATION, receipt_id)
        return None if said is None else str(said["comment"])

    def freeze(self, year: ReportingYear, *, as_of: datetime, kind: SnapshotKind, now: datetime) -> StoredSnapshot:
        """Take a numbered snapshot of what was recorded by `as_of`. Raises Refused for a time that has not come."""
        from introstat import freeze

        if as_of > now:
            raise Refused(
                f"{as_of.isoformat()} has not come yet; a snapshot can only hold what has been recorded.",
                reason="time_not_come",
            )
        snapshot = freeze.take(
            self.ledger.histories(as_of),
            definitions=definitions_for(year.value),
            year=year,
            as_of=as_of,
            kind=kind,
            pseudonym_key=self.keys.snapshot_key(year=year, as_of=as_of, kind=kind),
        )
        number = self.archive.store(snapshot)
        return next(stored for stored in self.archive.snapshots(year.value) if stored.number == number)

    def prepare(
        self,
        year: ReportingYear,
        *,
        by: str,
        now: datetime,
        snapshot: int | None = None,
        policy: str = "strict-5",
        decision: str = "",
        seed: int = 0,
        each_policy: bool = False,
    ) -> Draft:
        """Count a snapshot (the newest when None), protect the counts, attack them, and keep the result for review.

        Earlier editions of the year, released or waiting, are part of what readers know: the counts are protected together
        with theirs, from the snapshots that they name. Where later years tell of this one together with others, the draft is
        attacked once more beside all there is, as by a reader.
        With `each_policy` the report tells what every policy would show; each takes as long as the first.
        A draft whose attack succeeded is kept too, to be looked at; it can be neither approved nor released.
        Raises NotFound without a snapshot, Refused for another policy than the default without a recorded decision, and
        CannotProtect.
        """
        from introstat import protect
        from introstat.protect.copies import Copy
        from introstat.protect.released import attack_released, counted_in
        from introstat.publish.equality import compare
        from introstat.publish.voice import BANDS, POOLED, REASONS

        definitions = definitions_for(year.value)
        if definitions.policy(policy).needs_decision and not decision.strip():
            raise Refused(f"{policy} is somebody's decision. Say with --decision who decided it, when and why.")
        number = self.archive.newest(year.value).number if snapshot is None else snapshot
        frozen, cubes = self._counted(year.value, number)
        most = _years_together(definitions, policy=policy, kind=frozen.meta.kind)
        protected_with = known.beside(year, self.editions, most=most)
        earlier = tuple(known.told(year, self.editions, counted=self._counted))
        is_preliminary = frozen.meta.kind is SnapshotKind.PRELIMINARY
        safe = protect.seal(
            cubes,
            definitions=definitions,
            policy=policy,
            decision=decision,
            seed=seed,
            earlier=earlier,
            past=tuple(known.past(year, self.editions, counted=self._counted, most=most)),
            is_preliminary=is_preliminary,
        )
        if each_policy:
            safe = protect.beside_other_policies(
                safe, cubes, definitions=definitions, seed=seed, earlier=earlier, is_preliminary=is_preliminary
            )
        if readers := known.held_by_readers(year, self.editions):
            copy = Copy(safe.tables[REASONS], safe.tables[BANDS], safe.tables[POOLED], str(year))
            safe = replace(safe, report=counted_in(safe.report, attack_released(copy, earlier=readers)))
        equal = compare(safe.tables, published) if (published := self._published(year)) else ()
        digest = self.drafts.store(year.value, draft_files(safe, equal, protected_with=protected_with))
        reviews.record_preparation(
            reviews.Prepared(
                year=year.value,
                snapshot=number,
                digest=digest,
                prepared_by=by,
                prepared=now,
                policy=policy,
                decision=decision,
                safe=safe.report.is_safe,
            )
        )
        return Draft(number, digest, by, now, safe, equal, protected_with)

    def draft(self, year: ReportingYear) -> Draft:
        """What was prepared last. Raises NotFound, or Damaged when its bytes have been changed."""
        prepared = reviews.newest_preparation(year.value)
        return draft_of(prepared, self.drafts.load(year.value, prepared.digest))

    def review(
        self,
        year: ReportingYear,
        *,
        by: str,
        now: datetime,
        next_release: date | None,
        public_reason: PublicReason = NO_REASON,
    ) -> Review:
        """Approve exactly what was prepared last. Raises Refused for the one who prepared it, and NotFound."""
        prepared = reviews.newest_preparation(year.value)
        return reviews.approve(
            year.value,
            digest=prepared.digest,
            by=by,
            at=now,
            next_release=next_release,
            public_reason=public_reason,
        )

    def release(
        self, year: ReportingYear, *, by: str, now: datetime, at: datetime | None = None, each: Each | None = None
    ) -> Issued:
        """Make the edition of what was approved last, and issue it: now, or closed until `at` where that is to come.

        The hash of its manifest goes into the ledger first, so an edition that is out is always vouched for. `each` makes
        the parts that have no order; here, one after the other, when None. Raises ReleaseRefused naming what is missing, or the
        edition that came or went since this was prepared: its protection would not account for that.
        """
        with self.editions.releasing():
            return self._release(year, by=by, now=now, at=at, each=each)

    def _release(
        self, year: ReportingYear, *, by: str, now: datetime, at: datetime | None, each: Each | None
    ) -> Issued:
        from introstat import publish
        from introstat.collect.version import rule_set

        try:
            review = reviews.newest_review(year.value)
        except NotFound as problem:
            raise ReleaseRefused(
                f"{problem} An edition is prepared, then approved: `introstat review {year} --approve`.",
                reason=problem.reason,
                **problem.values,
            ) from None
        draft = self.draft(year)
        frozen, checksum = self.archive.load(year.value, draft.snapshot)
        before = known.newest(year, self.editions)
        last_year = self.editions.newest(year.value - 1)
        definitions = definitions_for(year.value)
        number = next_number(year, frozen.meta.kind, before, review)
        most = _years_together(definitions, policy=draft.safe.report.policy, kind=frozen.meta.kind)
        refuse_unaccounted(draft, known.beside(year, self.editions, most=most), year=year)
        edition = publish.issue(
            draft.safe,
            definitions=definitions,
            snapshot=frozen.meta,
            snapshot_number=draft.snapshot,
            snapshot_checksum=checksum,
            review=review,
            number=number,
            released=at or now,
            equal_to_published=draft.equal_to_published,
            previous=self.editions.read(before.number) if before else None,
            year_before=self.editions.read(last_year.number) if last_year else None,
            rule_set=rule_set(definitions),
            each=each or publish.in_turn,
        )
        if problems := publish.verify(edition.files, manifest_sha256=None, each=each or publish.in_turn):
            raise ReleaseRefused(
                "The edition does not hold: " + " ".join(str(problem) for problem in problems), reason="does_not_hold"
            )
        sha256 = hashlib.sha256(edition.manifest).hexdigest()
        self.ledger.append([release_entry(year, edition.number, sha256, digest=draft.digest, by=by)], at=now)
        is_out = edition.released <= now
        line = self.editions.write(edition) if is_out else self.editions.schedule(edition)
        return Issued(line.number, line.released, line.manifest_sha256, len(edition.files), is_out)

    def vouched(self, number: EditionNumber) -> str | None:
        """The hash of an edition's manifest as the ledger has it; None when the ledger knows no such release."""
        said = self.ledger.newest_about(EntryKind.RELEASE, str(number))
        return None if said is None else str(said["manifest_sha256"])

    def release_due(self, *, now: datetime) -> tuple[Release, ...]:
        """Release the scheduled editions whose time has come."""
        return self.editions.publish_due(now)

    def overview(self, year: ReportingYear, *, now: datetime) -> Overview:
        """Where a year stands."""
        try:
            draft: Draft | None = self.draft(year)
        except NotFound:
            draft = None
        try:
            review: Review | None = reviews.newest_review(year.value)
        except NotFound:
            review = None
        return Overview(
            deliveries=reported(year, histories=self.ledger.histories(now)),
            snapshots=self.archive.snapshots(year.value),
            draft=draft,
            review=review,
            released=editions_of(year, self.editions.releases()),
            scheduled=editions_of(year, self.editions.scheduled()),
        )

    def _counted(self, year: int, number: int) -> tuple[Snapshot, Cubes]:
        """A snapshot and its counts. It is read anew each time, and counted once: the same bytes have the same counts."""
        from introstat import tabulate

        definitions = definitions_for(year)
        frozen, checksum = self.archive.load(year, number)
        key = (checksum, definitions.checksum)
        if key not in self._cubes:
            self._cubes[key] = tabulate.count(frozen, definitions=definitions)
        return frozen, self._cubes[key]

    def _published(self, year: ReportingYear) -> Mapping[str, object] | None:
        try:
            document: dict[str, object] = json.loads((self.home.published / f"{year}.json").read_bytes())
        except FileNotFoundError:
            return None
        return document


def _years_together(definitions: Definitions, *, policy: str, kind: SnapshotKind) -> int:
    """How many years an edition tells of together at the most; a preliminary one tells of its own alone."""
    return 1 if kind is SnapshotKind.PRELIMINARY else definitions.policy(policy).pooled_years
