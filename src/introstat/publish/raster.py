"""A chart as PNG, for slides and for places that take no SVG; it carries its description, and its mark, inside.

A picture without its page is still a picture of invented people: the mark stands in the drawing, and here again for programs,
in the text chunks of the format (PNG, 3rd edition, 11.3.3: a keyword, and text in UTF-8).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import Any, Final

import vl_convert as vlc

SCALE: Final = 2.0
"""Two pixels for each of the drawing: sharp on paper and on a good screen."""

_FONT: Final = "Liberation Sans"
"""Comes with the renderer, so that the picture does not depend on what the machine has."""
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_HEADER_ENDS: Final = 33
_TEXT: Final = b"iTXt"
_UNPACKED_IN_NO_LANGUAGE: Final = b"\0" * 5
"""What stands between keyword and text: an end, not compressed, by no method, an empty language, an empty translation."""


def png(spec: Mapping[str, Any], *, told: Mapping[str, str]) -> bytes:
    """The picture of a Vega-Lite specification; `told` are the texts it carries, by keyword (`Title`, `Description`, …)."""
    drawn: bytes = vlc.vegalite_to_png(
        {**spec, "config": {**spec["config"], "font": _FONT}}, vl_version="5.20", scale=SCALE
    )
    texts = b"".join(
        _chunk(_TEXT, keyword.encode("latin-1") + _UNPACKED_IN_NO_LANGUAGE + text.encode())
        for keyword, text in told.items()
    )
    return drawn[:_HEADER_ENDS] + texts + drawn[_HEADER_ENDS:]


def texts_of(content: bytes) -> Mapping[str, str]:
    """The texts a PNG carries. Raises ValueError for what is no PNG, or a broken one."""
    if not content.startswith(_SIGNATURE):
        raise ValueError("not a PNG")
    found: dict[str, str] = {}
    at = len(_SIGNATURE)
    while at < len(content):
        try:
            (size,) = struct.unpack(">I", content[at : at + 4])
            kind, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + size]
            (sum_of,) = struct.unpack(">I", content[at + 8 + size : at + 12 + size])
        except struct.error as problem:
            raise ValueError("the PNG ends before it should") from problem
        if sum_of != zlib.crc32(kind + body):
            raise ValueError("a chunk of the PNG is damaged")
        if kind == _TEXT:
            keyword, _, rest = body.partition(b"\0")
            found[keyword.decode("latin-1")] = rest[2:].split(b"\0", 2)[2].decode()
        at += 12 + size
    return found


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
