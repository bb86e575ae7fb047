"""What the line refuses, told to a person in the desk in that person's language.

The stages name what stopped them (`reason`) and the words are here. A refusal without a name of its own is told by its kind,
and what the program says about it stands in the log.

    told(Refused("…", reason="same_person"), "nn")   →   "Den som har førebudd ei utgåve, kan ikkje godkjenne …"
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from introstat.vocabulary.errors import CannotProtect, Damaged, IntrostatError, NotFound, ReleaseRefused
from introstat.vocabulary.texts import LANGUAGES, Language, Text

REASONS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "nothing_to_confirm": Text(
            nb="Kvitteringen har ingen varsler å bekrefte.",
            nn="Kvitteringa har ingen varsel å stadfeste.",
            en="The receipt has no warning to confirm.",
        ),
        "comment_missing": Text(
            nb="Skriv i en setning hvorfor tallene er riktige slik de er.",
            nn="Skriv i ei setning kvifor tala er rette slik dei er.",
            en="Say in a sentence why the figures are right as they are.",
        ),
        "time_not_come": Text(
            nb="Tidspunktet har ikke vært ennå. Et øyeblikksbilde kan bare ha med det som er registrert; velg et tidligere tidspunkt.",
            nn="Tidspunktet har ikkje vore enno. Eit augeblinksbilete kan berre ha med det som er registrert; vel eit tidlegare tidspunkt.",
            en="That time has not come yet. A snapshot can only hold what has been recorded; choose an earlier time.",
        ),
        "no_snapshot": Text(
            nb="Det finnes ikke noe øyeblikksbilde av {year}. Frys først.",
            nn="Det finst ikkje noko augeblinksbilete av {year}. Frys først.",
            en="There is no snapshot of {year}. Freeze first.",
        ),
        "no_such_snapshot": Text(
            nb="Det finnes ikke noe øyeblikksbilde {number} av {year}. Velg et fra listen.",
            nn="Det finst ikkje noko augeblinksbilete {number} av {year}. Vel eit frå lista.",
            en="There is no snapshot {number} of {year}. Choose one from the list.",
        ),
        "nothing_prepared": Text(
            nb="Ingenting er forberedt for {year}. Forbered først.",
            nn="Ingenting er førebudd for {year}. Førebu først.",
            en="Nothing has been prepared for {year}. Prepare first.",
        ),
        "not_approved": Text(
            nb="Det som sist ble forberedt for {year}, er ikke godkjent. En annen enn den som forberedte det, må godkjenne det først.",
            nn="Det som sist vart førebudd for {year}, er ikkje godkjent. Ein annan enn den som førebudde det, må godkjenne det først.",
            en="What was prepared last for {year} has not been approved. Someone other than the preparer must approve it first.",
        ),
        "prepared_since": Text(
            nb="Noe annet er forberedt siden. Se på det, og godkjenn det i stedet.",
            nn="Noko anna er førebudd sidan. Sjå på det, og godkjenn det i staden.",
            en="Something else has been prepared since. Look at that, and approve it instead.",
        ),
        "attack_succeeded": Text(
            nb="Angrepet på tabellene fant noe, eller ble ikke fullført. Forbered året på nytt; dette kan ikke godkjennes eller gis ut.",
            nn="Åtaket på tabellane fann noko, eller vart ikkje fullført. Førebu året på nytt; dette kan ikkje godkjennast eller gjevast ut.",
            en="The attack on the tables found something, or was not carried through. Prepare the year again; this can be neither approved nor released.",
        ),
        "same_person": Text(
            nb="Den som har forberedt en utgave, kan ikke godkjenne den selv. Be en kollega om det.",
            nn="Den som har førebudd ei utgåve, kan ikkje godkjenne henne sjølv. Be ein kollega om det.",
            en="The one who prepared an edition cannot approve it. Ask a colleague.",
        ),
        "does_not_hold": Text(
            nb="Utgaven besto ikke sin egen kontroll, og er ikke gitt ut. Hva som ikke stemmer, står i loggen.",
            nn="Utgåva bestod ikkje sin eigen kontroll, og er ikkje gjeven ut. Kva som ikkje stemmer, står i loggen.",
            en="The edition did not pass its own verification and has not been released. The log says what does not hold.",
        ),
        "no_longer_preliminary": Text(
            nb="Utgave {number} er allerede ute. En foreløpig utgave kommer bare før alle andre.",
            nn="Utgåve {number} er alt ute. Ei førebels utgåve kjem berre før alle andre.",
            en="Edition {number} is out. A preliminary edition comes only before all others.",
        ),
        "issued_since": Text(
            nb="Utgave {number} er gitt ut etter at dette ble forberedt, og er ikke med i skjermingen. Forbered {year} på nytt.",
            nn="Utgåve {number} er gjeven ut etter at dette vart førebudd, og er ikkje med i skjerminga. Førebu {year} på nytt.",
            en="Edition {number} was issued after this was prepared, and the protection does not account for it. Prepare {year} again.",
        ),
        "withdrawn_since": Text(
            nb="Utgave {number}, som dette er skjermet sammen med, er trukket tilbake siden. Forbered {year} på nytt.",
            nn="Utgåve {number}, som dette er skjerma saman med, er trekt tilbake sidan. Førebu {year} på nytt.",
            en="Edition {number}, which this was protected together with, has been withdrawn since. Prepare {year} again.",
        ),
        "public_reason_missing": Text(
            nb="En rettelse må ha en offentlig begrunnelse. Godkjenn på nytt, og skriv hvorfor tallene i {number} rettes.",
            nn="Ei retting må ha ei offentleg grunngjeving. Godkjenn på nytt, og skriv kvifor tala i {number} blir retta.",
            en="A correction needs a public reason. Approve again, and say why the figures of {number} are corrected.",
        ),
        "next_date_missing": Text(
            nb="Datoen for neste utgivelse mangler. Godkjenn på nytt med en dato.",
            nn="Datoen for neste utgjeving manglar. Godkjenn på nytt med ein dato.",
            en="The date of the next release is missing. Approve again with one.",
        ),
        "years_differ": Text(
            nb="Tabellene, øyeblikksbildet og nummeret er ikke fra samme år. Forbered året på nytt.",
            nn="Tabellane, augeblinksbiletet og nummeret er ikkje frå same år. Førebu året på nytt.",
            en="The tables, the snapshot and the number are not of one year. Prepare the year again.",
        ),
        "tables_differ": Text(
            nb="Tabellene er ikke de som årets definisjoner fastsetter. Forbered året på nytt.",
            nn="Tabellane er ikkje dei som definisjonane for året fastset. Førebu året på nytt.",
            en="The tables are not those that the year's definitions lay down. Prepare the year again.",
        ),
        "already_released": Text(
            nb="Utgave {number} er allerede gitt ut. En rettelse får neste nummer.",
            nn="Utgåve {number} er alt gjeven ut. Ei retting får neste nummer.",
            en="Edition {number} has been released. A correction takes the next number.",
        ),
        "another_waits": Text(
            nb="En annen utgave {number} venter på sitt tidspunkt. Trekk den tilbake først.",
            nn="Ei anna utgåve {number} ventar på tidspunktet sitt. Trekk henne tilbake først.",
            en="Another edition {number} is waiting for its hour. Withdraw it first.",
        ),
    }
)
"""The words for each named reason; the values of the refusal fill the places."""

_KINDS: Final[tuple[tuple[type[IntrostatError], Text], ...]] = (
    (
        CannotProtect,
        Text(
            nb="Tabellene lar seg ikke beskytte med denne regelen. Velg en annen regel, eller be den som har ansvar for reglene, se på saken.",
            nn="Tabellane lèt seg ikkje verne med denne regelen. Vel ein annan regel, eller be den som har ansvar for reglane, sjå på saka.",
            en="The tables cannot be protected by this policy. Choose another, or ask whoever is responsible for the policies.",
        ),
    ),
    (
        Damaged,
        Text(
            nb="Noe som er lagret, er ikke slik det ble skrevet. Ikke gå videre; be den som drifter systemet, hente det fra kopien.",
            nn="Noko som er lagra, er ikkje slik det vart skrive. Ikkje gå vidare; be den som driftar systemet, hente det frå kopien.",
            en="Something stored is not what was written. Do not go on; ask whoever runs the system to restore it from the copy.",
        ),
    ),
    (
        ReleaseRefused,
        Text(
            nb="Utgaven kan ikke gis ut ennå. Hva som står i veien, er skrevet i loggen.",
            nn="Utgåva kan ikkje gjevast ut enno. Kva som står i vegen, er skrive i loggen.",
            en="The edition cannot be released yet. The log says what stands in the way.",
        ),
    ),
    (
        NotFound,
        Text(
            nb="Det du ba om, finnes ikke. Last siden på nytt og prøv igjen.",
            nn="Det du bad om, finst ikkje. Last sida på nytt og prøv igjen.",
            en="What you asked for does not exist. Load the page again and try once more.",
        ),
    ),
    (
        IntrostatError,
        Text(
            nb="Dette kan ikke gjøres nå. Grunnen er skrevet i loggen.",
            nn="Dette kan ikkje gjerast no. Grunnen er skriven i loggen.",
            en="This cannot be done now. The reason is written in the log.",
        ),
    ),
)


def told(problem: IntrostatError, language: str | None) -> str:
    """A refusal as a person is told it; Bokmål where the language is none of ours."""
    spoken: Language = next((known for known in LANGUAGES if known == language), "nb")
    text = REASONS.get(problem.reason) or next(text for kind, text in _KINDS if isinstance(problem, kind))
    return text.fill(**problem.values).in_language(spoken)
