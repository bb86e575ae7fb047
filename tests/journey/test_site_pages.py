"""The open site in a browser: what axe finds, what a phone shows, what a keyboard reaches, what it all weighs."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, Response, Route, sync_playwright
from tests.free_port import free_port
from tests.site.conftest import larger, small
from tests.site.other_years import with_changes
from tests.site.withdrawn import taken_back

from introstat.site.addresses import in_language
from introstat.storage.editions import Editions
from introstat.storage.feedback import Spool
from introstat.vocabulary.texts import LANGUAGES, Language

pytestmark = pytest.mark.slow

KINDS = {
    "front": "/",
    "release": "/2016/",
    "country": "/2016/landet/",
    "county": "/2016/fylke/01/",
    "shown": "/2016/kommune/0101/",
    "hidden": "/2016/kommune/0104/",
    "silent": "/2016/kommune/2003/",
    "places": "/2016/steder/",
    "search": "/2016/steder/?sok=xyzzy",
    "compare": "/2016/sammenlign/?steder=0,0101,0104,2003,1219",
    "added": "/2016/sammenlign/?steder=0&legg=o",
    "ready": "/2016/sammenlign/",
    "together": "/2016/sammenlign/?omraade=01",
    "ranking": "/2016/rangering/",
    "spread": "/2016/spredning/?sted=0101",
    "map": "/2016/kart/",
    "names": "/2016/steder/navn/",
    "embedded": "/2016.1/innfelt/counties/",
    "tables": "/2016/tabeller/",
    "table": "/2016/tabeller/IP101/?omraade=kommuner",
    "district": "/2015/bydel/030101/",
    "hidden district": "/2015/bydel/030103/",
    "unstated district": "/2015/bydel/030199/",
    "city": "/2015/kommune/0301/",
    "band": "/2015/kommune/0402/",
    "several years": "/2015/kommune/0104/",
    "bands side by side": "/2015/sammenlign/?steder=0402,0104,030101,030103",
    "districts in order": "/2015/rangering/?nivaa=bydeler",
    "left out": "/2015/rangering/",
    "bands on the map": "/2015/kart/",
    "table of years": "/2015/tabeller/IP105/?omraade=kommuner",
    "key figures": "/2016/tabeller/IP100/",
    "explore": "/2016/utforsk/IP102/?omraade=01&Kjonn=0,1",
    "about": "/2016/om/",
    "statement": "/tilgjengelighet/",
    "feedback": "/tilbakemelding/",
    "thanks": "/tilbakemelding/takk/?svar=no&side=/2016/",
    "missing": "/finnes-ikke/",
    "nobody": "/2016/kommune/1219/",
    "old district": "/2015/steder/?sok=helsfyr",
    "misspelt": "/2016/steder/?sok=guovdageainu",
    "another year's place": "/2016/kommune/3025/",
    "no such year": "/2031/",
    "bad choice": "/2016/tabeller/IP101/?Kjonn=xx",
    "open data": "/api/",
    "changed": "/2015.1.1/",
    "superseded": "/2015.1/kommune/0301/",
    "preliminary": "/2014/",
    "withdrawn": "/2015.0/",
}
CHANGED = {
    "previous": "2015.1",
    "reason": {},
    "cells": [
        {
            "table": "IP102",
            "codes": ["01", "0", "Avsluttet", "2015"],
            "before": {"value": "60", "status": ""},
            "after": {"value": "71", "status": ""},
        }
    ],
}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
IS_IN_SIGHT = "found => { const { top } = document.querySelector(found).getBoundingClientRect(); return top > 0 && top < innerHeight }"
OPEN_ALL = "document.querySelectorAll('details').forEach(found => { found.open = true })"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    (folder / "editions").mkdir()
    store = Editions(folder / "editions")
    store.write(larger(year=2014, number="2014.0"))
    store.write(larger(year=2015, number="2015.0"))
    (folder / "editions" / "withdrawn.toml").write_text(taken_back("2015.0", day="2016-02-10"), encoding="utf-8")
    store.write(larger(year=2015))
    corrected = replace(larger(year=2015, number="2015.1.1"), released=datetime(2016, 9, 1, 8, 0, tzinfo=UTC))
    store.write(with_changes(corrected, CHANGED))
    store.write(small())
    return folder


@pytest.fixture(scope="module")
def base(home: Path) -> Iterator[str]:
    """The address of a running site."""
    port = free_port()
    program = (
        f"from pathlib import Path; from introstat.site import serve; serve(Path({str(home)!r}), '127.0.0.1', {port})"
    )
    server = subprocess.Popen([sys.executable, "-c", program], env={**os.environ, "PYTHONWARNINGS": "default"})
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                with urllib.request.urlopen(f"{address}/health", timeout=2):
                    break
            except OSError:
                time.sleep(0.1)
        else:
            pytest.fail("the site did not start")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def desktop(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    yield page
    page.close()


@pytest.fixture(scope="module")
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 320, "height": 640}, java_script_enabled=True)
    page = context.new_page()
    yield page
    context.close()


@dataclass(frozen=True)
class Watched:
    """A page, and what its console has told and it has fetched."""

    page: Page
    told: list[str]
    fetched: list[str]


@pytest.fixture(scope="module")
def watched(browser: Browser) -> Iterator[Watched]:
    context = browser.new_context()
    found = Watched(context.new_page(), [], [])
    found.page.on("console", lambda message: found.told.append(message.text))
    found.page.on("request", lambda request: found.fetched.append(request.url))
    yield found
    context.close()


@pytest.fixture(scope="module")
def without_scripts(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing(desktop: Page, base: str, kind: str, language: Language) -> None:
    desktop.goto(base + in_language(KINDS[kind], language))
    desktop.evaluate(OPEN_ALL)
    results = Axe().run(desktop)
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("kind", KINDS)
def test_on_a_phone_axe_finds_nothing_and_no_page_is_wider_than_the_screen(phone: Page, base: str, kind: str) -> None:
    phone.set_viewport_size({"width": 320, "height": 256})
    phone.goto(base + KINDS[kind])
    at_four_hundred_per_cent_nothing_is_lost(phone)
    phone.set_viewport_size({"width": 320, "height": 640})
    results = Axe().run(phone)
    assert results.violations_count == 0, results.generate_report()
    phone.evaluate(OPEN_ALL)
    for width in (320, 360):
        phone.set_viewport_size({"width": width, "height": 640})
        assert phone.evaluate("document.documentElement.scrollWidth") <= width


def at_four_hundred_per_cent_nothing_is_lost(page: Page) -> None:
    """A window of 1280 by 1024 at 400 per cent is 320 by 256; what stands still must leave room to read."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    still = page.evaluate(
        "[...document.querySelectorAll('body *')].filter(found => ['fixed', 'sticky'].includes(getComputedStyle(found).position)"
        " && !found.closest('table') && !found.matches('.ds-skip-link'))"
        ".reduce((sum, found) => sum + found.getBoundingClientRect().height, 0)"
    )
    assert still <= 256 / 3


