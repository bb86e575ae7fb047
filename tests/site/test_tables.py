"""A table on a page: which rows and columns, and what a cell says."""

from __future__ import annotations

import re
from html import unescape

import orjson
import pytest
from tests.site.reader import Reader

from introstat.site.jsonstat import Cell, read_table
from introstat.site.tables import ROWS_A_PAGE, view_of
from introstat.vocabulary.editions import Edition
from introstat.vocabulary.errors import EditionDamaged


def dataset(regions: list[str]) -> bytes:
    count = len(regions) * 2 * 2
    return orjson.dumps(
        {
            "version": "2.0",
            "class": "dataset",
            "label": "A table",
            "id": ["Region", "Kjonn", "ContentsCode", "Tid"],
            "size": [len(regions), 2, 2, 1],
            "dimension": {
                "Region": {"label": "Region", "category": {"index": {c: n for n, c in enumerate(regions)}}},
                "Kjonn": {"label": "Sex", "category": {"index": ["0", "1"], "label": {"0": "Both", "1": "Men"}}},
                "ContentsCode": {
                    "label": "Contents",
                    "category": {
                        "index": {"N": 0, "S": 1},
                        "label": {"N": "Number", "S": "Share"},
                        "unit": {"N": {"base": "people"}, "S": {"base": "per cent"}},
                    },
                },
                "Tid": {"label": "Year", "category": {"label": {"2016": "2016"}}},
            },
            "value": [None if n == 3 else n for n in range(count)],
            "status": {"3": ":"},
        }
    )


MANY = ["0", "01", *(f"01{n:02}" for n in range(70))]
PLACES = {
    "0": {"level": "country", "children": ["01"]},
    "01": {"level": "county", "children": [code for code in MANY if len(code) == 4]},
    **{code: {"level": "municipality", "children": []} for code in MANY if len(code) == 4},
}


def test_a_cell_is_found_by_its_codes_and_has_a_number_or_a_sign() -> None:
    table = read_table(dataset(["0", "01"]))
    assert table.cell(Region="0", Kjonn="0", ContentsCode="N", Tid="2016") == Cell(0, "")
    assert table.cell(Region="0", Kjonn="1", ContentsCode="S", Tid="2016") == Cell(None, ":")
    assert table.cell_at(["01", "1", "N", "2016"]) == Cell(6, "")
    with pytest.raises(KeyError):
        table.cell(Region="99", Kjonn="0", ContentsCode="N", Tid="2016")


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"id": ["A"], "size": [1]}', dataset(["0"]).replace(b"[1,2,2,1]", b"[9,2,2,1]")]
)
def test_what_is_no_table_is_damaged(content: bytes) -> None:
    with pytest.raises(EditionDamaged):
        read_table(content)


def test_a_table_starts_with_the_country_and_its_counties() -> None:
    view = view_of(read_table(dataset(MANY)), PLACES, {}, language="nb")
    assert [row.place for row in view.rows] == ["0", "01"]
    assert view.rows[0].is_total
    assert [label for _, label in view.columns] == ["Number", "Share"]
    assert view.units == ["people", "per cent"]
    assert [choice.name for choice in view.choices] == ["omraade", "Kjonn"]


def test_many_rows_are_shown_a_page_at_a_time_and_none_is_lost() -> None:
    table = read_table(dataset(MANY))
    seen: list[str | None] = []
    for page in ("1", "2"):
        view = view_of(table, PLACES, {"omraade": "kommuner", "side": page}, language="nb")
        assert len(view.rows) <= ROWS_A_PAGE
        seen += [row.place for row in view.rows]
    assert seen == MANY[2:]
    with pytest.raises(ValueError, match="no such page"):
        view_of(table, PLACES, {"omraade": "kommuner", "side": "3"}, language="nb")


@pytest.mark.parametrize(
    "query", [{"Kjonn": "2"}, {"omraade": "0101"}, {"omraade": "99"}, {"side": "-1"}, {"side": "x"}, {"side": "9" * 50}]
)
def test_what_a_table_does_not_have_is_an_error(query: dict[str, str]) -> None:
    with pytest.raises((KeyError, ValueError)):
        view_of(read_table(dataset(MANY)), PLACES, query, language="nb")


@pytest.mark.parametrize("sex", ["0", "1", "2"])
@pytest.mark.parametrize("area", ["fylker", "kommuner", "01", "20"])
def test_the_page_shows_the_same_cells_as_the_file(shared_site: Reader, edition: Edition, area: str, sex: str) -> None:
    stat = read_table(edition.files["tables/IP102/IP102.en.json"])
    page = shared_site.get(f"/en/2016/tabeller/IP102/?omraade={area}&Kjonn={sex}").text
    rows = re.findall(r'<th scope="row"><a [^>]*href="[^"]*?/(\d*)/?">.*?</tr>', page, re.DOTALL)
    assert rows or area == "fylker"
    for body in re.findall(r"<tr[^>]*>\s*(<th scope=\"row\">.*?)</tr>", page, re.DOTALL):
        address = re.search(r'href="/en/2016/(?:landet|fylke/(\d+)|kommune/(\d+))/"', body)
        assert address is not None
        region = address[1] or address[2] or "0"
        cells = re.findall(r'<td class="number">(.*?)</td>', body, re.DOTALL)
        variable = stat.variable("ContentsCode")
        assert variable is not None
        for shown, content in zip(cells, variable.codes, strict=True):
            cell = stat.cell(Region=region, Kjonn=sex, ContentsCode=content, Tid="2016")
            if cell.value is None:
                assert f'<span aria-hidden="true">{cell.status}</span>' in shown
            else:
                assert shown.replace(",", "") == str(int(cell.value))


@pytest.mark.parametrize(("prefix", "language"), [("", "no"), ("/nn", "nn"), ("/en", "en")])
def test_a_table_is_offered_as_px_and_by_its_address_for_programs(
    shared_site: Reader, prefix: str, language: str
) -> None:
    page = unescape(shared_site.get(f"{prefix}/2016/tabeller/IP101/").text)
    (px,) = re.findall(r'href="(/2016\.1/tabeller/IP101/[^"]*\.px)"', page)
    (api,) = re.findall(r'href="(/api/v2/[^"]*)"', page)
    given = shared_site.get(px)
    assert given.status_code == 200
    assert given.content.startswith(b'CHARSET="ANSI";')
    assert f'LANGUAGE="{language}";'.encode() in given.content
    assert "IP101-2016.1-synthetic" in given.headers["content-disposition"]
    assert shared_site.get(api).json()["id"] == "IP101"
    assert "editions=2016.1" in api


@pytest.mark.parametrize("name", ["IP102.px", "IP101.se.px", "IP101.nb.px", "ip101.px"])
def test_a_px_file_there_is_not_is_not_found(shared_site: Reader, name: str) -> None:
    assert shared_site.get(f"/2016.1/tabeller/IP101/{name}").status_code == 404


@pytest.mark.parametrize(("table", "area"), [("IP102", "fylker"), ("IP104", "kommuner"), ("IP105", "kommuner")])
def test_a_table_opens_on_the_places_it_has_something_to_tell_of(larger_site: Reader, table: str, area: str) -> None:
    first, chosen = (larger_site.get(f"/2016/tabeller/{table}/{query}").text for query in ("", f"?omraade={area}"))
    assert f'<option value="{area}" selected' in first
    rows = re.compile(r"<tbody.*?</tbody>", re.DOTALL)
    assert rows.findall(first) == rows.findall(chosen)
