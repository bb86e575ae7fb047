"""A place over time: its result in each year there are figures for, on the places of the chosen year.

A year is told by its newest edition, the chosen year by the edition that was asked for; only editions of the same origin are
set beside one another, and none from after the chosen year, so that a lasting address tells no future. A place that had
other borders or another number is not the same place: its year stands with the break, and no number.

    2014  38 %  of 402     2015  45 %  of 391     2016  47 %  of 413     from 2015 to 2016: may be chance
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from introstat.definitions.catalogue import geography
from introstat.publish.formats import differs, per_cent
from introstat.site.results import Result, result_of
from introstat.site.words import word
from introstat.vocabulary.errors import EditionDamaged

if TYPE_CHECKING:
    from introstat.site.library import Book, Shelf
    from introstat.vocabulary.texts import Language


@dataclass(frozen=True, slots=True)
class Moment:
    """One year: the edition its figures are from, and the result; None where the place was not the same then."""

    year: int
    edition: str
    result: Result | None


@dataclass(frozen=True, slots=True)
class Series:
    """The years in their order, and what may be said of the last step in words; empty where nothing may."""

    moments: Sequence[Moment]
    told: str


def series_of(shelf: Shelf, book: Book, place: Mapping[str, Any], language: Language) -> Series | None:
    """The place's years up to the year of `book`; None where there is only one."""
    moments = [
        Moment(known.number.year, str(known.number), _result(known, book, place, language))
        for known in _editions(shelf, book)
    ]
    return Series(moments, _last_step(moments, language)) if len(moments) > 1 else None


@lru_cache(maxsize=20_000)
def is_same(code: str, *, earlier: int, later: int) -> bool:
    """Whether a code meant the same place in both years: no change of borders or number in between."""
    return not any(
        earlier < change.on.year <= later and code in (change.old, change.new) for change in geography().changes
    )


def has_interval(moments: Sequence[Moment]) -> bool:
    """Whether any year is drawn with its interval, so that the line must be explained."""
    return any(moment.result is not None and moment.result.share is not None for moment in moments)


def _editions(shelf: Shelf, book: Book) -> Sequence[Book]:
    found = []
    for year in sorted(year for year in shelf.years if year < book.number.year):
        try:
            known = shelf.find(str(year))
        except EditionDamaged:
            continue
        if known.release.provenance is book.release.provenance:
            found.append(known)
    return [*found, book]


def _result(known: Book, book: Book, place: Mapping[str, Any], language: Language) -> Result | None:
    code = place["code"]
    there = known.places(language)["places"].get(code)
    if there is None or not is_same(code, earlier=known.number.year, later=book.number.year):
        return None
    return result_of(known, there, language)


def _last_step(moments: Sequence[Moment], language: Language) -> str:
    """Whether the last year differs from the one before by more than chance would give."""
    before, now = moments[-2:]
    if before.result is None or now.result is None or now.year - before.year != 1:
        return ""
    first, second = before.result, now.result
    if first.share is None or second.share is None or first.reached is None or second.reached is None:
        return ""
    is_change = differs((second.reached, second.ended or 0), (first.reached, first.ended or 0))
    return word(
        language,
        "series.change" if is_change else "series.chance",
        before=per_cent(first.share, language=language),
        year_before=before.year,
        now=per_cent(second.share, language=language),
        year=now.year,
    )
