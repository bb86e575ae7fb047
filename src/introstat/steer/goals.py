"""A municipality's own goal: measurable, dated and owned, as the directorate recommends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from introstat.vocabulary.years import ReportingYear


@dataclass(frozen=True, slots=True)
class Goal:
    """The share (whole per cent) of those who end in `year` that is to go to work or education.

    `owner` is the function that answers for it, such as "rådmannen". Raises ValueError outside 0–100 per cent or without owner.
    """

    municipality: str
    year: ReportingYear
    per_cent: int
    set_on: date
    owner: str

    def __post_init__(self) -> None:
        if not 0 <= self.per_cent <= 100:
            raise ValueError("a goal is a share between 0 and 100 per cent")
        if not self.owner.strip():
            raise ValueError("a goal has an owner")
