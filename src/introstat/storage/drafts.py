"""Prepared work: what an edition would hold, before anybody has approved it. Closed, and filed under its own digest.

The digest is the sha256 over every file's name and content. It is what a reviewer approves and what a release looks up, so
nothing else than what was approved can be released; preparing the same again finds the same folder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from introstat.storage.files import read_folder, write_folder
from introstat.vocabulary.errors import Damaged, NotFound

_FILE: Final = 0o600
_FOLDER: Final = 0o700


@dataclass(frozen=True, slots=True)
class Drafts:
    """The folder `archive/drafts/`."""

    path: Path

    def store(self, year: int, files: Mapping[str, bytes]) -> str:
        """Keep prepared files, and say what their digest is."""
        digest = digest_of(files)
        folder = self.path / str(year)
        folder.mkdir(mode=_FOLDER, exist_ok=True)
        try:
            write_folder(folder / digest, files, file_mode=_FILE, folder_mode=_FOLDER)
        except FileExistsError:
            self.load(year, digest)
        return digest

    def load(self, year: int, digest: str) -> dict[str, bytes]:
        """The files with this digest. Raises NotFound, and Damaged when they are no longer those."""
        folder = self.path / str(year) / digest
        if not digest.isalnum() or not folder.is_dir():
            raise NotFound(f"Nothing with this digest has been prepared for {year}.")
        files = read_folder(folder)
        if digest_of(files) != digest:
            raise Damaged(f"What was prepared for {year} has been changed on the disk. Prepare it again.")
        return files


def digest_of(files: Mapping[str, bytes]) -> str:
    """The digest of some files by relative path."""
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()
