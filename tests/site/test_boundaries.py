"""Borders for the map: read as the mapping authority delivers them, made small, and drawn only when all are there."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.site.conftest import ONLY
from tests.site.reader import Reader

from introstat.site.app import create_app
from introstat.site.boundaries import Outline, outline_of, read_outlines, to_bytes
from introstat.vocabulary.errors import Refused

WIGGLE: list[list[float]] = [[200_000, 6_600_000 + 1_000 * step] for step in range(101)]
"""A border of a hundred kilometres with a point for each of them."""


def area(number: object, *rings: Sequence[Sequence[float]], name: str = "kommunenummer") -> dict[str, Any]:
    geometry = {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}
    return {"type": "Feature", "properties": {name: number, "navn": "x"}, "geometry": geometry}


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def square(x: float, y: float, side: float = 100_000) -> list[list[float]]:
    return [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]


WEST: list[list[float]] = [[100_000, 6_600_000], *WIGGLE, [100_000, 6_700_000], [100_000, 6_600_000]]
EAST: list[list[float]] = [[300_000, 6_700_000], *reversed(WIGGLE), [300_000, 6_600_000], [300_000, 6_700_000]]
SKERRY = square(310_000, 6_600_000, 40)


def outline(document: object, year: int = 2016) -> Outline:
    return outline_of(json.dumps(document).encode(), year=year)


def test_neighbours_share_a_border_without_a_gap_and_a_straight_line_keeps_its_ends_only() -> None:
    found = outline(collection(area("0101", WEST), area("0104", EAST, SKERRY)))
    assert (found.width, found.height) == (450, 214)
    assert found.paths == {"0101": "M0 214h214v-214h-214z", "0104": "M428 0h-214v214h214z"}


def test_a_number_that_lost_its_zero_gets_it_back_and_counties_have_two_digits() -> None:
    assert set(outline(collection(area(101, WEST))).paths) == {"0101"}
    assert set(outline(collection(area("3", WEST, name="fylkesnummer"))).paths) == {"03"}


def test_collections_under_names_of_their_own_are_read_and_lines_passed_over() -> None:
    line = {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": WIGGLE}}
    found = outline({"x.kommune": collection(area("0101", WEST)), "x.grense": collection(line)})
    assert set(found.paths) == {"0101"}


def test_the_smallest_place_is_still_drawn() -> None:
    found = outline(collection(area("0101", square(0, 0, 1_000_000)), area("1151", square(5_000, 5_000, 90))))
    assert found.paths["1151"].count("z") == 1


def test_degrees_are_drawn_so_that_the_north_is_not_too_wide() -> None:
    def shape(latitude: float) -> Outline:
        return outline(
            collection(area("0101", [[15, latitude], [17, latitude], [17, latitude + 1], [15, latitude + 1]]))
        )

    # Two degrees of longitude beside one of latitude: nearly a square at sixty north, and narrow at seventy.
    assert shape(60).width / shape(60).height == pytest.approx(1.0, abs=0.04)
    assert shape(70).width / shape(70).height == pytest.approx(0.68, abs=0.04)


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"type":"FeatureCollection","features":[]}', b'{"a":1}', b"<xml/>"]
)
def test_a_file_without_areas_is_refused_with_the_reason(content: bytes) -> None:
    with pytest.raises(Refused, match="kommunenummer"):
        outline_of(content, year=2016)


def test_what_is_kept_is_read_back_and_a_broken_one_passed_over(tmp_path: Path) -> None:
    made = outline(collection(area("0101", WEST)))
    (tmp_path / "2016.json").write_bytes(to_bytes(made))
    (tmp_path / "2015.json").write_text('{"year":2015}')
    script = to_bytes(made).replace(b"M0 450", b'M0 450\\"/><script>')
    (tmp_path / "2014.json").write_bytes(script.replace(b'"year": 2016', b'"year": 2014'))
    assert read_outlines(tmp_path) == {2016: made}
    assert read_outlines(tmp_path / "nowhere") == {}


def site_with(released: Path, folder: Path, codes: tuple[str, ...]) -> Reader:
    drawn = outline(collection(*(area(code, square(110_000 * n, 0)) for n, code in enumerate(codes))))
    (folder / "2016.json").write_bytes(to_bytes(drawn))
    return Reader(
        create_app(
            released / "editions",
            feedback=folder / "feedback",
            clock=lambda: datetime(2018, 1, 2, tzinfo=UTC),
            boundaries=folder,
        )
    )


@pytest.mark.parametrize("prefix", ["", "/nn", "/en"])
def test_with_borders_for_the_year_every_municipality_is_drawn(released: Path, tmp_path: Path, prefix: str) -> None:
    page = site_with(released, tmp_path, ONLY).get(f"{prefix}/2016/kart/").text
    assert len(re.findall(r'<path class="area ', page)) == len(ONLY)
    assert 'fill="url(#g-hidden)"' in page
    assert 'fill="url(#g-missing)"' in page
    assert "Kartverket" in page
    assert page.count("<h1") == 1
    borders = page.partition('id="grense-navn">')[2].partition("</title>")[0]
    assert borders.lower().startswith(("syntetiske data", "synthetic data"))


def test_without_borders_for_all_of_them_the_map_of_tiles_stands_alone(
    released: Path, tmp_path: Path, shared_site: Reader
) -> None:
    page = site_with(released, tmp_path, ONLY[:-1]).get("/2016/kart/").text
    assert page == shared_site.get("/2016/kart/").text
    assert 'class="tile-text' in page