@pytest.mark.parametrize("kind", ["release", "shown", "table", "places"])
def test_text_twice_as_large_still_fits(phone: Page, base: str, kind: str) -> None:
    phone.set_viewport_size({"width": 640, "height": 800})
    phone.goto(base + KINDS[kind])
    phone.evaluate("document.documentElement.style.fontSize = '200%'")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 640


@pytest.mark.parametrize(
    "kind", ["front", "release", "county", "shown", "hidden", "table", "compare", "ranking", "spread", "map", "explore"]
)
def test_a_page_with_style_and_type_weighs_under_sixty_kilobytes(browser: Browser, base: str, kind: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(base + KINDS[kind], wait_until="networkidle")
    weights = {
        answer.url: sum(answer.request.sizes()[part] for part in ("responseBodySize", "responseHeadersSize"))
        for answer in answers
    }
    context.close()
    assert len(answers) >= 3
    assert sum(weights.values()) < 60_000
    assert sum(weight for url, weight in weights.items() if not url.endswith(".woff2")) < 40_000


def test_without_scripts_a_place_is_found_in_two_steps_and_feedback_is_sent(
    browser: Browser, base: str, home: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(base + "/")
    page.get_by_label("Finn kommune eller fylke").fill("kautokeino")
    page.get_by_role("button", name="Søk").click()
    assert page.url == f"{base}/2016/kommune/2011/"
    page.get_by_role("button", name="Nei").click()
    page.get_by_label("Vil du fortelle mer?").fill("Savner tall for 2015")
    page.get_by_role("button", name="Send kommentaren").click()
    page.get_by_role("link", name="Tilbake til siden du kom fra").click()
    assert page.url == f"{base}/2016/kommune/2011/"
    context.close()
    kept = list(Spool(home / "feedback").read())
    assert [(answer.page, answer.found, answer.comment) for answer in kept[-2:]] == [
        ("/2016/kommune/2011/", False, ""),
        ("/2016/kommune/2011/", False, "Savner tall for 2015"),
    ]


def test_the_keyboard_reaches_the_content_first_and_shows_where_it_is(desktop: Page, base: str) -> None:
    desktop.goto(base + "/2016/")
    desktop.keyboard.press("Tab")
    skip = desktop.locator(":focus")
    assert skip.get_attribute("href") == "#innhold"
    assert skip.is_visible()
    desktop.keyboard.press("Enter")
    assert desktop.evaluate("document.activeElement.id") == "innhold"
    desktop.goto(base + "/2016/")
    unseen = []
    for _ in range(40):
        desktop.keyboard.press("Tab")
        shown = desktop.evaluate(
            "(() => { const seen = getComputedStyle(document.activeElement);"
            " return seen.outlineStyle !== 'none' && parseFloat(seen.outlineWidth) >= 2 || seen.boxShadow !== 'none' })()"
        )
        name = desktop.evaluate("document.activeElement.outerHTML.slice(0, 80)")
        if not shown and "ds-skip-link" not in name:
            unseen.append(name)
    assert unseen == []


def test_what_has_focus_is_never_under_the_mark_of_synthetic_data(desktop: Page, base: str) -> None:
    desktop.goto(base + "/2016/#cite")
    assert desktop.locator("#cite").is_visible()
    desktop.locator("#cite").scroll_into_view_if_needed()
    desktop.locator("main a").last.focus()
    for _ in range(30):
        desktop.keyboard.press("Shift+Tab")
        covered = desktop.evaluate(
            "(() => { const box = document.activeElement.getBoundingClientRect();"
            " const above = document.elementFromPoint(box.left + box.width / 2, box.bottom - 2);"
            " return !document.activeElement.closest('.provenance') && !!above?.closest('.provenance') })()"
        )
        assert not covered, desktop.evaluate("document.activeElement.outerHTML.slice(0, 80)")


def test_a_screen_reader_hears_the_word_for_a_sign(desktop: Page, base: str) -> None:
    desktop.goto(base + "/en/2016/tabeller/IP102/?omraade=01")
    heard = desktop.locator("table").aria_snapshot()
    assert "Hidden" in heard
    desktop.goto(base + "/en/2016/")
    chart = desktop.locator(".chart svg[role=img]:visible").first
    assert "Synthetic data" in chart.aria_snapshot() or "Synthetic data" in (chart.locator("desc").text_content() or "")


def test_a_screen_reader_is_told_the_finding_the_values_and_what_is_hidden(desktop: Page, base: str) -> None:
    """What the page of a chart says aloud, in its order: finding, picture, what is left out and why, the numbers behind."""
    desktop.goto(base + "/2016/spredning/?sted=0101")
    desktop.evaluate(OPEN_ALL)
    told = desktop.locator("main").aria_snapshot().replace("\N{NO-BREAK SPACE}", " ")
    finding = "Fra 33 % til 44 % blant de 3 kommunene som kan vises"
    heard = [
        f'heading "{finding}',
        "strong: Halden",
        f'img "Syntetiske data. {finding}',
        "skjult av hensyn til personvernet: 1",
        'row "Halden 44 %',
        'row "Oslo 43 %',
    ]
    at = [told.find(words) for words in heard]
    assert -1 not in at, "\n".join([*(words for words, place in zip(heard, at, strict=True) if place < 0), told])
    assert at == sorted(at), told
    assert 'link "Moss"' in told
    picture = desktop.locator("figure.spread svg[role=img]:visible")
    assert picture.count() == 1
    described = (picture.locator("desc").text_content() or "").replace("\N{NO-BREAK SPACE}", " ")
    assert "Hele landet: 42 %" in described
    assert "Halden: 44 %" in described
    assert "skjult" in described.lower()


TRANSCRIPTS = Path(__file__).parent / "transcripts"


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("spread", "/2016/spredning/?sted=0101"),
        ("band", "/2015.1/kommune/0402/"),
        ("hidden", "/en/2016.1/kommune/0104/"),
        ("release", "/nn/2016.1/"),
    ],
)
def test_what_a_screen_reader_is_told_is_on_file(
    desktop: Page, base: str, tmp_path: Path, name: str, address: str
) -> None:
    """The whole of a page as a screen reader meets it. Read the file; where the page changed knowingly, renew it."""
    desktop.goto(base + address)
    desktop.evaluate(OPEN_ALL)
    told = desktop.locator("main").aria_snapshot()
    lines = [line for line in told.splitlines() if "/url:" not in line]
    heard = "\n".join(lines).replace("\N{NO-BREAK SPACE}", " ").replace("\N{WORD JOINER}", "") + "\n"
    (tmp_path / f"{name}.txt").write_text(heard, encoding="utf-8")
    on_file = (TRANSCRIPTS / f"{name}.txt").read_text(encoding="utf-8")
    assert heard == on_file, f"read {tmp_path / name}.txt, and copy it over {TRANSCRIPTS} if it says what it should"


