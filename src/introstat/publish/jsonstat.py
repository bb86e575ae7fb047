"""A table as JSON-stat 2.0, in the form clients of PxWebApi 2 read.

`value` is a dense array with null where a number is not shown; `status` names the sign by the place in that array, `*` for a
number that is preliminary. No
total may be computed by adding shown cells, so the total of every variable is a code of its own (`eliminationValueCode`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from introstat.publish.imprint import Imprint
    from introstat.publish.labels import TableLabels
    from introstat.vocabulary.tables import SafeCube

ROLES: Final = {"time": "Tid", "geo": "Region", "metric": "ContentsCode"}
MANDATORY: Final = frozenset({"ContentsCode", "Tid"})


def json_stat(cube: SafeCube, labels: TableLabels, *, imprint: Imprint) -> bytes:
    """The dataset; a synthetic edition says so in the label, the source and the first note.

    Keys keep their order: clients take the codes of a variable in the order of `category.index`.
    """
    values: list[float | None] = [
        None if value != value else int(value) if value.is_integer() else value
        for value in cube.values.ravel().tolist()
    ]
    status = {str(at): sign for at, sign in enumerate(cube.status.ravel().tolist()) if sign}
    codes = [dimension.code for dimension in cube.dimensions]
    provenance = imprint.provenance_note(labels.language)
    notes = ([provenance] if provenance else []) + [labels.population, *labels.notes]
    dataset: dict[str, Any] = {
        "version": "2.0",
        "class": "dataset",
        "label": imprint.marked(labels.title, labels.language),
        "source": imprint.with_provenance(labels.source.rstrip("."), labels.language),
        "updated": imprint.updated,
        "note": notes,
        "role": {role: [code] for role, code in ROLES.items() if code in codes},
        "id": codes,
        "size": [len(dimension) for dimension in cube.dimensions],
        "dimension": {
            dimension.code: _dimension(dimension.code, dimension.values, labels, imprint)
            for dimension in cube.dimensions
        },
        "value": values,
        "status": status,
        "extension": {
            "noteMandatory": {"0": True} if provenance else {},
            "px": {
                "tableid": cube.table,
                "matrix": cube.table,
                "contents": labels.title,
                "decimals": 0,
                "language": labels.language,
                "aggregallowed": False,
                "official-statistics": False,
                "copyright": False,
                "subject-code": "IP",
                "updateFrequency": "annual",
                **({"nextUpdate": imprint.next_update} if imprint.next_update else {}),
            },
            "contact": [],
            "edition": str(imprint.number),
            "origin": imprint.provenance.value,
            "periodStatus": imprint.status(labels.language).code,
        },
    }
    return (json.dumps(dataset, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _dimension(code: str, values: tuple[str, ...], labels: TableLabels, imprint: Imprint) -> dict[str, Any]:
    category: dict[str, Any] = {
        "index": {value: at for at, value in enumerate(values)},
        "label": {value: labels.of(code, value) for value in values},
    }
    extension: dict[str, Any] = {
        "elimination": code not in MANDATORY and labels.totals.get(code) in values,
        "show": "code_value" if code == "Region" else "value",
        "codelists": [],
        "codeLists": [],
    }
    if extension["elimination"]:
        extension["eliminationValueCode"] = labels.totals[code]
    if code == "ContentsCode":
        category["unit"] = {
            value: {"base": labels.units[value][0], "decimals": labels.units[value][1]} for value in values
        }
        category["note"] = {value: [labels.contents_about[value]] for value in values}
        extension["refperiod"] = {value: str(imprint.year) for value in values}
        extension["measuringType"] = dict.fromkeys(values, "Flow")
    return {"label": labels.variables[code], "note": [labels.about[code]], "category": category, "extension": extension}
