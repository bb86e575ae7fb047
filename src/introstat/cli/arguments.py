"""From text on the command line to values, or a clear refusal with exit code 2."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from introstat.cli.screen import fail
from introstat.vocabulary.deliveries import DeliveryKind
from introstat.vocabulary.years import ReportingYear

OSLO: Final = ZoneInfo("Europe/Oslo")
LARGEST_FILE: Final = 1_000_000_000


def reporting_year(year: int) -> ReportingYear:
    """A year from the command line; leaves with code 2 for one that cannot be."""
    try:
        return ReportingYear(year)
    except ValueError as problem:
        fail(f"{year}: {problem}.", code=2)


def parse_time(text: str, *, option: str) -> datetime:
    """A time as ISO 8601 text; without a zone it is Norwegian time."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        fail(f"{option}: {text!r} is not a time. Write it like 2017-01-15T12:00 or 2017-01-15T12:00+01:00.", code=2)
    return (moment if moment.tzinfo else moment.replace(tzinfo=OSLO)).astimezone(UTC)


def parse_date(text: str, *, option: str) -> date:
    """A date as ISO 8601 text."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(f"{option}: {text!r} is not a date. Write it like 2018-07-05.", code=2)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that waits to be received: where it is, from whom it comes, as what kind, and when."""

    path: Path
    sender: str
    kind: DeliveryKind | None
    received: datetime


def waiting_in(path: Path, *, sender: str, kind: DeliveryKind | None, received: datetime) -> list[Waiting]:
    """The file itself, or the files a folder's deliveries.json lists, each with its own sender and time."""
    if path.is_file():
        if path.stat().st_size > LARGEST_FILE:
            fail(f"{path} has over {LARGEST_FILE // 10**6} MB; a delivery never has. Nothing was read.", code=1)
        return [Waiting(path, sender, kind, received)]
    listed = path / "deliveries.json"
    if not path.is_dir():
        fail(f"{path} is not there. Name a file, or a folder with a deliveries.json.", code=2)
    if not listed.is_file():
        fail(f"{path} has no deliveries.json to say who sent what and when. Name the files instead.", code=2)
    try:
        return [
            Waiting(
                path / entry["file"],
                entry["sender"],
                DeliveryKind(entry["kind"]) if entry.get("kind") else None,
                parse_time(entry["received"], option=str(listed)),
            )
            for entry in json.loads(listed.read_text("utf-8"))["deliveries"]
        ]
    except (ValueError, KeyError, TypeError) as problem:
        fail(f"{listed} cannot be read as a list of deliveries: {problem}.", code=2)
