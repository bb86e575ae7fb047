"""Whether a record keeps to the act it is under. R030–R059, with `programme`.

Two acts run side by side for years, and what each demands changes with time, so every limit here is a dated parameter or a
code with the day it is valid from. Against a limit (too old, too long) there are warnings only: a register that made such
limits a wall has kept real people out of it when the law changed. Fields and acts that did not exist are errors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from introstat.collect.rules.check import RecordCheck, Test, quoted
from introstat.collect.rules.record.cells import text_of
from introstat.vocabulary.deliveries import Severity
from introstat.vocabulary.texts import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from introstat.definitions.catalogue import Definitions
    from introstat.definitions.form import Form
    from introstat.definitions.parameters import ProgrammeLength


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


ACTS: Final = (
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
)
