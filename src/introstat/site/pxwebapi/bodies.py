"""Selections as JSON: what callers post, and what they are told in return."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from introstat.site.pxwebapi.problems import Problem, Title
from introstat.site.pxwebapi.selection import Item, Placement, Selection

if TYPE_CHECKING:
    from introstat.site.pxwebapi.extract import Extract


def read_json(body: bytes) -> object:
    """The JSON of a body. Raises Problem."""
    try:
        found: object = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Problem(400, Title.QUERY, "The body is not JSON in UTF-8.") from error
    return found


def read_selection(body: object) -> Selection:
    """`{"selection": [{"variableCode", "valueCodes", "codelist"}], "placement": {"heading", "stub"}}`. Raises Problem."""
    if not isinstance(body, dict) or not isinstance(body.get("selection"), list):
        raise Problem(400, Title.QUERY, 'The body is an object with a list "selection", which may be empty.')
    placement = body.get("placement", {})
    if not isinstance(placement, dict):
        raise Problem(400, Title.PLACEMENT, "placement is an object with heading and stub.")
    return Selection(
        items=tuple(_item(item) for item in body["selection"]),
        placement=Placement(heading=_codes(placement, "heading"), stub=_codes(placement, "stub")),
    )


def selection_body(selection: Selection) -> dict[str, Any]:
    """The same object from a selection; what was not said is left out."""
    placement = {
        name: list(codes)
        for name, codes in (("heading", selection.placement.heading), ("stub", selection.placement.stub))
        if codes is not None
    }
    return {
        "selection": [
            {
                "variableCode": item.variable,
                **({"codelist": item.codelist} if item.codelist else {}),
                "valueCodes": list(item.values),
            }
            for item in selection.items
        ],
        **({"placement": placement} if placement else {}),
    }


def expanded_body(extract: Extract) -> dict[str, Any]:
    """What a selection came to: every code, and where every variable stands."""
    axes = {axis.variable.code: axis for axis in extract.axes}
    return {
        "selection": [
            {
                "variableCode": variable.code,
                **(_codelist(extract, variable.code)),
                "valueCodes": list(axes[variable.code].codes) if variable.code in axes else [],
            }
            for variable in extract.table.variables
        ],
        "placement": {
            "heading": [axis.variable.code for axis in extract.heading],
            "stub": [axis.variable.code for axis in extract.stub],
        },
    }


def _codelist(extract: Extract, code: str) -> dict[str, str]:
    for axis in extract.axes:
        if axis.variable.code == code and axis.codelist is not None:
            return {"codelist": axis.codelist.id}
    return {}


def _item(item: object) -> Item:
    if not isinstance(item, dict) or not isinstance(item.get("variableCode"), str):
        raise Problem(400, Title.VARIABLE, "Every item of selection is an object with a text variableCode.")
    values, codelist = item.get("valueCodes", []), item.get("codelist")
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise Problem(400, Title.VALUE, "valueCodes is a list of texts.")
    if codelist is not None and not isinstance(codelist, str):
        raise Problem(400, Title.CODELIST, "codelist is a text.")
    return Item(item["variableCode"], tuple(values), codelist or None)


def _codes(placement: dict[str, Any], name: str) -> tuple[str, ...] | None:
    codes = placement.get(name)
    if name not in placement:
        return None
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise Problem(400, Title.PLACEMENT, f"{name} is a list of texts.")
    return tuple(codes)
