"""Erasing a person everywhere: her rows in archived snapshots, the rows that were rejected, and her key.

The order is chosen for a crash in the middle. Snapshots come first, because her number is needed to find her pseudonyms;
doing that twice does no harm. The key goes last, in one transaction with the entry that says so. Whoever finds the entry can
therefore be certain of the rest.
"""

from __future__ import annotations

from datetime import datetime

from introstat.freeze import pseudonym
from introstat.storage.archive import Archive
from introstat.storage.keys import Keys
from introstat.storage.people import Ledger


def erase_person(
    ledger: Ledger, persons: frozenset[int], *, archive: Archive, keys: Keys, at: datetime, actor: str, why: str
) -> int:
    """Erase a person under all her numbers (`Ledger.find`); returns how many rows snapshots lost.

    Raises NotFound when a number is nobody's.
    """
    removed = 0
    for stored in archive.snapshots():
        meta = stored.meta
        key = keys.snapshot_key(year=meta.year, as_of=meta.as_of, kind=meta.kind)
        names = {pseudonym(key, person) for person in persons}
        removed += archive.remove_people(meta.year.value, stored.number, names, at=at)
    ledger.erase(persons, at=at, actor=actor, why=why)
    return removed
