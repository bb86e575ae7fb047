"""A chart alone, for other people's pages: it may be framed, has no script, says what it is and leads home."""

from __future__ import annotations

import re

import pytest
from tests.site.reader import Reader

from introstat.site.addresses import PublicAddresses
from introstat.vocabulary.editions import Edition


@pytest.mark.parametrize(
    "address", ["/2016.1/innfelt/counties/", "/nn/2016/innfelt/counties/", "/en/2016.1/innfelt/counties/"]
)
def test_it_may_stand_in_any_page_and_needs_no_script(shared_site: Reader, address: str) -> None:
    answer = shared_site.get(address)
    assert answer.status_code == 200
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert "x-frame-options" not in answer.headers
    assert "<script" not in answer.text
    assert "<form" not in answer.text


def test_no_other_page_may_be_framed(shared_site: Reader) -> None:
    for address in ("/2016.1/", "/2016.1/kommune/0301/", "/tilbakemelding/"):
        answer = shared_site.get(address)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "DENY"


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


def test_a_site_that_knows_its_address_writes_it_out() -> None:
    assert PublicAddresses.of({"INTROSTAT_SITE_ADDRESS": "https://s.example/"}).site == "https://s.example"
    with pytest.raises(ValueError, match="not the address"):
        PublicAddresses(site="s.example")
    with pytest.raises(ValueError, match="mailto"):
        PublicAddresses(feedback="javascript:alert(1)")
