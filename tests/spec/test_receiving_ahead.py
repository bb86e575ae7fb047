"""Deliveries read in another process, ahead of the register, are received as those that are read in their turn."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest
from tests.processes import children

from introstat.cli.ahead import read_ahead
from introstat.collect import Reading, read, receive
from introstat.definitions.catalogue import definitions_for
from introstat.synthetic import write
from introstat.vocabulary.deliveries import OFFICE, Delivery, Sending
from introstat.vocabulary.years import ReportingYear

DEFINITIONS = definitions_for(2016)


@pytest.fixture(scope="module")
def sendings(tmp_path_factory: pytest.TempPathFactory) -> list[Sending]:
    """One file of each kind and format, one that is refused whole, and one with rows that are not taken."""
    folder: Path = tmp_path_factory.mktemp("invented") / "deliveries"
    write(2016, seed=0, persons=2_000, out=folder, definitions=DEFINITIONS)
    files = sorted(folder.glob("0*.*"))[:30]
    contents = {file.name: file.read_bytes() for file in files}
    contents["broken.csv"] = b"\xff\xfe nothing"
    table = next(content for name, content in contents.items() if name.endswith("deltakere.csv"))
    contents["twice.csv"] = table + table.splitlines(keepends=True)[-1]
    received = datetime(2017, 1, 15, tzinfo=UTC)
    return [Sending(content, name, ReportingYear(2016), None, OFFICE, received) for name, content in contents.items()]


def read_one(sending: Sending) -> Reading:
    return read(sending, definitions=DEFINITIONS, represents=None)


def received(sending: Sending, reading: Reading | None) -> tuple[object, ...]:
    made: Delivery = receive(sending, definitions=DEFINITIONS, earlier=None, represents=None, reading=reading)
    tables = (made.records.to_pylist(), made.records.schema, made.rejected.to_pylist())
    return (made.sha256, made.kind, made.rules_run, made.rows_read, made.findings, *tables)


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="on one core nothing is read ahead")
def test_read_ahead_or_in_their_turn_the_deliveries_are_the_same(sendings: list[Sending]) -> None:
    with read_ahead(sendings, read=read_one) as readings:
        ahead = list(islice(readings, len(sendings)))
    assert None not in ahead
    assert {type(reading.examined).__name__ for reading in ahead if reading} == {"Examined", "Refusal"}
    for sending, reading in zip(sendings, ahead, strict=True):
        assert received(sending, reading) == received(sending, None)


def test_where_the_other_process_fails_everything_is_still_received(sendings: list[Sending]) -> None:
    def fails_at_the_third(sending: Sending) -> Reading:
        if sending is sendings[2]:
            raise RuntimeError
        return read_one(sending)

    with read_ahead(sendings, read=fails_at_the_third) as readings:
        ahead = list(islice(readings, len(sendings)))
    assert ahead[2:] == [None] * (len(sendings) - 2)


def test_the_other_process_ends_when_nobody_wants_the_rest(sendings: list[Sending]) -> None:
    before = children()
    with read_ahead(sendings * 50, read=read_one) as readings:
        next(readings)
    assert children() == before


def test_what_was_read_of_other_bytes_is_not_used(sendings: list[Sending]) -> None:
    first, second = sendings[:2]
    assert received(first, read_one(second)) == received(first, None)
