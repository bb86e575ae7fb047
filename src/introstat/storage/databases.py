"""Which database: SQLite in a file unless an address of a PostgreSQL is given. Imports no Django.

SQLite runs in WAL, so readers never wait for the one who writes. `synchronous` is FULL and not the usual NORMAL: a receipt
is a promise, and NORMAL may lose the last commits in a power cut. `secure_delete` overwrites what is removed, so that a
person's destroyed key is gone from the file too. A transaction takes the write lock when it begins: taking it halfway
is what makes two writers fail instead of wait.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

_PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=FULL;"
    "PRAGMA secure_delete=ON;"
    "PRAGMA foreign_keys=ON;"
    "PRAGMA cache_size=-65536;"
    "PRAGMA temp_store=MEMORY;"
)
_WAIT_SECONDS: Final = 60


def database(file: Path, address: str) -> dict[str, Any]:
    """Django's description of the database: PostgreSQL at `address`, or SQLite in `file` when it is empty.

    Raises ValueError for an address that is not `postgres://user:password@host:port/name`; the message never holds it,
    since it has a password in it.
    """
    if not address:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(file),
            "OPTIONS": {"init_command": _PRAGMAS, "transaction_mode": "IMMEDIATE", "timeout": _WAIT_SECONDS},
        }
    parts = urlsplit(address)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise ValueError("INTROSTAT_DATABASE_URL is not of the form postgres://user:password@host:port/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
