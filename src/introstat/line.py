"""The line itself: the only module that knows the order of the stages.

    receive   collect → register    a sending becomes a receipt, and the register is the richer for it
    freeze    register → freeze     what was recorded by a time becomes a numbered snapshot
    prepare   tabulate → protect    a snapshot becomes a draft: safe cubes that wait for another person
    review                          that other person approves exactly those bytes
    release   publish               the draft becomes an edition, at once or at its announced time

Each step reads what the one before stored and stores what the next one reads; a step that is refused stores nothing.
Time comes from whoever calls. Stages are imported where they are used: a command pays for the ones it runs, which halves the
time of the quick ones.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from itertools import islice, repeat
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from introstat import register
from introstat.definitions.catalogue import Definitions, definitions_for, years
from introstat.storage import deliveries as stored_deliveries
from introstat.storage import reviews, sealed
from introstat.storage.archive import Archive, StoredSnapshot
from introstat.storage.drafts import Drafts
from introstat.storage.editions import Editions, Release
from introstat.storage.home import Home
from introstat.storage.keys import Keys
from introstat.storage.people import Ledger, Session
from introstat.vocabulary.deliveries import OFFICE, Delivery, DeliveryStatus, Receipt, Sending, Severity
from introstat.vocabulary.editions import NO_REASON, EditionNumber, EqualToPublished, PublicReason, Review
from introstat.vocabulary.errors import NotFound, Refused, ReleaseRefused
from introstat.vocabulary.histories import Entry, EntryKind, Histories, Posting
from introstat.vocabulary.snapshots import SnapshotKind
from introstat.vocabulary.tables import SafeCubes
from introstat.vocabulary.years import ReportingYear

if TYPE_CHECKING:
    from introstat.collect import Reading
    from introstat.protect import Earlier
    from introstat.publish import Each

_OSLO: Final = ZoneInfo("Europe/Oslo")
_END_OF_DAY: Final = time(23, 59)
_TOGETHER: Final = 25
"""So many deliveries at most share a transaction: others who deliver wait no longer than these take."""
_EQUAL: Final = "equal.json"


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """What was prepared from a snapshot, by whom and when, and what of it equals figures published elsewhere."""

    snapshot: int
    digest: str
    prepared_by: str
    prepared: datetime
    safe: SafeCubes
    equal_to_published: tuple[EqualToPublished, ...]


@dataclass(frozen=True, slots=True)
class Issued:
    """An edition that was made: `is_out` is false while it waits for its announced time."""

    number: EditionNumber
    released: datetime
    manifest_sha256: str
    files: int
    is_out: bool


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """Where a year stands, step by step; None and empty for what has not been done."""

    deliveries: Mapping[str, int]
    snapshots: tuple[StoredSnapshot, ...]
    draft: Draft | None
    review: Review | None
    released: tuple[Release, ...]
    scheduled: tuple[Release, ...]


class Line:
    """The line on one home folder. May be kept and shared by threads: the ledger is read once, then followed."""

    def __init__(self, home: Home, keys: Keys) -> None:
        self.home = home
        self.keys = keys
        self.ledger = Ledger(keys)
        self.archive = Archive(home.archive)
        self.drafts = Drafts(home.drafts)
        self.editions = Editions(home.editions, waiting=home.scheduled)

    def receive(self, sending: Sending, *, actor: str, dry_run: bool = False) -> Receipt:
        """Check what was sent and, unless it is a dry run, record it: all of it or, after a crash, none.

        A municipality may send for itself only; `OFFICE` for anybody. What was sent is recorded as of the time it came.
        """
        if not dry_run:
            (receipt,) = self.receive_all([sending], actor=actor)
            return receipt
        definitions = definitions_for(sending.year.value)
        earlier = self.ledger.histories(sending.received)
        delivery, posting = self._posted(sending, definitions, earlier, actor=actor, delivery_id="-")
        deadline = _next_deadline(definitions, sending.received)
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

        return collect.read(sending, definitions=definitions_for(sending.year.value), represents=_represents(sending))

    def _record(self, session: Session, sending: Sending, *, actor: str, reading: Reading | None) -> Receipt:
        definitions = definitions_for(sending.year.value)
        earlier = session.histories(sending.received)
        delivery_id = session.next_delivery_id(sending.year)
        delivery, posting = self._posted(
            sending, definitions, earlier, actor=actor, delivery_id=delivery_id, reading=reading
        )
        deadline = _next_deadline(definitions, sending.received)
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
        self.ledger.append([_confirmation(receipt, warned, by=by, comment=comment.strip())], at=now)

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
        with theirs, from the snapshots that they name.
        With `each_policy` the report tells what every policy would show; each takes as long as the first.
        A draft whose attack succeeded is kept too, to be looked at; it can be neither approved nor released.
        Raises NotFound without a snapshot, Refused for another policy than the default without a recorded decision, and
        CannotProtect.
        """
        from introstat import protect, tabulate
        from introstat.publish.equality import compare

        definitions = definitions_for(year.value)
        if definitions.policy(policy).needs_decision and not decision.strip():
            raise Refused(f"{policy} is somebody's decision. Say with --decision who decided it, when and why.")
        number = self.archive.newest(year.value).number if snapshot is None else snapshot
        frozen, _ = self.archive.load(year.value, number)
        cubes = tabulate.count(frozen, definitions=definitions)
        earlier = tuple(self._told(year))
        is_preliminary = frozen.meta.kind is SnapshotKind.PRELIMINARY
        safe = protect.seal(
            cubes,
            definitions=definitions,
            policy=policy,
            decision=decision,
            seed=seed,
            earlier=earlier,
            past=tuple(self._past(year, most=definitions.policy(policy).pooled_years)),
            is_preliminary=is_preliminary,
        )
        if each_policy:
            safe = protect.beside_other_policies(
                safe, cubes, definitions=definitions, seed=seed, earlier=earlier, is_preliminary=is_preliminary
            )
        equal = compare(safe.tables, published) if (published := self._published(year)) else ()
        files = {**sealed.to_files(safe), _EQUAL: json.dumps([asdict(one) for one in equal]).encode()}
        digest = self.drafts.store(year.value, files)
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
        return Draft(number, digest, by, now, safe, equal)

    def draft(self, year: ReportingYear) -> Draft:
        """What was prepared last. Raises NotFound, or Damaged when its bytes have been changed."""
        prepared = reviews.newest_preparation(year.value)
        files = self.drafts.load(year.value, prepared.digest)
        return Draft(
            prepared.snapshot,
            prepared.digest,
            prepared.prepared_by,
            prepared.prepared,
            sealed.from_files(files),
            tuple(EqualToPublished(**one) for one in json.loads(files[_EQUAL])),
        )

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
        the parts that have no order; here, one after the other, when None. Raises ReleaseRefused naming what is missing.
        """
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
        before = self._newest(year)
        last_year = self.editions.newest(year.value - 1)
        definitions = definitions_for(year.value)
        edition = publish.issue(
            draft.safe,
            definitions=definitions,
            snapshot=frozen.meta,
            snapshot_number=draft.snapshot,
            snapshot_checksum=checksum,
            review=review,
            number=_next_number(year, frozen.meta.kind, before, review),
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
        self.ledger.append([_vouch(year, edition.number, sha256, digest=draft.digest, by=by)], at=now)
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
        listed = stored_deliveries.listed(year=year.value)
        count = Counter(delivery.status for delivery in listed)
        geography = definitions_for(year.value).geography
        reporting = self.ledger.histories(now).reporting.to_pylist()
        try:
            draft: Draft | None = self.draft(year)
        except NotFound:
            draft = None
        try:
            review: Review | None = reviews.newest_review(year.value)
        except NotFound:
            review = None
        return Overview(
            deliveries={
                "total": len(listed),
                "accepted": count[DeliveryStatus.ACCEPTED],
                "partly": count[DeliveryStatus.PARTLY],
                "rejected": count[DeliveryStatus.REJECTED],
                "reported": len({row["municipality"] for row in reporting if row["year"] == year.value}),
                "municipalities": len(geography.municipalities(year.last_day)),
            },
            snapshots=self.archive.snapshots(year.value),
            draft=draft,
            review=review,
            released=tuple(r for r in self.editions.releases() if r.number.year == year.value),
            scheduled=tuple(r for r in self.editions.scheduled() if r.number.year == year.value),
        )

    def _posted(
        self,
        sending: Sending,
        definitions: Definitions,
        earlier: Histories,
        *,
        actor: str,
        delivery_id: str,
        reading: Reading | None = None,
    ) -> tuple[Delivery, Posting]:
        """What was sent, checked, with what it comes to in the register; the delivery tells what the register then closes."""
        from introstat import collect

        delivery = collect.receive(
            sending, definitions=definitions, earlier=earlier, represents=_represents(sending), reading=reading
        )
        posting = register.post(
            delivery,
            earlier=earlier,
            definitions=definitions,
            at=sending.received,
            actor=actor,
            delivery_id=delivery_id,
        )
        return collect.tell_closings(delivery, posting.closed_in, definitions=definitions), posting

    def _past(self, year: ReportingYear, *, most: int) -> Iterator[Earlier]:
        """What the editions of the years right before have told, as far back as there is a final edition of every year."""
        for before in range(year.value - 1, year.value - most, -1):
            if before not in years():
                return
            told = tuple(self._told(ReportingYear(before)))
            if all(one.number.is_preliminary for one in told):
                return
            yield from told

    def _told(self, year: ReportingYear) -> Iterator[Earlier]:
        """What every edition of a year has shown, or will have when its hour comes, with the counts it was made of."""
        from introstat import tabulate
        from introstat.protect import Earlier
        from introstat.publish.rereading import released_table, table_if_there
        from introstat.publish.voice import BANDS, POOLED, REASONS

        definitions = definitions_for(year.value)
        out = {release.number: self.editions.read for release in self.editions.releases()}
        waiting = {release.number: self.editions.read_scheduled for release in self.editions.scheduled()}
        for number, read in sorted((waiting | out).items()):
            if number.year == year.value:
                files = read(number)
                snapshot, _ = self.archive.load(year.value, json.loads(files["manifest.json"])["snapshot"]["number"])
                yield Earlier(
                    number=number,
                    cubes=tabulate.count(snapshot, definitions=definitions),
                    exits=released_table(files, REASONS),
                    bands=table_if_there(files, BANDS),
                    pooled=table_if_there(files, POOLED),
                )

    def _published(self, year: ReportingYear) -> Mapping[str, object] | None:
        try:
            document: dict[str, object] = json.loads((self.home.published / f"{year}.json").read_bytes())
        except FileNotFoundError:
            return None
        return document

    def _newest(self, year: ReportingYear) -> Release | None:
        known = [*self.editions.releases(), *self.editions.scheduled()]
        return max((r for r in known if r.number.year == year.value), key=lambda r: r.number, default=None)


def draft_summary(draft: Draft) -> dict[str, object]:
    """A draft for machines: the protection report, and nothing hidden."""
    return {
        "snapshot": draft.snapshot,
        "digest": draft.digest,
        "prepared_by": draft.prepared_by,
        "prepared": draft.prepared.isoformat(),
        "safe": draft.safe.report.is_safe,
        "report": asdict(draft.safe.report),
        "equal_to_published": [asdict(one) for one in draft.equal_to_published],
    }


def _next_number(year: ReportingYear, kind: SnapshotKind, before: Release | None, review: Review) -> EditionNumber:
    if kind is SnapshotKind.PRELIMINARY:
        if before is not None:
            raise ReleaseRefused(
                f"Edition {before.number} is out; a preliminary one comes only before all others.",
                reason="no_longer_preliminary",
                number=str(before.number),
            )
        return EditionNumber(year.value, 0)
    if before is None or before.number.is_preliminary:
        return EditionNumber(year.value, 1)
    if not review.public_reason:
        raise ReleaseRefused(
            f"Edition {before.number} is out. A correction carries a public reason: "
            f"approve again with `introstat review {year} --approve --reason '…' --reason-nn '…' --reason-en '…'`.",
            reason="public_reason_missing",
            number=str(before.number),
        )
    return EditionNumber(year.value, 1, before.number.correction + 1)


def _vouch(year: ReportingYear, number: EditionNumber, sha256: str, *, digest: str, by: str) -> Entry:
    return Entry(
        kind=EntryKind.RELEASE,
        subject=str(number),
        year=year,
        municipality=None,
        national_id=None,
        duf_number=None,
        event_date=None,
        payload={"manifest_sha256": sha256, "digest": digest},
        actor=by,
        why="release",
        delivery=None,
    )


def _confirmation(receipt: Receipt, checks: list[str], *, by: str, comment: str) -> Entry:
    return Entry(
        kind=EntryKind.CONFIRMATION,
        subject=receipt.id,
        year=receipt.year,
        municipality=None if receipt.sender == OFFICE else receipt.sender,
        national_id=None,
        duf_number=None,
        event_date=None,
        payload={"checks": " ".join(checks), "comment": comment},
        actor=by,
        why="warnings confirmed",
        delivery=receipt.id,
    )


def _represents(sending: Sending) -> frozenset[str] | None:
    """Whom the sender may send for; None: anybody."""
    return None if sending.sender == OFFICE else frozenset({sending.sender})


def _next_deadline(definitions: Definitions, received: datetime) -> datetime | None:
    year = definitions.year
    parameters = definitions.parameters(year.last_day)
    days = (parameters.cutoff.after(year), parameters.closing.after(year))
    deadlines = (datetime.combine(day, _END_OF_DAY, _OSLO).astimezone(UTC) for day in days)
    return min((deadline for deadline in deadlines if deadline >= received), default=None)
