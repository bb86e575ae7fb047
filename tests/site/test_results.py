"""Places side by side and in order: every number from its cell, ranks among the shown alone, the hidden ones named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.site.reader import Reader

from introstat.publish.formats import half_up_percent, wilson
from introstat.site.addresses import PREFIX
from introstat.site.jsonstat import read_table
from introstat.site.results import Result, left_out, ranked
from introstat.vocabulary.editions import Edition
from introstat.vocabulary.texts import LANGUAGES, Language


def made(code: str, reached: int, ended: int) -> Result:
    low, high = wilson(reached, ended)
    place = {"code": code, "name": code, "names": []}
    return Result(place, "shown", ended, reached, half_up_percent(reached, ended), 100 * low, 100 * high, "")


def not_shown(code: str) -> Result:
    return Result({"code": code, "name": code, "names": []}, "hidden", 8, None, None, None, None, ":")


shown = st.integers(5, 60).flatmap(lambda ended: st.tuples(st.integers(0, ended), st.just(ended)))


def results(counts: Sequence[tuple[int, int] | None]) -> list[Result]:
    return [not_shown(f"{n:04}") if pair is None else made(f"{n:04}", *pair) for n, pair in enumerate(counts)]


@given(st.lists(st.one_of(st.none(), shown), max_size=40))
def test_a_rank_is_one_more_than_those_above_and_equal_shares_share_it(counts: list[tuple[int, int] | None]) -> None:
    every = results(counts)
    rows = ranked(every)
    shares = [Fraction(*pair) for pair in counts if pair is not None]
    assert len(rows) == len(shares)
    for row in rows:
        assert row.rank == 1 + sum(share > row.result.exact for share in shares)
        assert row.is_shared == (shares.count(row.result.exact) > 1)
    assert [row.rank for row in rows] == sorted(row.rank for row in rows)
    assert sum(len(those) for those in left_out(every).values()) == len(every) - len(rows)


def test_a_tie_is_by_the_share_before_rounding() -> None:
    rows = ranked([made("0001", 5, 10), made("0002", 50, 100), made("0003", 101, 200), made("0004", 1, 5)])
    assert [(row.rank, row.is_shared, row.result.code) for row in rows] == [
        (1, False, "0003"), (2, True, "0001"), (2, True, "0002"), (4, False, "0004"),
    ]  # fmt: skip


def test_what_is_not_shown_has_no_exact_share() -> None:
    with pytest.raises(ValueError, match="is not shown"):
        _ = not_shown("0104").exact


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("level", ["kommuner", "fylker"])
def test_the_ranking_shows_the_cells_and_names_every_place_once(
    shared_site: Reader, edition: Edition, level: str, language: Language
) -> None:
    stat = read_table(edition.files["tables/IP102/IP102.json"])
    page = shared_site.get(f"{PREFIX[language]}/2016/rangering/?nivaa={level}").text
    main = page[page.index("<main") : page.index("</main>")]
    rows = re.findall(r'<tr id="k-(\d+)">(.*?)</tr>', main, re.DOTALL)
    length = {"kommuner": 4, "fylker": 2}[level]
    places = orjson.loads(edition.files["places.nb.json"])["places"]
    every = {code for code in places if len(code) == length}
    ranked_codes = {code for code, _ in rows}
    for code, row in rows:
        numbers = [re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r'<td class="number[^"]*">(.*?)</td>', row)]
        cells = [
            stat.cell(Region=code, Kjonn="0", ContentsCode=name, Tid="2016").value
            for name in ("AndelArbeidUtdanning", "Avsluttet")
        ]
        assert [int(re.sub(r"\D", "", numbers[at])) for at in (1, 2)] == cells
    named = (
        set(re.findall(r"/(?:kommune|fylke)/(\d+)/", main[main.index('id="utelatt"') :]))
        if ranked_codes != every
        else set()
    )
    assert named | ranked_codes == every
    assert not named & ranked_codes


@pytest.mark.parametrize("language", LANGUAGES)
def test_places_are_compared_with_their_numbers_and_hidden_ones_without(
    shared_site: Reader, edition: Edition, language: Language
) -> None:
    stat = read_table(edition.files["tables/IP102/IP102.json"])
    codes = ["0101", "0", "0104", "2003"]
    page = shared_site.get(f"{PREFIX[language]}/2016/sammenlign/?steder={','.join(codes)}").text
    bars = re.findall(r"<li>\s*<span class=\"bar-name\">.*?</li>", page, re.DOTALL)
    assert len(bars) == len(codes)
    for code, bar in zip(codes, bars, strict=True):
        share = stat.cell(Region=code, Kjonn="0", ContentsCode="AndelArbeidUtdanning", Tid="2016")
        widths = re.findall(r'class="bar" width="(\d+)%"', bar)
        assert widths == ([] if share.value is None else [str(int(share.value))])
        assert ('class="unknown"' in bar) == (share.value is None)
        assert ('class="whisker"' in bar) == (share.value is not None)


@pytest.mark.parametrize(
    ("area", "codes"),
    [
        ("01", ["01", "0", "0101", "0104"]),
        ("fylker", None),
    ],
)
def test_places_that_belong_together_are_all_there_and_nothing_else(
    shared_site: Reader, edition: Edition, area: str, codes: list[str] | None
) -> None:
    stat = read_table(edition.files["tables/IP102/IP102.json"])
    first = {"fylker": r"0|\d\d", "imdiregioner": r"0|I\d\d"}.get(area)
    wanted = codes or [code for code in stat.variables[0].codes if re.fullmatch(first or "", code)]
    page = shared_site.get(f"/2016/sammenlign/?omraade={area}").text
    main = page[page.index("<main") : page.index('id="tallene"')]
    found = re.findall(r'class="bar-name"><a class="ds-link" href="/2016/(?:[a-z-]+/)?(\w+)/"', main)
    assert sorted("0" if code == "landet" else code for code in found) == sorted(wanted)
    assert "Fjern" not in main
    assert "<form" not in main


def test_a_place_is_added_and_removed_by_plain_addresses(shared_site: Reader) -> None:
    given = shared_site.get("/2016/sammenlign/?steder=0101,0&legg=kautokeino")
    assert (given.status_code, given.headers["location"]) == (303, "/2016/sammenlign/?steder=0101,0,2011")
    again = shared_site.get("/2016/sammenlign/?steder=0101&legg=0101")
    assert again.headers["location"] == "/2016/sammenlign/?steder=0101"
    page = shared_site.get("/2016/sammenlign/?steder=0101,0,2011").text
    assert 'href="/2016/sammenlign/?steder=0101,2011"' in page
    assert "Ingen treff" in shared_site.get("/2016/sammenlign/?legg=xyzzy").text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("steder=9999", 404),
        ("omraade=9999", 404),
        ("omraade=0", 404),
        ("omraade=0101", 404),
        ("omraade=kommuner", 404),
        ("omraade=imdiregioner", 404),
        ("omraade=fylker&steder=0", 400),
        ("steder=0101,0101", 400),
        ("steder=" + ",".join(["0", "01", "03", "20", "0101", "0104", "0301", "2011", "1219"]), 400),
        ("steder=%00", 400),
        ("steder=%3Cscript%3E", 404),
        ("legg=" + "x" * 81, 400),
        ("steder=" + "1" * 1600, 400),
    ],
)
def test_what_is_no_comparison_is_explained(shared_site: Reader, query: str, status: int) -> None:
    given = shared_site.get(f"/2016/sammenlign/?{query}")
    assert given.status_code == status
    assert "Gå videre til" in given.text
    assert "<script>" not in given.text


@pytest.mark.parametrize("level", ["", "bydeler", "grender", "%00", "kommuner;drop"])
def test_a_ranking_of_what_is_no_level_is_explained(shared_site: Reader, level: str) -> None:
    assert shared_site.get(f"/2016/rangering/?nivaa={level}").status_code in (200 if level == "" else 400, 400)
