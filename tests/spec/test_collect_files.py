"""Files as they come: what is read the same however it is written, and what is refused and how."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from datetime import date, datetime

import pytest
from tests.made_deliveries import (
    DIRECT,
    EVENT,
    MEASURE,
    NIL,
    PARTICIPANT,
    USUAL,
    WHEN,
    Record,
    bomb,
    csv,
    found,
    national_id,
    numbers,
    participant,
    person,
    received,
    rows,
    xlsx,
)

from introstat.vocabulary.deliveries import DeliveryKind, DeliveryStatus, Severity

PEOPLE = (PARTICIPANT, person(1, fornavn="Åse", etternavn="Ødegård"), person(2))
USUAL_FILE = received(csv(*PEOPLE))


def norwegian(record: Record) -> Record:
    """The same record with dates as they are written by hand."""
    return {
        name: f"{value[8:]}.{value[5:7]}.{value[:4]}" if len(value) == 10 and value[4] == "-" else value
        for name, value in record.items()
    }


SAME = {
    "comma": csv(*PEOPLE, delimiter=","),
    "tab": csv(*PEOPLE, delimiter="\t"),
    "utf-8 with a mark": csv(*PEOPLE, encoding="utf-8-sig"),
    "windows-1252": csv(*PEOPLE, encoding="cp1252"),
    "norwegian dates": csv(*map(norwegian, PEOPLE)),
    "upper case header": csv(*PEOPLE, header=[name.upper() for name in PARTICIPANT]),
    "another order": csv(*({name: record[name] for name in sorted(PARTICIPANT)} for record in PEOPLE)),
    "unix lines": csv(*PEOPLE).replace(b"\r\n", b"\n"),
    "old mac lines": csv(*PEOPLE).replace(b"\r\n", b"\r"),
    "no last line end": csv(*PEOPLE).rstrip(),
    "space around": csv(*({name: f"  {value} " for name, value in record.items()} for record in PEOPLE)),
    "all quoted": rows([list(PARTICIPANT), *(list(record.values()) for record in PEOPLE)], quoted=True),
    "empty cells at the end of every row": csv(*PEOPLE).replace(b"\r\n", b";;;\r\n"),
    "an empty row at the end": csv(*PEOPLE) + b";" * (len(PARTICIPANT) - 1) + b"\r\n\r\n",
}


@pytest.mark.parametrize("content", SAME.values(), ids=SAME)
def test_a_file_says_the_same_however_it_is_written(content: bytes) -> None:
    delivery = received(content)
    assert delivery.status is DeliveryStatus.ACCEPTED, found(delivery)
    assert delivery.records.equals(USUAL_FILE.records)


def test_lines_are_counted_as_a_person_counts_them() -> None:
    lines = csv(*PEOPLE, participant(kjonn="")).splitlines(keepends=True)
    content = b"".join([b"sep=;\r\n", lines[0], b"\r\n", *lines[1:3], b"\r\n", *lines[3:]])
    assert found(received(content)) == [("R001", 8, "kjonn")]


def test_a_line_break_inside_quotes_counts_as_a_line() -> None:
    content = csv(participant(egen_referanse="sak\n100"), participant(kjonn="X", startdato="2013-10-01"))
    assert ("R003", 4, "kjonn") in found(received(content))


def test_a_workbook_says_the_same_as_text() -> None:
    def cells(record: Record) -> dict[str, object]:
        return {
            name: date.fromisoformat(value) if "dato" in name and value else value for name, value in record.items()
        }

    delivery = received(xlsx(*map(cells, PEOPLE)), filename="Deltakere 2016.XLSX")
    assert delivery.records.equals(USUAL_FILE.records)


def test_only_the_first_sheet_is_read() -> None:
    others: dict[str, list[list[object]]] = {"Notater": [["noe annet", 12], ["=1+1"]]}
    delivery = received(xlsx(*PEOPLE, others=others), filename="deltakere.xlsx")
    assert delivery.records.equals(USUAL_FILE.records)


def test_a_zero_that_a_workbook_dropped_is_a_row_error_with_a_hint() -> None:
    lost = {**PARTICIPANT, "kommunenummer": 301, "fodselsnummer": int(PARTICIPANT["fodselsnummer"])}
    delivery = received(xlsx(person(1), lost), filename="deltakere.xlsx")
    assert delivery.status is DeliveryStatus.PARTLY
    assert {("R010", 3, "kommunenummer"), ("R021", 3, "fodselsnummer")} <= set(found(delivery))
    assert delivery.rejected.to_pylist()[0]["kommunenummer"] == "301"


@pytest.mark.parametrize(
    ("kind", "record"), list(USUAL.items()), ids=lambda value: value.value if isinstance(value, DeliveryKind) else ""
)
def test_the_header_tells_which_form_it_is(kind: DeliveryKind, record: Record) -> None:
    delivery = received(csv(record))
    assert delivery.kind is kind
    assert delivery.records.num_rows == 1


def test_a_header_of_another_form_than_was_said_lacks_columns() -> None:
    delivery = received(csv(MEASURE), kind=DeliveryKind.EVENTS)
    assert numbers(delivery) == {"D011"}
    assert "hendelse" in delivery.findings[0].message.nb


def test_a_direct_report_of_protected_people_needs_no_municipality_column() -> None:
    record = {name: value for name, value in DIRECT.items() if name != "kommunenummer"}
    delivery = received(csv({**record, "grunnlag": "adressebeskyttelse"}), represents=None)
    assert delivery.status is DeliveryStatus.ACCEPTED
    assert delivery.records["municipality"].to_pylist() == [None]


def test_empty_cells_with_a_default_hold_the_default() -> None:
    record = received(csv(PARTICIPANT)).records.to_pylist()[0]
    assert record["address_protection"] == "ugradert"
    assert record["research_reservation"] is False
    assert record["upper_secondary"] is None


def test_numbers_are_read_with_either_decimal_sign() -> None:
    delivery = received(csv(MEASURE, {**MEASURE, "fra": "2015-08-17", "til": "", "timer_uke": "30.25"}))
    assert delivery.records["hours_per_week"].to_pylist() == [18.5, 30.25]


def test_rejected_rows_are_kept_as_they_came_and_the_others_are_taken() -> None:
    bad = participant(startdato=" 31.02.2014 ", egen_referanse="a;b")
    delivery = received(csv(person(1), bad, person(2)))
    assert delivery.status is DeliveryStatus.PARTLY
    assert delivery.records["line"].to_pylist() == [2, 4]
    assert delivery.rejected.to_pylist() == [{"line": 3, **bad}]


def test_cells_beyond_the_header_are_kept_with_a_rejected_row() -> None:
    delivery = received(
        rows([list(NIL), ["0301", "Leder"], ["1601", "Leder", "", "og mer"], ["1103", "Leder"]]), represents=None
    )
    assert delivery.rejected.to_pylist() == [
        {"line": 3, "resten": "; og mer", "kommunenummer": "1601", "bekreftet_av": "Leder"}
    ]


def test_a_row_with_the_wrong_number_of_cells_is_told_that_and_nothing_else() -> None:
    short = list(person(2).values())[:-3]
    delivery = received(rows([list(PARTICIPANT), *(list(person(n).values()) for n in (3, 4, 5)), short]))
    assert [finding[:2] for finding in found(delivery) if finding[1] == 5] == [("R004", 5)]


def test_a_file_whose_rows_are_all_rejected_is_rejected() -> None:
    delivery = received(csv(participant(kjonn="X"), person(1, startdato="")))
    assert delivery.status is DeliveryStatus.REJECTED
    assert delivery.rejected.num_rows == 2
    assert not delivery.is_fatal


def test_warnings_do_not_stop_a_row() -> None:
    delivery = received(csv(participant(avslutningsarsak="")))
    assert delivery.status is DeliveryStatus.ACCEPTED
    assert found(delivery) == [("R040", 2, "avslutningsarsak")]


def test_the_gravest_comes_first_and_then_the_order_of_the_file() -> None:
    delivery = received(csv(participant(avslutningsarsak=""), person(1, sluttdato="2015-05-05"), person(2, kjonn="X")))
    severities = [finding.severity for finding in delivery.findings]
    assert severities == sorted(severities, key=list(Severity).index)
    assert found(delivery)[0] == ("R003", 4, "kjonn")


def test_a_municipality_that_is_gone_is_told_what_took_over() -> None:
    delivery = received(
        csv(person(1, kommunenummer="0719", sluttdato="", avslutningsarsak="", avslutningstype="")), represents=None
    )
    message = next(finding.message for finding in delivery.findings if finding.check == "R012")
    assert "0710 Sandefjord" in message.nb
    assert "0710 Sandefjord" in message.en


def test_a_duplicate_names_the_line_it_repeats() -> None:
    delivery = received(csv(person(1), PARTICIPANT, PARTICIPANT, participant(dufnummer="")))
    told = [finding for finding in delivery.findings if finding.check == "D030"]
    assert [(finding.line, "linje 3" in finding.message.nb) for finding in told] == [(4, True), (5, True)]
    assert delivery.records["line"].to_pylist() == [2, 3]


def test_a_row_that_repeats_one_that_was_not_taken_is_no_duplicate() -> None:
    delivery = received(csv(participant(kjonn="X"), PARTICIPANT))
    assert delivery.records["line"].to_pylist() == [3]


def test_thousands_of_the_same_are_summed_up() -> None:
    delivery = received(
        csv(*(person(number % 300, startdato="", egen_referanse=f"r{number}") for number in range(700)))
    )
    told = [finding for finding in delivery.findings if finding.check == "R001"]
    assert len(told) == 501
    assert sum(finding.rows for finding in told) == 700
    assert told[-1].line is None
    assert "200" in told[-1].message.nb


def test_nothing_of_a_refused_file_is_kept() -> None:
    delivery = received(csv(PARTICIPANT, person(1, kommunenummer="1601")))
    assert delivery.status is DeliveryStatus.REJECTED
    assert (delivery.records.num_rows, delivery.rejected.num_rows) == (0, 0)
    assert found(delivery) == [("D016", 3, "kommunenummer")]


def test_something_is_always_tried() -> None:
    assert received(b"").rules_run >= 1
    assert received(csv(PARTICIPANT)).rules_run > 60
    assert received(csv(PARTICIPANT)).rule_set.startswith("2016-1+")


def test_noise_is_refused_without_taking_room() -> None:
    noise = bytes(range(256)) * 800_000
    tracemalloc.start()
    delivery = received(noise)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert numbers(delivery) == {"D001"}
    assert peak < 10_000_000


@pytest.mark.parametrize(
    "noise",
    [bytes(range(256)) * 40_000, b"\xfe" * 10_000_000, b"kommunenummer;" * 700_000, b'"' * 10_000_000],
    ids=["every byte", "one letter", "a long header", "quotes"],
)
def test_noise_within_the_limit_is_refused_too(noise: bytes) -> None:
    delivery = received(noise)
    assert delivery.is_fatal
    assert delivery.rows_read == 0


def workbook_with(sheet: bytes, texts: bytes | None = None) -> bytes:
    """The usual workbook with other contents in its first sheet."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx(PARTICIPANT))) as plain,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in plain.namelist():
            body = plain.read(name)
            if name.endswith("sheet1.xml"):
                body = b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>"
                body += sheet + b"</sheetData></worksheet>"
            elif name.endswith("sharedStrings.xml") and texts is not None:
                body = b"<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>" + texts + b"</sst>"
            new.writestr(name, body)
    return content.getvalue()


