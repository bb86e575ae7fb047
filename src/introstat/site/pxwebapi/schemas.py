"""The shapes of the interface's documents, as JSON schemas. They are strict: a property that is not named is an error."""

from __future__ import annotations

from typing import Any, Final

from introstat.site.pxwebapi.formats import FORMATS, PARAMS
from introstat.site.pxwebapi.languages import TAGS
from introstat.site.pxwebapi.quality import PLACES
from introstat.site.pxwebapi.wording import REASONS
from introstat.vocabulary.places import Level

_TEXT: Final = {"type": "string"}
_FLAG: Final = {"type": "boolean"}
_WHOLE: Final = {"type": "integer"}
_TIME: Final = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$"}
_EDITION: Final = {"type": "string", "pattern": r"^\d{4}\.[01](\.[1-9]\d*)?$"}
_SHA256: Final = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_SIGN: Final = {"type": "string", "enum": list(REASONS)}


def schemas() -> dict[str, Any]:
    """Every schema by its name."""
    return {**_documents(), **_selections(), **_datasets(), **_editions()}


def _documents() -> dict[str, Any]:
    tag = {"type": "string", "enum": list(TAGS.values())}
    return {
        "Link": _object({"rel": _TEXT, "hreflang": _TEXT, "href": _TEXT}),
        "Problem": _object(
            {"type": _TEXT, "title": _TEXT, "status": _WHOLE, "detail": _TEXT, "instance": _TEXT},
            optional={"withdrawn": _ref("Withdrawal")},
        ),
        "Config": _object(
            {
                "apiVersion": _TEXT,
                "appVersion": _TEXT,
                "languages": _list(_object({"id": tag, "label": _TEXT})),
                "defaultLanguage": tag,
                "maxDataCells": _WHOLE,
                "maxCallsPerTimeWindow": _WHOLE,
                "timeWindow": _WHOLE,
                "license": _TEXT,
                "sourceReferences": _list(_object({"language": tag, "text": _TEXT})),
                "defaultDataFormat": _TEXT,
                "dataFormats": _list(_TEXT),
                "features": _list(_object({"id": _TEXT, "params": _list(_object({"key": _TEXT, "value": _TEXT}))})),
            }
        ),
        "Table": _object(_table()),
        "TableAnswer": _object({"language": tag, **_table()}),
        "Tables": _object(
            {
                "language": tag,
                "tables": _list(_ref("Table")),
                "page": _object(
                    {
                        "pageNumber": {"type": "integer", "minimum": 1},
                        "pageSize": {"type": "integer", "minimum": 1},
                        "totalElements": {"type": "integer", "minimum": 0},
                        "totalPages": {"type": "integer", "minimum": 1},
                        "links": _links(),
                    }
                ),
                "links": _links(),
            }
        ),
        "Codelist": _object(
            {
                "id": _TEXT,
                "label": _TEXT,
                "language": tag,
                "languages": _list(tag),
                "elimination": _FLAG,
                "type": {"type": "string", "enum": ["Aggregation", "Valueset"]},
                "values": _list(_object({"code": _TEXT, "label": _TEXT, "valueMap": _list(_TEXT)})),
                "links": _links(),
            },
            optional={"eliminationValueCode": _TEXT},
        ),
        "Description": {"type": "object"},
    }


def _table() -> dict[str, Any]:
    return {
        "id": _TEXT,
        "label": _TEXT,
        "description": _TEXT,
        "sortCode": _TEXT,
        "updated": _TIME,
        "firstPeriod": _TEXT,
        "lastPeriod": _TEXT,
        "category": {"type": "string", "enum": ["public"]},
        "variableNames": _list(_TEXT),
        "discontinued": _FLAG,
        "source": _TEXT,
        "subjectCode": _TEXT,
        "timeUnit": {"type": "string", "enum": ["Annual", "Other"]},
        "paths": _list(_list(_object({"id": _TEXT, "label": _TEXT, "sortCode": _TEXT}))),
        "version": _EDITION,
        "editions": _list(_EDITION),
        "links": _links(),
    }


