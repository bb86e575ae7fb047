"""What each page shows: from what was asked for to a template and its values. Nothing is rendered or sent here.

A page function takes an `Ask` and gives a `Page`, or raises `Trouble` with the status and the reason that the error page
explains. Every number comes from the edition's own documents and tables.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from introstat.publish.formats import wilson
from introstat.site.addresses import Addresses, is_local
from introstat.site.boundaries import Outline
from introstat.site.evidence import statement_evidence
from introstat.site.library import Book, Shelf
from introstat.site.news import calendar
from introstat.site.other_names import other_names
from introstat.site.search import alphabetic, find_places
from introstat.site.series import series_of
from introstat.site.similar import similar
from introstat.site.tables import view_of
from introstat.site.words import word
from introstat.vocabulary.errors import EditionDamaged, NotFound
from introstat.vocabulary.places import LINKED
from introstat.vocabulary.texts import Language

LONGEST_QUERY: Final = 1_500
LONGEST_SEARCH: Final = 80


class Trouble(Exception):
    """A page that cannot be shown: the status, the key of the words that explain it, and where to look instead."""

    def __init__(self, status: int, reason: str, *, instead: Sequence[Crumb] = ()) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.instead = instead


@dataclass(frozen=True, slots=True)
class Ask:
    """What a reader asked for. ``parts`` are the variable pieces of the address, ``query`` the fields of a form.

    ``outlines`` are the borders there are, by year.
    """

    language: Language
    path: str
    shelf: Shelf
    parts: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    is_export: bool = False
    outlines: Mapping[int, Outline] = field(default_factory=dict)

    def book(self) -> Book:
        """The edition the address names. Raises Trouble."""
        try:
            return self.shelf.find(self.parts["edition"])
        except NotFound as error:
            raise Trouble(404, "edition") from error
        except EditionDamaged as error:
            raise Trouble(503, "damaged") from error

    @property
    def at(self) -> Addresses:
        """The addresses of the edition asked for, under the name it was asked for by."""
        return Addresses(self.language, self.parts["edition"])


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the path down to a page."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Page:
    """A template and what it shows.

    ``here`` is what the path down to it calls it; ``reads`` are the query fields it minds, others leave it unchanged.
    One that ``is_embedded`` may stand in a page of others.
    """

    template: str
    title: str
    description: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    book: Book | None = None
    edition: str = ""
    crumbs: Sequence[Crumb] = ()
    here: str = ""
    section: str = ""
    status: int = 200
    reads: frozenset[str] = frozenset()
    is_kept: bool = True
    is_embedded: bool = False


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The reader is better served at another address."""

    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file made for this reader's choice, to be saved under a name; ``reads`` as for a page."""

    content: bytes
    media_type: str
    name: str
    book: Book
    reads: frozenset[str] = frozenset()


Maker = Callable[[Ask], Page | Elsewhere | Attachment]


def front(ask: Ask) -> Page:
    """The front page: the newest figures in short, and the way to one's own place."""
    book = ask.shelf.newest
    if book is None:
        return Page("front.html", title=word(ask.language, "site.name"), context={"article": None}, section="front")
    article = book.article(ask.language)
    places = book.places(ask.language)["places"]
    editions = {year: [known.number for known in ask.shelf.of_year(year)] for year in ask.shelf.years}
    return Page(
        "front.html",
        title=word(ask.language, "site.name"),
        description=article["description"],
        context={
            "article": article,
            "counties": _in_published_order(article, _children(places, "0")),
            "editions": editions,
            "offered": names_offered(places),
        },
        book=book,
        edition=str(book.number.year),
        section="front",
    )


def release(ask: Ask) -> Page:
    """The release page of an edition."""
    book = ask.book()
    article = book.article(ask.language)
    return Page(
        "release.html",
        title=article["title"],
        description=article["description"],
        context={
            "article": article,
            "feedback_block": _feedback_block(article),
            "sections": [section for section in article["sections"] if not _is_feedback_only(section)],
            "calendar": calendar(ask.shelf, ask.language),
        },
        book=book,
        edition=ask.parts["edition"],
        crumbs=crumbs(ask),
        here=word(ask.language, "nav.results_of", year=ask.parts["edition"]),
        section="release",
    )


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
            "children": _children(places, code),
            "lies_in": [places[region] for region in found.get("lies_in", ()) if region in places],
            "beside": _beside(places) if code == "0" else (),
            "siblings": _children(places, found["parent"]) if found["level"] == "municipality" else (),
            "comparison": compared(book, [found, *reversed(above)], ask.language),
            "similar": similar(book, found, ask.language),
            "series": series_of(ask.shelf, book, found, ask.language),
            "article": article,
            "labels": document.get("labels", {}),
            "feedback_block": _feedback_block(article),
        },
        book=book,
        edition=ask.parts["edition"],
        crumbs=[
            *crumbs(ask, release_too=True),
            Crumb(word(ask.language, "nav.places"), ask.at.places),
            *(Crumb(step["name"], ask.at.place(step["code"])) for step in above if step["code"] != "0"),
        ],
        here=found["name"],
        section="places",
    )


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
            "counties": [(county, _children(everywhere, county["code"])) for county in _children(everywhere, "0")],
        },
        book=book,
        edition=ask.parts["edition"],
        crumbs=crumbs(ask, release_too=True),
        here=word(ask.language, "nav.places"),
        section="places",
        reads=frozenset({"sok"}),
    )


