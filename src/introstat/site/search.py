"""Finding a place by what a person types: its name in any of its languages, without accents, in part, or its code.

find_places(places, "bomlo")  →  Bømlo        find_places(places, "0219")  →  Bærum
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

_LETTERS: Final = str.maketrans({"ø": "o", "æ": "ae", "å": "a", "đ": "d", "ŋ": "n", "ŧ": "t", "-": " ", "–": " "})
_LAST: Final = str.maketrans({"æ": "~1", "ø": "~2", "å": "~3"})
_MOST: Final = 50


def find_places(places: Mapping[str, Mapping[str, Any]], asked: str) -> Sequence[Mapping[str, Any]]:
    """The places that answer to a text, best first: the code, the whole name, its beginning, a part, a near spelling.

    A whole name hides weaker answers: "Os" is Os, not every place with "os" in it.
    """
    wanted = folded(asked)
    if not wanted:
        return ()
    if wanted.isascii() and wanted.isdigit():
        return [place for code, place in places.items() if code == wanted and code != "0"]
    named = [(names_of(place), place) for place in places.values()]
    for fits in (_is_whole, _is_beginning, _is_part):
        found = [place for names, place in named if any(fits(name, wanted) for name in names)]
        if found:
            return sorted(_without_doubles(found), key=_larger_first)[:_MOST]
    every = sorted({name for names, _ in named for name in names})
    near = set(get_close_matches(wanted, every, n=5, cutoff=0.75))
    return [place for names, place in named if near & set(names)]


def _without_doubles(found: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Leaves out a county that is one municipality, where that municipality is found too: they are the same people."""
    codes = {place["code"] for place in found}
    return [place for place in found if len(place["children"]) != 1 or not codes & set(place["children"])]


def alphabetic(place: Mapping[str, Any]) -> tuple[str, str]:
    """Where a place stands in a Norwegian list of names: æ, ø and å last, other accents passed over."""
    kept = place["name"].casefold().replace("aa", "å").translate(_LAST)
    plain = unicodedata.normalize("NFKD", kept)
    return "".join(sign for sign in plain if not unicodedata.combining(sign)), place["code"]


def folded(text: str) -> str:
    """A text as it is compared: small letters, no accents, single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return " ".join("".join(sign for sign in plain if not unicodedata.combining(sign)).translate(_LETTERS).split())


def names_of(place: Mapping[str, Any]) -> tuple[str, ...]:
    """Every name a place answers to, folded."""
    return tuple({folded(place["name"]), folded(place["label"]), *(folded(name["text"]) for name in place["names"])})


def _is_whole(name: str, wanted: str) -> bool:
    return name == wanted


def _is_beginning(name: str, wanted: str) -> bool:
    return name.startswith(wanted)


def _is_part(name: str, wanted: str) -> bool:
    return len(wanted) > 1 and wanted in name


def _larger_first(place: Mapping[str, Any]) -> tuple[int, str]:
    return len(place["code"]), folded(place["name"])
