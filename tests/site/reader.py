"""A reader of the site without a server: sends an address exactly as written, and says what came back."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette


@dataclass(frozen=True, slots=True)
class Given:
    """What came back."""

    status_code: int
    headers: Mapping[str, str]
    raw: bytes

    @property
    def content(self) -> bytes:
        packed = self.headers.get("content-encoding") == "gzip" and self.raw
        return gzip.decompress(self.raw) if packed else self.raw

    @property
    def text(self) -> str:
        return self.content.decode()

    def json(self) -> Any:
        return json.loads(self.content)


class Reader:
    """Asks one application."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    def get(self, address: str, *, headers: Mapping[str, str] | None = None) -> Given:
        return self.request("GET", address, headers=headers)

    def head(self, address: str) -> Given:
        return self.request("HEAD", address)

    def post(self, address: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Given:
        return self.request("POST", address, body=body, headers=headers)

    def request(
        self, method: str, address: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Given:
        path, _, query = address.partition("?")
        sent = {"host": "statistikk.example", "accept-encoding": "gzip", **(headers or {})}
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path, errors="replace"),
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
            "server": ("statistikk.example", 80),
            "client": ("127.0.0.1", 1),
        }
        return asyncio.run(self._ask(scope, body))

    async def _ask(self, scope: dict[str, Any], body: bytes) -> Given:
        pieces = [body[start : start + 4096] for start in range(0, len(body), 4096)] or [b""]
        messages: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            piece = pieces.pop(0) if pieces else b""
            return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

        async def send(message: Any) -> None:
            messages.append(message)

        try:
            await self._app(scope, receive, send)
        except Exception:
            # The application answers first and lets the server know of the crash after.
            if not messages:
                raise
        start = messages[0]
        headers = {name.decode(): value.decode() for name, value in start["headers"]}
        return Given(start["status"], headers, b"".join(message.get("body", b"") for message in messages[1:]))
