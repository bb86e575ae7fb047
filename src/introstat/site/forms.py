"""What a reader sends: one answer, and a comment for those who want. Read strictly, kept without a trace of the reader.

There is no session, so a forged form is told from our own by where the browser says it comes from. A number of eleven
digits or more could be a national id and is refused before anything is stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

LONGEST_BODY: Final = 8_192
LONGEST_COMMENT: Final = 1_000
LONGEST_COMMENT_BYTES: Final = 1_600
"""A record of the spool has room for this much, with the page it is about."""
_FORM: Final = "application/x-www-form-urlencoded"


class BadForm(Exception):
    """A form that cannot be taken: the status, and the key of the words that say why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Opinion:
    """What was sent: `yes` or `no`, the comment, and the page it is about."""

    answer: str
    comment: str
    source: str


def is_from_here(headers: Mapping[str, str]) -> bool:
    """Whether a post comes from a page of this site. What no browser vouches for is not."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin") or headers.get("referer") or ""
    return bool(origin) and urlsplit(origin).netloc == headers.get("host", "")


def read_form(body: bytes, *, media_type: str) -> Opinion:
    """Read a posted form. Raises BadForm for anything that is not our own form, filled in."""
    if media_type.partition(";")[0].strip().lower() != _FORM:
        raise BadForm(415, "form")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=10
        )
    except ValueError as error:
        raise BadForm(400, "form") from error
    fields = dict(pairs)
    answer = fields.get("svar", "")
    if answer not in ("yes", "no"):
        raise BadForm(400, "form")
    comment = " ".join(_readable(fields.get("kommentar", "")).split())
    return Opinion(answer=answer, comment=comment, source=fields.get("side", ""))


def is_too_long(comment: str) -> bool:
    """Whether a comment has more characters than we ask for, or more bytes than the spool keeps."""
    return len(comment) > LONGEST_COMMENT or len(comment.encode()) > LONGEST_COMMENT_BYTES


def _readable(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)
