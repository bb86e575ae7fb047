"""What is told of one place whose result is shown: how sure it is, what lies behind it, and how it compares; and of one whose
result is not, what several years together say.

A place is compared with the rest of its county and the rest of the country (without the place itself), and a difference is
called one only when chance would hardly give it.
"""

from __future__ import annotations

from typing import Final

from introstat.publish.cells import joined, sentences
from introstat.publish.documents import Parts
from introstat.publish.formats import differs
from introstat.publish.voice import NOT_REGISTERED, POOLED, Voice
from introstat.vocabulary.tables import COUNTRY
from introstat.vocabulary.texts import Text

FEW: Final = 100
"""Below this many who ended, a share is told with its uncertainty."""
_UNCERTAIN: Final = Text(
    nb="Når så få avsluttet, er andelen usikker. Usikkerhetsintervallet går fra {low} til {high}.",
    nn="Når så få avslutta, er prosentdelen usikker. Usikkerheitsintervallet går frå {low} til {high}.",
    en="With so few people, the share is uncertain. The uncertainty interval runs from {low} to {high}.",
)
_SPLIT: Final = Text(
    nb="{work} gikk til arbeid og {education} til utdanning utover grunnskole.",
    nn="{work} gjekk til arbeid og {education} til utdanning utover grunnskule.",
    en="{work} went to work and {education} to education beyond primary school.",
)
_NO_WORK: Final = Text(
    nb="Ingen gikk til arbeid, og {education} gikk til utdanning utover grunnskole.",
    nn="Ingen gjekk til arbeid, og {education} gjekk til utdanning utover grunnskule.",
    en="Nobody went to work, and {education} went to education beyond primary school.",
)
_NO_EDUCATION: Final = Text(
    nb="{work} gikk til arbeid, og ingen til utdanning utover grunnskole.",
    nn="{work} gjekk til arbeid, og ingen til utdanning utover grunnskule.",
    en="{work} went to work, and nobody to education beyond primary school.",
)
_NEITHER: Final = Text(
    nb="Ingen gikk til arbeid eller til utdanning utover grunnskole.",
    nn="Ingen gjekk til arbeid eller til utdanning utover grunnskule.",
    en="Nobody went to work or to education beyond primary school.",
)
_SEXES: Final = Text(
    nb="Blant kvinnene gikk {women} av {all_women} ({women_share}) direkte til arbeid eller utdanning, blant mennene {men} av"
    " {all_men} ({men_share}).",
    nn="Blant kvinnene gjekk {women} av {all_women} ({women_share}) direkte til arbeid eller utdanning, blant mennene {men}"
    " av {all_men} ({men_share}).",
    en="Among the women, {women} of {all_women} ({women_share}) went straight to work or education; among the men, {men} of"
    " {all_men} ({men_share}).",
)
_SEXES_SHARES: Final = Text(
    nb="{women_share} av kvinnene og {men_share} av mennene gikk direkte til arbeid eller utdanning.",
    nn="{women_share} av kvinnene og {men_share} av mennene gjekk direkte til arbeid eller utdanning.",
    en="{women_share} of the women and {men_share} of the men went straight to work or education.",
)
_SEXES_CHANCE: Final = Text(
    nb="Forskjellen er ikke større enn at den kan være tilfeldig.",
    nn="Skilnaden er ikkje større enn at han kan vere tilfeldig.",
    en="The difference is no larger than chance could make it.",
)
_SEXES_NUMBERS: Final = Text(
    nb="{women} av dem som avsluttet, var kvinner, og {men} var menn.",
    nn="{women} av dei som avslutta, var kvinner, og {men} var menn.",
    en="{women} of those who ended were women, and {men} were men.",
)
_HIGHER: Final = Text(
    nb="Resultatet er høyere enn i {others}.",
    nn="Resultatet er høgare enn i {others}.",
    en="The result is higher than in {others}.",
)
_LOWER: Final = Text(
    nb="Resultatet er lavere enn i {others}.",
    nn="Resultatet er lågare enn i {others}.",
    en="The result is lower than in {others}.",
)
_ALIKE: Final = Text(
    nb="Resultatet skiller seg ikke klart fra {others}.",
    nn="Resultatet skil seg ikkje klart frå {others}.",
    en="The result does not clearly differ from {others}.",
)
_REST_COUNTY: Final = Text(
    nb="resten av {place} ({share})", nn="resten av {place} ({share})", en="the rest of {place} ({share})"
)
_REST_COUNTRY: Final = Text(
    nb="resten av landet ({share})", nn="resten av landet ({share})", en="the rest of Norway ({share})"
)
_OR: Final = Text(nb=" eller ", nn=" eller ", en=" or ")
_AND: Final = Text(nb=" og ", nn=" og ", en=" and ")
_MISSING: Final = Text(
    nb="For {people} av dem som avsluttet ({share}), er årsaken ikke registrert. De regnes som om de ikke gikk til arbeid"
    " eller utdanning. Hadde alle gått til arbeid eller utdanning, ville resultatet vært {upper}.",
    nn="For {people} av dei som avslutta ({share}), er årsaka ikkje registrert. Dei er rekna som om dei ikkje gjekk til"
    " arbeid eller utdanning. Hadde alle gått til arbeid eller utdanning, ville resultatet vore {upper}.",
    en="For {people} of those who ended ({share}), the reason is not registered. They are counted as if they did not go to"
    " work or education. Had all of them gone to work or education, the result would have been {upper}.",
)
_MISSING_NONE: Final = Text(
    nb="Årsaken er registrert for alle som avsluttet.",
    nn="Årsaka er registrert for alle som avslutta.",
    en="The reason is registered for everyone who ended.",
)
_POOLED: Final = Text(
    nb="I årene {first} til {year} sett under ett avsluttet {ended} personer her. {reached} av dem, {share}, gikk direkte til"
    " arbeid eller utdanning utover grunnskole.",
    nn="I åra {first} til {year} sett under eitt avslutta {ended} personar her. {reached} av dei, {share}, gjekk direkte til"
    " arbeid eller utdanning utover grunnskule.",
    en="In the years {first} to {year} taken together, {ended} people ended here. {reached} of them, {share}, went straight to"
    " work or education beyond primary school.",
)
_POOLED_UNCERTAIN: Final = Text(
    nb="Usikkerhetsintervallet går fra {low} til {high}.",
    nn="Usikkerheitsintervallet går frå {low} til {high}.",
    en="The uncertainty interval runs from {low} to {high}.",
)
_ONLY_ONE: Final = Text(
    nb="{place} er både kommune og fylke.",
    nn="{place} er både kommune og fylke.",
    en="{place} is both a municipality and a county.",
)


