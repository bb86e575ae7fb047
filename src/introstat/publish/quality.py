"""What a reader must know to trust the figures: how good they are, what the words mean, what has changed, how to cite.

The quality section tells what is missing and what it could change: exits without a registered reason with the bounds they
give, exits the register closed by itself, where the figures come from, how many municipalities have reported, and how much
is hidden by which policy and whose decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from introstat.publish.cells import sentences
from introstat.publish.documents import (
    Answer,
    Block,
    Bullets,
    DefinitionList,
    Downloads,
    FeedbackQuestion,
    Link,
    Paragraph,
    Parts,
    Quoted,
    Section,
    Term,
)
from introstat.publish.imprint import LICENCE, LICENCE_ADDRESS
from introstat.publish.voice import KEY_FIGURES, NOT_REGISTERED, RESULTS, Voice
from introstat.vocabulary.texts import Language, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from introstat.definitions.catalogue import Definitions
    from introstat.publish.changes import Changes
    from introstat.publish.documents import DownloadTable
    from introstat.vocabulary.editions import PublicReason
    from introstat.vocabulary.tables import ProtectionReport

CLOSED: Final = "closed_by_register"
FROM_REGISTER: Final = "from_register"
FROM_DIRECT: Final = "from_direct"
"""Names of the quality figures that texts may tell."""

_SOURCE: Final = Text(
    nb="Tallene bygger på det kommunene har registrert i introduksjonsregisteret eller rapportert direkte.",
    nn="Tala byggjer på det kommunane har registrert i introduksjonsregisteret eller rapportert direkte.",
    en="The figures rest on what the municipalities have registered in the introduction register or reported directly.",
)
_SOURCES: Final = Text(
    nb="Registeret står for {register} av avslutningene, og direkte rapportering for {direct}.",
    nn="Registeret står for {register} av avslutningane, og direkte rapportering for {direct}.",
    en="The register accounts for {register} of the exits, and direct reports for {direct}.",
)
_RESPONSE: Final = Text(
    nb="{reported} av {all} kommuner har registrert, rapportert eller bekreftet at ingen avsluttet.",
    nn="{reported} av {all} kommunar har registrert, rapportert eller stadfesta at ingen avslutta.",
    en="{reported} of {all} municipalities have registered, reported or confirmed that nobody ended.",
)
_RESPONSE_REST: Final = Text(
    nb="For de andre vet vi ikke om noen avsluttet; de er merket med to prikker (..) i tabellene.",
    nn="For dei andre veit vi ikkje om nokon avslutta; dei er merkte med to prikkar (..) i tabellane.",
    en="For the others we do not know whether anyone ended; they are marked with two dots (..) in the tables.",
)
_RESPONSE_ALL: Final = Text(
    nb="Alle de {all} kommunene har registrert, rapportert eller bekreftet at ingen avsluttet.",
    nn="Alle dei {all} kommunane har registrert, rapportert eller stadfesta at ingen avslutta.",
    en="All {all} municipalities have registered, reported or confirmed that nobody ended.",
)
_MISSING: Final = Text(
    nb="For {people} av dem som avsluttet ({share}), er årsaken ikke registrert. De regnes som om de ikke gikk til arbeid"
    " eller utdanning. Hadde alle gått til arbeid eller utdanning, ville resultatet vært {upper}; nå er det {lower}.",
    nn="For {people} av dei som avslutta ({share}), er årsaka ikkje registrert. Dei er rekna som om dei ikkje gjekk til"
    " arbeid eller utdanning. Hadde alle gått til arbeid eller utdanning, ville resultatet vore {upper}; no er det {lower}.",
    en="For {people} of those who ended ({share}), the reason is not registered. They are counted as if they did not go to"
    " work or education. Had all of them gone to work or education, the result would have been {upper}; it is {lower}.",
)
_MISSING_NONE: Final = Text(
    nb="Årsaken er registrert for alle som avsluttet.",
    nn="Årsaka er registrert for alle som avslutta.",
    en="The reason is registered for everyone who ended.",
)
_MISSING_HIDDEN: Final = Text(
    nb="Personer uten registrert årsak regnes som om de ikke gikk til arbeid eller utdanning.",
    nn="Personar utan registrert årsak er rekna som om dei ikkje gjekk til arbeid eller utdanning.",
    en="People without a registered reason are counted as if they did not go to work or education.",
)
_CLOSED: Final = Text(
    nb="Registeret avsluttet selv {people} av programmene, for eksempel fordi ingenting var registrert på lenge. Til"
    " kommunen retter det, regnes de som om deltakeren ikke gikk til arbeid eller utdanning.",
    nn="Registeret avslutta sjølv {people} av programma, til dømes fordi ingenting var registrert på lenge. Til kommunen"
    " rettar det, er dei rekna som om deltakaren ikkje gjekk til arbeid eller utdanning.",
    en="The register itself ended {people} of the programmes, for instance because nothing had been registered for a long"
    " time. Until the municipality corrects it, they count as if the participant did not go to work or education.",
)
_HIDDEN: Final = Text(
    nb="Tall som kan røpe noe om enkeltpersoner, vises ikke. {numbers} kommuner der noen avsluttet, viser antallet, og"
    " {results} av dem viser også resultatet.",
    nn="Tal som kan røpe noko om einskildpersonar, blir ikkje viste. {numbers} kommunar der nokon avslutta, viser talet på"
    " dei som avslutta, og {results} av dei viser òg resultatet.",
    en="Figures that could reveal something about single people are not shown. {numbers} municipalities where anyone ended"
    " show the number, and {results} of them show the result as well.",
)
_BANDS: Final = Text(
    nb="{bands} kommuner viser intervallet resultatet ligger i, i stedet for selve resultatet.",
    nn="{bands} kommunar viser intervallet resultatet ligg i, i staden for sjølve resultatet.",
    en="{bands} municipalities show the band that the result lies in instead of the result itself.",
)
_BANDS_ONE: Final = Text(
    nb="{bands} kommune viser intervallet resultatet ligger i, i stedet for selve resultatet.",
    nn="{bands} kommune viser intervallet resultatet ligg i, i staden for sjølve resultatet.",
    en="{bands} municipality shows the band that the result lies in instead of the result itself.",
)
_POOLED: Final = Text(
    nb="{pooled} kommuner viser resultatet for flere år samlet.",
    nn="{pooled} kommunar viser resultatet for fleire år samla.",
    en="{pooled} municipalities show the result of several years together.",
)
_POOLED_ONE: Final = Text(
    nb="{pooled} kommune viser resultatet for flere år samlet.",
    nn="{pooled} kommune viser resultatet for fleire år samla.",
    en="{pooled} municipality shows the result of several years together.",
)
_POLICY: Final = Text(
    nb="Regelen som er brukt, heter «{policy}». {description}",
    nn="Regelen som er brukt, heiter «{policy}». {description}",
    en="The rule applied is called “{policy}”. {description}",
)
_DECISION: Final = Text(
    nb="Vedtak: {decision}.",
    nn="Vedtak: {decision}.",
    en="Decision: {decision}.",
)
_ADVANCE: Final = Text(
    nb="Tallene slippes for alle samtidig. En kommune kan følge sine egne registreringer også før publisering, men ikke"
    " andres.",
    nn="Tala blir sleppte for alle samstundes. Ein kommune kan følgje sine eigne registreringar òg før publisering, men"
    " ikkje andre sine.",
    en="The figures are released to everyone at once. A municipality can follow its own registrations before the release"
    " too, but nobody else's.",
)
_PRELIMINARY: Final = Text(
    nb="Tallene er foreløpige og kan endre seg når kommunene retter og utfyller.",
    nn="Tala er førebelse og kan endre seg når kommunane rettar og fyller ut.",
    en="The figures are preliminary and may change as municipalities correct and complete them.",
)

_ADVICE: Final = (
    Text(
        nb="Bygg på det som finnes lokalt. Kommunene har ulike forutsetninger: Noen har mange arbeidsplasser og et rikt"
        " organisasjonsliv, andre har lite av begge deler. Finn ut hvilke arbeidsgivere, skoler og frivillige som kan"
        " bidra, gjerne sammen med nabokommunene, og legg opp programmet etter det.",
        nn="Bygg på det som finst lokalt. Kommunane har ulike føresetnader: Somme har mange arbeidsplassar og eit rikt"
        " organisasjonsliv, andre har lite av begge delar. Finn ut kva arbeidsgivarar, skular og frivillige som kan"
        " medverke, gjerne saman med nabokommunane, og legg opp programmet etter det.",
        en="Build on what there is locally. Municipalities start from different places: some have many jobs and a rich"
        " voluntary sector, others little of either. Find out which employers, schools and volunteers can contribute,"
        " perhaps together with neighbouring municipalities, and shape the programme accordingly.",
    ),
    Text(
        nb="Bruk utdanning mer. For mange deltakere kan videregående skole eller høyere utdanning være en god vei til"
        " varig arbeid. Kartlegg tidlig hva hver enkelt har med seg, og planlegg løpet sammen med skolene og fylket.",
        nn="Bruk utdanning meir. For mange deltakarar kan vidaregåande skule eller høgare utdanning vere ein god veg til"
        " varig arbeid. Kartlegg tidleg kva kvar einskild har med seg, og planlegg løpet saman med skulane og fylket.",
        en="Use education more. For many participants, upper secondary school or higher education can be a good way to"
        " lasting work. Find out early what each person brings, and plan the way on together with schools and the county.",
    ),
    Text(
        nb="Sett et mål og følg det opp. Et godt mål er enkelt, kan måles, har en frist og er noens ansvar. Bruk tallene"
        " herfra til å sette målet, og egne registreringer gjennom året til å se om dere er på vei.",
        nn="Set eit mål og følg det opp. Eit godt mål er enkelt, kan målast, har ein frist og er nokon sitt ansvar. Bruk"
        " tala herifrå til å setje målet, og eigne registreringar gjennom året til å sjå om de er på veg.",
        en="Set a goal and follow it up. A good goal is simple, measurable, has a date and is somebody's responsibility."
        " Use these figures to set it, and your own registrations through the year to see whether you are on the way.",
    ),
)

_FIRST_FINAL: Final = Text(
    nb="Dette er den første endelige utgaven for {year}.",
    nn="Dette er den første endelege utgåva for {year}.",
    en="This is the first final edition for {year}.",
)
_FIRST_PRELIMINARY: Final = Text(
    nb="Dette er den første utgaven for {year}. Den er foreløpig.",
    nn="Dette er den første utgåva for {year}. Ho er førebels.",
    en="This is the first edition for {year}. It is preliminary.",
)
_CHANGED: Final = Text(
    nb="Siden utgave {previous} er {cells} celler i tabellene endret. De er ført opp i filen {file}.",
    nn="Sidan utgåve {previous} er {cells} celler i tabellane endra. Dei er førte opp i fila {file}.",
    en="Since edition {previous}, {cells} cells of the tables have changed. They are listed in the file {file}.",
)
_CHANGED_ONE: Final = Text(
    nb="Siden utgave {previous} er {cells} celle i tabellene endret. Den er ført opp i filen {file}.",
    nn="Sidan utgåve {previous} er {cells} celle i tabellane endra. Ho er ført opp i fila {file}.",
    en="Since edition {previous}, {cells} cell of the tables has changed. It is listed in the file {file}.",
)
_UNCHANGED: Final = Text(
    nb="Ingen celler i tabellene er endret siden utgave {previous}.",
    nn="Ingen celler i tabellane er endra sidan utgåve {previous}.",
    en="No cell of the tables has changed since edition {previous}.",
)
_CHANGE_REASON: Final = Text(nb="Grunn: {reason}", nn="Grunn: {reason}", en="Reason: {reason}")
_CHANGE_REASON_IN: Final[Mapping[Language, Text]] = {
    "nb": Text(nb="Grunn: {reason}", nn="Grunn (på bokmål): {reason}", en="Reason (in Norwegian): {reason}"),
    "nn": Text(nb="Grunn (på nynorsk): {reason}", nn="Grunn: {reason}", en="Reason (in Norwegian): {reason}"),
    "en": Text(nb="Grunn (på engelsk): {reason}", nn="Grunn (på engelsk): {reason}", en="Reason: {reason}"),
}
"""What stands before a reason that was not written in the reader's own language."""
_CONTACT: Final = Text(
    nb="Har du spørsmål om tallene, kan du skrive til oss i feltet nederst på siden. Kommuner som finner feil i egne tall,"
    " retter dem i registeret; rettelsen kommer med i neste utgave.",
    nn="Har du spørsmål om tala, kan du skrive til oss i feltet nedst på sida. Kommunar som finn feil i eigne tal, rettar"
    " dei i registeret; rettinga kjem med i neste utgåve.",
    en="If you have questions about the figures, write to us in the field at the bottom of the page. Municipalities that"
    " find errors in their own figures correct them in the register; the correction is part of the next edition.",
)
_CITE: Final = Text(
    nb="Introduksjonsprogrammet {year}: resultater. introstat, utgave {edition}, publisert {released}.",
    nn="Introduksjonsprogrammet {year}: resultat. introstat, utgåve {edition}, publisert {released}.",
    en="The introduction programme {year}: results. introstat, edition {edition}, released {released}.",
)
_LICENCE: Final = Text(
    nb="Du kan bruke tallene fritt når du oppgir kilden, etter lisensen {licence}.",
    nn="Du kan bruke tala fritt når du oppgir kjelda, etter lisensen {licence}.",
    en="You may use the figures freely if you name the source, under the licence {licence}.",
)

