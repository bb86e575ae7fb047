"""Any table, chosen from and turned: whatever the choice, each cell on the page and in the file is the table's own."""

from __future__ import annotations

import csv
import re
from html import unescape
from io import StringIO
from pathlib import PurePosixPath
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.site.reader import Reader

from introstat.site.addresses import PREFIX
from introstat.site.explore import choice_of, csv_of
from introstat.site.jsonstat import StatTable, read_table
from introstat.vocabulary.editions import Edition
from introstat.vocabulary.texts import LANGUAGES, Language

TABLES = ("IP100", "IP101", "IP102", "IP103")
PLACES = {
    "01": {"level": "county", "children": ["0101", "0104"]},
    "0101": {"level": "municipality", "children": []},
}


def stat_of(edition: Edition, table: str) -> StatTable:
    return read_table(edition.files[f"tables/{table}/{table}.json"])


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_every_choice_shows_each_chosen_cell_once_with_the_value_or_the_sign_of_the_table(
    edition: Edition, data: st.DataObject
) -> None:
    stat = stat_of(edition, data.draw(st.sampled_from(TABLES)))
    query = {}
    for variable in stat.variables:
        some = data.draw(st.lists(st.sampled_from(variable.codes), max_size=4))
        if some:
            query[variable.code] = ",".join(some)
    names = [variable.code for variable in stat.variables if len(variable.codes) > 1]
    if len(names) > 1 and data.draw(st.booleans()):
        query["rader"], query["kolonner"] = data.draw(st.permutations(names))[:2]
    chosen = choice_of(stat, query, PLACES)
    for variable in stat.variables:
        if variable.code in query:
            assert set(chosen.codes[variable.code]) == set(query[variable.code].split(","))
    rows = list(csv.DictReader(StringIO(csv_of(chosen, origin="synthetic").decode())))
    assert len(rows) == len(chosen.rows) * len(chosen.codes[chosen.across.code])
    for row in rows:
        cell = stat.cell(**{variable.code: row[variable.code] for variable in stat.variables})
        assert (row["value"], row["status"]) == ("" if cell.value is None else str(int(cell.value)), cell.status)
        down = tuple(row[variable.code] for variable in chosen.down)
        assert down in chosen.rows
        assert chosen.cell(down, row[chosen.across.code]) == cell


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", TABLES)
def test_the_page_and_the_file_hold_the_same(shared_site: Reader, table: str, language: Language) -> None:
    query = urlencode({"Kjonn": "0,1,2"}) if table in ("IP101", "IP102") else ""
    prefix = f"{PREFIX[language]}/2016/utforsk/{table}"
    given = shared_site.get(f"{prefix}.csv?{query}")
    assert given.status_code == 200
    assert "attachment" in given.headers["content-disposition"]
    assert "synthetic" in given.headers["content-disposition"]
    rows = list(csv.DictReader(StringIO(given.text)))
    page = shared_site.get(f"{prefix}/?{query}").text
    assert all(row["origin"] == "synthetic" for row in rows)
    if 'class="pages"' not in page:
        assert len(re.findall(r'<td class="number">', page)) == len(rows)
        held = page[: page.index('id="figur"')]
        assert held.count('class="sign"') == sum(row["value"] == "" for row in rows)


def test_a_form_that_repeats_a_field_says_the_same_as_commas(shared_site: Reader) -> None:
    repeated = shared_site.get("/2016/utforsk/IP102/?Kjonn=1&Kjonn=2&omraade=01").text
    joined = shared_site.get("/2016/utforsk/IP102/?Kjonn=1,2&omraade=01").text
    assert repeated == joined