@pytest.mark.parametrize(
    ("typed", "code"), [("bømlo", "1219"), ("guovdageaidnu", "2011"), ("Oslo", "0301"), ("kautokeino kommune", "2011")]
)
def test_a_first_time_visitor_finds_her_municipality_with_one_click(
    desktop: Page, base: str, typed: str, code: str
) -> None:
    desktop.goto(base + "/")
    desktop.get_by_label("Finn kommune eller fylke").fill(typed)
    desktop.get_by_role("button", name="Søk").click()
    assert desktop.url == f"{base}/2016/kommune/{code}/"


@pytest.mark.parametrize(("typed", "code"), [("guovdageainu", "2011"), ("kautekeino", "2011"), ("Bøml", "1219")])
def test_one_who_misspells_it_finds_it_with_two(desktop: Page, base: str, typed: str, code: str) -> None:
    desktop.goto(base + "/")
    desktop.get_by_label("Finn kommune eller fylke").fill(typed)
    desktop.get_by_role("button", name="Søk").click()
    if not desktop.url.endswith(f"/kommune/{code}/"):
        desktop.locator(".hits a").first.click()
    assert desktop.url == f"{base}/2016/kommune/{code}/"


@pytest.mark.parametrize(("typed", "code"), [("bomlo", "1219"), ("Guovdageaidnu", "2011"), ("oslo", "0301")])
def test_she_finds_it_at_four_hundred_per_cent_with_a_keyboard_and_without_scripts(
    browser: Browser, base: str, typed: str, code: str
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 256}, java_script_enabled=False)
    page = context.new_page()
    page.goto(base + "/")
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.locator("#sok:focus").count():
            break
    page.keyboard.type(typed)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/2016/kommune/{code}/")
    shown = page.locator("h1 + p, .names, .lead").first.bounding_box()
    context.close()
    assert shown is not None
    assert shown["x"] + shown["width"] <= 320


