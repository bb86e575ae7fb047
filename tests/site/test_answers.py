"""How answers travel: compressed, remembered, tagged, without a body where none is asked for, and always safe."""

from __future__ import annotations

import gzip

import pytest
from tests.site.reader import Reader

from introstat.site.answers import SECURITY, AnswerCache, answer
from introstat.site.page import Ask, Page
from introstat.site.render import Renderer
from introstat.vocabulary.editions import Edition

CSV = "/2016.1/tabeller/IP102/IP102.csv"


@pytest.mark.parametrize(
    ("address", "method", "status"),
    [
        ("/2016/", "GET", 200),
        (CSV, "GET", 200),
        ("/robots.txt", "GET", 200),
        ("/health", "GET", 200),
        ("/2016", "GET", 308),
        ("/finnes-ikke/", "GET", 404),
        ("/2016/tabeller/IP102/?side=x", "GET", 400),
        ("/2016/", "POST", 405),
        ("/2016/", "DELETE", 405),
        ("/tilbakemelding/", "POST", 403),
    ],
)
def test_every_answer_carries_the_security_headers(shared_site: Reader, address: str, method: str, status: int) -> None:
    given = shared_site.request(method, address)
    assert given.status_code == status
    for name in SECURITY:
        assert name in given.headers, name
    policy = given.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    # Nothing but a page with the search for a place may have a script, and none but ours: the error pages have the search.
    assert ("script-src 'self'" in policy) is ("data-suggestions" in given.text)
    assert policy.count("script-src") == policy.count("script-src 'self'")
    assert "unsafe-eval" not in policy


@pytest.mark.parametrize("address", ["/2016/", "/nn/2016/kommune/0101/", CSV, "/2016.1/manifest.json"])
def test_an_answer_that_is_known_already_is_not_sent_again(shared_site: Reader, address: str) -> None:
    first = shared_site.get(address)
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = shared_site.get(address, headers={"if-none-match": known})
        assert again.status_code == 304, known
        assert again.content == b""
        assert again.headers["etag"] == tag
    assert shared_site.get(address, headers={"if-none-match": '"other"'}).status_code == 200


@pytest.mark.parametrize("address", ["/2016/", CSV, "/2016.1/tabeller/IP102/IP102.xlsx", "/finnes-ikke/"])
def test_head_is_get_without_the_body(shared_site: Reader, address: str) -> None:
    get, head = shared_site.get(address), shared_site.head(address)
    assert head.status_code == get.status_code
    assert head.content == b""
    assert {name: value for name, value in head.headers.items() if name != "date"} == {
        name: value for name, value in get.headers.items() if name != "date"
    }


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("gzip", True), ("br, gzip;q=0.8", True), ("*", True), ("identity", False), ("gzip;q=0", False), ("", False)],
)
def test_an_answer_is_compressed_for_those_who_take_it(shared_site: Reader, accepted: str, packed: bool) -> None:
    given = shared_site.get("/2016/", headers={"accept-encoding": accepted})
    assert (given.headers.get("content-encoding") == "gzip") is packed
    assert given.headers["vary"] == "accept-encoding"
    assert given.text.startswith("<!doctype html>")


def test_both_forms_of_an_answer_have_tags_of_their_own(shared_site: Reader) -> None:
    plain = shared_site.get("/2016/", headers={"accept-encoding": "identity"}).headers["etag"]
    packed = shared_site.get("/2016/", headers={"accept-encoding": "gzip"}).headers["etag"]
    assert plain != packed


