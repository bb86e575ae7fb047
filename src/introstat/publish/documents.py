"""What a page says, as data: `article.<lang>.json` and `places.<lang>.json`, written here and rendered by the site.

Every number in a text is a `Figure`: its text, how the text is made (`format`) and the cells it is made of, so that
`verify` can make it again from the tables. A text is a list of parts:

    "plain words"                                                    a string: show it
    {"text": "4 469", "format": "count", "cells": [[…]]}             a figure; every cell is the table and its codes in
                                                                     the table's order:
                                                                     ["IP102", "0", "0", "Avsluttet", "2016"]
    {"text": ":", "format": …, "cells": …, "status": ":",            a figure that is not shown; `spoken` is what a
     "spoken": "skjult"}                                             screen reader says instead of the sign
    {"text": "4 469", "format": …, "cells": …, "preliminary": true}  a figure that may change: `*` beside it in a table
    {"text": "Aust-Agder", "place": "09", "lang": "no"}              a place, to link to its page; `lang` where the name
                                                                     is not in the page's language (nb, nn: Sámi and Kven
                                                                     names only; en: every name)
    {"text": "CC BY 4.0", "href": "https://…"}                       a link out
    {"text": "A municipality …", "lang": "en"}                       somebody's words, in the language they were given in

A block has a `type`:

    paragraph    parts
    list         items: a text each
    table        id, caption, columns [{id, label, numeric}], rows [{place?, header, cells, kind: row|total}],
                 notes (a text each), tables (where the cells come from), collapsed (show it behind "see the table")
    chart        id, title, description, image, narrow, spec, png (paths in the edition), table (id of the table behind)
    definitions  items: [{term, parts}]
    downloads    tables: [{id, title, description, files: [{path, format, label, language}]}],
                 others: the same shape, for files that are not a table of their own
    feedback     question, answers [{value, label}], comment_label, comment_hint, submit, thanks

`article.<lang>.json`:

    {"document": "article", "language": "nb", "edition": "2016.1", "year": 2016,
     "title": "Resultater for introduksjonsprogrammet 2016",      with the period, and the mark when synthetic
     "description": "…",                                          plain text: meta description and social card
     "provenance": {"code": "synthetic", "label": "Syntetiske data",
                    "banner": {"title": "…", "texts": [[parts], …]} | null},   null for register data
     "status": {"code": "final", "label": "Endelige tall"},
     "released": {"label": "Sist oppdatert", "time": "2017-07-06T08:00:00+02:00", "text": "6. juli 2017"},
     "next_release": {"label": "Neste publisering", "date": "2018-07-05", "text": "5. juli 2018"} | null,
     "lead": [parts],
     "key_figures": [{"id": "ended", "label": "…", "value": part, "detail": [parts]}],
     "sections": [{"id": "findings", "heading": "…", "blocks": [block, …]}],
     "citation": [parts]}

`places.<lang>.json`:

    {"document": "places", "language", "edition", "year", "provenance", "status", "released", "next_release": as above,
     "labels": {"women": "Kvinner", …},                           words the pages share
     "places": {"0301": {
         "code", "level": country|county|municipality, "name": "Oslo", "label": "Oslo – Oslove", "names": [{text, lang}],
         "parent": "03" | null, "path": ["0", "03"], "children": ["0301"], "lies_in": ["I01", "N3009"],
         "status": shown | number_hidden | result_hidden | nobody | not_reported,
         "title": "Oslo: resultater for introduksjonsprogrammet 2016", "description": "…",
         "lead": [parts],
         "key_figures": [{id, label, value, detail}],
         "sentences": [[parts], …],
         "reason": [parts] | null,                                the one common reason why something is not shown
         "instead": {"place": "03", "parts": [parts]} | null,     what is shown instead: its county
         "ended": part, "result": part,                           for lists of places
         "tables": [table block, …]}}}
"""

from __future__ import annotations

from dataclasses import dataclass, is_dataclass
from typing import Any, Literal

import orjson

from introstat.vocabulary.texts import Language


@dataclass(frozen=True, slots=True)
class CellRef:
    """One cell of one table: the codes in the table's own order."""

    table: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in a text, with the cells it rests on. A figure that is not shown carries the sign as its text."""

    text: str
    format: str
    cells: tuple[CellRef, ...]
    status: str | None = None
    spoken: str | None = None
    preliminary: Literal[True] | None = None


@dataclass(frozen=True, slots=True)
class PlaceName:
    """The name of a place in a text; `lang` where it differs from the page's language."""

    text: str
    place: str
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A link out of the publication."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words in another language than the page's."""

    text: str
    lang: str


