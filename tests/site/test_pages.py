"""What every page has, in three languages."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.site.reader import Reader

from introstat.site.addresses import in_language
from introstat.site.app import create_app
from introstat.site.static import static_files
from introstat.vocabulary.texts import LANGUAGES, Language

KINDS = {
    "front": "/",
    "release": "/2016/",
    "permalink": "/2016.1/",
    "country": "/2016/landet/",
    "county": "/2016/fylke/01/",
    "shown": "/2016/kommune/0101/",
    "hidden": "/2016/kommune/0104/",
    "silent": "/2016/kommune/2003/",
    "nobody": "/2016/kommune/1219/",
    "sami": "/2016/kommune/2011/",
    "places": "/2016/steder/",
    "names": "/2016/steder/navn/",
    "compare": "/2016/sammenlign/?steder=0,0101,0104,2003,1219",
    "nothing compared": "/2016/sammenlign/",
    "ranking": "/2016/rangering/",
    "ranking of counties": "/2016/rangering/?nivaa=fylker",
    "spread": "/2016/spredning/",
    "spread, marked": "/2016/spredning/?sted=0101",
    "spread, hidden": "/2016/spredning/?sted=0104",
    "map": "/2016/kart/",
    "tables": "/2016/tabeller/",
    "table": "/2016/tabeller/IP102/",
    "key figures": "/2016/tabeller/IP100/",
    "explore": "/2016/utforsk/IP101/",
    "explored": "/2016/utforsk/IP102/?rader=Kjonn&kolonner=ContentsCode&Region=0101,0104&Kjonn=1,2",
    "explored key figures": "/2016/utforsk/IP100/",
    "about": "/2016/om/",
    "statement": "/tilgjengelighet/",
    "feedback": "/tilbakemelding/",
    "thanks": "/tilbakemelding/takk/",
}
MARK = {"nb": "syntetiske data", "nn": "syntetiske data", "en": "synthetic data"}


class Outline(HTMLParser):
    """The parts of a page that tests ask about."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.headings: list[str] = []
        self.title = ""
        self.text = ""
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "title" in self._open and "svg" not in self._open:
            self.title += data
        self.text += data

    def attributes(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", KINDS.values(), ids=KINDS.keys())
def test_every_page_is_whole_in_every_language(shared_site: Reader, address: str, language: Language) -> None:
    answer = shared_site.get(in_language(address, language))
    assert answer.status_code == 200
    page = Outline(answer.text)
    assert page.attributes("html")[0]["lang"] == language
    assert page.headings.count("h1") == 1
    assert page.headings[0] in ("h1", "h2")
    levels = [int(heading[1]) for heading in page.headings if heading != "h1"]
    assert all(after - before <= 1 for before, after in zip([1, *levels], levels, strict=False))
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    # But for the code that is offered to be pasted elsewhere.
    assert "{" not in Outline(re.sub("<pre.*?</pre>", "", answer.text, flags=re.DOTALL)).text
    assert "None" not in page.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("address", KINDS.values(), ids=KINDS.keys())
def test_invented_people_are_declared_on_every_page(shared_site: Reader, address: str, language: Language) -> None:
    answer = shared_site.get(in_language(address, language))
    page = Outline(answer.text)
    assert MARK[language] in page.title.casefold()
    assert MARK[language] in page.text.casefold()
    assert {"name": "robots", "content": "noindex"} in page.attributes("meta")
    assert answer.headers["x-robots-tag"] == "noindex"


@pytest.mark.parametrize("address", KINDS.values(), ids=KINDS.keys())
def test_no_page_holds_a_script_or_a_style_of_its_own(shared_site: Reader, address: str) -> None:
    answer = shared_site.get(address)
    page = Outline(answer.text)
    assert all("src" in attrs for attrs in page.attributes("script"))
    assert re.findall(r"<script[^>]*>", answer.text) == re.findall(r"<script[^>]*>(?=</script>)", answer.text)
    assert not page.attributes("style")
    assert not [attrs for _, attrs in page.tags if "style" in attrs or any(name.startswith("on") for name in attrs)]


WITH_SEARCH = {"front", "country", "county", "shown", "hidden", "silent", "nobody", "sami", "places", "missing"}


@pytest.mark.parametrize(("kind", "address"), [*KINDS.items(), ("missing", "/finnes-ikke/")])
def test_a_page_has_the_script_of_the_search_where_it_has_the_search_and_no_other_page_may_have_any(
    shared_site: Reader, kind: str, address: str
) -> None:
    answer = shared_site.get(address)
    page = Outline(answer.text)
    policy = answer.headers["content-security-policy"].split("; ")
    searches = [attrs["data-suggestions"] for attrs in page.attributes("form") if "data-suggestions" in attrs]
    if kind in WITH_SEARCH:
        assert searches == ["/2016/steder/forslag.json"]
        assert page.attributes("script") == [{"type": "module", "src": static_files()["search.js"].address}]
        assert {"script-src 'self'", "connect-src 'self'"} <= set(policy)
    else:
        assert not searches
        assert not page.attributes("script")
        assert not [rule for rule in policy if rule.startswith(("script-src", "connect-src"))]


@pytest.mark.parametrize("address", KINDS.values(), ids=KINDS.keys())
def test_the_language_switch_keeps_the_page(shared_site: Reader, address: str) -> None:
    page = Outline(shared_site.get(in_language(address, "en")).text)
    offered = {
        attrs["hreflang"]: attrs["href"] for attrs in page.attributes("a") if {"lang", "hreflang"} <= attrs.keys()
    }
    for language in LANGUAGES:
        assert offered[language].split("?")[0] == in_language(address.split("?")[0], language)


def test_the_language_switch_keeps_what_was_chosen(shared_site: Reader) -> None:
    page = shared_site.get("/2016/tabeller/IP102/?omraade=01&Kjonn=2&ukjent=1").text
    assert 'href="/en/2016/tabeller/IP102/?omraade=01&amp;Kjonn=2" lang="en"' in page


def test_the_release_page_shows_the_counties_in_their_order_and_the_total_last(shared_site: Reader) -> None:
    text = shared_site.get("/2016/").text
    table = text[text.index('id="tabell-counties"') :]
    rows = re.findall(
        r'<tr(?: class="(\w+)")?>\s*<th scope="row"><a [^>]*href="([^"]*)"', table[: table.index("</table>")]
    )
    assert [address for _, address in rows[-1:]] == ["/2016/landet/"]
    assert rows[-1][0] == "total"
    assert "/2016/fylke/03/" in [address for _, address in rows]


def test_a_hidden_figure_is_seen_as_a_sign_and_heard_as_a_word(shared_site: Reader) -> None:
    text = shared_site.get("/2016/tabeller/IP102/?omraade=01").text
    assert '<span class="sign"><span aria-hidden="true">:</span><span class="ds-sr-only">Skjult</span></span>' in text
    english = shared_site.get("/en/2016/tabeller/IP102/?omraade=20").text
    assert '<span aria-hidden="true">..</span><span class="ds-sr-only">Not available</span>' in english


def test_a_place_that_shows_nothing_says_why_and_where_to_look(shared_site: Reader) -> None:
    page = shared_site.get("/2016/kommune/0104/").text
    assert "Hvorfor noe ikke vises" in page
    assert 'href="/2016/fylke/01/"' in page


def test_a_hidden_result_draws_no_bar(shared_site: Reader) -> None:
    page = shared_site.get("/2016/kommune/0104/").text
    compared = page[page.index('id="sammenlignet"') :]
    here = compared[compared.index('<li class="here">') :]
    assert 'class="bar"' not in here[: here.index("</li>")]
    assert 'class="unknown"' in here[: here.index("</li>")]


def test_a_place_of_few_people_shows_how_sure_its_share_is(shared_site: Reader) -> None:
    page = shared_site.get("/2016/kommune/0101/").text
    assert 'class="whisker"' in page


def test_a_county_that_is_one_municipality_is_not_compared_with_itself(shared_site: Reader) -> None:
    page = shared_site.get("/2016/kommune/0301/").text
    bars = page[page.index('<ul class="bars">') :]
    assert bars[: bars.index("</ul>")].count('class="bar-name"') == 2


def test_a_sami_name_carries_its_language(shared_site: Reader) -> None:
    page = shared_site.get("/2016/kommune/2011/").text
    assert re.search(r'lang="se">Guovdageaidnu', page)


def test_every_link_on_every_kind_of_page_leads_somewhere(shared_site: Reader) -> None:
    seen: set[str] = set()
    for address in KINDS.values():
        for attrs in Outline(shared_site.get(address).text).attributes("a"):
            target = attrs["href"].split("#")[0]
            if target.startswith("/") and target not in seen:
                seen.add(target)
                assert shared_site.get(target).status_code == 200, f"{address} links to {target}"
    assert len(seen) > 40


def test_every_place_in_a_page_that_a_link_names_is_there(shared_site: Reader) -> None:
    for address in KINDS.values():
        page = Outline(shared_site.get(address).text)
        ids = {attrs["id"] for _, attrs in page.tags if "id" in attrs}
        wanted = {attrs["href"][1:] for attrs in page.attributes("a") if attrs["href"].startswith("#")}
        assert wanted <= ids


def test_a_site_without_any_edition_says_so(tmp_path: Path) -> None:
    app = create_app(
        tmp_path / "editions", feedback=tmp_path / "feedback", clock=lambda: datetime(2026, 1, 1, tzinfo=UTC)
    )
    reader = Reader(app)
    front = reader.get("/")
    assert front.status_code == 200
    assert "ikke publisert noen statistikk" in front.text
    assert reader.get("/health").json() == {"status": "ok", "editions": [], "damaged": []}
