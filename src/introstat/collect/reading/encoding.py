"""From bytes to text: a byte order mark, else strict UTF-8, else Windows-1252, and nothing else.

Programs that guess encodings misread short Norwegian text, so nothing is guessed. What is neither of the two is refused,
also when Windows-1252 would have given some letter for every byte: `Bj›rn` is what DOS wrote for `Bjørn`.
"""

from __future__ import annotations

import re
from typing import Final

from introstat.collect.findings import Refusal
from introstat.collect.rules import file as checks
from introstat.vocabulary.texts import Text

_UTF8_MARK: Final = b"\xef\xbb\xbf"
_WIDE: Final = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_SAMPLE: Final = 4096
_CONTROLS: Final = bytes(code for code in (*range(32), 127) if chr(code) not in "\t\n\r")
_OTHER_CODE_PAGE: Final = re.compile(r"[A-Za-z](?:[†‡ƒ„…ˆ‰‹›¿¾•™]|(?<=[a-z])Œ)[a-z]")
_MANGLED: Final = re.compile(r"Ã[¦¸¥˜†…\x86\x98\x85]|â€|\ufffd")
_BROKEN_UTF8: Final = Text(
    nb="merket UTF-8, men ødelagt", nn="merkt UTF-8, men øydelagt", en="marked UTF-8 but damaged"
)
_UNKNOWN: Final = Text(nb="ukjent", nn="ukjent", en="unknown")
_DOS_OR_MAC: Final = Text(
    nb="trolig et gammelt DOS- eller Mac-tegnsett",
    nn="truleg eit gammalt DOS- eller Mac-teiknsett",
    en="probably an old DOS or Mac code page",
)


def decode(content: bytes) -> str | Refusal:
    """The text of a file, without its byte order mark."""
    for mark, name in _WIDE:
        if content.startswith(mark):
            return _other(name)
    if b"\x00" in content:
        return _other("UTF-16") if _looks_wide(content) else Refusal(checks.NOT_TEXT)
    if len(content.translate(None, _CONTROLS)) != len(content):
        return Refusal(checks.NOT_TEXT)
    if content.startswith(_UTF8_MARK):
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return _other(_BROKEN_UTF8)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_windows(content)


def mangled_line(text: str) -> int | None:
    """The first line where letters have been through the wrong encoding before, or None."""
    found = _MANGLED.search(text)
    return None if found is None else text.count("\n", 0, found.start()) + 1


def _decode_windows(content: bytes) -> str | Refusal:
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        return _other(_UNKNOWN)
    return _other(_DOS_OR_MAC) if _OTHER_CODE_PAGE.search(text) else text


def _looks_wide(content: bytes) -> bool:
    """Whether every other byte is mostly NUL, as ordinary letters are in UTF-16."""
    sample = content[:_SAMPLE]
    shares = [part.count(0) / max(len(part), 1) for part in (sample[::2], sample[1::2])]
    return max(shares) > 0.4 and min(shares) < 0.1


def _other(encoding: str | Text) -> Refusal:
    return Refusal(checks.WRONG_ENCODING, values={"encoding": encoding})
