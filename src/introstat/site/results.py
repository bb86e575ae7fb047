"""The results of many places beside one another: what each may show, how sure it is, and where it stands among the shown.

Everything comes from the cells of the edition's table of results. A place is shown when number, numerator and share are all
shown; only those are ranked, by the share before rounding, and equal shares have the same rank. What is not shown has a
reason and no number anywhere; where a band is told instead, its edges.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

from introstat.publish.formats import wilson
from introstat.publish.voice import FIRST_YEAR
from introstat.site.search import alphabetic

if TYPE_CHECKING:
    from introstat.site.jsonstat import StatTable
    from introstat.site.library import Book
    from introstat.vocabulary.texts import Language

TABLE: Final = "IP102"
POOLED: Final = "IP105"
ENDED: Final = "Avsluttet"
REACHED: Final = "ArbeidUtdanning"
SHARE: Final = "AndelArbeidUtdanning"

Why = Literal["shown", "band", "hidden", "number_hidden", "missing", "nobody"]
"""Whether the result is shown, and why not: told as a band, hidden, hidden with its number, not reported, nobody ended."""


@dataclass(frozen=True, slots=True)
class Result:
    """A place and its result: people, whole per cent as published, and the bounds of the 95 per cent interval in per cent.

    ``share`` is None exactly where the result is not shown; ``ended`` may still be. ``band`` is the edges in per cent of the
    band that is told instead.
    """

    place: Mapping[str, Any]
    why: Why
    ended: int | None
    reached: int | None
    share: int | None
    low: float | None
    high: float | None
    status: str
    band: tuple[float, float] | None = None

    @property
    def code(self) -> str:
        """The place's code."""
        return str(self.place["code"])

    @property
    def exact(self) -> Fraction:
        """The share before rounding. Raises ValueError where it is not shown."""
        if self.reached is None or not self.ended or self.share is None:
            raise ValueError(f"the result of {self.code} is not shown")
        return Fraction(self.reached, self.ended)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A result and its place in the order; ``is_shared`` where another has exactly the same share."""

    rank: int
    is_shared: bool
    result: Result


def result_of(book: Book, place: Mapping[str, Any], language: Language) -> Result:
    """The result of one place."""
    table = book.table(TABLE, language)
    ended, ended_status = _cell(table, place["code"], ENDED)
    reached, _ = _cell(table, place["code"], REACHED)
    share, status = _cell(table, place["code"], SHARE)
    if share is not None and reached is not None and ended:
        low, high = wilson(reached, ended)
        return Result(place, "shown", ended, reached, share, 100 * low, 100 * high, "")
    band = band_edges(book, place, language)
    why: Why = "hidden" if band is None else "band"
    if ended_status == "..":
        why = "missing"
    elif ended == 0:
        why = "nobody"
    elif ended is None:
        why = "number_hidden"
    return Result(place, why, ended, None, None, None, None, status or ended_status or ":", band)


def band_edges(book: Book, place: Mapping[str, Any], language: Language) -> tuple[float, float] | None:
    """The edges in per cent of the band told instead of a place's result; None where none is told."""
    result = place["result"]
    if not isinstance(result, Mapping) or result.get("format") != "band":
        return None
    edges = [book.table(name, language).cell_at(codes).value for name, *codes in result["cells"]]
    return (edges[0], edges[1]) if len(edges) == 2 and edges[0] is not None and edges[1] is not None else None


@dataclass(frozen=True, slots=True)
class Pooled:
    """The result of several years together, the first of them, and the bounds of the 95 per cent interval in per cent."""

    place: Mapping[str, Any]
    first: int
    ended: int
    reached: int
    share: int
    low: float
    high: float
    band: None = None
    """Never told of several years: they have a share of their own."""


def pooled_of(book: Book, place: Mapping[str, Any], language: Language) -> Pooled | None:
    """What several years together say of a place whose own result is not shown; None where they say nothing."""
    if POOLED not in book.table_ids:
        return None
    table = book.table(POOLED, language)
    region = table.variable("Region")
    if region is None or place["code"] not in region.labels:
        return None
    first, ended, reached, share = (
        _cell(table, place["code"], name)[0] for name in (FIRST_YEAR, ENDED, REACHED, SHARE)
    )
    if first is None or not ended or reached is None or share is None:
        return None
    low, high = wilson(reached, ended)
    return Pooled(place, first, ended, reached, share, 100 * low, 100 * high)


@lru_cache(maxsize=64)
def results_of(book: Book, level: str, language: Language) -> Sequence[Result]:
    """The results of all places of a level, in the order of the alphabet."""
    places = book.places(language)["places"].values()
    return [
        result_of(book, place, language)
        for place in sorted((place for place in places if place["level"] == level), key=alphabetic)
    ]


def ranked(results: Sequence[Result]) -> Sequence[Ranked]:
    """The shown ones, the highest share first; equal shares share the rank, and the next counts past them."""
    shown = sorted((result for result in results if result.why == "shown"), key=_highest_first)
    many = Counter(result.exact for result in shown)
    found: list[Ranked] = []
    for position, result in enumerate(shown, 1):
        same = bool(found) and found[-1].result.exact == result.exact
        found.append(Ranked(found[-1].rank if same else position, many[result.exact] > 1, result))
    return found


def left_out(results: Sequence[Result]) -> Mapping[Why, Sequence[Result]]:
    """Those that are not shown, by the reason."""
    reasons: tuple[Why, ...] = ("band", "hidden", "number_hidden", "missing", "nobody")
    found = {why: [result for result in results if result.why == why] for why in reasons}
    return {why: those for why, those in found.items() if those}


def _cell(table: StatTable, region: str, content: str) -> tuple[int | None, str]:
    wanted = {"Region": region, "ContentsCode": content, "Kjonn": "0"}
    found = table.cell_at([wanted.get(variable.code) or variable.first for variable in table.variables])
    return (None if found.value is None else int(found.value)), found.status


def _highest_first(result: Result) -> tuple[Fraction, tuple[str, str]]:
    return -result.exact, alphabetic(result.place)
