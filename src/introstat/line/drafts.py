"""What was prepared and waits for another person, and how it is told to machines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from introstat.storage import sealed
from introstat.storage.reviews import Prepared
from introstat.vocabulary.editions import EqualToPublished
from introstat.vocabulary.errors import ReleaseRefused
from introstat.vocabulary.tables import SafeCubes
from introstat.vocabulary.years import ReportingYear

_EQUAL: Final = "equal.json"
_PROTECTED_WITH: Final = "protected-with.json"


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """What was prepared from a snapshot, by whom and when, and what of it equals figures published elsewhere.

    `protected_with` are the editions that it was protected together with, and the hash of each one's manifest.
    """

    snapshot: int
    digest: str
    prepared_by: str
    prepared: datetime
    safe: SafeCubes
    equal_to_published: tuple[EqualToPublished, ...]
    protected_with: Mapping[str, str]


def draft_files(
    safe: SafeCubes, equal: tuple[EqualToPublished, ...], *, protected_with: Mapping[str, str]
) -> dict[str, bytes]:
    """A draft as the files that are approved and released."""
    return {
        **sealed.to_files(safe),
        _EQUAL: json.dumps([asdict(one) for one in equal]).encode(),
        _PROTECTED_WITH: json.dumps(dict(protected_with), sort_keys=True).encode(),
    }


def draft_of(prepared: Prepared, files: Mapping[str, bytes]) -> Draft:
    """A draft from its files, with who prepared it."""
    return Draft(
        prepared.snapshot,
        prepared.digest,
        prepared.prepared_by,
        prepared.prepared,
        sealed.from_files(files),
        tuple(EqualToPublished(**one) for one in json.loads(files[_EQUAL])),
        json.loads(files.get(_PROTECTED_WITH, b"{}")),
    )


def refuse_unaccounted(draft: Draft, beside: Mapping[str, str], *, year: ReportingYear) -> None:
    """Refuse to release a draft whose protection does not account for the editions there are now. Raises ReleaseRefused.

    `beside` are those that it would be protected together with, were it prepared again.
    """
    issued = [number for number, sha256 in beside.items() if draft.protected_with.get(number) != sha256]
    withdrawn = [number for number in draft.protected_with if number not in beside]
    if issued:
        raise ReleaseRefused(
            f"Edition {', '.join(issued)} was issued after this was prepared, so the protection does not account for it. "
            f"Prepare again: `introstat prepare {year}`.",
            reason="issued_since",
            number=", ".join(issued),
            year=year.value,
        )
    if withdrawn:
        raise ReleaseRefused(
            f"Edition {', '.join(withdrawn)}, which this was protected together with, has been withdrawn. "
            f"Prepare again: `introstat prepare {year}`.",
            reason="withdrawn_since",
            number=", ".join(withdrawn),
            year=year.value,
        )


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
        "protected_with": sorted(draft.protected_with),
    }
