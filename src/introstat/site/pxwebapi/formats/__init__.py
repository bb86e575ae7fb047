"""The formats an answer may have: one extract, many renderings.

`Rendering` says which, and with what; `render` gives the bytes. What a format takes of the parameters stands in one table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from introstat.site.pxwebapi.extract import BOTH, CODES, TEXTS
from introstat.site.pxwebapi.formats.columnar import parquet
from introstat.site.pxwebapi.formats.html import html
from introstat.site.pxwebapi.formats.json_px import json_px
from introstat.site.pxwebapi.formats.json_stat import json_stat
from introstat.site.pxwebapi.formats.layout import Layout
from introstat.site.pxwebapi.formats.px import px
from introstat.site.pxwebapi.formats.separated import separated
from introstat.site.pxwebapi.formats.workbook import workbook
from introstat.site.pxwebapi.parameters import one_of
from introstat.site.pxwebapi.problems import Problem, Title

if TYPE_CHECKING:
    from introstat.site.pxwebapi.extract import Extract

DEFAULT: Final = "json-stat2"
TITLE: Final = "IncludeTitle"
SEPARATORS: Final[Mapping[str, str]] = {"SeparatorTab": "\t", "SeparatorSpace": " ", "SeparatorSemicolon": ";"}
PARAMS: Final = (CODES, TEXTS, BOTH, TITLE, *SEPARATORS)


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its type and the end of its file's name. ``is_laid_out``: it has a heading, a title and the like."""

    media_type: str
    suffix: str
    render: Callable[[Extract, Layout], bytes]
    is_laid_out: bool = False


_BYTES: Final = "application/octet-stream"
FORMATS: Final[Mapping[str, Format]] = {
    "json-stat2": Format("application/json; charset=UTF-8", "json", lambda extract, _: json_stat(extract)),
    "csv": Format("text/csv; charset=utf-8", "csv", separated, is_laid_out=True),
    "xlsx": Format(
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", workbook, is_laid_out=True
    ),
    "px": Format(_BYTES, "px", lambda extract, _: px(extract)),
    "parquet": Format(_BYTES, "parquet", lambda extract, _: parquet(extract)),
    "html": Format("text/html; charset=utf-8", "html", html, is_laid_out=True),
    "json-px": Format("application/json; charset=UTF-8", "json", lambda extract, _: json_px(extract)),
}
_WITHOUT: Final = frozenset({"px", "json-stat2", "parquet"})
"""Formats that take no parameters at all."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """A format and its parameters, checked against each other."""

    format: str
    params: tuple[str, ...] = ()

    @property
    def kind(self) -> Format:
        """The format's type, suffix and renderer."""
        return FORMATS[self.format]

    def render(self, extract: Extract) -> bytes:
        """The extract's bytes in this format."""
        how = next((param for param in (CODES, TEXTS, BOTH) if param in self.params), TEXTS)
        separator = next((sign for param, sign in SEPARATORS.items() if param in self.params), ",")
        return self.kind.render(extract, Layout(how=how, has_title=TITLE in self.params, separator=separator))


def read_rendering(name: str | None, params: tuple[str, ...]) -> Rendering:
    """The rendering that a caller asks for. Raises Problem for what does not exist or does not go together."""
    title = Title.FORMAT
    format_ = one_of(DEFAULT if name is None else name, tuple(FORMATS), title=title, what="output format")
    known = tuple(dict.fromkeys(one_of(param, PARAMS, title=title, what="output format parameter") for param in params))
    if known and format_ in _WITHOUT:
        raise Problem(400, title, f"{format_} takes no outputFormatParams; {known[0]} is for csv, html and xlsx.")
    if format_ != "csv" and any(param in SEPARATORS for param in known):
        raise Problem(400, title, f"Only csv has separators; {format_} has none.")
    if sum(param in SEPARATORS for param in known) > 1:
        raise Problem(400, title, f"Choose one separator of {', '.join(SEPARATORS)}.")
    if sum(param in (CODES, TEXTS, BOTH) for param in known) > 1:
        raise Problem(400, title, f"Choose one of {CODES}, {TEXTS} and {BOTH}.")
    return Rendering(format_, known)
