"""Where everything that is kept lies under one folder, and who may read it.

    home/
      register.sqlite3   the ledger and its receipts (closed)
      keys/              the master key and the desk's secret (closed; back it up apart from the rest)
      archive/           snapshots 2016/0001, prepared work, releases that are not due (closed)
      editions/          what has been released (open: the site reads it and nothing else)
      feedback/          what readers have answered (the site appends, the desk reads)
      published/         figures published elsewhere, to compare with
      boundaries/        borders for the map, a file for each year (open; the map of tiles needs none)

Imports no Django: the site uses it too.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

VARIABLE: Final = "INTROSTAT_HOME"
_CLOSED: Final = 0o700
_OPEN: Final = 0o755


@dataclass(frozen=True, slots=True)
class Home:
    """The folder all state lives under."""

    path: Path

    @classmethod
    def from_environment(cls) -> Home:
        """The folder `INTROSTAT_HOME` names, or `var/` where the command is given."""
        return cls(Path(os.environ.get(VARIABLE) or "var").absolute())

    @property
    def database(self) -> Path:
        """The embedded database; not used when another one is set."""
        return self.path / "register.sqlite3"

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def archive(self) -> Path:
        return self.path / "archive"

    @property
    def drafts(self) -> Path:
        """Prepared work that nobody has released: counts before they are public."""
        return self.archive / "drafts"

    @property
    def scheduled(self) -> Path:
        """Issued editions whose hour has not come."""
        return self.archive / "scheduled"

    @property
    def editions(self) -> Path:
        return self.path / "editions"

    @property
    def feedback(self) -> Path:
        return self.path / "feedback"

    @property
    def boundaries(self) -> Path:
        return self.path / "boundaries"

    @property
    def published(self) -> Path:
        return self.path / "published"

    def prepare(self) -> Home:
        """Make the folders that are missing, the closed ones readable by their owner alone. Returns itself."""
        self.path.mkdir(parents=True, exist_ok=True)
        for folder, mode in (
            (self.keys, _CLOSED),
            (self.archive, _CLOSED),
            (self.drafts, _CLOSED),
            (self.scheduled, _CLOSED),
            (self.editions, _OPEN),
            (self.feedback, _CLOSED),
        ):
            if not folder.is_dir():
                folder.mkdir(mode=mode, exist_ok=True)
        return self
