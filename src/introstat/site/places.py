"""The pages of places: one place with all it shows beside others and over time, and the list with its search.

Every number comes from the edition's own documents and tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from introstat.publish.formats import wilson
from introstat.site.article import feedback_block
from introstat.site.division import newest_division
from introstat.site.library import Book
from introstat.site.other_names import other_names
from introstat.site.page import LONGEST_SEARCH, SEARCH, Ask, Crumb, Elsewhere, Page, Trouble, crumbs
from introstat.site.results import band_edges, pooled_of
from introstat.site.search import alphabetic, find_places
from introstat.site.series import series_of
from introstat.site.similar import similar
from introstat.site.tables import COUNTIES
from introstat.site.words import word
from introstat.vocabulary.places import LINKED, NOT_STATED, Level
from introstat.vocabulary.tables import Status
from introstat.vocabulary.texts import Language

_OF_CITY: Final = 4
"""Where the number of a district begins in its code."""
_WORTH_FOLDING: Final = 4
"""How many places without a number are told apart from a table: fewer are no hindrance to reading it."""
_WITH_SIBLINGS: Final = frozenset({Level.MUNICIPALITY.value, Level.DISTRICT.value})


def place(ask: Ask) -> Page:
    """One place: what it shows, or why it shows nothing."""
    book = ask.book()
    document = book.places(ask.language)
    places = document["places"]
    code = ask.parts.get("code", "0")
    found = places.get(code)
    if found is None:
        raise Trouble(404, "place", instead=_of_another_year(ask, places, code))
    article = book.article(ask.language)
    above = [places[step] for step in found["path"] if step != code and step in places]
    return Page(
        "place.html",
        title=found["title"],
        description=found["description"],
        context={
            "place": found,
            "above": above,
            "children": children_of(places, code),
            "lies_in": regions_of(places, found),
            "covers": counties_of(places, found),
            "now": newest_division(code, book.number.year),
            "within": regions_within(places, found),
            "together": _together(places, found, ask.language),
            "beside": _beside(places) if code == "0" else (),
            "siblings": children_of(places, found["parent"]) if found["level"] in _WITH_SIBLINGS else (),
            "pooled": pooled_of(book, found, ask.language),
            "comparison": compared(book, [found, *reversed(above)], ask.language),
            "similar": similar(book, found, ask.language),
            "series": series_of(ask.shelf, book, found, ask.language),
            "article": article,
            "labels": document.get("labels", {}),
            "feedback_block": feedback_block(article),
        },
        book=book,
        edition=ask.parts["edition"],
        crumbs=[
            *crumbs(ask, release_too=True),
            Crumb(word(ask.language, "nav.places"), ask.at.places),
            *(Crumb(step["name"], ask.at.place(step["code"])) for step in _steps(above, code)),
        ],
        here=found["name"],
        section="places",
        script=SEARCH,
    )


def _steps(above: Sequence[Mapping[str, Any]], code: str) -> Sequence[Mapping[str, Any]]:
    """The places on the way down to one; of a county that is one municipality, only the municipality."""
    codes = {code, *(step["code"] for step in above)}
    return [
        step
        for step in above
        if step["code"] != "0" and not (len(step["children"]) == 1 and codes >= set(step["children"]))
    ]


def _of_another_year(ask: Ask, everywhere: Mapping[str, Mapping[str, Any]], code: str) -> Sequence[Crumb]:
    """The places of the year that a code of another year covers: 3025 is Asker from 2020, and 0220, 0627 and 0628 before."""
    others = other_names(ask.book().number.year)
    return [
        Crumb(
            f"{hit.place['name']}. {word(ask.language, f'search.{hit.by}', name=hit.text, year=hit.year)}",
            ask.at.place(hit.place["code"]),
        )
        for hit in find_places(everywhere, code, others=others)
        if hit.by in ("earlier", "later")
    ]


def places(ask: Ask) -> Page | Elsewhere:
    """All places, or those a search finds; the only one found is shown at once."""
    book = ask.book()
    everywhere = book.places(ask.language)["places"]
    asked = ask.query.get("sok", "").strip()
    if len(asked) > LONGEST_SEARCH:
        raise Trouble(400, "query")
    hits = find_places(everywhere, asked, others=other_names(book.number.year)) if asked else ()
    if len(hits) == 1 and hits[0].by == "name":
        return Elsewhere(ask.at.place(hits[0].place["code"]))
    title = word(ask.language, "places.title", year=book.number.year)
    return Page(
        "places.html",
        title=title,
        description=word(ask.language, "places.lead"),
        context={
            "asked": asked,
            "offered": names_offered(everywhere),
            "hits": hits,
            "guessed": bool(hits) and all(hit.by == "near" for hit in hits),
            "country": everywhere.get("0"),
            "counties": [(county, children_of(everywhere, county["code"])) for county in children_of(everywhere, "0")],
            "beside": _beside(everywhere),
            "cities": _cities(everywhere),
        },
        book=book,
        edition=ask.parts["edition"],
        crumbs=crumbs(ask, release_too=True),
        here=word(ask.language, "nav.places"),
        section="places",
        reads=frozenset({"sok"}),
        script=SEARCH,
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """A place beside others: its result as told, as a length in per cent, and how sure it is; or its band from edge to edge."""

    place: Mapping[str, Any]
    value: float | None
    low: float | None
    high: float | None
    behind: str
    band: tuple[float, float] | None


def compared(book: Book, among: Sequence[Mapping[str, Any]], language: Language) -> Sequence[Bar]:
    """The results of a place, its county and the country, as bars. Empty where there is nothing to compare with."""
    # A county that is one municipality (Oslo) is the same people: it says nothing beside its municipality.
    codes = {entry["code"] for entry in among}
    told = [entry for entry in among if not (len(entry["children"]) == 1 and codes >= set(entry["children"]))]
    bars = [_bar(book, entry, language) for entry in told]
    return bars if len(bars) > 1 and any(bar.value is not None or bar.band is not None for bar in bars) else ()


def share_value(book: Book, part: object, language: Language) -> float | None:
    """The number of a figure that is one cell in per cent, or None: what a bar may be drawn from."""
    if not isinstance(part, Mapping) or part.get("format") != "percent" or part.get("status"):
        return None
    (name, *codes) = part["cells"][0]
    return book.table(name, language).cell_at(codes).value


def share_of(book: Book, part: Mapping[str, Any], whole: Mapping[str, Any], language: Language) -> float | None:
    """How large a part of a whole a count is, in per cent; None where it is not shown or the whole is nobody."""
    if part.get("format") != "count" or part.get("status"):
        return None
    value, of = (
        book.table(name, language).cell_at(codes).value for name, *codes in (part["cells"][0], whole["cells"][0])
    )
    return round(100 * value / of, 1) if value is not None and of else None


def _bar(book: Book, entry: Mapping[str, Any], language: Language) -> Bar:
    value = share_value(book, entry["result"], language)
    low = high = None
    interval = next(_figures_of(entry, "wilson-low"), None)
    if value is not None and interval is not None:
        counts = [book.table(name, language).cell_at(codes).value for name, *codes in interval["cells"]]
        if len(counts) == 2 and counts[0] is not None and counts[1]:
            low, high = (100 * bound for bound in wilson(int(counts[0]), int(counts[1])))
    ended = entry["ended"]
    behind = "" if ended.get("status") else ended["text"]
    return Bar(entry, value, low, high, behind, band_edges(book, entry, language))


def _figures_of(entry: Mapping[str, Any], wanted: str) -> Any:
    texts = [entry["lead"], *entry["sentences"], *(figure["detail"] for figure in entry["key_figures"])]
    return (part for text in texts for part in text if isinstance(part, Mapping) and part.get("format") == wanted)


def names_offered(everywhere: Mapping[str, Mapping[str, Any]]) -> Sequence[str]:
    """Every official name of every place, for a browser to offer while a reader types."""
    named = {name["text"]: place for place in everywhere.values() for name in place["names"] if place["code"] != "0"}
    return sorted(named, key=lambda name: alphabetic({"name": name, "code": named[name]["code"]}))


def children_of(everywhere: Mapping[str, Mapping[str, Any]], code: str) -> Sequence[Mapping[str, Any]]:
    """The places within a place, in the order of the alphabet; the district of those not stated last."""
    found = everywhere.get(code)
    children = [everywhere[child] for child in found["children"] if child in everywhere] if found else []
    return sorted(children, key=lambda place: (place["code"].endswith(NOT_STATED, _OF_CITY), *alphabetic(place)))


def without_numbers(
    children: Sequence[Mapping[str, Any]],
) -> tuple[Sequence[Mapping[str, Any]], Mapping[str, Sequence[Mapping[str, Any]]]]:
    """Those of some places that show a number, and those that show none, under the reason; few of the latter stay in line."""
    reasons = {Status.HIDDEN.value: "number_hidden", Status.NOT_AVAILABLE.value: "missing"}
    silent: dict[str, list[Mapping[str, Any]]] = {why: [] for why in reasons.values()}
    told: list[Mapping[str, Any]] = []
    for child in children:
        why = reasons.get(child["ended"].get("status", ""))
        (told if why is None else silent[why]).append(child)
    if len(children) - len(told) < _WORTH_FOLDING:
        return children, {}
    return told, {why: those for why, those in silent.items() if those}


def regions_of(everywhere: Mapping[str, Mapping[str, Any]], found: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The regions a place lies in: a municipality's own; a county's are those that every municipality of it lies in."""
    if found["level"] != Level.COUNTY.value:
        return [everywhere[region] for region in found.get("lies_in", ()) if region in everywhere]
    shared = [set(place.get("lies_in", ())) for place in children_of(everywhere, found["code"])]
    return [
        everywhere[region] for region in sorted(set.intersection(*shared) if shared else ()) if region in everywhere
    ]


