"""Small files for tests of collecting: rows from a few words, written as a municipality might, and received.

received(csv(participant(startdato="2014-09-01"), participant(lov="")), earlier=book.histories())
"""

from __future__ import annotations

import csv as csv_writer
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import xlsxwriter

from introstat.collect import receive
from introstat.definitions.catalogue import definitions_for
from introstat.vocabulary.deliveries import Delivery, DeliveryKind, Sending
from introstat.vocabulary.histories import PROGRAMMES, REGISTERED_MEASURES, REPORTED_EXITS, REPORTING, Histories
from introstat.vocabulary.years import ReportingYear

YEAR = ReportingYear(2016)
DEFINITIONS = definitions_for(YEAR.value)
WHEN = datetime(2017, 1, 12, 9, tzinfo=UTC)

Record = Mapping[str, str]


def national_id(born: str = "1985-05-01", *, individual: int = 1, month: int = 80, day: int = 0) -> str:
    """A synthetic national id that passes its check digits: the first from `individual` on that has any."""
    birth = date.fromisoformat(born)
    offset = 500 if birth.year >= 2000 else 0
    for number in range(individual, 500):
        digits = [
            int(c) for c in f"{birth.day + day:02}{birth.month + month:02}{birth.year % 100:02}{number + offset:03}"
        ]
        first = -sum(w * d for w, d in zip((3, 7, 6, 1, 8, 9, 4, 5, 2), digits, strict=True)) % 11
        second = -sum(w * d for w, d in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2), [*digits, first], strict=True)) % 11
        if 10 not in (first, second):
            return "".join(map(str, [*digits, first, second]))
    raise ValueError("no number is left that day")


def duf_number(year: int = 2014, running: int = 1) -> str:
    """A DUF number that passes its check digits."""
    digits = f"{year}{running:06}"
    check = sum(w * int(d) for w, d in zip((4, 6, 3, 2, 4, 6, 3, 2, 7, 5), digits, strict=True)) % 11
    return f"{digits}{check:02}"


PARTICIPANT: Record = {
    "kommunenummer": "0301",
    "bydelsnummer": "",
    "egen_referanse": "sak-100",
    "fornavn": "",
    "etternavn": "",
    "fodselsnummer": national_id(),
    "dufnummer": duf_number(),
    "fodselsdato": "1985-05-01",
    "kjonn": "K",
    "statsborgerskap": "SYR",
    "lov": "introduksjonsloven",
    "kategori": "rett_og_plikt",
    "vedtaksdato": "2014-08-15",
    "startdato": "2014-09-01",
    "tilbudsdato": "2014-08-01",
    "bosettingsdato": "2014-07-01",
    "planlagt_sluttdato": "2016-09-01",
    "sluttmal": "",
    "sluttdato": "2016-08-31",
    "avslutningsarsak": "arbeid",
    "avslutningstype": "fullfort",
    "fullfort_videregaende": "",
    "adressebeskyttelse": "",
    "reservert_forskning": "",
}
MEASURE: Record = {
    "kommunenummer": "0301",
    "fodselsnummer": national_id(),
    "dufnummer": duf_number(),
    "tiltak": "norskopplaring",
    "fra": "2015-01-05",
    "til": "2015-06-19",
    "timer_uke": "18,5",
}
EVENT: Record = {
    "kommunenummer": "0301",
    "fodselsnummer": national_id(),
    "dufnummer": duf_number(),
    "hendelse": "permisjon",
    "fra": "2015-01-05",
    "til": "2015-02-01",
}
DIRECT: Record = {
    "kommunenummer": "0301",
    "kjonn": "K",
    "avslutningsarsak": "arbeid",
    "antall": "3",
    "grunnlag": "mangler_i_registeret",
}
NIL: Record = {"kommunenummer": "0301", "bekreftet_av": "Enhetsleder"}
USUAL: Mapping[DeliveryKind, Record] = {
    DeliveryKind.PARTICIPANTS: PARTICIPANT,
    DeliveryKind.MEASURES: MEASURE,
    DeliveryKind.EVENTS: EVENT,
    DeliveryKind.DIRECT_REPORT: DIRECT,
    DeliveryKind.NIL_REPORT: NIL,
}
"""A record of each kind that no check has anything to say about."""


def participant(**change: str) -> Record:
    """The usual participant, but for what is said."""
    return {**PARTICIPANT, **change}


