"""The catalogue is valid after DCAT-AP-NO 3, the same in Turtle and JSON-LD, and every address in it can be fetched.

The profile's rules stand below as a table, from its published shapes (core and ranges): how many values a property has, and
of what kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import pyshacl
import pytest
from rdflib import RDF, Graph, Literal, URIRef
from rdflib.compare import isomorphic
from tests.site.pxwebapi import tables_of
from tests.site.reader import Reader

from introstat.vocabulary.editions import Edition

BASE = "https://statistikk.example/api/v2/catalog.ttl"
ROOT = "/api/v2"
EU = "http://publications.europa.eu/resource/authority"


@dataclass(frozen=True, slots=True)
class Rule:
    """A property of a class: at least and at most so many values, each as the SHACL text says."""

    kind: str
    path: str
    least: int = 0
    most: int | None = None
    each: str = ""


TEXT = "sh:datatype rdf:langString"
UNIQUE = "sh:datatype rdf:langString ; sh:uniqueLang true"
IRI = "sh:nodeKind sh:IRI"
WHEN = "sh:or ([sh:datatype xsd:date] [sh:datatype xsd:dateTime])"


def of(vocabulary: str) -> str:
    return f'sh:nodeKind sh:IRI ; sh:pattern "^{EU}/{vocabulary}/"'


RESOURCES = ("dcat:Catalog", "dcat:Dataset", "dcat:DataService")
RULES = [
    *(Rule(kind, "dct:title", 1, None, UNIQUE) for kind in RESOURCES),
    *(Rule(kind, "dct:publisher", 1, 1, f"{IRI} ; sh:class foaf:Agent") for kind in RESOURCES),
    *(Rule(kind, "dcat:contactPoint", 1, None, "sh:class vcard:Organization") for kind in RESOURCES),
    *(Rule(kind, "dct:description", 1, None, UNIQUE) for kind in ("dcat:Catalog", "dcat:Dataset")),
    *(Rule(kind, "dct:language", 1, None, of("language")) for kind in ("dcat:Catalog", "dcat:Dataset")),
    *(Rule(kind, "dct:modified", 1, 1, WHEN) for kind in ("dcat:Catalog", "dcat:Dataset", "dcat:Distribution")),
    *(Rule(kind, "dct:spatial", 1, None, of("country")) for kind in ("dcat:Catalog", "dcat:Dataset")),
    Rule("dcat:Catalog", "dcat:dataset", 4, None, f"{IRI} ; sh:class dcat:Dataset"),
    Rule("dcat:Catalog", "dcat:service", 1, 1, f"{IRI} ; sh:class dcat:DataService"),
    Rule("dcat:Catalog", "foaf:homepage", 0, 1, IRI),
    Rule("dcat:Catalog", "dct:license", 1, 1, of("licence")),
    Rule("dcat:Dataset", "dcat:theme", 1, None, of("data-theme")),
    Rule("dcat:Dataset", "dcat:keyword", 1, None, TEXT),
    Rule("dcat:Dataset", "dct:accessRights", 1, 1, f"sh:in (<{EU}/access-right/PUBLIC>)"),
    Rule("dcat:Dataset", "dct:accrualPeriodicity", 1, 1, of("frequency")),
    Rule("dcat:Dataset", "dct:temporal", 1, None, "sh:class dct:PeriodOfTime"),
    Rule("dcat:Dataset", "dct:identifier", 1, None, "sh:nodeKind sh:Literal"),
    Rule("dcat:Dataset", "dct:issued", 1, 1, WHEN),
    Rule("dcat:Dataset", "dcat:version", 1, 1, "sh:nodeKind sh:Literal"),
    Rule("dcat:Dataset", "dcat:landingPage", 1, None, IRI),
    Rule("dcat:Dataset", "dcat:distribution", 7, 7, "sh:class dcat:Distribution"),
    Rule("dcat:DataService", "dct:description", 0, None, UNIQUE),
    Rule("dcat:DataService", "dcat:keyword", 0, None, TEXT),
    Rule("dcat:DataService", "dcat:theme", 0, None, of("data-theme")),
    Rule("dcat:DataService", "dcat:landingPage", 0, None, IRI),
    Rule("dcat:DataService", "dcat:endpointURL", 1, 1, IRI),
    Rule("dcat:DataService", "dcat:endpointDescription", 1, None, IRI),
    Rule("dcat:DataService", "dcat:servesDataset", 4, None, f"{IRI} ; sh:class dcat:Dataset"),
    Rule("dcat:DataService", "dct:format", 1, None, of("file-type")),
    Rule("dcat:DataService", "dct:conformsTo", 1, None, IRI),
    Rule("dcat:DataService", "dct:license", 1, 1, of("licence")),
    Rule("dcat:DataService", "dct:accessRights", 0, 1, f"sh:in (<{EU}/access-right/PUBLIC>)"),
    Rule("dcat:Distribution", "dcat:accessURL", 1, None, IRI),
    Rule("dcat:Distribution", "dcat:downloadURL", 1, None, IRI),
    Rule("dcat:Distribution", "dcat:accessService", 1, None, f"{IRI} ; sh:class dcat:DataService"),
    Rule("dcat:Distribution", "dct:title", 1, None, UNIQUE),
    Rule("dcat:Distribution", "dct:license", 1, 1, of("licence")),
    Rule("dcat:Distribution", "dct:format", 0, 1, of("file-type")),
    Rule("dcat:Distribution", "dcat:mediaType", 0, 1, f'{IRI} ; sh:pattern "^https://www.w3.org/ns/iana/media-types/application/"'),
    Rule("dcat:Distribution", "adms:status", 0, 1, of("distribution-status")),
    Rule("foaf:Agent", "foaf:name", 1, None, "sh:nodeKind sh:Literal"),
    Rule("vcard:Organization", "vcard:fn", 1, None, "sh:nodeKind sh:Literal"),
    Rule("vcard:Organization", "vcard:hasURL", 1, None, IRI),
    Rule("dct:PeriodOfTime", "dcat:startDate", 1, 1, WHEN),
    Rule("dct:PeriodOfTime", "dcat:endDate", 1, 1, WHEN),
]  # fmt: skip
PREFIXES = """
@prefix adms: <http://www.w3.org/ns/adms#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def shapes() -> Graph:
    text = [PREFIXES]
    for rule in RULES:
        most = f"sh:maxCount {rule.most} ; " if rule.most is not None else ""
        text.append(
            f"[] a sh:NodeShape ; sh:targetClass {rule.kind} ; "
            f"sh:property [ sh:path {rule.path} ; sh:minCount {rule.least} ; {most}{rule.each} ] ."
        )
    return Graph().parse(data="\n".join(text), format="turtle")


