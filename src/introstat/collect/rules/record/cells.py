"""Whether each cell can be read as what its column says it is. R001–R009.

These come first in a receipt: a value that cannot be read is not looked at by the checks on what it means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from introstat.collect.rules.check import RecordCheck, Test, Tests, each, listed, of_type, quoted
from introstat.definitions.form import ColumnType
from introstat.vocabulary.deliveries import Severity
from introstat.vocabulary.texts import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from introstat.definitions.catalogue import Definitions
    from introstat.definitions.form import Column, Form

TYPED: Final = (ColumnType.DATE, ColumnType.INTEGER, ColumnType.DECIMAL, ColumnType.YES_NO)
"""Types whose value is another than its text; the text is then in `{field}_text`."""


def text_of(column: Column) -> str:
    """The SQL name of a column's text as it came, without space around it; null where the cell is empty."""
    return f"{column.field}_text" if column.type in TYPED else column.field


def _required(form: Form, definitions: Definitions) -> Iterator[Test]:
    del definitions
    excused = {rule.column: rule for rule in form.empty_when}
    for name in form.required:
        column = form.column(name)
        broken = f"{text_of(column)} IS NULL"
        if name in excused:
            other = form.column(excused[name].other)
            broken += f" AND coalesce({text_of(other)}, '') <> {quoted(excused[name].value)}"
        yield Test(column, broken)


def _permitted(form: Form, definitions: Definitions) -> Iterator[Test]:
    for column in form.columns:
        if column.type in (ColumnType.CHOICE, ColumnType.YES_NO) and column.codes is not None:
            values = (
                definitions.reasons.values()
                if column.codes == "reasons"
                else definitions.code_lists[column.codes].values
            )
            broken = f"{text_of(column)} NOT IN {listed(values)}"
            yield Test(column, broken, values=(("permitted", ", ".join(values)),))


def _in_force(form: Form, definitions: Definitions) -> Iterator[Test]:
    """Values of measures and events that may first be used from some day."""
    for column in form.columns:
        if column.codes in ("measures", "events"):
            for code in definitions.code_lists[column.codes].codes:
                if code.valid_from is not None:
                    first = quoted(code.valid_from.isoformat())
                    yield Test(
                        column,
                        f"{column.field} = {quoted(code.value)} AND from_date < DATE {first}",
                        values=(("first", f"{code.valid_from:%d.%m.%Y}"),),
                    )


def _too_long(form: Form, definitions: Definitions) -> Iterator[Test]:
    del definitions
    for column in form.columns:
        if column.longest is not None:
            yield Test(column, f"length({column.field}) > {column.longest}", values=(("longest", column.longest),))


def _numbers(kind: ColumnType) -> Tests:
    def tests(form: Form, definitions: Definitions) -> Iterator[Test]:
        del definitions
        for column in form.columns:
            if column.type is kind:
                outside = f"{text_of(column)} IS NOT NULL AND ({column.field} IS NULL"
                outside += "" if column.lowest is None else f" OR {column.field} < {column.lowest}"
                outside += "" if column.highest is None else f" OR {column.field} > {column.highest}"
                values = (("lowest", column.lowest), ("highest", column.highest))
                yield Test(column, outside + ")", values=values)

    return tests


