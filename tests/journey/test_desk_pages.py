"""The desk in a browser: two people take the line of 2016 one round further, and axe looks at every page."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from tests.free_port import free_port
from tests.journey.conftest import FLAGS
from tests.made_office import INTROSTAT, Office

pytestmark = pytest.mark.slow

PASSWORD = "furu-elv-skodde-7"
PEOPLE = {"kari": ("office_preparer", "Kari Synt"), "ola": ("office_approver", "Ola Synt")}
PATIENCE = 180_000.0
LogIn = Callable[[str], Page]


@pytest.fixture(scope="module")
def desk(two_counties: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, str]]:
    """Two counties, released, and the address of the desk on them."""
    office = Office(tmp_path_factory.mktemp("desk") / "home")
    shutil.copytree(two_counties.home, office.home)
    office.release()
    for name, (role, full_name) in PEOPLE.items():
        office.do("desk", "add-user", name, "--role", role, "--full-name", full_name, said=PASSWORD)
    port = free_port()
    environment = {**os.environ, "INTROSTAT_HOME": str(office.home), "INTROSTAT_HTTPS": "0"}
    environment.pop("INTROSTAT_DATABASE_URL", None)
    server = subprocess.Popen([INTROSTAT, "desk", "serve", "--port", str(port)], env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/logg-inn/")
        yield office, address
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_for(address: str) -> None:
    for _ in range(120):
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.5)
        else:
            return
    pytest.fail(f"nothing answered at {address}")


@pytest.fixture(scope="module")
def browser(chromium: Path) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(chromium), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def log_in(browser: Browser, desk: tuple[Office, str], request: pytest.FixtureRequest) -> LogIn:
    _, address = desk

    def page_of(name: str) -> Page:
        context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
        request.addfinalizer(context.close)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto("/")
        page.fill("#id_username", name)
        page.fill("#id_password", PASSWORD)
        page.click("main button")
        return page

    return page_of


@pytest.mark.parametrize("width", [1280, 360, 320])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_page(log_in: LogIn, width: int) -> None:
    page = log_in("kari")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/2016/leveringer/")
    receipt = page.locator("main table a").first.get_attribute("href")
    for address in (
        "/2016/",
        "/2016/leveringer/",
        receipt,
        "/tilbakemeldinger/",
        "/tilgjengelighet/",
        "/2031/",
        "/logg-inn/",
    ):
        page.goto(str(address))
        found = Axe().run(page).response["violations"]
        assert not found, (address, [(f["id"], f["nodes"][0]["html"]) for f in found])
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert page.get_attribute("footer a", "href") == "/tilgjengelighet/", address


def test_logging_in_and_reading_need_no_script(browser: Browser, desk: tuple[Office, str]) -> None:
    _, address = desk
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto("/tilgjengelighet/")
    assert "Dette er testet" in page.inner_text("main")
    page.goto("/")
    page.fill("#id_username", "kari")
    page.fill("#id_password", PASSWORD)
    page.click("main button")
    assert "Linjen for 2016" in page.inner_text("main")
    page.goto("/2016/leveringer/")
    assert page.locator("main table a").count()
    context.close()


def test_two_people_take_the_line_to_a_corrected_edition(log_in: LogIn, desk: tuple[Office, str]) -> None:
    office, _ = desk
    kari, ola = log_in("kari"), log_in("ola")
    kari.fill("#as_of", "2017-05-01T12:00")
    kari.click("text=Frys >> visible=true >> nth=-1")
    assert "Øyeblikksbilde 2 er tatt" in kari.inner_text("main")
    kari.select_option("#snapshot", "2")
    kari.click("text=Tell, beskytt og angrip")
    assert "Nå må en annen gjennomgå det" in kari.inner_text("main")
    assert kari.locator("text=Godkjenn").count() == 0
    ola.goto("/2016/")
    ola.fill("#next", "2018-07-05")
    ola.fill("#reason", "Prøve på en rettelse.")
    ola.click("button:has-text('Godkjenn')")
    assert "Godkjent" in ola.inner_text("main")
    kari.goto("/2016/")
    kari.click("button:has-text('Gi ut')")
    assert "Utgave 2016.1.1 er gitt ut" in kari.inner_text("main")
    assert json.loads(office.do("verify", "2016.1.1", "--json"))["ok"] is True
    changes = json.loads((office.home / "editions" / "2016.1.1" / "changes.json").read_text("utf-8"))
    assert changes["reason"] == {"nb": "Prøve på en rettelse."}
