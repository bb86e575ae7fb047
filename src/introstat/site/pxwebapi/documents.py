"""The answers that are not cells: the configuration, the list of tables, one table, a code list, a selection, versions.

Each function gives the document as the contract writes it, ready for JSON.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib.metadata import version
from math import ceil
from typing import TYPE_CHECKING, Any, Final

import orjson

from introstat.publish.imprint import LICENCE_ADDRESS
from introstat.site.pxwebapi import wording
from introstat.site.pxwebapi.addresses import address, codelist_address, link, table_links
from introstat.site.pxwebapi.bodies import expanded_body
from introstat.site.pxwebapi.formats import DEFAULT, FORMATS
from introstat.site.pxwebapi.gone import Gone
from introstat.site.pxwebapi.languages import DEFAULT as DEFAULT_LANGUAGE
from introstat.site.pxwebapi.languages import NAMES, TAGS
from introstat.site.pxwebapi.problems import Problem, Title
from introstat.site.pxwebapi.quality import edition_of
from introstat.site.pxwebapi.stored import table_ids
from introstat.vocabulary.editions import EditionNumber, PublicReason
from introstat.vocabulary.errors import NotFound
from introstat.vocabulary.texts import LANGUAGES, Language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from introstat.site.library import Book, Shelf
    from introstat.site.pxwebapi.catalogue import Catalogue
    from introstat.site.pxwebapi.codelists import Codelist
    from introstat.site.pxwebapi.extract import Extract
    from introstat.site.pxwebapi.limits import Limits
    from introstat.site.pxwebapi.parameters import Parameters
    from introstat.site.pxwebapi.savedqueries import SavedQuery
    from introstat.site.pxwebapi.table import Table

API_VERSION: Final = "2.2.0"
"""The version of the contract that is met."""

PAGE: Final = 20
LONGEST_SEARCH: Final = 500


def config(limits: Limits) -> dict[str, Any]:
    """What clients ask first. Calls that are not limited are told as a limit nobody reaches."""
    return {
        "apiVersion": API_VERSION,
        "appVersion": version("introstat"),
        "languages": [{"id": TAGS[language], "label": NAMES[language]} for language in LANGUAGES],
        "defaultLanguage": TAGS[DEFAULT_LANGUAGE],
        "maxDataCells": limits.cells,
        "maxCallsPerTimeWindow": limits.calls or 1_000_000,
        "timeWindow": limits.seconds,
        "license": LICENCE_ADDRESS,
        "sourceReferences": [
            {
                "language": TAGS[language],
                "text": f"{wording.SOURCE.in_language(language)}: introstat, {wording.SURVEY.in_language(language)}",
            }
            for language in LANGUAGES
        ],
        "defaultDataFormat": DEFAULT,
        "dataFormats": list(FORMATS),
        "features": [{"id": "CORS", "params": [{"key": "enabled", "value": "True"}]}],
    }


def tables(catalogue: Catalogue, language: Language, asked: Parameters, *, now: datetime) -> dict[str, Any]:
    """The tables that a search finds, a page of them. Raises Problem."""
    size, number, days = asked.number("pageSize"), asked.number("pageNumber"), asked.number("pastDays")
    size, number = (size if size and size > 0 else PAGE), (number if number and number > 0 else 1)
    if days is not None and days < 1:
        raise Problem(400, Title.PARAMETER, "pastDays is a number of days from 1.")
    with_old, query = asked.flag("includeDiscontinued"), asked.one("query") or ""
    since = now - timedelta(days=min(days, 100_000)) if days is not None else None
    found = [
        table
        for table in (catalogue.table(known) for known in catalogue.ids)
        if (with_old or not catalogue.is_discontinued(table))
        and (since is None or datetime.fromisoformat(table.updated) >= since)
        and is_hit(table, query)
    ]
    pages = max(1, ceil(len(found) / size))
    if number > pages:
        raise Problem(404, Title.PAGE, f"There is no page {number}; the last one is {pages}.")
    query_of = {
        **({"query": query} if query else {}),
        **({"pastDays": str(days)} if days is not None else {}),
        **({"includeDiscontinued": "true"} if with_old else {}),
        "pageSize": str(size),
    }
    around = [(rel, page) for rel, page in (("next", number + 1), ("previous", number - 1)) if 1 <= page <= pages]
    links = [link(rel, language, "tables", **query_of, pageNumber=str(page)) for rel, page in around]
    if pages > 1:
        links.append(link("last", language, "tables", **query_of, pageNumber=str(pages)))
    return {
        "language": TAGS[language],
        "tables": [table_body(catalogue, table, language) for table in found[(number - 1) * size : number * size]],
        "page": {
            "pageNumber": number,
            "pageSize": size,
            "totalElements": len(found),
            "totalPages": pages,
            "links": links,
        },
        "links": [link("self", language, "tables", **query_of, pageNumber=str(number))],
    }


def is_hit(table: Table, query: str) -> bool:
    """Whether a table has every word of a search somewhere in its titles, variables, values, notes or codes."""
    wanted = query[:LONGEST_SEARCH].replace('"', " ").replace("*", " ").casefold().split()
    return all(word in table.searchable for word in wanted)


def table(catalogue: Catalogue, found: Table, language: Language) -> dict[str, Any]:
    """One table."""
    return {"language": TAGS[language], **table_body(catalogue, found, language)}


def table_body(catalogue: Catalogue, found: Table, language: Language) -> dict[str, Any]:
    """A table as it stands in a list. Its links keep to the editions asked for, where some were."""
    words = found.words(language)
    subject = wording.SUBJECT.in_language(language)
    return {
        "id": found.id,
        "label": words.title,
        "description": " ".join(note.text for note in words.notes if note.is_mandatory),
        "sortCode": found.id,
        "updated": found.updated,
        "firstPeriod": found.years[0],
        "lastPeriod": found.years[-1],
        "category": "public",
        "variableNames": [words.variables[variable.code].label for variable in found.variables],
        "discontinued": catalogue.is_discontinued(found),
        "source": words.source,
        "subjectCode": str(found.stored.px.get("subject-code", "IP")),
        "timeUnit": "Annual" if found.is_annual else "Other",
        "paths": [[{"id": "IP", "label": subject, "sortCode": "IP"}]],
        "version": str(found.newest.number),
        "editions": [str(book.number) for book in found.books],
        "links": table_links(found, language),
    }


def codelist(found: Codelist, catalogue: Catalogue, language: Language) -> dict[str, Any]:
    """A code list with its labels."""
    owner = next(
        table
        for table in (catalogue.table(known) for known in catalogue.ids)
        if found.id in catalogue.codelists(table)
        and set(found.values) <= set(catalogue.codelists(table)[found.id].values)
    )
    labels = owner.words(language).variables[found.variable].labels
    total = owner.by_code[found.variable].total
    is_eliminable = total is not None and total in found.values
    tag = TAGS[language]
    return {
        "id": found.id,
        "label": found.label.in_language(language),
        "language": tag,
        "languages": list(TAGS.values()),
        "elimination": is_eliminable,
        **({"eliminationValueCode": total} if is_eliminable else {}),
        "type": found.kind,
        "values": [
            {"code": code, "label": labels[code], "valueMap": list(members)} for code, members in found.values.items()
        ],
        "links": [
            {"rel": "self", "hreflang": tag, "href": codelist_address(found.id, language)},
            *(
                {"rel": "alternate", "hreflang": TAGS[other], "href": codelist_address(found.id, other)}
                for other in LANGUAGES
                if other != language
            ),
        ],
    }


def selection(extract: Extract, *steps: str) -> dict[str, Any]:
    """A selection that has been unfolded."""
    language = extract.language
    return {
        "language": TAGS[language],
        **expanded_body(extract),
        "links": [
            link("self", language, *steps),
            link("metadata", language, "tables", extract.table.id, "metadata"),
            link("data", language, "tables", extract.table.id, "data", outputFormat=DEFAULT),
        ],
    }


def saved(query: SavedQuery) -> dict[str, Any]:
    """A saved query with its id."""
    name, language = query.id, query.language
    return {
        "language": TAGS[language],
        "id": name,
        "savedQuery": {"id": name, **query.body()},
        "links": [
            {"rel": "self", "hreflang": TAGS[language], "href": address("savedqueries", name)},
            link("data", language, "savedqueries", name, "data"),
            link("describedby", language, "savedqueries", name, "selection"),
        ],
    }


def versions(shelf: Shelf, found: Table, language: Language) -> dict[str, Any]:
    """Every edition that has the table, newest first, where its figures and its changes are; and what was taken back."""
    books = [book for book in _newest_first(shelf) if found.id in table_ids(book)]
    return {
        "language": TAGS[language],
        "id": found.id,
        "version": str(found.newest.number),
        "versions": [
            {
                **edition_of(book),
                "isNewestOfYear": shelf.is_newest(book),
                **_reason(book, language),
                "previous": book.manifest.get("previous"),
                "changedCells": len(_changes(book, found.id)),
                "links": [
                    link("data", language, "tables", found.id, "data", editions=str(book.number)),
                    link("metadata", language, "tables", found.id, "metadata", editions=str(book.number)),
                    link("describedby", language, "tables", found.id, "changes", version=str(book.number)),
                ],
            }
            for book in books
        ],
        "withdrawn": [
            Gone.of(shelf.withdrawn[number], shelf).told() for number in sorted(shelf.withdrawn, reverse=True)
        ],
        "links": table_links(found, language),
    }


def changes(shelf: Shelf, found: Table, language: Language, *, only: frozenset[str]) -> dict[str, Any]:
    """The cells that an edition has otherwise than the edition before it, with the reason that was given for it."""
    names = [variable.code for variable in found.variables]
    books = [
        book for book in _newest_first(shelf) if found.id in table_ids(book) and (not only or str(book.number) in only)
    ]
    return {
        "language": TAGS[language],
        "id": found.id,
        "changes": [
            {
                "version": str(book.number),
                "previous": book.manifest.get("previous"),
                "released": book.manifest["released"],
                **_reason(book, language),
                **_changed_cells(book, shelf, found.id, names),
            }
            for book in books
        ],
        "links": [link("self", language, "tables", found.id, "changes")],
    }


def _changed_cells(book: Book, shelf: Shelf, table: str, names: list[str]) -> dict[str, Any]:
    """The cells as they were and are; none, and why, where the edition that they are told from was taken back."""
    taken_back = shelf.taken_back_before(book)
    if taken_back is not None:
        return {"cells": [], "withdrawn": Gone.of(taken_back, shelf).told()}
    return {"cells": [_changed(cell, names) for cell in _changes(book, table)]}


def _reason(book: Book, language: Language) -> dict[str, str]:
    """Why an edition corrects another, for a reader of `language`; where it was written in others only, in which."""
    reason = PublicReason(**book.manifest.get("review", {}).get("public_reason", {}))
    if not reason:
        return {"reason": ""}
    spoken, told = reason.told(language)
    return {"reason": told} if spoken == language else {"reason": told, "reasonLanguage": TAGS[spoken]}


def _changed(cell: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    return {
        "codes": dict(zip(names, cell["codes"], strict=False)),
        "before": _side(cell["before"]),
        "after": _side(cell["after"]),
    }


def _side(side: Mapping[str, str] | None) -> dict[str, Any] | None:
    """A cell as it was or is; None where one of the editions does not have it."""
    if side is None:
        return None
    sign = side["status"]
    return {
        "value": float(side["value"]) if side["value"] else None,
        "status": sign,
        **({"reason": wording.REASONS[sign]} if sign in wording.REASONS else {}),
    }


def _changes(book: Book, table_id: str) -> list[Mapping[str, Any]]:
    try:
        document = orjson.loads(book.read("changes.json"))
    except NotFound:
        return []
    return [cell for cell in document["cells"] if cell["table"] == table_id]


def _newest_first(shelf: Shelf) -> list[Book]:
    def number(book: Book) -> EditionNumber:
        return book.number

    return sorted(shelf.books, key=number, reverse=True)