_HEADINGS: Final = {
    "downloads": Text(nb="Last ned tallene", nn="Last ned tala", en="Download the figures"),
    "definitions": Text(nb="Definisjoner", nn="Definisjonar", en="Definitions"),
    "quality": Text(nb="Om kvaliteten på tallene", nn="Om kvaliteten på tala", en="The quality of the figures"),
    "advice": Text(
        nb="Hva kan kommunen gjøre for å få bedre resultater?",
        nn="Kva kan kommunen gjere for å få betre resultat?",
        en="What can a municipality do to improve its results?",
    ),
    "changes": Text(nb="Endringer", nn="Endringar", en="Changes"),
    "contact": Text(nb="Kontakt", nn="Kontakt", en="Contact"),
    "cite": Text(nb="Slik siterer du", nn="Slik siterer du", en="How to cite"),
    "feedback": Text(
        nb="Fant du det du lette etter?",
        nn="Fann du det du leitte etter?",
        en="Did you find what you were looking for?",
    ),
}
_POPULATION: Final = Text(nb="Hvem tallene gjelder", nn="Kven tala gjeld", en="Who the figures are about")
_INTERVAL: Final = Text(nb="Usikkerhetsintervall", nn="Usikkerheitsintervall", en="Uncertainty interval")
_INTERVAL_MEANS: Final = Text(
    nb="Viser hvor mye tilfeldigheter kan bety for en andel når få personer står bak den (95 prosent konfidensintervall,"
    " Wilsons metode).",
    nn="Viser kor mykje tilfeldigheiter kan ha å seie for ein prosentdel når få personar står bak han (95 prosent"
    " konfidensintervall, Wilsons metode).",
    en="Shows how much chance can mean for a share when few people stand behind it (95 per cent confidence interval,"
    " Wilson's method).",
)
_BAND: Final = Text(nb="Resultat som intervall", nn="Resultat som intervall", en="A result as a band")
_BAND_MEANS: Final = Text(
    nb="Der andelen ikke kan vises uten å røpe noe om enkeltpersoner, kan vi noen ganger vise et intervall den ligger i, for"
    " eksempel «under 55 %». Grensene er de samme for alle steder. Intervallet sier ikke hvor i det andelen ligger, og er noe"
    " annet enn usikkerhetsintervallet.",
    nn="Der prosentdelen ikkje kan visast utan å røpe noko om einskildpersonar, kan vi nokre gonger vise eit intervall han ligg"
    " i, til dømes «under 55 %». Grensene er dei same for alle stader. Intervallet seier ikkje kvar i det prosentdelen ligg, og"
    " er noko anna enn usikkerheitsintervallet.",
    en="Where the share cannot be shown without revealing something about single people, we can sometimes show a band that it"
    " lies in, such as “below 55%”. The edges are the same for all places. The band does not say where in it the share lies,"
    " and is something else than the uncertainty interval.",
)
_SEVERAL_YEARS: Final = Text(nb="Flere år samlet", nn="Fleire år samla", en="Several years together")
_SEVERAL_YEARS_MEANS: Final = Text(
    nb="For en kommune der årets resultat ikke vises, kan det vises hvordan det gikk med alle som avsluttet i flere år på rad,"
    " som om det var ett. Det sier noe om kommunen over tid, men ikke om året, og skal ikke settes ved siden av ett år.",
    nn="For ein kommune der resultatet for året ikkje blir vist, kan det visast korleis det gjekk med alle som avslutta i fleire"
    " år på rad, som om det var eitt. Det seier noko om kommunen over tid, men ikkje om året, og skal ikkje setjast ved sida av"
    " eitt år.",
    en="For a municipality whose result of the year is not shown, it may be possible to show how it went for everyone who ended"
    " in several years on end, as if they were one. That says something about the municipality over time but not about the"
    " year, and is not to be set beside a single year.",
)
_YES: Final = Text(nb="Ja", nn="Ja", en="Yes")
_NO: Final = Text(nb="Nei", nn="Nei", en="No")
_COMMENT: Final = Text(
    nb="Vil du si mer? (valgfritt)", nn="Vil du seie meir? (valfritt)", en="Anything to add? (optional)"
)
_HINT: Final = Text(
    nb="Ikke skriv opplysninger om deg selv eller andre personer. Vi svarer ikke på det som skrives her.",
    nn="Ikkje skriv opplysningar om deg sjølv eller andre personar. Vi svarer ikkje på det som blir skrive her.",
    en="Please do not write anything about yourself or other people. We do not reply to what is written here.",
)
_SUBMIT: Final = Text(nb="Send", nn="Send", en="Send")
_THANKS: Final = Text(nb="Takk for svaret.", nn="Takk for svaret.", en="Thank you for your answer.")


