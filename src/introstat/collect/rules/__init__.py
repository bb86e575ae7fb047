"""The numbered checks: what must hold of a record (R), a person (P) and a delivery (D), and what we say when it does not."""

from __future__ import annotations

from typing import Final

from introstat.collect.rules.check import Check
from introstat.collect.rules.delivery import POSTING_CHECKS, WHOLE_CHECKS
from introstat.collect.rules.file import FILE_CHECKS
from introstat.collect.rules.person import PERSON_CHECKS
from introstat.collect.rules.record import RECORD_CHECKS

CHECKS: Final[tuple[Check, ...]] = (
    *RECORD_CHECKS,
    *PERSON_CHECKS,
    *FILE_CHECKS,
    *WHOLE_CHECKS,
    *POSTING_CHECKS,
)
"""All checks in the order of the documentation."""

BY_NUMBER: Final = {check.number: check for check in CHECKS}

if len(BY_NUMBER) != len(CHECKS):
    raise ValueError("two checks have the same number")