def lying_about_its_size() -> bytes:
    """A bomb whose zip directory says that it is small."""
    content = bytearray(bomb(size=100_000_000))
    true = (100_000_000).to_bytes(4, "little")
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as packed:
        offset = packed.start_dir
    place = content.find(true, offset)
    if place >= 0:
        content[place : place + 4] = (1000).to_bytes(4, "little")
    return bytes(content)


FAR_CELL = b'<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is></c></row>'
BOMBS = {
    "sheer size": bomb(),
    "a directory that lies": lying_about_its_size(),
    "a cell in the last row": workbook_with(FAR_CELL + b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'),
    "a cell in the last column": workbook_with(b'<row r="1"><c r="XFD1"><v>1</v></c></row>'),
    "a far cell without a row": workbook_with(b'<row><c r = "B1048576"><v>1</v></c></row>'),
    "one long text": workbook_with(
        b'<row r="1"><c r="A1" t="s"><v>0</v></c></row>', b"<si><t>" + b"x" * 5000 + b"</t></si>"
    ),
    "long rich text": workbook_with(FAR_CELL, b"<si>" + b"<r><t>abc</t></r>" * 500 + b"</si>"),
    "a count of texts": workbook_with(FAR_CELL, b"</sst><sst uniqueCount='99999999999'><si><t>x</t></si>"),
    "a wide encoding": workbook_with('<row r="1048576"/>'.encode("utf-16")),
    "a text in very many cells": workbook_with(
        b"".join(b'<row r="%d">' % row + b'<c t="s"><v>0</v></c>' * 50 + b"</row>" for row in range(1, 8001)),
        b"<si><t>" + b"x" * 3900 + b"</t></si>",
    ),
}


@pytest.mark.parametrize("content", BOMBS.values(), ids=BOMBS)
def test_a_workbook_is_weighed_before_it_is_opened(content: bytes) -> None:
    delivery = received(content, filename="deltakere.xlsx")
    assert delivery.is_fatal
    assert numbers(delivery) <= {"D007", "D008"}


def test_entities_in_a_workbook_are_not_expanded() -> None:
    content = workbook_with(FAR_CELL, b'<!DOCTYPE sst [<!ENTITY a "aaaa">]><si><t>&a;</t></si>')
    assert numbers(received(content, filename="deltakere.xlsx")) == {"D007"}


def test_times_of_day_in_a_date_column_are_no_dates() -> None:
    record: dict[str, object] = {**PARTICIPANT, "startdato": datetime(2014, 9, 1, 12, 30)}  # noqa: DTZ001 — a cell has no zone
    assert ("R002", 2, "startdato") in found(received(xlsx(record), filename="deltakere.xlsx"))


def test_a_future_rule_for_national_ids_is_used_from_its_day_on() -> None:
    later = datetime.fromisoformat("2032-01-02T09:00:00+00:00")
    nine = national_id()[:9]
    endings = [f"{first}{second}" for first in range(10) for second in range(10)]
    content = csv(*(participant(fodselsnummer=nine + ending, dufnummer="") for ending in endings))
    now, then = (
        {line for check, line, _ in found(received(content, when=when)) if check == "R024"} for when in (WHEN, later)
    )
    assert then < now
    assert len(now) == 99
    assert len(now - then) == 3


def test_events_are_read() -> None:
    delivery = received(csv(EVENT))
    assert delivery.records.to_pylist()[0]["event"] == "permisjon"
