"""Where a year stands, step by step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from introstat.definitions.catalogue import definitions_for
from introstat.line.drafts import Draft
from introstat.storage import deliveries as stored_deliveries
from introstat.storage.archive import StoredSnapshot
from introstat.storage.editions import Release
from introstat.vocabulary.deliveries import DeliveryStatus
from introstat.vocabulary.editions import Review
from introstat.vocabulary.histories import Histories
from introstat.vocabulary.years import ReportingYear


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """Where a year stands, step by step; None and empty for what has not been done."""

    deliveries: Mapping[str, int]
    snapshots: tuple[StoredSnapshot, ...]
    draft: Draft | None
    review: Review | None
    released: tuple[Release, ...]
    scheduled: tuple[Release, ...]


def reported(year: ReportingYear, *, histories: Histories) -> Mapping[str, int]:
    """How many deliveries have come for a year and what became of them, and how many municipalities have reported."""
    listed = stored_deliveries.listed(year=year.value)
    count = Counter(delivery.status for delivery in listed)
    geography = definitions_for(year.value).geography
    reporting = histories.reporting.to_pylist()
    return {
        "total": len(listed),
        "accepted": count[DeliveryStatus.ACCEPTED],
        "partly": count[DeliveryStatus.PARTLY],
        "rejected": count[DeliveryStatus.REJECTED],
        "reported": len({row["municipality"] for row in reporting if row["year"] == year.value}),
        "municipalities": len(geography.municipalities(year.last_day)),
    }


def editions_of(year: ReportingYear, releases: tuple[Release, ...]) -> tuple[Release, ...]:
    """Those releases that are of the year."""
    return tuple(release for release in releases if release.number.year == year.value)
