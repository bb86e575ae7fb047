"""What a municipality is told when its delivery, or the time, makes the register close programmes of its own.

Only the delivery's own municipalities can have programmes closed by it, so nothing here tells of anybody else's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from introstat.collect.findings import Findings
from introstat.collect.rules.delivery import CLOSED_BY_REGISTER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from introstat.definitions.catalogue import Definitions
    from introstat.vocabulary.deliveries import Delivery


def tell_closings(delivery: Delivery, closed: Mapping[str, int], *, definitions: Definitions) -> Delivery:
    """The delivery with one more finding for each municipality in which posting it closes programmes.

    `closed` is how many, by municipality number.
    """
    if not closed:
        return delivery
    months = definitions.parameters(delivery.received.date()).silence_months
    findings = Findings()
    for municipality, count in sorted(closed.items()):
        values = {"municipality": municipality, "count": count, "months": months}
        findings.add(CLOSED_BY_REGISTER, values=values)
    return replace(delivery, findings=(*delivery.findings, *findings.all()))
