"""A map without borders: every county a tile where it lies, and every municipality a small tile inside its county's block.

`tiles.csv` says where a county's tile stands, for the counties of every year since 2003; one that is not there stands last.
A tile's number is its text, so that no meaning rests on colour alone; hidden and missing have patterns of their own and no
colour of the scale. The table behind holds the same. Where there are borders for the year (`boundaries`), a map with them
stands first.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from introstat.publish.formats import per_cent
from introstat.site.boundaries import Outline
from introstat.site.page import Ask, Crumb, Page, crumbs
from introstat.site.results import Result, left_out, ranked, results_of
from introstat.site.spread import finding
from introstat.site.words import word

CLASSES: Final = (0, 30, 40, 50, 60)
"""Where each shade begins, in whole per cent."""
SIDE: Final = 10.0
"""A county tile's side, in units of the picture."""
GAP: Final = 0.4
ROW: Final = 6


@dataclass(frozen=True, slots=True)
class Tile:
    """A county in the picture: its upper left corner in units, its shade or its pattern, its short name."""

    result: Result
    x: float
    y: float
    shade: str
    short: str


def tile_map(ask: Ask) -> Page:
    """The counties as tiles, the municipalities as small ones, and the tables behind."""
    book = ask.book()
    counties = results_of(book, "county", ask.language)
    municipalities = {result.code: result for result in results_of(book, "municipality", ask.language)}
    tiles, width, height = tiles_of(counties)
    every = [*counties, *municipalities.values()]
    return Page(
        "map.html",
        title=word(ask.language, "map.title", year=book.number.year),
        description=word(ask.language, "map.lead"),
        context={
            "tiles": tiles,
            "width": width,
            "height": height,
            "side": SIDE - GAP,
            "finding": _finding(counties, ask),
            "rows": ranked(counties),
            "left_out": left_out(list(municipalities.values())),
            "left_out_counties": left_out(counties),
            "blocks": [
                (county, [municipalities[code] for code in county.place["children"] if code in municipalities])
                for county in counties
            ],
            "shade": shade,
            "short_band": short_band,
            "legend": legend(ask),
            "drawn_otherwise": {shade(result) for result in every if result.share is None},
            "outline": _outline(ask, book.number.year, municipalities),
            "municipalities": municipalities,
            "borders_finding": finding(ranked(list(municipalities.values())), ask),
        },
        book=book,
        edition=ask.parts["edition"],
        crumbs=[*crumbs(ask, release_too=True), Crumb(word(ask.language, "nav.places"), ask.at.places)],
        here=word(ask.language, "map.name"),
        section="places",
    )


def _outline(ask: Ask, year: int, municipalities: Mapping[str, Result]) -> Outline | None:
    """The borders of the year, where there are some for every municipality."""
    outline = ask.outlines.get(year)
    return outline if outline is not None and municipalities.keys() <= outline.paths.keys() else None


def shade(result: Result) -> str:
    """The class of a tile: `shade-3` by the share, or `banded`, `hidden`, `missing`, `nobody` where there is none."""
    if result.share is None:
        return {"number_hidden": "hidden", "band": "banded"}.get(result.why, result.why)
    return f"shade-{sum(start <= result.share for start in CLASSES)}"


def short_band(result: Result) -> str:
    """A band in the few signs a tile has room for: `<55`, `≥75`, `35–55`; the tile's text says it in full."""
    if result.band is None:
        return ""
    low, high = (int(edge) for edge in result.band)
    return f"<{high}" if low == 0 else f"≥{low}" if high == 100 else f"{low}–{high}"


def legend(ask: Ask) -> Sequence[tuple[str, str]]:
    """The shades and what each means."""
    found = []
    for number, start in enumerate(CLASSES, 1):
        end = CLASSES[number] - 1 if number < len(CLASSES) else 100
        found.append((f"shade-{number}", f"{start}–{per_cent(end, language=ask.language)}"))
    return found


def tiles_of(counties: Sequence[Result]) -> tuple[Sequence[Tile], float, float]:
    """The tiles with the picture's width and height in units."""
    known = positions()
    used = [known[county.code][:2] for county in counties if county.code in known]
    rows = max((row for _, row in used), default=-1) + 1
    placed: list[Tile] = []
    late = 0
    for county in counties:
        if county.code in known:
            column, row, short = known[county.code]
        else:
            column, row, short = late % ROW, rows + late // ROW, county.place["name"][:4]
            late += 1
        placed.append(Tile(county, column * SIDE, row * SIDE, shade(county), short))
    left, top = min((tile.x for tile in placed), default=0.0), min((tile.y for tile in placed), default=0.0)
    moved = [Tile(tile.result, tile.x - left, tile.y - top, tile.shade, tile.short) for tile in placed]
    return (
        moved,
        max((tile.x for tile in moved), default=0.0) + SIDE,
        max((tile.y for tile in moved), default=0.0) + SIDE,
    )


@cache
def positions() -> Mapping[str, tuple[int, int, str]]:
    """Column, row and short name of each county's tile, by its code."""
    text = (files(__package__) / "tiles.csv").read_text(encoding="utf-8")
    return {
        row["code"]: (int(row["column"]), int(row["row"]), row["short"]) for row in csv.DictReader(text.splitlines())
    }


def _finding(counties: Sequence[Result], ask: Ask) -> str:
    rows = ranked(counties)
    if len(rows) < 2 or rows[0].result.share == rows[-1].result.share:
        return word(ask.language, "map.plain")
    highest, lowest = rows[0].result, rows[-1].result
    if rows[0].is_shared or rows[-1].is_shared:
        return word(
            ask.language,
            "map.range",
            low=lowest.place["result"]["text"],
            high=highest.place["result"]["text"],
        )
    return word(
        ask.language,
        "map.finding",
        highest=highest.place["name"],
        high=highest.place["result"]["text"],
        lowest=lowest.place["name"],
        low=lowest.place["result"]["text"],
    )
