"""Every name and number that leads to a place, from A to Å and then by number: what the search knows, on one page that needs no server.

Official names in every language, names of earlier and later years with the year, Sámi names in daily use, and the numbers of
all of them. A browser's own search on the page finds what the site's search would.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from introstat.site.other_names import OtherName, other_names
from introstat.site.page import Ask, Crumb, Page, crumbs
from introstat.site.search import alphabetic
from introstat.site.words import word

NUMBERS: Final = "0–9"
_LETTERS: Final = {"~1": "Æ", "~2": "Ø", "~3": "Å"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A name or number, the place it leads to, its language where that is known, and since or until when it is another's."""

    text: str
    place: Mapping[str, Any]
    lang: str = ""
    kind: str = ""
    year: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """Where it stands in the list."""
        return alphabetic({"name": self.text, "code": self.place["code"]})

    @property
    def letter(self) -> str:
        """The heading it stands under."""
        first = self.key[0]
        return NUMBERS if first[:1].isdigit() else _LETTERS.get(first[:2], first[:1].upper())


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
    """Every name once for each place it leads to."""
    found: dict[tuple[str, str], Entry] = {}
    for code, place in everywhere.items():
        if code == "0":
            continue
        for name in place["names"]:
            found.setdefault((name["text"], code), Entry(name["text"], place, lang=name["lang"]))
        if code.isdigit():  # a region beside the counties has a code of our own, which nobody looks for
            found[code, code] = Entry(code, place)
    for other in others:
        if other.place in everywhere:
            entry = Entry(other.text, everywhere[other.place], kind=other.kind, year=other.year)
            found.setdefault((other.text, other.place), entry)
    return list(found.values())


def _from_a_to_aa(entry: Entry) -> tuple[bool, str, str, int]:
    return entry.letter == NUMBERS, *entry.key, entry.year


def _letter(entry: Entry) -> str:
    return entry.letter
