"""A copy of the site without a server, in a browser: the search looks through the names itself, and finds what the site finds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from tests.free_port import free_port
from tests.journey.conftest import FLAGS
from tests.site.conftest import LATER, UNLIMITED, larger
from tests.site.reader import Reader

from introstat.site.app import create_app
from introstat.site.export import export
from introstat.storage.editions import Editions

pytestmark = pytest.mark.slow

TYPED = [
    "o", "os", "oslo", "osol", "ålesund", "Bømlo kommune", "bomlo", "bomblo", "BØML", "kautokeino", "kautekeino",
    "guovdageainnu suohkan", "gudovageaidnu", "karasjok", "viken", "vikn", "vestland", "vestlannd", "lillestrøm", "lillestrom",
    "helsfyr", "helsfir", "grunerlokka", "gamle oslo", "nes", "halden", "haldn", "hadlen", "moss", "trondheim", "troms", "tromms",
    "østf", "land", "er", "st", "hele landet", "0", "01", "0101", "030101", "1", "12", "30", "3001", "5401", "9999", "I01", "xyzzy",
    "", "  ", "-", "((((", "ßß", "🙂", "Å", "á", "fylke", "kommune", "oslo fylke", "nord", "sør", "agder", "innlandet", "møre",
]  # fmt: skip
"""What a reader may type: whole and unfinished, old, later and Sámi names, numbers, misspellings, and what is no name at all."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    (folder / "editions").mkdir()
    Editions(folder / "editions").write(larger())
    return folder


@pytest.fixture(scope="module")
def copy(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a copy, in a folder of a plain web server."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    out = tmp_path_factory.mktemp("out")
    export(home, out / "in" / "a" / "folder")
    port = free_port()
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(Quiet, directory=str(out)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{port}/in/a/folder"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def offered_by_the_site(home: Path) -> dict[str, list[Any]]:
    """What the site itself answers to each text, by the prefix of the language."""
    app = create_app(home / "editions", feedback=home / "feedback", clock=lambda: LATER, limits=UNLIMITED)
    return {
        prefix: [Reader(app).get(f"{prefix}/2016/steder/forslag.json?sok={quote(text)}").json() for text in TYPED]
        for prefix in ("", "/en")
    }


@pytest.fixture(scope="module")
def browser(chromium: Path, copy: str, offered_by_the_site: dict[str, list[Any]]) -> Iterator[Browser]:
    """A browser, started after what it is to look at is made: both want an event loop to themselves."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_copy_offers_what_the_site_offers(
    page: Page, copy: str, offered_by_the_site: dict[str, list[Any]], prefix: str
) -> None:
    page.goto(f"{copy}{prefix}/2016/steder/index.html")
    offered = page.evaluate(
        "async typed => { const { finder, names } = document.querySelector('[data-finder]').dataset;"
        " const find = (await import(new URL(finder, location.href))).finder(new URL(names, location.href));"
        " return Promise.all(typed.map(text => find(text))) }",
        TYPED,
    )
    assert sum(bool(found["places"]) for found in offered) > 30
    for text, found, told in zip(TYPED, offered, offered_by_the_site[prefix], strict=True):
        for place in found["places"]:
            place["address"] = f"{prefix}/2016/" + place["address"].removeprefix("../").removesuffix("index.html")
        assert found["places"] == told["places"], text
        # Nothing is asked for an empty text.
        assert not text.strip() or (found["told"], found["note"]) == (told["told"], told["note"]), text


def test_a_place_is_found_in_a_copy_with_the_keyboard(page: Page, copy: str) -> None:
    page.goto(f"{copy}/nn/index.html")
    field = page.get_by_role("combobox", name="Finn kommune eller fylke")
    assert not page.locator("[data-without-search]").is_visible()
    field.focus()
    page.keyboard.type("kautekeino")
    page.get_by_role("option", name="Kautokeino").wait_for()
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    # A misspelt name is not followed at once.
    page.keyboard.press("Enter")
    page.locator("[aria-selected=true]").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{copy}/nn/2016/kommune/2011/index.html")
    page.get_by_role("combobox").fill("halden")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{copy}/nn/2016/kommune/0101/index.html")


def test_without_scripts_a_copy_leads_to_its_lists_as_before(browser: Browser, copy: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{copy}/index.html")
    assert not page.locator("#sok").is_visible()
    assert page.get_by_text("Uten skript er det ikke noe søk her").is_visible()
    page.get_by_role("link", name="Alle navn fra A til Å").click()
    assert page.url == f"{copy}/2016/steder/navn/index.html"
    context.close()
