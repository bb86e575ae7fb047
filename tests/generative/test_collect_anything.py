"""Whatever is sent: any bytes give an answer, and the answer holds nothing of what was sent.

Beside noise the generators draw damaged versions of good files and tables of odd cells under good headers, since pure noise
never gets past the header. The last tests prove that they do get past it.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, Phase, assume, find, given, settings
from hypothesis import strategies as st
from tests.made_deliveries import (
    DEFINITIONS,
    PARTICIPANT,
    USUAL,
    WHEN,
    Record,
    csv,
    duf_number,
    national_id,
    participant,
    person,
    received,
    rows,
    xlsx,
)

from introstat.collect import check_record
from introstat.definitions.form import ColumnType
from introstat.vocabulary.deliveries import Delivery, DeliveryKind, DeliveryStatus, Severity

GOOD_TEXT = csv(PARTICIPANT, *(person(number) for number in range(5)))
GOOD_BOOK = xlsx(PARTICIPANT, *(person(number) for number in range(5)))
NAMES = st.sampled_from(["deltakere.csv", "deltakere.xlsx", "x.txt", "uten navn", "", "..\\x.CSV", "a/b.tsv", "x.xls"])
SEARCH = settings(max_examples=400, deadline=None, phases=[Phase.generate])
FEW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def check_whole(delivery: Delivery) -> None:
    """What holds for every delivery."""
    assert delivery.rules_run >= 1
    taken, rejected = delivery.records.num_rows, delivery.rejected.num_rows
    if delivery.is_fatal:
        assert (taken, rejected) == (0, 0)
        assert delivery.status is DeliveryStatus.REJECTED
        return
    assert taken + rejected == delivery.rows_read > 0
    lines = delivery.records["line"].to_pylist() + delivery.rejected["line"].to_pylist()
    assert len(set(lines)) == len(lines)
    errors = Counter[int | None]()
    for finding in delivery.findings:
        if finding.severity is Severity.ERROR:
            errors[finding.line] += finding.rows
    if None not in errors:
        assert errors.keys() == set(delivery.rejected["line"].to_pylist())


@given(content=st.binary(max_size=2000), filename=NAMES, kind=st.sampled_from([None, *DeliveryKind]))
@FEW
def test_any_bytes_at_all_give_a_delivery(content: bytes, filename: str, kind: DeliveryKind | None) -> None:
    check_whole(received(content, filename=filename, kind=kind))


@st.composite
def damaged(draw: st.DrawFn, good: bytes) -> bytes:
    """A good file with some bytes changed, left out or put in, or cut off."""
    content = bytearray(good)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, len(content) - 1))
        piece = draw(st.binary(max_size=6))
        content[place : place + draw(st.integers(0, 6))] = piece
    return bytes(content[: draw(st.integers(1, len(content)))] if draw(st.booleans()) else content)


@given(content=st.one_of(damaged(GOOD_TEXT), damaged(csv(PARTICIPANT, encoding="utf-16"))))
@FEW
def test_a_damaged_text_gives_a_delivery(content: bytes) -> None:
    check_whole(received(content))


@given(content=damaged(GOOD_BOOK))
@FEW
def test_a_damaged_workbook_gives_a_delivery(content: bytes) -> None:
    check_whole(received(content, filename="deltakere.xlsx"))


CUTS = st.sampled_from(
    [b"", b"<", b'"', b"99999999999", b"-1", b"1e400", b'r="A0"', b't="s"', b't="d"', b"</c>", b"<v>", b"\0"]
)


@st.composite
def damaged_parts(draw: st.DrawFn) -> bytes:
    """A workbook that is a sound zip file, with damage inside its parts."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD_BOOK)) as good, zipfile.ZipFile(content, "w") as packed:
        for name in good.namelist():
            body = bytearray(good.read(name))
            for _ in range(draw(st.integers(0, 2))):
                place = draw(st.integers(0, len(body)))
                body[place : place + draw(st.integers(0, 20))] = draw(CUTS)
            packed.writestr(name, bytes(body))
    return content.getvalue()


@given(content=damaged_parts())
@FEW
def test_a_workbook_with_damaged_parts_gives_a_delivery(content: bytes) -> None:
    check_whole(received(content, filename="deltakere.xlsx"))


ODD = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(
        ["K", "ja", "0301", "301", "9999", "2016-01-01", "31.12.2015", "2016-02-30", "arbeid", "=1", "12345678901"]
    ),
    st.dates(date(1890, 1, 1), date(2110, 1, 1)).map(date.isoformat),
    st.from_regex(r"[0-9]{1,14}", fullmatch=True),
)


@st.composite
def odd_records(draw: st.DrawFn, kind: DeliveryKind) -> list[Record]:
    """Records of a kind in which some cells are odd."""
    usual = USUAL[kind]
    records: list[Record] = []
    for number in range(draw(st.integers(1, 5))):
        base = person(number) if kind is DeliveryKind.PARTICIPANTS else usual
        records.append({**base, **draw(st.dictionaries(st.sampled_from(list(usual)), ODD, max_size=4))})
    return records


ANY_RECORDS = st.sampled_from(list(DeliveryKind)).flatmap(
    lambda kind: odd_records(kind).map(lambda found: (kind, found))
)


@given(drawn=ANY_RECORDS, delimiter=st.sampled_from(";,\t"), office=st.booleans())
@FEW
def test_odd_cells_give_a_delivery(drawn: tuple[DeliveryKind, list[Record]], delimiter: str, office: bool) -> None:
    _, records = drawn
    check_whole(received(csv(*records, delimiter=delimiter), represents=None if office else frozenset({"0301"})))


