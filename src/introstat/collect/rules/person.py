"""Whether a record fits what is known about the same person. P001–P099.

A record (`r`) is held against each programme (`e`) of the same person, found by national id or DUF number: those already
in the register, and those on earlier lines of the same file. Measures and events (`P012`, `P013`) are held against the
municipality's own registered programmes; there `e` is null where the municipality has none for the person. `same_programme` is true where `e` is the record's own
programme (municipality and start date) as it was before; `in_file` where `e` stands in the same file.

P001–P049 look at the record's own municipality and answer its sender. P051–P099 look at all the others and answer the
office alone, always and for every record, so that nothing in a receipt, a dry run or a response time tells a sender
where a person is registered. Nothing here refuses a row: two registrations that disagree are for people to settle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from introstat.collect.rules.check import PersonCheck, quoted
from introstat.vocabulary.deliveries import DeliveryKind, Severity
from introstat.vocabulary.texts import Text

if TYPE_CHECKING:
    from introstat.definitions.catalogue import Definitions

_OVERLAP: Final = (
    "r.start_date < coalesce(e.end_date, DATE '9999-12-31') AND e.start_date < coalesce(r.end_date, DATE '9999-12-31')"
)
_TWO_IDS: Final = "r.duf_number = e.duf_number AND r.national_id <> e.national_id"
_D_NUMBER_EACH: Final = "(r.national_id[1] >= '4') <> (e.national_id[1] >= '4')"
_FOLLOWING: Final = frozenset({DeliveryKind.MEASURES, DeliveryKind.EVENTS})


def _only_under_another_act(definitions: Definitions) -> str:
    events = " OR ".join(
        f"(r.event = {quoted(code.value)} AND e.law <> {quoted(code.law)})"
        for code in definitions.code_lists["events"].codes
        if code.law is not None
    )
    during = "r.from_date BETWEEN e.start_date AND coalesce(e.end_date, DATE '9999-12-31')"
    return f"({events or 'false'}) AND {during}"


PERSON_CHECKS: Final = (
    PersonCheck(
        "P001",
        "A person's programmes in a municipality do not overlap",
        Severity.WARNING,
        "a person is in one programme at a time",
        Text(
            nb="Personen har et annet program i kommunen i samme tidsrom. Da kan hun bli talt feil. "
            "Se om startdatoen er endret, eller avslutt det første programmet.",
            nn="Personen har eit anna program i kommunen i same tidsrom. Då kan ho bli talt feil. "
            "Sjå om startdatoen er endra, eller avslutt det første programmet.",
            en="The person has another programme in the municipality at the same time and may be counted wrongly. "
            "See whether the start date was changed, or end the first programme.",
        ),
        own=True,
        column="start_date",
        broken=f"NOT same_programme AND {_OVERLAP}",
    ),
    PersonCheck(
        "P002",
        "A person's sex is the same as before",
        Severity.WARNING,
        "sexes have been swapped between deliveries",
        Text(
            nb="Kjønnet er et annet enn kommunen har levert før for samme person. Tallene for kvinner og menn publiseres hver "
            "for seg. Rett det, eller bekreft at det er endret.",
            nn="Kjønnet er eit anna enn kommunen har levert før for same person. Tala for kvinner og menn blir publiserte "
            "kvar for seg. Rett det, eller stadfest at det er endra.",
            en="The sex is another than the municipality has delivered before for the same person. Women and men are "
            "published separately. Correct it, or confirm that it has changed.",
        ),
        own=True,
        column="sex",
        broken="r.sex <> e.sex",
    ),
    PersonCheck(
        "P003",
        "A person's birth date is the same as before",
        Severity.WARNING,
        "delivery format",
        Text(
            nb="Fødselsdatoen er en annen enn kommunen har levert før for samme person. Det kan være to personer, eller en "
            "skrivefeil. Rett den, eller bekreft at den er endret.",
            nn="Fødselsdatoen er ein annan enn kommunen har levert før for same person. Det kan vere to personar, eller ein "
            "skrivefeil. Rett han, eller stadfest at han er endra.",
            en="The birth date is another than the municipality has delivered before for the same person. These may be two "
            "people, or a typing error. Correct it, or confirm that it has changed.",
        ),
        own=True,
        column="birth_date",
        broken="r.birth_date <> e.birth_date",
    ),
    PersonCheck(
        "P004",
        "A D-number may be replaced by a national id",
        Severity.INFO,
        "Norwegian Tax Administration: a D-number is temporary",
        Text(
            nb="Personen hadde et annet nummer i en tidligere levering, og det ene er et D-nummer. DUF-nummeret er det samme, "
            "så de to regnes som én person. Er det riktig, trengs ingenting.",
            nn="Personen hadde eit anna nummer i ei tidlegare levering, og det eine er eit D-nummer. DUF-nummeret er det same, "
            "så dei to er rekna som éin person. Er det rett, trengst ingenting.",
            en="The person had another number in an earlier delivery, and one of the two is a D-number. The DUF number is the "
            "same, so they are taken for one person. If that is right, nothing is needed.",
        ),
        own=True,
        column="national_id",
        broken=f"{_TWO_IDS} AND {_D_NUMBER_EACH}",
    ),
    PersonCheck(
        "P005",
        "A DUF number belongs to one national id",
        Severity.WARNING,
        "Norwegian Directorate of Immigration, DUF numbers",
        Text(
            nb="Samme DUF-nummer er levert med et annet fødselsnummer. Det kan være to personer som blir slått sammen. "
            "Kontroller begge numrene, og bekreft hvis fødselsnummeret er byttet.",
            nn="Same DUF-nummer er levert med eit anna fødselsnummer. Det kan vere to personar som blir slått saman. "
            "Kontroller begge nummera, og stadfest om fødselsnummeret er bytt.",
            en="The same DUF number has been delivered with another national id. Two people may be taken for one. "
            "Check both numbers, and confirm if the national id was replaced.",
        ),
        own=True,
        column="duf_number",
        broken=f"{_TWO_IDS} AND NOT {_D_NUMBER_EACH}",
    ),
    PersonCheck(
        "P006",
        "A programme that has ended stays ended",
        Severity.WARNING,
        "delivery format; a correction is declared",
        Text(
            nb="Programmet er levert som avsluttet før, men nå er {column} tom. Da telles ikke avslutningen lenger. "
            "Fyll ut datoen, eller bekreft at programmet fortsatt varer.",
            nn="Programmet er levert som avslutta før, men no er {column} tom. Då blir ikkje avslutninga talt lenger. "
            "Fyll ut datoen, eller stadfest at programmet framleis varer.",
            en="The programme was delivered as ended before, but {column} is now empty, so the end no longer counts. "
            "Fill in the date, or confirm that the programme still runs.",
        ),
        own=True,
        column="end_date",
        broken="same_programme AND NOT in_file AND e.end_date IS NOT NULL AND NOT e.closed_by_register AND r.end_date IS NULL",
    ),
    PersonCheck(
        "P007",
        "An end stays in the year it was delivered for",
        Severity.WARNING,
        "a programme counts in the calendar year it ended",
        Text(
            nb="{column} er flyttet til et annet år enn i forrige levering. Personen telles da i et annet år, og publiserte "
            "tall kan endres. Rett datoen, eller bekreft den.",
            nn="{column} er flytt til eit anna år enn i førre levering. Personen blir då talt i eit anna år, og publiserte "
            "tal kan bli endra. Rett datoen, eller stadfest han.",
            en="{column} has moved to another year than in the last delivery. The person then counts in another year, and "
            "published figures may change. Correct the date, or confirm it.",
        ),
        own=True,
        column="end_date",
        broken="same_programme AND NOT in_file AND NOT e.closed_by_register AND year(r.end_date) <> year(e.end_date)",
    ),
    PersonCheck(
        "P008",
        "A reason stays as it was delivered",
        Severity.INFO,
        "IMDi: the reason is the main activity at the end",
        Text(
            nb="{column} er en annen enn i forrige levering. Den nye gjelder fra nå. "
            "Er det en retting, trengs ingenting.",
            nn="{column} er ei anna enn i førre levering. Den nye gjeld frå no. Er det ei retting, trengst ingenting.",
            en="{column} is another than in the last delivery. The new one applies from now on. "
            "If this is a correction, nothing is needed.",
        ),
        own=True,
        column="reason",
        broken="same_programme AND NOT in_file AND r.reason IS DISTINCT FROM e.reason AND e.reason IS NOT NULL",
    ),
    PersonCheck(
        "P009",
        "A person stays under the act she started under",
        Severity.WARNING,
        "Integration Act, transitional rules",
        Text(
            nb="{column} er en annen enn i forrige levering av samme program. En person følger loven hun fikk vedtak etter, "
            "til programmet er slutt. Rett loven, eller bekreft at den første var feil.",
            nn="{column} er ei anna enn i førre levering av same program. Ein person følgjer lova ho fekk vedtak etter, "
            "til programmet er slutt. Rett lova, eller stadfest at den første var feil.",
            en="{column} is another than in the last delivery of the same programme. A person stays under the act of her "
            "decision until the programme ends. Correct the act, or confirm that the first was wrong.",
        ),
        own=True,
        column="law",
        broken="same_programme AND r.law <> e.law",
    ),
    PersonCheck(
        "P010",
        "A programme that the register closed gets its real end",
        Severity.WARNING,
        "the register closes programmes by itself after long silence",
        Text(
            nb="Registeret avsluttet dette programmet av seg selv, og raden sier fortsatt ikke hvordan det endte. "
            "Personen telles som om hun ikke gikk til arbeid eller utdanning. Fyll ut {column} og årsak.",
            nn="Registeret avslutta dette programmet av seg sjølv, og rada seier framleis ikkje korleis det enda. "
            "Personen blir talt som om ho ikkje gjekk til arbeid eller utdanning. Fyll ut {column} og årsak.",
            en="The register closed this programme by itself, and the row still does not say how it ended. "
            "The person counts as not having gone to work or education. Fill in {column} and the reason.",
        ),
        own=True,
        column="end_date",
        broken="same_programme AND e.closed_by_register AND (r.end_date IS NULL OR r.reason IS NULL)",
    ),
    PersonCheck(
        "P011",
        "A person who ended in the year does not start again in it",
        Severity.INFO,
        "a person counts at most once in a municipality and a year; the last end counts",
        Text(
            nb="Personen avsluttet et program i kommunen og begynte på et nytt samme år. Bare den siste avslutningen i året "
            "telles. Er det en fortsettelse etter permisjon, skal den første avslutningen fjernes.",
            nn="Personen avslutta eit program i kommunen og byrja på eit nytt same år. Berre den siste avslutninga i året "
            "blir talt. Er det eit framhald etter permisjon, skal den første avslutninga fjernast.",
            en="The person ended a programme in the municipality and began another the same year. Only the last end of the "
            "year counts. If it continues after leave, the first end should be removed.",
        ),
        own=True,
        column="start_date",
        broken="NOT same_programme AND ((e.end_date <= r.start_date AND year(e.end_date) = year(r.start_date)) "
        "OR (r.end_date <= e.start_date AND year(r.end_date) = year(e.start_date)))",
    ),
    PersonCheck(
        "P012",
        "Measures and events belong to people the municipality has delivered",
        Severity.WARNING,
        "delivery format: participants are delivered first",
        Text(
            nb="Kommunen har ikke levert noe program for denne personen, så raden kan ikke knyttes til noe. "
            "Lever deltakeren først, eller se etter skrivefeil i nummeret.",
            nn="Kommunen har ikkje levert noko program for denne personen, så rada kan ikkje knytast til noko. "
            "Lever deltakaren først, eller sjå etter skrivefeil i nummeret.",
            en="The municipality has not delivered a programme for this person, so the row belongs to nothing. "
            "Deliver the participant first, or look for a typing error in the number.",
        ),
        own=True,
        column="national_id",
        broken="e.row IS NULL",
        kinds=_FOLLOWING,
    ),
    PersonCheck(
        "P013",
        "Events of the Integration Act are for people under it",
        Severity.WARNING,
        "IMDi: what only the Integration Act has must not be registered under the Introduction Act",
        Text(
            nb="{column} finnes bare under integreringsloven, men personens program den dagen er levert under "
            "introduksjonsloven. Fjern raden, eller rett loven i deltakerfilen.",
            nn="{column} finst berre under integreringslova, men programmet til personen den dagen er levert under "
            "introduksjonslova. Fjern rada, eller rett lova i deltakarfila.",
            en="{column} exists only under the Integration Act, but the person's programme that day was delivered under the "
            "Introduction Act. Remove the row, or correct the act in the participants file.",
        ),
        own=True,
        column="event",
        broken=_only_under_another_act,
        kinds=frozenset({DeliveryKind.EVENTS}),
    ),
    PersonCheck(
        "P051",
        "A person is in one municipality's programme at a time",
        Severity.WARNING,
        "a person is in one programme at a time",
        Text(
            nb="Personen er registrert i et program i en annen kommune i samme tidsrom. Avklar med begge kommunene hvem som "
            "har programmet; kommunene får ikke vite om hverandre gjennom registeret.",
            nn="Personen er registrert i eit program i ein annan kommune i same tidsrom. Avklar med begge kommunane kven som "
            "har programmet; kommunane får ikkje vite om kvarandre gjennom registeret.",
            en="The person is registered in another municipality's programme at the same time. Settle with both who has the "
            "programme; the register does not tell the municipalities about each other.",
        ),
        own=False,
        column="start_date",
        broken=_OVERLAP,
    ),
    PersonCheck(
        "P052",
        "A move that continues the programme is not an end",
        Severity.INFO,
        "counting unit: a move that continues is not an end",
        Text(
            nb="Personen har hatt program i en annen kommune før eller etter. Fortsatte programmet etter flytting, skal ikke "
            "fraflyttingen telles som avslutning. Avklar med kommunene.",
            nn="Personen har hatt program i ein annan kommune før eller etter. Heldt programmet fram etter flytting, skal "
            "ikkje fråflyttinga teljast som avslutning. Avklar med kommunane.",
            en="The person has been in another municipality's programme before or after. If the programme continued after a "
            "move, leaving is not to be counted as an end. Settle it with the municipalities.",
        ),
        own=False,
        column="start_date",
        broken=f"NOT ({_OVERLAP})",
    ),
    PersonCheck(
        "P053",
        "Municipalities agree on a person's sex and birth date",
        Severity.WARNING,
        "delivery format",
        Text(
            nb="En annen kommune har levert et annet kjønn eller en annen fødselsdato for samme person. "
            "Avklar hva som er riktig, så personen ikke telles ulikt.",
            nn="Ein annan kommune har levert eit anna kjønn eller ein annan fødselsdato for same person. "
            "Avklar kva som er rett, så personen ikkje blir talt ulikt.",
            en="Another municipality has delivered another sex or birth date for the same person. "
            "Settle which is right, so that the person is not counted differently.",
        ),
        own=False,
        column="birth_date",
        broken="r.sex <> e.sex OR r.birth_date <> e.birth_date",
    ),
    PersonCheck(
        "P054",
        "Municipalities agree on which numbers belong together",
        Severity.WARNING,
        "Norwegian Directorate of Immigration, DUF numbers",
        Text(
            nb="En annen kommune har levert samme DUF-nummer med et annet fødselsnummer. Det kan være to personer. "
            "Avklar med kommunene hvilke numre som hører sammen.",
            nn="Ein annan kommune har levert same DUF-nummer med eit anna fødselsnummer. Det kan vere to personar. "
            "Avklar med kommunane kva nummer som høyrer saman.",
            en="Another municipality has delivered the same DUF number with another national id. These may be two people. "
            "Settle with the municipalities which numbers belong together.",
        ),
        own=False,
        column="duf_number",
        broken=_TWO_IDS,
    ),
)
