"""The page that explains the interface to people: from zero to a chart, then everything else, with examples that run.

The examples are files of this package, shown as they stand; the tests run the same files against a server.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from introstat.site.page import Ask, Page, crumbs
from introstat.site.pxwebapi.addresses import address, editions_param
from introstat.site.pxwebapi.catalogue import Catalogues, Wanted
from introstat.site.pxwebapi.languages import TAGS
from introstat.site.pxwebapi.limits import Limits
from introstat.site.pxwebapi.openapi import description
from introstat.site.pxwebapi.problems import Problem

if TYPE_CHECKING:
    from introstat.site.page import Ask, Page, crumbs
    from introstat.site.pxwebapi.table import Table
    from introstat.vocabulary.texts import Language

EXAMPLES: Final = {
    "look": "look.sh",
    "table_py": "table.py.txt",
    "client": "client.py.txt",
    "table_r": "table.R",
    "table_js": "table.mjs",
    "cite": "cite.sh",
}
"""The examples by the key of their heading."""

CHART: Final = "chart.vl.json"
PLACEHOLDER: Final = "https://introstat.example"
_catalogues: Final = Catalogues()


def page(ask: Ask) -> Page:
    """The page in one language."""
    said = texts(ask.language)
    limits = Limits()
    return Page(
        "api.html",
        title=said["title"],
        description=said["lead"],
        context={
            "said": said,
            "limits": said["limits"]["text"].format(calls=limits.calls, seconds=limits.seconds),
            "first": address_of_example("look"),
            "chart": example(CHART),
            "examples": [(key, said["examples"][key], example(name)) for key, name in EXAMPLES.items()],
            "tables": _tables(ask),
            "operations": operations(),
            "links": [
                (address("openapi.json"), said["more"]["openapi"]),
                (address("catalog.ttl"), said["more"]["catalogue"]),
                (address("catalog.jsonld"), said["more"]["catalogue_json"]),
                (address("config"), said["more"]["config"]),
            ],
        },
        crumbs=crumbs(ask),
        section="api",
    )


@dataclass(frozen=True, slots=True)
class Operation:
    """An address as the page tells of it: what it gives, what it takes, and one that can be opened; empty where there is none."""

    method: str
    path: str
    summary: str
    takes: tuple[tuple[str, str], ...]
    example: str


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation of the description, in its order."""
    found = description()
    return tuple(
        Operation(
            method=method.upper(),
            path=path,
            summary=operation["summary"],
            takes=tuple(_taken(operation, found)),
            example=_openable(method, path, operation),
        )
        for path, methods in found["paths"].items()
        for method, operation in methods.items()
    )


def _taken(operation: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The names and the meanings of what stands in the address, in the query and in the body."""
    for parameter in operation["parameters"]:
        if parameter.get("in") == "path":
            yield parameter["name"], f"In the address, such as {parameter['example']}."
        known = found["components"]["parameters"].get(parameter.get("$ref", "").rpartition("/")[2])
        if known is not None:
            yield known["name"], known["description"]
    if "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        yield "body", f"JSON of the kind {schema} in the description."


def _openable(method: str, path: str, operation: Mapping[str, Any]) -> str:
    """An address of the operation to try; empty where it must be posted, or where an id has to be made first."""
    if method != "get" or path.startswith("/savedqueries"):
        return ""
    ids = [parameter["example"] for parameter in operation["parameters"] if parameter.get("in") == "path"]
    return address(*((ids[0] if step == "{id}" else step) for step in path.strip("/").split("/")))


@cache
def texts(language: Language) -> dict[str, Any]:
    """The page's texts in one language."""
    return tomllib.loads((files(__package__) / "texts" / f"{language}.toml").read_text(encoding="utf-8"))


@cache
def example(name: str) -> str:
    """An example as it stands."""
    return (files(__package__) / "examples" / name).read_text(encoding="utf-8").strip()


def address_of_example(key: str) -> str:
    """The address that an example asks for, on this site."""
    text = example(EXAMPLES[key])
    start = text.index(PLACEHOLDER) + len(PLACEHOLDER)
    return text[start : text.index('"', start)]


def _tables(ask: Ask) -> list[dict[str, str]]:
    """The tables as they are now; none while an edition cannot be shown."""
    try:
        catalogue = _catalogues.find(ask.shelf, Wanted())
    except Problem:
        return []
    return [_entry(catalogue.table(known), ask.language) for known in catalogue.ids]


def _entry(table: Table, language: Language) -> dict[str, str]:
    tag = TAGS[language]
    everything = {f"valuecodes[{variable.code}]": "*" for variable in table.variables}
    return {
        "id": table.id,
        "title": table.words(language).title,
        "metadata": address("tables", table.id, "metadata", lang=tag),
        "data": address("tables", table.id, "data", lang=tag, **everything),
        "csv": address("tables", table.id, "data", lang=tag, outputFormat="csv", **everything),
        "versions": address("tables", table.id, "versions", lang=tag),
        "editions": editions_param(table),
    }
