"""Places offered while a reader types: what the search would find, short, for the script that shows it under the field.

    /2016/steder/forslag.json?sok=bomlo  →  {"told": "1 forslag.", "note": "", "places": [{"names": …, "about": …, …}]}

Everything is told in the language of the address, so that the script has no words of its own. The search itself is the one
behind the plain form, which works without any of this. A copy without a server holds a file of all names instead, and the
script looks through it by the same rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import orjson

from introstat.site.other_names import other_names
from introstat.site.page import LONGEST_SEARCH, Ask, Told, Trouble
from introstat.site.search import KINDS, LETTERS, Hit, find_places, folded, names_of, own_and_larger_first, text_of
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


def name_index(ask: Ask) -> Told:
    """Every name and number that leads to a place, with what the suggestions say, for a copy where nobody can be asked.

    Raises Trouble where there is a server to ask.
    """
    if not ask.is_export:
        raise Trouble(404, "page")
    book = ask.book()
    everywhere = book.places(ask.language)["places"]
    ranked = sorted(everywhere.values(), key=lambda place: own_and_larger_first(Hit(place)))
    number = {place["code"]: at for at, place in enumerate(ranked)}
    own = [
        *(
            (name, number[place["code"]], "", text_of(place, {name}))
            for place in ranked
            for name in sorted(names_of(place))
        ),
        # Those found by number stand in the order of the edition, as on the site.
        *((code, number[code], "", "") for code in everywhere if code.isdigit() and code != "0"),
    ]
    others = [other for other in other_names(book.number.year) if other.place in everywhere]
    document = {
        "most": MOST,
        "words": {
            "first": word(ask.language, "search.first", count=MOST),
            **{key: word(ask.language, f"search.{key}") for key in ("none", "one", "many", "near", "like")},
        },
        "letters": {chr(sign): plain for sign, plain in LETTERS.items()},
        "kinds": KINDS.pattern,
        "places": [
            {
                "names": names_with_language(place, ask.language),
                "about": about(place, everywhere, ask.language),
                "address": f"../{ask.at.place(place['code']).removeprefix(ask.at.release)}index.html",
            }
            for place in ranked
        ],
        "doubles": {
            str(number[place["code"]]): number[place["children"][0]]
            for place in ranked
            if len(place["children"]) == 1 and place["children"][0] in number
        },
        "names": own,
        "others": [
            (
                folded(other.text),
                number[other.place],
                _of_another_year(other.kind, other.text, other.year, ask.language),
                other.text,
            )
            for other in others
        ],
    }
    return Told(orjson.dumps(document) + b"\n", book)


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
    told = _of_another_year(hit.kind or hit.by, hit.text, hit.year, language)
    return told or (word(language, "search.like", name=hit.text) if hit.by == "near" else "")


def _of_another_year(kind: str, name: str, year: int, language: Language) -> str:
    key = {"earlier": "search.was", "later": "search.later"}.get(kind)
    return word(language, key, name=name, year=year) if key else ""
