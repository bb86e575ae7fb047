"""Many rows at once, in and out of either database, without an object for each.

PostgreSQL takes them by COPY, SQLite by one prepared statement; both inside the transaction that is open. All statements
stand here in full: nothing is built from text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from django.db import connection

BLOCK: Final = 20_000

Row = tuple[Any, ...]

_INSERT: Final = {
    "person": "INSERT INTO storage_person (number, wrapped_key) VALUES (%s, %s)",
    "index": "INSERT INTO storage_personindex (hashed, person_id) VALUES (%s, %s)",
    "entry": (
        "INSERT INTO storage_ledgerentry (sequence, recorded, kind, person_id, subject, year, municipality, actor,"
        " delivery, nonce, ciphertext, hash) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    ),
    "rejected": "INSERT INTO storage_rejectedrow (delivery_id, line, nonce, ciphertext) VALUES (%s, %s, %s, %s)",
}
_COPY: Final = {
    "person": "COPY storage_person (number, wrapped_key) FROM STDIN",
    "index": "COPY storage_personindex (hashed, person_id) FROM STDIN",
    "entry": (
        "COPY storage_ledgerentry (sequence, recorded, kind, person_id, subject, year, municipality, actor,"
        " delivery, nonce, ciphertext, hash) FROM STDIN"
    ),
    "rejected": "COPY storage_rejectedrow (delivery_id, line, nonce, ciphertext) FROM STDIN",
}
_ADD_TO_INDEX: Final = (
    "INSERT INTO storage_personindex (hashed, person_id) VALUES (%s, %s) ON CONFLICT (hashed, person_id) DO NOTHING"
)
_ENTRIES: Final = (
    "SELECT e.sequence, e.recorded, e.kind, e.person_id, e.subject, e.year, e.municipality, e.actor, e.delivery,"
    " e.nonce, e.ciphertext, e.hash, p.wrapped_key"
    " FROM storage_ledgerentry e LEFT JOIN storage_person p ON p.number = e.person_id"
    " WHERE e.sequence > %s AND e.sequence <= %s ORDER BY e.sequence"
)
_ENTRIES_OF: Final = (
    "SELECT e.sequence, e.recorded, e.kind, e.person_id, e.subject, e.year, e.municipality, e.actor, e.delivery,"
    " e.nonce, e.ciphertext, e.hash, p.wrapped_key"
    " FROM storage_ledgerentry e JOIN storage_person p ON p.number = e.person_id"
    " WHERE e.person_id = %s ORDER BY e.sequence"
)
_END: Final = "SELECT sequence, hash FROM storage_ledgerhead WHERE id = 1"
_ENDS: Final = (
    "SELECT coalesce((SELECT max(sequence) FROM storage_ledgerentry), 0),"
    " coalesce((SELECT sequence FROM storage_ledgerhead WHERE id = 1), 0)"
)
_RECORDED_BY: Final = (
    "SELECT coalesce((SELECT max(sequence) FROM storage_ledgerentry WHERE recorded <= %s), 0),"
    " (SELECT min(sequence) FROM storage_ledgerentry WHERE recorded > %s)"
)
_HASH_OF: Final = "SELECT hash FROM storage_ledgerentry WHERE sequence = %s"
_MOVE_END: Final = "UPDATE storage_ledgerhead SET sequence = %s, hash = %s, persons = %s, deliveries = %s WHERE id = 1"
_PERSON_BEHIND: Final = "SELECT min(person_id) FROM storage_personindex WHERE hashed = %s"
_WRAPPED_KEY: Final = "SELECT wrapped_key FROM storage_person WHERE number = %s AND wrapped_key IS NOT NULL"
_WAITING: Final = (
    "SELECT r.id FROM storage_rejectedrow r JOIN storage_deliveryrow d ON d.id = r.delivery_id"
    " WHERE d.year = %s AND d.kind = %s AND d.sender = %s"
)


def add(table: str, rows: Sequence[Row]) -> None:
    """Add rows to a table by its short name (`person`, `index`, `entry`, `rejected`)."""
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(rows) > 1:
            with cursor.cursor.copy(_COPY[table]) as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            for start in range(0, len(rows), BLOCK):
                cursor.executemany(_INSERT[table], rows[start : start + BLOCK])


def add_to_index(rows: Sequence[Row]) -> None:
    """Add lines to the index of persons that may be there already."""
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_ADD_TO_INDEX, rows)


def entries(after: int, until: int) -> Iterator[Row]:
    """Stored entries after one number up to another, each with its person's wrapped key."""
    for start in range(after, until, BLOCK):
        yield from _all(_ENTRIES, (start, min(start + BLOCK, until)))


def entries_of(persons: Iterable[int]) -> Iterator[Row]:
    """Stored entries of some persons, each with the person's wrapped key."""
    for person in persons:
        yield from _all(_ENTRIES_OF, (person,))


def end() -> tuple[int, str]:
    """Where the ledger ends: the last number and its hash, or 0 and nothing."""
    found = _all(_END, ())
    return (found[0][0], bytes(found[0][1]).hex()) if found and found[0][0] else (0, "")


def ends_agree() -> bool:
    """Whether the newest entry is the one the ledger is noted to end with, seen at one moment."""
    ((newest, noted),) = _all(_ENDS, ())
    return bool(newest == noted)


def move_end(*, sequence: int, hash_: bytes, persons: int, deliveries: int) -> None:
    """Note where the ledger ends now. Whoever does holds its lock."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_END, (sequence, hash_, persons, deliveries))


def recorded_by(moment: int) -> int | None:
    """The number of the last entry recorded by a time (microseconds); None where an entry before it was recorded later."""
    ((last, first_after),) = _all(_RECORDED_BY, (moment, moment))
    return last if first_after is None or first_after > last else None


def hash_of(sequence: int) -> str:
    """The hash of an entry, or nothing where there is no such entry."""
    found = _all(_HASH_OF, (sequence,))
    return bytes(found[0][0]).hex() if found else ""


def persons_behind(hashed: Iterable[bytes]) -> dict[bytes, int]:
    """The person each keyed hash belongs to; the lowest number where it has been two people's. Unknown ones are left out."""
    found: dict[bytes, int] = {}
    with connection.cursor() as cursor:
        for key in hashed:
            cursor.execute(_PERSON_BEHIND, (key,))
            ((person,),) = cursor.fetchall()
            if person is not None:
                found[key] = person
    return found


def wrapped_keys(persons: Iterable[int]) -> dict[int, bytes]:
    """The wrapped key of each person; those who have none, or are not there, are left out."""
    found: dict[int, bytes] = {}
    with connection.cursor() as cursor:
        for person in persons:
            cursor.execute(_WRAPPED_KEY, (person,))
            for (wrapped,) in cursor.fetchall():
                found[person] = bytes(wrapped)
    return found


def rejected_waiting(*, year: int, kind: str, sender: str) -> list[int]:
    """The rejected rows of one sender's deliveries of a kind for a year, by their key."""
    return [row[0] for row in _all(_WAITING, (year, kind, sender))]


def _all(statement: str, values: Row) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[Row] = cursor.fetchall()
        return found