def place_sentences(voice: Voice, code: str) -> tuple[Parts, ...]:
    """Everything that can be told of a place, each in a text of its own; what its cells do not show is left out."""
    told = (
        _uncertainty(voice, code),
        _split(voice, code),
        _sexes(voice, code),
        _compared(voice, code),
        _missing(voice, code),
    )
    return tuple(text for text in told if text)


def pooled_sentences(voice: Voice, code: str) -> tuple[Parts, ...]:
    """What several years together say of a place whose own result is not shown; empty where they say nothing."""
    first, ended, reached, share = (
        voice.cells.at(POOLED, content, region=code)
        for content in ("FraAar", "Avsluttet", "ArbeidUtdanning", "AndelArbeidUtdanning")
    )
    if not first.is_shown:
        return ()
    told = voice.say(
        _POOLED,
        first=voice.figure("year", first),
        ended=voice.figure("count", ended),
        reached=voice.figure("count", reached),
        share=voice.figure("percent", share),
    )
    uncertain = voice.say(
        _POOLED_UNCERTAIN,
        low=voice.figure("wilson-low", reached, ended),
        high=voice.figure("wilson-high", reached, ended),
    )
    return (sentences(told, uncertain) if ended.number < FEW else told,)


def _uncertainty(voice: Voice, code: str) -> Parts:
    reached, ended = (voice.result_cell(content, code) for content in ("ArbeidUtdanning", "Avsluttet"))
    if not reached.is_shown or ended.value is None or not 0 < ended.value < FEW:
        return ()
    return voice.say(
        _UNCERTAIN,
        low=voice.figure("wilson-low", reached, ended),
        high=voice.figure("wilson-high", reached, ended),
    )


