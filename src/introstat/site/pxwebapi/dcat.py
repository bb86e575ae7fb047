"""The catalogue after DCAT-AP-NO 3: every table with its formats, and the interface as a data service.

Statements are made once and written twice, as Turtle and as JSON-LD. Addresses of ours are relative: whoever fetches the
catalogue reads them against the address it was fetched from, so that no name of a host has to be believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from introstat.site.addresses import Addresses
from introstat.site.pxwebapi import wording
from introstat.site.pxwebapi.addresses import ROOT, address
from introstat.site.pxwebapi.formats import FORMATS
from introstat.vocabulary.texts import LANGUAGES, Text

if TYPE_CHECKING:
    from introstat.site.pxwebapi.catalogue import Catalogue
    from introstat.site.pxwebapi.table import Table

PREFIXES: Final[Mapping[str, str]] = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_EU: Final = "http://publications.europa.eu/resource/authority"
_THEME: Final = f"{_EU}/data-theme/SOCI"
_MEDIA: Final = "https://www.w3.org/ns/iana/media-types"
_LANGUAGES: Final = [f"{_EU}/language/{code}" for code in ("NOB", "NNO", "ENG")]
_FILE_TYPES: Final = {
    "json-stat2": "JSON",
    "csv": "CSV",
    "xlsx": "XLSX",
    "html": "HTML",
    "json-px": "JSON",
    "parquet": "PARQUET",
}
_CATALOGUE: Final = f"{ROOT}/catalog"
_SERVICE: Final = f"{_CATALOGUE}#service"
_PUBLISHER: Final = f"{_CATALOGUE}#publisher"
_CONTACT: Final = f"{_CATALOGUE}#contact"

_TITLE: Final = Text(
    nb="Åpne data om introduksjonsprogrammet", nn="Opne data om introduksjonsprogrammet",
    en="Open data on the introduction programme",
)  # fmt: skip
_ABOUT: Final = Text(
    nb="Tabeller om hvem som avslutter introduksjonsprogrammet for nyankomne, og hva de går til.",
    nn="Tabellar om kven som avsluttar introduksjonsprogrammet for nykomne, og kva dei går til.",
    en="Tables on who ends the introduction programme for new arrivals, and what they go on to.",
)
_ABOUT_SERVICE: Final = Text(
    nb="Henter celler fra tabellene i sju formater, med metadata, kodelister, versjoner og endringer, etter PxWebApi 2.",
    nn="Hentar celler frå tabellane i sju format, med metadata, kodelister, versjonar og endringar, etter PxWebApi 2.",
    en="Fetches cells of the tables in seven formats, with metadata, code lists, versions and changes, after PxWebApi 2.",
)
_CONTACT_NAME: Final = Text(
    nb="Tilbakemelding til introstat", nn="Tilbakemelding til introstat", en="Feedback to introstat"
)
_KEYWORDS: Final = (
    Text(nb="introduksjonsprogram", nn="introduksjonsprogram", en="introduction programme"),
    Text(nb="integrering", nn="integrering", en="integration"),
    Text(nb="flyktninger", nn="flyktningar", en="refugees"),
)


@dataclass(frozen=True, slots=True)
class Iri:
    """Something with an address; a name with a prefix of ours, or the address itself."""

    value: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A text in a language, or a value of a datatype."""

    value: str
    language: str = ""
    datatype: str = ""


Term = Iri | Literal


@dataclass(frozen=True, slots=True)
class Node:
    """One thing and what is said of it: property and value, in order."""

    subject: str
    kind: str
    said: tuple[tuple[str, Term], ...]


def dcat(catalogue: Catalogue) -> tuple[Node, ...]:
    """Everything the catalogue says."""
    tables = [catalogue.table(known) for known in catalogue.ids]
    return (
        _catalogue(tables),
        _service(tables),
        Node(_PUBLISHER, "foaf:Agent", (("foaf:name", Literal("introstat", "nb")),)),
        Node(
            _CONTACT,
            "vcard:Organization",
            (*_spoken("vcard:fn", _CONTACT_NAME), ("vcard:hasURL", Iri(Addresses("nb").feedback))),
        ),
        *(node for table in tables for node in _dataset(table)),
    )