def offers(page: Page, typed: str) -> list[str]:
    """What is offered under the field when a text is typed, line by line."""
    page.locator("#sok").focus()
    with page.expect_response("**/forslag.json?*"):
        page.keyboard.insert_text(typed)
    page.locator(".suggestions").wait_for()
    return page.locator("[role=option]").all_inner_texts()


@pytest.mark.parametrize("width", [1280, 360, 320])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_where_places_are_offered_and_they_fit_the_screen(
    browser: Browser, base: str, language: Language, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 256 if width == 320 else 740})
    page = context.new_page()
    for address in ("/", "/2016/kommune/0101/"):
        page.goto(base + in_language(address, language))
        assert len(offers(page, "os")) >= 2
        page.keyboard.press("ArrowDown")
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.wait_for_function(
            "() => { const { top, bottom } = document.querySelector('[aria-selected=true]').getBoundingClientRect();"
            " return top >= 0 && bottom <= innerHeight }"
        )
    context.close()


@pytest.mark.parametrize(
    ("typed", "offered", "code"),
    [
        ("bomlo", "Bømlo\nKommune i Hordaland", "1219"),
        ("kautekeino", "Guovdageaidnu – Kautokeino\nKommune i Finnmark\nLigner på Kautokeino", "2011"),
        ("haldn", "Halden\nKommune i Østfold\nLigner på Halden", "0101"),
    ],
)
def test_one_who_types_is_offered_the_place_and_goes_there_with_the_keyboard(
    desktop: Page, base: str, typed: str, offered: str, code: str
) -> None:
    desktop.goto(base + "/")
    assert offers(desktop, typed) == [offered]
    field = desktop.get_by_role("combobox", name="Finn kommune eller fylke")
    assert field.get_attribute("aria-expanded") == "true"
    assert field.get_attribute("aria-activedescendant") is None
    desktop.keyboard.press("ArrowDown")
    pointed = field.get_attribute("aria-activedescendant")
    assert desktop.locator(f"#{pointed}").get_attribute("aria-selected") == "true"
    assert desktop.evaluate("document.activeElement.id") == "sok"
    assert desktop.get_by_role("status").inner_text().endswith("1 forslag.")
    desktop.keyboard.press("Enter")
    desktop.wait_for_url(f"**/2016/kommune/{code}/")