@dataclass(frozen=True, slots=True)
class Background:
    """What the sections below rest on beside the cells."""

    definitions: Definitions
    report: ProtectionReport
    changes: Changes
    downloads: tuple[DownloadTable, ...]
    others: tuple[DownloadTable, ...] = ()


def background_sections(voice: Voice, background: Background) -> tuple[Section, ...]:
    """Everything after the findings, in the order of the page."""
    blocks: dict[str, tuple[Block, ...]] = {
        "advice": (Bullets(tuple((voice.words(text),) for text in _ADVICE)),),
        "downloads": (Downloads(background.downloads, background.others),),
        "definitions": (_definitions(voice, background.definitions),),
        "quality": tuple(Paragraph(text) for text in quality(voice, background)),
        "changes": tuple(Paragraph(text) for text in change_texts(voice, background.changes)),
        "contact": (Paragraph(voice.say(_CONTACT)),),
        "cite": (
            Paragraph(citation(voice)),
            Paragraph(voice.say(_LICENCE, licence=Link(LICENCE, LICENCE_ADDRESS))),
        ),
        "feedback": (_feedback(voice),),
    }
    return tuple(Section(name, voice.words(_HEADINGS[name]), found) for name, found in blocks.items())


def quality(voice: Voice, background: Background) -> tuple[Parts, ...]:
    """A paragraph per question of quality; what has no figure is left out."""
    cells, report = voice.cells, background.report
    texts: list[Parts] = []
    if voice.imprint.number.is_preliminary:
        texts.append(voice.say(_PRELIMINARY))
    register, direct = (cells.fact("quality", name) for name in (FROM_REGISTER, FROM_DIRECT))
    sources: Parts = ()
    if register is not None and direct is not None:
        sources = voice.say(_SOURCES, register=voice.figure("count", register), direct=voice.figure("count", direct))
    texts.append(sentences(voice.say(_SOURCE), sources))
    texts.append(_response(voice))
    texts.append(missing_reasons(voice))
    closed = cells.fact("quality", CLOSED)
    if closed is not None and closed.number:
        texts.append(voice.say(_CLOSED, people=voice.figure("count", closed)))
    policy = background.definitions.policy(report.policy)
    numbers, results = (cells.fact("protection", name) for name in ("places_number", "places_result"))
    if numbers is not None and results is not None:
        shown = voice.say(_HIDDEN, numbers=voice.figure("count", numbers), results=voice.figure("count", results))
        rule = voice.say(_POLICY, policy=voice.words(policy.label), description=voice.words(policy.description))
        decided = voice.say(_DECISION, decision=report.policy_decision.rstrip(".")) if report.policy_decision else ()
        texts.append(sentences(shown, *instead(voice), rule, decided))
    texts.append(voice.say(_ADVANCE))
    return tuple(text for text in texts if text)


