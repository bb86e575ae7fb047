"""A page per place: its figures in sentences, or the one common reason why there are none.

    shown           number and result
    result_hidden   the number, the band the result lies in, and why the result itself is not there
    number_hidden   neither; the county instead
    nobody          a counted zero
    not_reported    the municipality sent nothing, which is not zero

Why something is hidden is told in one text for all, never which of its reasons it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from introstat.publish.cells import sentences
from introstat.publish.documents import (
    Column,
    Figure,
    Instead,
    KeyFigure,
    Parts,
    PlacePage,
    Places,
    Row,
    TableBlock,
    TaggedName,
    plain,
)
from introstat.publish.telling import place_sentences, pooled_sentences
from introstat.publish.voice import REASONS, RESULTS, Voice
from introstat.vocabulary.places import NOT_STATED, Level
from introstat.vocabulary.tables import REASONS as REASON_CODES
from introstat.vocabulary.texts import Text

if TYPE_CHECKING:
    from introstat.publish.labels import TableLabels


_TITLE: Final = Text(
    nb="{place}: resultater for introduksjonsprogrammet {year}",
    nn="{place}: resultat for introduksjonsprogrammet {year}",
    en="{place}: results of the introduction programme {year}",
)
_ENDED_MANY: Final = Text(
    nb="I {place} avsluttet {ended} personer introduksjonsprogrammet i {year}.",
    nn="I {place} avslutta {ended} personar introduksjonsprogrammet i {year}.",
    en="In {place}, {ended} people ended the introduction programme in {year}.",
)
_ENDED_ONE: Final = Text(
    nb="I {place} avsluttet {ended} person introduksjonsprogrammet i {year}.",
    nn="I {place} avslutta {ended} person introduksjonsprogrammet i {year}.",
    en="In {place}, {ended} person ended the introduction programme in {year}.",
)
_SHARE_OF: Final = Text(
    nb="{reached} av dem, {share}, gikk direkte til arbeid eller utdanning utover grunnskole.",
    nn="{reached} av dei, {share}, gjekk direkte til arbeid eller utdanning utover grunnskule.",
    en="{reached} of them, {share}, went straight to work or education beyond primary school.",
)
_SHARE_ONLY: Final = Text(
    nb="Andelen som gikk direkte til arbeid eller utdanning utover grunnskole, var {share}.",
    nn="Prosentdelen som gjekk direkte til arbeid eller utdanning utover grunnskule, var {share}.",
    en="The share who went straight to work or education beyond primary school was {share}.",
)
_BAND: Final = Text(
    nb="Andelen som gikk direkte til arbeid eller utdanning utover grunnskole, var {band}. Den nøyaktige andelen vises ikke.",
    nn="Prosentdelen som gjekk direkte til arbeid eller utdanning utover grunnskule, var {band}. Den nøyaktige prosentdelen blir"
    " ikkje vist.",
    en="The share who went straight to work or education beyond primary school was {band}. The exact share is not shown.",
)
_RESULT_HIDDEN: Final = Text(
    nb="Resultatet vises ikke.", nn="Resultatet blir ikkje vist.", en="The result is not shown."
)
_NUMBER_HIDDEN: Final = Text(
    nb="Tallene for {place} i {year} vises ikke.",
    nn="Tala for {place} i {year} blir ikkje viste.",
    en="The figures for {place} in {year} are not shown.",
)
_NOBODY: Final = Text(
    nb="Ingen avsluttet introduksjonsprogrammet i {place} i {year}.",
    nn="Ingen avslutta introduksjonsprogrammet i {place} i {year}.",
    en="Nobody ended the introduction programme in {place} in {year}.",
)
_NOT_REPORTED_DISTRICT: Final = Text(
    nb="{municipality} har ikke rapportert for {year}. Vi vet derfor ikke om noen avsluttet introduksjonsprogrammet i {place}.",
    nn="{municipality} har ikkje rapportert for {year}. Vi veit derfor ikkje om nokon avslutta introduksjonsprogrammet i {place}.",
    en="{municipality} has not reported for {year}. We therefore do not know whether anyone ended the introduction programme"
    " in {place}.",
)
_NOT_REPORTED: Final = Text(
    nb="{place} har ikke rapportert for {year}. Vi vet derfor ikke om noen avsluttet introduksjonsprogrammet der.",
    nn="{place} har ikkje rapportert for {year}. Vi veit derfor ikkje om nokon avslutta introduksjonsprogrammet der.",
    en="{place} has not reported for {year}. We therefore do not know whether anyone ended the introduction programme"
    " there.",
)
_REASON: Final = Text(
    nb="Vi viser ikke tall som kan røpe noe om enkeltpersoner. Grunnen er den samme for alle steder: Enten gjelder tallet"
    " færre enn {five} personer, eller så gikk ingen eller alle til arbeid eller utdanning, eller så kunne tallet vært regnet"
    " ut fra andre tall.",
    nn="Vi viser ikkje tal som kan røpe noko om einskildpersonar. Grunnen er den same for alle stader: Anten gjeld talet"
    " færre enn {five} personar, eller så gjekk ingen eller alle til arbeid eller utdanning, eller så kunne talet vore rekna"
    " ut frå andre tal.",
    en="We do not show figures that could reveal something about single people. The reason is the same for all places:"
    " either the figure concerns fewer than {five} people, or nobody or everybody went to work or education, or the figure"
    " could have been worked out from other figures.",
)
_REASON_OPEN: Final = Text(
    nb="Vi viser ikke tall som kan røpe noe om enkeltpersoner.",
    nn="Vi viser ikkje tal som kan røpe noko om einskildpersonar.",
    en="We do not show figures that could reveal something about single people.",
)
_INSTEAD: Final = Text(
    nb="I {place} sett under ett avsluttet {ended} personer, og {share} av dem gikk direkte til arbeid eller utdanning.",
    nn="I {place} sett under eitt avslutta {ended} personar, og {share} av dei gjekk direkte til arbeid eller utdanning.",
    en="In {place} taken together, {ended} people ended, and {share} of them went straight to work or education.",
)

_LABELS: Final = {
    "ended": Text(nb="Antall avsluttet", nn="Tal på avslutta", en="Number who ended"),
    "result": Text(nb="Til arbeid eller utdanning", nn="Til arbeid eller utdanning", en="To work or education"),
    "number_hidden": Text(nb="Tallene vises ikke", nn="Tala blir ikkje viste", en="Figures not shown"),
    "result_hidden": Text(nb="Resultatet vises ikke", nn="Resultatet blir ikkje vist", en="Result not shown"),
    "nobody": Text(nb="Ingen avsluttet", nn="Ingen avslutta", en="Nobody ended"),
    "not_reported": Text(nb="Ikke rapportert", nn="Ikkje rapportert", en="Not reported"),
    "shown": Text(nb="Vises", nn="Blir vist", en="Shown"),
    "country": Text(nb="Landet", nn="Landet", en="Country"),
    "county": Text(nb="Fylke", nn="Fylke", en="County"),
    "imdi_region": Text(nb="IMDi-region", nn="IMDi-region", en="IMDi region"),
    "economic_region": Text(nb="Næringsregion", nn="Næringsregion", en="Economic region"),
    "municipality": Text(nb="Kommune", nn="Kommune", en="Municipality"),
    "district": Text(nb="Bydel", nn="Bydel", en="District"),
}
_CAPTION_SEX: Final = Text(
    nb="{place}: resultater {year}, etter kjønn", nn="{place}: resultat {year}, etter kjønn",
    en="{place}: results {year}, by sex",
)  # fmt: skip
_CAPTION_REASON: Final = Text(
    nb="{place}: avsluttet {year}, etter årsak", nn="{place}: avslutta {year}, etter årsak",
    en="{place}: ended {year}, by reason",
)  # fmt: skip
_SEX_ROWS: Final = ("2", "1", "0")
_CONTENTS: Final = ("Avsluttet", "ArbeidUtdanning", "AndelArbeidUtdanning", "TilArbeid", "TilUtdanning", "AndreUtfall")


def places(voice: Voice, *, results: TableLabels, reasons: TableLabels) -> Places:
    """The pages of every region of the table of results: the country, counties, municipalities, districts and the rest."""
    imprint = voice.imprint
    return Places(
        language=voice.language,
        edition=str(imprint.number),
        year=imprint.year.value,
        provenance=imprint.provenance_mark(voice.language),
        status=imprint.status(voice.language),
        released=imprint.release_time(voice.language),
        next_release=imprint.next(voice.language),
        labels={key: voice.words(text) for key, text in _LABELS.items()},
        places={
            code: place_page(voice, code, results=results, reasons=reasons) for code in voice.cells.regions(RESULTS)
        },
    )


def place_page(voice: Voice, code: str, *, results: TableLabels, reasons: TableLabels) -> PlacePage:
    """One place."""
    place = voice.regions.places[code]
    status = voice.status(code)
    ended = voice.count("Avsluttet", code)
    result = voice.band(code) or voice.percent("AndelArbeidUtdanning", code)
    opening = lead(voice, code)
    title = plain(voice.say(_TITLE, place=_capital(voice.named(code))))
    hidden = status in ("number_hidden", "result_hidden")
    is_unstated = place.level is Level.DISTRICT and code.endswith(NOT_STATED)
    return PlacePage(
        code=code,
        level=place.level.value,
        name=_capital(voice.name(code)),
        label=_capital(voice.name(code)) if is_unstated else voice.regions.label(code).in_language(voice.language),
        names=(TaggedName(_capital(voice.name(code)), voice.language),)
        if place.level in (Level.COUNTRY, Level.ECONOMIC_REGION) or is_unstated
        else tuple(TaggedName(name.text, name.language) for name in place.names),
        parent=place.parent,
        path=voice.regions.path(code),
        children=voice.regions.children(code),
        lies_in=tuple(region for region in voice.regions.lies_in(code) if region in voice.cells.regions(RESULTS)),
        status=status,
        title=voice.imprint.marked(title, voice.language),
        description=voice.imprint.with_marks_before(plain(opening), voice.language),
        lead=opening,
        key_figures=_key_figures(voice, ended, result),
        sentences=place_sentences(voice, code) if status == "shown" else pooled_sentences(voice, code),
        reason=reason_text(voice) if hidden else None,
        instead=_instead(voice, code) if status in ("number_hidden", "result_hidden", "not_reported") else None,
        ended=ended,
        result=result,
        tables=_tables(voice, code, results, reasons) if status in ("shown", "result_hidden") else (),
    )


def lead(voice: Voice, code: str) -> Parts:
    """What is said first of a place, whatever can be said."""
    name = voice.named(code)
    parent = voice.regions.places[code].parent
    match voice.status(code):
        case "not_reported" if parent is not None and voice.regions.places[code].level is Level.DISTRICT:
            return voice.say(_NOT_REPORTED_DISTRICT, municipality=_capital(voice.named(parent)), place=name)
        case "not_reported":
            return voice.say(_NOT_REPORTED, place=_capital(name))
        case "number_hidden":
            return voice.say(_NUMBER_HIDDEN, place=name)
        case "nobody":
            return voice.say(_NOBODY, place=name)
        case "result_hidden":
            band = voice.band(code)
            told = voice.say(_BAND, band=band) if band else voice.say(_RESULT_HIDDEN)
            return sentences(_ended(voice, code), told)
        case "shown":
            reached = voice.result_cell("ArbeidUtdanning", code)
            share = voice.percent("AndelArbeidUtdanning", code)
            if reached.is_shown and voice.result_cell("Avsluttet", code).number > 1:
                told = voice.say(_SHARE_OF, reached=voice.figure("count", reached), share=share)
            else:
                told = voice.say(_SHARE_ONLY, share=share)
            return sentences(_ended(voice, code), told)


def _ended(voice: Voice, code: str) -> Parts:
    cell = voice.result_cell("Avsluttet", code)
    template = voice.plural(cell, _ENDED_ONE, _ENDED_MANY)
    return voice.say(template, place=voice.named(code), ended=voice.figure("count", cell))


def reason_text(voice: Voice) -> Parts:
    """Why something is not shown: one text for all places, which never says which of the reasons it was."""
    smallest = voice.cells.fact("protection", "result_base_from")
    if smallest is None:
        return voice.say(_REASON_OPEN)
    return voice.say(_REASON, five=voice.figure("word", smallest))


def _instead(voice: Voice, code: str) -> Instead | None:
    parent = voice.regions.places[code].parent
    if parent is None:
        return None
    if voice.status(parent) != "shown":
        return _instead(voice, parent)
    ended, share = voice.count("Avsluttet", parent), voice.percent("AndelArbeidUtdanning", parent)
    name: Parts = (voice.link(parent),)
    return Instead(parent, voice.say(_INSTEAD, place=name, ended=ended, share=share))


def _key_figures(voice: Voice, ended: Figure, result: Figure) -> tuple[KeyFigure, ...]:
    found = []
    if ended.status is None:
        found.append(KeyFigure("ended", voice.words(_LABELS["ended"]), ended, ()))
    if result.status is None:
        found.append(KeyFigure("result", voice.words(_LABELS["result"]), result, ()))
    return tuple(found)


def _tables(voice: Voice, code: str, results: TableLabels, reasons: TableLabels) -> tuple[TableBlock, ...]:
    name = _capital(voice.named(code))
    by_sex = TableBlock(
        id="sex",
        caption=voice.say(_CAPTION_SEX, place=name),
        columns=(
            Column("sex", results.variables["Kjonn"], numeric=False),
            *(Column(content, results.of("ContentsCode", content), numeric=True) for content in _CONTENTS),
        ),
        rows=tuple(
            Row(
                header=(results.of("Kjonn", sex),),
                cells=tuple(
                    voice.figure(
                        "percent" if content.startswith("Andel") else "count", voice.result_cell(content, code, sex)
                    )
                    for content in _CONTENTS
                ),
                kind="total" if sex == "0" else "row",
            )
            for sex in _SEX_ROWS
        ),
        notes=(),
        tables=(RESULTS,),
    )
    cells = {reason: voice.cells.at(REASONS, "Avsluttet", region=code, reason=reason) for reason in _leaves()}
    if not any(cell.is_shown for cell in cells.values()):
        return (by_sex,)
    by_reason = TableBlock(
        id="reason",
        caption=voice.say(_CAPTION_REASON, place=name),
        columns=(
            Column("reason", reasons.variables["Grunn"], numeric=False),
            Column("ended", results.of("ContentsCode", "Avsluttet"), numeric=True),
        ),
        rows=tuple(
            Row(
                header=(reasons.of("Grunn", reason),),
                cells=(voice.figure("count", cell),),
                kind="total" if reason == "0" else "row",
            )
            for reason, cell in cells.items()
        ),
        notes=(),
        tables=(REASONS,),
    )
    return (by_sex, by_reason)


def _leaves() -> tuple[str, ...]:
    """The single reasons in their order, and all of them last."""
    return (*(reason for reason in REASON_CODES if reason.isdigit() and reason != "0"), "0")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