def person(number: int, **change: str) -> Record:
    """One of many different participants."""
    born = date(1970 + number % 25, 1 + number % 12, 1 + number % 28)
    return participant(
        **{
            "fodselsnummer": national_id(born.isoformat(), individual=10 * (number // 300) + 1),
            "dufnummer": duf_number(running=1000 + number),
            "fodselsdato": born.isoformat(),
            "startdato": f"2014-{1 + number % 8:02}-0{1 + number % 9}",
            "vedtaksdato": "2013-12-01",
            "tilbudsdato": "2013-12-01",
            "bosettingsdato": "2013-11-01",
            "statsborgerskap": ("SYR", "ERI", "SOM", "AFG")[number % 4],
            "kjonn": "KM"[number % 2],
            **change,
        }
    )


def csv(*records: Record, delimiter: str = ";", encoding: str = "utf-8", header: Sequence[str] | None = None) -> bytes:
    """The records as a CSV file, with the columns of the first one."""
    columns = list(records[0])
    return rows(
        [list(header or columns), *([record.get(name, "") for name in columns] for record in records)],
        delimiter=delimiter,
        encoding=encoding,
    )


def rows(
    lines: Iterable[Sequence[str]], *, delimiter: str = ";", encoding: str = "utf-8", quoted: bool = False
) -> bytes:
    """Any rows as a CSV file."""
    text = io.StringIO(newline="")
    writer = csv_writer.writer(
        text,
        delimiter=delimiter,
        lineterminator="\r\n",
        quoting=csv_writer.QUOTE_ALL if quoted else csv_writer.QUOTE_MINIMAL,
    )
    writer.writerows(lines)
    return text.getvalue().encode(encoding)


def xlsx(*records: Mapping[str, object], others: Mapping[str, Sequence[Sequence[object]]] | None = None) -> bytes:
    """The records as the first sheet of a workbook; dates and numbers as such where they are not text."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        days = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet = book.add_worksheet("Deltakere")
        sheet.write_row(0, 0, list(records[0]))
        for line, record in enumerate(records, start=1):
            for place, value in enumerate(record.values()):
                if isinstance(value, date):
                    sheet.write_datetime(line, place, value, days)
                elif isinstance(value, str) and not value.startswith("="):
                    sheet.write_string(line, place, value)
                else:
                    sheet.write(line, place, value)
        for name, cells in (others or {}).items():
            sheet = book.add_worksheet(name)
            for line, values in enumerate(cells):
                sheet.write_row(line, 0, values)
    return content.getvalue()


def received(
    content: bytes,
    *,
    filename: str = "deltakere.csv",
    kind: DeliveryKind | None = None,
    represents: frozenset[str] | None = frozenset({"0301"}),
    earlier: Histories | None = None,
    when: datetime = WHEN,
) -> Delivery:
    """What becomes of some bytes."""
    sender = "office" if represents is None else min(represents)
    sending = Sending(content=content, filename=filename, year=YEAR, kind=kind, sender=sender, received=when)
    return receive(sending, definitions=DEFINITIONS, earlier=earlier, represents=represents)


def bomb(*, size: int = 500_000_000) -> bytes:
    """A small workbook whose sheet unpacks to hundreds of megabytes."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx(PARTICIPANT))) as plain,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
    ):
        for name in plain.namelist():
            if not name.endswith("sheet1.xml"):
                packed.writestr(name, plain.read(name))
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(size // 1_000_000):
                sheet.write(b" " * 1_000_000)
    return content.getvalue()


USUAL_PROGRAMME: Mapping[str, Any] = {
    "person": 1,
    "national_id": PARTICIPANT["fodselsnummer"],
    "duf_number": PARTICIPANT["dufnummer"],
    "municipality": "0301",
    "birth_date": date(1985, 5, 1),
    "sex": "K",
    "citizenship": "SYR",
    "law": "introduksjonsloven",
    "category": "rett_og_plikt",
    "decision_date": date(2014, 8, 15),
    "start_date": date(2014, 9, 1),
    "end_date": date(2016, 8, 31),
    "reason": "arbeid",
    "end_type": "fullfort",
    "address_protection": "ugradert",
    "research_reservation": False,
    "closed_by_register": False,
    "synthetic": True,
    "recorded": datetime(2017, 1, 9, 8, tzinfo=UTC),
}
"""The usual participant as the register has her after an earlier delivery."""


def register(*programmes: Mapping[str, Any], reporting: Iterable[Mapping[str, Any]] = ()) -> Histories:
    """What was known before: each programme says what differs from the usual one."""
    reported = {"municipality": "0301", "year": YEAR.value, "people": 0, "direct": 0, "nil": False, "declared": None}
    return Histories(
        as_of=WHEN,
        programmes=pa.Table.from_pylist([{**USUAL_PROGRAMME, **change} for change in programmes], schema=PROGRAMMES),
        measures=REGISTERED_MEASURES.empty_table(),
        reported=REPORTED_EXITS.empty_table(),
        reporting=pa.Table.from_pylist([{**reported, **change} for change in reporting], schema=REPORTING),
        received=0,
        valid=0,
        ledger_head="",
    )


def found(delivery: Delivery) -> list[tuple[str, int | None, str | None]]:
    """Check, line and column of every finding, in their order."""
    return [(finding.check, finding.line, finding.column) for finding in delivery.findings]


def numbers(delivery: Delivery) -> set[str]:
    """The checks that found something."""
    return {finding.check for finding in delivery.findings}