def _selections() -> dict[str, Any]:
    placement = _object({}, optional={"heading": _list(_TEXT), "stub": _list(_TEXT)})
    item = _object(
        {"variableCode": _TEXT}, optional={"codelist": {**_TEXT, "nullable": True}, "valueCodes": _list(_TEXT)}
    )
    selection = {"selection": _list(item)}
    # What callers send may hold more than is known here; what they are sent may not.
    taken = _open(_object(selection, optional={"placement": _open(placement)}))
    taken["properties"]["selection"] = _list(_open(item))
    saved = {
        "language": _TEXT,
        "tableId": _TEXT,
    }
    output = {
        "id": _TEXT,
        "outputFormat": {"type": "string", "enum": list(FORMATS)},
        "outputFormatParams": _list({"type": "string", "enum": list(PARAMS)}),
    }
    return {
        "Selection": taken,
        "SelectionAnswer": _object({"language": _TEXT, **selection, "placement": placement, "links": _links()}),
        "SavedQuery": _open(_object({**saved, "selection": _ref("Selection")}, optional=output)),
        "SavedQueryAnswer": _object(
            {
                "language": _TEXT,
                "id": _TEXT,
                "savedQuery": _object(
                    {**saved, "selection": _object(selection, optional={"placement": placement}), **output}
                ),
                "links": _links(),
            }
        ),
    }


def _datasets() -> dict[str, Any]:
    related = _list(
        _object(
            {
                "extension": _object({"relation": _TEXT, "metaid": _TEXT}),
                "href": _TEXT,
                "label": _TEXT,
                "type": _TEXT,
            }
        )
    )
    codelists = _list(_object({"id": _TEXT, "label": _TEXT, "type": _TEXT, "links": _links()}))
    dimension = _object(
        {
            "label": _TEXT,
            "category": _object(
                {"index": _map(_WHOLE), "label": _map(_TEXT)},
                optional={
                    "note": _map(_list(_TEXT)),
                    "unit": _map(_object({"base": _TEXT, "decimals": _WHOLE})),
                },
            ),
            "extension": _object(
                {
                    "elimination": _FLAG,
                    "show": {"type": "string", "enum": ["code", "value", "code_value"]},
                    "codelists": codelists,
                    "codeLists": codelists,
                },
                optional={
                    "eliminationValueCode": _TEXT,
                    **{name: _map(_TEXT) for name in ("refperiod", "measuringType", "priceType", "adjustment")},
                },
            ),
        },
        optional={
            "note": _list(_TEXT),
            "link": _object({"related": related, "describedby": _list(_object({"extension": _map(_TEXT)}))}),
        },
    )
    return {
        "Dataset": _object(
            {
                "version": {"type": "string", "enum": ["2.0"]},
                "class": {"type": "string", "enum": ["dataset"]},
                "label": _TEXT,
                "source": _TEXT,
                "updated": _TIME,
                "link": _object({"related": related}),
                "note": _list(_TEXT),
                "role": _object({"time": _list(_TEXT), "metric": _list(_TEXT)}, optional={"geo": _list(_TEXT)}),
                "id": _list(_TEXT),
                "size": _list(_WHOLE),
                "dimension": _map(dimension),
                "extension": _ref("Extension"),
                "value": _list({"type": "number", "nullable": True}),
            },
            optional={"status": _map(_SIGN)},
        ),
        "Extension": _object(
            {
                "noteMandatory": _map(_FLAG),
                "px": {"type": "object"},
                "contact": _list({"type": "object"}),
                "version": _EDITION,
                "origin": {"type": "string", "enum": ["register", "synthetic"]},
                "editions": _list(_ref("Edition")),
                "periodStatus": _map(_TEXT),
                "quality": _list(_ref("Quality")),
            },
            optional={
                "permalink": _TEXT,
                "status": _object({"label": _map(_TEXT), "reason": _map(_TEXT)}, optional={"cells": _map(_TEXT)}),
                "uncertainty": _object({"method": _TEXT, "label": _TEXT, "low": _map(_WHOLE), "high": _map(_WHOLE)}),
            },
        ),
        "Quality": _object(_quality()),
        "JsonPx": _object(
            {
                "columns": _list(_object({"code": _TEXT, "text": _TEXT, "type": _TEXT}, optional={"unit": _TEXT})),
                "comments": _list(_object({"variable": _TEXT, "value": _TEXT, "comment": _TEXT})),
                "data": _list(_object({"key": _list(_TEXT), "values": _list(_TEXT)})),
                "metadata": _list({"type": "object"}),
            }
        ),
    }


