"""A chart alone, to stand in somebody else's page: the picture, where its figures come from, and the table behind.

    <iframe src="https://…/2016.1/innfelt/counties/" title="…" style="…"></iframe>

The picture takes the room it gets, the narrow one where there is little. It says what it is about, which edition its figures
are from and whether its people are invented, and leads home. An address with an edition's number shows the same figures for
ever; one with a year the newest.

Its script tells the page around it how tall it is, and nothing else. A page that listens makes the frame as tall; in another
the frame keeps its height, and the picture fits it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from introstat.site.article import blocks_of
from introstat.site.page import EMBED, Ask, Page, Trouble


def embedded(ask: Ask) -> Page:
    """The chart the address names. Raises Trouble for one the edition does not have."""
    book = ask.book()
    article = book.article(ask.language)
    blocks = blocks_of(article)
    chart = next((block for block in blocks if block["type"] == "chart" and block["id"] == ask.parts["chart"]), None)
    if chart is None:
        raise Trouble(404, "chart")
    return Page(
        "embed.html",
        title=_plain(chart["title"]),
        description=chart["description"],
        context={
            "article": article,
            "chart": chart,
            "behind": next((b for b in blocks if b["type"] == "table" and b["id"] == chart["table"]), None),
        },
        book=book,
        edition=ask.parts["edition"],
        is_embedded=True,
        script=EMBED,
    )


def _plain(title: list[str | Mapping[str, Any]]) -> str:
    return "".join(part if isinstance(part, str) else part["text"] for part in title)
