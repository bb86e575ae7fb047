"""The open site in a browser: what axe finds, what a phone shows, what a keyboard reaches, what it all weighs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Response

from introstat.site.addresses import in_language
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
IS_IN_SIGHT = "found => { const { top } = document.querySelector(found).getBoundingClientRect(); return top > 0 && top < innerHeight }"
OPEN_ALL = "document.querySelectorAll('details').forEach(found => { found.open = true })"


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