def instead(voice: Voice) -> tuple[Parts, ...]:
    """How many municipalities show a band, or several years together, instead of their result; none is left out."""
    told: list[Parts] = []
    for name, key, one, many in (
        ("places_band", "bands", _BANDS_ONE, _BANDS),
        ("places_pooled", "pooled", _POOLED_ONE, _POOLED),
    ):
        places = voice.cells.fact("protection", name)
        if places is not None and places.value:
            told.append(voice.say(voice.plural(places, one, many), **{key: voice.figure("count", places)}))
    return tuple(told)


def _response(voice: Voice) -> Parts:
    reported = voice.cells.at(KEY_FIGURES, "KommunerRapportert")
    everyone = voice.cells.fact("regions", "municipality")
    if reported.value is None or everyone is None:
        return ()
    if reported.value == everyone.value:
        return voice.say(_RESPONSE_ALL, all=voice.figure("count", everyone))
    text = voice.say(_RESPONSE, reported=voice.figure("count", reported), all=voice.figure("count", everyone))
    return sentences(text, voice.say(_RESPONSE_REST))


def missing_reasons(voice: Voice) -> Parts:
    """Exits without a registered reason in the whole country, with the bounds they give the result."""
    people, share, lower, upper = (
        voice.cells.at(NOT_REGISTERED, content)
        for content in ("UtenGrunn", "AndelUtenGrunn", "ResultatNedre", "ResultatOvre")
    )
    if people.value == 0:
        return voice.say(_MISSING_NONE)
    if not all(cell.is_shown for cell in (people, share, lower, upper)):
        return voice.say(_MISSING_HIDDEN)
    return voice.say(
        _MISSING,
        people=voice.figure("count", people),
        share=voice.figure("percent", share),
        lower=voice.figure("percent", lower),
        upper=voice.figure("percent", upper),
    )


