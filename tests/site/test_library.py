"""Nothing is shown but what was released, whole, and when its hour has come."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.site.conftest import LATER, MakeApp, open_up, small
from tests.site.reader import Reader
from tests.site.withdrawn import taken_back

from introstat.site.library import Library
from introstat.storage.editions import Editions
from introstat.vocabulary.editions import Edition, EditionNumber
from introstat.vocabulary.errors import EditionDamaged, NotFound
from introstat.vocabulary.snapshots import Provenance

ADDRESSES = (
    "/2016/",
    "/2016.1/",
    "/en/2016/kommune/0101/",
    "/2016.1/tabeller/IP102/IP102.csv",
    "/2016.1/manifest.json",
)


def damaged_everywhere(client: Reader) -> None:
    for address in ADDRESSES:
        answer = client.get(address)
        assert answer.status_code == 503, address
        assert "<h1" in answer.text
        assert "IP102," not in answer.text
    assert client.get("/health").json()["status"] == "degraded"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "path", ["manifest.json", "article.nb.json", "places.en.json", "tables/IP102/IP102.csv", "charts/counties.nb.svg"]
)
def test_an_edition_with_one_byte_changed_is_not_shown(home: Path, make_app: MakeApp, path: str) -> None:
    folder = home / "editions" / "2016.1"
    open_up(folder)
    content = bytearray((folder / path).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / path).write_bytes(content)
    client = Reader(make_app())
    damaged_everywhere(client)


def test_an_edition_changed_while_it_is_being_shown_is_taken_down(home: Path, site: Reader) -> None:
    assert site.get("/2016/").status_code == 200
    folder = home / "editions" / "2016.1"
    open_up(folder)
    (folder / "manifest.json").write_bytes((folder / "manifest.json").read_bytes().replace(b"2016", b"2017", 1))
    damaged_everywhere(site)


def test_an_edition_that_lacks_a_file_is_not_shown(home: Path, make_app: MakeApp) -> None:
    folder = home / "editions" / "2016.1"
    open_up(folder)
    (folder / "tables" / "IP101" / "IP101.parquet").unlink()
    client = Reader(make_app())
    damaged_everywhere(client)


def test_an_edition_whose_folder_is_gone_is_not_shown(home: Path, make_app: MakeApp) -> None:
    folder = home / "editions" / "2016.1"
    open_up(folder)
    folder.rename(home / "elsewhere")
    client = Reader(make_app())
    damaged_everywhere(client)


def test_a_file_that_leads_out_of_the_edition_is_not_read(home: Path, make_app: MakeApp) -> None:
    folder = home / "editions" / "2016.1"
    open_up(folder)
    secret = home / "secret.csv"
    content = (folder / "tables" / "IP102" / "IP102.csv").read_bytes()
    secret.write_bytes(content)
    (folder / "tables" / "IP102" / "IP102.csv").unlink()
    (folder / "tables" / "IP102" / "IP102.csv").symlink_to(secret)
    client = Reader(make_app())
    damaged_everywhere(client)


@pytest.mark.parametrize("path", ["../../keys/master", "/etc/passwd", "tables/../../../x", "a\\b", ""])
def test_a_manifest_that_names_a_file_outside_is_not_followed(home: Path, edition: Edition, path: str) -> None:
    manifest = json.loads(edition.manifest)
    manifest["files"][path] = {"sha256": "0" * 64, "size": 1}
    files = {**edition.files, "manifest.json": json.dumps(manifest).encode()}
    other = home / "other"
    other.mkdir()
    Editions(other).write(replace(edition, files=files))
    shelf = Library(other, clock=lambda: LATER).shelf()
    assert not shelf.books
    assert list(shelf.damaged) == [EditionNumber.parse("2016.1")]


REASONS = {
    "": "Et tall kunne føres tilbake",
    "/nn": "Eit tal kunne førast tilbake",
    "/en": "could be traced to one person",
}


def test_an_edition_that_was_taken_back_says_so_and_why_and_shows_nothing(home: Path, site: Reader) -> None:
    assert site.get("/2016/").status_code == 200
    (home / "editions" / "withdrawn.toml").write_text(taken_back(), encoding="utf-8")
    for address in ADDRESSES:
        answer = site.get(address)
        assert answer.status_code == 410, address
        assert "noindex" in answer.headers["x-robots-tag"]
        assert "Halden" not in answer.text
    for prefix, reason in REASONS.items():
        assert reason in site.get(f"{prefix}/2016.1/").text
    assert "7. juli 2017" in site.get("/2016.1/").text
    assert site.get("/").status_code == 200
    assert site.get("/2016.0/").status_code == 404
    assert site.get("/api/v2/tables/IP102/data?editions=2016.1").status_code == 410
    assert site.get("/health").json()["status"] == "ok"


def test_the_files_of_an_edition_that_was_taken_back_may_be_gone(home: Path, make_app: MakeApp) -> None:
    open_up(home / "editions" / "2016.1")
    (home / "editions" / "2016.1").rename(home / "elsewhere")
    (home / "editions" / "withdrawn.toml").write_text(taken_back(), encoding="utf-8")
    site = Reader(make_app())
    assert site.get("/2016.1/kommune/0101/").status_code == 410
    assert site.get("/health").json()["status"] == "ok"


def test_a_correction_stands_for_the_year_whose_edition_was_taken_back_and_an_older_one_does_not(
    home: Path, corrected: Edition, site: Reader
) -> None:
    Editions(home / "editions").write(corrected)
    (home / "editions" / "withdrawn.toml").write_text(taken_back(), encoding="utf-8")
    assert site.get("/2016/").status_code == 200
    assert site.get("/2016.1/").status_code == 410
    assert 'href="/2016.1.1/"' in site.get("/2016.1/").text
    (home / "editions" / "withdrawn.toml").write_text(taken_back("2016.1.1"), encoding="utf-8")
    assert site.get("/2016/").status_code == 410
    assert 'href="/2016.1/"' in site.get("/2016/").text
    assert site.get("/2016.1/").status_code == 200
    assert site.get("/").status_code == 200


@pytest.mark.parametrize(
    "text",
    ["[[", "", 'withdrawn = "2016.1"', '[[withdrawn]]\nnumber = "2016.1"', taken_back(day='"i dag"')],
)
def test_a_list_of_what_was_taken_back_that_cannot_be_read_shows_nothing(home: Path, site: Reader, text: str) -> None:
    (home / "editions" / "withdrawn.toml").write_text(text, encoding="utf-8")
    for address in ADDRESSES:
        assert site.get(address).status_code == 503, address


def test_what_was_taken_back_before_its_hour_is_not_known(home: Path, edition: Edition, make_app: MakeApp) -> None:
    (home / "editions" / "withdrawn.toml").write_text(taken_back(), encoding="utf-8")
    site = Reader(make_app(clock=lambda: edition.released - timedelta(seconds=1)))
    assert site.get("/2016.1/").status_code == 404


def test_a_folder_that_no_release_names_does_not_exist(home: Path, make_app: MakeApp) -> None:
    open_up(home / "editions" / "2016.1")
    (home / "editions" / "2016.1").rename(home / "editions" / "2015.1")
    (home / "editions" / "releases.json").write_text('{"releases": []}')
    client = Reader(make_app())
    assert client.get("/2015.1/").status_code == 404
    assert client.get("/2015/").status_code == 404
    assert client.get("/2015.1/tabeller/IP102/IP102.csv").status_code == 404


def test_nothing_is_shown_before_its_hour_and_everything_from_it_on(
    home: Path, edition: Edition, make_app: MakeApp
) -> None:
    now = edition.released - timedelta(seconds=1)
    client = Reader(make_app(clock=lambda: now))
    for address in ADDRESSES:
        answer = client.get(address)
        assert answer.status_code == 404, address
        assert "Halden" not in answer.text
    assert client.get("/health").json()["editions"] == []
    now += timedelta(seconds=1)
    for address in ADDRESSES:
        assert client.get(address).status_code == 200, address


def test_the_year_leads_to_the_newest_edition_and_the_number_to_its_own(
    home: Path, corrected: Edition, site: Reader
) -> None:
    assert 'href="/2016.1/"' in site.get("/2016/").text
    Editions(home / "editions").write(corrected)
    newest, first = site.get("/2016/").text, site.get("/2016.1/").text
    assert 'href="/2016.1.1/"' in newest
    assert "nyere utgave" not in newest
    assert "nyere utgave" in first
    assert 'href="/2016/"' in first


def test_an_older_edition_is_never_shown_as_the_newest(home: Path, corrected: Edition, site: Reader) -> None:
    Editions(home / "editions").write(corrected)
    folder = home / "editions" / "2016.1.1"
    open_up(folder)
    (folder / "article.nb.json").write_bytes(b"{}")
    library = Library(home / "editions", clock=lambda: LATER)
    with pytest.raises(EditionDamaged):
        library.shelf().find("2016")
    assert str(library.shelf().find("2016.1").number) == "2016.1"
    assert library.shelf().newest is None


def test_a_shelf_of_one_moment_does_not_see_what_comes_later(home: Path, corrected: Edition) -> None:
    settled = Library(home / "editions", clock=lambda: LATER, is_settled=True)
    assert str(settled.shelf().find("2016").number) == "2016.1"
    Editions(home / "editions").write(corrected)
    assert str(settled.shelf().find("2016").number) == "2016.1"
    assert str(Library(home / "editions", clock=lambda: LATER).shelf().find("2016").number) == "2016.1.1"


@pytest.mark.parametrize("name", ["2015", "2016.0", "2016.2", "2016.1.7", "2016.1.0", "2016.01", "0000", "9999.1"])
def test_an_edition_nobody_released_is_not_found(home: Path, name: str) -> None:
    with pytest.raises(NotFound):
        Library(home / "editions", clock=lambda: LATER).shelf().find(name)


def test_a_list_of_releases_that_cannot_be_read_shows_nothing_but_help(home: Path, make_app: MakeApp) -> None:
    (home / "editions" / "releases.json").chmod(0o644)
    (home / "editions" / "releases.json").write_text('{"releases": [{"number"')
    client = Reader(make_app())
    answer = client.get("/2016/")
    assert answer.status_code == 503
    assert "<h1" in answer.text


def test_real_people_carry_no_mark_and_may_be_found(
    tmp_path: Path, register_edition: Edition, make_app: MakeApp
) -> None:
    folder = tmp_path / "register"
    (folder / "editions").mkdir(parents=True)
    Editions(folder / "editions").write(register_edition)
    client = Reader(make_app(folder=folder))
    answer = client.get("/2016/")
    assert "x-robots-tag" not in answer.headers
    assert "syntetisk" not in answer.text.casefold()
    assert 'name="robots"' not in answer.text
    saved = client.get("/2016.1/tabeller/IP102/IP102.csv").headers["content-disposition"]
    assert saved == 'attachment; filename="IP102-2016.1.csv"'


def test_the_small_edition_has_every_kind_of_place() -> None:
    places = json.loads(small().files["places.nb.json"])["places"]
    kinds = {place["status"] for place in places.values()}
    assert {"shown", "number_hidden", "nobody", "not_reported"} <= kinds
    assert small(provenance=Provenance.REGISTER).provenance is Provenance.REGISTER
    assert datetime(2017, 7, 6, tzinfo=UTC) < LATER
