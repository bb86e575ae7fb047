"""Finding one's way in an edition's article: its blocks, its downloads, its question to the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


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


def feedback_block(article: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The question whether a reader found what she looked for; None where the article has none."""
    return next((block for block in blocks_of(article) if block["type"] == "feedback"), None)


def is_feedback_only(section: Mapping[str, Any]) -> bool:
    """Whether a section holds nothing but that question."""
    return bool(section["blocks"]) and all(block["type"] == "feedback" for block in section["blocks"])
