"""What an edition is called: 2016.0 before all others, 2016.1 when a year is final, 2016.1.1 when it is corrected."""

from __future__ import annotations

from introstat.storage.editions import Release
from introstat.vocabulary.editions import EditionNumber, Review
from introstat.vocabulary.errors import ReleaseRefused
from introstat.vocabulary.snapshots import SnapshotKind
from introstat.vocabulary.years import ReportingYear


def next_number(year: ReportingYear, kind: SnapshotKind, before: Release | None, review: Review) -> EditionNumber:
    """The number after the newest one of a year, released or waiting. Raises ReleaseRefused where none may come."""
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
