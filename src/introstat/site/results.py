"""The results of many places beside one another: what each may show, how sure it is, and where it stands among the shown.

Everything comes from the cells of the edition's table of results. A place is shown when number, numerator and share are all
shown; only those are ranked, by the share before rounding, and equal shares have the same rank. What is not shown has a
reason and no number anywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

from introstat.publish.formats import wilson
from introstat.site.search import alphabetic

if TYPE_CHECKING:
    from introstat.site.jsonstat import StatTable
    from introstat.site.library import Book
    from introstat.vocabulary.texts import Language

TABLE: Final = "IP102"
ENDED: Final = "Avsluttet"
REACHED: Final = "ArbeidUtdanning"
SHARE: Final = "AndelArbeidUtdanning"

Why = Literal["shown", "hidden", "number_hidden", "missing", "nobody"]
"""Whether the result is shown, and why not: hidden, hidden with its number, not reported, nobody ended."""


@dataclass(frozen=True, slots=True)
class Result:
    """A place and its result: people, whole per cent as published, and the bounds of the 95 per cent interval in per cent.

    ``share`` is None exactly where the result is not shown; ``ended`` may still be.
    """

    place: Mapping[str, Any]
    why: Why
    ended: int | None
    reached: int | None
    share: int | None
    low: float | None
    high: float | None
    status: str

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
    why: Why = "hidden"
    if ended_status == "..":
        why = "missing"
    elif ended == 0:
        why = "nobody"
    elif ended is None:
        why = "number_hidden"
    return Result(place, why, ended, None, None, None, None, status or ended_status or ":")


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
    reasons: tuple[Why, ...] = ("hidden", "number_hidden", "missing", "nobody")
    found = {why: [result for result in results if result.why == why] for why in reasons}
    return {why: those for why, those in found.items() if those}


def _cell(table: StatTable, region: str, content: str) -> tuple[int | None, str]:
    fixed = {variable.code: variable.codes[0] for variable in table.variables}
    found = table.cell(**{**fixed, "Region": region, "Kjonn": "0", "ContentsCode": content})
    return (None if found.value is None else int(found.value)), found.status


def _highest_first(result: Result) -> tuple[Fraction, tuple[str, str]]:
    return -result.exact, alphabetic(result.place)
