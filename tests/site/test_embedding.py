"""A chart alone, for other people's pages: it may be framed, tells how tall it is, says what it is and leads home."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.site.conftest import LATER
from tests.site.reader import Reader

from introstat.site.addresses import PublicAddresses
from introstat.site.app import create_app
from introstat.site.static import static_files
from introstat.vocabulary.editions import Edition


@pytest.mark.parametrize(
    "address", ["/2016.1/innfelt/counties/", "/nn/2016/innfelt/counties/", "/en/2016.1/innfelt/counties/"]
)
def test_it_may_stand_in_any_page_and_has_one_script_that_asks_and_hears_nothing(
    shared_site: Reader, address: str
) -> None:
    answer = shared_site.get(address)
    assert answer.status_code == 200
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert "x-frame-options" not in answer.headers
    script = static_files()["embed.js"]
    assert re.findall("<script.*", answer.text) == [f'<script defer src="{script.address}"></script>']
    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'"} <= set(policy)
    assert "connect-src" not in answer.headers["content-security-policy"]
    assert b'addEventListener("message"' not in script.content
    assert len(script.content) < 1_000
    assert "<form" not in answer.text


def test_no_other_page_may_be_framed(shared_site: Reader) -> None:
    for address in ("/2016.1/", "/2016.1/kommune/0301/", "/tilbakemelding/"):
        answer = shared_site.get(address)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "DENY"
        assert static_files()["embed.js"].address not in answer.text


@pytest.mark.parametrize(
    ("prefix", "mark", "home"),
    [
        ("", "Syntetiske data", "Les mer på"),
        ("/nn", "Syntetiske data", "Les meir på"),
        ("/en", "Synthetic data", "Read more at"),
    ],
)
def test_it_says_where_its_figures_come_from_and_leads_home(
    shared_site: Reader, prefix: str, mark: str, home: str
) -> None:
    page = shared_site.get(f"{prefix}/2016.1/innfelt/counties/").text
    caption = page.partition("<figcaption>")[2].partition("</figcaption>")[0]
    assert mark in caption
    assert "2016.1" in caption
    assert f'href="{prefix}/2016.1/"' in caption
    assert home in caption
    assert page.count('role="img"') == 2
    assert 'id="tabell-counties"' in page


def test_a_chart_that_is_not_there_is_told_of_kindly(shared_site: Reader) -> None:
    answer = shared_site.get("/2016.1/innfelt/borders/")
    assert answer.status_code == 404
    assert "Vi finner ikke figuren" in answer.text


def test_the_page_of_results_offers_the_picture_and_tells_how_to_embed_it(
    shared_site: Reader, edition: Edition
) -> None:
    page = shared_site.get("/2016/").text
    assert 'href="/2016.1/figurer/counties.nb.png"' in page
    picture = shared_site.get("/2016.1/figurer/counties.nb.png")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content == edition.files["charts/counties.nb.png"]
    code = page.partition("<code>")[2].partition("</code>")[0]
    assert "&lt;iframe src=&#34;" in code or '&lt;iframe src="https://NETTSTEDET/2016.1/innfelt/counties/"' in code
    assert re.search(r'title="[^"]+"', code)


@pytest.mark.parametrize(
    ("prefix", "free"), [("", "kan godt la det være"), ("/nn", "kan godt la det vere"), ("/en", "can do without it")]
)
def test_a_second_piece_of_code_makes_the_frame_as_tall_as_the_chart_and_is_free_to_leave_out(
    shared_site: Reader, prefix: str, free: str
) -> None:
    page = shared_site.get(f"{prefix}/2016/").text
    first, second = re.findall(r"<code>(.*?)</code>", page, re.DOTALL)[:2]
    assert "script" not in first
    assert "height: 42rem" in first
    assert second.startswith("&lt;script&gt;")
    assert "/innfelt/counties/" in second
    assert "if (source !== frame.contentWindow) continue;" in second
    assert free in page


def test_a_site_that_knows_its_address_lets_only_itself_set_the_height(released: Path) -> None:
    places = PublicAddresses(site="https://s.example/tall/")
    folder = released / "editions"
    site = Reader(create_app(folder, feedback=released / "feedback", clock=lambda: LATER, places=places))
    assert 'if (origin !== "https://s.example") continue;' in site.get("/2016/").text


def test_a_site_that_knows_its_address_writes_it_out() -> None:
    assert PublicAddresses.of({"INTROSTAT_SITE_ADDRESS": "https://s.example/"}).site == "https://s.example"
    with pytest.raises(ValueError, match="not the address"):
        PublicAddresses(site="s.example")
    with pytest.raises(ValueError, match="mailto"):
        PublicAddresses(feedback="javascript:alert(1)")