def as_turtle(nodes: Sequence[Node]) -> bytes:
    """The statements as Turtle."""
    lines = [f"@prefix {name}: <{space}> ." for name, space in PREFIXES.items()]
    for node in nodes:
        said = [f"a {_turtle(Iri(node.kind))}", *(f"{name} {_turtle(term)}" for name, term in node.said)]
        lines.append(f"\n<{node.subject}> " + " ;\n    ".join(said) + " .")
    return ("\n".join(lines) + "\n").encode()


def as_json_ld(nodes: Sequence[Node]) -> dict[str, Any]:
    """The same statements as JSON-LD."""
    graph = []
    for node in nodes:
        found: dict[str, Any] = {"@id": node.subject, "@type": node.kind}
        for name, term in node.said:
            found.setdefault(name, []).append(_json_ld(term))
        graph.append(found)
    return {"@context": dict(PREFIXES), "@graph": graph}


def _catalogue(tables: Sequence[Table]) -> Node:
    return Node(
        _CATALOGUE,
        "dcat:Catalog",
        (
            *_spoken("dct:title", _TITLE),
            *_spoken("dct:description", _ABOUT),
            *_responsible(),
            ("foaf:homepage", Iri("/")),
            ("dct:license", Iri(f"{_EU}/licence/CC_BY_4_0")),
            *(("dct:language", Iri(language)) for language in _LANGUAGES),
            ("dct:spatial", Iri(f"{_EU}/country/NOR")),
            *((("dct:modified", Literal(max(t.updated for t in tables), datatype="xsd:dateTime")),) if tables else ()),
            *(("dcat:dataset", Iri(_table(table))) for table in tables),
            ("dcat:service", Iri(_SERVICE)),
        ),
    )


def _service(tables: Sequence[Table]) -> Node:
    return Node(
        _SERVICE,
        "dcat:DataService",
        (
            *_spoken("dct:title", _TITLE),
            *_spoken("dct:description", _ABOUT_SERVICE),
            *_responsible(),
            ("dcat:endpointURL", Iri(ROOT)),
            ("dcat:endpointDescription", Iri(address("openapi.json"))),
            ("dct:conformsTo", Iri("https://github.com/PxTools/PxApiSpecs")),
            ("dct:license", Iri(f"{_EU}/licence/CC_BY_4_0")),
            ("dct:accessRights", Iri(f"{_EU}/access-right/PUBLIC")),
            ("dcat:landingPage", Iri("/api/")),
            ("dcat:theme", Iri(_THEME)),
            *(entry for keyword in _KEYWORDS for entry in _spoken("dcat:keyword", keyword)),
            *(("dct:format", Iri(f"{_EU}/file-type/{kind}")) for kind in dict.fromkeys(_FILE_TYPES.values())),
            *(("dcat:servesDataset", Iri(_table(table))) for table in tables),
        ),
    )


