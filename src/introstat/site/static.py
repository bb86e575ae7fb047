"""Style, type, mark and scripts, as files whose addresses carry their own hash and may be kept for ever.

The style is one file: the design system's theme, those of its components that the templates use, and our own few rules.
The set-up lays the design system under `share/introstat` (`script/assets.lock`); of its rules and colours those are kept
that an element of the templates can meet (`style.cut`), which is a good third.
"""

from __future__ import annotations

import hashlib
import re
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Final

from introstat.site.style import cut
from introstat.vocabulary.errors import NotFound

_CLASS: Final = re.compile(r"\bds-[a-z0-9-]+")
_VALUE: Final = re.compile(r'\b(data-[a-z-]+|type|role|aria-sort)="([\w-]+)"')
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_SCRIPTS: Final = ("search.js", "find.js", "embed.js")
_FONT: Final = {
    "figtree-latin.woff2": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,"
    "U+2191,U+2193,U+2212,U+2215,U+FEFF,U+FFFD",
    "figtree-latin-ext.woff2": "U+0100-0130,U+0132-0151,U+0154-02BA,U+1E00-1E9F,U+20A0-20AB",
}
"""The typeface's files and the characters each holds: the second is fetched only where a Sámi name needs it."""


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file that never changes under its address."""

    name: str
    content: bytes
    media_type: str

    @property
    def address(self) -> str:
        """Where it is served."""
        return f"/static/{self.name}"


@cache
def static_files() -> Mapping[str, StaticFile]:
    """All files under their plain names: `introstat.css`, `search.js`, `mark.svg`, the typeface where the set-up fetched it.

    Raises NotFound where the set-up has not laid down the design system.
    """
    share = Path(sysconfig.get_path("data")) / "share" / "introstat"
    own = files(__package__) / "static"
    fonts = {name: _hashed(name, (share / name).read_bytes()) for name in _FONT if (share / name).is_file()}
    system = "\n".join([_required(share / "theme.css"), _required(share / "designsystemet.css")])
    ours = _squeezed((own / "introstat.css").read_text(encoding="utf-8"))
    style = "\n".join(
        [
            cut(system, classes=classes_in_templates(), values=_values_in_templates(), beside=ours),
            *(_font_face(font, _FONT[name]) for name, font in fonts.items()),
            ours,
        ]
    )
    return MappingProxyType(
        {
            **fonts,
            "introstat.css": _hashed("introstat.css", style.encode()),
            "mark.svg": _hashed("mark.svg", (own / "mark.svg").read_bytes()),
            **{name: _hashed(name, _bare((own / name).read_text(encoding="utf-8")).encode()) for name in _SCRIPTS},
        }
    )


def classes_in_templates() -> frozenset[str]:
    """Every class of the design system that a template uses."""
    found = {"ds-sr-only"}
    for template in (files(__package__) / "templates").iterdir():
        found.update(_CLASS.findall(template.read_text(encoding="utf-8")))
    return frozenset(found)


def _values_in_templates() -> frozenset[tuple[str, str]]:
    """Every value that a template gives an attribute which the design system asks for."""
    found: set[tuple[str, str]] = set()
    for template in (files(__package__) / "templates").iterdir():
        found.update(_VALUE.findall(template.read_text(encoding="utf-8")))
    return frozenset(found)


def _font_face(font: StaticFile, characters: str) -> str:
    return (
        "@font-face{font-family:Figtree;font-style:normal;font-display:swap;font-weight:300 900;"
        f'src:url("{font.name}") format("woff2");unicode-range:{characters}}}'
    )


def _squeezed(style: str) -> str:
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)).strip()


def _bare(script: str) -> str:
    """A script without its indents and the comments that have a line of their own. No text of ours goes over two lines."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")) + "\n"


def _hashed(name: str, content: bytes) -> StaticFile:
    stem, _, suffix = name.rpartition(".")
    mark = hashlib.sha256(content).hexdigest()[:10]
    return StaticFile(name=f"{stem}.{mark}.{suffix}", content=content, media_type=_TYPES[f".{suffix}"])


def _required(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NotFound(f"{path.name} is not installed; run script/setup") from error
