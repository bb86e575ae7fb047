"""Finding a place by what a person types: a name in any language, without accents, in part, misspelt, old or new, or a code.

find_places(places, "bomlo")                                    →  Bømlo
find_places(places, "lillestrom", others=other_names(2016))     →  Fet, Skedsmo, Sørum: in Lillestrøm from 2020
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

from introstat.site.other_names import OtherName
from introstat.site.spelling import near

LETTERS: Final = str.maketrans({"ø": "o", "æ": "ae", "å": "a", "đ": "d", "ŋ": "n", "ŧ": "t", "-": " ", "–": " "})
_LAST: Final = str.maketrans({"æ": "~1", "ø": "~2", "å": "~3"})
KINDS: Final = re.compile(
    r"\b(fylkeskommune|kommune|fylke|bydel|district|municipality|county|suohkan|gielda|tjielte|fylka)\b"
)
_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that was found, and by what: its own name, another name with its year, or a name spelt nearly so.

    ``kind`` says what a name spelt nearly so is, where it is not the place's own.
    """

    place: Mapping[str, Any]
    by: Literal["name", "earlier", "later", "near"] = "name"
    text: str = ""
    year: int = 0
    kind: Literal["", "earlier", "later", "sami"] = ""


def find_places(
    places: Mapping[str, Mapping[str, Any]],
    asked: str,
    *,
    others: Sequence[OtherName] = (),
    is_unfinished: bool = False,
) -> Sequence[Hit]:
    """The places that answer to a text, best first: the code, the whole name, its beginning, a part, a near spelling.

    A whole name hides weaker answers: "Os" is Os, not every place with "os" in it. Where the text ``is_unfinished``, those that
    begin with it follow: "Os" may become Oslo. A place's own name comes before what it was called once or will be called.
    """
    wanted = _without_kind(folded(asked))
    if not wanted:
        return ()
    others = [other for other in others if other.place in places]
    if wanted.isascii() and wanted.isdigit():
        return _by_number(places, wanted, others=others, is_unfinished=is_unfinished)
    named = [(names_of(place), place) for place in places.values()]
    known = [(folded(other.text), other) for other in others if not other.text.isdigit()]
    found: list[Hit] = []
    for fits in (_is_whole, _is_beginning, _is_part):
        own = [Hit(place) for names, place in named if any(fits(name, wanted) for name in names)]
        also = [
            _by_other(places, other) for name, other in known if fits(name, wanted) and not (found and name == wanted)
        ]
        if own and fits is _is_whole:
            also = [hit for hit in also if hit.by == "name"]
        found += _in_order([*own, *also])
        if found and not (is_unfinished and fits is _is_whole):
            return _once(found)[:_MOST]
    if found:
        return found
    close = set(near(wanted, [*(name for names, _ in named for name in names), *(name for name, _ in known)]))
    found = [Hit(place, "near", text_of(place, close)) for names, place in named if close & set(names)]
    found += [
        Hit(places[other.place], "near", other.text, other.year, other.kind) for name, other in known if name in close
    ]
    return _in_order(found)


def _by_number(
    places: Mapping[str, Mapping[str, Any]], wanted: str, *, others: Sequence[OtherName], is_unfinished: bool
) -> Sequence[Hit]:
    found: list[Hit] = []
    for fits in (_is_whole, _is_beginning) if is_unfinished else (_is_whole,):
        own = [Hit(place) for code, place in places.items() if fits(code, wanted) and code != "0"]
        also = [_by_other(places, other) for other in others if other.text.isdigit() and fits(other.text, wanted)]
        found += own or also
    return _once(found)[:_MOST]


def text_of(place: Mapping[str, Any], close: Collection[str]) -> str:
    """Which of a place's official names it was that was near."""
    texts: list[str] = [place["name"], *(name["text"] for name in place["names"])]
    return next((text for text in texts if folded(text) in close), texts[0])


def _by_other(places: Mapping[str, Mapping[str, Any]], other: OtherName) -> Hit:
    place = places[other.place]
    return Hit(place) if other.kind == "sami" else Hit(place, other.kind, other.text, other.year)


def _in_order(found: Sequence[Hit]) -> Sequence[Hit]:
    return sorted(_without_doubles(_once(found)), key=own_and_larger_first)[:_MOST]


def _once(found: Sequence[Hit]) -> Sequence[Hit]:
    """Every place once, by what it was found by first."""
    first: dict[str, Hit] = {}
    for hit in found:
        first.setdefault(hit.place["code"], hit)
    return list(first.values())


def _without_doubles(found: Sequence[Hit]) -> Sequence[Hit]:
    """Leaves out a county that is one municipality, where that municipality is found too: they are the same people."""
    codes = {hit.place["code"] for hit in found}
    return [hit for hit in found if len(hit.place["children"]) != 1 or not codes & set(hit.place["children"])]


def _without_kind(wanted: str) -> str:
    """What is left of "Bømlo kommune" without the kind of place; all of it where nothing is left."""
    return " ".join(KINDS.sub(" ", wanted).split()) or wanted


def alphabetic(place: Mapping[str, Any]) -> tuple[str, str]:
    """Where a place stands in a Norwegian list of names: æ, ø and å last, other accents passed over."""
    return _sorted_as(place["name"]), place["code"]


@lru_cache(maxsize=4_000)
def _sorted_as(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.casefold().replace("aa", "å").translate(_LAST))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def folded(text: str) -> str:
    """A text as it is compared: small letters, no accents, single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(LETTERS))
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).translate(LETTERS).split())


def names_of(place: Mapping[str, Any]) -> tuple[str, ...]:
    """Every name a place answers to, folded; one with its county in brackets answers without it too."""
    told = {place["name"], place["label"], *(name["text"] for name in place["names"])}
    return tuple({folded(name) for text in told for name in (text, text.partition(" (")[0])})


def _is_whole(name: str, wanted: str) -> bool:
    return name == wanted


def _is_beginning(name: str, wanted: str) -> bool:
    return name.startswith(wanted)


def _is_part(name: str, wanted: str) -> bool:
    return len(wanted) > 1 and wanted in name


def own_and_larger_first(hit: Hit) -> tuple[bool, int, str]:
    """Where a place stands among those found."""
    return hit.by != "name", len(hit.place["code"]), folded(hit.place["name"])
