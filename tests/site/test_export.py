"""The site as plain files: everything, with links that work where the folder is put."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from tests.site.conftest import open_up

from introstat.site.export import export, file_of, relative
from introstat.vocabulary.editions import Edition
from introstat.vocabulary.errors import EditionDamaged, Refused


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory, released: Path) -> Path:
    out = tmp_path_factory.mktemp("out") / "site"
    assert export(released, out) == sum(1 for path in out.rglob("*") if path.is_file())
    again = tmp_path_factory.mktemp("again")
    export(released, again)
    first = {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    second = {path.relative_to(again): path.read_bytes() for path in again.rglob("*") if path.is_file()}
    assert first == second
    return out


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


def test_every_link_leads_to_a_file(exported: Path) -> None:
    followed = 0
    for page in exported.rglob("index.html"):
        for address in re.findall(r'\b(?:href|src)="([^"]*)"', page.read_text(encoding="utf-8")):
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
    assert relative(page, file="2016/fylke/01/index.html") == (
        '<a href="../../om/index.html#tegn">x</a><a href="https://a.example/">y</a><a href="#z">z</a>'
        '<img src="../../../static/m.svg">'
    )
