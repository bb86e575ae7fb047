"""What changes the register without a delivery: declared corrections, erasure, what a year rests on, and silence.

A programme whose planned end has passed without news for `silence_months` is closed by the register itself, on the day the
silence had lasted that long, without a reason. It counts as ended and not reached until the municipality delivers what
happened, and the municipality is told the same day: the closing is part of the posting of its own delivery.

    planned end 2016-03-01, six months, recorded 2017-01-09   →  closed, end 2016-09-01, no reason
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from introstat.register.columns import Int64s
from introstat.register.fold import WITHDRAWN, programme_subject
from introstat.vocabulary.errors import Refused
from introstat.vocabulary.histories import PROGRAMMES, Entry, EntryKind, Scalar
from introstat.vocabulary.years import ReportingYear

CLOSED_WHY: Final = "No news since the planned end."
_FIXED: Final = frozenset(
    {
        "person",
        "municipality",
        "start_date",
        "closed_by_register",
        "synthetic",
        "recorded",
        "delivery",
        "fingerprint",
    }
)
_CORRECTABLE: Final = frozenset(PROGRAMMES.names) - _FIXED
SIDES: Final = ("office", "municipality")
SOURCES: Final = ("register", "direct", "both")


def overdue(planned: Int64s, *, months: int, on: date) -> NDArray[np.bool_]:
    """Which planned ends (days since 1970) passed more than so many months before a day."""
    return after_months(planned, months) < (on - date(1970, 1, 1)).days


def after_months(days: Int64s, months: int) -> Int64s:
    """Days since 1970, so many months later; the last day of the month where the month is shorter."""
    day = days.astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    target = month + np.timedelta64(months, "M")
    length = (target + np.timedelta64(1, "M")).astype("datetime64[D]") - target.astype("datetime64[D]")
    place = np.minimum((day - month.astype("datetime64[D]")).astype(np.int64), length.astype(np.int64) - 1)
    return np.asarray(target.astype("datetime64[D]").astype(np.int64) + place, np.int64)


def recorded_day(at: datetime) -> date:
    """The day something is recorded on, in the time the ledger is kept in."""
    return at.astimezone(UTC).date()


def correct(
    person: int,
    *,
    municipality: str,
    start_date: date,
    changes: Mapping[str, Scalar],
    year: ReportingYear,
    actor: str,
    why: str,
) -> Entry:
    """A declared correction of one programme; it holds until the programme is delivered with a change.

    `changes` names columns of `PROGRAMMES` with dates as ISO text; null empties one. Raises Refused for a column that makes
    the programme what it is (person, municipality, start): withdraw it and let it be delivered anew.
    """
    wrong = sorted(set(changes) - _CORRECTABLE)
    if wrong or not changes:
        raise Refused(f"A correction cannot change {', '.join(wrong) or 'nothing'}; withdraw the programme instead.")
    return Entry(
        kind=EntryKind.CORRECTION,
        subject=programme_subject(municipality, start_date),
        year=year,
        municipality=municipality,
        national_id=None,
        duf_number=None,
        event_date=None,
        payload=changes,
        actor=actor,
        why=_reason_for(why),
        delivery=None,
        person=person,
    )


def withdraw(person: int, *, municipality: str, start_date: date, year: ReportingYear, actor: str, why: str) -> Entry:
    """Take a programme out of the register, such as one delivered with a wrong start; its entries stay in the ledger."""
    return Entry(
        kind=EntryKind.CORRECTION,
        subject=programme_subject(municipality, start_date),
        year=year,
        municipality=municipality,
        national_id=None,
        duf_number=None,
        event_date=None,
        payload={WITHDRAWN: True},
        actor=actor,
        why=_reason_for(why),
        delivery=None,
        person=person,
    )


def erase(person: int, *, actor: str, why: str) -> Entry:
    """The mark that a person has been erased; the store destroys the person's key in the same step."""
    return Entry(
        kind=EntryKind.ERASURE,
        subject="person",
        year=None,
        municipality=None,
        national_id=None,
        duf_number=None,
        event_date=None,
        payload={},
        actor=actor,
        why=_reason_for(why),
        delivery=None,
        person=person,
    )


def declare(
    municipality: str, *, year: ReportingYear, side: str, rests_on: str, covers: Mapping[str, str], actor: str, why: str
) -> Entry:
    """One side's declaration of what a municipality's year rests on: `register`, `direct` or `both`.

    It holds only when the office and the municipality have declared the same. `covers` says in words which exits each
    source covers, by `register` and `direct`; for `both` it needs the two. Raises Refused.
    """
    if side not in SIDES or rests_on not in SOURCES:
        raise Refused(f"A declaration is made by {' or '.join(SIDES)}, for {', '.join(SOURCES)}.")
    needed = ("register", "direct") if rests_on == "both" else (rests_on,)
    if any(not covers.get(source, "").strip() for source in needed):
        raise Refused("A declaration must say which exits each source covers.")
    return Entry(
        kind=EntryKind.DECLARATION,
        subject=f"sources {side}",
        year=year,
        municipality=municipality,
        national_id=None,
        duf_number=None,
        event_date=None,
        payload={"side": side, "rests_on": rests_on, **{f"covers_{source}": covers[source] for source in needed}},
        actor=actor,
        why=_reason_for(why),
        delivery=None,
    )


def _reason_for(why: str) -> str:
    if not why.strip():
        raise Refused("A change in the register needs a reason.")
    return why.strip()