@given(drawn=ANY_RECORDS)
@FEW
def test_a_file_finds_in_its_rows_what_a_form_finds_in_each(drawn: tuple[DeliveryKind, list[Record]]) -> None:
    kind, records = drawn
    delivery = received(csv(*records), kind=kind, represents=None)
    assume(not delivery.is_fatal)
    alone = {
        (finding.check, line, finding.column, finding.message)
        for line, record in enumerate(records, start=2)
        for finding in check_record(
            record, kind=kind, definitions=DEFINITIONS, received=WHEN, earlier=None, represents=None
        )
    }
    # Rows that only hold spaces are no rows in a file.
    assume(delivery.rows_read == len(records))
    assume(all("\n" not in value and "\r" not in value for record in records for value in record.values()))
    together = {
        (finding.check, finding.line, finding.column, finding.message)
        for finding in delivery.findings
        if finding.check[0] == "R"
    }
    assert together == {finding for finding in alone if finding[0][0] == "R"}


SECRET = st.text(st.sampled_from("bcdfghjklmpqvwxz"), min_size=7, max_size=14)


@given(others=st.dictionaries(st.sampled_from(list(PARTICIPANT)), SECRET), secret=SECRET, number=st.integers(0, 99))
@FEW
def test_no_generated_value_stands_in_a_finding(others: dict[str, str], secret: str, number: int) -> None:
    secrets = {**others, "kjonn": secret}
    delivery = received(csv(participant(**secrets), person(number), person(number + 1), person(number + 2)))
    told = "".join(f"{f.column}{f.message.nb}{f.message.nn}{f.message.en}" for f in delivery.findings)
    assert delivery.findings
    assert not [value for value in secrets.values() if value in told]


DAYS = {"birth_date": (date(1962, 1, 1), date(1997, 1, 1)), "end_date": (date(2016, 1, 1), date(2016, 12, 31))}


@st.composite
def good_records(draw: st.DrawFn) -> list[Record]:
    """Participants nobody has anything to object to, with names in many letters and every optional column filled or not."""
    records: list[Record] = []
    for number in range(draw(st.integers(1, 4))):
        born = draw(st.dates(*DAYS["birth_date"]))
        names = st.text(st.sampled_from("abcæøåÆØÅéüß -"), max_size=8).map(str.strip)
        records.append(
            person(
                number,
                fornavn=draw(names),
                etternavn=draw(names),
                egen_referanse=draw(st.sampled_from(["", "sak 7", 'si "hei"', "a;b,c"])),
                fodselsdato=born.isoformat(),
                fodselsnummer=national_id(
                    born.isoformat(), individual=30 * number + 1, month=draw(st.sampled_from([65, 80]))
                ),
                dufnummer=draw(st.sampled_from(["", duf_number(running=77 + number)])),
                kjonn=draw(st.sampled_from("KM")),
                sluttdato=draw(st.dates(*DAYS["end_date"])).isoformat(),
                avslutningsarsak=draw(st.sampled_from(["", *DEFINITIONS.reasons.values()])),
                reservert_forskning=draw(st.sampled_from(["", "ja", "nei"])),
            )
        )
    return records


@given(
    records=good_records(),
    delimiter=st.sampled_from(";,\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252"]),
    by_hand=st.booleans(),
    quoted=st.booleans(),
    order=st.permutations(list(PARTICIPANT)),
)
@FEW
def test_the_same_people_come_out_however_they_were_written(
    records: list[Record], delimiter: str, encoding: str, by_hand: bool, quoted: bool, order: list[str]
) -> None:
    form = DEFINITIONS.form[DeliveryKind.PARTICIPANTS]
    dates = {column.name for column in form.columns if column.type is ColumnType.DATE}

    def written(name: str, value: str) -> str:
        return f"{value[8:]}.{value[5:7]}.{value[:4]}" if by_hand and name in dates and value else value

    lines = [order, *([written(name, record[name]) for name in order] for record in records)]
    delivery = received(rows(lines, delimiter=delimiter, encoding=encoding, quoted=quoted))
    assert delivery.status is DeliveryStatus.ACCEPTED
    assert delivery.records.equals(received(csv(*records)).records)
    for record, line in zip(records, delivery.records.to_pylist(), strict=True):
        assert line["first_name"] == (record["fornavn"] or None)
        assert line["own_reference"] == (record["egen_referanse"] or None)
        assert line["birth_date"].isoformat() == record["fodselsdato"]
        assert line["end_date"].isoformat() == record["sluttdato"]
        assert line["reason"] == (record["avslutningsarsak"] or None)
        assert line["research_reservation"] is (record["reservert_forskning"] == "ja")


@pytest.mark.parametrize("status", list(DeliveryStatus))
def test_the_generator_of_odd_cells_reaches_every_outcome(status: DeliveryStatus) -> None:
    find(
        odd_records(DeliveryKind.PARTICIPANTS),
        lambda records: received(csv(*records)).status is status,
        settings=SEARCH,
    )


def test_the_generator_of_odd_cells_reaches_many_checks() -> None:
    seen: set[str] = set()

    def gather(records: list[Record]) -> bool:
        seen.update(finding.check for finding in received(csv(*records)).findings)
        return len(seen) >= 25

    find(odd_records(DeliveryKind.PARTICIPANTS), gather, settings=SEARCH)