def tables(ask: Ask) -> Page:
    """The list of tables with everything to download."""
    book = ask.book()
    article = book.article(ask.language)
    return Page(
        "tables.html",
        title=word(ask.language, "tables.title", year=book.number.year),
        description=word(ask.language, "tables.lead"),
        context={"article": article, "tables": downloads(article), "others": other_downloads(article)},
        book=book,
        edition=ask.parts["edition"],
        crumbs=crumbs(ask, release_too=True),
        here=word(ask.language, "nav.tables"),
        section="tables",
    )


def table(ask: Ask) -> Page:
    """One table, a page of rows at a time, filtered by a plain form."""
    book = ask.book()
    name = ask.parts["table"]
    if name not in book.table_ids:
        raise Trouble(404, "table")
    stat = book.table(name, ask.language)
    document = book.places(ask.language)
    try:
        view = view_of(stat, document["places"], ask.query, language=ask.language)
    except (KeyError, ValueError) as error:
        raise Trouble(400, "query") from error
    article = book.article(ask.language)
    return Page(
        "table.html",
        title=stat.title,
        description=stat.title,
        context={
            "stat": stat,
            "view": view,
            "name": name,
            "places": document["places"],
            "download": next((entry for entry in downloads(article) if entry["id"] == name), None),
            "article": article,
            "page_address": lambda number: f"{ask.at.table(name)}?{urlencode([*view.fields, ('side', number)])}",
        },
        book=book,
        edition=ask.parts["edition"],
        crumbs=[*crumbs(ask, release_too=True), Crumb(word(ask.language, "nav.tables"), ask.at.tables)],
        here=name,
        section="tables",
        reads=frozenset({*stat.variables_by_code, "omraade", "side"}),
    )


def about(ask: Ask) -> Page:
    """What the statistic counts, its words, its signs and its quality."""
    book = ask.book()
    article = book.article(ask.language)
    told = {"definitions", "quality", "changes", "cite", "contact"}
    return Page(
        "about.html",
        title=word(ask.language, "about.title"),
        description=word(ask.language, "about.lead"),
        context={"article": article, "sections": [part for part in article["sections"] if part["id"] in told]},
        book=book,
        edition=ask.parts["edition"],
        crumbs=crumbs(ask, release_too=True),
        section="about",
    )


def statement(ask: Ask) -> Page:
    """The accessibility statement, from the evidence on file."""
    return Page(
        "statement.html",
        title=word(ask.language, "statement.title"),
        description=word(ask.language, "statement.lead"),
        context={"evidence": statement_evidence(ask.language)},
        crumbs=crumbs(ask),
    )


def feedback(ask: Ask) -> Page:
    """A page with the feedback form alone, for those who followed a link to it."""
    return feedback_page(ask, source=ask.query.get("side", ""))


def feedback_page(
    ask: Ask, *, source: str, answer: str = "", comment: str = "", problem: str = "", status: int = 200
) -> Page:
    """The feedback form, empty or with what was refused and why."""
    return Page(
        "feedback.html",
        title=word(ask.language, "feedback.title"),
        context={
            "source": source if is_local(source) else "",
            "answer": answer,
            "comment": comment,
            "problem": problem,
        },
        crumbs=crumbs(ask),
        status=status,
        reads=frozenset({"side"} if is_local(source) else ()),
        is_kept=False,
    )


def thanks(ask: Ask) -> Page:
    """After feedback: thanks, and room for a comment that was not given yet."""
    source = ask.query.get("side", "")
    answer = ask.query.get("svar", "")
    return Page(
        "thanks.html",
        title=word(ask.language, "feedback.thanks"),
        context={
            "source": source if is_local(source) else "",
            "answer": answer if answer in ANSWERS else "",
            "asks_comment": ask.query.get("kommentar", "") != "1",
        },
        crumbs=crumbs(ask),
        reads=frozenset({"side", "svar", "kommentar"} if is_local(source) else {"svar", "kommentar"}),
        is_kept=False,
    )


ANSWERS: Final = frozenset({"yes", "no"})


def trouble_page(ask: Ask, *, status: int, reason: str, instead: Sequence[Crumb] = ()) -> Page:
    """The page that explains what went wrong and where to go from here."""
    return Page(
        "error.html",
        title=word(ask.language, f"errors.{reason}.title"),
        context={
            "text": word(ask.language, f"errors.{reason}.text"),
            "instead": instead,
            "years": ask.shelf.years,
            "whole": [str(book.number) for book in ask.shelf.books],
        },
        crumbs=crumbs(ask),
        status=status,
        is_kept=False,
    )


