"""Up to eight places on one page, chosen by a plain form: bars with their uncertainty, and the numbers in a table.

    /2016/sammenlign/?steder=0301,1103&legg=bergen   →   /2016/sammenlign/?steder=0301,1103,1201

The address holds the whole choice. What is added is searched for as on the page of places; more than one answer is asked
back. A place without a result keeps its line, with the sign and no bar.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from introstat.site.other_names import other_names
from introstat.site.page import LONGEST_SEARCH, Ask, Crumb, Elsewhere, Page, Trouble, crumbs
from introstat.site.results import result_of
from introstat.site.search import Hit, find_places
from introstat.site.words import word

MOST: Final = 8
FIELD: Final = "steder"
ADD: Final = "legg"


def compare(ask: Ask) -> Page | Elsewhere:
    """The places the address names beside one another. Raises Trouble for a code that is no place of the year."""
    book = ask.book()
    everywhere = book.places(ask.language)["places"]
    chosen = _chosen(ask, everywhere)
    wanted = ask.query.get(ADD, "").strip()
    if len(wanted) > LONGEST_SEARCH:
        raise Trouble(400, "query")
    hits: Sequence[Hit] = ()
    if wanted and len(chosen) < MOST:
        hits = find_places(everywhere, wanted, others=other_names(book.number.year))
        if len(hits) == 1:
            return Elsewhere(address(ask, [*chosen, hits[0].place["code"]]))
    results = [result_of(book, everywhere[code], ask.language) for code in chosen]
    return Page(
        "compare.html",
        title=word(ask.language, "compare.title", year=book.number.year),
        description=word(ask.language, "compare.lead", most=MOST),
        context={
            "results": results,
            "chosen": ",".join(chosen),
            "wanted": wanted,
            "hits": [hit for hit in hits if hit.place["code"] not in chosen],
            "is_full": len(chosen) >= MOST,
            "most": MOST,
            "has_shown": any(result.why == "shown" for result in results),
            "with_more": lambda code: address(ask, [*chosen, code]),
            "without": lambda code: address(ask, [other for other in chosen if other != code]),
            "suggestion": address(ask, _suggested(everywhere)),
        },
        book=book,
        edition=ask.parts["edition"],
        crumbs=[*crumbs(ask, release_too=True), Crumb(word(ask.language, "nav.places"), ask.at.places)],
        here=word(ask.language, "compare.name"),
        section="places",
        reads=frozenset({FIELD, ADD}),
    )


def address(ask: Ask, codes: Sequence[str]) -> str:
    """The address of a choice; each place once, in the order they were chosen."""
    once = ",".join(dict.fromkeys(codes))
    return f"{ask.at.compare}?{urlencode({FIELD: once}, safe=',')}" if once else ask.at.compare


def _chosen(ask: Ask, everywhere: dict[str, Any]) -> list[str]:
    codes = [code for code in ask.query.get(FIELD, "").split(",") if code]
    if len(codes) > MOST or len(set(codes)) < len(codes):
        raise Trouble(400, "compare")
    if any(code not in everywhere for code in codes):
        raise Trouble(404, "place")
    return codes


def _suggested(everywhere: dict[str, Any]) -> Sequence[str]:
    """A first choice to try: the country and its two first counties."""
    return ["0", *[code for code in everywhere["0"]["children"] if code in everywhere][:2]]
