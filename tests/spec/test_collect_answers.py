"""What is answered: receipts for the sender and for the office, and nothing in them that names a person."""

from __future__ import annotations

import csv as csv_reader
import io
from datetime import date, datetime
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import pytest
from tests.made_deliveries import PARTICIPANT, WHEN, csv, found, national_id, participant, person, received, register

from introstat.collect import CHECKS, receipt_csv, receipt_json
from introstat.collect.documentation import checks_page
from introstat.vocabulary.deliveries import Audience, Delivery, Receipt, Severity

DEADLINE = datetime.fromisoformat("2017-03-16T23:59:00+01:00")
ELSEWHERE: dict[str, Any] = {"municipality": "1601", "sex": "M"}


def receipt(delivery: Delivery, **change: Any) -> Receipt:
    """The receipt as the register would make it, everything taken being new."""
    usual: dict[str, Any] = {
        "id": "2016-000001",
        "sha256": delivery.sha256,
        "year": delivery.year,
        "kind": delivery.kind,
        "sender": delivery.sender,
        "received": delivery.received,
        "filename": delivery.filename,
        "rule_set": delivery.rule_set,
        "status": delivery.status,
        "dry_run": False,
        "read": delivery.rows_read,
        "new": delivery.records.num_rows,
        "changed": 0,
        "unchanged": 0,
        "rejected": delivery.rejected.num_rows,
        "findings": delivery.findings,
        "next_deadline": DEADLINE,
    }
    return Receipt(**{**usual, **change})


PARTLY = received(csv(PARTICIPANT, person(1, sluttdato="2010-01-01"), person(2)), earlier=register(ELSEWHERE))


def test_a_receipt_as_json_has_what_was_promised() -> None:
    answer = receipt_json(receipt(PARTLY), Audience.SENDER)
    assert answer["receipt"] == "2016-000001"
    assert answer["sha256"] == PARTLY.sha256
    assert (answer["year"], answer["kind"], answer["status"], answer["dry_run"]) == (2016, "deltakere", "partly", False)
    assert answer["rows"] == {"read": 3, "new": 2, "changed": 0, "unchanged": 0, "rejected": 1}
    assert answer["sender"] == "0301"
    assert answer["received"] == WHEN.isoformat()
    assert answer["rule_set"] == PARTLY.rule_set
    assert answer["next_deadline"] == DEADLINE.isoformat()
    (first, *_) = answer["findings"]
    assert (first["check"], first["severity"], first["line"], first["column"]) == ("R030", "error", 3, "sluttdato")
    assert set(first["message"]) == {"nb", "nn", "en"}
    assert answer["severities"]["error"] == 1


def test_what_concerns_another_municipality_is_in_the_offices_receipt_alone() -> None:
    seen = {finding["check"] for finding in receipt_json(receipt(PARTLY), Audience.OFFICE)["findings"]}
    sent = {finding["check"] for finding in receipt_json(receipt(PARTLY), Audience.SENDER)["findings"]}
    assert {"P051", "P053"} <= seen
    assert not any(check >= "P051" and check[0] == "P" for check in sent)


def test_a_sender_gets_the_same_answer_whether_or_not_a_person_is_registered_elsewhere() -> None:
    content = csv(PARTICIPANT, participant(startdato="2013-09-01", sluttdato="2014-06-01"), person(2, fornavn="Åse"))
    others: list[dict[str, Any]] = [
        {},
        {"end_date": None},
        {"sex": "M"},
        {"birth_date": date(1980, 1, 1)},
        {"national_id": national_id("1980-01-01")},
    ]
    alone = receipt(received(content, earlier=register()))
    for other in others:
        elsewhere = receipt(received(content, earlier=register({**other, "municipality": "1601"})))
        assert receipt_json(elsewhere, Audience.SENDER) == receipt_json(alone, Audience.SENDER)
        assert receipt_csv(elsewhere, Audience.SENDER) == receipt_csv(alone, Audience.SENDER)


