"""What the pages about an edition show: from what was asked for to a template and its values. Nothing is rendered here.

Every number comes from the edition's own documents and tables. The pages of places have a module of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from introstat.site.addresses import is_local
from introstat.site.article import (
    contents_of,
    downloads,
    feedback_block,
    in_published_order,
    is_feedback_only,
    other_downloads,
)
from introstat.site.changes import changed_results
from introstat.site.evidence import statement_evidence
from introstat.site.news import calendar
from introstat.site.page import SEARCH, Ask, Crumb, Page, Trouble, crumbs
from introstat.site.places import children_of, names_offered
from introstat.site.tables import view_of
from introstat.site.words import word

if TYPE_CHECKING:
    from introstat.site.withdrawn import Withdrawal

_RESULTS: Final = ("findings", "counties", "municipalities")
"""The sections of an article that tell what the figures say."""
_DETAILS: Final = ("quality", "definitions", "downloads", "changes", "advice", "cite", "contact")
"""The others, in the order in which they are folded under these."""


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
            "counties": in_published_order(article, children_of(places, "0")),
            "editions": editions,
            "offered": names_offered(places),
        },
        book=book,
        edition=str(book.number.year),
        section="front",
        script=SEARCH,
    )


def release(ask: Ask) -> Page:
    """The release page of an edition: what the figures say, laid open; what else there is to know, folded under headings."""
    book = ask.book()
    article = book.article(ask.language)
    taken_back = ask.shelf.taken_back_before(book)
    sections = [section for section in article["sections"] if not is_feedback_only(section)]
    results = [section for section in sections if section["id"] in _RESULTS]
    details = [section for section in sections if section not in results]
    return Page(
        "release.html",
        title=article["title"],
        description=article["description"],
        context={
            "article": article,
            "feedback_block": feedback_block(article),
            "results": results,
            "details": sorted(details, key=_details_first),
            "contents": [*contents_of(results), ("mer", word(ask.language, "release.more"))],
            "changes": None if taken_back else changed_results(book, ask.language),
            "taken_back": taken_back,
            "calendar": calendar(ask.shelf, ask.language),
        },
        book=book,
        edition=ask.parts["edition"],
        crumbs=crumbs(ask),
        here=word(ask.language, "nav.results_of", year=ask.parts["edition"]),
        section="release",
    )


def _details_first(section: Mapping[str, Any]) -> int:
    """Where a folded section stands; one that is not known stands after the others."""
    return _DETAILS.index(section["id"]) if section["id"] in _DETAILS else len(_DETAILS)


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
    sections = [section for section in article["sections"] if section["id"] in told]
    return Page(
        "about.html",
        title=word(ask.language, "about.title"),
        description=word(ask.language, "about.lead"),
        context={
            "article": article,
            "sections": sections,
            "contents": contents_of(sections),
            "taken_back": ask.shelf.taken_back_before(book),
            "feedback_block": feedback_block(article),
        },
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


def trouble_page(
    ask: Ask, *, status: int, reason: str, instead: Sequence[Crumb] = (), withdrawal: Withdrawal | None = None
) -> Page:
    """The page that explains what went wrong and where to go from here."""
    of_year = ask.shelf.of_year(withdrawal.number.year) if withdrawal is not None else ()
    return Page(
        "error.html",
        title=word(ask.language, f"errors.{reason}.title"),
        context={
            "text": word(ask.language, f"errors.{reason}.text"),
            "instead": instead,
            "withdrawal": withdrawal,
            "years": [year for year in ask.shelf.years if withdrawal is None or year != withdrawal.number.year],
            "whole": [str(book.number) for book in (of_year if withdrawal is not None else ask.shelf.books)],
        },
        crumbs=crumbs(ask),
        status=status,
        is_kept=False,
        script="" if ask.shelf.newest is None else SEARCH,
    )
