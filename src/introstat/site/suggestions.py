"""Places offered while a reader types: what the search would find, short, for the script that shows it under the field.

    /2016/steder/forslag.json?sok=bomlo  →  {"told": "1 forslag.", "note": "", "places": [{"names": …, "about": …, …}]}

Everything is told in the language of the address, so that the script has no words of its own. The search itself is the one
behind the plain form, which works without any of this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import orjson

from introstat.site.other_names import other_names
from introstat.site.page import LONGEST_SEARCH, Ask, Told, Trouble
from introstat.site.search import Hit, find_places
from introstat.site.words import word
from introstat.vocabulary.places import Level

if TYPE_CHECKING:
    from introstat.vocabulary.texts import Language

MOST: Final = 8
"""How many places are offered; more are found by typing on."""
_WITHIN: Final = frozenset({Level.MUNICIPALITY.value, Level.DISTRICT.value})


def suggestions(ask: Ask) -> Told:
    """The places that answer to what is typed so far. Raises Trouble for a text longer than the field takes."""
    book = ask.book()
    everywhere = book.places(ask.language)["places"]
    asked = ask.query.get("sok", "").strip()
    if len(asked) > LONGEST_SEARCH:
        raise Trouble(400, "query")
    hits = find_places(everywhere, asked, others=other_names(book.number.year), is_unfinished=True)
    told, note = _said_of(hits, ask.language) if asked else ("", "")
    document = {
        "told": told,
        "note": note,
        "places": [
            {
                "names": names_with_language(hit.place, ask.language),
                "about": about(hit.place, everywhere, ask.language),
                "why": why(hit, ask.language),
                "address": ask.at.place(hit.place["code"]),
            }
            for hit in hits[:MOST]
        ],
    }
    return Told(orjson.dumps(document) + b"\n", book, frozenset({"sok"}))


def _said_of(hits: Sequence[Hit], language: Language) -> tuple[str, str]:
    """What is said aloud of the places found, and what is written above them where they do not speak for themselves."""
    if not hits:
        none = word(language, "search.none")
        return none, none
    if len(hits) > MOST:
        first = word(language, "search.first", count=MOST)
        return first, first
    many = word(language, "search.one") if len(hits) == 1 else word(language, "search.many", count=len(hits))
    if all(hit.by == "near" for hit in hits):
        near = word(language, "search.near")
        return f"{near} {many}", near
    return many, ""


def names_with_language(place: Mapping[str, Any], language: Language) -> Sequence[tuple[str, str]]:
    """A place's full name as its official names, each with its language where that is not the page's."""

    def told(lang: str) -> str:
        return "" if lang == language or (lang == "no" and language != "en") else lang

    names = place["names"]
    if place["label"] != " – ".join(name["text"] for name in names):
        found = next((name["lang"] for name in names if name["text"] == place["name"]), "no")
        return [(place["label"], told(found))]
    return [(name["text"], told(name["lang"])) for name in names]


def about(place: Mapping[str, Any], everywhere: Mapping[str, Mapping[str, Any]], language: Language) -> str:
    """What kind of place it is, and what it lies in where that has another name."""
    kind = word(language, f"places.{place['level']}")
    around = everywhere.get(place["parent"] or "") if place["level"] in _WITHIN else None
    if around is None or around["name"] == place["name"] or around["code"] == "0":
        return kind
    return word(language, "search.within", kind=kind, place=around["name"])


def why(hit: Hit, language: Language) -> str:
    """What a place was found by, where its name does not say so itself."""
    if (hit.kind or hit.by) == "earlier":
        return word(language, "search.was", name=hit.text, year=hit.year)
    if (hit.kind or hit.by) == "later":
        return word(language, "search.later", name=hit.text, year=hit.year)
    return word(language, "search.like", name=hit.text) if hit.by == "near" else ""
