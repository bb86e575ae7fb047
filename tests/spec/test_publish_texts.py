"""What the texts say, and what they do when cells are hidden, nobody, one, or all equal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.made_tables import Counts, safe_cubes

from introstat.definitions.catalogue import definitions_for
from introstat.publish.cells import Cells
from introstat.publish.documents import Figure, Parts, PlaceName, plain
from introstat.publish.findings import key_figures, lead, municipalities_enough, sexes
from introstat.publish.imprint import Imprint
from introstat.publish.labels import Regions, table_labels
from introstat.publish.places import lead as place_lead
from introstat.publish.places import place_page
from introstat.publish.quality import missing_reasons
from introstat.publish.rankings import best_counties, county_range, county_table, spread
from introstat.publish.voice import Voice
from introstat.vocabulary.editions import EditionNumber
from introstat.vocabulary.snapshots import Provenance
from introstat.vocabulary.tables import PROTECTED_GROUP, SafeCubes
from introstat.vocabulary.texts import LANGUAGES, Language

FACTS: Mapping[tuple[str, ...], int] = {
    ("parameters", "key_figure_ended"): 5,
    ("parameters", "key_figure_share"): 55,
    ("protection", "result_base_from"): 5,
    ("protection", "finer_from"): 5,
}
SEVEN = ("0101", "0213", "0301", "0402", "0501", "0602", "0701")
"""A municipality in each of the first seven counties."""


@cache
def regions() -> Regions:
    return Regions(definitions_for(2016))


def voice(safe: SafeCubes, language: Language = "nb") -> Voice:
    imprint = Imprint(
        number=EditionNumber(2016, 1),
        year=safe.year,
        released=datetime(2017, 7, 6, 6, tzinfo=UTC),
        next_release=date(2018, 7, 5),
        provenance=Provenance.SYNTHETIC,
    )
    return Voice(Cells(safe.tables, facts=FACTS), regions(), imprint, language)


def ended(reached: int, rest: int, *, women: tuple[int, int] = (0, 0), missing: int = 0) -> NDArray[np.int64]:
    """Men who reached the result and others, then women; half of the reached to work; `missing` men lack a reason."""
    work, female_work = reached // 2, women[0] // 2
    return np.array(
        [
            [work, reached - work, rest, 0, 0, 0, 0, missing],
            [female_work, women[0] - female_work, women[1], 0, 0, 0, 0, 0],
        ]
    )


def made(counts: Counts, *, policy: str = "strict-5", not_reported: frozenset[str] = frozenset()) -> SafeCubes:
    only = tuple(sorted({code for code in counts if code != PROTECTED_GROUP} | not_reported))
    return safe_cubes(counts, policy=policy, not_reported=not_reported, only=only)


def words(parts: Parts) -> str:
    return plain(parts).replace("\u00a0", " ")


def with_shares(*shares: int) -> dict[str, NDArray[np.int64]]:
    return {code: ended(share, 100 - share) for code, share in zip(SEVEN, shares, strict=False)}


def test_the_lead_names_number_share_and_best_counties() -> None:
    text = words(lead(voice(made(with_shares(60, 58, 56, 54, 52, 30, 20)))))
    assert text == (
        "700 personer avsluttet introduksjonsprogrammet i 2016. 47 % av dem gikk direkte til arbeid eller utdanning."
        " Kommunene i Østfold, Akershus, Oslo, Hedmark og Oppland hadde samlet sett best resultat."
    )


def test_a_tie_for_the_last_of_the_best_places_is_shared() -> None:
    named = best_counties(voice(made(with_shares(60, 58, 56, 54, 52, 52, 20))))
    assert named == ("01", "02", "03", "04", "06", "05")  # Buskerud before Oppland


def test_equal_counties_have_no_best_among_them() -> None:
    speaking = voice(made(with_shares(50, 50, 50, 50, 50, 50, 50)))
    assert best_counties(speaking) == ()
    assert words(county_range(speaking)) == "Alle fylkene vi viser, hadde samme resultat: 50 %."


def test_counties_equal_only_after_rounding_are_not_called_equal() -> None:
    counts = {"0101": ended(500, 500), "0213": ended(501, 500)}
    assert county_range(voice(made(counts))) == ()


def test_two_counties_that_share_the_top_are_both_named() -> None:
    text = words(county_range(voice(made(with_shares(60, 60, 40)))))
    assert text == "Resultatet varierer mellom fylkene, fra 40 % i Oslo til 60 % i Akershus og Østfold."


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ({}, "Ingen avsluttet introduksjonsprogrammet i 2016."),
        ({"0101": ended(0, 1)}, "1 person avsluttet introduksjonsprogrammet i 2016."),
        ({"0101": ended(20, 20)}, "40 personer avsluttet introduksjonsprogrammet i 2016. 50 % av dem gikk direkte til"
         " arbeid eller utdanning."),
    ],
)  # fmt: skip
def test_the_lead_survives_nobody_and_one(counts: dict[str, NDArray[np.int64]], text: str) -> None:
    assert words(lead(voice(safe_cubes(counts, only=("0101",))))) == text


def test_counties_are_ordered_by_the_share_before_rounding() -> None:
    counts = {"0101": ended(465, 535), "0213": ended(469, 531), "0301": ended(467, 533)}
    table = county_table(voice(made(counts)), protected=None)
    assert [row.place for row in table.rows] == ["02", "03", "01", "0"]
    assert [row.kind for row in table.rows] == ["row", "row", "row", "total"]
    assert {row.cells[1].text.replace("\u00a0", " ") for row in table.rows[:2] if isinstance(row.cells[1], Figure)} == {
        "47 %"
    }


def test_the_protected_people_are_numbered_only_when_declared_and_in_agreement() -> None:
    counts = {"0101": ended(40, 40), "0213": ended(30, 50), PROTECTED_GROUP: ended(20, 16)}
    safe = made(counts)
    told = county_table(voice(safe), protected=36).notes[0]
    assert words(told).startswith("¹ Tallet for hele landet inkluderer 36 personer med skjermet identitet.")
    for protected in (None, 35):
        untold = county_table(voice(safe), protected=protected).notes[0]
        assert words(untold).startswith("¹ Tallet for hele landet inkluderer personer med skjermet identitet.")


@pytest.mark.parametrize(
    ("men", "women", "text"),
    [
        ((530, 470), (360, 640), "Menn gikk oftere enn kvinner direkte til arbeid eller utdanning: 53 % av mennene og 36 %"
         " av kvinnene."),
        ((360, 640), (530, 470), "Kvinner gikk oftere enn menn direkte til arbeid eller utdanning: 53 % av kvinnene og 36 %"
         " av mennene."),
        ((11, 9), (9, 11), "55 % av mennene og 45 % av kvinnene gikk direkte til arbeid eller utdanning. Forskjellen er"
         " ikke større enn at den kan være tilfeldig."),
        ((10, 10), (10, 10), "50 % av mennene og 50 % av kvinnene gikk direkte til arbeid eller utdanning."),
        ((10, 10), (0, 0), ""),
    ],
)  # fmt: skip
def test_the_sexes_differ_only_when_they_do(men: tuple[int, int], women: tuple[int, int], text: str) -> None:
    assert words(sexes(voice(made({"0101": ended(*men, women=women)})))) == text


@pytest.mark.parametrize(
    ("shares", "text"),
    [
        ((60, 20, 10), "I 3 kommuner var det fem eller flere som avsluttet programmet i 2016. I 1 av dem, en tredel, gikk"
         " 55 % eller flere av deltakerne direkte til arbeid eller utdanning."),
        ((60, 55, 10, 20, 30, 31, 54), "I 7 kommuner var det fem eller flere som avsluttet programmet i 2016. I 2 av dem,"
         " 29 %, gikk 55 % eller flere av deltakerne direkte til arbeid eller utdanning."),
        ((54, 20), "I 2 kommuner var det fem eller flere som avsluttet programmet i 2016. I ingen av dem gikk 55 % eller"
         " flere av deltakerne direkte til arbeid eller utdanning."),
        ((55, 56), "I 2 kommuner var det fem eller flere som avsluttet programmet i 2016. I alle disse gikk 55 % eller"
         " flere av deltakerne direkte til arbeid eller utdanning."),
        ((60,), "I 1 kommune var det fem eller flere som avsluttet programmet i 2016. Der gikk 55 % eller flere av"
         " deltakerne direkte til arbeid eller utdanning."),
    ],
)  # fmt: skip
def test_the_municipalities_with_enough_people(shares: tuple[int, ...], text: str) -> None:
    assert words(municipalities_enough(voice(made(with_shares(*shares))))) == text


def test_no_municipality_with_enough_people_is_said_in_words() -> None:
    text = words(municipalities_enough(voice(made({"0101": ended(2, 2)}))))
    assert text == "Ingen kommune hadde fem eller flere som avsluttet programmet i 2016."


def test_the_spread_counts_only_the_municipalities_that_are_shown() -> None:
    counts = with_shares(60, 20, 10) | {"0402": ended(2, 1)}
    text = words(spread(voice(made(counts))))
    assert text.startswith("Vi viser resultatet for 3 kommuner. Blant dem går det fra 10 % til 60 %.")


def test_no_municipality_shown_is_said() -> None:
    text = words(spread(voice(made({"0101": ended(3, 3)}))))
    assert text == "Av hensyn til personvernet viser vi ikke resultatet for enkeltkommuner i 2016."


def test_missing_reasons_are_told_with_their_bounds() -> None:
    text = words(missing_reasons(voice(made({"0101": ended(40, 50, missing=10)}))))
    assert text == (
        "For 10 av dem som avsluttet (10 %), er årsaken ikke registrert. De regnes som om de ikke gikk til arbeid eller"
        " utdanning. Hadde alle gått til arbeid eller utdanning, ville resultatet vært 50 %; nå er det 40 %."
    )
    assert words(missing_reasons(voice(made({"0101": ended(40, 50)})))) == (
        "Årsaken er registrert for alle som avsluttet."
    )


def test_key_figures_that_are_hidden_are_left_out() -> None:
    safe = made({"0101": ended(40, 50)})
    assert [figure.id for figure in key_figures(voice(safe))] == ["ended", "result", "men"]


PLACES: Mapping[str, NDArray[np.int64]] = {
    "0101": ended(20, 20, women=(10, 30)),
    "0104": ended(2, 1),
    "0105": ended(3, 9),
    "0106": ended(12, 0),
    "0301": ended(60, 40),
}


def page_text(code: str, language: Language = "nb", policy: str = "strict-5") -> str:
    counts = dict(PLACES) | {"0121": np.zeros((2, 8), dtype=np.int64)}
    safe = made(counts, not_reported=frozenset({"0122"}), policy=policy)
    speaking = voice(safe, language)
    labels = {
        table: table_labels(
            safe.tables[table], definitions_for(2016).tables[table], regions=regions(), language=language
        )
        for table in ("IP101", "IP102")
    }
    page = place_page(speaking, code, results=labels["IP102"], reasons=labels["IP101"])
    found = [page.lead, *page.sentences, page.reason or (), page.instead.parts if page.instead else ()]
    return f"{page.status}: " + " ".join(words(text) for text in found if text)


def test_a_municipality_that_is_shown() -> None:
    assert page_text("0101") == (
        "shown: I Halden kommune avsluttet 80 personer introduksjonsprogrammet i 2016. 30 av dem, 38 %, gikk direkte til"
        " arbeid eller utdanning utover grunnskole. Når så få avsluttet, er andelen usikker. Usikkerhetsintervallet går fra"
        " 27 % til 49 %. 15 gikk til arbeid og 15 til utdanning utover grunnskole. Blant kvinnene gikk 10 av 40 (25 %)"
        " direkte til arbeid eller utdanning, blant mennene 20 av 40 (50 %). Resultatet er lavere enn i resten av Østfold"
        " (63 %) og resten av landet (61 %). Årsaken er registrert for alle som avsluttet."
    )


def test_a_municipality_that_is_a_county_is_compared_with_the_country_alone() -> None:
    assert "Oslo er både kommune og fylke. Resultatet er høyere enn i resten av landet (44 %)." in page_text("0301")


@pytest.mark.parametrize("code", ["0105", "0106"])
def test_a_hidden_result_has_the_one_reason_and_the_county_instead(code: str) -> None:
    text = page_text(code)
    assert text.startswith("result_hidden: I ")
    band = "under 55 %" if code == "0105" else "55 % eller mer"
    assert f"utover grunnskole, var {band}. Den nøyaktige andelen vises ikke." in text
    assert (
        "Vi viser ikke tall som kan røpe noe om enkeltpersoner. Grunnen er den samme for alle steder: Enten gjelder tallet"
        " færre enn fem personer, eller så gikk ingen eller alle til arbeid eller utdanning, eller så kunne tallet vært regnet"
        " ut fra andre tall."
    ) in text
    assert text.endswith("I Østfold sett under ett avsluttet 107 personer, og 44 % av dem gikk direkte til arbeid eller"
                         " utdanning.")  # fmt: skip


def test_why_a_result_is_hidden_is_never_told_apart() -> None:
    def told(code: str) -> str:
        text = re.sub(r"I \w+ kommune", "I X kommune", page_text(code).replace("12", "N"))
        return re.sub(r"var (under )?55 %( eller mer)?\.", "var Y.", text)

    assert told("0105") == told("0106")


def test_a_hidden_number_is_not_in_the_text() -> None:
    text = page_text("0104")
    assert text.startswith(
        "number_hidden: Tallene for Moss kommune i 2016 vises ikke. I årene 2014 til 2016 sett under ett"
    )
    alone = re.sub(r"I årene 2014 til 2016 .*?intervallet går fra \d+ % til \d+ %\.", "", text)
    assert "Vi viser ikke tall" in alone
    assert "3" not in alone


def test_several_years_together_are_told_with_their_numbers_where_the_own_result_is_hidden() -> None:
    assert (
        "I årene 2014 til 2016 sett under ett avsluttet 40 personer her. 16 av dem, 40 %, gikk direkte til arbeid eller"
        " utdanning utover grunnskole. Usikkerhetsintervallet går fra 26 % til 56 %."
    ) in page_text("0105")
    assert "sett under ett avsluttet 40" not in page_text("0101")


def test_nobody_and_not_reported_are_different_things() -> None:
    assert page_text("0121") == "nobody: Ingen avsluttet introduksjonsprogrammet i Rømskog kommune i 2016."
    assert page_text("0122").startswith(
        "not_reported: Trøgstad kommune har ikke rapportert for 2016. Vi vet derfor ikke om noen avsluttet"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_place_has_its_text_in_every_language(language: Language) -> None:
    for code in ("0", "01", "03", *PLACES, "0121", "0122"):
        text = page_text(code, language)
        assert "{" not in text
        assert "  " not in text
        assert text.rstrip().endswith(".")


def test_two_places_of_one_name_are_told_apart() -> None:
    safe = made({"0137": ended(20, 20), "0426": ended(20, 20)})
    assert words(place_lead(voice(safe), "0137")).startswith("I Våler kommune (Østfold) avsluttet 40 personer")


def test_a_name_carries_its_language_where_the_page_has_another() -> None:
    safe = made({"0301": ended(20, 20)})
    assert voice(safe).link("03") == PlaceName("Oslo", "03")
    assert voice(safe, "en").link("03") == PlaceName("Oslo", "03", "no")