@pytest.mark.slow
def test_the_answer_takes_no_longer_where_people_are_registered_elsewhere() -> None:
    people = [person(number) for number in range(200)]
    content = csv(*people)

    def known(municipality: str) -> Any:
        return register(
            *(
                {
                    "national_id": one["fodselsnummer"],
                    "duf_number": one["dufnummer"],
                    "municipality": municipality,
                    "person": place,
                }
                for place, one in enumerate(people)
            )
        )

    def strangers() -> Any:
        return register(
            *(
                {
                    "national_id": national_id(individual=1 + 2 * (place % 200)),
                    "duf_number": None,
                    "municipality": "1601",
                    "person": place,
                    "start_date": date(2010, 1, 1 + place % 28),
                }
                for place in range(200)
            )
        )

    def spent(earlier: Any) -> float:
        started = process_time()
        received(content, earlier=earlier)
        return process_time() - started

    registers = known("1601"), strangers()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(12):
        for register_, measured in zip(registers, times, strict=True):
            measured.append(spent(register_))
    elsewhere, nowhere = (median(sorted(measured)[:8]) for measured in times)
    assert elsewhere < 1.5 * nowhere + 0.01


def test_a_receipt_as_csv_is_a_table_with_a_line_for_each_finding() -> None:
    text = receipt_csv(receipt(PARTLY), Audience.OFFICE).decode("utf-8-sig")
    table = list(csv_reader.DictReader(io.StringIO(text), delimiter=";"))
    assert [row["kontroll"] for row in table] == [finding.check for finding in PARTLY.findings]
    assert table[0]["linje"] == "3"
    assert all(row["nb"] and row["nn"] and row["en"] for row in table)


def test_what_is_summed_up_is_counted_in_full() -> None:
    many = received(csv(*(person(number % 300, startdato="", egen_referanse=f"r{number}") for number in range(700))))
    answer = receipt_json(receipt(many), Audience.SENDER)
    assert answer["severities"]["error"] == 700
    assert answer["findings"][-1]["rows"] == 200 or any(finding.get("rows") == 200 for finding in answer["findings"])


def test_a_refused_file_gets_a_receipt_too() -> None:
    refused = received(b"\xff\xfeh\x00e\x00i\x00")
    answer = receipt_json(receipt(refused, id=""), Audience.SENDER)
    assert (answer["kind"], answer["status"]) == (None, "rejected")
    assert [finding["check"] for finding in answer["findings"]] == ["D004"]
    assert sum(answer["rows"].values()) == 0


def test_the_page_of_checks_is_true(root: Path) -> None:
    page = (root / "docs" / "checks.md").read_text(encoding="utf-8")
    assert page == checks_page(), "run python -m introstat.collect.documentation > docs/checks.md"
    assert all(f"### {check.number} {check.name}\n" in page for check in CHECKS)


def test_no_finding_holds_a_word_of_the_file() -> None:
    secrets = {
        "fornavn": "Hemmeligfornavn",
        "etternavn": "Hemmeligetternavn",
        "egen_referanse": "hemmeligreferanse",
        "fodselsnummer": "99999999999",
        "dufnummer": "888877776666",
        "fodselsdato": "1777-07-07",
        "kjonn": "hemmeligkjønn",
        "statsborgerskap": "HEM",
        "startdato": "2077-07-07",
        "sluttdato": "2066-06-06",
        "avslutningsarsak": "hemmeligårsak",
        "lov": "hemmeliglov",
        "bydelsnummer": "555555",
    }
    delivery = received(csv(participant(**secrets), person(2)))
    assert len(found(delivery)) > 6
    told = " ".join(f"{f.column} {f.message.nb} {f.message.nn} {f.message.en}" for f in delivery.findings)
    assert not [value for value in secrets.values() if value in told]
    assert {finding.severity for finding in delivery.findings} >= {Severity.ERROR}
