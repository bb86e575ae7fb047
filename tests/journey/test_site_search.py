"""Somebody looks for her municipality: by typing, with the keys, with a finger, and without scripts."""

from __future__ import annotations

import contextlib

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Error, Page, Route

from introstat.site.addresses import in_language
from introstat.vocabulary.texts import LANGUAGES, Language


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
