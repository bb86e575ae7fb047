"""The site as plain files: everything, with links that work where the folder is put."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest
from tests.site.conftest import open_up
from tests.site.reader import Reader

from introstat.site.addresses import PublicAddresses
from introstat.site.export import export, file_of, relative
from introstat.site.static import static_files
from introstat.vocabulary.editions import Edition
from introstat.vocabulary.errors import EditionDamaged, Refused


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, released: Path) -> Path:
    out = tmp_path_factory.mktemp("out") / "site"
    assert export(released, out) == sum(1 for path in out.rglob("*") if path.is_file())
    again = tmp_path_factory.mktemp("again")
    told: list[tuple[int, int]] = []
    files = export(released, again, progress=lambda done, known: told.append((done, known)))
    assert _all_of(out) == _all_of(again)
    assert told == sorted(told)
    assert all(done <= known for done, known in told)
    # The page for an address that is not there comes last, and is nobody's link.
    assert told[-1][0] == files - 1
    return out


def _all_of(folder: Path) -> dict[Path, bytes]:
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_every_page_and_every_file_is_there(exported: Path, edition: Edition) -> None:
    for prefix in ("", "nn/", "en/"):
        for page in (
            "",
            "2016/",
            "2016.1/",
            "2016/kommune/0101/",
            "2016/fylke/03/",
            "2016/landet/",
            "tilgjengelighet/",
        ):
            assert (exported / prefix / page / "index.html").is_file(), f"{prefix}{page}"
    for path, content in edition.files.items():
        if not path.startswith(("article", "places")):
            public = (
                path.replace("tables/", "tabeller/")
                .replace("charts/", "figurer/")
                .replace("release/", "publiseringsdag/")
            )
            assert (exported / "2016.1" / public).read_bytes() == content
    assert (exported / "404.html").is_file()


def test_the_search_becomes_an_index_of_names_and_what_is_left_out_says_why(exported: Path) -> None:
    names = (exported / "2016" / "steder" / "navn" / "index.html").read_text(encoding="utf-8")
    assert 'href="../../kommune/2011/index.html" lang="se">Guovdageaidnu</a>' in names
    assert 'href="../../kommune/0101/index.html">Halden</a> <span class="small">0101' in names
    front = (exported / "index.html").read_text(encoding="utf-8")
    assert 'href="2016/steder/navn/index.html"' in front
    assert "Uten skript er det ikke noe søk her" in front
    table = (exported / "2016" / "tabeller" / "IP102" / "index.html").read_text(encoding="utf-8")
    assert "Å velge fritt i tabellen krever en tjener" in table
    compare = (exported / "en" / "2016" / "sammenlign" / "index.html").read_text(encoding="utf-8")
    assert "Putting places together yourself needs a server" in compare
    for address in ("rangering/index.html", "rangering/nivaa-fylker/index.html", "innfelt/counties/index.html"):
        assert (exported / "2016" / address).is_file()


@pytest.mark.parametrize(
    ("prefix", "why"),
    [("", "Ble Vestland, helt eller delvis, i 2020"), ("en/", "Became Vestland, in whole or in part, in 2020")],
)
def test_every_page_with_a_search_leads_to_the_names_it_looks_through_and_they_to_the_places(
    exported: Path, prefix: str, why: str
) -> None:
    for page in ("index.html", "2016/kommune/0101/index.html", "2016.1/steder/index.html"):
        at = exported / prefix / page
        field = re.search(r'<div class="place-search"[^>]*>', at.read_text(encoding="utf-8"))
        assert field is not None
        assert " hidden " in field[0]
        finder, names = (re.search(rf'{name}="([^"]*)"', field[0]) for name in ("data-finder", "data-names"))
        assert finder is not None
        assert names is not None
        assert (at.parent / finder[1]).resolve() == (exported / static_files()["find.js"].address[1:]).resolve()
        index = json.loads((at.parent / names[1]).read_text(encoding="utf-8"))
        places = index["places"]
        assert all((at.parent / names[1]).parent.joinpath(place["address"]).is_file() for place in places)
        assert all(0 <= entry[1] < len(places) for entry in [*index["names"], *index["others"]])
        assert why in [entry[2] for entry in index["others"]]


def test_with_a_server_nobody_is_sent_all_names(shared_site: Reader) -> None:
    assert shared_site.get("/2016/steder/navn.json").status_code == 404
    assert "data-names" not in shared_site.get("/2016/steder/").text


def test_places_that_belong_together_are_compared_without_a_server(exported: Path) -> None:
    ready = (exported / "2016" / "sammenlign" / "index.html").read_text(encoding="utf-8")
    assert 'href="omraade-01/index.html">Østfold</a>' in ready
    together = (exported / "2016" / "sammenlign" / "omraade-01" / "index.html").read_text(encoding="utf-8")
    assert "Østfold: kommunene side om side 2016" in together
    for name in ("Halden", "Moss", "Hele landet"):
        assert f">{name}" in together
    place = (exported / "2016" / "kommune" / "0101" / "index.html").read_text(encoding="utf-8")
    assert 'href="../../sammenlign/omraade-01/index.html">Se alle kommunene i Østfold side om side</a>' in place


def test_every_way_to_turn_a_table_is_there_with_its_file(exported: Path, edition: Edition) -> None:
    folder = exported / "2016" / "utforsk"
    page = (folder / "IP102" / "index.html").read_text(encoding="utf-8")
    assert 'href="rader-Kjonn-kolonner-ContentsCode/index.html">Kjønn nedover, Statistikkvariabel bortover</a>' in page
    turned = (folder / "IP102" / "rader-Kjonn-kolonner-ContentsCode" / "index.html").read_text(encoding="utf-8")
    assert 'href="../../IP102-rader-Kjonn-kolonner-ContentsCode.csv"' in turned
    held = (folder / "IP102-rader-Kjonn-kolonner-ContentsCode.csv").read_text(encoding="utf-8").splitlines()
    assert held[0].startswith("Region,Region_label,Kjonn,Kjonn_label")
    assert len(held) == 1 + 3 * 6


@pytest.mark.parametrize(("suffix", "language"), [("px", "no"), ("nn.px", "nn"), ("en.px", "en")])
def test_every_table_is_there_as_px(exported: Path, edition: Edition, suffix: str, language: str) -> None:
    tables = {Path(path).parts[1] for path in edition.files if path.startswith("tables/")}
    for table in tables:
        content = (exported / "2016.1" / "tabeller" / table / f"{table}.{suffix}").read_text(encoding="utf-8")
        assert f'LANGUAGE="{language}";' in content
        assert f'MATRIX="{table}";' in content


def test_many_processes_write_the_same_bytes(exported: Path, released: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    export(released, out, few=100)
    assert _all_of(out) == _all_of(exported)


def test_what_only_the_style_links_to_is_there(exported: Path) -> None:
    for style in (exported / "static").glob("*.css"):
        for name in re.findall(r'url\("([^"]*\.woff2)"\)', style.read_text(encoding="utf-8")):
            assert (exported / "static" / name).is_file()


def test_every_link_of_the_news_feed_leads_to_a_file(exported: Path) -> None:
    for feed in exported.rglob("*.atom"):
        for address in re.findall(r'\bhref="([^"]*)"', feed.read_text(encoding="utf-8")):
            target = feed.parent / unescape(address)
            assert (target / "index.html" if address.endswith("/") else target).is_file(), address


def test_feedback_is_asked_for_only_where_there_is_an_address_for_it(
    exported: Path, released: Path, tmp_path: Path
) -> None:
    page = "2016/kommune/0301/index.html"
    assert "Gi tilbakemelding" not in (exported / page).read_text(encoding="utf-8")
    addresses = PublicAddresses(site="https://statistikk.example", feedback="mailto:statistikk@direktorat.example")
    export(released, tmp_path / "out", addresses=addresses)
    told = (tmp_path / "out" / page).read_text(encoding="utf-8")
    assert 'href="mailto:statistikk@direktorat.example"' in told
    assert "Ikke skriv navn, fødselsnummer" in told
    assert "<form" not in told
    release = (tmp_path / "out" / "2016" / "index.html").read_text(encoding="utf-8")
    assert "https://statistikk.example/2016.1/innfelt/counties/" in release


def test_every_link_leads_to_a_file(exported: Path) -> None:
    followed = 0
    for page in exported.rglob("index.html"):
        for address in re.findall(r'\b(?:href|src|data-finder|data-names)="([^"]*)"', page.read_text(encoding="utf-8")):
            target = unescape(address).split("#")[0]
            if target and not target.startswith(("https:", "http:", "mailto:")):
                assert not target.startswith("/"), f"{page} links to {target}"
                assert (page.parent / target).is_file(), f"{page} links to {target}"
                followed += 1
    assert followed > 1_000


def test_what_needs_a_server_is_left_out(exported: Path) -> None:
    for page in exported.rglob("*.html"):
        assert "<form" not in page.read_text(encoding="utf-8"), page


def test_a_folder_that_holds_something_is_left_alone(home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(Refused):
        export(home, out)
    assert [path.name for path in out.iterdir()] == ["mine.txt"]


def test_a_damaged_edition_is_not_exported(home: Path, tmp_path: Path) -> None:
    open_up(home / "editions" / "2016.1")
    (home / "editions" / "2016.1" / "changes.json").write_bytes(b"{}")
    with pytest.raises(EditionDamaged):
        export(home, tmp_path / "out")


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("/", "index.html"),
        ("/nn/2016/", "nn/2016/index.html"),
        ("/2016/tabeller/IP102/?omraade=01&side=2", "2016/tabeller/IP102/omraade-01-side-2/index.html"),
        ("/2016.1/tabeller/IP102/IP102.csv", "2016.1/tabeller/IP102/IP102.csv"),
        ("/x/?a=../../b", "x/a-.._.._b/index.html"),
    ],
)
def test_an_address_becomes_a_file(address: str, file: str) -> None:
    assert file_of(address) == file


def test_links_are_made_relative_and_others_left_alone() -> None:
    page = '<a href="/2016/om/#tegn">x</a><a href="https://a.example/">y</a><a href="#z">z</a><img src="/static/m.svg">'
    assert relative(page, file="2016/fylke/01/index.html")[0] == (
        '<a href="../../om/index.html#tegn">x</a><a href="https://a.example/">y</a><a href="#z">z</a>'
        '<img src="../../../static/m.svg">'
    )