def test_the_address_to_share_names_the_edition_and_turning_turns(shared_site: Reader) -> None:
    page = shared_site.get("/2016/utforsk/IP102/?Kjonn=1,2&omraade=01&rader=Kjonn&kolonner=Region").text
    shared = re.search(r'cite-address" href="([^"]*)"', page)
    assert shared is not None
    assert shared[1].startswith("/2016.1/utforsk/IP102/?")
    assert shared_site.get(shared[1].replace("&amp;", "&")).status_code == 200
    assert "rader=Region&amp;kolonner=Kjonn" in page


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("IP102/?rader=Kjonn&kolonner=Kjonn", 400),
        ("IP102/?rader=Nei", 400),
        ("IP102/?kolonner=__class__", 400),
        ("IP102/?Kjonn=9", 400),
        ("IP102/?omraade=0101", 400),
        ("IP102/?omraade=..%2F", 400),
        ("IP102/?kolonner=Region&omraade=kommuner&rader=Kjonn", 200),
        ("IP102/?side=99999999999", 400),
        ("IP102/?side=%C2%B2", 400),
        ("IP102/?Region=0101%0A", 400),
        ("IP102/?" + "&".join(["Kjonn=0"] * 80), 400),
        ("IP102/?figur=TilArbeid", 200),
        ("IP102/?figur=Halden", 400),
        ("IP999/", 404),
        ("IP999.csv", 404),
        ("IP102.csv?Kjonn=9", 400),
        ("IP102.csv/", 404),
    ],
)
def test_what_is_no_choice_is_explained(shared_site: Reader, address: str, status: int) -> None:
    given = shared_site.get(f"/2016/utforsk/{address}")
    assert given.status_code == status
    if status != 200:
        assert "Gå videre til" in given.text


@given(
    query=st.dictionaries(
        st.sampled_from(["rader", "kolonner", "omraade", "side", "Kjonn", "Region", "x"]),
        st.text(max_size=12),
        max_size=5,
    )
)
@settings(max_examples=60, deadline=None)
def test_no_query_breaks_the_page(shared_site: Reader, query: dict[str, str]) -> None:
    assert shared_site.get(f"/en/2016/utforsk/IP102/?{urlencode(query)}").status_code in (200, 400)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("query", "drawn", "without_total"),
    [
        ("kolonner=ContentsCode", "AndelArbeidUtdanning", False),
        ("kolonner=ContentsCode&figur=TilArbeid", "TilArbeid", True),
        ("kolonner=ContentsCode&omraade=01", "AndelArbeidUtdanning", False),
    ],
)
def test_the_picture_draws_one_column_with_its_hidden_cells(
    shared_site: Reader, edition: Edition, language: Language, query: str, drawn: str, without_total: bool
) -> None:
    page = shared_site.get(f"{PREFIX[language]}/2016/utforsk/IP102/?{query}").text
    picture = page[page.index('id="figur"') :]
    stat = read_table(edition.files["tables/IP102/IP102.json"])
    codes = ["01", "0101", "0104"] if "omraade" in query else [c for c in stat.variables[0].codes if len(c) <= 2]
    cells = [
        stat.cell(Region=code, Kjonn="0", ContentsCode=drawn, Tid="2016")
        for code in codes
        if not (without_total and code == "0")
    ]
    longest = 100 if drawn.startswith("Andel") else max(cell.value or 0 for cell in cells)
    bars = re.findall(r'<rect class="(bar|unknown)"(?: x="1" y="1")? width="([0-9.]+)%"', picture)
    assert [kind for kind, _ in bars] == ["unknown" if cell.value is None else "bar" for cell in cells]
    assert [float(width) for kind, width in bars if kind == "bar"] == [
        pytest.approx(100 * cell.value / longest, abs=0.01) for cell in cells if cell.value is not None
    ]
    words = {"nb": "ikke tegnet", "nn": "ikkje teikna", "en": "is not drawn"}
    assert (words[language] in picture) == without_total


@pytest.mark.parametrize(
    "address", ["/2016/kommune/0101/", "/2016/fylke/01/", "/2016/landet/", "/en/2016.1/kommune/0104/"]
)
def test_the_page_of_a_place_has_files_with_its_own_figures_and_no_others(shared_site: Reader, address: str) -> None:
    page = shared_site.get(address).text
    files = [unescape(found) for found in re.findall(r'href="([^"]+)" download', page)]
    assert [PurePosixPath(file.partition("?")[0]).name for file in files] == ["IP102.csv", "IP101.csv"]
    code = PurePosixPath(address).name.replace("landet", "0")
    for file in files:
        assert file.startswith(("/2016.1/", "/en/2016.1/"))
        answer = shared_site.get(file)
        assert answer.status_code == 200
        rows = list(csv.DictReader(StringIO(answer.text.removeprefix("\ufeff"))))
        assert {row["Region"] for row in rows} == {code}
        assert {row["Kjonn"] for row in rows} == {"0", "1", "2"}
