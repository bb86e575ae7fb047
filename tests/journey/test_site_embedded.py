"""A chart in somebody else's page, on an origin of its own: it fits where that page listens, and stands as it is where not."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser
from tests.free_port import free_port


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
