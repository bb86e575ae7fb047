"""How the interface's answers go out: open to every program, powerless in a browser, and no larger in memory than they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import orjson

from introstat.site.answers import CONTENT, NEVER_KEEP, Answer, answer

if TYPE_CHECKING:
    from introstat.site.pxwebapi.problems import Problem

_JSON: Final = "application/json; charset=UTF-8"
_PROBLEM: Final = "application/problem+json"
CORS: Final = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "content-disposition, etag, link, location, retry-after",
}
PREFLIGHT: Final = {
    **CORS,
    "access-control-allow-methods": "GET, HEAD, POST, OPTIONS",
    "access-control-allow-headers": "*",
    "access-control-max-age": "86400",
}


def json_answer(
    document: Mapping[str, Any] | bytes, *, media_type: str = _JSON, status: int = 200, synthetic: bool = False
) -> Answer:
    """A document as an answer that every program may read."""
    content = document if isinstance(document, bytes) else orjson.dumps(document)
    return content_answer(content, media_type=media_type, status=status, synthetic=synthetic)


def content_answer(
    content: bytes,
    *,
    media_type: str,
    status: int = 200,
    synthetic: bool = False,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Any content as such an answer; search engines are asked to leave invented figures alone."""
    robots = {"x-robots-tag": "noindex"} if synthetic else {}
    every = {**CONTENT, **CORS, **robots, **(headers or {})}
    return answer(_tight(content), media_type=media_type, status=status, headers=every)


def problem_answer(problem: Problem, path: str) -> Answer:
    """A problem as an answer; its type has no charset, because one client compares the whole of it."""
    return answer(
        orjson.dumps(problem.body(path[:200])),
        media_type=_PROBLEM,
        status=problem.status,
        cache=NEVER_KEEP,
        headers={**CONTENT, **CORS, **problem.headers},
    )


def _tight(content: bytes) -> bytes:
    """The same bytes in memory of their own size.

    The JSON writer cuts its result out of a buffer twice as large, in place. Kept for long, such results leave the rest of
    every buffer as a hole that no later buffer fits in, and the worker grows to several times what it keeps.
    """
    return bytes(bytearray(content))
