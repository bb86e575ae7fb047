"""All municipalities as one picture: a dot for each that may be shown, at its share, and the chosen one marked.

Dots at the same whole per cent stand on one another, so that no two hide each other. What cannot be shown is no dot: it
stands as a count with its reason below the picture. The finding is said in words above it, from the same cells; the picture
is one image to a screen reader, whose description tells finding, middle and what is left out.

    31 %, 31 %, 40 %  →  a stack of two at 31, one dot at 40, an axis from 30 to 50
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Final

from introstat.publish.formats import per_cent, thousands
from introstat.site.page import Ask, Crumb, Page, Trouble, crumbs
from introstat.site.results import Ranked, Result, left_out, ranked, result_of, results_of
from introstat.site.words import word

CHOSEN: Final = "sted"


@dataclass(frozen=True, slots=True)
class Dot:
    """A municipality in the picture: its whole per cent, and how many dots stand below it there."""

    result: Result
    share: int
    level: int


@dataclass(frozen=True, slots=True)
class Picture:
    """The dots, the ends of the axis in whole tens of per cent, and the height of the tallest stack."""

    dots: Sequence[Dot]
    low: int
    high: int
    tallest: int

    @property
    def ticks(self) -> range:
        """Where the axis has a line."""
        return range(self.low, self.high + 1, 10)


def spread(ask: Ask) -> Page:
    """The picture, with one municipality marked where the address names one. Raises Trouble for an unknown one."""
    book = ask.book()
    everywhere = book.places(ask.language)["places"]
    code = ask.query.get(CHOSEN, "")
    if code and (code not in everywhere or everywhere[code]["level"] != "municipality"):
        raise Trouble(404, "place")
    results = results_of(book, "municipality", ask.language)
    rows = ranked(results)
    country = result_of(book, everywhere["0"], ask.language) if "0" in everywhere else None
    marked = next((result for result in results if result.code == code), None)
    return Page(
        "spread.html",
        title=word(ask.language, "spread.title", year=book.number.year),
        description=word(ask.language, "spread.lead"),
        context={
            "drawn": picture(rows, also=_to_fit(country, marked)),
            "country": country,
            "marked": marked,
            "marked_row": next((row for row in rows if row.result.code == code), None),
            "finding": finding(rows, ask),
            "middle": middle(rows, ask),
            "left_out": left_out(results),
            "rows": rows,
            "all_of_them": len(results),
            "choices": [(result.code, result.place["name"]) for result in results],
            "chosen": code,
        },
        book=book,
        edition=ask.parts["edition"],
        crumbs=[*crumbs(ask, release_too=True), Crumb(word(ask.language, "nav.places"), ask.at.places)],
        here=word(ask.language, "spread.name"),
        section="places",
        reads=frozenset({CHOSEN}),
    )


def picture(rows: Sequence[Ranked], *, also: Sequence[float] = ()) -> Picture:
    """Where each shown municipality stands; equal whole per cent are stacked. The axis has room for ``also``."""
    stacks: defaultdict[int, list[Result]] = defaultdict(list)
    for row in rows:
        if row.result.share is not None:
            stacks[row.result.share].append(row.result)
    ends = [*stacks, *also] or [0, 100]
    return Picture(
        dots=[
            Dot(result, share, level) for share, stack in sorted(stacks.items()) for level, result in enumerate(stack)
        ],
        low=max(0, floor((min(ends) - 1) / 10) * 10),
        high=min(100, ceil((max(ends) + 1) / 10) * 10),
        tallest=max((len(stack) for stack in stacks.values()), default=0),
    )


def finding(rows: Sequence[Ranked], ask: Ask) -> str:
    """From the lowest to the highest in one sentence; none where fewer than two are shown."""
    shares = _shares(rows)
    if not shares:
        return word(ask.language, "spread.none")
    if len(set(shares)) == 1:
        return word(ask.language, "spread.equal", shown=_count(len(shares), ask), share=_share(shares[0], ask))
    return word(
        ask.language,
        "spread.range",
        shown=_count(len(shares), ask),
        low=_share(shares[0], ask),
        high=_share(shares[-1], ask),
    )


def middle(rows: Sequence[Ranked], ask: Ask) -> str:
    """Where the middle half lies, in one sentence; none where too few are shown for a half to mean anything."""
    shares = _shares(rows)
    if len(shares) < 8 or len(set(shares)) == 1:
        return ""
    low, high = middle_half(shares)
    many = sum(low <= share <= high for share in shares)
    return word(
        ask.language,
        "spread.middle",
        many=_count(many, ask),
        shown=_count(len(shares), ask),
        low=_share(low, ask),
        high=_share(high, ask),
    )


def middle_half(shares: Sequence[int]) -> tuple[int, int]:
    """The shares that a quarter lies at or below, and a quarter at or above, each one that occurs."""
    ordered = sorted(shares)
    return ordered[(len(ordered) - 1) // 4], ordered[-1 - (len(ordered) - 1) // 4]


def _to_fit(country: Result | None, marked: Result | None) -> Sequence[float]:
    """What the axis must reach besides the dots: the country, and the interval of the marked one."""
    found: list[float] = [] if country is None or country.share is None else [country.share]
    if marked is not None and marked.low is not None and marked.high is not None:
        found += [marked.low, marked.high]
    return found


def _shares(rows: Sequence[Ranked]) -> list[int]:
    found = [row.result.share for row in rows if row.result.share is not None]
    return sorted(found) if len(found) > 1 else []


def _count(number: int, ask: Ask) -> str:
    return thousands(number, language=ask.language)


def _share(number: int, ask: Ask) -> str:
    return per_cent(number, language=ask.language)
