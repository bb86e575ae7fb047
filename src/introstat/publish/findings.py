"""What the figures say: the sections of the release page that tell the results, in sentences composed from cells.

Every sentence has a form for each way the cells can be: hidden, nobody, one, all equal. A sentence whose cells are hidden is
left out; a comparison is made only where the difference is more than chance would give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from introstat.publish.cells import Cell, joined, listed
from introstat.publish.documents import (
    Block,
    ChartBlock,
    Column,
    Figure,
    KeyFigure,
    Paragraph,
    Parts,
    Row,
    Section,
    TableBlock,
)
from introstat.publish.formats import differs, fraction_name
from introstat.publish.voice import KEY_FIGURES, RESULTS, Voice
from introstat.vocabulary.tables import COUNTRY
from introstat.vocabulary.texts import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

BEST: Final = 5
"""How many counties are named as the best; more where several share the last of these places."""

_SPACE: Final = (" ",)

_LEAD_MANY: Final = Text(
    nb="{ended} personer avsluttet introduksjonsprogrammet i {year}.",
    nn="{ended} personar avslutta introduksjonsprogrammet i {year}.",
    en="{ended} people ended the introduction programme in {year}.",
)
_LEAD_ONE: Final = Text(
    nb="{ended} person avsluttet introduksjonsprogrammet i {year}.",
    nn="{ended} person avslutta introduksjonsprogrammet i {year}.",
    en="{ended} person ended the introduction programme in {year}.",
)
_LEAD_NOBODY: Final = Text(
    nb="Ingen avsluttet introduksjonsprogrammet i {year}.",
    nn="Ingen avslutta introduksjonsprogrammet i {year}.",
    en="Nobody ended the introduction programme in {year}.",
)
_LEAD_HIDDEN: Final = Text(
    nb="Tallene for hele landet i {year} vises ikke.",
    nn="Tala for heile landet i {year} blir ikkje viste.",
    en="The figures for the whole country in {year} are not shown.",
)
_LEAD_SHARE: Final = Text(
    nb="{share} av dem gikk direkte til arbeid eller utdanning.",
    nn="{share} av dei gjekk direkte til arbeid eller utdanning.",
    en="{share} of them went straight to work or education.",
)
_LEAD_BEST: Final = Text(
    nb="Kommunene i {places} hadde samlet sett best resultat.",
    nn="Kommunane i {places} hadde samla sett best resultat.",
    en="Taken together, the municipalities of {places} had the best results.",
)

_SEXES_DIFFER: Final = Text(
    nb="{more} gikk oftere enn {less} direkte til arbeid eller utdanning: {high} av {the_more} og {low} av {the_less}.",
    nn="{more} gjekk oftare enn {less} direkte til arbeid eller utdanning: {high} av {the_more} og {low} av {the_less}.",
    en="{more} went straight to work or education more often than {less}: {high} of the {the_more} and {low} of the"
    " {the_less}.",
)
_SEXES_NEUTRAL: Final = Text(
    nb="{men} av mennene og {women} av kvinnene gikk direkte til arbeid eller utdanning.",
    nn="{men} av mennene og {women} av kvinnene gjekk direkte til arbeid eller utdanning.",
    en="{men} of the men and {women} of the women went straight to work or education.",
)
_SEXES_CHANCE: Final = Text(
    nb="Forskjellen er ikke større enn at den kan være tilfeldig.",
    nn="Skilnaden er ikkje større enn at han kan vere tilfeldig.",
    en="The difference is no larger than chance could make it.",
)
_MEN: Final = Text(nb="Menn", nn="Menn", en="Men")
_WOMEN: Final = Text(nb="Kvinner", nn="Kvinner", en="Women")
_THE_MEN: Final = Text(nb="mennene", nn="mennene", en="men")
_THE_WOMEN: Final = Text(nb="kvinnene", nn="kvinnene", en="women")

_ENOUGH_MANY: Final = Text(
    nb="I {many} kommuner var det {five} eller flere som avsluttet programmet i {year}.",
    nn="I {many} kommunar var det {five} eller fleire som avslutta programmet i {year}.",
    en="In {many} municipalities, {five} or more people ended the programme in {year}.",
)
_ENOUGH_ONE: Final = Text(
    nb="I {many} kommune var det {five} eller flere som avsluttet programmet i {year}.",
    nn="I {many} kommune var det {five} eller fleire som avslutta programmet i {year}.",
    en="In {many} municipality, {five} or more people ended the programme in {year}.",
)
_ENOUGH_NONE: Final = Text(
    nb="Ingen kommune hadde {five} eller flere som avsluttet programmet i {year}.",
    nn="Ingen kommune hadde {five} eller fleire som avslutta programmet i {year}.",
    en="In no municipality did {five} or more people end the programme in {year}.",
)
_GOOD_FRACTION: Final = Text(
    nb="I {good} av dem, {fraction}, gikk {limit} eller flere av deltakerne direkte til arbeid eller utdanning.",
    nn="I {good} av dei, {fraction}, gjekk {limit} eller fleire av deltakarane direkte til arbeid eller utdanning.",
    en="In {good} of them, {fraction}, {limit} or more of the participants went straight to work or education.",
)
_GOOD_NONE: Final = Text(
    nb="I ingen av dem gikk {limit} eller flere av deltakerne direkte til arbeid eller utdanning.",
    nn="I ingen av dei gjekk {limit} eller fleire av deltakarane direkte til arbeid eller utdanning.",
    en="In none of them did {limit} or more of the participants go straight to work or education.",
)
_GOOD_ALL: Final = Text(
    nb="I alle disse gikk {limit} eller flere av deltakerne direkte til arbeid eller utdanning.",
    nn="I alle desse gjekk {limit} eller fleire av deltakarane direkte til arbeid eller utdanning.",
    en="In all of these, {limit} or more of the participants went straight to work or education.",
)
_GOOD_IT: Final = Text(
    nb="Der gikk {limit} eller flere av deltakerne direkte til arbeid eller utdanning.",
    nn="Der gjekk {limit} eller fleire av deltakarane direkte til arbeid eller utdanning.",
    en="There, {limit} or more of the participants went straight to work or education.",
)
_GOOD_NOT_IT: Final = Text(
    nb="Der gikk under {limit} av deltakerne direkte til arbeid eller utdanning.",
    nn="Der gjekk under {limit} av deltakarane direkte til arbeid eller utdanning.",
    en="There, less than {limit} of the participants went straight to work or education.",
)

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
_SMALL: Final = Text(
    nb="Der få avsluttet, kan én person flytte resultatet mye. Se derfor resultatet sammen med antallet.",
    nn="Der få avslutta, kan éin person flytte resultatet mykje. Sjå derfor resultatet saman med talet på dei som"
    " avslutta.",
    en="Where few people ended, one person can move the result a great deal. Read the result together with the number.",
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

_HEADING_FINDINGS: Final = Text(nb="Hva sier tallene?", nn="Kva seier tala?", en="What do the figures say?")
_HEADING_COUNTIES: Final = Text(nb="Resultater etter fylke", nn="Resultat etter fylke", en="Results by county")
_HEADING_MUNICIPALITIES: Final = Text(
    nb="Resultater i kommunene", nn="Resultat i kommunane", en="Results in the municipalities"
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
_TOTAL: Final = Text(nb="Hele landet", nn="Heile landet", en="The whole country")
_ENDED: Final = Text(nb="Antall avsluttet", nn="Tal avslutta", en="Number who ended")
_RESULT: Final = Text(
    nb="Andel til arbeid eller utdanning",
    nn="Del til arbeid eller utdanning",
    en="Share to work or education",
)
_WORK: Final = Text(nb="Antall til arbeid", nn="Tal til arbeid", en="Number to work")
_EDUCATION: Final = Text(
    nb="Antall til utdanning utover grunnskole",
    nn="Tal til utdanning utover grunnskule",
    en="Number to education beyond primary school",
)
_KEY_ENDED: Final = Text(nb="avsluttet programmet", nn="avslutta programmet", en="ended the programme")
_KEY_RESULT: Final = Text(
    nb="gikk direkte til arbeid eller utdanning",
    nn="gjekk direkte til arbeid eller utdanning",
    en="went straight to work or education",
)
_KEY_MEN: Final = Text(
    nb="av mennene gikk direkte til arbeid eller utdanning",
    nn="av mennene gjekk direkte til arbeid eller utdanning",
    en="of the men went straight to work or education",
)
_KEY_WOMEN: Final = Text(
    nb="av kvinnene gikk direkte til arbeid eller utdanning",
    nn="av kvinnene gjekk direkte til arbeid eller utdanning",
    en="of the women went straight to work or education",
)
_KEY_SPLIT: Final = Text(
    nb="{work} til arbeid og {education} til utdanning utover grunnskole",
    nn="{work} til arbeid og {education} til utdanning utover grunnskule",
    en="{work} to work and {education} to education beyond primary school",
)


def lead(voice: Voice) -> Parts:
    """The opening: how many ended, how many of them reached the result, where the best results were."""
    ended = voice.result_cell("Avsluttet")
    if ended.value is None:
        return voice.say(_LEAD_HIDDEN)
    if ended.value == 0:
        return voice.say(_LEAD_NOBODY)
    texts = [voice.say(voice.plural(ended, _LEAD_ONE, _LEAD_MANY), ended=voice.figure("count", ended))]
    if voice.result_cell("AndelArbeidUtdanning").is_shown and ended.value > 1:
        texts.append(voice.say(_LEAD_SHARE, share=voice.percent("AndelArbeidUtdanning")))
    named = best_counties(voice)
    if named:
        names = listed(tuple((voice.link(code),) for code in named), language=voice.language)
        texts.append(voice.say(_LEAD_BEST, places=names))
    return sentences(*texts)


def key_figures(voice: Voice) -> tuple[KeyFigure, ...]:
    """Up to four large numbers; one that is not shown is left out."""
    found = []
    ended = voice.result_cell("Avsluttet")
    if ended.is_shown:
        found.append(KeyFigure("ended", voice.words(_KEY_ENDED), voice.figure("count", ended), ()))
    if voice.result_cell("AndelArbeidUtdanning").is_shown:
        split = [voice.result_cell(content) for content in ("TilArbeid", "TilUtdanning")]
        detail: Parts = ()
        if all(cell.is_shown for cell in split):
            work, education = (voice.figure("count", cell) for cell in split)
            detail = voice.say(_KEY_SPLIT, work=work, education=education)
        found.append(KeyFigure("result", voice.words(_KEY_RESULT), voice.percent("AndelArbeidUtdanning"), detail))
    for key, sex, label in (("men", "1", _KEY_MEN), ("women", "2", _KEY_WOMEN)):
        if voice.result_cell("AndelArbeidUtdanning", sex=sex).is_shown:
            found.append(KeyFigure(key, voice.words(label), voice.percent("AndelArbeidUtdanning", sex=sex), ()))
    return tuple(found)


def findings(voice: Voice, *, charts: Mapping[str, ChartBlock], protected: int | None) -> tuple[Section, ...]:
    """The sections that tell the results; a chart that could not be drawn is left out."""
    texts = [text for text in (sexes(voice), municipalities_enough(voice)) if text]
    sections = []
    if texts:
        sections.append(Section("findings", voice.words(_HEADING_FINDINGS), tuple(Paragraph(text) for text in texts)))
    sections.append(
        Section(
            "counties",
            voice.words(_HEADING_COUNTIES),
            (
                *(Paragraph(text) for text in (county_range(voice), best_sentence(voice)) if text),
                *_chart(charts, "counties"),
                county_table(voice, protected=protected),
            ),
        )
    )
    table = municipality_table(voice)
    blocks: list[Block] = [Paragraph(spread(voice))]
    if table.rows:
        blocks += [Paragraph((voice.words(_SMALL),)), *_chart(charts, "municipalities"), table]
    sections.append(Section("municipalities", voice.words(_HEADING_MUNICIPALITIES), tuple(blocks)))
    return tuple(sections)


def sexes(voice: Voice) -> Parts:
    """Women and men: a difference only when it is one, and nothing where a share is hidden."""
    men, women = (voice.result_cell("AndelArbeidUtdanning", sex=sex) for sex in ("1", "2"))
    if men.value is None or women.value is None:
        return ()
    shares = {"1": voice.figure("percent", men), "2": voice.figure("percent", women)}
    counts = [voice.counts(COUNTRY, sex) for sex in ("1", "2")]
    neutral = voice.say(_SEXES_NEUTRAL, men=shares["1"], women=shares["2"])
    if counts[0] is None or counts[1] is None:
        return neutral
    if men.value != women.value and differs(counts[0], counts[1]):
        ahead = men.value > women.value
        return voice.say(
            _SEXES_DIFFER,
            more=voice.words(_MEN if ahead else _WOMEN),
            less=voice.words(_WOMEN if ahead else _MEN).lower(),
            the_more=voice.words(_THE_MEN if ahead else _THE_WOMEN),
            the_less=voice.words(_THE_WOMEN if ahead else _THE_MEN),
            high=shares["1" if ahead else "2"],
            low=shares["2" if ahead else "1"],
        )
    return neutral if men.value == women.value else sentences(neutral, voice.say(_SEXES_CHANCE))


def municipalities_enough(voice: Voice) -> Parts:
    """The municipalities where enough people ended, and in how many of them the result was good."""
    many = voice.cells.at(KEY_FIGURES, "KommunerFemEllerFler")
    good = voice.cells.at(KEY_FIGURES, "KommunerMinst55")
    five = voice.cells.fact("parameters", "key_figure_ended")
    limit = voice.cells.fact("parameters", "key_figure_share")
    if many.value is None or five is None or limit is None:
        return ()
    word = voice.figure("word", five)
    if many.value == 0:
        return voice.say(_ENOUGH_NONE, five=word)
    first = voice.say(voice.plural(many, _ENOUGH_ONE, _ENOUGH_MANY), many=voice.figure("count", many), five=word)
    return first if good.value is None else sentences(first, _good(voice, many, good, limit))


def _good(voice: Voice, many: Cell, good: Cell, limit: Cell) -> Parts:
    percent = voice.figure("percent", limit)
    if many.number == 1:
        return voice.say(_GOOD_IT if good.number else _GOOD_NOT_IT, limit=percent)
    if good.number == 0:
        return voice.say(_GOOD_NONE, limit=percent)
    if good.number == many.number:
        return voice.say(_GOOD_ALL, limit=percent)
    named = fraction_name(good.number, many.number, language=voice.language)
    part = voice.figure("fraction" if named else "share", good, many)
    return voice.say(_GOOD_FRACTION, good=voice.figure("count", good), fraction=part, limit=percent)


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
    total: Parts = (voice.words(_TOTAL) + "*",)
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
        notes=(joined(("* ",), note),),
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


def _chart(charts: Mapping[str, ChartBlock], name: str) -> tuple[ChartBlock, ...]:
    return (charts[name],) if name in charts else ()


def sentences(*texts: Parts) -> Parts:
    """Sentences after one another, a space between."""
    found: list[Parts] = []
    for text in texts:
        if text:
            found += [_SPACE, text] if found else [text]
    return joined(*found)
