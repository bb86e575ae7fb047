"""What the ledger says of a step that concerns no person: that warnings were confirmed, and that an edition was released."""

from __future__ import annotations

from introstat.vocabulary.deliveries import OFFICE, Receipt
from introstat.vocabulary.editions import EditionNumber
from introstat.vocabulary.histories import Entry, EntryKind
from introstat.vocabulary.years import ReportingYear


def release_entry(year: ReportingYear, number: EditionNumber, sha256: str, *, digest: str, by: str) -> Entry:
    """That an edition was released, with the hash that vouches for it."""
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


def confirmation_entry(receipt: Receipt, checks: list[str], *, by: str, comment: str) -> Entry:
    """That a sender stands by what a receipt warns of, and why."""
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
