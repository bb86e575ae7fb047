"""An entry as it is stored: what it says goes into ciphertext, under its person's key or the register's own.

The text that is encrypted is `event date NUL reason NUL subject NUL payload`. The number of the entry is bound in as
associated data, so that a ciphertext moved to another entry cannot be read there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pyarrow as pa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from introstat.register.ledger import StoredEntry
from introstat.storage.keys import NONCE, Keys
from introstat.vocabulary.errors import Damaged
from introstat.vocabulary.histories import RECORDED, EntryKind

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_NUL: Final = b"\0"


def microseconds(moment: datetime) -> int:
    """A moment as the ledger keeps it."""
    return (moment - _EPOCH) // _MICROSECOND


def seal(
    key: AESGCM, *, sequence: int, event_date: date | None, why: str, subject: str, payload: bytes
) -> tuple[bytes, bytes]:
    """Nonce and ciphertext. Raises ValueError for a text with a NUL in it, which no field of an entry may have."""
    if "\0" in why or "\0" in subject:
        raise ValueError("a reason and a subject cannot hold a NUL")
    nonce = os.urandom(NONCE)
    day = "" if event_date is None else event_date.isoformat()
    text = b"%b\0%b\0%b\0%b" % (day.encode(), why.encode(), subject.encode(), payload)
    return nonce, key.encrypt(nonce, text, b"%d" % sequence)


def stored(row: tuple[Any, ...]) -> tuple[StoredEntry, bytes]:
    """A row of the store as the entry it is and its hash."""
    return StoredEntry._make((*row[:9], bytes(row[9]), bytes(row[10]))), bytes(row[11])


def opened(rows: Iterable[tuple[Any, ...]], keys: Keys) -> pa.Table:
    """Rows of the store as readable entries (`RECORDED`). Those of erased people are left out: their key is gone.

    Raises Damaged for an entry that its key does not open.
    """
    columns = list(zip(*_opened(rows, keys), strict=True)) or [()] * len(RECORDED)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, RECORDED, strict=True)], schema=RECORDED
    )


def _opened(rows: Iterable[tuple[Any, ...]], keys: Keys) -> Iterator[tuple[Any, ...]]:
    for (
        sequence,
        recorded,
        kind,
        person,
        _,
        year,
        municipality,
        actor,
        delivery,
        nonce,
        ciphertext,
        link,
        wrapped,
    ) in rows:
        personal = person is not None and kind != EntryKind.ERASURE
        if personal and wrapped is None:
            continue
        try:
            key = keys.data_key(person, bytes(wrapped)) if personal else keys.register
            text = key.decrypt(bytes(nonce), bytes(ciphertext), b"%d" % sequence)
        except InvalidTag:
            raise Damaged(
                f"Entry {sequence} of the ledger cannot be read: it has been changed, or the master key is another one. "
                "Restore the register, or the key, from a copy."
            ) from None
        day, why, subject, payload = text.split(_NUL, 3)
        event_date = date.fromisoformat(day.decode()) if day else None
        yield (
            sequence,
            recorded,
            kind,
            subject.decode(),
            year,
            municipality,
            person,
            event_date,
            payload,
            actor,
            why.decode(),
            delivery,
            bytes(link).hex(),
        )
