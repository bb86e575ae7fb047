"""What readers answer to "did you find what you were looking for?", kept as lines in a folder that only grows.

The site appends; it never reads. A record is at most 2 kB and the folder at most 20 MB: when it is full, answers are
refused rather than older ones lost, and the desk empties it (`answers`). A number of eleven digits could be a national id: an
answer with one is neither kept nor read. One file per day keeps what is handed over small.

Imports no Django: the open site writes here.
"""

from __future__ import annotations

import fcntl
import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import orjson

LARGEST_RECORD: Final = 2_000
LARGEST_SPOOL: Final = 20_000_000
_LONG_NUMBER: Final = re.compile(r"(?:\d[\s.,:/\\_()\u2010-\u2015-]{0,3}){11}")


@dataclass(frozen=True, slots=True)
class Feedback:
    """One answer: where, whether the reader found it, and the optional comment."""

    given: datetime
    page: str
    found: bool
    comment: str
    language: str


@dataclass(frozen=True, slots=True)
class Spool:
    """The folder of answers."""

    path: Path
    largest: int = LARGEST_SPOOL

    def append(self, feedback: Feedback) -> bool:
        """Keep an answer. False when it is not kept: the record is larger than 2 kB, the spool is full, or the comment
        holds what may be a national id."""
        if holds_long_number(feedback.comment):
            return False
        record = orjson.dumps(
            {
                "given": feedback.given.isoformat(),
                "page": feedback.page,
                "found": feedback.found,
                "comment": feedback.comment,
                "language": feedback.language,
            },
            option=orjson.OPT_APPEND_NEWLINE,
        )
        if len(record) > LARGEST_RECORD:
            return False
        path = self.path / f"{feedback.given:%Y-%m-%d}.jsonl"
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if self.size() + len(record) > self.largest:
                return False
            # One call, so that two writers never mix; the reader passes over what a full disk may have torn.
            os.write(handle, record)
        finally:
            os.close(handle)
        return True

    def size(self) -> int:
        """Bytes in the spool."""
        return sum(file.stat().st_size for file in self.path.glob("*.jsonl"))

    def read(self) -> Iterator[Feedback]:
        """Every answer, oldest day first; for the desk. A line that is not an answer is passed over."""
        for file in sorted(self.path.glob("*.jsonl")):
            for line in file.read_bytes().splitlines():
                found = read_line(line)
                if found is not None:
                    yield found


def read_line(line: bytes) -> Feedback | None:
    """The answer a line holds; None for one that is torn, or that holds what may be a national id."""
    try:
        record = orjson.loads(line)
        found = Feedback(
            given=datetime.fromisoformat(record["given"]),
            page=str(record["page"]),
            found=bool(record["found"]),
            comment=str(record["comment"]),
            language=str(record["language"]),
        )
    except (ValueError, KeyError, TypeError):
        return None
    return None if holds_long_number(found.comment) else found


def holds_long_number(text: str) -> bool:
    """Whether a text holds eleven digits in a row, however they are written or spaced."""
    return _LONG_NUMBER.search(unicodedata.normalize("NFKC", text)) is not None
