"""Finding one's way in an edition's article and its tables: blocks, downloads, the question to the reader, what is hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from introstat.vocabulary.tables import Status

_TOO_WIDE: Final = 5
"""From how many columns of numbers a table has no room on a phone."""


def downloads(article: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The tables an article offers to download."""
    return [entry for block in blocks_of(article) if block["type"] == "downloads" for entry in block["tables"]]


def other_downloads(article: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The files an article offers besides its tables; an edition from before there were any has none."""
    return [entry for block in blocks_of(article) if block["type"] == "downloads" for entry in block.get("others", ())]


def in_published_order(
    article: Mapping[str, Any], counties: Sequence[Mapping[str, Any]]
) -> Sequence[Mapping[str, Any]]:
    """The counties in the order of the article's own table of them."""
    order = {
        row["place"]: position
        for block in blocks_of(article)
        if block["type"] == "table"
        for position, row in enumerate(block["rows"])
        if row.get("place") and len(row["place"]) == 2
    }
    return sorted(counties, key=lambda county: order.get(county["code"], len(order)))


def blocks_of(article: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The blocks of all sections of an article, in their order."""
    return [block for section in article["sections"] for block in section["blocks"]]


def contents_of(sections: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """The headings of some sections and where each stands on its page."""
    return [(section["id"], section["heading"]) for section in sections]


def feedback_block(article: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The question whether a reader found what she looked for; None where the article has none."""
    return next((block for block in blocks_of(article) if block["type"] == "feedback"), None)


def is_feedback_only(section: Mapping[str, Any]) -> bool:
    """Whether a section holds nothing but that question."""
    return bool(section["blocks"]) and all(block["type"] == "feedback" for block in section["blocks"])


def whole_of(item: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The total that the numbers of a table of one column are parts of, where it is shown; None for other tables."""
    if sum(column["numeric"] for column in item["columns"]) != 1:
        return None
    totals = [row["cells"][0] for row in item["rows"] if row["kind"] == "total"]
    whole = totals[0] if len(totals) == 1 else None
    return whole if whole and whole.get("format") == "count" and not whole.get("status") else None


def standing(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """A table of few rows and many columns with its columns as rows, which a phone has room for; any other as it is."""
    columns = item["columns"][1:]
    if len(item["rows"]) >= len(columns) or not all(column["numeric"] for column in columns):
        return item
    if len(columns) < _TOO_WIDE or any(row.get("place") for row in item["rows"]):
        return item
    across = [{"label": _plain(row["header"]), "numeric": True, "kind": row["kind"]} for row in item["rows"]]
    down = [
        {"header": [column["label"]], "cells": [row["cells"][at] for row in item["rows"]], "kind": "row", "place": None}
        for at, column in enumerate(columns)
    ]
    return {**item, "columns": [{"label": "", "numeric": False}, *across], "rows": down}


def _plain(text: Sequence[str | Mapping[str, Any]]) -> str:
    return "".join(part if isinstance(part, str) else part["text"] for part in text)


def is_all_hidden(item: Mapping[str, Any]) -> bool:
    """Whether every number of a table but those of its total row is hidden."""
    cells = [cell for row in item["rows"] if row["kind"] != "total" for cell in row["cells"]]
    return bool(cells) and all(
        isinstance(cell, Mapping) and cell.get("status") == Status.HIDDEN.value for cell in cells
    )


def has_signs(items: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a number is missing from any of the tables, so that the signs must be explained."""
    return any(
        isinstance(cell, Mapping) and cell.get("status")
        for item in items
        for row in item["rows"]
        for cell in row["cells"]
    )
