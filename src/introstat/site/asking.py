"""Asking the application for a page without a server in between: for the export, and to be warm before the first reader."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from introstat.site.addresses import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping
    from typing import Any

    from starlette.applications import Starlette

_PLACES: Final = "/steder/"
_NOWHERE: Final = "qqqq"
LINK: Final = re.compile(r'\b(href|src|srcset|data-finder|data-names)="([^"]*)"')


async def ask(app: Starlette, address: str) -> tuple[int, str, bytes]:
    """Ask the application for an address: the status, the type and the bytes."""
    found = urlsplit(address)
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": found.path,
        "raw_path": found.path.encode(),
        "query_string": found.query.encode(),
        "root_path": "",
        "headers": [],
        "server": ("localhost", 80),
        "client": None,
    }
    status, media_type, body = 500, "", b""

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal status, media_type, body
        if message["type"] == "http.response.start":
            status = message["status"]
            media_type = dict(message["headers"]).get(b"content-type", b"").decode()
        else:
            body += message.get("body", b"")

    await app(scope, receive, send)
    return status, media_type, body


async def warm(app: Starlette) -> None:
    """Make the front pages and all they link to, so that no reader waits for templates, style and texts to be read.

    A page of places is searched once too: the names of other years are gathered by the first search.
    """
    for prefix in PREFIX.values():
        _, _, page = await ask(app, f"{prefix}/")
        for address in sorted(set(links(page.decode()))):
            await ask(app, address)
            if address.endswith(_PLACES):
                await ask(app, f"{address}?sok={_NOWHERE}")


def links(page: str) -> Iterator[str]:
    """The addresses on this site that a page leads to, without the place in the page."""
    for found in LINK.finditer(page):
        address = unescape(found[2]).partition("#")[0]
        if address and is_ours(address):
            yield address


def is_ours(address: str) -> bool:
    """Whether an address stays on this site."""
    return address.startswith("/") and not address.startswith("//")
