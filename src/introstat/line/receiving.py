"""What a sending comes to: checked against the year's definitions, and as entries of the register that are not written yet."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final, Protocol
from zoneinfo import ZoneInfo

from introstat import register
from introstat.definitions.catalogue import Definitions
from introstat.vocabulary.deliveries import OFFICE, Delivery, Sending
from introstat.vocabulary.histories import About, Histories, Posting

if TYPE_CHECKING:
    from introstat.collect import Reading

_OSLO: Final = ZoneInfo("Europe/Oslo")
_END_OF_DAY: Final = time(23, 59)


class Known(Protocol):
    """What is asked what the register knows: the ledger, or one who holds it locked."""

    def histories(self, as_of: datetime, *, about: About) -> Histories:
        """See `Ledger.histories`."""


def posted(
    sending: Sending,
    definitions: Definitions,
    known: Known,
    *,
    actor: str,
    delivery_id: str,
    reading: Reading | None = None,
) -> tuple[Delivery, Posting]:
    """What was sent, checked, with what it comes to in the register; the delivery tells what the register then closes.

    The register is asked for no more than the delivery can be held against, so that a delivery costs what it touches and
    not what the register holds.
    """
    from introstat import collect

    if reading is None or not reading.is_of(sending):
        reading = collect.read(sending, definitions=definitions, represents=represents(sending))
    about = reading.about(definitions=definitions, received=sending.received.date())
    earlier = known.histories(sending.received, about=about)
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