def regions_within(
    everywhere: Mapping[str, Mapping[str, Any]], found: Mapping[str, Any]
) -> Sequence[Mapping[str, Any]]:
    """The economic regions with municipalities in a county, where there is more than the county itself to choose from."""
    if found["level"] != Level.COUNTY.value:
        return ()
    codes = {region for place in children_of(everywhere, found["code"]) for region in place.get("lies_in", ())}
    regions = [everywhere[code] for code in codes if code in everywhere]
    inside = [place for place in regions if place["level"] == Level.ECONOMIC_REGION.value]
    return sorted(inside, key=alphabetic) if len(inside) > 1 else ()


def counties_of(everywhere: Mapping[str, Mapping[str, Any]], found: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The counties that the municipalities of a region beside the counties lie in."""
    if found["level"] not in {level.value for level in LINKED}:
        return ()
    codes = {place["parent"] for place in children_of(everywhere, found["code"])}
    return sorted((everywhere[code] for code in codes if code in everywhere), key=alphabetic)


def _together(
    everywhere: Mapping[str, Mapping[str, Any]], found: Mapping[str, Any], language: Language
) -> tuple[str, str]:
    """The nearest places that can be seen side by side: those within a place, else those it is one of, else the counties."""
    for code in (found["code"], found["parent"]):
        around = everywhere.get(code or "")
        if around is not None and len(children_of(everywhere, around["code"])) > 1 and code != "0":
            within = "together_districts" if around["level"] == Level.MUNICIPALITY.value else "together"
            return code, word(language, f"compare.{within}", place=around["name"])
    return COUNTIES, word(language, "compare.together_counties")


def _cities(
    everywhere: Mapping[str, Mapping[str, Any]],
) -> Sequence[tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]]:
    """The municipalities that are divided into districts, each with these."""
    cities = [
        place for place in everywhere.values() if place["level"] == Level.MUNICIPALITY.value and place["children"]
    ]
    return [(city, children_of(everywhere, city["code"])) for city in sorted(cities, key=alphabetic)]


def _beside(everywhere: Mapping[str, Mapping[str, Any]]) -> Sequence[tuple[str, Sequence[Mapping[str, Any]]]]:
    """The regions beside the counties, by their level; a level that the edition does not have is left out."""
    by_level = {
        level.value: [place for place in everywhere.values() if place["level"] == level.value] for level in LINKED
    }
    return [(level, sorted(places, key=alphabetic)) for level, places in by_level.items() if places]
