"""The edition's texts as HTML: figures with their signs, places with their language, links out.

A sign is shown and said differently: a reader sees `:`, a screen reader hears the word for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape

from introstat.publish.formats import per_cent, render, thousands
from introstat.publish.voice import FIRST_YEAR
from introstat.site.words import words
from introstat.vocabulary.tables import Status

if TYPE_CHECKING:
    from introstat.site.addresses import Addresses
    from introstat.site.jsonstat import Cell
    from introstat.site.library import Book
    from introstat.site.results import Pooled, Result
    from introstat.vocabulary.texts import Language

_SIGN: Final = Markup('<span class="sign"><span aria-hidden="true">{}</span><span class="ds-sr-only">{}</span></span>')
_PLACE: Final = Markup('<a class="ds-link" href="{}"{}>{}</a>')
_OUT: Final = Markup('<a class="ds-link" href="{}">{}</a>')
_LANG: Final = Markup(' lang="{}"')
_QUOTED: Final = Markup('<span lang="{}">{}</span>')
_SEAMS: Final = re.compile(r"(?i)(?<=introduksjons)(?=program)|(?<=konfidens)(?=intervall)")
_SAFE: Final = ("https://", "http://", "mailto:", "/", "#")


def parts(text: Iterable[Any], *, at: Addresses | None) -> Markup:
    """A text of an article or a place. A link that is not an ordinary address is shown as its text alone."""
    return Markup("").join(_part(part, at) for part in text)


def soft(title: str) -> Markup:
    """A text whose longest words may be broken where they are put together, for narrow screens."""
    return Markup("&shy;").join(escape(piece) for piece in _SEAMS.split(title))


def picture(book: Book, path: str) -> Markup:
    """A chart of the edition, to stand in a page: its own title and description make it one image to a screen reader."""
    return Markup(book.read(path).decode())


def has_place(text: Iterable[Any]) -> bool:
    """Whether a text holds a link to a place already."""
    return any(isinstance(part, Mapping) and "place" in part for part in text)


def name_lang(place: Mapping[str, Any], *, language: Language) -> Markup:
    """The language attribute of a place's name, where it is not the page's language."""
    found = next((name["lang"] for name in place["names"] if name["text"] == place["name"]), "no")
    return Markup("") if found == "no" and language != "en" else _LANG.format(found)


def full_name(place: Mapping[str, Any], *, language: Language) -> Markup:
    """A place's full name, each of its official names in its own language."""
    names = place["names"]
    if place["label"] != " – ".join(name["text"] for name in names):
        return Markup("<span{}>{}</span>").format(name_lang(place, language=language), place["label"])
    spans = (
        Markup("<span{}>{}</span>").format(
            ""
            if name["lang"] == language or (name["lang"] == "no" and language != "en")
            else _LANG.format(name["lang"]),
            name["text"],
        )
        for name in names
    )
    return Markup(" – ").join(spans)


def cell(found: Cell, *, language: Language, code: str = "") -> Markup:
    """A cell of a table: a number with its sign where it is preliminary, or the sign alone, with the word for it.

    A number under a ``code`` of years is a year, and has no space between its thousands.
    """
    if found.value is None:
        return sign(found.status or ".", language=language)
    number = found.value
    if code == FIRST_YEAR:
        text = escape(str(int(number)))
    else:
        text = escape(thousands(int(number), language=language) if float(number).is_integer() else str(number))
    return text + sign(found.status, language=language) if found.status else text


def starred(part: Any, *, at: Addresses | None, language: Language) -> Markup:
    """A figure that stands alone, in a table or in large type: with its sign where it is preliminary.

    In running text the sign would stand in the way of the reading; there the page says it once, at the top.
    """
    shown = _part(part, at)
    is_preliminary = isinstance(part, Mapping) and part.get("preliminary")
    return shown + sign(Status.PRELIMINARY.value, language=language) if is_preliminary else shown


def starred_percent(number: int, *, star: str, language: Language) -> Markup:
    """A share in whole per cent, with the sign where it is preliminary."""
    return escape(per_cent(number, language=language)) + (sign(star, language=language) if star else Markup(""))


def share_cell(found: Cell, *, language: Language) -> Markup:
    """A cell that is a share in whole per cent: the number with its sign, or the sign alone."""
    if found.value is None:
        return sign(found.status or ".", language=language)
    return starred_percent(int(found.value), star=found.status, language=language)


@cache
def sign(text: str, *, language: Language) -> Markup:
    """A sign as it is seen and as it is said."""
    spoken = next((entry["name"] for entry in words(language)["signs"]["list"] if entry["sign"] == text), text)
    return _signed(text, spoken)


@cache
def _signed(text: str, spoken: str) -> Markup:
    return _SIGN.format(text, spoken)


def lower_first(text: str) -> str:
    """A sentence to stand after a colon."""
    return text[:1].lower() + text[1:]


def interval(result: Result | Pooled, *, language: Language) -> str:
    """The interval of a shown result in whole per cent, rounded outwards: `38–61 %`; empty where it is not shown."""
    if result.reached is None or not result.ended:
        return ""
    counts = (result.reached, result.ended)
    low, high = (render(name, counts, language=language) for name in ("wilson-low", "wilson-high"))
    return f"{low.rstrip('%').rstrip()}–\N{WORD JOINER}{high}"


def _part(part: Any, at: Addresses | None) -> Markup:
    if isinstance(part, str):
        return escape(part)
    text = part["text"]
    if "place" in part:
        lang = _LANG.format(part["lang"]) if part.get("lang") else Markup("")
        return _PLACE.format(at.place(part["place"]), lang, text) if at is not None else escape(text)
    if "href" in part:
        return _OUT.format(part["href"], text) if part["href"].startswith(_SAFE) else escape(text)
    if "cells" not in part:
        return _QUOTED.format(part["lang"], text)
    if part.get("status"):
        return _signed(text, part.get("spoken", text))
    # Every page has hundreds of these, and Markup.format reads its template anew each time.
    kind = "figure in-words" if part.get("format") == "band" else "figure"
    return Markup(f'<span class="{kind}">{escape(text)}</span>')
