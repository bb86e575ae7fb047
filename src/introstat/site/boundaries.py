"""Borders for the map, from the file the mapping authority delivers, made small enough to stand in a page.

    introstat site boundaries Kommuner_2016.geojson --year 2016     →  HOME/boundaries/2016.json

The authority's GeoJSON holds a collection of features, or several under names of their own; a feature that is an area has
`kommunenummer` or `fylkesnummer`, and coordinates in metres (UTM zone 33) or in degrees. Every point is moved to the nearest
crossing of a grid some kilometres wide: neighbours share their points, so they still share them afterwards, and no gap opens
between two municipalities. What is left of an island smaller than a mesh is dropped, but no place loses its largest part.

Without a file for a year, and where one lacks a municipality of the year, the map of tiles stands alone.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, log, pi, radians, sin, tan
from pathlib import Path
from typing import Any, Final

import orjson

from introstat.vocabulary.errors import Refused

logger: Final = logging.getLogger(__name__)

MESHES: Final = 450
"""How many meshes of the grid the longest side of the map has."""
SOURCE: Final = "© Kartverket (CC BY 4.0)"

_FORMAT: Final = 1
_DEGREES: Final = 180.0
_SOUTH, _NORTH, _MIDDLE = radians(60.0), radians(69.0), radians(16.0)
"""Where the cone of the projection cuts the globe, and the meridian that stands upright."""

Point = tuple[float, float]
Cell = tuple[int, int]
Ring = Sequence[Point]


@dataclass(frozen=True, slots=True)
class Outline:
    """The places of a year as paths of SVG, within a box of `width` by `height` meshes; and whose map it is."""

    year: int
    width: int
    height: int
    source: str
    paths: Mapping[str, str]


def outline_of(content: bytes, *, year: int, source: str = SOURCE) -> Outline:
    """Read a file of borders. Raises Refused for one that is no GeoJSON, or has no area with a number."""
    try:
        parsed = orjson.loads(content)
        areas: defaultdict[str, list[Ring]] = defaultdict(list)
        for code, rings in _areas(parsed):
            areas[code] += rings
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, IndexError) as problem:
        raise Refused(f"The file is not GeoJSON of areas with kommunenummer or fylkesnummer: {problem}") from problem
    if not areas:
        raise Refused("The file has no area with kommunenummer or fylkesnummer.")
    points = [point for rings in areas.values() for ring in rings for point in ring]
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    low, high = min(y for _, y in points), max(y for _, y in points)
    mesh = max(right - left, high - low) / MESHES
    if mesh <= 0:
        raise Refused("The areas of the file have no extent.")

    def cell(point: Point) -> Cell:
        return round((point[0] - left) / mesh), round((high - point[1]) / mesh)

    drawn = {code: _path(rings, cell) for code, rings in sorted(areas.items())}
    return Outline(
        year=year,
        width=round((right - left) / mesh),
        height=round((high - low) / mesh),
        source=source,
        paths=drawn,
    )


def to_bytes(outline: Outline) -> bytes:
    """The outline as the site keeps it."""
    document = {
        "format": _FORMAT,
        "year": outline.year,
        "width": outline.width,
        "height": outline.height,
        "source": outline.source,
        "paths": dict(outline.paths),
    }
    return (json.dumps(document, ensure_ascii=False, sort_keys=True, indent=0) + "\n").encode()


def read_outlines(folder: Path) -> Mapping[int, Outline]:
    """The outlines of a folder by their year; one that cannot be read is passed over and told of in the log."""
    found: dict[int, Outline] = {}
    for path in sorted(folder.glob("[0-9][0-9][0-9][0-9].json")) if folder.is_dir() else ():
        try:
            document = orjson.loads(path.read_bytes())
            found[int(document["year"])] = Outline(
                year=int(document["year"]),
                width=int(document["width"]),
                height=int(document["height"]),
                source=str(document["source"]),
                paths={str(code): _checked(path_) for code, path_ in document["paths"].items()},
            )
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
            logger.warning("the borders in %s cannot be read; the map of tiles stands alone", path.name)
    return found


def _checked(path: str) -> str:
    if set(path) - set("Mmhvlz0123456789 -"):
        raise ValueError("not the path of an area")
    return path


def _areas(parsed: Any) -> Iterator[tuple[str, list[Ring]]]:
    """Each area with its number: of one collection, or of all that stand under names."""
    if not isinstance(parsed, dict):
        raise TypeError("it is not an object")
    collections = [parsed] if parsed.get("type") == "FeatureCollection" else list(parsed.values())
    for collection in collections:
        if not isinstance(collection, dict) or "features" not in collection:
            continue
        for feature in collection["features"]:
            code = _number(feature.get("properties") or {})
            geometry = feature.get("geometry") or {}
            match geometry.get("type"):
                case "Polygon":
                    polygons = [geometry["coordinates"]]
                case "MultiPolygon":
                    polygons = geometry["coordinates"]
                case _:
                    continue
            if code:
                yield code, [[_projected(point) for point in ring] for polygon in polygons for ring in polygon]


def _number(properties: Mapping[str, Any]) -> str:
    """The number of a municipality with four digits, or of a county with two; leading zeros may have been lost."""
    for name, digits in (("kommunenummer", 4), ("fylkesnummer", 2)):
        value = properties.get(name)
        if isinstance(value, str | int) and str(value).isascii() and str(value).isdigit():
            return str(value).zfill(digits)
    return ""


def _projected(point: Sequence[float]) -> Point:
    """Metres as they are; degrees onto a cone, so that Finnmark is not drawn twice as wide as it is."""
    x, y = float(point[0]), float(point[1])
    if abs(x) > _DEGREES or abs(y) > _DEGREES:
        return x, y

    def stretch(latitude: float) -> float:
        return tan(pi / 4 + latitude / 2)

    n = log(cos(_SOUTH) / cos(_NORTH)) / log(stretch(_NORTH) / stretch(_SOUTH))
    scale = cos(_SOUTH) * stretch(_SOUTH) ** n / n
    distance, turned = scale / stretch(radians(y)) ** n, n * (radians(x) - _MIDDLE)
    return distance * sin(turned), -distance * cos(turned)


def _path(rings: Sequence[Ring], cell: Any) -> str:
    """The rings on the grid as one path; those that shrink to nothing are left out, the largest never."""
    snapped = [_snapped(ring, cell) for ring in rings]
    kept = [ring for ring in snapped if len(ring) > 2 and abs(_area(ring)) >= 1]
    if not kept:
        largest = max(rings, key=lambda ring: abs(_area(ring)))
        x, y = cell(largest[0])
        kept = [[(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]]
    return "".join(_drawn(ring) for ring in kept)


def _snapped(ring: Ring, cell: Any) -> list[Cell]:
    """The ring's points on the grid, without doubles and without points in the middle of a straight line."""
    points: list[Cell] = []
    for point in map(cell, ring):
        if points and point == points[-1]:
            continue
        while len(points) > 1 and _is_straight(points[-2], points[-1], point):
            points.pop()
        points.append(point)
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()
    return points


def _is_straight(first: Cell, middle: Cell, last: Cell) -> bool:
    turn = (middle[0] - first[0]) * (last[1] - middle[1]) - (middle[1] - first[1]) * (last[0] - middle[0])
    return turn == 0


def _area(ring: Iterable[tuple[float, float]]) -> float:
    points = list(ring)
    following = [*points[1:], points[0]]
    return sum(x * v - u * y for (x, y), (u, v) in zip(points, following, strict=True)) / 2


def _drawn(ring: Sequence[Cell]) -> str:
    """One closed ring, each step from where the last one ended."""
    (x, y), *rest = ring
    told = [f"M{x} {y}"]
    for u, v in rest:
        told.append(f"h{u - x}" if v == y else f"v{v - y}" if u == x else f"l{u - x} {v - y}")
        x, y = u, v
    return "".join(told) + "z"
