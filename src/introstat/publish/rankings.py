"""Places side by side: which counties did best, how far apart counties and municipalities lie, and their tables.

Only places that show number and result are ranked, by the share before rounding; ties are told as ties, and nobody is named
best where all are equal.
"""

from __future__ import annotations

from typing import Final

from introstat.publish.cells import joined, listed, sentences
from introstat.publish.documents import Column, Figure, Parts, Row, TableBlock
from introstat.publish.quality import instead
from introstat.publish.voice import RESULTS, Voice
from introstat.vocabulary.tables import COUNTRY
from introstat.vocabulary.texts import Text

BEST: Final = 5
"""How many counties are named as the best; more where several share the last of these places."""
_RANGE: Final = Text(
    nb="Resultatet varierer mellom fylkene, fra {low} i {lowest} til {high} i {highest}.",
    nn="Resultatet varierer mellom fylka, frå {low} i {lowest} til {high} i {highest}.",
    en="Results vary between the counties, from {low} in {lowest} to {high} in {highest}.",
)
_ALL_EQUAL: Final = Text(
    nb="Alle fylkene vi viser, hadde samme resultat: {share}.",
    nn="Alle fylka vi viser, hadde same resultat: {share}.",
    en="All the counties shown had the same result: {share}.",
)
_BEST_LIST: Final = Text(
    nb="Best resultat samlet sett hadde kommunene i {places}.",
    nn="Best resultat samla sett hadde kommunane i {places}.",
    en="Taken together, the municipalities of {places} had the best results.",
)
_BEST_ITEM: Final = Text(nb="{place} ({share})", nn="{place} ({share})", en="{place} ({share})")
_SPREAD: Final = Text(
    nb="Vi viser resultatet for {shown} kommuner. Blant dem går det fra {low} til {high}.",
    nn="Vi viser resultatet for {shown} kommunar. Blant dei går det frå {low} til {high}.",
    en="We show the result of {shown} municipalities. Among them it ranges from {low} to {high}.",
)
_SPREAD_EQUAL: Final = Text(
    nb="Vi viser resultatet for {shown} kommuner. Alle har samme resultat, {low}.",
    nn="Vi viser resultatet for {shown} kommunar. Alle har same resultat, {low}.",
    en="We show the result of {shown} municipalities. All have the same result, {low}.",
)
_SPREAD_NONE: Final = Text(
    nb="Av hensyn til personvernet viser vi ikke resultatet for enkeltkommuner i {year}.",
    nn="Av omsyn til personvernet viser vi ikkje resultatet for einskildkommunar i {year}.",
    en="To protect people's privacy, the results of single municipalities are not shown for {year}.",
)
_OTHERS: Final = Text(
    nb="For de andre kommunene er resultatet skjult av hensyn til personvernet, eller ingen avsluttet, eller kommunen har"
    " ikke rapportert.",
    nn="For dei andre kommunane er resultatet skjult av omsyn til personvernet, eller ingen avslutta, eller kommunen har"
    " ikkje rapportert.",
    en="For the other municipalities the result is hidden to protect people's privacy, or nobody ended, or the municipality"
    " has not reported.",
)
_PROTECTED_SOME: Final = Text(
    nb="Tallet for hele landet inkluderer {people} personer med skjermet identitet. De er ikke med i tallene for fylkene.",
    nn="Talet for heile landet inkluderer {people} personar med skjerma identitet. Dei er ikkje med i tala for fylka.",
    en="The figure for the whole country includes {people} people with a protected identity. They are not included in the"
    " figures for the counties.",
)
_PROTECTED_ANY: Final = Text(
    nb="Tallet for hele landet inkluderer personer med skjermet identitet. De er ikke med i tallene for fylkene.",
    nn="Talet for heile landet inkluderer personar med skjerma identitet. Dei er ikkje med i tala for fylka.",
    en="The figure for the whole country includes people with a protected identity. They are not included in the figures"
    " for the counties.",
)
_CAPTION_COUNTIES: Final = Text(
    nb="Resultater for introduksjonsprogrammet {year}, etter fylke og for hele landet",
    nn="Resultat for introduksjonsprogrammet {year}, etter fylke og for heile landet",
    en="Results of the introduction programme {year}, by county and for the whole country",
)
_CAPTION_MUNICIPALITIES: Final = Text(
    nb="Kommuner der resultatet for {year} vises",
    nn="Kommunar der resultatet for {year} blir vist",
    en="Municipalities whose result for {year} is shown",
)
_COUNTY: Final = Text(nb="Fylke", nn="Fylke", en="County")
_MUNICIPALITY: Final = Text(nb="Kommune", nn="Kommune", en="Municipality")
_MARK: Final = "¹"
"""Refers to the note below the table; `*` would say that the figure is preliminary."""
_TOTAL: Final = Text(nb="Hele landet", nn="Heile landet", en="The whole country")
_ENDED: Final = Text(nb="Antall avsluttet", nn="Tal på avslutta", en="Number who ended")
_RESULT: Final = Text(
    nb="Andel til arbeid eller utdanning",
    nn="Prosentdel til arbeid eller utdanning",
    en="Share to work or education",
)
_WORK: Final = Text(nb="Antall til arbeid", nn="Tal på personar til arbeid", en="Number to work")
_EDUCATION: Final = Text(
    nb="Antall til utdanning utover grunnskole",
    nn="Tal på personar til utdanning utover grunnskule",
    en="Number to education beyond primary school",
)


