"""Why programmes end: the published reasons, the groups they add up to, and what a delivered value counts as.

Primary school is a published reason of its own and not education; a missing reason is reason ``8`` and stays among all
who ended. Both choices move the result by several per cent, so they are data with a reference, in ``reasons.toml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from introstat.definitions.dated import Dated, Series
from introstat.definitions.reading import BadDefinition, Table
from introstat.vocabulary.texts import Text

ALL = "0"
GOAL = "A"
OTHER = "B"
NOT_REGISTERED = "8"


class Outcome(StrEnum):
    """What a delivered reason counts as. Who is left out is not in the statistic at all."""

    WORK = "work"
    EDUCATION = "education"
    OTHER = "other"
    LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class Reason:
    """A code of the variable Grunn. ``leaves`` are the codes it adds up; a leaf's own code alone."""

    code: str
    label: Text
    definition: Text
    leaves: tuple[str, ...]
    reference: str

    @property
    def is_leaf(self) -> bool:
        """Whether people are counted under this very code and not under others that it adds up."""
        return self.leaves == (self.code,)


@dataclass(frozen=True, slots=True)
class DeliveredReason:
    """A value of ``avslutningsarsak`` in a delivery (the empty text: not registered)."""

    value: str
    published: str
    label: Text
    counts: Series[Outcome]
    reference: str


@dataclass(frozen=True, slots=True)
class Reasons:
    """The published reasons in the order of the tables, and the delivered values."""

    published: tuple[Reason, ...]
    delivered: tuple[DeliveredReason, ...]

    def __post_init__(self) -> None:
        codes = [reason.code for reason in self.published]
        leaves = {reason.code for reason in self.published if reason.is_leaf}
        if len(set(codes)) != len(codes):
            raise ValueError("a published reason stands twice")
        if not all(set(reason.leaves) <= leaves for reason in self.published):
            raise ValueError("a group of reasons adds up something that is not a reason")
        if {reason.published for reason in self.delivered} != leaves:
            raise ValueError("each published reason must be what some delivered value is published as")
        if set(self.leaves(GOAL)) | set(self.leaves(OTHER)) != leaves or set(self.leaves(GOAL)) & set(
            self.leaves(OTHER)
        ):
            raise ValueError("the result and the rest must split all reasons between them")

    @property
    def order(self) -> tuple[str, ...]:
        """All codes in the order of the tables."""
        return tuple(reason.code for reason in self.published)

    def reason(self, code: str) -> Reason:
        """A published reason by its code. Raises KeyError."""
        for reason in self.published:
            if reason.code == code:
                return reason
        raise KeyError(code)

    def leaves(self, *codes: str) -> tuple[str, ...]:
        """The leaf codes that these codes add up, each once, in the order of the tables."""
        wanted = {leaf for code in codes for leaf in self.reason(code).leaves}
        return tuple(code for code in self.order if code in wanted)

    def values(self) -> tuple[str, ...]:
        """The values a delivery may hold, without the empty one."""
        return tuple(reason.value for reason in self.delivered if reason.value)

    def published_code(self, value: str | None) -> str:
        """The published reason of a delivered value; None and the empty text are not registered. Raises KeyError."""
        return self._delivered(value).published

    def counts_as(self, value: str | None, on: date) -> Outcome:
        """What a delivered value counts as for an end on that day. Raises KeyError for an unknown value."""
        return self._delivered(value).counts.at(on)

    def _delivered(self, value: str | None) -> DeliveredReason:
        for reason in self.delivered:
            if reason.value == (value or ""):
                return reason
        raise KeyError("no such delivered reason")


def read_reasons(file: Table) -> Reasons:
    """Build the reasons from ``reasons.toml``. Raises BadDefinition."""
    published = tuple(_reason(table) for table in file.tables("reason"))
    delivered = tuple(_delivered_reason(table) for table in file.tables("delivered"))
    file.finish()
    try:
        return Reasons(published=published, delivered=delivered)
    except (ValueError, KeyError) as problem:
        raise BadDefinition(f"{file.where}: {problem}") from problem


def _reason(table: Table) -> Reason:
    reason = Reason(
        code=table.string("code"),
        label=table.text("label"),
        definition=table.text("definition"),
        leaves=table.strings("leaves"),
        reference=table.string("reference"),
    )
    table.finish()
    return reason


def _delivered_reason(table: Table) -> DeliveredReason:
    value = table.anything("value")
    if not isinstance(value, str):
        raise BadDefinition(f"{table.where}: value is a text")
    reason = DeliveredReason(
        value=value,
        published=table.string("published"),
        label=table.text("label"),
        counts=Series(tuple(_counting(counting) for counting in table.tables("counts"))),
        reference=table.string("reference"),
    )
    table.finish()
    return reason


def _counting(table: Table) -> Dated[Outcome]:
    dated = Dated(
        start=table.day("from"),
        value=Outcome(table.string("as")),
        reference=table.string("reference"),
        decided_by=table.string("decided_by"),
    )
    table.finish()
    return dated
