"""What readers answered, as the office reads it: each answer under an id, taken out with a way back, and gone when it is old.

An answer's id is made of its line, so that nothing has to be written where the site appends. What the office takes out is
noted in `removed.json` and can be put back for a day; then its line is written over. A day's file goes when the day is older
than the answers are kept. Nobody needs an answer for longer than it takes to act on it.

    2026-11-20.jsonl   {"given": …, "page": "/2016/", "found": false, "comment": "…", "language": "nb"}
    removed.json       {"1f0c…": "2026-11-22T10:00:00+00:00"}
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, Final

import orjson

from introstat.storage.feedback import Feedback, read_line
from introstat.vocabulary.errors import NotFound

WAY_BACK: Final = timedelta(days=1)
"""How long what was taken out can be put back."""

_REMOVED: Final = "removed.json"


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer and its id."""

    id: str
    feedback: Feedback


@dataclass(frozen=True, slots=True)
class Answers:
    """The folder of answers, for those who read them."""

    path: Path

    def standing(self) -> list[Kept]:
        """Every answer that was not taken out, the newest first."""
        removed = self._removed()
        found = [kept for kept in self._all() if kept.id not in removed]
        return sorted(found, key=_given, reverse=True)

    def taken_out(self) -> list[Kept]:
        """What was taken out and can still be put back, the newest first."""
        removed = self._removed()
        return sorted((kept for kept in self._all() if kept.id in removed), key=_given, reverse=True)

    def take_out(self, answer: str, *, at: datetime) -> None:
        """Take an answer out of the list. Raises NotFound for an id that is none."""
        self._check(answer)
        with self._noting() as removed:
            removed.setdefault(answer, at.isoformat())

    def put_back(self, answer: str) -> None:
        """Put an answer back. Raises NotFound where it is gone."""
        self._check(answer)
        with self._noting() as removed:
            removed.pop(answer, None)

    def forget(self, *, now: datetime, days: int) -> int:
        """Erase what is older than `days`, and what was taken out more than a day ago; says how many answers went."""
        before = self._count()
        for file in self._files():
            if (now.date() - date.fromisoformat(file.stem)).days > days:
                file.unlink()
        with self._noting() as removed:
            due = {answer for answer, at in removed.items() if datetime.fromisoformat(at) + WAY_BACK <= now}
            if due:
                for file in self._files():
                    _without(file, due)
            left = {kept.id for kept in self._all()}
            for answer in [answer for answer in removed if answer not in left]:
                del removed[answer]
        return before - self._count()

    def _files(self) -> list[Path]:
        return sorted(self.path.glob("????-??-??.jsonl"))

    def _all(self) -> Iterator[Kept]:
        for file in self._files():
            for line in file.read_bytes().splitlines():
                found = read_line(line)
                if found is not None:
                    yield Kept(_id(line), found)

    def _count(self) -> int:
        return sum(1 for _ in self._all())

    def _check(self, answer: str) -> None:
        if all(kept.id != answer for kept in self._all()):
            raise NotFound("That answer is gone; answers are kept for a short time only.")

    def _removed(self) -> Mapping[str, str]:
        try:
            found: dict[str, str] = orjson.loads((self.path / _REMOVED).read_bytes() or b"{}")
        except FileNotFoundError:
            return {}
        return found

    @contextmanager
    def _noting(self) -> Iterator[dict[str, str]]:
        """What was taken out, to be changed by one at a time."""
        handle = os.open(self.path / _REMOVED, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            removed: dict[str, str] = orjson.loads(file.read() or b"{}")
            yield removed
            _over(file, orjson.dumps(removed, option=orjson.OPT_SORT_KEYS))


def _given(kept: Kept) -> tuple[datetime, str]:
    return kept.feedback.given, kept.id


def _id(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()[:24]


def _without(path: Path, answers: set[str]) -> None:
    """Write a day's file over without these; the site may be appending to it, and waits."""
    with path.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        lines = file.read().splitlines(keepends=True)
        kept = [line for line in lines if _id(line.rstrip(b"\n")) not in answers]
        if len(kept) < len(lines):
            _over(file, b"".join(kept))


def _over(file: IO[bytes], content: bytes) -> None:
    file.seek(0)
    file.write(content)
    file.truncate()
    file.flush()
