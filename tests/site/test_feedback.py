"""One click, a comment for those who want, and nothing of a person in it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import pytest
from tests.site.conftest import MakeApp
from tests.site.reader import Given, Reader

from introstat.storage.feedback import Feedback, Spool, holds_long_number

FORM = "application/x-www-form-urlencoded"
OURS = {"sec-fetch-site": "same-origin", "content-type": FORM}


def send(
    site: Reader, address: str = "/tilbakemelding/", headers: dict[str, str] | None = None, **fields: str
) -> Given:
    return site.post(address, body=urlencode(fields).encode(), headers=OURS if headers is None else headers)


def stored(home: Path) -> list[Feedback]:
    return list(Spool(home / "feedback").read())


def test_one_click_is_stored_with_the_page_and_nothing_else(home: Path, site: Reader) -> None:
    given = send(site, svar="yes", side="/2016/kommune/0101/")
    assert given.status_code == 303
    assert given.headers["location"] == "/tilbakemelding/takk/?svar=yes&side=%2F2016%2Fkommune%2F0101%2F"
    (kept,) = stored(home)
    assert (kept.found, kept.page, kept.comment, kept.language) == (True, "/2016/kommune/0101/", "", "nb")


def test_a_comment_is_kept_as_text_in_one_line(home: Path, site: Reader) -> None:
    given = send(site, "/nn/tilbakemelding/", svar="no", side="/nn/2016/", kommentar="Fann ikkje\r\n <b>Bømlo</b>\x00!")
    assert given.headers["location"].startswith("/nn/tilbakemelding/takk/")
    (kept,) = stored(home)
    assert (kept.found, kept.comment, kept.language) == (False, "Fann ikkje <b>Bømlo</b> !", "nn")


def test_the_thanks_lead_back_and_ask_for_a_comment_once(site: Reader) -> None:
    page = site.get("/tilbakemelding/takk/?svar=no&side=/2016/om/").text
    assert 'href="/2016/om/"' in page
    assert 'name="kommentar"' in page
    assert 'name="kommentar"' not in site.get("/tilbakemelding/takk/?svar=no&side=/2016/&kommentar=1").text


@pytest.mark.parametrize(
    "side", ["https://evil.example/", "//evil.example/", "/../x", "javascript:alert(1)", "/a b", ""]
)
def test_no_answer_leads_to_another_site(home: Path, site: Reader, side: str) -> None:
    given = send(site, svar="yes", side=side)
    assert given.status_code == 303
    assert given.headers["location"].endswith("&side=")
    assert stored(home)[0].page == ""
    page = site.get(f"/tilbakemelding/takk/?{urlencode({'svar': 'yes', 'side': side})}")
    assert "evil" not in page.text
    assert "javascript" not in page.text


@pytest.mark.parametrize(
    "comment",
    [
        "Hun heter 41816912345",
        "fnr 418169 12345 takk",
        "4 1 8 1 6 9 1 2 3 4 5",
        "418.169.123-45",
        "418169–12345",
        "\uff14\uff11\uff18\uff11\uff16\uff19\uff11\uff12\uff13\uff14\uff15",
        "201612345678 er DUF-nummeret",
    ],
)
def test_a_number_of_eleven_digits_is_refused_and_never_stored(home: Path, site: Reader, comment: str) -> None:
    given = send(site, svar="no", side="/2016/", kommentar=comment)
    assert given.status_code == 422
    assert "fødselsnummer" in given.text
    assert given.headers["cache-control"] == "no-store"
    assert not stored(home)


@pytest.mark.parametrize("comment", ["4 469 av 5 000 i 2016", "Ring 22 22 22 22", "2016-2017, 53 % og 36 %", ""])
def test_ordinary_numbers_are_welcome(comment: str) -> None:
    assert not holds_long_number(comment)


def test_what_was_refused_is_given_back_to_be_mended(site: Reader) -> None:
    given = send(site, "/en/tilbakemelding/", svar="no", side="/en/2016/", kommentar="<i>Oslo</i> 12345678901")
    assert "&lt;i&gt;Oslo&lt;/i&gt; 12345678901</textarea>" in given.text
    assert 'value="/en/2016/"' in given.text


@pytest.mark.parametrize("comment", ["ord " * 300, "æ" * 900])
def test_a_comment_that_is_too_long_is_refused_with_advice(home: Path, site: Reader, comment: str) -> None:
    given = send(site, svar="yes", side="/2016/", kommentar=comment)
    assert given.status_code == 422
    assert "for lang" in given.text
    assert not stored(home)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"referer": "https://evil.example/statistikk.example"},
        {"sec-fetch-site": "cross-site", "origin": "https://statistikk.example"},
    ],
)
def test_a_form_from_elsewhere_is_refused(home: Path, site: Reader, headers: dict[str, str]) -> None:
    given = send(site, headers={"content-type": FORM, **headers}, svar="yes", side="/2016/")
    assert given.status_code == 403
    assert not stored(home)


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin"},
        {"origin": "https://statistikk.example"},
        {"referer": "https://statistikk.example/2016/"},
    ],
)
def test_a_form_from_here_is_taken(home: Path, site: Reader, headers: dict[str, str]) -> None:
    assert send(site, headers={"content-type": FORM, **headers}, svar="yes", side="/2016/").status_code == 303
    assert len(stored(home)) == 1


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"svar=yes", "application/json", 415),
        (b"svar=yes", "", 415),
        (b"svar=maybe", FORM, 400),
        (b"", FORM, 400),
        (b"svar=yes&kommentar=%ff", FORM, 400),
        ("svar=yes&kommentar=ø".encode(), FORM, 400),
        (b"&".join(b"a%d=1" % n for n in range(20)), FORM, 400),
        (b"svar=yes&kommentar=" + b"x" * 9_000, FORM, 413),
        (b"x" * 2_000_000, FORM, 413),
    ],
)
def test_what_is_not_our_form_is_refused(home: Path, site: Reader, body: bytes, media_type: str, status: int) -> None:
    given = site.post(
        "/tilbakemelding/", body=body, headers={"sec-fetch-site": "same-origin", "content-type": media_type}
    )
    assert given.status_code == status
    assert "<h1" in given.text
    assert not stored(home)


def test_a_full_spool_refuses_rather_than_forgets(
    home: Path, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Spool, "append", lambda self, feedback: False)
    given = send(Reader(make_app()), svar="yes", side="/2016/", kommentar="Takk")
    assert given.status_code == 503
    assert "Takk</textarea>" in given.text
