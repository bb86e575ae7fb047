"""What a municipality sends, and what it is told about it.

`Sending` is the bytes as they came. `collect.receive` turns it into a `Delivery`: typed records, the rows that were
not taken, and `Finding`s. The `Receipt` is the municipality's answer, the same for a file, an API call and a form.

Records are columnar. Every kind of delivery has one Arrow schema here; `line` is the row's line in the file as a
person would count it (the header is line 1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import pyarrow as pa

from introstat.vocabulary.forms import DeliveryKind as DeliveryKind
from introstat.vocabulary.texts import Text
from introstat.vocabulary.years import ReportingYear

OFFICE = "office"
"""The sender that is not a municipality: the directorate's own office."""


class Severity(StrEnum):
    """How much a finding weighs, from the one that stops everything to the one that only informs."""

    FATAL = "fatal"
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Audience(StrEnum):
    """Who may see a finding. What concerns another municipality is told to the office only."""

    SENDER = "sender"
    OFFICE = "office"


class DeliveryStatus(StrEnum):
    """What became of a delivery as a whole."""

    ACCEPTED = "accepted"
    PARTLY = "partly"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a check found. Names line and column, never a person's value.

    `rows` is more than one where a check failed on so many rows that the last ones are summed up in one finding.
    """

    check: str
    severity: Severity
    line: int | None
    column: str | None
    message: Text
    audience: Audience = Audience.SENDER
    rows: int = 1

    def __post_init__(self) -> None:
        if not (len(self.check) == 4 and self.check[0] in "RPD" and self.check[1:].isdigit()):
            raise ValueError(f"a check is R, P or D and three digits, not {self.check!r}")


@dataclass(frozen=True, slots=True)
class Sending:
    """Bytes on their way in: what came, from whom, when, for which year.

    `kind` is None when the header is to tell. `sender` is a municipality's four digits or `OFFICE`.
    """

    content: bytes
    filename: str
    year: ReportingYear
    kind: DeliveryKind | None
    sender: str
    received: datetime

    def __post_init__(self) -> None:
        if self.received.tzinfo is None:
            raise ValueError("the time of receipt needs a time zone")


_LINE = pa.field("line", pa.int64(), nullable=False)
_PERSON_ID = [pa.field("national_id", pa.string()), pa.field("duf_number", pa.string())]

PARTICIPANTS = pa.schema(
    [
        _LINE,
        pa.field("municipality", pa.string(), nullable=False),
        pa.field("district", pa.string()),
        pa.field("own_reference", pa.string()),
        pa.field("first_name", pa.string()),
        pa.field("last_name", pa.string()),
        *_PERSON_ID,
        pa.field("birth_date", pa.date32(), nullable=False),
        pa.field("sex", pa.string(), nullable=False),
        pa.field("citizenship", pa.string(), nullable=False),
        pa.field("law", pa.string(), nullable=False),
        pa.field("category", pa.string(), nullable=False),
        pa.field("decision_date", pa.date32(), nullable=False),
        pa.field("start_date", pa.date32(), nullable=False),
        pa.field("offer_date", pa.date32()),
        pa.field("settlement_date", pa.date32()),
        pa.field("planned_end_date", pa.date32()),
        pa.field("final_goal", pa.string()),
        pa.field("end_date", pa.date32()),
        pa.field("reason", pa.string()),
        pa.field("end_type", pa.string()),
        pa.field("upper_secondary", pa.bool_()),
        pa.field("address_protection", pa.string(), nullable=False),
        pa.field("research_reservation", pa.bool_(), nullable=False),
    ]
)
MEASURES = pa.schema(
    [
        _LINE,
        pa.field("municipality", pa.string(), nullable=False),
        *_PERSON_ID,
        pa.field("measure", pa.string(), nullable=False),
        pa.field("from_date", pa.date32(), nullable=False),
        pa.field("to_date", pa.date32()),
        pa.field("hours_per_week", pa.float64()),
    ]
)
EVENTS = pa.schema(
    [
        _LINE,
        pa.field("municipality", pa.string(), nullable=False),
        *_PERSON_ID,
        pa.field("event", pa.string(), nullable=False),
        pa.field("from_date", pa.date32(), nullable=False),
        pa.field("to_date", pa.date32()),
    ]
)
DIRECT_REPORTS = pa.schema(
    [
        _LINE,
        pa.field("municipality", pa.string()),
        pa.field("sex", pa.string(), nullable=False),
        pa.field("reason", pa.string()),
        pa.field("count", pa.int64(), nullable=False),
        pa.field("basis", pa.string(), nullable=False),
    ]
)
NIL_REPORTS = pa.schema(
    [
        _LINE,
        pa.field("municipality", pa.string(), nullable=False),
        pa.field("confirmed_by", pa.string(), nullable=False),
    ]
)
RECORD_SCHEMAS: Mapping[DeliveryKind, pa.Schema] = {
    DeliveryKind.PARTICIPANTS: PARTICIPANTS,
    DeliveryKind.MEASURES: MEASURES,
    DeliveryKind.EVENTS: EVENTS,
    DeliveryKind.DIRECT_REPORT: DIRECT_REPORTS,
    DeliveryKind.NIL_REPORT: NIL_REPORTS,
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery read and checked: what may be posted, what may not, and why.

    `records` has the schema of its kind (`RECORD_SCHEMAS`); `rejected` is `line` and the row's own text columns as
    they came, kept until mended. A delivery with a fatal finding has no records. `kind` is None when not even the
    header could be read. `rules_run` is how many checks were tried: zero is an error of the program.
    """

    sha256: str
    year: ReportingYear
    kind: DeliveryKind | None
    sender: str
    received: datetime
    filename: str
    rule_set: str
    rules_run: int
    rows_read: int
    records: pa.Table
    rejected: pa.Table
    findings: tuple[Finding, ...]

    def __post_init__(self) -> None:
        if self.rules_run < 1:
            raise ValueError("a delivery that no check has seen cannot be received")
        if self.kind is not None and not self.records.schema.equals(RECORD_SCHEMAS[self.kind]):
            raise ValueError(f"the records do not have the schema of {self.kind}")
        if self.is_fatal and self.records.num_rows:
            raise ValueError("a delivery with a fatal finding has no records")

    @property
    def is_fatal(self) -> bool:
        """Whether something stopped the whole file."""
        return any(finding.severity is Severity.FATAL for finding in self.findings)

    @property
    def status(self) -> DeliveryStatus:
        """Accepted, partly (some rows were not taken) or rejected (none was)."""
        if self.is_fatal or (self.rows_read and not self.records.num_rows):
            return DeliveryStatus.REJECTED
        return DeliveryStatus.PARTLY if self.rejected.num_rows else DeliveryStatus.ACCEPTED


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a delivery. Always given, also when nothing was taken.

    `new + changed + unchanged + rejected == read` unless the delivery was fatal. `id` is empty on a dry run.
    """

    id: str
    sha256: str
    year: ReportingYear
    kind: DeliveryKind | None
    sender: str
    received: datetime
    filename: str
    rule_set: str
    status: DeliveryStatus
    dry_run: bool
    read: int
    new: int
    changed: int
    unchanged: int
    rejected: int
    findings: tuple[Finding, ...]
    next_deadline: datetime | None
    seen_before: bool = False

    def for_audience(self, audience: Audience) -> tuple[Finding, ...]:
        """The findings this reader may see; the office sees all."""
        return (
            self.findings
            if audience is Audience.OFFICE
            else tuple(finding for finding in self.findings if finding.audience is Audience.SENDER)
        )
