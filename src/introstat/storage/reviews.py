"""Who prepared what, and who approved exactly that.

Only the newest preparation of a year can be approved or released: preparing anew withdraws the approval of what was
prepared before. That the one who prepared cannot approve is a rule of `Review` itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from introstat.storage.models import Preparation, ReviewRow
from introstat.vocabulary.editions import NO_REASON, PublicReason, Review
from introstat.vocabulary.errors import NotFound, Refused


@dataclass(frozen=True, slots=True)
class Prepared:
    """One preparation; `digest` finds its files among the drafts."""

    year: int
    snapshot: int
    digest: str
    prepared_by: str
    prepared: datetime
    policy: str
    decision: str
    safe: bool


def record_preparation(prepared: Prepared) -> None:
    """Note that an edition was prepared; from now on this is what can be approved."""
    Preparation.objects.create(
        year=prepared.year,
        snapshot=prepared.snapshot,
        digest=prepared.digest,
        prepared_by=prepared.prepared_by,
        prepared=prepared.prepared,
        policy=prepared.policy,
        decision=prepared.decision,
        safe=prepared.safe,
    )


def newest_preparation(year: int) -> Prepared:
    """What was prepared last for a year. Raises NotFound when nothing was."""
    return _prepared(_newest(year))


def approve(
    year: int, *, digest: str, by: str, at: datetime, next_release: date | None, public_reason: PublicReason = NO_REASON
) -> Review:
    """Approve what was prepared last. Raises Refused when that is not what `digest` names or when it is not safe, and
    when the same person prepared it."""
    preparation = _newest(year)
    if preparation.digest != digest:
        raise Refused(
            "Something else has been prepared since; look at that and approve it instead.", reason="prepared_since"
        )
    if not preparation.safe:
        raise Refused(
            "The attack on what was prepared succeeded or was not settled; it cannot be approved.",
            reason="attack_succeeded",
        )
    row = ReviewRow(
        preparation=preparation,
        approved_by=by,
        approved=at,
        next_release=next_release,
        public_reason=public_reason.nb,
        public_reason_nn=public_reason.nn,
        public_reason_en=public_reason.en,
    )
    try:
        review = _review(row)
    except ValueError as problem:
        raise Refused(
            "The one who prepared a release cannot approve it. Ask a colleague.", reason="same_person"
        ) from problem
    row.save()
    return review


def newest_review(year: int) -> Review:
    """The approval of what was prepared last. Raises NotFound when it has not been approved."""
    row = ReviewRow.objects.filter(preparation=_newest(year)).order_by("-pk").first()
    if row is None:
        raise NotFound(f"What was prepared last for {year} has not been approved.", reason="not_approved", year=year)
    return _review(row)


def _newest(year: int) -> Preparation:
    row = Preparation.objects.filter(year=year).order_by("-pk").first()
    if row is None:
        raise NotFound(
            f"Nothing has been prepared for {year}. Prepare it with `introstat prepare {year}`.",
            reason="nothing_prepared",
            year=year,
        )
    return row


def _prepared(row: Preparation) -> Prepared:
    return Prepared(
        year=row.year,
        snapshot=row.snapshot,
        digest=row.digest,
        prepared_by=row.prepared_by,
        prepared=row.prepared.astimezone(UTC),
        policy=row.policy,
        decision=row.decision,
        safe=row.safe,
    )


def _review(row: ReviewRow) -> Review:
    return Review(
        snapshot=row.preparation.snapshot,
        digest=row.preparation.digest,
        prepared_by=row.preparation.prepared_by,
        prepared=row.preparation.prepared.astimezone(UTC),
        approved_by=row.approved_by,
        approved=row.approved.astimezone(UTC),
        next_release=row.next_release,
        public_reason=PublicReason(nb=row.public_reason, nn=row.public_reason_nn, en=row.public_reason_en),
    )
