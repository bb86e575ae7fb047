"""What a sending comes to: checked against the year's definitions, and as entries of the register that are not written yet."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from introstat import register
from introstat.definitions.catalogue import Definitions
from introstat.vocabulary.deliveries import OFFICE, Delivery, Sending
from introstat.vocabulary.histories import Histories, Posting

if TYPE_CHECKING:
    from introstat.collect import Reading

_OSLO: Final = ZoneInfo("Europe/Oslo")
_END_OF_DAY: Final = time(23, 59)


def posted(
    sending: Sending,
    definitions: Definitions,
    earlier: Histories,
    *,
    actor: str,
    delivery_id: str,
    reading: Reading | None = None,
) -> tuple[Delivery, Posting]:
    """What was sent, checked, with what it comes to in the register; the delivery tells what the register then closes."""
    from introstat import collect

    delivery = collect.receive(
        sending, definitions=definitions, earlier=earlier, represents=represents(sending), reading=reading
    )
    posting = register.post(
        delivery,
        earlier=earlier,
        definitions=definitions,
        at=sending.received,
        actor=actor,
        delivery_id=delivery_id,
    )
    return collect.tell_closings(delivery, posting.closed_in, definitions=definitions), posting


def represents(sending: Sending) -> frozenset[str] | None:
    """Whom the sender may send for; None: anybody."""
    return None if sending.sender == OFFICE else frozenset({sending.sender})


def next_deadline(definitions: Definitions, received: datetime) -> datetime | None:
    """The next day that something is due for the year, from when a sending came; None after the last."""
    year = definitions.year
    parameters = definitions.parameters(year.last_day)
    days = (parameters.cutoff.after(year), parameters.closing.after(year))
    deadlines = (datetime.combine(day, _END_OF_DAY, _OSLO).astimezone(UTC) for day in days)
    return min((deadline for deadline in deadlines if deadline >= received), default=None)
