"""The whole site as files for any web server: every page reached from the front pages, and every file they link to.

The application itself is asked for each page, as a reader would ask; addresses become relative paths, so that the folder
works wherever it is put. `/2016/kommune/0904/` becomes `2016/kommune/0904/index.html`. What needs a server is left out.
The same editions give the same bytes: a page depends on its address and on the moment of the export, and on nothing else,
so the pages of a large site are written by as many processes as there are processors.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import posixpath
import re
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape, unescape
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import parse_qsl, urlsplit

from introstat.site.addresses import PREFIX, PublicAddresses
from introstat.site.app import create_app
from introstat.site.article import blocks_of
from introstat.site.asking import LINK, ask, is_ours
from introstat.site.changes import FILE as CHANGES
from introstat.site.library import Library
from introstat.site.server import now
from introstat.site.static import static_files
from introstat.storage.home import Home
from introstat.vocabulary.errors import EditionDamaged, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from starlette.applications import Starlette

_PLAIN: Final = re.compile(r"[^A-Za-z0-9._-]")
NOT_FOUND: Final = "404.html"
BATCH: Final = 60
"""How many pages a process writes before it tells what they link to."""
FEW: Final = 1_000
"""Up to this many pages at a time one process is quicker than starting more."""


@dataclass(frozen=True, slots=True)
class Written:
    """What came of some addresses: how many files, and every address of ours that the pages among them link to."""

    files: int
    links: frozenset[str]


@dataclass(frozen=True, slots=True)
class Copy:
    """One export: from which home, to which folder, as of when, and where it will stand."""

    home: Path
    out: Path
    moment: datetime
    addresses: PublicAddresses = field(default_factory=PublicAddresses)

    def application(self) -> Starlette:
        """The site as it stood at the moment of the export."""
        places = Home(self.home)
        return create_app(
            places.editions,
            feedback=places.feedback,
            clock=lambda: self.moment,
            is_export=True,
            places=self.addresses,
            boundaries=places.boundaries,
        )


class Writer:
    """Writes addresses as files; each process has its own."""

    here: ClassVar[Writer]

    def __init__(self, copy: Copy) -> None:
        self._app = copy.application()
        self._out = copy.out

    @classmethod
    def settle(cls, copy: Copy) -> None:
        """Make the writer of this process."""
        cls.here = cls(copy)

    def write(self, addresses: Sequence[str]) -> Written:
        """Write what these addresses lead to. Raises EditionDamaged where one cannot be shown."""
        return asyncio.run(self._write(addresses))

    async def _write(self, addresses: Sequence[str]) -> Written:
        found: set[str] = set()
        files = 0
        for address in addresses:
            status, media_type, body = await ask(self._app, address)
            if 300 <= status < 400:
                continue
            if status != 200:
                raise EditionDamaged(f"{address} could not be exported: it answers {status}.")
            file = file_of(address)
            if media_type.startswith("text/html"):
                page, links = relative(body.decode(), file=file)
                found |= links
                body = page.encode()
            _put(self._out / file, body)
            files += 1
        return Written(files, frozenset(found))

    def write_missing(self) -> None:
        """Write the page for an address there is not. It is served for any address, so its links cannot be relative."""
        _, _, missing = asyncio.run(ask(self._app, "/finnes-ikke/"))
        _put(self._out / NOT_FOUND, missing)


def write_here(addresses: Sequence[str]) -> Written:
    """Write addresses with the writer of this process."""
    return Writer.here.write(addresses)


def export(
    home: Path,
    out: Path,
    *,
    addresses: PublicAddresses | None = None,
    few: int = FEW,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write the site of a home folder below `out` and say how many files it became. `addresses` are where it will stand and
    where feedback goes, where that is known; up to `few` pages at a time are written by this process alone. `progress` is told
    how many files are written, of how many known by then.

    Raises Refused where `out` holds something already, EditionDamaged where a released edition cannot be shown: a copy that
    leaves something out without a word is worse than none.
    """
    if out.exists() and any(out.iterdir()):
        raise Refused(f"{out} is not empty; name a new folder.")
    copy = Copy(home, out, now(), addresses or PublicAddresses())
    shelf = Library(Home(home).editions, clock=lambda: copy.moment).shelf()
    if shelf.damaged:
        raise EditionDamaged(" ".join(f"{problem}." for problem in shelf.damaged.values()))
    files = [
        f"/{book.number}/{public}"
        for book in shelf.books
        for path in book.paths
        if (public := _public(path)) and not (path == CHANGES and shelf.taken_back_before(book))
    ]
    # Nothing links to the embedded charts of the newest edition of a year; the text beside each chart promises them.
    embedded = [
        f"{prefix}/{year}/innfelt/{block['id']}/"
        for prefix in PREFIX.values()
        for year in shelf.years
        for block in blocks_of(shelf.find(str(year)).article("nb"))
        if block["type"] == "chart"
    ]
    pages = [*(f"{prefix}/" for prefix in PREFIX.values()), *embedded]
    # The style links to the typeface, and only pages are read for links.
    kept = [known.address for known in static_files().values()]
    starts = [*pages, "/robots.txt", "/favicon.ico", *kept, *files]
    return _write(copy, starts=starts, few=few, progress=progress)


