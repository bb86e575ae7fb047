"""What the figures say: the sections of the release page that tell the results, in sentences composed from cells.

Every sentence has a form for each way the cells can be: hidden, nobody, one, all equal. A sentence whose cells are hidden is
left out; a comparison is made only where the difference is more than chance would give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from introstat.publish.cells import Cell, listed, sentences
from introstat.publish.documents import (
    Block,
    ChartBlock,
    KeyFigure,
    Paragraph,
    Parts,
    Section,
)
from introstat.publish.formats import differs, fraction_name
from introstat.publish.rankings import (
    best_counties,
    best_sentence,
    county_range,
    county_table,
    municipality_table,
    spread,
)
from introstat.publish.voice import KEY_FIGURES, Voice
from introstat.vocabulary.tables import COUNTRY
from introstat.vocabulary.texts import Text

if TYPE_CHECKING:
    from collections.abc import Mapping


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


_SMALL: Final = Text(
    nb="Der få avsluttet, kan én person flytte resultatet mye. Se derfor resultatet sammen med antallet.",
    nn="Der få avslutta, kan éin person flytte resultatet mykje. Sjå derfor resultatet saman med talet på dei som"
    " avslutta.",
    en="Where few people ended, one person can move the result a great deal. Read the result together with the number.",
)


_HEADING_FINDINGS: Final = Text(nb="Hva sier tallene?", nn="Kva seier tala?", en="What do the figures say?")
_HEADING_COUNTIES: Final = Text(nb="Resultater etter fylke", nn="Resultat etter fylke", en="Results by county")
_HEADING_MUNICIPALITIES: Final = Text(
    nb="Resultater i kommunene", nn="Resultat i kommunane", en="Results in the municipalities"
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


def _chart(charts: Mapping[str, ChartBlock], name: str) -> tuple[ChartBlock, ...]:
    return (charts[name],) if name in charts else ()
