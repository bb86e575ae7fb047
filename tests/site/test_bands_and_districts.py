"""Districts, results told as a band, and several years together: each where places stand, each number from its cell."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import quote

import orjson
import pytest
from tests.site.reader import Reader

from introstat.publish import verify
from introstat.site.addresses import PREFIX
from introstat.site.jsonstat import StatTable, read_table
from introstat.site.results import Result
from introstat.site.tilemap import shade, short_band
from introstat.vocabulary.editions import Edition
from introstat.vocabulary.texts import LANGUAGES, Language

BAND, NUMBER_HIDDEN, SHOWN = "0402", "0104", "0101"
DISTRICT, HIDDEN_DISTRICT, EMPTY_DISTRICT, UNSTATED = "030101", "030103", "030116", "030199"


def table(edition: Edition, name: str) -> StatTable:
    return read_table(edition.files[f"tables/{name}/{name}.json"])


def number(edition: Edition, name: str, code: str, content: str) -> float | None:
    stat = table(edition, name)
    sex = {} if stat.variable("Kjonn") is None else {"Kjonn": "0"}
    return stat.cell(Region=code, ContentsCode=content, Tid="2016", **sex).value


def main_of(site: Reader, address: str) -> str:
    page = unescape(site.get(address).text).replace("\N{NO-BREAK SPACE}", " ")
    return page[page.index("<main") : page.index("</main>")]


def part(page: str, name: str) -> str:
    """The section under a heading."""
    start = page.index(f'id="{name}"')
    return page[start : page.index("</section>", start)]


def said(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_every_sentence_of_every_place_says_what_its_cells_say(larger_edition: Edition) -> None:
    assert verify(larger_edition.files, manifest_sha256=None) == ()


@pytest.mark.parametrize("code", [DISTRICT, BAND, NUMBER_HIDDEN])
def test_a_sentence_that_says_another_number_is_found(larger_edition: Edition, code: str) -> None:
    document = json.loads(larger_edition.files["places.nb.json"])
    place = document["places"][code]
    figures = [part for text in (place["lead"], *place["sentences"]) for part in text if isinstance(part, dict)]
    assert figures
    for figure in figures:
        if "cells" not in figure:
            continue
        right, figure["text"] = figure["text"], "98"
        files = {**larger_edition.files, "places.nb.json": json.dumps(document).encode()}
        found = [told for told in verify(files, manifest_sha256=None) if "sha256" not in told.message]
        assert any(told.file == "places.nb.json" for told in found), figure
        figure["text"] = right


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_district_stands_under_its_municipality_once(larger_site: Reader, language: Language) -> None:
    prefix = PREFIX[language]
    page = larger_site.get(f"{prefix}/2016/bydel/{DISTRICT}/").text
    crumbs = re.findall(rf'href="({prefix}/2016/(?:kommune|fylke)/\d+/)"', page[: page.index("<h1")])
    assert set(crumbs) == {f"{prefix}/2016/kommune/0301/"}
    main = main_of(larger_site, f"{prefix}/2016/bydel/{DISTRICT}/")
    assert "Gamle Oslo" in said(main[main.index("<h1") : main.index("</h1>")])
    bars = re.findall(r'class="bar-name">(.*?)</span>\s*<span class="bar-value"', part(main, "sammenlignet"), re.DOTALL)
    assert [re.findall(r'href="[^"]*?/(\w+)/"', bar) for bar in bars] == [[], ["0301"], ["landet"]]
    siblings = main[main.index("<aside") : main.index("</aside>")]
    assert len(re.findall(rf'href="{prefix}/2016/bydel/\d+/"', siblings)) == 18
    assert siblings.count('aria-current="page"') == 1
    assert f'href="{prefix}/2016/tabeller/IP102/?omraade=bydeler"' in main


@pytest.mark.parametrize(
    ("language", "heading"),
    [("nb", "Bydelene i Oslo"), ("nn", "Bydelane i Oslo"), ("en", "The districts of Oslo")],
)
def test_the_municipality_lists_its_districts_with_their_results(
    larger_site: Reader, larger_edition: Edition, language: Language, heading: str
) -> None:
    main = main_of(larger_site, f"{PREFIX[language]}/2016/kommune/0301/")
    under = main[main.index('id="under"') :]
    assert said(under[under.index(">") + 1 : under.index("</h2>")]) == heading
    share = number(larger_edition, "IP102", DISTRICT, "AndelArbeidUtdanning")
    assert share is not None
    row = next(row for row in under.split("<tr>") if f"/{DISTRICT}/" in row)
    assert f"{int(share)}%" in said(row).replace(" ", "")


@pytest.mark.parametrize("code", [HIDDEN_DISTRICT, EMPTY_DISTRICT, UNSTATED])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_district_without_a_result_says_why_and_leads_to_its_municipality(
    larger_site: Reader, language: Language, code: str
) -> None:
    main = main_of(larger_site, f"{PREFIX[language]}/2016/bydel/{code}/")
    here = main[main.index('<li class="here">') :]
    here = here[: here.index("</li>")]
    assert 'class="unknown"' in here
    nobody = {"nb": "ingen avsluttet", "nn": "ingen avslutta", "en": "nobody ended"}[language]
    assert (nobody in said(here)) == (code != HIDDEN_DISTRICT)
    alert = 'class="ds-alert"' in main
    assert alert == (code == HIDDEN_DISTRICT)
    if alert:
        to_oslo = {"nb": "Gå til siden for Oslo", "nn": "Gå til sida for Oslo", "en": "Go to the page of Oslo"}
        assert to_oslo[language] in main


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nb", "Ingen avsluttet introduksjonsprogrammet i uoppgitt bydel i Oslo i 2016."),
        ("nn", "Ingen avslutta introduksjonsprogrammet i ukjend bydel i Oslo i 2016."),
        ("en", "Nobody ended the introduction programme in an unstated district of Oslo in 2016."),
    ],
)
def test_the_district_of_those_not_stated_is_told_in_the_readers_language(
    larger_site: Reader, language: Language, text: str
) -> None:
    assert text in said(main_of(larger_site, f"{PREFIX[language]}/2016/bydel/{UNSTATED}/"))


def test_districts_are_ranked_chosen_in_tables_and_explored(larger_site: Reader, larger_edition: Edition) -> None:
    codes = {code for code in table(larger_edition, "IP102").variables[0].codes if len(code) == 6}
    assert len(codes) == 18
    ranking = main_of(larger_site, "/2016/rangering/?nivaa=bydeler")
    ranked = set(re.findall(r'<tr id="k-(\d+)">', ranking))
    assert ranked
    assert ranked | set(re.findall(r"/bydel/(\d+)/", ranking[ranking.index('id="utelatt"') :])) == codes
    for address in ("/2016/tabeller/IP102/?omraade=bydeler", "/2016/utforsk/IP102/?omraade=bydeler"):
        assert (
            set(
                re.findall(
                    r'<th scope="row"><a class="ds-link" href="/2016/bydel/(\d+)/"', main_of(larger_site, address)
                )
            )
            == codes
        )
    together = main_of(larger_site, "/2016/sammenlign/?omraade=0301")
    assert codes <= set(re.findall(r"/bydel/(\d+)/", together))


@pytest.mark.parametrize(
    ("asked", "code"),
    [("Gamle Oslo", "030101"), ("grunerlokka", "030102"), ("bydel Grünerløkka", "030102"), ("030103", "030103")],
)
def test_a_district_is_found_by_its_name_and_its_number(larger_site: Reader, asked: str, code: str) -> None:
    given = larger_site.get(f"/2016/steder/?sok={quote(asked)}")
    assert (given.status_code, given.headers.get("location")) == (303, f"/2016/bydel/{code}/")


@pytest.mark.parametrize("asked", ["gamle", "ost", "s"])
def test_a_list_of_hits_says_what_kind_each_place_is(larger_site: Reader, asked: str) -> None:
    assert larger_site.get(f"/2016/steder/?sok={asked}").status_code in (200, 303)
    assert larger_site.get(f"/2016/sammenlign/?legg={asked}").status_code in (200, 303)


@pytest.mark.parametrize(
    ("address", "name"),
    [(f"/2016/kommune/{BAND}/", "sammenlignet"), (f"/2016/sammenlign/?steder={BAND},{SHOWN}", "resultatene")],
)
def test_a_band_is_drawn_from_edge_to_edge_with_its_text_and_never_as_a_bar(
    larger_site: Reader, larger_edition: Edition, address: str, name: str
) -> None:
    low, high = (number(larger_edition, "IP104", BAND, edge) for edge in ("AndelFra", "AndelTil"))
    assert low is not None
    assert high is not None
    section = part(main_of(larger_site, address), name)
    row = section[section.index("<li") : section.index("</li>")]
    assert 'class="bar"' not in row
    assert 'class="whisker"' not in row
    assert f'class="band-field" x1="{low:.0f}%" x2="{high:.0f}%"' in row
    text = {0: f"under {high:.0f} %", 100: f"{low:.0f} % eller mer"}[0 if low == 0 else int(high)]
    assert text in said(row)
    assert "Et stripet felt" in section


def test_lists_tell_the_band_of_what_they_cannot_rank_or_draw(larger_site: Reader, larger_edition: Edition) -> None:
    places = orjson.loads(larger_edition.files["places.nb.json"])["places"]
    text = places[BAND]["result"]["text"].replace("\N{NO-BREAK SPACE}", " ")
    name = places[BAND]["name"]
    ranking = main_of(larger_site, "/2016/rangering/")
    assert f"{name} ({text})" in re.sub(r"<[^>]*>", "", ranking[ranking.index('id="utelatt"') :])
    assert f'title="{name}: {text}"' in main_of(larger_site, "/2016/kart/")
    spread = main_of(larger_site, f"/2016/spredning/?sted={BAND}")
    assert "resultatet vises bare som intervall" in spread
    assert 'class="marked"' not in spread


@pytest.mark.parametrize(
    ("band", "text"), [((0.0, 55.0), "<55"), ((75.0, 100.0), "≥75"), ((35.0, 55.0), "35–55"), (None, "")]
)
def test_a_tile_tells_a_band_in_few_signs(band: tuple[float, float] | None, text: str) -> None:
    place = {"code": BAND, "name": "Kongsvinger"}
    result = Result(place, "hidden" if band is None else "band", 6, None, None, None, None, ":", band)
    assert short_band(result) == text
    assert shade(result) == ("hidden" if band is None else "banded")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", [BAND, NUMBER_HIDDEN])
def test_several_years_stand_under_their_own_heading_with_their_uncertainty(
    larger_site: Reader, larger_edition: Edition, language: Language, code: str
) -> None:
    first, ended, reached, share = (
        number(larger_edition, "IP105", code, content)
        for content in ("FraAar", "Avsluttet", "ArbeidUtdanning", "AndelArbeidUtdanning")
    )
    assert None not in (first, ended, reached, share)
    section = part(main_of(larger_site, f"{PREFIX[language]}/2016/kommune/{code}/"), "samlet")
    assert f"{first:.0f}–2016" in section
    assert f'class="bar" width="{share:.0f}%"' in section
    assert 'class="whisker"' in section
    assert {f"{ended:.0f}", f"{reached:.0f}"} <= set(re.findall(r"\d+", said(section)))
    compared = part(main_of(larger_site, f"{PREFIX[language]}/2016/sammenlign/?steder={code},{SHOWN}"), "samlet")
    (row,) = re.findall(r"<tr><th scope=\"row\">.*?</tr>", compared, re.DOTALL)
    assert re.findall(r"\d+", said(row))[:4] == [f"{value:.0f}" for value in (first, 2016, ended, reached) if value]


def test_a_place_that_shows_its_result_has_no_several_years(larger_site: Reader) -> None:
    assert 'id="samlet"' not in main_of(larger_site, f"/2016/kommune/{SHOWN}/")
    assert 'id="samlet"' not in main_of(larger_site, f"/2016/sammenlign/?steder={SHOWN},0301")


@pytest.mark.parametrize(
    "address",
    [
        "/en/2016/tabeller/IP105/?omraade=kommuner",
        "/en/2016/utforsk/IP105/?omraade=kommuner",
        "/en/2016/utforsk/IP105/?omraade=kommuner&rader=ContentsCode&kolonner=Region&Region=0104,0402",
    ],
)
def test_a_year_in_a_table_is_written_as_a_year(larger_site: Reader, address: str) -> None:
    main = main_of(larger_site, address)
    assert '<td class="number">2014</td>' in main
    assert "2,014" not in main


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_release_page_says_how_many_show_a_band_or_several_years(
    larger_edition: Edition, language: Language
) -> None:
    manifest = json.loads(larger_edition.manifest)["protection"]
    assert (manifest["places_band"], manifest["places_pooled"]) == (1, 2)
    article = json.loads(larger_edition.files[f"article.{language}.json"])
    text = "".join(json.dumps(section, ensure_ascii=False) for section in article["sections"])
    for fact in ("places_band", "places_pooled"):
        assert text.count(f'"{fact}"') >= 1
    band, several = {
        "nb": ("Resultat som intervall", "Flere år samlet"),
        "nn": ("Resultat som intervall", "Fleire år samla"),
        "en": ("A result as a band", "Several years together"),
    }[language]
    assert f'"term": "{band}"' in text
    assert f'"term": "{several}"' in text