@pytest.mark.parametrize(
    ("path", "media_type", "disposition"),
    [
        ("tabeller/IP102/IP102.csv", "text/csv; charset=utf-8", 'attachment; filename="IP102-2016.1-synthetic.csv"'),
        (
            "tabeller/IP102/IP102.nn.csv",
            "text/csv; charset=utf-8",
            'attachment; filename="IP102-2016.1-synthetic.nn.csv"',
        ),
        ("tabeller/IP102/IP102.json", "application/json", 'inline; filename="IP102-2016.1-synthetic.json"'),
        (
            "tabeller/IP102/IP102.xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            'attachment; filename="IP102-2016.1-synthetic.xlsx"',
        ),
        (
            "tabeller/IP102/IP102.parquet",
            "application/vnd.apache.parquet",
            'attachment; filename="IP102-2016.1-synthetic.parquet"',
        ),
        ("figurer/counties.nb.svg", "image/svg+xml", 'inline; filename="counties-2016.1-synthetic.nb.svg"'),
        ("manifest.json", "application/json", 'inline; filename="manifest-2016.1-synthetic.json"'),
        ("changes.json", "application/json", 'inline; filename="changes-2016.1-synthetic.json"'),
    ],
)
def test_a_file_says_what_it_is_and_is_free_to_use(
    shared_site: Reader, path: str, media_type: str, disposition: str
) -> None:
    for edition in ("2016", "2016.1"):
        given = shared_site.get(f"/{edition}/{path}")
        assert given.status_code == 200
        assert given.headers["content-type"] == media_type
        assert given.headers["content-disposition"] == disposition
        assert given.headers["access-control-allow-origin"] == "*"
        assert given.headers["x-robots-tag"] == "noindex"
        assert "sandbox" in given.headers["content-security-policy"]


def test_a_file_is_served_as_it_was_released(shared_site: Reader, edition: Edition) -> None:
    for path, content in edition.files.items():
        public = path.replace("tables/", "tabeller/").replace("charts/", "figurer/")
        public = public.replace("release/", "publiseringsdag/")
        given = shared_site.get(f"/2016.1/{public}")
        if path.startswith(("article", "places")):
            assert given.status_code == 404
        else:
            assert given.content == content, path


@pytest.mark.parametrize(
    "address",
    [
        "/2016.1/tabeller/IP102/../../manifest.json",
        "/2016.1/tabeller/IP102/..%2f..%2fmanifest.json",
        "/2016.1/tabeller/..%2f..%2f..%2freleases.json",
        "/2016.1/figurer/%2e%2e/manifest.json",
        "/2016.1/figurer/..%5c..%5cmanifest.json",
        "/2016.1/tabeller/IP102/IP102.csv%00.html",
        "/../keys/master",
        "/2016.1/%2fetc%2fpasswd",
        "/static/../app.py",
        "/static/..%2f..%2fapp.py",
        "//evil.example/2016",
    ],
)
def test_no_address_leads_out_of_the_edition(shared_site: Reader, address: str) -> None:
    given = shared_site.get(address)
    assert given.status_code in (404, 308, 200)
    if given.status_code == 308:
        assert given.headers["location"].startswith("/")
        assert not given.headers["location"].startswith("//")
    assert b"root:" not in given.content
    if given.status_code == 200:
        assert given.headers["content-type"] in ("application/json", "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("/2016", "/2016/"),
        ("/nn/2016.1", "/nn/2016.1/"),
        ("/2016/kommune/0101", "/2016/kommune/0101/"),
        ("/2016/tabeller/IP102?Kjonn=1", "/2016/tabeller/IP102/?Kjonn=1"),
        ("/en", "/en/"),
    ],
)
def test_a_forgotten_last_slash_is_mended_without_naming_a_host(shared_site: Reader, address: str, target: str) -> None:
    given = shared_site.get(address, headers={"host": "evil.example"})
    assert given.status_code == 308
    assert given.headers["location"] == target


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/finnes-ikke/", 404, "Vi finner ikke siden"),
        ("/nn/2016/kommune/9999/", 404, "Vi finn ikkje staden"),
        ("/en/2016/tabeller/IP999/", 404, "We cannot find the table"),
        ("/en/2031/", 404, "No figures have been released here"),
        ("/2016.1/tabeller/IP102/IP102.exe", 404, "Vi finner ikke filen"),
        ("/2016/steder/?sok=" + "x" * 81, 400, "Vi forstår ikke adressen"),
        ("/2016/tabeller/IP102/?Kjonn=7", 400, "Vi forstår ikke adressen"),
        ("/2016/tabeller/IP102/?omraade=0301", 400, "Vi forstår ikke adressen"),
        ("/2016/tabeller/IP102/?side=0", 400, "Vi forstår ikke adressen"),
        ("/nn/2016/tabeller/IP102/?side=1e9", 400, "Vi forstår ikkje adressa"),
        ("/en/2016/steder/?sok=%00", 400, "We do not understand the address"),
        ("/en/2016/steder/?sok=%ff", 400, "We do not understand the address"),
        ("/en/2016/?" + "a=1&" * 40, 400, "We do not understand the address"),
    ],
)
def test_a_wrong_address_is_explained_in_its_own_language(
    shared_site: Reader, address: str, status: int, words: str
) -> None:
    given = shared_site.get(address)
    assert given.status_code == status
    assert words in given.text
    assert given.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("address", "words", "target"),
    [
        ("/2016/kommune/3001/", "Halden. Ble 3001, helt eller delvis, i 2020", "/2016/kommune/0101/"),
        ("/en/2016/fylke/30/", "", "/en/2016/fylke/01/"),
        ("/nn/2016.1/kommune/4613/", "", "/nn/2016.1/kommune/1219/"),
    ],
)
def test_a_number_of_another_year_leads_to_the_place_it_covers(
    shared_site: Reader, address: str, words: str, target: str
) -> None:
    given = shared_site.get(address)
    assert given.status_code == 404
    hits = given.text.partition('<ul class="hits">')[2].partition("</ul>")[0]
    assert f'href="{target}"' in hits
    assert words in hits


