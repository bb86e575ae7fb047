"""JSON-stat 2.0 as the contract's clients read it, with cells or, as metadata, without.

`value` is a dense list with null where no number is shown, `status` the signs by place; keys of `index` stand in their order.
What goes beyond the contract is in `extension`: the editions with their hashes, an address that always gives this answer,
the reason of every missing number, the uncertainty of the shares, and figures on quality.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson

from introstat.site.pxwebapi import wording
from introstat.site.pxwebapi.addresses import classification, codelist_address, permalink, related
from introstat.site.pxwebapi.languages import TAGS
from introstat.site.pxwebapi.quality import editions_of, quality_of, uncertainty_of
from introstat.site.pxwebapi.table import Role
from introstat.vocabulary.tables import Status

if TYPE_CHECKING:
    from introstat.site.pxwebapi.codelists import Codelist
    from introstat.site.pxwebapi.extract import Axis, Extract

_NOT_APPLICABLE: Final = Status.NOT_APPLICABLE.value


def json_stat(extract: Extract, *, codelists: Mapping[str, Codelist] | None = None) -> bytes:
    """The dataset with its cells."""
    dataset = dataset_of(extract, codelists=codelists or {})
    dataset["value"] = extract.numbers()
    dataset["status"] = {str(at): sign for at, sign in enumerate(extract.signs()) if sign}
    extension = dataset["extension"]
    extension["permalink"] = permalink(extract)
    extension["status"] = {
        "label": {sign: wording.SIGNS[sign].in_language(extract.language) for sign in extract.used_signs()},
        "reason": {sign: wording.REASONS[sign] for sign in extract.used_signs()},
        **_not_in_force(extract),
    }
    uncertainty = uncertainty_of(extract)
    if uncertainty:
        extension["uncertainty"] = uncertainty
    return orjson.dumps(dataset)


def metadata(extract: Extract, *, codelists: Mapping[str, Codelist]) -> bytes:
    """The same dataset without cells, and with what may be chosen: the code lists of every variable."""
    dataset = dataset_of(extract, codelists=codelists)
    dataset["value"] = []
    return orjson.dumps(dataset)


def dataset_of(extract: Extract, *, codelists: Mapping[str, Codelist]) -> dict[str, Any]:
    """Everything but the cells."""
    table, words, language = extract.table, extract.words, extract.language
    roles: dict[str, list[str]] = {}
    for axis in extract.axes:
        if axis.variable.role is not Role.OTHER:
            roles.setdefault(axis.variable.role.value, []).append(axis.variable.code)
    stored = table.stored.px
    return {
        "version": "2.0",
        "class": "dataset",
        "label": words.title,
        "source": words.source,
        "updated": table.updated,
        "link": {"related": related(table, language)},
        "note": [note.text for note in words.notes],
        "role": {role: roles[role] for role in ("time", "geo", "metric") if role in roles},
        "id": [axis.variable.code for axis in extract.axes],
        "size": [len(axis.codes) for axis in extract.axes],
        "dimension": {axis.variable.code: _dimension(extract, axis, codelists) for axis in extract.axes},
        "extension": {
            "noteMandatory": {str(at): True for at, note in enumerate(words.notes) if note.is_mandatory},
            "px": {
                "infofile": table.id,
                "tableid": table.id,
                "decimals": max((d for _, d in words.variables[table.contents.code].units.values()), default=0),
                "official-statistics": bool(stored.get("official-statistics", False)),
                "aggregallowed": False,
                "copyright": bool(stored.get("copyright", False)),
                "language": TAGS[language],
                "contents": words.title,
                "description": words.title,
                "descriptiondefault": True,
                "heading": [axis.variable.code for axis in extract.heading],
                "stub": [axis.variable.code for axis in extract.stub],
                "matrix": table.id,
                "subject-code": str(stored.get("subject-code", "IP")),
                "subject-area": wording.SUBJECT.in_language(language),
                **({"nextUpdate": stored["nextUpdate"]} if "nextUpdate" in stored else {}),
                "survey": wording.SURVEY.in_language(language),
                "updateFrequency": str(stored.get("updateFrequency", "annual")),
            },
            "contact": [dict(contact) for contact in table.stored.contact],
            "version": str(table.newest.number),
            "origin": "synthetic" if table.is_synthetic else "register",
            "editions": editions_of(table),
            "periodStatus": {period: stored_.period_status for period, (_, stored_) in table.periods.items()},
            "quality": quality_of(table),
        },
    }


def _dimension(extract: Extract, axis: Axis, codelists: Mapping[str, Codelist]) -> dict[str, Any]:
    variable, spoken, language = axis.variable, extract.spoken(axis), extract.language
    category: dict[str, Any] = {
        "index": {code: at for at, code in enumerate(axis.codes)},
        "label": dict(zip(axis.codes, extract.labels(axis), strict=True)),
    }
    notes = {code: list(spoken.value_notes[code]) for code in axis.codes if code in spoken.value_notes}
    if notes:
        category["note"] = notes
    # The contract spelled it both ways, and one client still reads the older spelling.
    offered = [
        {
            "id": codelist.id,
            "label": codelist.label.in_language(language),
            "type": codelist.kind,
            "links": [{"rel": "metadata", "hreflang": TAGS[language], "href": codelist_address(codelist.id, language)}],
        }
        for codelist in codelists.values()
        if codelist.variable == variable.code
    ]
    extension: dict[str, Any] = {
        "elimination": variable.total is not None,
        **({"eliminationValueCode": variable.total} if variable.total is not None else {}),
        "show": variable.show if variable.show in ("code", "value", "code_value") else "value",
        "codelists": offered,
        "codeLists": offered,
    }
    if variable.role is Role.CONTENTS:
        category["unit"] = {
            code: {"base": base, "decimals": decimals}
            for code in axis.codes
            for base, decimals in [spoken.units.get(code, ("", 0))]
        }
        periods = extract.table.time.codes
        span = periods[0] if len(periods) == 1 else f"{periods[0]}–{periods[-1]}"
        extension |= {
            "refperiod": dict.fromkeys(axis.codes, span),
            "measuringType": dict.fromkeys(axis.codes, "Flow"),
            "priceType": dict.fromkeys(axis.codes, "NotApplicable"),
            "adjustment": dict.fromkeys(axis.codes, "None"),
        }
    dimension: dict[str, Any] = {"label": spoken.label}
    if spoken.notes:
        dimension["note"] = list(spoken.notes)
    dimension |= {"category": category, "extension": extension}
    link = classification(variable, spoken.label, language)
    if link:
        dimension["link"] = link
    return dimension


def _not_in_force(extract: Extract) -> dict[str, Any]:
    """The cells whose dot means that the code was not in use that year, and not that a share of nobody was asked for."""
    absent = (extract.status == _NOT_APPLICABLE) & ~extract.in_use
    if not absent.any():
        return {}
    return {"cells": {str(at): wording.NO_SUCH_PLACE for at in np.flatnonzero(absent.ravel()).tolist()}}
