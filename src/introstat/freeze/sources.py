"""What a municipality's year rests on: the register, the direct report, or both.

Totals cannot be matched to people, so the two are added only where the office and the municipality have both declared which
exits each covers. Otherwise the register counts as soon as the municipality has delivered people for the year or has anybody
who ended in it, and the direct report counts where there is only that.

    people delivered   direct report   declared   →  rests on
    yes                no                            register
    no                 yes                           direct
    yes                yes                           register
    yes                yes             both          both
    yes                yes             direct        direct
    no                 no                            nil where a nil report came, else none: which is not zero
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MISSING = "mangler_i_registeret"
"""The basis of a direct report about exits that are not in the register."""
PROTECTED = "adressebeskyttelse"
"""The basis of a direct report about people with a protected address; it names no municipality."""


class Source(StrEnum):
    """What a municipality's year rests on."""

    REGISTER = "register"
    DIRECT = "direct"
    BOTH = "both"
    NIL = "nil"
    NONE = "none"

    @property
    def counts_register(self) -> bool:
        """Whether people in the register count. With no source at all there is nothing of the year to count."""
        return self is not Source.DIRECT

    @property
    def counts_direct(self) -> bool:
        """Whether the direct report counts."""
        return self in (Source.DIRECT, Source.BOTH)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a municipality has sent for a year."""

    people: bool
    direct: bool
    nil: bool
    declared: str | None


def rests_on(sent: Sent) -> Source:
    """The rule of the table above. A declaration about a source that has not come is without effect."""
    if sent.people and sent.direct:
        return Source(sent.declared) if sent.declared else Source.REGISTER
    if sent.people:
        return Source.REGISTER
    if sent.direct:
        return Source.DIRECT
    return Source.NIL if sent.nil else Source.NONE