@pytest.fixture(scope="module")
def turtle(shared_site: Reader) -> Graph:
    given = shared_site.get(f"{ROOT}/catalog.ttl")
    assert given.headers["content-type"] == "text/turtle; charset=utf-8"
    return Graph().parse(data=given.text, format="turtle", publicID=BASE)


def full(name: str, graph: Graph) -> URIRef:
    """The whole address of a name with a prefix."""
    prefix, _, rest = name.partition(":")
    return URIRef(f"{dict(graph.namespaces())[prefix]}{rest}")


def problems(graph: Graph) -> tuple[bool, str]:
    conforms, _, report = pyshacl.validate(graph, shacl_graph=shapes())
    return bool(conforms), str(report)


def test_the_catalogue_is_valid_after_the_profile(turtle: Graph) -> None:
    conforms, report = problems(turtle)
    assert conforms, report


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.least][::4], ids=lambda rule: f"{rule.kind} {rule.path}"
)
def test_a_catalogue_without_a_value_that_must_be_there_is_not_valid(turtle: Graph, rule: Rule) -> None:
    bare = Graph() + turtle
    subject = next(turtle.subjects(RDF.type, full(rule.kind, turtle)))
    bare.remove((subject, full(rule.path, turtle), None))
    assert not problems(bare)[0]


def test_nothing_is_said_that_no_rule_looks_at(turtle: Graph) -> None:
    ruled = {(full(rule.kind, turtle), full(rule.path, turtle)) for rule in RULES}
    for subject, path in set(turtle.subject_predicates()):
        assert path == RDF.type or (turtle.value(subject, RDF.type), path) in ruled, path


# rdflib's reader of JSON-LD uses a class of its own that it calls outdated.
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_the_catalogue_is_the_same_in_json_ld(turtle: Graph, shared_site: Reader) -> None:
    given = shared_site.get(f"{ROOT}/catalog.jsonld")
    assert given.headers["content-type"] == "application/ld+json"
    assert isomorphic(Graph().parse(data=given.text, format="json-ld", publicID=BASE), turtle)


def test_every_address_of_ours_in_the_catalogue_can_be_fetched(
    turtle: Graph, shared_site: Reader, edition: Edition
) -> None:
    dcat = "http://www.w3.org/ns/dcat#"
    names = ("accessURL", "landingPage", "endpointDescription")
    found = {str(value) for name in names for value in turtle.objects(None, URIRef(dcat + name))}
    assert len(found) == len(tables_of(edition)) * (7 + 1) + 1 + 1
    for address in found:
        parts = urlsplit(address)
        assert parts.netloc == "statistikk.example"
        assert shared_site.get(f"{parts.path}?{parts.query}").status_code == 200, address


def test_an_invented_table_says_so_in_its_title_and_keywords(turtle: Graph) -> None:
    dct, dcat = "http://purl.org/dc/terms/", "http://www.w3.org/ns/dcat#"
    for table in turtle.subjects(RDF.type, URIRef(f"{dcat}Dataset")):
        titles = {str(title) for title in turtle.objects(table, URIRef(f"{dct}title"))}
        assert all("syntetiske data" in title or "synthetic data" in title for title in titles)
        assert (table, URIRef(f"{dcat}keyword"), Literal("syntetiske data", lang="nb")) in turtle