def test_a_page_that_can_only_be_read_says_so(shared_site: Reader) -> None:
    given = shared_site.post("/en/2016/")
    assert given.status_code == 405
    assert "GET" in given.headers["allow"]
    assert "This page can only be read" in given.text


def test_a_crash_is_told_without_a_trace(site: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Renderer.render

    def fail(self: Renderer, page: Page, ask: Ask) -> str:
        if page.template == "release.html":
            raise RuntimeError("secret")
        return real(self, page, ask)

    monkeypatch.setattr(Renderer, "render", fail)
    given = site.get("/nn/2016/")
    assert given.status_code == 500
    assert "Noko gjekk gale hos oss" in given.text
    assert "secret" not in given.text
    assert "RuntimeError" not in given.text


def test_robots_may_read_that_they_must_not_index(shared_site: Reader) -> None:
    assert "Disallow: /" not in shared_site.get("/robots.txt").text


def test_style_and_type_may_be_kept_for_ever(shared_site: Reader) -> None:
    page = shared_site.get("/").text
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    given = shared_site.get(address)
    assert given.status_code == 200
    assert "immutable" in given.headers["cache-control"]
    assert shared_site.get("/static/introstat.0000000000.css").status_code == 404


def test_kept_answers_stay_within_their_room() -> None:
    kept = AnswerCache(capacity=40_000)
    kept.get(("/", b""), generation=1)
    page = answer(b"x" * 5_000, media_type="image/png")
    for number in range(20):
        kept.keep((f"/{number}", b""), page, generation=1)
    alive = [number for number in range(20) if kept.get((f"/{number}", b""), generation=1) is not None]
    assert alive == list(range(20 - len(alive), 20))
    assert 0 < len(alive) * page.weight <= 40_000
    assert kept.get(("/19", b""), generation=2) is None


def test_an_answer_is_packed_the_same_way_every_time() -> None:
    first, second = (answer(b"abc " * 500, media_type="text/html") for _ in range(2))
    assert first == second
    assert first.packed is not None
    assert gzip.decompress(first.packed) == first.body
