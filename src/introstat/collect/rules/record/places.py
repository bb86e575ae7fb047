"""Whether the municipality and the district are places, that day. R010–R019.

A municipality's number is held against the day the programme ended, or the day of delivery while it runs; in reports of
numbers it is held against the last day of the reporting year.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from introstat.collect.rules.check import RecordCheck, Test, Tests, where
from introstat.vocabulary.deliveries import Severity
from introstat.vocabulary.texts import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from introstat.definitions.catalogue import Definitions
    from introstat.definitions.form import Form

OSLO: Final = "0301"


def _no_longer(field: str) -> Tests:
    def tests(form: Form, definitions: Definitions) -> Iterator[Test]:
        del definitions
        for column in form.columns:
            if column.field == field:
                yield Test(column, f"{field}_state = 'ended'", told=f"{field}_successors")

    return tests


PLACES: Final = (
    RecordCheck(
        "R010",
        "A municipality number has kept its leading zero",
        Severity.ERROR,
        "Statistics Norway, Klass 131: codes are text",
        Text(
            nb="{column} har tre sifre; nullen foran er trolig falt bort i et regneark. Uten den peker nummeret på feil "
            "sted. Gi kolonnen tekstformat og skriv alle fire sifrene.",
            nn="{column} har tre siffer; nullen framfor er truleg fallen bort i eit rekneark. Utan han peikar nummeret på "
            "feil stad. Gi kolonnen tekstformat og skriv alle fire siffera.",
            en="{column} has three digits; a spreadsheet has probably dropped the leading zero. Without it the number means "
            "another place. Format the column as text and write all four digits.",
        ),
        tests=where("municipality", "regexp_full_match(municipality, '[0-9]{3}')"),
    ),
    RecordCheck(
        "R011",
        "A municipality number is that of a municipality",
        Severity.ERROR,
        "Statistics Norway, Klass 131",
        Text(
            nb="{column} er ikke nummeret til noen kommune, så raden kan ikke telles noe sted. "
            "Skriv kommunens fire sifre.",
            nn="{column} er ikkje nummeret til nokon kommune, så rada kan ikkje teljast nokon stad. "
            "Skriv dei fire siffera til kommunen.",
            en="{column} is not the number of any municipality, so the row cannot be counted anywhere. "
            "Write the municipality's four digits.",
        ),
        tests=where(
            "municipality", "municipality_state = 'unknown' AND NOT regexp_full_match(municipality, '[0-9]{3}')"
        ),
    ),
    RecordCheck(
        "R012",
        "A municipality still existed on the day",
        Severity.ERROR,
        "Statistics Norway, Klass 131, changes",
        Text(
            nb="Kommunen i {column} fantes ikke lenger den dagen raden gjelder. Den ble en del av {told}. "
            "Bruk nummeret som gjaldt den dagen programmet tok slutt, eller det som gjelder nå hvis det fortsatt varer.",
            nn="Kommunen i {column} fanst ikkje lenger den dagen rada gjeld. Han vart ein del av {told}. "
            "Bruk nummeret som galdt den dagen programmet tok slutt, eller det som gjeld no om det framleis varer.",
            en="The municipality in {column} no longer existed on the day the row is about. It became part of {told}. "
            "Use the number in force the day the programme ended, or today's if it still runs.",
        ),
        tests=_no_longer("municipality"),
    ),
    RecordCheck(
        "R013",
        "A municipality existed already on the day",
        Severity.ERROR,
        "Statistics Norway, Klass 131",
        Text(
            nb="Kommunenummeret i {column} gjaldt ennå ikke den dagen raden gjelder. Programmet telles der det tok slutt. "
            "Bruk nummeret som gjaldt den dagen.",
            nn="Kommunenummeret i {column} galdt enno ikkje den dagen rada gjeld. Programmet blir talt der det tok slutt. "
            "Bruk nummeret som galdt den dagen.",
            en="The municipality number in {column} was not yet in force on the day the row is about. A programme counts "
            "where it ended. Use the number in force that day.",
        ),
        tests=where("municipality", "municipality_state = 'not_yet'"),
    ),
    RecordCheck(
        "R014",
        "Only Oslo has districts",
        Severity.ERROR,
        "delivery format; Statistics Norway, Klass 103",
        Text(
            nb="{column} er fylt ut, men kommunen er ikke Oslo. Feltet brukes bare der, så verdien hører trolig til en annen "
            "rad. La feltet stå tomt, eller rett kommunenummeret.",
            nn="{column} er fylt ut, men kommunen er ikkje Oslo. Feltet blir berre brukt der, så verdien høyrer truleg til "
            "ei anna rad. La feltet stå tomt, eller rett kommunenummeret.",
            en="{column} is filled, but the municipality is not Oslo. Only Oslo uses it, so the value probably belongs to "
            "another row. Leave it empty, or correct the municipality number.",
        ),
        tests=where("district", f"district IS NOT NULL AND municipality <> '{OSLO}'"),
    ),
    RecordCheck(
        "R015",
        "A district is one of Oslo's, on the day",
        Severity.ERROR,
        "Statistics Norway, Klass 103",
        Text(
            nb="{column} er ikke nummeret til en bydel i Oslo den dagen. Bydelens tall ville blitt feil. "
            "Skriv alle seks sifrene, med null foran, for eksempel 030101.",
            nn="{column} er ikkje nummeret til ein bydel i Oslo den dagen. Tala for bydelen ville vorte feil. "
            "Skriv alle seks siffera, med null framfor, til dømes 030101.",
            en="{column} is not the number of a district of Oslo that day. The district's figures would be wrong. "
            "Write all six digits with the leading zero, such as 030101.",
        ),
        tests=where("district", f"district_state <> 'valid' AND municipality = '{OSLO}'"),
    ),
)
