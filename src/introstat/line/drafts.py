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
from introstat.vocabulary.tables import SafeCubes

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


def draft_files(safe: SafeCubes, equal: tuple[EqualToPublished, ...]) -> dict[str, bytes]:
    """A draft as the files that are approved and released."""
    return {**sealed.to_files(safe), _EQUAL: json.dumps([asdict(one) for one in equal]).encode()}


def draft_of(prepared: Prepared, files: Mapping[str, bytes]) -> Draft:
    """A draft from its files, with who prepared it."""
    return Draft(
        prepared.snapshot,
        prepared.digest,
        prepared.prepared_by,
        prepared.prepared,
        sealed.from_files(files),
        tuple(EqualToPublished(**one) for one in json.loads(files[_EQUAL])),
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
    }
