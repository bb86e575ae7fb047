"""Whether what a record says about a programme hangs together. R030–R059, with `acts`.

What cannot be (an end before the start) is an error, since the row would be counted wrongly. What is only unusual is a
warning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from introstat.collect.rules.check import RecordCheck, Test, quoted, where
from introstat.vocabulary.deliveries import DeliveryKind, Severity
from introstat.vocabulary.texts import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from introstat.definitions.catalogue import Definitions
    from introstat.definitions.form import Form

_PEOPLE: Final = (DeliveryKind.PARTICIPANTS,)


def _earlier_year(form: Form, definitions: Definitions) -> Iterator[Test]:
    for column in form.columns:
        if column.field == "end_date":
            yield Test(
                column,
                f"end_date >= start_date AND end_date < DATE {quoted(definitions.year.first_day.isoformat())}",
                values=(("year", definitions.year.value),),
            )


PROGRAMME: Final = (
    RecordCheck(
        "R030",
        "A programme does not end before it starts",
        Severity.ERROR,
        "delivery format; the end decides the year a person counts in",
        Text(
            nb="{column} er før startdatoen. Da kan ikke raden telles i riktig år. "
            "Se etter ombyttede datoer eller feil årstall.",
            nn="{column} er før startdatoen. Då kan ikkje rada teljast i rett år. "
            "Sjå etter ombytte datoar eller feil årstal.",
            en="{column} is before the start date, so the row cannot be counted in the right year. "
            "Look for swapped dates or a wrong year.",
        ),
        tests=where("end_date", "end_date < start_date"),
    ),
    RecordCheck(
        "R031",
        "A programme has ended before it is delivered as ended",
        Severity.ERROR,
        "delivery format: empty while the programme runs",
        Text(
            nb="{column} er etter dagen filen kom. Bare det som har skjedd telles, og planer endrer seg. "
            "La feltet stå tomt så lenge programmet varer; bruk planlagt_sluttdato for planen.",
            nn="{column} er etter dagen fila kom. Berre det som har hendt blir talt, og planar endrar seg. "
            "La feltet stå tomt så lenge programmet varer; bruk planlagt_sluttdato for planen.",
            en="{column} is after the day the file came. Only what has happened counts, and plans change. "
            "Leave it empty while the programme runs; the plan goes in planlagt_sluttdato.",
        ),
        tests=where("end_date", "end_date > received"),
    ),
    RecordCheck(
        "R032",
        "A person was born before the programme started",
        Severity.ERROR,
        "delivery format",
        Text(
            nb="{column} er ikke før startdatoen. En av datoene er feil, og alderen kan ikke regnes ut. "
            "Se etter ombyttede kolonner eller feil århundre.",
            nn="{column} er ikkje før startdatoen. Ein av datoane er feil, og alderen kan ikkje reknast ut. "
            "Sjå etter ombytte kolonnar eller feil hundreår.",
            en="{column} is not before the start date. One of the dates is wrong, and no age can be computed. "
            "Look for swapped columns or a wrong century.",
        ),
        tests=where("birth_date", "birth_date >= start_date"),
    ),
    RecordCheck(
        "R033",
        "A running programme has no reason for ending",
        Severity.ERROR,
        "delivery format: the reason belongs to an end",
        Text(
            nb="{column} er fylt ut, men sluttdato er tom. Uten dato telles ikke avslutningen. "
            "Skriv sluttdato hvis programmet er slutt, eller fjern årsaken.",
            nn="{column} er fylt ut, men sluttdato er tom. Utan dato blir ikkje avslutninga talt. "
            "Skriv sluttdato om programmet er slutt, eller fjern årsaka.",
            en="{column} is filled, but sluttdato is empty. Without the date the end is not counted. "
            "Give sluttdato if the programme has ended, or remove the reason.",
        ),
        tests=where("reason", "reason IS NOT NULL AND end_date_text IS NULL", kinds=_PEOPLE),
    ),
    RecordCheck(
        "R040",
        "An ended programme has a reason",
        Severity.WARNING,
        "IMDi: the reason is the main activity at the end",
        Text(
            nb="Programmet er avsluttet, men {column} er tom. Personen telles da som om hun ikke gikk til arbeid eller "
            "utdanning. Fyll ut årsaken; er du i tvil, avgjør den individuelle planen.",
            nn="Programmet er avslutta, men {column} er tom. Personen blir då talt som om ho ikkje gjekk til arbeid eller "
            "utdanning. Fyll ut årsaka; er du i tvil, avgjer den individuelle planen.",
            en="The programme has ended, but {column} is empty. The person then counts as not having gone to work or "
            "education. Fill in the reason; in doubt, the individual plan decides.",
        ),
        tests=where("reason", "end_date IS NOT NULL AND reason IS NULL", kinds=_PEOPLE),
    ),
    RecordCheck(
        "R041",
        "A running programme has no type of end",
        Severity.WARNING,
        "delivery format",
        Text(
            nb="{column} er fylt ut, men sluttdato er tom, så programmet regnes som om det varer. "
            "Skriv sluttdato, eller fjern avslutningstypen. En midlertidig stans er en hendelse, ikke en avslutning.",
            nn="{column} er fylt ut, men sluttdato er tom, så programmet blir rekna som om det varer. "
            "Skriv sluttdato, eller fjern avslutningstypen. Ein mellombels stans er ei hending, ikkje ei avslutning.",
            en="{column} is filled, but sluttdato is empty, so the programme counts as running. "
            "Give sluttdato, or remove the type of end. A temporary stop is an event, not an end.",
        ),
        tests=where("end_type", "end_type IS NOT NULL AND end_date_text IS NULL"),
    ),
    RecordCheck(
        "R042",
        "A programme starts after the decision",
        Severity.WARNING,
        "Introduction Act § 21; Integration Act",
        Text(
            nb="{column} er før vedtaksdatoen. Ventetiden fra vedtak til start blir da gal. "
            "Rett datoene, eller bekreft at programmet begynte før vedtaket.",
            nn="{column} er før vedtaksdatoen. Ventetida frå vedtak til start blir då gal. "
            "Rett datoane, eller stadfest at programmet byrja før vedtaket.",
            en="{column} is before the date of decision. The waiting time from decision to start will be wrong. "
            "Correct the dates, or confirm that the programme began before the decision.",
        ),
        tests=where("start_date", "start_date < decision_date"),
    ),
    RecordCheck(
        "R043",
        "A programme has started before it is delivered",
        Severity.WARNING,
        "delivery format",
        Text(
            nb="{column} er etter dagen filen kom. En person som ennå ikke har begynt, er ikke deltaker. "
            "Rett datoen, eller vent med raden til programmet har begynt.",
            nn="{column} er etter dagen fila kom. Ein person som enno ikkje har byrja, er ikkje deltakar. "
            "Rett datoen, eller vent med rada til programmet har byrja.",
            en="{column} is after the day the file came. Someone who has not begun is not yet a participant. "
            "Correct the date, or leave the row out until the programme has begun.",
        ),
        tests=where("start_date", "start_date > received"),
    ),
    RecordCheck(
        "R044",
        "A programme is planned to end after it starts",
        Severity.WARNING,
        "delivery format",
        Text(
            nb="{column} er før startdatoen. Planen brukes til å varsle deg før registeret avslutter noen av seg selv. "
            "Rett datoen, eller la den stå tom.",
            nn="{column} er før startdatoen. Planen blir brukt til å varsle deg før registeret avsluttar nokon av seg "
            "sjølv. Rett datoen, eller la han stå tom.",
            en="{column} is before the start date. The plan is used to warn you before the register closes anyone by itself. "
            "Correct the date, or leave it empty.",
        ),
        tests=where("planned_end_date", "planned_end_date < start_date"),
    ),
    RecordCheck(
        "R045",
        "An offer comes before the start",
        Severity.WARNING,
        "Introduction Act § 3: an offer within three months",
        Text(
            nb="{column} er etter startdatoen. Fristen for å tilby program måles fra bosetting til tilbud. "
            "Rett datoen, eller la den stå tom.",
            nn="{column} er etter startdatoen. Fristen for å tilby program blir målt frå busetjing til tilbod. "
            "Rett datoen, eller la han stå tom.",
            en="{column} is after the start date. The deadline for offering a programme runs from settlement to offer. "
            "Correct the date, or leave it empty.",
        ),
        tests=where("offer_date", "offer_date > start_date"),
    ),
    RecordCheck(
        "R046",
        "A person is settled before the start",
        Severity.INFO,
        "Introduction Act § 2",
        Text(
            nb="{column} er etter startdatoen. Det kan være riktig for den som begynte i mottak. "
            "Rett datoen hvis den er feil; ellers trengs ingenting.",
            nn="{column} er etter startdatoen. Det kan vere rett for den som byrja i mottak. "
            "Rett datoen om han er feil; elles trengst ingenting.",
            en="{column} is after the start date. That may be right for someone who began in a reception centre. "
            "Correct the date if it is wrong; otherwise nothing is needed.",
        ),
        tests=where("settlement_date", "settlement_date > start_date"),
    ),
    RecordCheck(
        "R050",
        "An end lies in the reporting year or later",
        Severity.INFO,
        "a programme counts in the calendar year it ended",
        Text(
            nb="{column} er før {year}. Personen telles i året programmet tok slutt, ikke i {year}. "
            "Er det riktig, trengs ingenting; har du skrevet feil år, rett datoen.",
            nn="{column} er før {year}. Personen blir talt i året programmet tok slutt, ikkje i {year}. "
            "Er det rett, trengst ingenting; har du skrive feil år, rett datoen.",
            en="{column} is before {year}. The person counts in the year the programme ended, not in {year}. "
            "If that is right, nothing is needed; if the year is mistyped, correct the date.",
        ),
        tests=_earlier_year,
    ),
    RecordCheck(
        "R051",
        "People with a protected address are sent without names",
        Severity.WARNING,
        "Population Register Act § 10-4",
        Text(
            nb="Adressen er fortrolig, og {column} er fylt ut. Navnet trengs ikke for statistikken. "
            "La navnet stå tomt neste gang; bruk egen_referanse for å finne igjen saken.",
            nn="Adressa er fortruleg, og {column} er fylt ut. Namnet trengst ikkje for statistikken. "
            "La namnet stå tomt neste gong; bruk egen_referanse for å finne att saka.",
            en="The address is confidential, and {column} is filled. The statistic does not need the name. "
            "Leave the name empty next time; use egen_referanse to find the case again.",
        ),
        tests=where(
            "last_name", "address_protection = 'fortrolig' AND (first_name IS NOT NULL OR last_name IS NOT NULL)"
        ),
    ),
)
