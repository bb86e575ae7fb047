"""All municipalities, or all counties, in the order of their results: number behind, shared ranks, uncertainty.

Only shown values are ranked. The others stand on the same page by the reason they are left out: a list of the best that
hides how many it does not know would be read as if it knew all.
"""

from __future__ import annotations

from typing import Final

from introstat.site.page import Ask, Crumb, Page, Trouble, crumbs
from introstat.site.results import left_out, ranked, results_of
from introstat.site.words import word

LEVEL: Final = "nivaa"
LEVELS: Final = {
    "kommuner": "municipality",
    "fylker": "county",
    "imdiregioner": "imdi_region",
    "naeringsregioner": "economic_region",
    "bydeler": "district",
}


def ranking(ask: Ask) -> Page:
    """The ranking of one level. Raises Trouble for a level that the edition does not have."""
    book = ask.book()
    asked = ask.query.get(LEVEL, "kommuner")
    had = {place["level"] for place in book.places(ask.language)["places"].values()}
    if LEVELS.get(asked) not in had:
        raise Trouble(400, "query")
    results = results_of(book, LEVELS[asked], ask.language)
    return Page(
        "ranking.html",
        title=word(ask.language, f"rank.title_{asked}", year=book.number.year),
        description=word(ask.language, "rank.lead"),
        context={
            "rows": ranked(results),
            "left_out": left_out(results),
            "level": asked,
            "levels": [
                (name, word(ask.language, f"rank.{name}"), f"{ask.at.ranking}?{LEVEL}={name}")
                for name, level in LEVELS.items()
                if level in had
            ],
            "all_of_them": len(results),
        },
        book=book,
        edition=ask.parts["edition"],
        crumbs=[*crumbs(ask, release_too=True), Crumb(word(ask.language, "nav.places"), ask.at.places)],
        here=word(ask.language, "rank.name"),
        section="places",
        reads=frozenset({LEVEL}),
    )
