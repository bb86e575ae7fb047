"""The whole site as files for any web server: every page reached from the front pages, and every file they link to.

The application itself is asked for each page, as a reader would ask; addresses become relative paths, so that the folder
works wherever it is put. `/2016/kommune/0904/` becomes `2016/kommune/0904/index.html`. What needs a server is left out.
The same editions give the same bytes.
"""

from __future__ import annotations

import asyncio
import posixpath
import re
from collections import deque
from functools import lru_cache
from html import escape, unescape
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlsplit

from introstat.site.addresses import PREFIX, PublicAddresses
from introstat.site.app import create_app
from introstat.site.article import blocks_of
from introstat.site.asking import LINK, ask, is_ours, links
from introstat.site.library import Library
from introstat.site.server import now
from introstat.storage.home import Home
from introstat.vocabulary.errors import EditionDamaged, Refused

if TYPE_CHECKING:
    from starlette.applications import Starlette

_PLAIN: Final = re.compile(r"[^A-Za-z0-9._-]")
NOT_FOUND: Final = "404.html"


def export(home: Path, out: Path, *, addresses: PublicAddresses | None = None) -> int:
    """Write the site of a home folder below `out` and say how many files it became. `addresses` are where it will stand and
    where feedback goes, where that is known.

    Raises Refused where `out` holds something already, EditionDamaged where a released edition cannot be shown: a copy that
    leaves something out without a word is worse than none.
    """
    if out.exists() and any(out.iterdir()):
        raise Refused(f"{out} is not empty; name a new folder.")
    places = Home(home)
    shelf = Library(places.editions, clock=now).shelf()
    if shelf.damaged:
        raise EditionDamaged(" ".join(f"{problem}." for problem in shelf.damaged.values()))
    app = create_app(
        places.editions,
        feedback=places.feedback,
        clock=now,
        is_export=True,
        places=addresses,
        boundaries=places.boundaries,
    )
    files = [f"/{book.number}/{public}" for book in shelf.books for path in book.paths if (public := _public(path))]
    # Nothing links to the embedded charts of the newest edition of a year; the text beside each chart promises them.
    embedded = [
        f"{prefix}/{year}/innfelt/{block['id']}/"
        for prefix in PREFIX.values()
        for year in shelf.years
        for block in blocks_of(shelf.find(str(year)).article("nb"))
        if block["type"] == "chart"
    ]
    pages = [*(f"{prefix}/" for prefix in PREFIX.values()), *embedded]
    return asyncio.run(_write(app, out, starts=[*pages, "/robots.txt", "/favicon.ico", *files]))


@lru_cache(maxsize=100_000)
def file_of(address: str) -> str:
    """The file an address becomes, relative to the folder of the export."""
    found = urlsplit(address)
    path = found.path.lstrip("/")
    chosen = "-".join(_PLAIN.sub("_", f"{name}-{value}") for name, value in parse_qsl(found.query))
    if path.endswith("/") or not path:
        return posixpath.join(path, chosen, "index.html") if chosen else f"{path}index.html"
    return path


def relative(page: str, *, file: str) -> str:
    """A page with its links to this site made relative to the file it stands in."""

    here = file.split("/")[:-1]

    def made(found: re.Match[str]) -> str:
        address = unescape(found[2])
        if not is_ours(address):
            return found[0]
        target, _, fragment = address.partition("#")
        path = _way(here, file_of(target).split("/"))
        return f'{found[1]}="{escape(path + ("#" + fragment if fragment else ""))}"'

    return LINK.sub(made, page)


def _way(here: list[str], target: list[str]) -> str:
    """From a folder to a file, both as the names on the way from the top."""
    same = 0
    for mine, theirs in zip(here, target[:-1], strict=False):
        if mine != theirs:
            break
        same += 1
    return "../" * (len(here) - same) + "/".join(target[same:])


async def _write(app: Starlette, out: Path, *, starts: list[str]) -> int:
    waiting = deque(starts)
    seen = set(starts)
    written = 0
    while waiting:
        address = waiting.popleft()
        status, media_type, body = await ask(app, address)
        if 300 <= status < 400:
            continue
        if status != 200:
            raise EditionDamaged(f"{address} could not be exported: it answers {status}.")
        file = file_of(address)
        if media_type.startswith("text/html"):
            page = body.decode()
            for link in links(page):
                if link not in seen:
                    seen.add(link)
                    waiting.append(link)
            body = relative(page, file=file).encode()
        _put(out / file, body)
        written += 1
    _, _, missing = await ask(app, "/finnes-ikke/")
    # Served for any address, so its links cannot be relative.
    _put(out / NOT_FOUND, missing)
    return written + 1


def _public(path: str) -> str:
    for folder, shown in (("tables/", "tabeller/"), ("charts/", "figurer/"), ("release/", "publiseringsdag/")):
        if path.startswith(folder):
            return shown + path.removeprefix(folder)
    return path if path in ("manifest.json", "changes.json") else ""


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
