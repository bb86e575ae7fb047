"""Up to eight places on one page, chosen by a plain form: bars with their uncertainty, and the numbers in a table.

    /2016/sammenlign/?steder=0301,1103&legg=bergen   →   /2016/sammenlign/?steder=0301,1103,1201

The address holds the whole choice. What is added is searched for as on the page of places; more than one answer is asked
back. A place without a result keeps its line, with the sign and no bar.

    /2016/sammenlign/?omraade=12   →   Hordaland, the country, and every municipality of Hordaland

The places that belong together are choices made beforehand: all counties, or an area with all its municipalities, however
many. They need no search and no form, so they stand in a copy of the site as files too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from introstat.site.library import Book
from introstat.site.other_names import other_names
from introstat.site.page import LONGEST_SEARCH, Ask, Crumb, Elsewhere, Page, Trouble, crumbs
from introstat.site.places import children_of
from introstat.site.results import Pooled, pooled_of, result_of
from introstat.site.search import Hit, alphabetic, find_places
from introstat.site.tables import AREA, AROUND, COUNTIES
from introstat.site.words import word
from introstat.vocabulary.places import Level
from introstat.vocabulary.texts import Language

MOST: Final = 8
FIELD: Final = "steder"
ADD: Final = "legg"
_LEVELS: Final = {COUNTIES: Level.COUNTY, "imdiregioner": Level.IMDI_REGION}
"""The levels whose places are few enough to stand side by side, by the words for them in an address."""


def compare(ask: Ask) -> Page | Elsewhere:
    """The places the address names beside one another. Raises Trouble for a code that is no place of the year."""
    book = ask.book()
    everywhere = book.places(ask.language)["places"]
    if ask.query.get(AREA):
        return _together(ask, everywhere)
    chosen = _chosen(ask, everywhere)
    wanted = ask.query.get(ADD, "").strip()
    if len(wanted) > LONGEST_SEARCH:
        raise Trouble(400, "query")
    hits: Sequence[Hit] = ()
    if wanted and len(chosen) < MOST:
        hits = find_places(everywhere, wanted, others=other_names(book.number.year))
        if len(hits) == 1:
            return Elsewhere(address(ask, [*chosen, hits[0].place["code"]]))
    shown = [everywhere[code] for code in chosen]
    results = [result_of(book, place, ask.language) for place in shown]
    return Page(
        "compare.html",
        title=word(ask.language, "compare.title", year=book.number.year),
        description=word(ask.language, "compare.lead", most=MOST),
        context={
            "results": results,
            "pooled": _pooled(book, shown, ask.language),
            "chosen": ",".join(chosen),
            "wanted": wanted,
            "hits": [hit for hit in hits if hit.place["code"] not in chosen],
            "is_full": len(chosen) >= MOST,
            "most": MOST,
            "has_shown": any(result.why == "shown" for result in results),
            "with_more": lambda code: address(ask, [*chosen, code]),
            "without": lambda code: address(ask, [other for other in chosen if other != code]),
            "suggestion": address(ask, _suggested(everywhere)),
            "ready": ready(ask, everywhere),
            "area": "",
            "choice": f"{FIELD}={','.join(chosen)}",
        },
        book=book,
        edition=ask.parts["edition"],
        crumbs=[*crumbs(ask, release_too=True), Crumb(word(ask.language, "nav.places"), ask.at.places)],
        here=word(ask.language, "compare.name"),
        section="places",
        reads=frozenset({FIELD, ADD, AREA}),
    )


@dataclass(frozen=True, slots=True)
class Ready:
    """Choices made beforehand of one kind: what they are called together, and each with its name and its address."""

    label: str
    choices: Sequence[tuple[str, str]]


def ready(ask: Ask, everywhere: Mapping[str, Mapping[str, Any]]) -> Sequence[Ready]:
    """The choices made beforehand. An area of one municipality is none: there is nothing to set side by side."""
    by_level: dict[str, list[Mapping[str, Any]]] = {}
    for place in sorted(everywhere.values(), key=alphabetic):
        by_level.setdefault(place["level"], []).append(place)
    levels = [(name, level) for name, level in _LEVELS.items() if level.value in by_level]
    areas = [
        Ready(
            word(ask.language, f"compare.within_{level.value}"),
            [(place["name"], together(ask, place["code"])) for place in found],
        )
        for level in (*AROUND, Level.MUNICIPALITY)
        if (
            found := [
                place
                for place in by_level.get(level.value, ())
                if sum(child in everywhere for child in place["children"]) > 1
            ]
        )
    ]
    whole = [(word(ask.language, f"rank.{name}"), together(ask, name)) for name, _ in levels]
    return [Ready(word(ask.language, "compare.levels"), whole), *areas]


def together(ask: Ask, area: str) -> str:
    """The address of a choice made beforehand."""
    return f"{ask.at.compare}?{urlencode({AREA: area})}"


def _together(ask: Ask, everywhere: Mapping[str, Mapping[str, Any]]) -> Page:
    book, area = ask.book(), ask.query[AREA]
    if ask.query.get(FIELD) or ask.query.get(ADD):
        raise Trouble(400, "query")
    country = everywhere["0"]
    of_level = [place for place in everywhere.values() if area in _LEVELS and place["level"] == _LEVELS[area].value]
    if of_level:
        shown = [country, *sorted(of_level, key=alphabetic)]
        title = word(ask.language, f"compare.title_{area}", year=book.number.year)
    elif area not in ("0", *_LEVELS) and children_of(everywhere, area):
        found = everywhere[area]
        shown = [found, country, *children_of(everywhere, area)]
        within = "title_districts" if found["level"] == Level.MUNICIPALITY.value else "title_within"
        title = word(ask.language, f"compare.{within}", place=found["name"], year=book.number.year)
    else:
        raise Trouble(404, "place")
    results = [result_of(book, place, ask.language) for place in shown]
    return Page(
        "compare.html",
        title=title,
        description=word(ask.language, "compare.lead_together"),
        context={
            "results": results,
            "pooled": _pooled(book, shown, ask.language),
            "chosen": "",
            "wanted": "",
            "hits": (),
            "is_full": False,
            "most": MOST,
            "has_shown": any(result.why == "shown" for result in results),
            "ready": ready(ask, everywhere),
            "area": area,
            "choice": urlencode({AREA: area}),
        },
        book=book,
        edition=ask.parts["edition"],
        crumbs=[
            *crumbs(ask, release_too=True),
            Crumb(word(ask.language, "nav.places"), ask.at.places),
            Crumb(word(ask.language, "compare.name"), ask.at.compare),
        ],
        here=title,
        section="places",
        reads=frozenset({AREA}),
    )


def _pooled(book: Book, places: Sequence[Mapping[str, Any]], language: Language) -> Sequence[Pooled]:
    return [found for place in places if (found := pooled_of(book, place, language)) is not None]


def address(ask: Ask, codes: Sequence[str]) -> str:
    """The address of a choice; each place once, in the order they were chosen."""
    once = ",".join(dict.fromkeys(codes))
    return f"{ask.at.compare}?{urlencode({FIELD: once}, safe=',')}" if once else ask.at.compare


def _chosen(ask: Ask, everywhere: dict[str, Any]) -> list[str]:
    codes = [code for code in ask.query.get(FIELD, "").split(",") if code]
    if len(codes) > MOST or len(set(codes)) < len(codes):
        raise Trouble(400, "compare")
    if any(code not in everywhere for code in codes):
        raise Trouble(404, "place")
    return codes


def _suggested(everywhere: dict[str, Any]) -> Sequence[str]:
    """A first choice to try: the country and its two first counties."""
    return ["0", *[code for code in everywhere["0"]["children"] if code in everywhere][:2]]
