"""What has been removed from the database is gone from its files too.

A database that forgets a row leaves its bytes where they were, until something else needs the room. SQLite is told to overwrite
what it removes, and the copy in its write-ahead log goes when the log is emptied. PostgreSQL writes a table anew when it is
asked to, without what was removed; a plain VACUUM would only free the room, and let the bytes stand in it.
"""

from __future__ import annotations

from typing import Final

from django.db import connection, models

from introstat.storage.models import Person, PersonIndex, RejectedRow

_ERASED_FROM: Final[tuple[type[models.Model], ...]] = (Person, PersonIndex, RejectedRow)
"""The tables that rows or keys of a person are removed from."""


def overwrite_removed() -> None:
    """Make what has been removed of persons unreadable in the files of the database. Not inside a transaction.

    On PostgreSQL nobody reads or writes these tables meanwhile; it takes under a second for a hundred thousand persons. What
    stands in the server's log of changes goes when the server reuses it, and copies of the database are for whoever keeps them.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        for model in _ERASED_FROM:
            cursor.execute(f"VACUUM (FULL) {connection.ops.quote_name(model._meta.db_table)}")
