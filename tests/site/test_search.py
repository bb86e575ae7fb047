"""What a reader types, and what is found."""

from __future__ import annotations

from typing import Any

import pytest
from tests.site.reader import Reader

from introstat.site.search import alphabetic, find_places, folded


def place(code: str, name: str, *names: str, children: tuple[str, ...] = ()) -> dict[str, Any]:
    told = [{"text": text, "lang": "no"} for text in (name, *names)]
    label = " – ".join((name, *names))
    return {"code": code, "name": name, "label": label, "names": told, "children": list(children)}


PLACES: dict[str, dict[str, Any]] = {
    entry["code"]: entry
    for entry in (
        place("0", "Hele landet"),
        place("03", "Oslo", children=("0301",)),
        place("0301", "Oslo", "Oslove"),
        place("0219", "Bærum"),
        place("0236", "Nes (Akershus)"),
        place("0616", "Nes (Buskerud)"),
        place("1219", "Bømlo"),
        place("1243", "Os (Hordaland)"),
        place("2011", "Guovdageaidnu", "Kautokeino"),
        place("2021", "Kárášjohka", "Karasjok"),
        place("1804", "Bodø"),
        place("0138", "Hobøl"),
        place("0215", "Frogn"),
        place("1504", "Ålesund"),
    )
}


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ("Bømlo", ["1219"]),
        ("bomlo", ["1219"]),
        ("BØMLO ", ["1219"]),
        ("baerum", ["0219"]),
        ("Kautokeino", ["2011"]),
        ("guovdageaidnu", ["2011"]),
        ("karasjohka", ["2021"]),
        ("oslo", ["0301"]),
        ("0219", ["0219"]),
        ("03", ["03"]),
        ("nes", ["0236", "0616"]),
        ("aker", ["0236"]),
        ("alesund", ["1504"]),
        ("Aalesund", ["1504"]),
        ("bomblo", ["1219"]),
        ("gudovageaidnu", ["2011"]),
        ("9999", []),
        ("xyzzy", []),
        ("", []),
        ("   ", []),
        ("0", []),
    ],
)
def test_a_place_is_found_by(asked: str, codes: list[str]) -> None:
    assert [found["code"] for found in find_places(PLACES, asked)] == codes


@pytest.mark.parametrize("asked", ["((((", "*", ".+", "\\", "%%%", "'; drop table", "<script>", "ß" * 40, "🙂"])
def test_any_text_may_be_asked_for(asked: str) -> None:
    assert isinstance(list(find_places(PLACES, asked)), list)


def test_folding_keeps_letters_apart_from_their_absence() -> None:
    assert folded("Bø-Å ") == "bo a"
    assert folded("Kárášjohka") == "karasjohka"


def test_a_list_of_names_ends_in_the_norwegian_letters() -> None:
    names = ["Ås", "Øyer", "Aremark", "Æ", "Zulu", "Áltá"]
    ordered = sorted((place(str(n), name) for n, name in enumerate(names)), key=alphabetic)
    assert [entry["name"] for entry in ordered] == ["Áltá", "Aremark", "Zulu", "Æ", "Øyer", "Ås"]


def test_the_only_place_found_is_shown_at_once(shared_site: Reader) -> None:
    given = shared_site.get("/nn/2016/steder/?sok=kautokeino")
    assert given.status_code == 303
    assert given.headers["location"] == "/nn/2016/kommune/2011/"


def test_a_search_without_a_hit_offers_every_place(shared_site: Reader) -> None:
    page = shared_site.get("/2016/steder/?sok=%3Cb%3Exyzzy").text
    assert "Ingen treff på «&lt;b&gt;xyzzy»" in page
    assert 'href="/2016/kommune/0101/"' in page
