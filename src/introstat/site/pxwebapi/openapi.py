"""The interface's own description, OpenAPI 3.0: every address, every parameter, every answer.

It says what this server does, also where that is more than the contract: the extensions have schemas, ids have examples, and
the limits and errors are those of the code.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from typing import Any, Final

from introstat.publish.imprint import LICENCE, LICENCE_ADDRESS
from introstat.site.pxwebapi.addresses import ROOT
from introstat.site.pxwebapi.formats import FORMATS, PARAMS
from introstat.site.pxwebapi.languages import TAGS
from introstat.site.pxwebapi.problems import Title
from introstat.site.pxwebapi.schemas import schemas

_JSON: Final = "application/json"
_ABOUT: Final = (
    "Open data on the Norwegian introduction programme, after the PxWebApi 2 contract. Hidden and missing numbers are told "
    "apart, every answer names the editions it rests on and their hashes, and nothing is ever added up when it is asked for."
)


@cache
def description() -> dict[str, Any]:
    """The whole description."""
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "introstat open data",
            "version": version("introstat"),
            "description": _ABOUT,
            "license": {"name": LICENCE, "url": LICENCE_ADDRESS},
        },
        "servers": [{"url": ROOT}],
        "tags": [
            {"name": "Tables", "description": "Find tables, read what they hold, and fetch their cells."},
            {"name": "Code lists", "description": "Named parts and groupings of a variable's values."},
            {"name": "Saved queries", "description": "A query as an address. Nothing is stored: the id is the query."},
            {"name": "Editions", "description": "Versions of a table, and what changed between them."},
            {"name": "About", "description": "The configuration, this description, and the catalogue."},
        ],
        "paths": _paths(),
        "components": {"parameters": _parameters(), "responses": _responses(), "schemas": schemas()},
    }


def _paths() -> dict[str, Any]:
    common = ["lang", "version", "editions"]
    table, codelist, saved = _id("IP102"), _id("agg_Fylker"), _id("q…")
    return {
        "/config": {"get": _operation("getConfig", "About", "What clients ask first", "Config", [], limited=False)},
        "/tables": {
            "get": _operation(
                "listTables", "Tables", "Find tables", "Tables",
                [*common, "query", "pastDays", "includeDiscontinued", "pageNumber", "pageSize"],
            )
        },
        "/tables/{id}": {"get": _operation("getTable", "Tables", "One table", "TableAnswer", common, path=table)},
        "/tables/{id}/metadata": {
            "get": _operation(
                "getMetadata", "Tables", "Variables, values, code lists and notes: JSON-stat without cells", "Dataset",
                [*common, "defaultSelection", "savedQuery", "codelist"], path=table,
            )
        },
        "/tables/{id}/defaultselection": {
            "get": _operation(
                "getDefaultSelection", "Tables", "What is shown where nothing is selected", "SelectionAnswer", common,
                path=table,
            )
        },
        "/tables/{id}/data": {
            "get": _operation(
                "getData", "Tables", "Cells", None,
                [*common, "valuecodes", "codelist", "outputFormat", "outputFormatParams", "heading", "stub"], path=table,
            ),
            "post": _operation(
                "postData", "Tables", "Cells, with the selection in the body", None,
                [*common, "outputFormat", "outputFormatParams"], path=table, body="Selection",
            ),
        },
        "/tables/{id}/versions": {
            "get": _operation("getVersions", "Editions", "Every edition of a table", "Versions", common, path=table)
        },
        "/tables/{id}/changes": {
            "get": _operation(
                "getChanges", "Editions", "The cells that changed, before and after, with the reason", "Changes", common,
                path=table,
            )
        },
        "/codelists/{id}": {
            "get": _operation("getCodelist", "Code lists", "A code list", "Codelist", common, path=codelist)
        },
        "/savedqueries": {
            "post": _operation(
                "saveQuery", "Saved queries", "Turn a query into an address", "SavedQueryAnswer", ["version", "editions"],
                body="SavedQuery", status="201",
            )
        },
        "/savedqueries/{id}": {
            "get": _operation("getSavedQuery", "Saved queries", "The query", "SavedQueryAnswer", [], path=saved)
        },
        "/savedqueries/{id}/data": {
            "get": _operation(
                "runSavedQuery", "Saved queries", "The cells of the query", None,
                [*common, "outputFormat", "outputFormatParams"], path=saved,
            )
        },
        "/savedqueries/{id}/selection": {
            "get": _operation(
                "unfoldSavedQuery", "Saved queries", "The query with its expressions unfolded", "SelectionAnswer", common,
                path=saved,
            )
        },
        "/openapi.json": {
            "get": _operation("getDescription", "About", "This description", "Description", [], limited=False)
        },
        "/catalog.ttl": {
            "get": _file("getCatalogTurtle", "The catalogue after DCAT-AP-NO, as Turtle", "text/turtle", {"type": "string"})
        },
        "/catalog.jsonld": {
            "get": _file("getCatalogJsonLd", "The catalogue after DCAT-AP-NO, as JSON-LD", "application/ld+json", {"type": "object"})
        },
    }  # fmt: skip


def _operation(
    name: str,
    tag: str,
    summary: str,
    schema: str | None,
    parameters: list[str],
    *,
    path: dict[str, Any] | None = None,
    body: str | None = None,
    status: str = "200",
    limited: bool = True,
) -> dict[str, Any]:
    content = _data_content() if schema is None else {_JSON: {"schema": _ref("schemas", schema)}}
    given = [path] if path else []
    return {
        "tags": [tag],
        "summary": summary,
        "operationId": name,
        "parameters": [*given, *(_ref("parameters", parameter) for parameter in parameters)],
        **(
            {"requestBody": {"content": {_JSON: {"schema": _ref("schemas", body)}}, "required": status == "201"}}
            if body
            else {}
        ),
        "responses": {
            status: {"description": "What was asked for", "content": content},
            **_failures(
                has_data=schema is None or name == "unfoldSavedQuery", has_body=body is not None, limited=limited
            ),
        },
    }


def _file(name: str, summary: str, media_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    made = _operation(name, "About", summary, "Description", ["version", "editions"])
    made["responses"]["200"]["content"] = {media_type: {"schema": schema}}
    return made


def _failures(*, has_data: bool, has_body: bool, limited: bool) -> dict[str, Any]:
    known = ["400", "404"] if limited else []
    known += ["403"] if has_data else []
    known += ["413"] if has_body else []
    known += ["410", "414", "429", "503"] if limited else []
    return {status: _ref("responses", f"Problem{status}") for status in sorted(known)}


def _data_content() -> dict[str, Any]:
    content: dict[str, Any] = {_JSON: {"schema": {"oneOf": [_ref("schemas", "Dataset"), _ref("schemas", "JsonPx")]}}}
    for found in FORMATS.values():
        content.setdefault(found.media_type.partition(";")[0], {"schema": {"type": "string", "format": "binary"}})
    return content


def _parameters() -> dict[str, Any]:
    texts = {"type": "array", "items": {"type": "string"}}
    return {
        "lang": _query("lang", {"type": "string", "pattern": "^([Nn][OoBbNn]|[Ee][Nn])?$", "example": TAGS["nb"]}, "no, nn or en; Bokmål where none is named."),
        "version": _query("version", texts, "Editions that take the place of their years, such as 2016.0.", explode=False),
        "editions": _query(
            "editions", texts, "Exactly these editions and nothing newer: the answer never changes.", explode=False
        ),
        "query": _query("query", {"type": "string"}, "Words that must stand somewhere in a table's title, variables or values."),
        "pastDays": _query("pastDays", {"type": "integer", "minimum": 1}, "Tables updated in the last so many days."),
        "includeDiscontinued": _query("includeDiscontinued", {"type": "boolean"}, "Also tables that newer years lack."),
        "pageNumber": _query("pageNumber", {"type": "integer", "format": "int32"}, "The page, from 1."),
        "pageSize": _query("pageSize", {"type": "integer", "format": "int32"}, "Tables a page; 20 where nothing is said."),
        "defaultSelection": _query("defaultSelection", {"type": "boolean"}, "Code lists as the default selection has them."),
        "savedQuery": _query("savedQuery", {"type": "string", "nullable": True}, "Code lists as this saved query has them."),
        "valuecodes": {
            **_query(
                "valuecodes",
                {"type": "object", "additionalProperties": texts},
                "Values of a variable, as codes or expressions: *, 01*, ??, top(1), [range(2010,2016)], from(2010).",
            ),
            "style": "deepObject",
            "explode": True,
        },
        "codelist": {
            **_query("codelist", {"type": "object", "additionalProperties": {"type": "string"}}, "A code list of a variable."),
            "style": "deepObject",
            "explode": True,
        },
        "outputFormat": _query("outputFormat", {"type": "string", "enum": list(FORMATS)}, "The format; json-stat2 where none is named."),
        "outputFormatParams": _query(
            "outputFormatParams", {"type": "array", "items": {"type": "string", "enum": list(PARAMS)}},
            "For csv, html and xlsx; separators for csv alone.",
        ),
        "heading": _query("heading", texts, "Variables in the heading.", explode=False),
        "stub": _query("stub", texts, "Variables in the stub.", explode=False),
    }  # fmt: skip


def _query(name: str, schema: dict[str, Any], about: str, *, explode: bool = True) -> dict[str, Any]:
    style = {} if explode else {"style": "form", "explode": False}
    return {"name": name, "in": "query", "required": False, "description": about, "schema": schema, **style}


def _id(example: str) -> dict[str, Any]:
    return {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}, "example": example}


def _responses() -> dict[str, Any]:
    about = {
        "400": "Something asked for does not exist, does not fit, or was not protected",
        "403": Title.CELLS.value,
        "404": "No such table, code list, page, edition or saved query",
        "410": "An edition was taken back; `withdrawn` says when and why, and what stands of its year",
        "413": "The body is too large",
        "414": "The address is too long; send the selection as POST",
        "429": "Too many calls; wait as many seconds as Retry-After says",
        "503": "An edition is not what was released and is not shown",
    }
    content = {"application/problem+json": {"schema": _ref("schemas", "Problem")}}
    wait = {"Retry-After": {"description": "Seconds", "schema": {"type": "integer"}}}
    return {
        f"Problem{status}": {
            "description": text,
            **({"headers": wait} if status in ("429", "503") else {}),
            "content": content,
        }
        for status, text in about.items()
    }


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}
