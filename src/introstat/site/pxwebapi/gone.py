"""What the interface says of an edition that was taken back: that it was, when and why, and what stands of its year.

410  {"title": "Edition withdrawn", "detail": "Edition 2016.1 was withdrawn on 2017-07-07. …", "withdrawn": {…}}
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from introstat.site.pxwebapi.languages import TAGS
from introstat.site.pxwebapi.problems import Problem, Title, listed

if TYPE_CHECKING:
    from introstat.site.library import Shelf
    from introstat.site.withdrawn import Withdrawal


@dataclass(frozen=True, slots=True)
class Gone:
    """An edition that was taken back; ``instead`` are the editions of its year that can be had."""

    withdrawal: Withdrawal
    instead: tuple[str, ...]

    @classmethod
    def of(cls, withdrawal: Withdrawal, shelf: Shelf) -> Gone:
        """What a shelf has instead."""
        return cls(withdrawal, tuple(str(book.number) for book in shelf.of_year(withdrawal.number.year)))

    def told(self) -> dict[str, Any]:
        """As programs read it, with the reason in every language."""
        return {
            "number": str(self.withdrawal.number),
            "day": self.withdrawal.day.isoformat(),
            "reason": {TAGS[language]: text for language, text in self.withdrawal.reason.items()},
            "instead": list(self.instead),
        }

    def problem(self) -> Problem:
        """The answer where such an edition is asked for."""
        number, reason = self.withdrawal.number, self.withdrawal.reason["en"].rstrip(".")
        detail = (
            f"Edition {number} was withdrawn on {self.withdrawal.day}. The reason: {reason}. "
            "Its figures must not be used, and copies of them should be deleted. "
            f"Editions of {number.year} that stand: {listed(self.instead) or 'none'}."
        )
        return Problem(410, Title.WITHDRAWN, detail, more={"withdrawn": self.told()})
