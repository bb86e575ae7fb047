"""All municipalities in one picture, and the map of tiles: a mark for each that is shown, and words for all of it."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.site.reader import Reader
from tests.site.test_results import results, shown

from introstat.definitions.catalogue import geography
from introstat.site.addresses import PREFIX
from introstat.site.jsonstat import read_table
from introstat.site.results import ranked
from introstat.site.spread import middle_half, picture
from introstat.site.tilemap import positions, shade, tiles_of
from introstat.vocabulary.editions import Edition
from introstat.vocabulary.texts import LANGUAGES, Language


@given(st.lists(st.one_of(st.none(), shown), max_size=60), st.lists(st.floats(0, 100), max_size=3))
def test_every_shown_municipality_is_one_dot_and_no_two_are_in_one_place(
    counts: list[tuple[int, int] | None], also: list[float]
) -> None:
    every = results(counts)
    drawn = picture(ranked(every), also=also)
    assert sorted(dot.result.code for dot in drawn.dots) == [
        result.code for result in every if result.share is not None
    ]
    assert len({(dot.share, dot.level) for dot in drawn.dots}) == len(drawn.dots)
    assert all(dot.share == dot.result.share and dot.level < drawn.tallest for dot in drawn.dots)
    assert all(drawn.low <= end <= drawn.high for end in [*also, *(dot.share for dot in drawn.dots)])
    assert drawn.low % 10 == drawn.high % 10 == 0


@given(st.lists(st.integers(0, 100), min_size=1))
def test_at_least_half_lie_in_the_middle_and_no_more_than_a_quarter_on_either_side(shares: list[int]) -> None:
    low, high = middle_half(shares)
    inside = sum(low <= share <= high for share in shares)
    assert 2 * inside >= len(shares)
    assert 4 * sum(share < low for share in shares) < len(shares)
    assert 4 * sum(share > high for share in shares) < len(shares)


@pytest.mark.parametrize("year", range(2003, 2027))
def test_every_county_of_a_year_has_a_tile_of_its_own(year: int) -> None:
    counties = [county.code for county in geography().counties(date(year, 12, 31))]
    places = [positions()[code][:2] for code in counties]
    assert len(set(places)) == len(counties)


def test_a_county_without_a_place_on_the_map_still_has_a_tile() -> None:
    every = results([(5, 10), None])
    tiles, width, height = tiles_of(every)
    assert len({(tile.x, tile.y) for tile in tiles}) == 2
    assert all(tile.x < width and tile.y < height for tile in tiles)
    assert [tile.shade for tile in tiles] == ["shade-4", "hidden"]


@given(shown)
def test_a_shade_grows_with_the_share(counts: tuple[int, int]) -> None:
    (result,) = results([counts])
    assert shade(result) == f"shade-{1 + sum((result.share or 0) >= start for start in (30, 40, 50, 60))}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_says_every_county_in_words_and_draws_no_number_that_is_hidden(
    shared_site: Reader, edition: Edition, language: Language
) -> None:
    page = shared_site.get(f"{PREFIX[language]}/2016/kart/").text
    stat = read_table(edition.files["tables/IP102/IP102.json"])
    places = orjson.loads(edition.files[f"places.{language}.json"])["places"]
    described = unescape(re.findall(r"<desc[^>]*>(.*?)</desc>", page, re.DOTALL)[0])
    for code, place in places.items():
        share = stat.cell(Region=code, Kjonn="0", ContentsCode="AndelArbeidUtdanning", Tid="2016").value
        if len(code) == 2:
            told = re.search(re.escape(place["name"]) + r": ([^.]*)\.", described)
            assert told is not None
            assert re.findall(r"\d+", told[1]) == ([] if share is None else [str(int(share))])
        elif len(code) == 4:
            tile = re.search(rf'<a class="small-tile ([\w-]+)" href="[^"]*/kommune/{code}/".*?</a>', page)
            assert tile is not None
            plain = re.sub(r"<[^>]*>|title=\"[^\"]*\"|href=\"[^\"]*\"|class=\"[^\"]*\"", "", tile[0])
            assert re.findall(r"\d+", plain) == ([] if share is None else [str(int(share))])
            assert tile[1].startswith("shade-") == (share is not None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_spread_draws_the_shown_and_counts_the_others(
    shared_site: Reader, edition: Edition, language: Language
) -> None:
    page = shared_site.get(f"{PREFIX[language]}/2016/spredning/?sted=0101").text
    stat = read_table(edition.files["tables/IP102/IP102.json"])
    codes = [code for code in orjson.loads(edition.files["places.nb.json"])["places"] if len(code) == 4]
    shares = [
        stat.cell(Region=code, Kjonn="0", ContentsCode="AndelArbeidUtdanning", Tid="2016").value for code in codes
    ]
    shown_ones = [share for share in shares if share is not None]
    assert page.count("<circle") == 2 * len(shown_ones)
    assert page.count('<circle class="marked"') == 2
    caption = unescape(re.sub(r"<[^>]*>", "", page[page.index("<figcaption") : page.index("</figcaption>")]))
    assert sum(int(number) for number in re.findall(r": (\d+)", caption)) == len(codes) - len(shown_ones)


def test_a_hidden_municipality_is_not_drawn_and_told_why(shared_site: Reader) -> None:
    page = shared_site.get("/2016/spredning/?sted=0104").text
    assert 'class="marked"' not in page
    assert "Derfor har den ingen prikk i bildet" in page


@pytest.mark.parametrize(("place", "status"), [("9999", 404), ("01", 404), ("%00", 400), ("%3Cb%3E", 404)])
def test_a_place_that_is_no_municipality_is_explained(shared_site: Reader, place: str, status: int) -> None:
    assert shared_site.get(f"/2016/spredning/?sted={place}").status_code == status