def _dataset(table: Table) -> Iterator[Node]:
    subject = _table(table)
    keywords = [_KEYWORDS[0], *_KEYWORDS[1:], *([wording.SYNTHETIC] if table.is_synthetic else [])]
    yield Node(
        subject,
        "dcat:Dataset",
        (
            *((("dct:title", Literal(table.words(language).title, language))) for language in LANGUAGES),
            *(
                ("dct:description", Literal(" ".join(note.text for note in table.words(language).notes), language))
                for language in LANGUAGES
            ),
            *_responsible(),
            ("dct:identifier", Literal(table.id)),
            ("dcat:theme", Iri(_THEME)),
            *(entry for keyword in keywords for entry in _spoken("dcat:keyword", keyword)),
            ("dct:accessRights", Iri(f"{_EU}/access-right/PUBLIC")),
            ("dct:accrualPeriodicity", Iri(f"{_EU}/frequency/ANNUAL")),
            ("dct:spatial", Iri(f"{_EU}/country/NOR")),
            ("dct:temporal", Iri(f"{subject}#period")),
            ("dct:issued", Literal(table.books[0].manifest["released"], datatype="xsd:dateTime")),
            ("dct:modified", Literal(table.updated, datatype="xsd:dateTime")),
            *(("dct:language", Iri(language)) for language in _LANGUAGES),
            ("dcat:landingPage", Iri(Addresses("nb", str(table.newest.number.year)).table(table.id))),
            ("dcat:version", Literal(str(table.newest.number))),
            *(("dcat:distribution", Iri(f"{subject}#{name}")) for name in FORMATS),
        ),
    )
    yield Node(
        f"{subject}#period",
        "dct:PeriodOfTime",
        (
            ("dcat:startDate", Literal(f"{table.years[0]}-01-01", datatype="xsd:date")),
            ("dcat:endDate", Literal(f"{table.years[-1]}-12-31", datatype="xsd:date")),
        ),
    )
    for name, found in FORMATS.items():
        where = f"{subject}/data?{urlencode(_everything(table) | {'outputFormat': name}, safe='*[]')}"
        file_type = _FILE_TYPES.get(name)
        yield Node(
            f"{subject}#{name}",
            "dcat:Distribution",
            (
                *(("dct:title", Literal(f"{table.words(lang).title} ({name})", lang)) for lang in LANGUAGES),
                ("dcat:accessURL", Iri(where)),
                ("dcat:downloadURL", Iri(where)),
                ("dcat:accessService", Iri(_SERVICE)),
                ("dct:license", Iri(f"{_EU}/licence/CC_BY_4_0")),
                *((("dct:format", Iri(f"{_EU}/file-type/{file_type}")),) if file_type else ()),
                *_media_type(found.media_type),
                ("adms:status", Iri(f"{_EU}/distribution-status/COMPLETED")),
                ("dct:modified", Literal(table.updated, datatype="xsd:dateTime")),
            ),
        )


def _media_type(media_type: str) -> tuple[tuple[str, Term], ...]:
    """The media type, where the profile knows it: it takes those of `application/` only. The file type says the rest."""
    plain = media_type.partition(";")[0]
    return (("dcat:mediaType", Iri(f"{_MEDIA}/{plain}")),) if plain.startswith("application/") else ()


def _responsible() -> tuple[tuple[str, Term], ...]:
    return (("dct:publisher", Iri(_PUBLISHER)), ("dcat:contactPoint", Iri(_CONTACT)))


def _spoken(name: str, text: Text) -> Iterator[tuple[str, Term]]:
    return ((name, Literal(text.in_language(language), language)) for language in LANGUAGES)


def _table(table: Table) -> str:
    return address("tables", table.id)


def _everything(table: Table) -> dict[str, str]:
    return {f"valuecodes[{variable.code}]": "*" for variable in table.variables}


_PREFIXED: Final = re.compile(rf"(?:{'|'.join(PREFIXES)}):[A-Za-z]+")


def _turtle(term: Term) -> str:
    if isinstance(term, Iri):
        return (
            term.value if _PREFIXED.fullmatch(term.value) else f"<{term.value.replace('[', '%5B').replace(']', '%5D')}>"
        )
    text = term.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    if term.language:
        return f'"{text}"@{term.language}'
    return f'"{text}"^^{term.datatype}' if term.datatype else f'"{text}"'


def _json_ld(term: Term) -> dict[str, str]:
    if isinstance(term, Iri):
        return {"@id": term.value.replace("[", "%5B").replace("]", "%5D")}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    return {"@value": term.value, "@type": term.datatype} if term.datatype else {"@value": term.value}