def best_counties(voice: Voice) -> tuple[str, ...]:
    """The counties with the best results, ties at the end included; none where they do not stand out."""
    ranked = [code for code in voice.ranked(voice.counties()) if voice.exact(code) is not None]
    if len(ranked) <= BEST or voice.exact(ranked[0]) == voice.exact(ranked[-1]):
        return ()
    last = voice.exact(ranked[BEST - 1])
    named = [code for code in ranked if (voice.exact(code) or 0) >= (last or 0)]
    return tuple(named) if len(named) < len(ranked) and len(named) <= BEST + 3 else ()


def county_range(voice: Voice) -> Parts:
    """From the lowest to the highest county; all equal is said as it is."""
    ranked = [code for code in voice.ranked(voice.counties()) if voice.exact(code) is not None]
    if len(ranked) < 2:
        return ()
    highest, lowest = ranked[0], ranked[-1]
    high, low = (voice.result_cell("AndelArbeidUtdanning", code) for code in (highest, lowest))
    if high.value == low.value:
        if all(voice.exact(code) == voice.exact(highest) for code in ranked):
            return voice.say(_ALL_EQUAL, share=voice.figure("percent", high))
        return ()
    return voice.say(
        _RANGE,
        low=voice.figure("percent", low),
        high=voice.figure("percent", high),
        lowest=_with_ties(voice, lowest, ranked),
        highest=_with_ties(voice, highest, ranked),
    )


def _with_ties(voice: Voice, code: str, among: list[str]) -> Parts:
    same = tuple(other for other in among if voice.exact(other) == voice.exact(code))
    return listed(tuple((voice.link(other),) for other in same), language=voice.language)


def best_sentence(voice: Voice) -> Parts:
    """The best counties with their shares."""
    named = best_counties(voice)
    if not named:
        return ()
    items = tuple(
        voice.say(_BEST_ITEM, place=voice.link(code), share=voice.percent("AndelArbeidUtdanning", code))
        for code in named
    )
    return voice.say(_BEST_LIST, places=listed(items, language=voice.language))


def shown_municipalities(voice: Voice) -> tuple[str, ...]:
    """The municipalities that show both number and result, the best first."""
    return tuple(code for code in voice.ranked(voice.municipalities()) if voice.status(code) == "shown")


def spread(voice: Voice) -> Parts:
    """How far the shown municipalities lie apart."""
    shown = shown_municipalities(voice)
    if len(shown) < 2:
        return voice.say(_SPREAD_NONE)
    cells = [voice.result_cell("AndelArbeidUtdanning", code) for code in shown]
    template = _SPREAD if cells[0].value != cells[-1].value else _SPREAD_EQUAL
    return sentences(
        voice.say(
            template,
            shown=voice.figure("how-many", *cells),
            low=voice.figure("percent", cells[-1]),
            high=voice.figure("percent", cells[0]),
        ),
        *instead(voice),
        voice.say(_OTHERS),
    )


def county_table(voice: Voice, *, protected: int | None) -> TableBlock:
    """The counties in the published order, by the share before rounding, and the country last."""
    contents = ("Avsluttet", "AndelArbeidUtdanning", "TilArbeid", "TilUtdanning")
    counties = voice.ranked(voice.counties())
    note = _protected_note(voice, counties, protected)
    rows = [
        Row(
            header=(voice.link(code),),
            cells=tuple(_cell(voice, content, code) for content in contents),
            place=code,
        )
        for code in counties
    ]
    total: Parts = (voice.words(_TOTAL) + _MARK,)
    rows.append(Row(total, tuple(_cell(voice, content, COUNTRY) for content in contents), place=COUNTRY, kind="total"))
    return TableBlock(
        id="counties",
        caption=voice.say(_CAPTION_COUNTIES),
        columns=(
            Column("place", voice.words(_COUNTY), numeric=False),
            Column("ended", voice.words(_ENDED), numeric=True),
            Column("result", voice.words(_RESULT), numeric=True),
            Column("work", voice.words(_WORK), numeric=True),
            Column("education", voice.words(_EDUCATION), numeric=True),
        ),
        rows=tuple(rows),
        notes=(joined((f"{_MARK} ",), note),),
        tables=(RESULTS,),
    )


def _protected_note(voice: Voice, counties: tuple[str, ...], protected: int | None) -> Parts:
    """The number of protected people is told only where the release declares it and the shown counts add up to it."""
    cells = [voice.result_cell("Avsluttet", code) for code in (COUNTRY, *counties)]
    if protected and all(cell.is_shown for cell in cells):
        difference = cells[0].number - sum(cell.number for cell in cells[1:])
        if difference == protected and difference > 1:
            return voice.say(_PROTECTED_SOME, people=voice.figure("difference", *cells))
    return voice.say(_PROTECTED_ANY)


def municipality_table(voice: Voice) -> TableBlock:
    """The municipalities whose result is shown, the best first: what stands behind the chart."""
    shown = shown_municipalities(voice)
    return TableBlock(
        id="municipalities",
        caption=voice.say(_CAPTION_MUNICIPALITIES),
        columns=(
            Column("place", voice.words(_MUNICIPALITY), numeric=False),
            Column("ended", voice.words(_ENDED), numeric=True),
            Column("result", voice.words(_RESULT), numeric=True),
        ),
        rows=tuple(
            Row(
                header=(voice.link(code),),
                cells=tuple(_cell(voice, content, code) for content in ("Avsluttet", "AndelArbeidUtdanning")),
                place=code,
            )
            for code in shown
        )
        if len(shown) > 1
        else (),
        notes=(),
        tables=(RESULTS,),
        collapsed=True,
    )


def _cell(voice: Voice, content: str, region: str) -> Figure:
    name = "percent" if content.startswith("Andel") else "count"
    return voice.figure(name, voice.result_cell(content, region))
