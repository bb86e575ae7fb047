"""The older JSON of PxWeb: columns, and a row of text for each combination of the variables that are not contents."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import orjson

from introstat.site.pxwebapi import wording
from introstat.site.pxwebapi.table import Role

if TYPE_CHECKING:
    from introstat.site.pxwebapi.extract import Axis, Extract


def json_px(extract: Extract) -> bytes:
    """The document; a cell that is not shown has its sign where the number would be.

    A program reads a number as it stands, so nothing stands beside a preliminary one: a comment on its year says so.
    """
    words = extract.words
    keys = [axis for axis in extract.axes if axis.variable.role is not Role.CONTENTS]
    contents = [axis for axis in extract.axes if axis.variable.role is Role.CONTENTS]
    last = [extract.axes.index(axis) for axis in (*keys, *contents)]
    width = len(contents[0].codes)
    values = extract.values.transpose(last).ravel().tolist()
    signs = extract.status.transpose(last).ravel().tolist()
    texts = [sign if value != value else _plain(value) for value, sign in zip(values, signs, strict=True)]
    period = next((axis.variable.code for axis in keys if axis.variable.role is Role.TIME), "")
    told = [wording.PRELIMINARY.in_language(extract.language)]
    preliminary = {(period, code): told for codes in extract.preliminary() for code in codes}
    document: dict[str, Any] = {
        "columns": [
            *(_column(extract, axis, "t" if axis.variable.role is Role.TIME else "d") for axis in keys),
            *(
                {"code": code, "text": label, "type": "c", "unit": extract.spoken(axis).units.get(code, ("", 0))[0]}
                for axis in contents
                for code, label in zip(axis.codes, extract.labels(axis), strict=True)
            ),
        ],
        "comments": [
            {"variable": axis.variable.code, "value": code, "comment": note}
            for axis in extract.axes
            for code in axis.codes
            for note in (
                *extract.spoken(axis).value_notes.get(code, ()),
                *preliminary.get((axis.variable.code, code), ()),
            )
        ],
        "data": [
            {"key": list(codes), "values": texts[at * width : (at + 1) * width]}
            for at, codes in enumerate(product(*(axis.codes for axis in keys)))
        ],
        "metadata": [
            {
                "infofile": extract.table.id,
                "updated": extract.table.updated,
                "label": words.title,
                "source": words.source,
                "notes": [note.text for note in words.notes],
            }
        ],
    }
    return orjson.dumps(document)


def _column(extract: Extract, axis: Axis, kind: str) -> dict[str, str]:
    return {"code": axis.variable.code, "text": extract.spoken(axis).label, "type": kind}


def _plain(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)
