"""The forms a municipality can deliver in.

They stand apart from the deliveries themselves: what a year's forms look like is a definition, which every stage may read,
also the stages that must not know a person.
"""

from __future__ import annotations

from enum import StrEnum


class DeliveryKind(StrEnum):
    """The five forms; the values are the names used in the delivery format."""

    PARTICIPANTS = "deltakere"
    MEASURES = "tiltak"
    EVENTS = "hendelser"
    DIRECT_REPORT = "direkterapport"
    NIL_REPORT = "nullrapport"
