"""What the search offers while a reader types: short, in the page's language, and never more than it would find."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.site.reader import Reader
from tests.site.test_search import LATER_NAMES, PLACES

from introstat.site.search import find_places


def offered(site: Reader, typed: str, *, at: str = "/2016") -> Any:
    answer = site.get(f"{at}/steder/forslag.json?sok={quote(typed)}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


@pytest.mark.parametrize(
    ("at", "typed", "names", "about", "why", "address"),
    [
        ("/2016", "bomlo", [["Bømlo", ""]], "Kommune i Hordaland", "", "/2016/kommune/1219/"),
        ("/nn/2016.1", "bøml", [["Bømlo", ""]], "Kommune i Hordaland", "", "/nn/2016.1/kommune/1219/"),
        ("/en/2016", "bomlo", [["Bømlo", "no"]], "Municipality in Hordaland", "", "/en/2016/kommune/1219/"),
        (
            "/2016",
            "kautekeino",
            [["Guovdageaidnu", "se"], ["Kautokeino", ""]],
            "Kommune i Finnmark",
            "Ligner på Kautokeino",
            "/2016/kommune/2011/",
        ),
        (
            "/nn/2016",
            "Vestlan",
            [["Hordaland", ""]],
            "Fylke",
            "Vart Vestland, heilt eller delvis, i 2020",
            "/nn/2016/fylke/12/",
        ),
        (
            "/en/2016",
            "vestlannd",
            [["Hordaland", "no"]],
            "County",
            "Became Vestland, in whole or in part, in 2020",
            "/en/2016/fylke/12/",
        ),
        ("/2016", "121", [["Bømlo", ""]], "Kommune i Hordaland", "", "/2016/kommune/1219/"),
    ],
)
def test_a_place_is_offered_with_what_it_is_and_what_it_was_found_by(
    shared_site: Reader, at: str, typed: str, names: list[list[str]], about: str, why: str, address: str
) -> None:
    told = offered(shared_site, typed, at=at)["places"]
    assert told == [{"names": names, "about": about, "why": why, "address": address}]
    assert shared_site.get(address).status_code == 200


def test_an_old_name_says_until_when(larger_site: Reader) -> None:
    places = offered(larger_site, "helsfyr")["places"]
    assert {place["why"] for place in places} == {"Helt eller delvis Helsfyr–Sinsen til og med 2003"}
    assert {place["about"] for place in places} == {"Bydel i Oslo"}


@pytest.mark.parametrize(
    ("at", "typed", "told", "note"),
    [
        ("/2016", "bomlo", "1 forslag.", ""),
        ("/2016", "kautekeino", "Mente du: 1 forslag.", "Mente du:"),
        ("/nn/2016", "xyzzy", "Ingen forslag. Prøv ein del av namnet, eller nummeret.", None),
        ("/en/2016", "o", "2 suggestions.", ""),
        ("/2016", "  ", "", ""),
    ],
)
def test_what_was_found_is_told_in_words(shared_site: Reader, at: str, typed: str, told: str, note: str | None) -> None:
    found = offered(shared_site, typed, at=at)
    assert (found["told"], found["note"]) == (told, told if note is None else note)


def test_when_there_are_more_only_the_first_are_offered_and_that_is_told(
    site: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("introstat.site.suggestions.MOST", 1)
    found = offered(site, "o")
    assert found["told"] == found["note"] == "De 1 første forslagene. Skriv mer for å få færre."
    assert len(found["places"]) == 1


def test_a_whole_name_may_become_a_longer_one() -> None:
    whole = [hit.place["code"] for hit in find_places(PLACES, "os")]
    typed = [hit.place["code"] for hit in find_places(PLACES, "os", is_unfinished=True)]
    assert whole == ["1243"]
    assert typed == ["1243", "0301"]


@given(st.text(alphabet="abdeknorsø 0123", max_size=8))
def test_what_the_search_finds_is_offered_first(typed: str) -> None:
    found = [hit.place["code"] for hit in find_places(PLACES, typed, others=LATER_NAMES)]
    first = [hit.place["code"] for hit in find_places(PLACES, typed, others=LATER_NAMES, is_unfinished=True)]
    assert first[: len(found)] == found
    assert len(first) == len(set(first))


def test_it_is_kept_and_known_again_like_a_page(shared_site: Reader) -> None:
    address = "/2016/steder/forslag.json?sok=bomlo"
    answer = shared_site.get(address)
    assert answer.headers["cache-control"] == shared_site.get("/2016/").headers["cache-control"]
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["content-language"] == "nb"
    assert "access-control-allow-origin" not in answer.headers
    assert shared_site.get(address, headers={"if-none-match": answer.headers["etag"]}).status_code == 304


@pytest.mark.parametrize(
    "typed", ["((((", "*", ".+", "\\", "%%%", "'; drop table", "<script>", "ß" * 40, "🙂", "__proto__"]
)
def test_any_text_may_be_typed(shared_site: Reader, typed: str) -> None:
    assert typed not in str(offered(shared_site, typed))


@pytest.mark.parametrize("query", ["sok=" + "x" * 81, "sok=%ff", "sok=%00", "&".join(f"x{n}=1" for n in range(40))])
def test_what_no_field_would_send_is_refused_in_words(shared_site: Reader, query: str) -> None:
    answer = shared_site.get(f"/nn/2016/steder/forslag.json?{query}")
    assert answer.status_code == 400
    assert "Vi forstår ikkje adressa" in answer.text


def test_an_edition_there_is_not_offers_nothing(shared_site: Reader) -> None:
    assert shared_site.get("/2031/steder/forslag.json?sok=os").status_code == 404