def change_texts(voice: Voice, changes: Changes) -> tuple[Parts, ...]:
    """What differs from the edition before, and why."""
    if changes.previous is None:
        first = _FIRST_PRELIMINARY if voice.imprint.number.is_preliminary else _FIRST_FINAL
        return (voice.say(first),)
    cells = voice.cells.fact("changes", "cells")
    if not changes.cells or cells is None:
        text = voice.say(_UNCHANGED, previous=changes.previous)
    else:
        template = voice.plural(cells, _CHANGED_ONE, _CHANGED)
        counted = voice.figure("count", cells)
        text = voice.say(template, previous=changes.previous, cells=counted, file="changes.json")
    return (text, *((_reason(voice, changes.reason),) if changes.reason else ()))


def _reason(voice: Voice, reason: PublicReason) -> Parts:
    spoken, told = reason.told(voice.language)
    if spoken == voice.language:
        return voice.say(_CHANGE_REASON, reason=told)
    return voice.say(_CHANGE_REASON_IN[spoken], reason=Quoted(told, spoken))


def citation(voice: Voice) -> Parts:
    """One line that names the figures; synthetic ones say so."""
    text = voice.say(_CITE, edition=str(voice.imprint.number), released=voice.imprint.released_text(voice.language))
    return sentences(text, *((f"{mark}.",) for mark in voice.imprint.marks(voice.language)))