CELLS: Final = (
    RecordCheck(
        "R001",
        "A column that must be filled is filled",
        Severity.ERROR,
        "delivery format, required columns",
        Text(
            nb="Kolonnen {column} er tom. Uten den kan ikke raden telles. Fyll den ut og send raden på nytt.",
            nn="Kolonnen {column} er tom. Utan han kan ikkje rada teljast. Fyll han ut og send rada på nytt.",
            en="The column {column} is empty. Without it the row cannot be counted. Fill it in and send the row again.",
        ),
        tests=_required,
    ),
    RecordCheck(
        "R002",
        "A date is a date",
        Severity.ERROR,
        "delivery format, dates",
        Text(
            nb="{column} er ikke en dato som finnes. Datoene avgjør hvilket år personen telles i. "
            "Skriv 2016-03-31 eller 31.03.2016; i Excel: gi kolonnen datoformat.",
            nn="{column} er ikkje ein dato som finst. Datoane avgjer kva år personen blir talt i. "
            "Skriv 2016-03-31 eller 31.03.2016; i Excel: gi kolonnen datoformat.",
            en="{column} is not a date that exists. The dates decide which year the person counts in. "
            "Write 2016-03-31 or 31.03.2016; in Excel, give the column a date format.",
        ),
        tests=each(of_type(ColumnType.DATE), "{field}_text IS NOT NULL AND {field} IS NULL"),
    ),
    RecordCheck(
        "R003",
        "A value is one of those the column may hold",
        Severity.ERROR,
        "delivery format, permitted values",
        Text(
            nb="{column} har en verdi som ikke finnes i listen, og kan derfor ikke telles. "
            "Bruk en av disse, skrevet nøyaktig slik: {permitted}.",
            nn="{column} har ein verdi som ikkje finst i lista, og kan difor ikkje teljast. "
            "Bruk ein av desse, skriven nøyaktig slik: {permitted}.",
            en="{column} has a value that is not in the list, so it cannot be counted. "
            "Use one of these, written exactly so: {permitted}.",
        ),
        tests=_permitted,
    ),
    RecordCheck(
        "R004",
        "A row has as many cells as the header",
        Severity.ERROR,
        "delivery format, header row",
        Text(
            nb="Raden har flere eller færre celler enn overskriften, så verdiene kan stå i feil kolonne. "
            "Se etter skilletegn inne i en tekst; sett i så fall teksten i anførselstegn.",
            nn="Rada har fleire eller færre celler enn overskrifta, så verdiane kan stå i feil kolonne. "
            "Sjå etter skiljeteikn inne i ein tekst; set i så fall teksten i hermeteikn.",
            en="The row has more or fewer cells than the header, so values may be in the wrong column. "
            "Look for a separator inside a text, and put that text in quotation marks.",
        ),
        tests=lambda form, _: (Test(form.columns[0], "cells <> header_cells"),),
    ),
    RecordCheck(
        "R005",
        "A text is not longer than the column holds",
        Severity.ERROR,
        "delivery format, texts",
        Text(
            nb="{column} er lengre enn {longest} tegn. Så lange tekster er som regel limt inn ved en feil. "
            "Kort den ned, eller la den stå tom.",
            nn="{column} er lengre enn {longest} teikn. Så lange tekstar er som regel limte inn ved ein feil. "
            "Kort han ned, eller la han stå tom.",
            en="{column} is longer than {longest} characters. Texts this long are usually pasted by mistake. "
            "Shorten it or leave it empty.",
        ),
        tests=_too_long,
    ),
    RecordCheck(
        "R006",
        "A number of people is a whole number within reason",
        Severity.ERROR,
        "delivery format, direct report",
        Text(
            nb="{column} er ikke et helt tall fra {lowest} til {highest}. Tallet går rett inn i statistikken. "
            "Skriv antallet med sifre, og utelat rader der ingen avsluttet.",
            nn="{column} er ikkje eit heilt tal frå {lowest} til {highest}. Talet går rett inn i statistikken. "
            "Skriv talet med siffer, og utelat rader der ingen avslutta.",
            en="{column} is not a whole number from {lowest} to {highest}. It goes straight into the statistic. "
            "Write the number in digits, and leave out rows where nobody ended.",
        ),
        tests=_numbers(ColumnType.INTEGER),
    ),
    RecordCheck(
        "R007",
        "Hours a week is a number within reason",
        Severity.ERROR,
        "delivery format, measures",
        Text(
            nb="{column} er ikke et tall fra {lowest} til {highest}. Timene viser om tilbudet er på full tid. "
            "Skriv for eksempel 30 eller 22,5.",
            nn="{column} er ikkje eit tal frå {lowest} til {highest}. Timane viser om tilbodet er på full tid. "
            "Skriv til dømes 30 eller 22,5.",
            en="{column} is not a number from {lowest} to {highest}. The hours show whether the programme is full time. "
            "Write for example 30 or 22.5.",
        ),
        tests=_numbers(ColumnType.DECIMAL),
    ),
    RecordCheck(
        "R008",
        "A measure or an event is one that existed on the day",
        Severity.ERROR,
        "Integration Act, from 2021; must not be registered for people under the Introduction Act",
        Text(
            nb="{column} er noe som først finnes fra {first}, og skal ikke registreres før det. "
            "Rett datoen, eller velg det som gjaldt den dagen.",
            nn="{column} er noko som først finst frå {first}, og skal ikkje registrerast før det. "
            "Rett datoen, eller vel det som galdt den dagen.",
            en="{column} is something that exists from {first} only and must not be registered before that. "
            "Correct the date, or choose what applied that day.",
        ),
        tests=_in_force,
    ),
)
