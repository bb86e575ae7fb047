"""What is answered when a call cannot be: a status, the contract's own title, and what to do about it.

The titles are those of the reference server, spelling included, because clients read them. The detail is ours: it names the
parameter or the code that does not fit and, where there is room, what would.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

SHOWN: Final = 80
"""How much of a caller's own text an answer repeats."""


class Title(StrEnum):
    """What went wrong, in a few words."""

    VARIABLE = "Non-existent variable"
    CODELIST = "Non-existent codelist"
    VALUE = "Non-existent value"
    MISSING = "Missing selection for mandantory variable"
    SELECTION = "Illegal selection for mandantory variable"
    EXPRESSION = "Illegal selection expression"
    PLACEMENT = "Illegal placment"
    CELLS = "Too many cells selected"
    TABLE = "Non-existent table"
    PAGE = "Non-existent page"
    FORMAT = "Unsupported output format"
    SAVED = "Saved query not found"
    QUERY = "No query specified"
    LANGUAGE = "Unsupported language"
    PARAMETER = "Illegal parameter value"
    VERSION = "Non-existent version"
    ADDRESS = "Non-existent address"
    METHOD = "Method not allowed"
    LARGE = "Request too large"
    CALLS = "Too many requests"
    DAMAGED = "Edition not available"
    WITHDRAWN = "Edition withdrawn"
    CRASH = "Internal error"


class Problem(Exception):
    """An answer that is not what was asked for. ``headers`` go with it, ``more`` stands beside the members that all have."""

    def __init__(
        self,
        status: int,
        title: Title,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.headers = dict(headers or {})
        self.more = dict(more or {})

    def body(self, instance: str) -> dict[str, Any]:
        """The problem as RFC 9457 writes it; ``instance`` is the path that was asked for."""
        return {
            "type": f"urn:introstat:problem:{self.title.name.lower()}",
            "title": self.title.value,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            **self.more,
        }


def shown(text: str) -> str:
    """A caller's text as an answer may repeat it: short, printable and in quotation marks."""
    plain = "".join(sign if sign.isprintable() else "?" for sign in text[:SHOWN])
    return f'"{plain}{"…" if len(text) > SHOWN else ""}"'


def listed(codes: Iterable[str], *, most: int = 12) -> str:
    """Some codes, and how many more there are."""
    known = list(codes)
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(known[:most]) + more