Part = str | Figure | PlaceName | Link | Quoted
Parts = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    parts: Parts
    type: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, one text an item."""

    items: tuple[Parts, ...]
    type: Literal["list"] = "list"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table in a text."""

    id: str
    label: str
    numeric: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its header, then one part per numeric column."""

    header: Parts
    cells: Parts
    place: str | None = None
    kind: Literal["row", "total"] = "row"


@dataclass(frozen=True, slots=True)
class TableBlock:
    """A table in a text. The first column holds the row headers; `columns` names it too."""

    id: str
    caption: Parts
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[Parts, ...]
    tables: tuple[str, ...]
    collapsed: bool = False
    type: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class ChartBlock:
    """A chart, the paths of its renderings, and the table that says the same."""

    id: str
    title: Parts
    description: str
    image: str
    narrow: str
    spec: str
    png: str
    table: str
    type: Literal["chart"] = "chart"


@dataclass(frozen=True, slots=True)
class Term:
    """A word and what it means here."""

    term: str
    parts: Parts


@dataclass(frozen=True, slots=True)
class DefinitionList:
    """The words of the statistic."""

    items: tuple[Term, ...]
    type: Literal["definitions"] = "definitions"


@dataclass(frozen=True, slots=True)
class DownloadFile:
    """One file to fetch; `path` is relative to the edition."""

    path: str
    format: str
    label: str
    language: str | None


@dataclass(frozen=True, slots=True)
class DownloadTable:
    """The files of one table; the site adds the address in the API."""

    id: str
    title: str
    description: str
    files: tuple[DownloadFile, ...]


@dataclass(frozen=True, slots=True)
class Downloads:
    """Everything to fetch: a table at a time, and what is made from them."""

    tables: tuple[DownloadTable, ...]
    others: tuple[DownloadTable, ...] = ()
    type: Literal["downloads"] = "downloads"


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the answers to a question."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class FeedbackQuestion:
    """Did you find what you were looking for? One click, and a comment for those who want."""

    question: str
    answers: tuple[Answer, ...]
    comment_label: str
    comment_hint: str
    submit: str
    thanks: str
    type: Literal["feedback"] = "feedback"


Block = Paragraph | Bullets | TableBlock | ChartBlock | DefinitionList | Downloads | FeedbackQuestion


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    id: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A large number with its label and a line of explanation."""

    id: str
    label: str
    value: Part
    detail: Parts


@dataclass(frozen=True, slots=True)
class Banner:
    """What has to be said before anything else."""

    title: str
    texts: tuple[Parts, ...]


@dataclass(frozen=True, slots=True)
class ProvenanceMark:
    """Whether the people behind the numbers exist."""

    code: str
    label: str
    banner: Banner | None


@dataclass(frozen=True, slots=True)
class Labelled:
    """A code with its label."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class ReleaseTime:
    """When it was released."""

    label: str
    time: str
    text: str


@dataclass(frozen=True, slots=True)
class NextRelease:
    """When the next figures come."""

    label: str
    date: str
    text: str


@dataclass(frozen=True, slots=True)
class Article:
    """The release page in one language."""

    language: Language
    edition: str
    year: int
    title: str
    description: str
    provenance: ProvenanceMark
    status: Labelled
    released: ReleaseTime
    next_release: NextRelease | None
    lead: Parts
    key_figures: tuple[KeyFigure, ...]
    sections: tuple[Section, ...]
    citation: Parts
    document: Literal["article"] = "article"


PlaceStatus = Literal["shown", "number_hidden", "result_hidden", "nobody", "not_reported"]


@dataclass(frozen=True, slots=True)
class TaggedName:
    """One official name and its language."""

    text: str
    lang: str


@dataclass(frozen=True, slots=True)
class Instead:
    """What a reader can look at where a place shows nothing."""

    place: str
    parts: Parts


@dataclass(frozen=True, slots=True)
class PlacePage:
    """One place in one language."""

    code: str
    level: str
    name: str
    label: str
    names: tuple[TaggedName, ...]
    parent: str | None
    path: tuple[str, ...]
    children: tuple[str, ...]
    lies_in: tuple[str, ...]
    status: PlaceStatus
    title: str
    description: str
    lead: Parts
    key_figures: tuple[KeyFigure, ...]
    sentences: tuple[Parts, ...]
    reason: Parts | None
    instead: Instead | None
    ended: Part
    result: Part
    tables: tuple[TableBlock, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """All places in one language."""

    language: Language
    edition: str
    year: int
    provenance: ProvenanceMark
    status: Labelled
    released: ReleaseTime
    next_release: NextRelease | None
    labels: dict[str, str]
    places: dict[str, PlacePage]
    document: Literal["places"] = "places"


def plain(parts: Parts) -> str:
    """A text without its structure: what a reader reads."""
    return "".join(part if isinstance(part, str) else part.text for part in parts)


def to_json(value: object) -> bytes:
    """Canonical JSON: keys sorted, UTF-8, no space, a line feed at the end. Raises TypeError for what has no place in it."""
    options = orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE | orjson.OPT_PASSTHROUGH_DATACLASS
    return orjson.dumps(value, default=_plain_data, option=options)


_OPTIONAL = frozenset({"status", "spoken", "lang", "preliminary"})


def _plain_data(value: object) -> Any:
    """A value of the shapes above as lists and objects; an optional field that has nothing in it is left out."""
    if isinstance(value, CellRef):
        return [value.table, *value.codes]
    if isinstance(value, type) or not is_dataclass(value):
        raise TypeError(f"{type(value).__name__} has no place in a document")
    found = [(name, getattr(value, name)) for name in value.__dataclass_fields__]
    return {name: item for name, item in found if item is not None or name not in _OPTIONAL}