def downloads(article: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The tables an article offers to download."""
    return [entry for block in blocks_of(article) if block["type"] == "downloads" for entry in block["tables"]]


def other_downloads(article: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The files an article offers besides its tables; an edition from before there were any has none."""
    return [entry for block in blocks_of(article) if block["type"] == "downloads" for entry in block.get("others", ())]


@dataclass(frozen=True, slots=True)
class Bar:
    """A place beside others: its result as told, as a length in per cent, and how sure it is."""

    place: Mapping[str, Any]
    value: float | None
    low: float | None
    high: float | None
    behind: str


def compared(book: Book, among: Sequence[Mapping[str, Any]], language: Language) -> Sequence[Bar]:
    """The results of a place, its county and the country, as bars. Empty where there is nothing to compare with."""
    # A county that is one municipality (Oslo) is the same people: it says nothing beside its municipality.
    told = [entry for entry in among if list(entry["children"]) != [among[0]["code"]]]
    bars = [_bar(book, entry, language) for entry in told]
    return bars if len(bars) > 1 and any(bar.value is not None for bar in bars) else ()


def share_value(book: Book, part: object, language: Language) -> float | None:
    """The number of a figure that is one cell in per cent, or None: what a bar may be drawn from."""
    if not isinstance(part, Mapping) or part.get("format") != "percent" or part.get("status"):
        return None
    (name, *codes) = part["cells"][0]
    return book.table(name, language).cell_at(codes).value


def _bar(book: Book, entry: Mapping[str, Any], language: Language) -> Bar:
    value = share_value(book, entry["result"], language)
    low = high = None
    interval = next(_figures_of(entry, "wilson-low"), None)
    if value is not None and interval is not None:
        counts = [book.table(name, language).cell_at(codes).value for name, *codes in interval["cells"]]
        if len(counts) == 2 and counts[0] is not None and counts[1]:
            low, high = (100 * bound for bound in wilson(int(counts[0]), int(counts[1])))
    ended = entry["ended"]
    return Bar(place=entry, value=value, low=low, high=high, behind="" if ended.get("status") else ended["text"])


def _figures_of(entry: Mapping[str, Any], wanted: str) -> Any:
    texts = [entry["lead"], *entry["sentences"], *(figure["detail"] for figure in entry["key_figures"])]
    return (part for text in texts for part in text if isinstance(part, Mapping) and part.get("format") == wanted)


def names_offered(everywhere: Mapping[str, Mapping[str, Any]]) -> Sequence[str]:
    """Every official name of every place, for a browser to offer while a reader types."""
    named = {name["text"]: place for place in everywhere.values() for name in place["names"] if place["code"] != "0"}
    return sorted(named, key=lambda name: alphabetic({"name": name, "code": named[name]["code"]}))


def _children(everywhere: Mapping[str, Mapping[str, Any]], code: str) -> Sequence[Mapping[str, Any]]:
    found = everywhere.get(code)
    children = [everywhere[child] for child in found["children"] if child in everywhere] if found else []
    return sorted(children, key=alphabetic)


def _beside(everywhere: Mapping[str, Mapping[str, Any]]) -> Sequence[tuple[str, Sequence[Mapping[str, Any]]]]:
    """The regions beside the counties, by their level; a level that the edition does not have is left out."""
    by_level = {
        level.value: [place for place in everywhere.values() if place["level"] == level.value] for level in LINKED
    }
    return [(level, sorted(places, key=alphabetic)) for level, places in by_level.items() if places]


def _in_published_order(
    article: Mapping[str, Any], counties: Sequence[Mapping[str, Any]]
) -> Sequence[Mapping[str, Any]]:
    """The counties in the order of the article's own table of them."""
    order = {
        row["place"]: position
        for block in blocks_of(article)
        if block["type"] == "table"
        for position, row in enumerate(block["rows"])
        if row.get("place") and len(row["place"]) == 2
    }
    return sorted(counties, key=lambda county: order.get(county["code"], len(order)))


def blocks_of(article: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The blocks of all sections of an article, in their order."""
    return [block for section in article["sections"] for block in section["blocks"]]


def _feedback_block(article: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return next((block for block in blocks_of(article) if block["type"] == "feedback"), None)


def _is_feedback_only(section: Mapping[str, Any]) -> bool:
    return bool(section["blocks"]) and all(block["type"] == "feedback" for block in section["blocks"])


def crumbs(ask: Ask, *, release_too: bool = False) -> list[Crumb]:
    """The path down to a page: the front page, and the release where the page lies under it."""
    found = [Crumb(word(ask.language, "nav.front"), Addresses(ask.language).front)]
    if release_too:
        found.append(Crumb(word(ask.language, "nav.results_of", year=ask.parts["edition"]), ask.at.release))
    return found