def _quality() -> dict[str, Any]:
    number, share = {**_WHOLE, "nullable": True}, {"type": "number", "nullable": True}
    tally = {
        **dict.fromkeys(("all", "shown", *REASONS.values()), _WHOLE),
        "shareProtected": {"type": "number", "minimum": 0, "maximum": 1},
    }
    return {
        "edition": _EDITION,
        "definitions": _TEXT,
        "rows": _map(_WHOLE),
        "figures": _map(_WHOLE),
        "municipalities": _object({"reported": number, "all": number}),
        "missingReasons": _object({"people": number, "of": number, "share": share}),
        "cells": _object(
            tally, optional={"byLevel": _object({}, optional={level.value: _object(tally) for level in Level})}
        ),
        "protection": _object(
            {
                "policy": _TEXT,
                "decision": _TEXT,
                "attackSettled": _FLAG,
                **dict.fromkeys(PLACES, number),
            }
        ),
    }


def _editions() -> dict[str, Any]:
    edition = {
        "number": _EDITION,
        "year": _WHOLE,
        "status": {"type": "string", "enum": ["preliminary", "final"]},
        "released": _TIME,
        "origin": {"type": "string", "enum": ["register", "synthetic"]},
        "sha256": _SHA256,
        "href": _TEXT,
    }
    side = {
        **_object({"value": {"type": "number", "nullable": True}, "status": _TEXT}, optional={"reason": _TEXT}),
        "nullable": True,
    }
    previous = {**_EDITION, "nullable": True}
    return {
        "Edition": _object(edition),
        "Withdrawal": _object(
            {
                "number": _EDITION,
                "day": {"type": "string", "format": "date"},
                "reason": _object(dict.fromkeys(TAGS.values(), _TEXT)),
                "instead": _list(_EDITION),
            }
        ),
        "Versions": _object(
            {
                "language": _TEXT,
                "id": _TEXT,
                "version": _EDITION,
                "versions": _list(
                    _object(
                        {
                            **edition,
                            "isNewestOfYear": _FLAG,
                            "reason": _TEXT,
                            "previous": previous,
                            "changedCells": _WHOLE,
                            "links": _links(),
                        },
                        optional={"reasonLanguage": _TEXT},
                    )
                ),
                "withdrawn": _list(_ref("Withdrawal")),
                "links": _links(),
            }
        ),
        "Changes": _object(
            {
                "language": _TEXT,
                "id": _TEXT,
                "changes": _list(
                    _object(
                        {
                            "version": _EDITION,
                            "previous": previous,
                            "released": _TIME,
                            "reason": _TEXT,
                            "cells": _list(_object({"codes": _map(_TEXT), "before": side, "after": side})),
                        },
                        optional={"reasonLanguage": _TEXT, "withdrawn": _ref("Withdrawal")},
                    )
                ),
                "links": _links(),
            }
        ),
    }


def _object(required: dict[str, Any], *, optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        **({"required": list(required)} if required else {}),
        "additionalProperties": False,
    }


def _open(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name != "additionalProperties"}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


def _map(value: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": value}


def _links() -> dict[str, Any]:
    return _list(_ref("Link"))


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