def _split(voice: Voice, code: str) -> Parts:
    work, education = (voice.result_cell(content, code) for content in ("TilArbeid", "TilUtdanning"))
    if work.value is None or education.value is None:
        return ()
    template = (_SPLIT, _NO_EDUCATION, _NO_WORK, _NEITHER)[2 * (work.value == 0) + (education.value == 0)]
    return voice.say(template, work=voice.figure("count", work), education=voice.figure("count", education))


def _sexes(voice: Voice, code: str) -> Parts:
    men, women = (voice.counts(code, sex) for sex in ("1", "2"))
    shares = {
        key: voice.percent("AndelArbeidUtdanning", code, sex) for key, sex in (("men_share", "1"), ("women_share", "2"))
    }
    if any(share.status for share in shares.values()):
        numbers = {key: voice.result_cell("Avsluttet", code, sex) for key, sex in (("women", "2"), ("men", "1"))}
        if all(cell.value for cell in numbers.values()):
            return voice.say(_SEXES_NUMBERS, **{key: voice.figure("count", cell) for key, cell in numbers.items()})
        return ()
    if men is None or women is None:
        return voice.say(_SEXES_SHARES, **shares)
    text = voice.say(
        _SEXES,
        women=voice.count("ArbeidUtdanning", code, "2"),
        all_women=voice.count("Avsluttet", code, "2"),
        men=voice.count("ArbeidUtdanning", code, "1"),
        all_men=voice.count("Avsluttet", code, "1"),
        **shares,
    )
    if shares["men_share"].text == shares["women_share"].text or differs(men, women):
        return text
    return sentences(text, voice.say(_SEXES_CHANCE))


def _compared(voice: Voice, code: str) -> Parts:
    """Against the rest of the county and of the country; equal verdicts are told in one sentence."""
    own = voice.counts(code)
    if own is None or code == COUNTRY:
        return ()
    texts: dict[str, list[Parts]] = {}
    parent = voice.regions.places[code].parent
    alone: Parts = ()
    for other in dict.fromkeys((parent or COUNTRY, COUNTRY)):
        whole = voice.counts(other)
        if whole is None:
            continue
        rest = (whole[0] - own[0], whole[1] - own[1])
        if rest[1] <= 0 or not 0 <= rest[0] <= rest[1]:
            if other != COUNTRY and voice.regions.children(other) == (code,):
                alone = voice.say(_ONLY_ONE, place=voice.name(code))
            continue
        verdict = "alike" if not differs(own, rest) else "higher" if own[0] * rest[1] > rest[0] * own[1] else "lower"
        texts.setdefault(verdict, []).append(_rest(voice, code, other))
    templates = {"higher": _HIGHER, "lower": _LOWER, "alike": _ALIKE}
    told = []
    for verdict, others in texts.items():
        between = (voice.words(_OR if verdict == "alike" else _AND),)
        told.append(voice.say(templates[verdict], others=_between(others, between)))
    return sentences(alone, *told)


def _between(texts: list[Parts], word: Parts) -> Parts:
    found: list[Parts] = []
    for text in texts:
        found += [word, text] if found else [text]
    return joined(*found)


def _rest(voice: Voice, code: str, other: str) -> Parts:
    share = voice.figure(
        "rest-share",
        voice.result_cell("ArbeidUtdanning", other),
        voice.result_cell("ArbeidUtdanning", code),
        voice.result_cell("Avsluttet", other),
        voice.result_cell("Avsluttet", code),
    )
    if other == COUNTRY:
        return voice.say(_REST_COUNTRY, share=share)
    return voice.say(_REST_COUNTY, place=voice.link(other), share=share)


def _missing(voice: Voice, code: str) -> Parts:
    people, share, upper = (
        voice.cells.at(NOT_REGISTERED, content, region=code)
        for content in ("UtenGrunn", "AndelUtenGrunn", "ResultatOvre")
    )
    if people.value == 0:
        return voice.say(_MISSING_NONE)
    if not all(cell.is_shown for cell in (people, share, upper)):
        return ()
    return voice.say(
        _MISSING,
        people=voice.figure("count", people),
        share=voice.figure("percent", share),
        upper=voice.figure("percent", upper),
    )
