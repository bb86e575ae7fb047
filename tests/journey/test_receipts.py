"""What the sender of a delivery is told that the register does by itself, in every form a receipt has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.made_deliveries import csv, duf_number, national_id, participant
from tests.made_office import Office

CLOSED = "D044"
RUNNING = {"sluttdato": "", "avslutningsarsak": "", "avslutningstype": ""}


def person(number: int, **changes: str) -> dict[str, str]:
    born = f"198{number}-05-01"
    ids = {"fodselsnummer": national_id(born), "fodselsdato": born, "dufnummer": duf_number(running=number)}
    return {**participant(**RUNNING), **ids, **changes}


SILENT = person(1, planlagt_sluttdato="2016-03-01")
SOON_SILENT = person(2, planlagt_sluttdato="2016-08-15")
ELSEWHERE = person(3, kommunenummer="1103", bydelsnummer="", planlagt_sluttdato="2016-03-01")


def deliver(office: Office, path: Path, *people: dict[str, str], sender: str, received: str, dry: bool = False) -> Any:
    path.write_bytes(csv(*people))
    words = ("receive", path, "--year", "2016", "--sender", sender, "--received", received, "--json")
    (receipt,) = json.loads(office.do(*words, *(["--dry-run"] if dry else [])))
    return receipt


def told(receipt: Any) -> list[str]:
    return [finding["message"]["nb"] for finding in receipt["findings"] if finding["check"] == CLOSED]


def test_the_sender_is_told_how_many_programmes_the_register_closes_and_nothing_about_others(
    office: Office, tmp_path: Path
) -> None:
    path = tmp_path / "people.csv"
    there = deliver(office, path, ELSEWHERE, sender="1103", received="2016-08-01T12:00")
    assert told(there) == []

    # Six months later a closing in 1103 is due as well; the answer to 0301 is about 0301.
    people = (SILENT, SOON_SILENT)
    dry = deliver(office, path, *people, sender="0301", received="2017-01-10T12:00", dry=True)
    receipt = deliver(office, path, *people, sender="0301", received="2017-01-10T12:00")
    (message,) = told(receipt)
    assert "0301: 1." in message
    assert told(dry) == [message]
    (finding,) = (finding for finding in receipt["findings"] if finding["check"] == CLOSED)
    assert (finding["severity"], set(finding["message"])) == ("info", {"nb", "nn", "en"})
    assert "1103" not in json.dumps(receipt)

    # The same file later: nothing in it has changed, and the time has come for the other one too.
    later = deliver(office, path, *people, sender="0301", received="2017-03-01T12:00")
    assert (later["rows"]["unchanged"], later["status"]) == (2, "accepted")
    assert "0301: 1." in told(later)[0]
    again = deliver(office, path, *people, sender="0301", received="2017-03-02T12:00")
    assert (told(again), again["seen_before"]) == ([], True)


def test_the_terminal_tells_it_in_the_language_asked_for(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(csv(SILENT))
    words = ("receive", path, "--year", "2016", "--sender", "0301", "--received", "2017-01-10T12:00", "--dry-run")
    for language, says in (("nb", "avslutter selv"), ("nn", "avsluttar sjølv"), ("en", "itself closes")):
        assert f"{CLOSED} info" in (shown := office.do(*words, "--language", language))
        assert says in shown
