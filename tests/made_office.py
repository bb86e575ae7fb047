"""A home folder and the commands on it, given as a person gives them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

INTROSTAT = Path(sys.executable).with_name("introstat")


@dataclass(frozen=True)
class Office:
    """A home folder and the commands on it."""

    home: Path

    @property
    def deliveries(self) -> Path:
        return self.home / "deliveries"

    @property
    def edition(self) -> Path:
        return self.home / "editions" / "2016.1"

    def run(self, *words: str | Path, said: str | None = None) -> subprocess.CompletedProcess[str]:
        """One command, with what it answered and its exit code; `said` is what it reads."""
        environment = {**os.environ, "INTROSTAT_HOME": str(self.home), "COLUMNS": "200"}
        environment.pop("INTROSTAT_DATABASE_URL", None)
        return subprocess.run(
            [INTROSTAT, *map(str, words)],
            env=environment,
            input=said,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def do(self, *words: str | Path, code: int = 0, said: str | None = None) -> str:
        """One command that must end with the code; returns its standard output."""
        done = self.run(*words, said=said)
        assert done.returncode == code, f"{words} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def invent(self) -> None:
        """The synthetic deliveries, and the published figures to compare with."""
        self.do("synth", "--year", "2016", "--out", self.deliveries)
        (self.home / "published").mkdir()
        (self.home / "published" / "2016.json").write_bytes((self.deliveries / "published.json").read_bytes())

    def issue(self) -> None:
        """From deliveries to edition."""
        self.freeze()
        self.release()

    def freeze(self) -> None:
        """From deliveries to snapshot."""
        self.do("receive", self.deliveries, "--year", "2016")
        self.do("freeze", "2016", "--as-of", "2017-06-01T00:00Z")

    def release(self) -> None:
        """From snapshot to edition."""
        self.do("prepare", "2016", "--by", "Kari Synt")
        self.do("review", "2016", "--approve", "--by", "Ola Synt", "--next", "2018-07-05")
        self.do("release", "2016", "--at", "2017-07-06T08:00+02:00")
