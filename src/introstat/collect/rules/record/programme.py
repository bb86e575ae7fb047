"""Whether what a record says about a programme hangs together. R030–R059.

What cannot be (an end before the start) is an error, since the row would be counted wrongly. What is unusual or against a
rule that changes with the law (too old, too long) is a warning: a register that made such limits a wall has kept real
people out of it when the law changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from introstat.collect.rules.check import RecordCheck, Test, quoted, where
from introstat.collect.rules.record.cells import text_of
from introstat.vocabulary.deliveries import DeliveryKind, Severity
from introstat.vocabulary.texts import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from introstat.definitions.catalogue import Definitions
    from introstat.definitions.form import Form
    from introstat.definitions.parameters import ProgrammeLength

_PEOPLE: Final = (DeliveryKind.PARTICIPANTS,)


def _day(day: date) -> str:
    return f"DATE {quoted(day.isoformat())}"


def _held(definitions: Definitions, parameter: str, on: str, value: Callable[[Any], str]) -> str:
    """SQL for the value a dated parameter had on the day in the field `on`."""
    dated = definitions.parameter_book.by_id[parameter].series.values
    later = "".join(f"WHEN {on} >= {_day(step.start)} THEN {value(step.value)} " for step in reversed(dated[1:]))
    first = value(dated[0].value)
    return f"(CASE {later}ELSE {first} END)" if later else first


def _age(form: Form, definitions: Definitions) -> Iterator[Test]:
    for column in form.columns:
        if column.field == "birth_date":
            lowest = _held(definitions, "programme_age_lowest", "start_date", str)
            highest = _held(definitions, "programme_age_highest", "start_date", str)
            numbers = definitions.parameters(definitions.year.last_day)
            yield Test(
                column,
                f"birth_date <= start_date AND datesub('year', birth_date, start_date) NOT BETWEEN {lowest} AND {highest}",
                values=(("lowest", numbers.programme_age_lowest), ("highest", numbers.programme_age_highest)),
            )


def _months(limit: Callable[[ProgrammeLength], int]) -> Callable[[tuple[ProgrammeLength, ...]], str]:
    """SQL for a limit in months under the record's own act; null for an act that had none that day."""
    return lambda lengths: (
        "CASE law " + " ".join(f"WHEN {quoted(length.law)} THEN {limit(length)}" for length in lengths) + " END"
    )


def _too_long(form: Form, definitions: Definitions) -> Iterator[Test]:
    months = _held(definitions, "programme_lengths", "start_date", _months(lambda length: length.longest))
    for column in form.columns:
        if column.field == "end_date":
            yield Test(column, f"coalesce(end_date, received) > start_date + to_months({months})")


def _too_short(form: Form, definitions: Definitions) -> Iterator[Test]:
    months = _held(definitions, "programme_lengths", "start_date", _months(lambda length: length.shortest))
    for column in form.columns:
        if column.field == "end_date":
            yield Test(
                column,
                f"end_type = 'fullfort' AND end_date >= start_date AND end_date < start_date + to_months({months})",
            )


def _other_act(form: Form, definitions: Definitions) -> Iterator[Test]:
    del definitions
    for column in form.columns:
        if column.law is not None:
            yield Test(column, f"{text_of(column)} IS NOT NULL AND law <> {quoted(column.law)}")


def _act_not_yet(form: Form, definitions: Definitions) -> Iterator[Test]:
    for column in form.columns:
        if column.field == "law":
            for code in definitions.code_lists["law"].codes:
                if code.valid_from is not None:
                    yield Test(
                        column,
                        f"law = {quoted(code.value)} AND decision_date < {_day(code.valid_from)}",
                        values=(("first", f"{code.valid_from:%d.%m.%Y}"),),
                    )


def _act_replaced(form: Form, definitions: Definitions) -> Iterator[Test]:
    acts = sorted(code.valid_from for code in definitions.code_lists["law"].codes if code.valid_from is not None)
    for column in form.columns:
        if column.field == "law" and acts:
            older = " OR ".join(
                f"law = {quoted(code.value)}" for code in definitions.code_lists["law"].codes if code.valid_from is None
            )
            yield Test(
                column, f"({older}) AND decision_date >= {_day(acts[0])}", values=(("first", f"{acts[0]:%d.%m.%Y}"),)
            )


def _category(form: Form, definitions: Definitions) -> Iterator[Test]:
    for column in form.columns:
        if column.field == "category":
            for code in definitions.code_lists["category"].codes:
                if code.valid_from is not None:
                    yield Test(
                        column,
                        f"category = {quoted(code.value)} AND start_date < {_day(code.valid_from)}",
                        values=(("first", f"{code.valid_from:%d.%m.%Y}"),),
                    )


