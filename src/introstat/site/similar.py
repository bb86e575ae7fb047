"""Municipalities with about as many who ended: a fairer company for a small one than its county or the country.

Among those whose result is shown, the five whose number is nearest, none with more than half as many again. Fewer than three
are no company, and nothing is told. What cannot be shown is not counted in, so the choice tells nothing of it.

    24 ended  →  23, 24, 25, 26, 27 ended; 413 ended  →  nobody
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log
from typing import TYPE_CHECKING, Any, Final

from introstat.site.results import Result, result_of, results_of
from introstat.site.search import alphabetic

if TYPE_CHECKING:
    from introstat.site.library import Book
    from introstat.vocabulary.texts import Language

MOST: Final = 5
FEWEST: Final = 3
FURTHEST: Final = log(1.5)
"""How far from its own number a place is still company, as a logarithm: as far above as below."""


def similar(book: Book, place: Mapping[str, Any], language: Language) -> Sequence[Result]:
    """The company of a municipality, in the order of the alphabet; empty for other places and where there is none."""
    if place["level"] != "municipality":
        return ()
    own = result_of(book, place, language).ended
    if not own:
        return ()
    near = sorted(
        (abs(log(result.ended / own)), result.code, result)
        for result in results_of(book, "municipality", language)
        if result.why == "shown" and result.ended and result.code != place["code"]
    )
    found = [result for distance, _, result in near[:MOST] if distance <= FURTHEST]
    return sorted(found, key=lambda result: alphabetic(result.place)) if len(found) >= FEWEST else ()