def test_the_keys_point_at_a_place_and_leave_it_again_as_everywhere(desktop: Page, base: str) -> None:
    desktop.goto(base + "/")
    many = len(offers(desktop, "os"))
    assert many >= 2
    field = desktop.get_by_role("combobox")

    def pointed() -> str | None:
        found = desktop.locator("[role=option][aria-selected=true]")
        assert field.get_attribute("aria-activedescendant") == (found.get_attribute("id") if found.count() else None)
        return found.get_attribute("id") if found.count() else None

    for key, at in [
        ("ArrowDown", 0),
        ("ArrowUp", many - 1),
        ("ArrowDown", 0),
        ("Home", None),
        ("ArrowUp", many - 1),
        ("End", None),
        ("ArrowDown", 0),
        ("ArrowLeft", None),
    ]:
        desktop.keyboard.press(key)
        assert pointed() == (None if at is None else f"sok-forslag-{at}"), key
    assert field.input_value() == "os"
    desktop.keyboard.press("Escape")
    assert not desktop.get_by_role("listbox").is_visible()
    assert (field.get_attribute("aria-expanded"), field.input_value()) == ("false", "os")
    with desktop.expect_response("**/forslag.json?*"):
        desktop.keyboard.press("ArrowDown")
    desktop.get_by_role("listbox").wait_for()
    desktop.keyboard.press("Tab")
    assert not desktop.get_by_role("listbox").is_visible()
    assert desktop.evaluate("document.activeElement.textContent") == "Søk"
    field.focus()
    desktop.keyboard.press("Escape")
    assert field.input_value() == ""


def test_enter_searches_as_the_plain_form_does_while_no_place_is_pointed_at(desktop: Page, base: str) -> None:
    desktop.goto(base + "/")
    offers(desktop, "halden")
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/2016/kommune/0101/")
    desktop.goto(base + "/")
    offers(desktop, "o")
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/2016/steder/?sok=o")


