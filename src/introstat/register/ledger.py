"""How one entry of the ledger follows from the one before it.

    hash(n) = SHA-256( hash(n-1) | what is stored of entry n )

The hash covers what is stored, so the ciphertext and not what it says: destroying a person's key erases the person and
leaves every hash as it was. An entry that is changed, removed, added in between or moved breaks the chain at its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final, NamedTuple

from introstat.vocabulary.errors import ChainBroken

GENESIS: Final = hashlib.sha256(b"introstat ledger, before the first entry").digest()
_NONE: Final = "\x01"
_BETWEEN: Final = "\0"


class StoredEntry(NamedTuple):
    """What the store holds of an entry, besides its hash. `recorded` is microseconds since 1970, UTC.

    A tuple and not a dataclass: a register is verified a million of these at a time.
    """

    sequence: int
    recorded: int
    kind: str
    person: int | None
    subject: str
    year: int | None
    municipality: str | None
    actor: str
    delivery: str | None
    nonce: bytes
    ciphertext: bytes


def link(previous: bytes, entry: StoredEntry) -> bytes:
    """The hash of an entry that comes after `previous`: 32 bytes.

    Fields are kept apart by a NUL, which no text in the store can hold, and the whole is preceded by its length, so no two
    entries are hashed as the same bytes.
    """
    sequence, recorded, kind, person, subject, year, municipality, actor, delivery, nonce, ciphertext = entry
    fields = _BETWEEN.join(
        (
            str(sequence),
            str(recorded),
            kind,
            _NONE if person is None else str(person),
            subject,
            _NONE if year is None else str(year),
            _NONE if municipality is None else municipality,
            actor,
            _NONE if delivery is None else delivery,
        )
    ).encode()
    return hashlib.sha256(
        b"".join((previous, len(fields).to_bytes(4, "big"), fields, len(nonce).to_bytes(4, "big"), nonce, ciphertext))
    ).digest()


def verify(
    entries: Iterable[tuple[StoredEntry, bytes]], *, sequence: int = 0, previous: bytes = GENESIS
) -> tuple[int, bytes]:
    """Follow the chain from after `sequence`, and say where it ends: the last number and its hash.

    Raises ChainBroken naming the first entry that does not follow.
    """
    for entry, stored in entries:
        if entry.sequence != sequence + 1:
            raise ChainBroken(f"Entry {sequence + 1} of the ledger is missing. Restore the register from a copy.")
        previous = link(previous, entry)
        if previous != stored:
            raise ChainBroken(
                f"Entry {entry.sequence} of the ledger is not the one that was recorded. Restore the register from a copy."
            )
        sequence = entry.sequence
    return sequence, previous