def _definitions(voice: Voice, definitions: Definitions) -> DefinitionList:
    results = definitions.tables[RESULTS]
    result = definitions.indicators.result
    terms = [
        Term(voice.words(_POPULATION), (voice.words(results.population),)),
        Term(voice.words(result.label), (voice.words(result.definition),)),
        Term(voice.words(_INTERVAL), (voice.words(_INTERVAL_MEANS),)),
        Term(voice.words(_BAND), (voice.words(_BAND_MEANS),)),
        Term(voice.words(_SEVERAL_YEARS), (voice.words(_SEVERAL_YEARS_MEANS),)),
    ]
    terms += [
        Term(voice.words(content.label), (voice.words(content.definition),))
        for table in (RESULTS, NOT_REGISTERED)
        for content in definitions.tables[table].contents
    ]
    terms += [
        Term(voice.words(variable.label), (voice.words(variable.definition),))
        for code, variable in definitions.tables.variables.items()
        if code in ("Region", "Grunn")
    ]
    return DefinitionList(tuple(terms))


def _feedback(voice: Voice) -> FeedbackQuestion:
    return FeedbackQuestion(
        question=voice.words(_HEADINGS["feedback"]),
        answers=(Answer("yes", voice.words(_YES)), Answer("no", voice.words(_NO))),
        comment_label=voice.words(_COMMENT),
        comment_hint=voice.words(_HINT),
        submit=voice.words(_SUBMIT),
        thanks=voice.words(_THANKS),
    )