def _earlier_year(form: Form, definitions: Definitions) -> Iterator[Test]:
    for column in form.columns:
        if column.field == "end_date":
            yield Test(
                column,
                f"end_date >= start_date AND end_date < {_day(definitions.year.first_day)}",
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
        "R034",
        "Fields of one act are empty for people under another",
        Severity.ERROR,
        "IMDi: what only the Integration Act has must not be registered under the Introduction Act",
        Text(
            nb="{column} finnes bare under integreringsloven og skal ikke registreres for personer under introduksjonsloven. "
            "La feltet stå tomt, eller rett loven.",
            nn="{column} finst berre under integreringslova og skal ikkje registrerast for personar under "
            "introduksjonslova. La feltet stå tomt, eller rett lova.",
            en="{column} exists only under the Integration Act and must not be registered for people under the Introduction "
            "Act. Leave it empty, or correct the act.",
        ),
        tests=_other_act,
    ),
    RecordCheck(
        "R035",
        "The act was in force when the decision was made",
        Severity.ERROR,
        "Integration Act, in force from 1 January 2021",
        Text(
            nb="Loven i {column} gjaldt først fra {first}, etter vedtaksdatoen. En person følger loven hun fikk vedtak "
            "etter. Rett loven eller vedtaksdatoen.",
            nn="Lova i {column} galdt først frå {first}, etter vedtaksdatoen. Ein person følgjer lova ho fekk vedtak "
            "etter. Rett lova eller vedtaksdatoen.",
            en="The act in {column} was in force from {first} only, after the decision. A person stays under the act of her "
            "decision. Correct the act or the date of decision.",
        ),
        tests=_act_not_yet,
    ),
    RecordCheck(
        "R036",
        "A decision is made under the act in force",
        Severity.WARNING,
        "Integration Act, transitional rules",
        Text(
            nb="Vedtaket er gjort {first} eller senere, da loven i {column} var avløst. Loven avgjør hvilke felt som skal "
            "fylles ut. Rett loven, eller bekreft at personen fortsetter under den gamle.",
            nn="Vedtaket er gjort {first} eller seinare, då lova i {column} var avløyst. Lova avgjer kva felt som skal "
            "fyllast ut. Rett lova, eller stadfest at personen held fram under den gamle.",
            en="The decision was made on {first} or later, when the act in {column} had been replaced. The act decides which "
            "fields to fill in. Correct the act, or confirm that the person stays under the old one.",
        ),
        tests=_act_replaced,
    ),
    RecordCheck(
        "R037",
        "A category existed when the programme started",
        Severity.WARNING,
        "Integration Act chapter 6A",
        Text(
            nb="Kategorien i {column} finnes først fra {first}, etter startdatoen. Kategorien skiller grupper i tallene. "
            "Rett kategorien eller datoen, eller bekreft at den er riktig.",
            nn="Kategorien i {column} finst først frå {first}, etter startdatoen. Kategorien skil grupper i tala. "
            "Rett kategorien eller datoen, eller stadfest at han er rett.",
            en="The category in {column} exists from {first} only, after the start date. It separates groups in the figures. "
            "Correct the category or the date, or confirm that it is right.",
        ),
        tests=_category,
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
        "R047",
        "A participant is of the age the programme is for",
        Severity.WARNING,
        "Introduction Act § 2; Integration Act §§ 8 and 9",
        Text(
            nb="{column} gjør personen yngre enn {lowest} eller eldre enn {highest} år ved start. Programmet er for dem "
            "imellom, så datoen kan være feil. Rett den, eller bekreft at den er riktig.",
            nn="{column} gjer personen yngre enn {lowest} eller eldre enn {highest} år ved start. Programmet er for dei "
            "imellom, så datoen kan vere feil. Rett han, eller stadfest at han er rett.",
            en="{column} makes the person younger than {lowest} or older than {highest} at the start. The programme is for "
            "those between, so the date may be wrong. Correct it, or confirm that it is right.",
        ),
        tests=_age,
    ),
    RecordCheck(
        "R048",
        "A programme is no longer than the act allows",
        Severity.WARNING,
        "Introduction Act § 5; Integration Act § 13",
        Text(
            nb="Programmet har vart lenger enn loven åpner for, også med forlengelse, eller {column} mangler. "
            "Den som ikke avsluttes, telles i feil år. Rett datoene, eller bekreft at de er riktige.",
            nn="Programmet har vart lenger enn lova opnar for, òg med forlenging, eller {column} manglar. "
            "Den som ikkje blir avslutta, blir talt i feil år. Rett datoane, eller stadfest at dei er rette.",
            en="The programme has lasted longer than the act allows, extensions included, or {column} is missing. "
            "Someone who is not ended counts in the wrong year. Correct the dates, or confirm that they are right.",
        ),
        tests=_too_long,
    ),
    RecordCheck(
        "R049",
        "A completed programme lasted as long as the act demands",
        Severity.WARNING,
        "Integration Act § 13",
        Text(
            nb="Programmet er levert som fullført, men varte kortere enn loven krever. Kanskje ble det avbrutt, eller "
            "{column} er feil. Rett raden, eller bekreft at den er riktig.",
            nn="Programmet er levert som fullført, men varte kortare enn lova krev. Kanskje vart det avbrote, eller "
            "{column} er feil. Rett rada, eller stadfest at ho er rett.",
            en="The programme is delivered as completed but was shorter than the act demands. Perhaps it was broken off, or "
            "{column} is wrong. Correct the row, or confirm that it is right.",
        ),
        tests=_too_short,
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
