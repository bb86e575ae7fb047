"""Exactly which cells differ from the edition before, as a reader of both would find them.

`changes.json` lists each: its table, its codes, and value and status before and after. A cell that only one of the
editions has stands with null on the other side. The public reason stands in the languages it was written in. A number that was preliminary and is confirmed has not changed: `*` alone
makes no difference.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any

from introstat.publish.documents import to_json
from introstat.publish.downloads import table_path
from introstat.vocabulary.tables import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from introstat.vocabulary.editions import PublicReason

Codes = tuple[str, ...]
Seen = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One cell: (value, status) as the csv has them, before and after."""

    table: str
    codes: Codes
    before: Seen | None
    after: Seen | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs from the edition `previous`; None where there is none before."""

    previous: str | None
    reason: PublicReason
    cells: tuple[Change, ...]

    def to_json(self) -> bytes:
        """The file `changes.json`."""
        return to_json(
            {
                "previous": self.previous,
                "reason": dict(self.reason.texts),
                "cells": [
                    {
                        "table": change.table,
                        "codes": list(change.codes),
                        "before": _side(change.before),
                        "after": _side(change.after),
                    }
                    for change in self.cells
                ],
            }
        )


def cells_of_csv(content: bytes) -> dict[Codes, Seen]:
    """The cells of a tidy csv by their codes: value and status as they stand. Raises ValueError for another file."""
    rows = csv.reader(StringIO(content.decode("utf-8")))
    header = next(rows, [])
    try:
        value, status = header.index("value"), header.index("status")
    except ValueError:
        raise ValueError("the file has no columns value and status") from None
    keep = [at for at, name in enumerate(header[:value]) if not name.endswith("_label")]
    found: dict[Codes, Seen] = {}
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"a row has {len(row)} columns, the header {len(header)}")
        found[tuple(row[at] for at in keep)] = (row[value], row[status])
    return found


def changes_since(
    previous: Mapping[str, bytes] | None, files: Mapping[str, bytes], *, tables: Iterable[str], reason: PublicReason
) -> Changes:
    """Compare the tables of two editions cell by cell; without a previous edition there is nothing to compare."""
    if previous is None:
        return Changes(previous=None, reason=reason, cells=())
    found: list[Change] = []
    for table in tables:
        path = table_path(table, f"{table}.csv")
        before = cells_of_csv(previous[path]) if path in previous else {}
        after = cells_of_csv(files[path])
        found.extend(
            Change(table, codes, before.get(codes), after.get(codes))
            for codes in dict.fromkeys((*after, *before))
            if _lasting(before.get(codes)) != _lasting(after.get(codes))
        )
    manifest: Any = json.loads(previous["manifest.json"])
    return Changes(previous=str(manifest["edition"]), reason=reason, cells=tuple(found))


def _lasting(seen: Seen | None) -> Seen | None:
    """A cell without the sign of preliminary figures."""
    return (seen[0], "") if seen is not None and seen[1] == Status.PRELIMINARY else seen


def _side(seen: Seen | None) -> dict[str, str] | None:
    return None if seen is None else {"value": seen[0], "status": seen[1]}
