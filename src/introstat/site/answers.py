"""What goes over the wire: bytes with their headers, made once and given many times.

An `Answer` holds a body, its compressed twin and its ETag. `reply` chooses between them, says "not modified" where the
reader already has it, and leaves the body out for HEAD. Every answer, errors too, carries the security headers. No page
needs a script; the few that are better with one may have it from us, and no other may have any.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from starlette.types import Message, Scope, Send

SECURITY: Final[Mapping[str, str]] = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), browsing-topics=()",
    "cross-origin-opener-policy": "same-origin",
}
"""`data:` images are the design system's own icons; with `same-origin` a form post still tells where it comes from."""

SEARCHED: Final[Mapping[str, str]] = {
    "content-security-policy": f"{SECURITY['content-security-policy']}; script-src 'self'; connect-src 'self'",
}
"""For a page with the search for a place: its script may run, and ask this site."""

EMBEDDED: Final[Mapping[str, str]] = {
    "content-security-policy": SECURITY["content-security-policy"].replace(
        "frame-ancestors 'none'", "frame-ancestors *; script-src 'self'"
    ),
    "x-frame-options": "",
}
"""For a chart that stands in a page of others: it may be framed by anyone, and tell how tall it is. An empty header is not
sent."""

CONTENT: Final[Mapping[str, str]] = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
}
"""For the edition's own files: open to every program, powerless in a browser; a chart's own style may show."""

ALWAYS_CHECK: Final = "public, no-cache"
FOR_EVER: Final = "public, max-age=31536000, immutable"
NEVER_KEEP: Final = "no-store"
_COMPRESSIBLE: Final = ("text/", "application/json", "application/atom+xml", "image/svg+xml", "application/javascript")
_WORTH_COMPRESSING: Final = 600


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. ``packed`` is None where compressing does not pay."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    packed: bytes | None
    tag: bytes

    @property
    def weight(self) -> int:
        """Bytes it takes to keep."""
        return len(self.body) + len(self.packed or b"") + 1_000

    def with_headers(self, headers: Mapping[str, str]) -> Answer:
        """The same answer with more headers."""
        more = tuple((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items())
        return replace(self, headers=(*self.headers, *more))


def answer(
    body: bytes,
    *,
    media_type: str,
    status: int = 200,
    cache: str = ALWAYS_CHECK,
    headers: Mapping[str, str] | None = None,
    compress: bool = True,
) -> Answer:
    """Make an answer: compressed where it pays, tagged by its content, with the security headers."""
    packed = None
    if compress and len(body) >= _WORTH_COMPRESSING and media_type.startswith(_COMPRESSIBLE):
        packed = gzip.compress(body, compresslevel=6, mtime=0)
    named = {
        "content-type": media_type,
        "cache-control": cache,
        **SECURITY,
        **(headers or {}),
        **({"vary": "accept-encoding"} if packed is not None else {}),
    }
    return Answer(
        status=status,
        headers=tuple((name.encode("latin-1"), value.encode("latin-1")) for name, value in named.items() if value),
        body=body,
        packed=packed,
        tag=hashlib.sha256(body).hexdigest()[:20].encode(),
    )


def redirect(address: str, *, status: int = 308) -> Answer:
    """Send the reader on."""
    return answer(b"", media_type="text/plain; charset=utf-8", status=status, headers={"location": address})


async def reply(given: Answer, scope: Scope, send: Send) -> None:
    """Send an answer the way this reader can take it."""
    accepted, known = b"", b""
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            accepted = value
        elif name == b"if-none-match":
            known = value
    packed = given.packed if given.packed is not None and _takes_gzip(accepted) else None
    body = given.body if packed is None else packed
    headers = [*given.headers]
    if packed is not None:
        headers.append((b"content-encoding", b"gzip"))
    if given.status == 200:
        tag = b'"' + given.tag + (b"-gz" if packed is not None else b"") + b'"'
        headers.append((b"etag", tag))
        if known and _knows(known, given.tag):
            dropped = (b"content-type", b"content-encoding", b"content-disposition")
            headers = [(name, value) for name, value in headers if name not in dropped]
            await _send(send, 304, headers, b"")
            return
    headers.append((b"content-length", str(len(body)).encode()))
    await _send(send, given.status, headers, b"" if scope["method"] == "HEAD" else body)


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    start: Message = {"type": "http.response.start", "status": status, "headers": headers}
    await send(start)
    await send({"type": "http.response.body", "body": body})


def _takes_gzip(accepted: bytes) -> bool:
    for choice in accepted.lower().split(b","):
        coding, _, weight = choice.partition(b";")
        if coding.strip() in (b"gzip", b"*"):
            return weight.strip().replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    return False


def _knows(header: bytes, tag: bytes) -> bool:
    for choice in header.split(b","):
        plain = choice.strip().removeprefix(b"W/").strip(b'"').removesuffix(b"-gz")
        if plain in (b"*", tag):
            return True
    return False


class AnswerCache:
    """The answers given last, up to a weight in bytes; emptied when the shelf changes."""

    def __init__(self, *, capacity: int) -> None:
        self._capacity = capacity
        self._weight = 0
        self._generation = -1
        self._kept: OrderedDict[tuple[str, bytes], Answer] = OrderedDict()

    def get(self, key: tuple[str, bytes], *, generation: int) -> Answer | None:
        """A kept answer, if the shelf is still the one it was made from."""
        if generation != self._generation:
            self._kept.clear()
            self._weight = 0
            self._generation = generation
            return None
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: tuple[str, bytes], given: Answer, *, generation: int) -> None:
        """Keep an answer, letting go of those not asked for the longest."""
        if generation != self._generation or given.weight > self._capacity // 4 or key in self._kept:
            return
        self._kept[key] = given
        self._weight += given.weight
        while self._weight > self._capacity:
            _, oldest = self._kept.popitem(last=False)
            self._weight -= oldest.weight
