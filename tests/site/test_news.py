"""The feed of releases, the calendar and the icon."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest
from tests.site.conftest import LATER, MakeApp
from tests.site.reader import Reader
from tests.site.withdrawn import taken_back

from introstat.site.addresses import PREFIX
from introstat.site.app import create_app
from introstat.storage.editions import Editions
from introstat.vocabulary.editions import Edition
from introstat.vocabulary.texts import LANGUAGES, Language

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_feed_names_every_edition_and_says_that_its_people_are_invented(
    shared_site: Reader, language: Language
) -> None:
    address = f"{PREFIX[language]}/nyheter.atom"
    given = shared_site.get(address)
    assert given.headers["content-type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(given.content)
    for wanted in ("title", "id", "updated", "author"):
        assert feed.find(f"{ATOM}{wanted}") is not None
    (entry,) = feed.findall(f"{ATOM}entry")
    assert "ynteti" in (entry.findtext(f"{ATOM}title") or "") or "ynthetic" in (entry.findtext(f"{ATOM}title") or "")
    link = entry.find(f"{ATOM}link")
    assert link is not None
    target = urljoin(address, link.get("href"))
    assert target == f"{PREFIX[language]}/2016.1/"
    assert shared_site.get(target).status_code == 200


def test_a_correction_becomes_the_first_entry_and_keeps_the_old_id(
    home: Path, make_app: MakeApp, corrected: Edition
) -> None:
    def ids() -> list[str]:
        feed = ElementTree.fromstring(Reader(make_app()).get("/nyheter.atom").content)
        return [entry.findtext(f"{ATOM}id") or "" for entry in feed.findall(f"{ATOM}entry")]

    before = ids()
    Editions(home / "editions").write(corrected)
    assert ids()[1:] == before
    assert len(set(ids())) == 2


@pytest.mark.parametrize(("is_export", "leads_to"), [(False, "/2016.1/"), (True, "/")])
def test_those_who_were_told_of_an_edition_are_told_that_it_was_taken_back(
    home: Path, corrected: Edition, is_export: bool, leads_to: str
) -> None:
    Editions(home / "editions").write(corrected)
    (home / "editions" / "withdrawn.toml").write_text(taken_back(day="2017-09-02"), encoding="utf-8")
    app = create_app(home / "editions", feedback=home / "feedback", clock=lambda: LATER, is_export=is_export)
    feed = ElementTree.fromstring(Reader(app).get("/nyheter.atom").content)
    first, second = feed.findall(f"{ATOM}entry")
    assert first.findtext(f"{ATOM}title") == "Utgave 2016.1 er trukket tilbake"
    assert (first.findtext(f"{ATOM}summary") or "").endswith("Et tall kunne føres tilbake til én person.")
    assert "2016.1.1" in (second.findtext(f"{ATOM}title") or "")
    assert feed.findtext(f"{ATOM}updated") == first.findtext(f"{ATOM}updated") == "2017-09-02T00:00:00+02:00"
    link = first.find(f"{ATOM}link")
    assert link is not None
    assert urljoin("/nyheter.atom", link.get("href")) == leads_to


def test_the_calendar_tells_what_came_and_what_is_announced(shared_site: Reader) -> None:
    page = shared_site.get("/2016/").text
    table = page[page.index('id="kalender"') :]
    table = table[: table.index("</table>")]
    assert table.index("Kunngjort") < table.index("Publisert")
    assert 'href="/2016.1/"' in table


def test_the_icon_is_a_picture(shared_site: Reader) -> None:
    icon = shared_site.get("/favicon.ico").content
    assert struct.unpack("<HHH", icon[:6]) == (0, 1, 1)
    size, at = struct.unpack("<II", icon[14:22])
    picture = icon[at : at + size]
    assert picture.startswith(b"\x89PNG")
    start = picture.index(b"IDAT") + 4
    (length,) = struct.unpack(">I", picture[start - 8 : start - 4])
    assert len(zlib.decompress(picture[start : start + length])) == 32 * (32 * 4 + 1)
