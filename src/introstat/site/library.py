"""What the site may show: the editions that are released, whole, and exactly what was released.

The library reads the folder `editions/` and nothing else, and writes nothing. An edition is on the shelf when
`releases.json` names it, its time has come, its manifest has the sha256 that stands there, and every file has the sha256
that stands in the manifest. Anything less is `Damaged`: known by number, never opened. One that was taken back is known by
number and reason (`withdrawn`). A folder that no release names does not exist here.

    library.shelf()  →  Shelf  →  shelf.find("2016")  →  Book  →  book.article("nb"), book.read("tables/IP102/IP102.csv")
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, Final

import orjson

from introstat.site.jsonstat import StatTable, read_table
from introstat.site.withdrawn import WITHDRAWN, EditionWithdrawn, Withdrawal, read_withdrawn
from introstat.storage.editions import LIST, MANIFEST, Editions, Release
from introstat.storage.files import is_inside
from introstat.vocabulary.editions import EditionNumber
from introstat.vocabulary.errors import EditionDamaged, NotFound
from introstat.vocabulary.snapshots import Provenance
from introstat.vocabulary.texts import Language

_SWEEP_SECONDS: Final = 1.0
"""How often every file of every edition is looked at (size and time only) for a change under our feet."""


class Book:
    """One edition that was found whole. Its documents are parsed when first asked for, and kept."""

    def __init__(
        self, release: Release, *, folder: Path, manifest: Mapping[str, Any], files: Mapping[str, str]
    ) -> None:
        self.release = release
        self.manifest = manifest
        self._folder = folder
        self._files = files
        self._documents: dict[str, Mapping[str, Any]] = {}
        self._tables: dict[tuple[str, Language], StatTable] = {}

    @property
    def number(self) -> EditionNumber:
        """The edition's number."""
        return self.release.number

    @property
    def is_synthetic(self) -> bool:
        """Whether the people behind the numbers were invented."""
        return self.release.provenance is not Provenance.REGISTER

    @property
    def paths(self) -> tuple[str, ...]:
        """Every file the manifest names, in order."""
        return tuple(sorted(self._files))

    def has(self, path: str) -> bool:
        """Whether the edition holds this file. Only what the manifest names is a file of the edition."""
        return path in self._files

    def sha256(self, path: str) -> str:
        """A file's hash as it was released. Raises NotFound."""
        if path not in self._files:
            raise NotFound(f"edition {self.number} has no file {path!r}")
        return self._files[path]

    def read(self, path: str) -> bytes:
        """A file's bytes, checked once more. Raises NotFound, or EditionDamaged where they are no longer the same."""
        expected = self.sha256(path)
        return _read_checked(self._folder, path, expected, self.number)

    def article(self, language: Language) -> Mapping[str, Any]:
        """The release page in one language."""
        return self._document(f"article.{language}.json")

    def places(self, language: Language) -> Mapping[str, Any]:
        """The pages of places in one language."""
        return self._document(f"places.{language}.json")

    @cached_property
    def table_ids(self) -> tuple[str, ...]:
        """The tables of the edition, by id."""
        found = {PurePosixPath(path).parts[1] for path in self._files if path.startswith("tables/")}
        return tuple(sorted(found))

    def table(self, table: str, language: Language) -> StatTable:
        """A table with its labels in one language. Raises NotFound."""
        key = (table, language)
        if key not in self._tables:
            suffix = "" if language == "nb" else f".{language}"
            self._tables[key] = read_table(self.read(f"tables/{table}/{table}{suffix}.json"))
        return self._tables[key]

    def _document(self, path: str) -> Mapping[str, Any]:
        if path not in self._documents:
            parsed = orjson.loads(self.read(path))
            if not isinstance(parsed, dict):
                raise EditionDamaged(f"{path} of edition {self.number} is not a document")
            self._documents[path] = parsed
        return self._documents[path]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What may be shown at one moment. ``damaged`` are released numbers that cannot be, ``withdrawn`` those taken back."""

    books: tuple[Book, ...]
    damaged: Mapping[EditionNumber, str]
    generation: int
    withdrawn: Mapping[EditionNumber, Withdrawal] = field(default_factory=dict)
    _numbers: tuple[EditionNumber, ...] = field(init=False)

    def __post_init__(self) -> None:
        known = {*(book.number for book in self.books), *self.damaged, *self.withdrawn}
        object.__setattr__(self, "_numbers", tuple(sorted(known)))

    @property
    def years(self) -> tuple[int, ...]:
        """The years with an edition that can be shown, newest first; a year whose newest was taken back is none of them."""
        return tuple(sorted({book.number.year for book in self.books} - self.years_taken_back.keys(), reverse=True))

    @property
    def newest(self) -> Book | None:
        """The newest edition of the newest year that is not damaged; what the front page shows."""
        for year in self.years:
            try:
                return self.find(str(year))
            except EditionDamaged:
                continue
        return None

    def of_year(self, year: int) -> tuple[Book, ...]:
        """All editions of a year that can be shown, newest first."""
        return tuple(sorted((book for book in self.books if book.number.year == year), key=_by_number, reverse=True))

    def is_newest(self, book: Book) -> bool:
        """Whether nothing newer of its year was released, shown or not."""
        return self._is_last(book.number)

    def taken_back_before(self, book: Book) -> Withdrawal | None:
        """That the edition which this one tells its changes from was taken back; None where it stands, or there is none."""
        previous = book.manifest.get("previous")
        return self.withdrawn.get(EditionNumber.parse(previous)) if previous else None

    @property
    def years_taken_back(self) -> Mapping[int, Withdrawal]:
        """The years that are not shown because their newest edition was taken back."""
        return {number.year: found for number, found in self.withdrawn.items() if self._is_last(number)}

    def find(self, edition: str) -> Book:
        """The edition an address means: ``2016`` the newest of the year, ``2016.1`` that one.

        Raises NotFound where nothing of that name is released, EditionDamaged where it is and cannot be shown,
        EditionWithdrawn where it was taken back. A year whose newest edition cannot be shown cannot be shown: an older
        edition never is as if it were the newest.
        """
        if "." in edition:
            try:
                number = EditionNumber.parse(edition)
            except ValueError as error:
                raise NotFound(f"there is no edition {edition!r}") from error
            if str(number) != edition:
                raise NotFound(f"the address of edition {number} is not {edition!r}")
        else:
            newest = self._newest_of(edition)
            if newest is None:
                raise NotFound(f"no edition of {edition!r} is released")
            number = newest
        if number in self.withdrawn:
            raise EditionWithdrawn(self.withdrawn[number])
        if number in self.damaged:
            raise EditionDamaged(self.damaged[number])
        for book in self.books:
            if book.number == number:
                return book
        raise NotFound(f"there is no edition {edition!r}")

    def _is_last(self, number: EditionNumber) -> bool:
        return self._newest_of(str(number.year)) == number

    def _newest_of(self, year: str) -> EditionNumber | None:
        return max((known for known in self._numbers if str(known.year) == year), default=None)


class Library:
    """Keeps the shelf up to date as editions come, change and fall due."""

    def __init__(self, editions: Path, *, clock: Callable[[], datetime], is_settled: bool = False) -> None:
        """`is_settled`: whoever asks wants the shelf as it stood at one moment, so the folder is looked at once."""
        self._editions = editions
        self._store = Editions(editions)
        self._clock = clock
        self._is_settled = is_settled
        self._books: dict[EditionNumber, tuple[tuple[object, ...], Book | str]] = {}
        self._shelf = Shelf(books=(), damaged=MappingProxyType({}), generation=0)
        self._seen: tuple[object, ...] = ()
        self._due: datetime | None = None
        self._swept = float("-inf")
        self._manifests: tuple[Path, ...] = ()

    def shelf(self) -> Shelf:
        """What may be shown now. Looks at the folder every time, and opens it only when something has changed."""
        if self._is_settled and self._shelf.generation:
            return self._shelf
        now = self._clock()
        seen = self._stamps()
        sweep = time.monotonic() - self._swept > _SWEEP_SECONDS
        if seen != self._seen or sweep or (self._due is not None and now >= self._due):
            self._look(now)
        return self._shelf

    def _look(self, now: datetime) -> None:
        releases = self._store.releases()
        coming = [release.released for release in releases if release.released > now]
        out = [release for release in releases if release.released <= now]
        every = read_withdrawn(self._editions)
        withdrawn = {release.number: every[release.number] for release in out if release.number in every}
        due = [release for release in out if release.number not in withdrawn]
        kept: dict[EditionNumber, tuple[tuple[object, ...], Book | str]] = {}
        for release in due:
            folder = self._editions / str(release.number)
            stamp = (release, *_stamps(folder))
            known = self._books.get(release.number)
            kept[release.number] = known if known is not None and known[0] == stamp else (stamp, _open(release, folder))
        if kept != self._books or withdrawn != self._shelf.withdrawn or not self._shelf.generation:
            self._shelf = Shelf(
                books=tuple(found for _, found in kept.values() if isinstance(found, Book)),
                damaged=MappingProxyType(
                    {number: found for number, (_, found) in kept.items() if isinstance(found, str)}
                ),
                generation=self._shelf.generation + 1,
                withdrawn=MappingProxyType(withdrawn),
            )
        self._books = kept
        self._due = min(coming, default=None)
        self._manifests = tuple(self._editions / str(number) / MANIFEST for number in kept)
        self._seen = self._stamps()
        self._swept = time.monotonic()

    def _stamps(self) -> tuple[object, ...]:
        lists = (self._editions / LIST, self._editions / WITHDRAWN)
        return tuple(_stamp(path) for path in (*lists, *self._manifests))


def _open(release: Release, folder: Path) -> Book | str:
    """The edition, or what is wrong with it. Every file is hashed here, once for as long as nothing changes."""
    try:
        manifest_bytes = _read_checked(folder, MANIFEST, release.manifest_sha256, release.number)
        manifest = orjson.loads(manifest_bytes)
        listed = {path: str(entry["sha256"]) for path, entry in manifest["files"].items()}
        for path, expected in listed.items():
            _read_checked(folder, path, expected, release.number)
    except EditionDamaged as damage:
        return str(damage)
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError):
        return f"the manifest of edition {release.number} cannot be read"
    return Book(release, folder=folder, manifest=manifest, files=listed | {MANIFEST: release.manifest_sha256})


def _read_checked(folder: Path, path: str, expected: str, number: EditionNumber) -> bytes:
    if not is_inside(path) or "\\" in path or "\0" in path:
        raise EditionDamaged(f"the manifest of edition {number} names a file outside it")
    place = folder / path
    try:
        if not place.resolve(strict=True).is_relative_to(folder.resolve(strict=True)):
            raise EditionDamaged(f"{path} of edition {number} leads outside it")
        content = place.read_bytes()
    except OSError as error:
        raise EditionDamaged(f"{path} of edition {number} cannot be read") from error
    if hashlib.sha256(content).hexdigest() != expected:
        raise EditionDamaged(f"{path} of edition {number} is not what was released")
    return content


def _stamps(folder: Path) -> tuple[object, ...]:
    if not folder.is_dir():
        return ()
    return tuple((str(path), _stamp(path)) for path in sorted(folder.rglob("*")) if path.is_file())


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def _by_number(book: Book) -> EditionNumber:
    return book.number
