"""The released editions on disk: written once, read by the site, and only ever added to.

`editions/releases.json` is the list of what has been released, newest last, each with the sha256 of its manifest. It is
written after the edition's own folder: an edition that is not on the list is not released, whatever lies on the disk. An
edition whose hour has not come waits in the closed archive, and `publish_due` moves it when it has.

Imports no Django: this is the only part of the store that the open site may reach.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import orjson

from introstat.storage.files import PART, is_inside, read_folder, remove_folder, write_file, write_folder
from introstat.vocabulary.editions import Edition, EditionNumber
from introstat.vocabulary.errors import EditionDamaged, NotFound, Refused
from introstat.vocabulary.snapshots import Provenance

LIST: Final = "releases.json"
MANIFEST: Final = "manifest.json"
_SLIP: Final = "release.json"


@dataclass(frozen=True, slots=True)
class Release:
    """One line of the list of releases."""

    number: EditionNumber
    released: datetime
    manifest_sha256: str
    provenance: Provenance

    def __post_init__(self) -> None:
        if self.released.tzinfo is None:
            raise ValueError("a time of release needs a time zone")


@dataclass(frozen=True, slots=True)
class Editions:
    """The folder `editions/`, and for those who release, the closed folder where editions wait for their hour."""

    path: Path
    waiting: Path | None = None

    def releases(self) -> tuple[Release, ...]:
        """Everything released, in the order it was. Empty before the first release. Raises EditionDamaged."""
        try:
            content = (self.path / LIST).read_bytes()
        except FileNotFoundError:
            return ()
        try:
            return tuple(_release(line) for line in orjson.loads(content)["releases"])
        except (ValueError, KeyError, TypeError) as problem:
            raise EditionDamaged(f"{LIST} cannot be read; restore it from a copy.") from problem

    def release(self, number: EditionNumber) -> Release:
        """The line of one edition. Raises NotFound when it has not been released."""
        for release in self.releases():
            if release.number == number:
                return release
        raise NotFound(f"Edition {number} has not been released.")

    def newest(self, year: int) -> Release | None:
        """The release that stands for a year: the highest number, so a final edition before a preliminary one."""
        return max(
            (release for release in self.releases() if release.number.year == year),
            key=lambda release: release.number,
            default=None,
        )

    def read(self, number: EditionNumber) -> dict[str, bytes]:
        """All files of a released edition by relative path. Raises NotFound.

        Whether they are the files that were released is for `publish.verify` to say.
        """
        self.release(number)
        folder = self.path / str(number)
        if not folder.is_dir():
            raise NotFound(f"Edition {number} is released, but its folder is gone; restore it from a copy.")
        return read_folder(folder)

    def read_file(self, number: EditionNumber, name: str) -> bytes:
        """One file of a released edition. Raises NotFound, also for a path that leads out of the edition."""
        self.release(number)
        if not is_inside(name):
            raise NotFound(f"Edition {number} has no such file.")
        path = self.path / str(number) / name
        if path.is_symlink() or not path.is_file():
            raise NotFound(f"Edition {number} has no such file.")
        return path.read_bytes()

    def write(self, edition: Edition) -> Release:
        """Release an edition now: its folder, read-only, then its line on the list.

        Writing the same edition again finishes what a crash interrupted. Raises Refused when another edition has the
        number.
        """
        release = Release(
            number=edition.number,
            released=edition.released,
            manifest_sha256=hashlib.sha256(edition.manifest).hexdigest(),
            provenance=edition.provenance,
        )
        with self._alone():
            self._write(edition.files, release)
        return release

    def schedule(self, edition: Edition) -> Release:
        """Keep an edition closed until its hour. Raises Refused when another edition has the number."""
        waiting = self._waiting()
        release = Release(
            number=edition.number,
            released=edition.released,
            manifest_sha256=hashlib.sha256(edition.manifest).hexdigest(),
            provenance=edition.provenance,
        )
        files = {f"edition/{name}": content for name, content in edition.files.items()}
        files[_SLIP] = orjson.dumps(_line(release))
        folder = waiting / str(edition.number)
        with self._alone():
            if any(line.number == edition.number for line in self.releases()):
                raise Refused(
                    f"Edition {edition.number} has been released; a correction needs the next number.",
                    reason="already_released",
                    number=str(edition.number),
                )
            if folder.is_dir():
                if read_folder(folder) == files:
                    return release
                raise Refused(
                    f"Another edition {edition.number} is waiting for its hour; withdraw it first.",
                    reason="another_waits",
                    number=str(edition.number),
                )
            write_folder(folder, files, file_mode=0o600, folder_mode=0o700)
        return release

    def scheduled(self) -> tuple[Release, ...]:
        """The editions that wait, the first due first."""
        return tuple(sorted((_slip(folder) for folder in self._slips()), key=lambda release: release.released))

    def read_scheduled(self, number: EditionNumber) -> dict[str, bytes]:
        """All files of an edition that waits, by relative path. Raises NotFound when none does."""
        folder = self._waiting() / str(number) / "edition"
        if not folder.is_dir():
            raise NotFound(f"No edition {number} is waiting for its hour.")
        return read_folder(folder)

    def withdraw(self, number: EditionNumber) -> None:
        """Take back an edition that waits. Raises NotFound when none does."""
        with self.releasing(), self._alone():
            folder = self._waiting() / str(number)
            if not folder.is_dir():
                raise NotFound(f"No edition {number} is waiting for its hour.")
            remove_folder(folder)

    def publish_due(self, now: datetime) -> tuple[Release, ...]:
        """Release the waiting editions whose hour has come, and say which."""
        done: list[Release] = []
        with self._alone():
            for release in self.scheduled():
                if release.released <= now:
                    folder = self._waiting() / str(release.number)
                    self._write(read_folder(folder / "edition"), release)
                    remove_folder(folder)
                    done.append(release)
        return tuple(done)

    def _write(self, files: Mapping[str, bytes], release: Release) -> None:
        listed = self.releases()
        earlier = next((line for line in listed if line.number == release.number), None)
        if earlier is not None and earlier.manifest_sha256 != release.manifest_sha256:
            raise Refused(f"Edition {release.number} has been released; a correction needs the next number.")
        folder = self.path / str(release.number)
        if folder.is_dir() and earlier is None and read_folder(folder) != dict(files):
            remove_folder(folder)
        if not folder.is_dir():
            write_folder(folder, files, file_mode=0o444, folder_mode=0o555)
        if earlier is None:
            lines = [_line(line) for line in (*listed, release)]
            content = orjson.dumps({"releases": lines}, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
            write_file(self.path / LIST, content, mode=0o644)

    def _waiting(self) -> Path:
        if self.waiting is None:
            raise Refused("Only the desk can schedule a release; the open site has no place for it.")
        return self.waiting

    def _slips(self) -> Iterator[Path]:
        for folder in sorted(self._waiting().iterdir()):
            if folder.is_dir() and not folder.name.startswith(PART):
                yield folder

    @contextmanager
    def releasing(self) -> Iterator[None]:
        """Let no other edition be released or taken back, from the look at those there are until the new one is among them.

        Waits for whoever is releasing. One whose hour has come is among them already.
        """
        with _locked(self._waiting()):
            yield

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with _locked(self.path):
            yield


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _slip(folder: Path) -> Release:
    return _release(orjson.loads((folder / _SLIP).read_bytes()))


def _line(release: Release) -> dict[str, str]:
    return {
        "number": str(release.number),
        "released": release.released.isoformat(),
        "manifest_sha256": release.manifest_sha256,
        "provenance": release.provenance.value,
    }


def _release(line: Mapping[str, str]) -> Release:
    return Release(
        number=EditionNumber.parse(line["number"]),
        released=datetime.fromisoformat(line["released"]),
        manifest_sha256=line["manifest_sha256"],
        provenance=Provenance(line["provenance"]),
    )
