"""Lines of 2016, run by their own commands, for the tests that look at what came out or go on from there; a site that runs, and a
browser before it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.free_port import free_port
from tests.made_office import Office
from tests.made_once import made_once
from tests.site.conftest import larger, small
from tests.site.other_years import with_changes
from tests.site.withdrawn import taken_back

from introstat.storage.editions import Editions

TWO_COUNTIES = ("18", "20")
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


@pytest.fixture(scope="session")
def line_of_2016(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A home where 2016 has been released. Read it; do not change it."""
    office = Office(tmp_path_factory.mktemp("line"))
    office.invent()
    office.issue()
    return office


@pytest.fixture(scope="session")
def two_counties(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A home where 2016 is frozen, for what needs no more than two counties of it. Copy it; do not change it."""
    return Office(made_once(tmp_path_factory, "two-counties", _frozen))


def _frozen(home: Path) -> None:
    office = Office(home)
    office.do("synth", "--year", "2016", "--out", office.deliveries)
    schedule = json.loads((office.deliveries / "deliveries.json").read_text("utf-8"))
    sent = schedule["deliveries"]
    schedule["deliveries"] = [one for one in sent if one["file"].startswith((*TWO_COUNTIES, "direktoratet"))]
    (office.deliveries / "deliveries.json").write_text(json.dumps(schedule), "utf-8")
    office.freeze()


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An empty home."""
    return Office(tmp_path / "home")


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


@pytest.fixture(scope="module")
def without_scripts(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()
