"""Every name that leads to a place, from A to Å, with its numbers: what the search knows, on one page that needs no server.

Official names in every language, names of earlier and later years with the year, Sámi names in daily use. A place's own name
has its number beside it, and its numbers of other years. A browser's own search on the page finds what the site's would.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from introstat.site.other_names import OtherName, other_names
from introstat.site.page import Ask, Crumb, Page, crumbs
from introstat.site.search import alphabetic
from introstat.site.words import word

_LETTERS: Final = {"~1": "Æ", "~2": "Ø", "~3": "Å"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A name, its language where that is known, and the places it leads to.

    ``kind`` and ``year`` tell since or until when it is another's; ``numbers`` are those of the place whose own name it is.
    """

    text: str
    places: tuple[Mapping[str, Any], ...]
    lang: str = ""
    kind: str = ""
    year: int = 0
    numbers: tuple[OtherName, ...] = ()

    @property
    def is_own(self) -> bool:
        """Whether it is what its place is called on every page."""
        return bool(self.text == self.places[0]["name"])

    @property
    def key(self) -> tuple[str, str]:
        """Where it stands in the list."""
        return alphabetic({"name": self.text, "code": self.places[0]["code"]})

    @property
    def letter(self) -> str:
        """The heading it stands under."""
        first = self.key[0]
        return _LETTERS.get(first[:2], first[:1].upper())


def names(ask: Ask) -> Page:
    """The page of all names."""
    book = ask.book()
    everywhere = book.places(ask.language)["places"]
    found = sorted(entries(everywhere, other_names(book.number.year)), key=_from_a_to_aa)
    return Page(
        "names.html",
        title=word(ask.language, "names.title", year=book.number.year),
        description=word(ask.language, "names.lead"),
        context={"letters": [(letter, list(those)) for letter, those in groupby(found, key=_letter)]},
        book=book,
        edition=ask.parts["edition"],
        crumbs=[*crumbs(ask, release_too=True), Crumb(word(ask.language, "nav.places"), ask.at.places)],
        here=word(ask.language, "names.name"),
        section="places",
    )


def entries(everywhere: Mapping[str, Mapping[str, Any]], others: Sequence[OtherName]) -> Sequence[Entry]:
    """Every name once for each place of which it is the own, and once for each year that others had it."""
    numbers: defaultdict[str, list[OtherName]] = defaultdict(list)
    shared: defaultdict[tuple[str, str, int], list[Mapping[str, Any]]] = defaultdict(list)
    own = {(name["text"], code) for code, place in everywhere.items() for name in place["names"]}
    for other in others:
        if other.place not in everywhere or (other.text, other.place) in own:
            continue
        if other.text.isdigit():
            numbers[other.place].append(other)
        else:
            shared[other.text, other.kind, other.year].append(everywhere[other.place])
    found = [
        Entry(
            name["text"],
            (place,),
            lang=name["lang"],
            numbers=tuple(sorted(numbers[code], key=_by_year)) if name["text"] == place["name"] else (),
        )
        for code, place in everywhere.items()
        if code != "0"
        for name in place["names"]
    ]
    found += [
        Entry(text, tuple(sorted(places, key=alphabetic)), kind=kind, year=year)
        for (text, kind, year), places in shared.items()
    ]
    return found


def _by_year(other: OtherName) -> tuple[int, str]:
    return other.year, other.text


def _from_a_to_aa(entry: Entry) -> tuple[str, str, int]:
    return *entry.key, entry.year


def _letter(entry: Entry) -> str:
    return entry.letter