def test_a_place_is_offered_to_a_finger(browser: Browser, base: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(base + "/nn/")
    page.locator("#sok").tap()
    assert offers(page, "guovdageainu") == ["Guovdageaidnu – Kautokeino\nKommune i Finnmark\nLiknar på Guovdageaidnu"]
    assert page.locator("[role=option] [lang=se]").inner_text() == "Guovdageaidnu"
    page.get_by_role("option").tap()
    page.wait_for_url("**/nn/2016/kommune/2011/")
    context.close()


def test_only_the_answer_to_the_last_text_is_shown_and_none_at_all_leaves_the_form(desktop: Page, base: str) -> None:
    asked: list[str] = []

    def late(route: Route) -> None:
        asked.append(route.request.url.partition("sok=")[2])
        if asked[-1] == "hal":
            waiting.append(route)
        else:
            route.continue_()

    waiting: list[Route] = []
    desktop.goto(base + "/")
    desktop.route("**/forslag.json?*", late)
    try:
        desktop.locator("#sok").focus()
        desktop.keyboard.type("hal")
        for _ in range(100):
            if waiting:
                break
            desktop.wait_for_timeout(20)
        # Three letters typed without a pause are one question.
        assert asked == ["hal"]
        desktop.locator("#sok").fill("bomlo")
        desktop.get_by_role("option", name="Bømlo").wait_for()
        with contextlib.suppress(Error):
            waiting[0].continue_()
        desktop.wait_for_timeout(200)
        assert desktop.get_by_role("option").count() == 1
        desktop.unroute("**/forslag.json?*")
        desktop.route("**/forslag.json?*", lambda route: route.abort())
        with desktop.expect_event("requestfailed"):
            desktop.locator("#sok").fill("moss")
        desktop.locator(".suggestions").wait_for(state="hidden")
    finally:
        desktop.unroute("**/forslag.json?*")
    desktop.get_by_role("button", name="Søk").click()
    assert desktop.url == f"{base}/2016/kommune/0104/"


def test_what_is_pointed_at_shows_in_colours_of_the_readers_own(browser: Browser, base: str) -> None:
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    page.goto(base + "/")
    offers(page, "os")
    page.keyboard.press("ArrowDown")
    outline = "found => [getComputedStyle(found).outlineStyle, getComputedStyle(found).outlineWidth]"
    assert page.locator("[aria-selected=true]").evaluate(outline) == ["solid", "2px"]
    assert page.locator("[aria-selected=false]").first.evaluate(outline) != ["solid", "2px"]
    context.close()


def test_without_the_script_the_browser_offers_names_and_with_it_only_the_list_does(
    desktop: Page, without_scripts: Page, base: str
) -> None:
    desktop.goto(base + "/")
    without_scripts.goto(base + "/")
    assert without_scripts.locator("#sok[list] ~ datalist, datalist#stedsnavn").count() == 1
    assert desktop.locator("datalist").count() == 0
    assert desktop.locator("#sok").get_attribute("list") is None


@dataclass
class Foreign:
    """A page of somebody else, on an origin of its own."""

    address: str
    body: str = ""


@pytest.fixture(scope="module")
def foreign() -> Iterator[Foreign]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"<!doctype html><body style='margin: 0'>{found.body}".encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    port = free_port()
    found = Foreign(f"http://127.0.0.1:{port}/")
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()


def code_to_paste(base: str) -> list[str]:
    """The two pieces of code that the site offers for its first chart, with its address in them."""
    with urllib.request.urlopen(f"{base}/2016/", timeout=10) as answer:
        page = answer.read().decode()
    pieces = re.findall(r"<code>(.*?)</code>", page, re.DOTALL)[:2]
    return [unescape(piece).replace("https://NETTSTEDET", base) for piece in pieces]


FITS = (
    "() => { const tall = document.documentElement; const left = tall.clientHeight - document.body.offsetHeight;"
    " return tall.scrollHeight <= tall.clientHeight && left >= 0 && left < 2 }"
)


@pytest.mark.parametrize("width", [320, 640, 1000, 1600])
def test_an_embedded_chart_is_given_the_height_it_tells_in_a_page_that_listens(
    browser: Browser, base: str, foreign: Foreign, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(error.message))
    foreign.body = (
        "".join(code_to_paste(base))
        + "<script>addEventListener('message', one => told.push(one.data)); var told = []</script>"
    )
    page.goto(foreign.address, wait_until="networkidle")
    frame = page.locator("iframe")
    inside = next(one for one in page.frames if "/innfelt/" in one.url)
    inside.wait_for_function(FITS)
    shut = frame.bounding_box()
    inside.locator("summary").click()
    inside.wait_for_function(f"() => document.querySelector('details').open && ({FITS})()")
    opened = frame.bounding_box()
    assert shut is not None
    assert opened is not None
    assert opened["height"] > shut["height"] + 100
    # A picture is not blown up to fill a wide frame.
    assert shut["height"] < 1_000
    inside.locator("summary").click()
    page.wait_for_function("tall => document.querySelector('iframe').offsetHeight === tall", arg=shut["height"])
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    told = page.evaluate("told")
    assert len(told) < 20
    assert {key for one in told for key in one} == {"introstat", "height"}
    assert {one["introstat"] for one in told} == {"/2016.1/innfelt/counties/"}
    # Others may say what they like: this page itself, and the chart where it is out of its mind.
    page.evaluate("for (const height of [500, null]) postMessage({ height }, '*')")
    inside.evaluate("for (const height of [5, 1e6, 'tall', null]) parent.postMessage({ height }, '*')")
    page.wait_for_timeout(100)
    assert frame.bounding_box() == shut
    assert troubles == []
    context.close()


@pytest.mark.parametrize("has_scripts", [True, False])
def test_an_embedded_chart_keeps_the_height_it_was_given_in_a_page_that_does_not_listen(
    browser: Browser, base: str, foreign: Foreign, has_scripts: bool
) -> None:
    context = browser.new_context(viewport={"width": 1000, "height": 900}, java_script_enabled=has_scripts)
    page = context.new_page()
    foreign.body = code_to_paste(base)[0]
    page.goto(foreign.address, wait_until="networkidle")
    box = page.locator("iframe").bounding_box()
    assert box is not None
    assert box["height"] == 42 * 16
    assert page.frame_locator("iframe").get_by_role("img").first.is_visible()
    context.close()


BY_COUNTY = [("Hordaland", "Bømlo", "1219"), ("Finnmark", "Kautokeino", "2011"), ("Oslo", "Oslo", "0301")]


@pytest.mark.parametrize(("county", "name", "code"), BY_COUNTY)
def test_one_who_does_not_type_finds_it_with_two(desktop: Page, base: str, county: str, name: str, code: str) -> None:
    desktop.goto(base + "/")
    desktop.locator(".tiles a", has_text=county).click()
    desktop.locator("main .article table").get_by_role("link", name=name, exact=True).click()
    assert desktop.url == f"{base}/2016/kommune/{code}/"


@pytest.mark.parametrize(("county", "name", "code"), BY_COUNTY)
def test_the_list_of_places_lays_one_county_open_at_a_time_without_scripts(
    browser: Browser, base: str, county: str, name: str, code: str
) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.new_page()
    page.goto(base + "/2016/steder/")
    found = page.locator("details", has=page.get_by_role("heading", name=county, exact=True))
    assert not found.get_by_role("listitem").first.is_visible()
    found.locator("summary").click()
    found.get_by_role("listitem").get_by_role("link", name=name, exact=True).click()
    assert page.url == f"{base}/2016/kommune/{code}/"
    context.close()


def test_a_letter_leads_to_its_names_laid_open_and_a_name_to_its_place(desktop: Page, base: str) -> None:
    desktop.goto(base + "/2016/steder/navn/")
    assert not desktop.get_by_role("link", name="Guovdageaidnu").is_visible()
    desktop.get_by_role("navigation", name="Hopp til en bokstav").get_by_role("link", name="G", exact=True).click()
    entry = desktop.locator("li", has_text="Guovdageaidnu")
    assert entry.get_by_role("link").is_visible()
    desktop.wait_for_function(IS_IN_SIGHT, arg="details[open] .name-index")
    entry.get_by_role("link").click()
    assert desktop.url == f"{base}/2016/kommune/2011/"


def test_what_is_folded_on_the_release_page_is_laid_open_by_a_link_to_it_and_on_paper(desktop: Page, base: str) -> None:
    desktop.goto(base + "/2016/")
    folded = ["quality", "definitions", "downloads", "changes", "advice", "cite", "contact", "kalender"]
    assert [part for part in folded if desktop.locator(f"#{part}").is_visible()] == []
    for part in folded:
        desktop.goto(f"{base}/2016/#{part}")
        desktop.locator(f"#{part}").wait_for(state="visible")
        desktop.wait_for_function(IS_IN_SIGHT, arg=f"#{part}")
    desktop.goto(base + "/2016/")
    desktop.emulate_media(media="print")
    try:
        assert all(desktop.locator(f"#{part}").is_visible() for part in folded if part != "downloads")
        assert desktop.locator("#tabell-counties").is_visible()
        assert desktop.locator(".chart svg:visible").count() >= 1
    finally:
        desktop.emulate_media(media="screen")


def test_a_correction_lays_open_what_it_changed(desktop: Page, base: str) -> None:
    desktop.goto(base + "/2015.1.1/")
    assert desktop.locator("#changes").is_visible()
    assert not desktop.locator("#quality").is_visible()


def test_everything_can_be_done_with_a_keyboard_alone(desktop: Page, base: str) -> None:
    def tab_to(selector: str) -> None:
        for _ in range(80):
            desktop.keyboard.press("Tab")
            if desktop.evaluate("wanted => document.activeElement.matches(wanted)", selector):
                return
        pytest.fail(f"{selector} is not reached with Tab")

    desktop.goto(base + "/")
    tab_to("#sok")
    desktop.keyboard.type("bomlo")
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/2016/kommune/1219/")
    desktop.goto(base + "/2016/sammenlign/?steder=0")
    tab_to("#legg")
    desktop.keyboard.type("halden")
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/sammenlign/?steder=0,0101")
    desktop.goto(base + "/2016/spredning/")
    tab_to("details.behind > summary")
    desktop.keyboard.press("Enter")
    tab_to("details.behind .table-frame")
    assert desktop.locator("#spredning-tabell").is_visible()
    desktop.goto(base + "/2016/tabeller/IP102/")
    tab_to("select[name=Kjonn]")
    desktop.keyboard.press("ArrowDown")
    tab_to("form.choices button")
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**Kjonn=1**")
    desktop.goto(base + "/2016/utforsk/IP102/")
    tab_to("form.explore button")
    desktop.goto(base + "/2016/kommune/0101/")
    tab_to(".feedback button")
    desktop.goto(base + "/2016/")
    tab_to("details:has(#quality) > summary")
    desktop.keyboard.press("Enter")
    assert desktop.locator("#quality").is_visible()
    desktop.keyboard.press("Enter")
    assert not desktop.locator("#quality").is_visible()
    desktop.goto(base + "/2016/steder/")
    tab_to("details:has(#fylke-12) > summary")
    desktop.keyboard.press("Space")
    tab_to("#fylke-12 li a")
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/kommune/12*/")


@pytest.mark.parametrize("kind", KINDS)
def test_without_scripts_every_page_says_the_same(
    watched: Watched, without_scripts: Page, base: str, kind: str
) -> None:
    """And with them nothing is blocked by the content security policy, and nothing fetched from elsewhere."""
    watched.told.clear()
    watched.fetched.clear()
    watched.page.goto(base + KINDS[kind], wait_until="networkidle")
    without_scripts.goto(base + KINDS[kind])
    said = watched.page.locator("main").inner_text()
    assert said == without_scripts.locator("main").inner_text()
    assert len(said) > 60
    assert [text for text in watched.told if not any(status in text for status in ("400", "404", "410"))] == []
    assert base + KINDS[kind] in watched.fetched
    assert {url for url in watched.fetched if not url.startswith((base, "data:"))} == set()


def test_print_keeps_the_figures_and_leaves_the_controls(desktop: Page, base: str) -> None:
    desktop.goto(base + "/2016/kommune/0101/")
    desktop.emulate_media(media="print")
    try:
        for gone in (".site-nav", ".languages", ".feedback", ".place-search"):
            assert not desktop.locator(gone).first.is_visible(), gone
        for kept in ("h1", ".key-figure-value", "table.figures", ".provenance", ".cite"):
            assert desktop.locator(kept).first.is_visible(), kept
    finally:
        desktop.emulate_media(media="screen")


def test_what_is_folded_on_the_screen_is_open_on_paper_and_a_wide_table_is_laid_on_its_side(
    desktop: Page, base: str
) -> None:
    desktop.emulate_media(media="print")
    try:
        desktop.goto(base + "/2016/spredning/")
        assert desktop.locator("details.behind:not([open])").count()
        assert desktop.locator("#spredning-tabell").is_visible()
        desktop.goto(base + "/2016/tabeller/IP101/")
        assert desktop.evaluate("getComputedStyle(document.body).page") == "wide"
        assert not desktop.locator(".files").first.is_visible()
        desktop.goto(base + "/2016/kommune/0101/")
        assert desktop.evaluate("getComputedStyle(document.body).page") != "wide"
    finally:
        desktop.emulate_media(media="screen")


def test_an_example_that_is_too_wide_for_paper_goes_on_in_the_next_line(desktop: Page, base: str) -> None:
    desktop.emulate_media(media="print")
    try:
        desktop.set_viewport_size({"width": 680, "height": 900})
        desktop.goto(base + "/api/")
        cut = (
            "document.querySelectorAll('.listing').values().filter(one => one.scrollWidth > one.clientWidth).toArray()"
        )
        assert desktop.evaluate(f"{cut}.length") == 0
        desktop.emulate_media(media="screen")
        assert desktop.evaluate(f"{cut}.length") > 0
    finally:
        desktop.emulate_media(media="screen")
        desktop.set_viewport_size({"width": 1280, "height": 800})


def test_every_county_in_the_list_of_places_stands_between_two_lines(desktop: Page, base: str) -> None:
    desktop.goto(base + "/2016/steder/")
    counties = desktop.locator(".place-list > details")
    assert counties.count() > 2
    for county in counties.all():
        lines = "one => [getComputedStyle(one).borderTopWidth, getComputedStyle(one).borderBottomWidth]"
        assert county.evaluate(lines) == ["1px", "1px"]
