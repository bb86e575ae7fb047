"""Every address of the interface, as links that clients follow: paths without a host, so that they hold behind any name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from introstat.site.addresses import Addresses
from introstat.site.pxwebapi import wording
from introstat.site.pxwebapi.expressions import join_items
from introstat.site.pxwebapi.languages import TAGS
from introstat.site.pxwebapi.table import Role
from introstat.vocabulary.texts import LANGUAGES, Language

if TYPE_CHECKING:
    from introstat.site.pxwebapi.extract import Extract
    from introstat.site.pxwebapi.table import Table, Variable

ROOT: Final = "/api/v2"
_KLASS: Final = "https://www.ssb.no/klass/klassifikasjoner"
_CLASSIFICATIONS: Final = {"Region": ("131", "104"), "Kjonn": ("2",)}
"""Statistics Norway's classifications of municipalities, of counties, and of sex."""


def address(*steps: str, **query: str) -> str:
    """A path under the interface with its query."""
    path = "/".join((ROOT, *(quote(step, safe="") for step in steps)))
    return f"{path}?{urlencode(query)}" if query else path


def link(rel: str, language: Language, *steps: str, **query: str) -> dict[str, str]:
    """A link as the contract writes it."""
    tag = TAGS[language]
    return {"rel": rel, "hreflang": tag, "href": address(*steps, lang=tag, **query)}


def table_links(table: Table, language: Language, *, without: str = "", pinned: str = "") -> list[dict[str, str]]:
    """The links of a table: itself, in the other languages, its metadata and its data."""
    more = {"editions": pinned} if pinned else {}
    links = [
        link("self", language, "tables", table.id, **more),
        *(link("alternate", other, "tables", table.id, **more) for other in LANGUAGES if other != language),
        link("metadata", language, "tables", table.id, "metadata", **more),
        link("data", language, "tables", table.id, "data", outputFormat="json-stat2", **more),
        link("describedby", language, "tables", table.id, "versions", **more),
    ]
    return [found for found in links if found["rel"] != without]


def table_address(name: str, language: Language, *, edition: str) -> str:
    """A table of one edition, for programs."""
    return address("tables", name, lang=TAGS[language], editions=edition)


def codelist_address(name: str, language: Language) -> str:
    """A code list."""
    return address("codelists", name, lang=TAGS[language])


def editions_param(table: Table) -> str:
    """The editions of a table as a parameter that pins them."""
    return ",".join(str(book.number) for book in table.books)


def permalink(extract: Extract) -> str:
    """An address that gives these cells for ever: exactly these editions, exactly these codes, in this order."""
    table = extract.table
    query = [("lang", TAGS[extract.language]), ("editions", editions_param(table))]
    for axis in extract.axes:
        everything = axis.codes == axis.variable.codes
        query.append((f"valuecodes[{axis.variable.code}]", "*" if everything else join_items(axis.codes)))
        if axis.codelist is not None:
            query.append((f"codelist[{axis.variable.code}]", axis.codelist.id))
    for name, axes in (("heading", extract.heading), ("stub", extract.stub)):
        if axes:
            query.append((name, ",".join(axis.variable.code for axis in axes)))
    query.append(("outputFormat", "json-stat2"))
    return f"{address('tables', table.id, 'data')}?{urlencode(query, safe=',*[]')}"


def related(table: Table, language: Language) -> list[dict[str, Any]]:
    """The pages for people that belong to a table."""
    pages = Addresses(language, str(table.newest.number.year))
    return [
        {
            "extension": {"relation": relation, "metaid": f"introstat:{table.id}"},
            "href": href,
            "label": label.in_language(language),
            "type": "text/html",
        }
        for relation, href, label in (
            ("statistics-homepage", pages.release, wording.STATISTIC),
            ("about-statistics", pages.about, wording.ABOUT_STATISTIC),
        )
    ]


def classification(variable: Variable, label: str, language: Language) -> dict[str, Any]:
    """Where the codes of a variable come from; empty where they are the statistic's own."""
    numbers = _CLASSIFICATIONS.get(variable.code, ())
    if not numbers or variable.role in (Role.CONTENTS, Role.TIME):
        return {}
    names = {number: f"urn:ssb:classification:klass:{number}" for number in numbers}
    return {
        "describedby": [{"extension": {variable.code: " ".join(names.values())}}],
        "related": [
            {
                "extension": {"relation": "definitions", "metaid": names[number]},
                "href": f"{_KLASS}/{number}",
                "label": wording.CLASSIFICATION.in_language(language).format(variable=label),
                "type": "text/html",
            }
            for number in numbers
        ],
    }