@lru_cache(maxsize=100_000)
def file_of(address: str) -> str:
    """The file an address becomes, relative to the folder of the export."""
    found = urlsplit(address)
    path = found.path.lstrip("/")
    chosen = "-".join(_PLAIN.sub("_", f"{name}-{value}") for name, value in parse_qsl(found.query))
    if path.endswith("/") or not path:
        return posixpath.join(path, chosen, "index.html") if chosen else f"{path}index.html"
    stem, suffix = posixpath.splitext(path)
    return f"{stem}-{chosen}{suffix}" if chosen else path


def relative(page: str, *, file: str) -> tuple[str, frozenset[str]]:
    """A page with its links to this site made relative to the file it stands in, and the addresses it led to."""
    here = escape(file).split("/")[:-1]
    found: set[str] = set()

    def made(link: re.Match[str]) -> str:
        known = _target_of(link[2])
        if known is None:
            return link[0]
        target, parts, fragment = known
        found.add(target)
        return f'{link[1]}="{_way(here, parts)}{fragment}"'

    return LINK.sub(made, page), frozenset(found)


@lru_cache(maxsize=100_000)
def _target_of(link: str) -> tuple[str, list[str], str] | None:
    """Of a link as it stands in a page: the address, the names on the way to its file, and the fragment, both fit for a page.

    None for a link to elsewhere.
    """
    address = unescape(link)
    if not is_ours(address):
        return None
    target, _, fragment = address.partition("#")
    return target, escape(file_of(target)).split("/"), escape(f"#{fragment}") if fragment else ""


def _way(here: list[str], target: list[str]) -> str:
    """From a folder to a file, both as the names on the way from the top."""
    same = 0
    for mine, theirs in zip(here, target[:-1], strict=False):
        if mine != theirs:
            break
        same += 1
    return "../" * (len(here) - same) + "/".join(target[same:])


def _write(copy: Copy, *, starts: Iterable[str], few: int, progress: Callable[[int, int], None] | None = None) -> int:
    """Write the starts and everything they lead to, a wave of new addresses at a time, and count the files."""
    seen = set(starts)
    wave = sorted(seen)
    count = 0
    mine = Writer(copy)
    with ExitStack() as closing:
        pool: ProcessPoolExecutor | None = None
        while wave:
            if pool is None and len(wave) > few:
                pool = closing.enter_context(
                    ProcessPoolExecutor(
                        max_workers=os.cpu_count(),
                        mp_context=multiprocessing.get_context("spawn"),
                        initializer=Writer.settle,
                        initargs=(copy,),
                    )
                )
            done = pool.map(write_here, _batches(wave)) if pool is not None and len(wave) > few else [mine.write(wave)]
            found: set[str] = set()
            for written in done:
                count += written.files
                found |= written.links
                if progress is not None:
                    progress(count, len(seen | found))
            wave = sorted(found - seen)
            seen |= found
    mine.write_missing()
    return count + 1


def _batches(wave: Sequence[str]) -> Iterator[Sequence[str]]:
    """Addresses in order, so that one process has those of one edition and language, a few at a time."""
    for start in range(0, len(wave), BATCH):
        yield wave[start : start + BATCH]


def _public(path: str) -> str:
    for folder, shown in (("tables/", "tabeller/"), ("charts/", "figurer/"), ("release/", "publiseringsdag/")):
        if path.startswith(folder):
            return shown + path.removeprefix(folder)
    return path if path in ("manifest.json", CHANGES) else ""


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
