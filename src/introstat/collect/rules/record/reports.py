"""Measures, events and direct reports. R060–R079."""

from __future__ import annotations

from typing import Final

from introstat.collect.rules.check import RecordCheck, where
from introstat.vocabulary.deliveries import DeliveryKind, Severity
from introstat.vocabulary.texts import Text

REPORTS: Final = (
    RecordCheck(
        "R060",
        "A measure or an event does not end before it begins",
        Severity.ERROR,
        "delivery format, measures and events",
        Text(
            nb="{column} er før fra-datoen. Da kan ikke varigheten regnes ut. "
            "Se etter ombyttede datoer eller feil årstall.",
            nn="{column} er før frå-datoen. Då kan ikkje lengda reknast ut. "
            "Sjå etter ombytte datoar eller feil årstal.",
            en="{column} is before the from date, so no duration can be computed. "
            "Look for swapped dates or a wrong year.",
        ),
        tests=where("to_date", "to_date < from_date"),
    ),
    RecordCheck(
        "R061",
        "A measure or an event has begun before it is delivered",
        Severity.WARNING,
        "delivery format, measures and events",
        Text(
            nb="{column} er etter dagen filen kom. Bare det som har begynt, regnes med. "
            "Rett datoen, eller bekreft at den er planlagt.",
            nn="{column} er etter dagen fila kom. Berre det som har byrja, er rekna med. "
            "Rett datoen, eller stadfest at han er planlagd.",
            en="{column} is after the day the file came. Only what has begun is counted. "
            "Correct the date, or confirm that it is planned.",
        ),
        tests=where("from_date", "from_date > received"),
    ),
    RecordCheck(
        "R062",
        "People with a protected address are reported without a municipality",
        Severity.ERROR,
        "delivery format, direct report",
        Text(
            nb="Raden gjelder personer med adressebeskyttelse, men {column} er fylt ut. Stedet kan røpe hvor de bor. "
            "Fjern kommunenummeret; de telles bare i landstallet.",
            nn="Rada gjeld personar med adressevern, men {column} er fylt ut. Staden kan røpe kvar dei bur. "
            "Fjern kommunenummeret; dei blir berre talde i landstalet.",
            en="The row is about people with a protected address, but {column} is filled. The place may reveal where they "
            "live. Remove the municipality; they count in the country only.",
        ),
        tests=where(
            "municipality",
            "basis = 'adressebeskyttelse' AND municipality IS NOT NULL",
            kinds=(DeliveryKind.DIRECT_REPORT,),
        ),
    ),
    RecordCheck(
        "R063",
        "Only the office reports people with a protected address",
        Severity.ERROR,
        "people with a protected address come by a separate channel",
        Text(
            nb="{column} er adressebeskyttelse, men avsenderen er en kommune. Leveringen selv ville røpe hvor personene bor. "
            "Ta kontakt med direktoratet, som registrerer dem.",
            nn="{column} er adressebeskyttelse, men avsendaren er ein kommune. Leveringa sjølv ville røpe kvar personane "
            "bur. Ta kontakt med direktoratet, som registrerer dei.",
            en="{column} says protected address, but the sender is a municipality. The delivery itself would reveal where the "
            "people live. Contact the directorate, which registers them.",
        ),
        tests=where("basis", "basis = 'adressebeskyttelse' AND NOT from_office", kinds=(DeliveryKind.DIRECT_REPORT,)),
    ),
    RecordCheck(
        "R064",
        "A direct report says why the programmes ended",
        Severity.WARNING,
        "IMDi: the reason is the main activity at the end",
        Text(
            nb="{column} er tom. Personene på raden telles da som om de ikke gikk til arbeid eller utdanning. "
            "Fyll ut årsaken hvis den er kjent.",
            nn="{column} er tom. Personane på rada blir då talde som om dei ikkje gjekk til arbeid eller utdanning. "
            "Fyll ut årsaka om ho er kjend.",
            en="{column} is empty. The people on the row then count as not having gone to work or education. "
            "Fill in the reason if it is known.",
        ),
        tests=where("reason", "reason IS NULL", kinds=(DeliveryKind.DIRECT_REPORT,)),
    ),
)
