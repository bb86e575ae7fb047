"""The keys: one master key in a file, and everything else made from it or wrapped by it.

    master key ─┬─ wraps the data key each person has; destroying that key erases the person
                ├─ index key: the keyed hash that finds a person by national id or DUF number
                ├─ register key: entries that are not about a person
                └─ snapshot keys: one per year, recorded time and kind, so the same freeze gives the same bytes

The master key lies outside the database and the archive. Whoever has only those two has nothing; whoever loses the key
has lost the register. Imports no Django.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from introstat.storage.files import PART, sync_folder
from introstat.vocabulary.errors import Damaged
from introstat.vocabulary.snapshots import SnapshotKind
from introstat.vocabulary.years import ReportingYear

NONCE: Final = 12
_KEY: Final = 32
_MASTER: Final = "master.key"
_DESK: Final = "desk.key"


class Keys:
    """What can be done with the master key, without ever handing it out."""

    __slots__ = ("_index", "_master", "_register", "_wrapping")

    def __init__(self, master: bytes) -> None:
        if len(master) != _KEY:
            raise Damaged("The master key does not have 32 bytes; restore it from its copy.")
        self._master = master
        self._index = self._derive("index of persons")
        self._register = AESGCM(self._derive("entries without a person"))
        self._wrapping = AESGCM(self._derive("wrapping of data keys"))

    @classmethod
    def open(cls, folder: Path) -> Keys:
        """The keys in a folder, made there the first time. Raises Damaged for a file that is not a key."""
        return cls(_read_or_make(folder / _MASTER, lambda: secrets.token_bytes(_KEY)))

    def index_of(self, kind: str, number: str) -> bytes:
        """What a person's number of a kind (`national`, `duf`) is found under: 16 bytes that tell nothing without the key."""
        return hmac.digest(self._index, f"{kind}\0{number}".encode(), "sha256")[:16]

    def subject_of(self, person: int, subject: str) -> str:
        """What an entry about a person is filed under: the subject itself may hold a date of the person's life."""
        return hmac.digest(self._index, f"subject\0{person}\0{subject}".encode(), "sha256")[:16].hex()

    def new_data_key(self, person: int) -> tuple[bytes, AESGCM]:
        """A person's own key, wrapped for the database and ready for use."""
        key = os.urandom(_KEY)
        nonce = os.urandom(NONCE)
        return nonce + self._wrapping.encrypt(nonce, key, b"%d" % person), AESGCM(key)

    def data_key(self, person: int, wrapped: bytes) -> AESGCM:
        """A person's key, unwrapped. Raises cryptography's InvalidTag where it is not that person's."""
        return AESGCM(self._wrapping.decrypt(wrapped[:NONCE], wrapped[NONCE:], b"%d" % person))

    @property
    def register(self) -> AESGCM:
        """The key of entries that are not about a person."""
        return self._register

    def snapshot_key(self, *, year: ReportingYear, as_of: datetime, kind: SnapshotKind) -> bytes:
        """What a snapshot's pseudonyms are keyed with."""
        return self._derive(f"snapshot {year} {as_of.astimezone(UTC).isoformat()} {kind.value}")

    def fingerprint(self) -> str:
        """Names the master key without giving anything of it away: tells a wrong key from a damaged ledger."""
        return hashlib.sha256(self._derive("fingerprint")).hexdigest()[:16]

    def _derive(self, purpose: str) -> bytes:
        return HKDFExpand(SHA256(), _KEY, f"introstat {purpose}".encode()).derive(self._master)


def secret_key(folder: Path) -> str:
    """What the desk signs sessions with: `INTROSTAT_SECRET_KEY`, else the file that `prepare_secret_key` makes.

    Where neither is there yet, a key that lasts as long as this process: reading settings must not write to the disk.
    """
    given = os.environ.get("INTROSTAT_SECRET_KEY")
    if given:
        return given
    try:
        return (folder / _DESK).read_text("ascii")
    except FileNotFoundError:
        return secrets.token_urlsafe(50)


def prepare_secret_key(folder: Path) -> None:
    """Make the desk's own secret where it is missing."""
    _read_or_make(folder / _DESK, lambda: secrets.token_urlsafe(50).encode("ascii"))


def _read_or_make(path: Path, make: Callable[[], bytes]) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    part = path.with_name(f"{PART}{secrets.token_hex(8)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(make())
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link fails where the name is taken: of two processes that make the first key, one wins and both read it.
        os.link(part, path)
    except FileExistsError:
        pass
    finally:
        part.unlink()
    sync_folder(path.parent)
    return path.read_bytes()
