"""The checks that see one record, in the order of their numbers."""

from __future__ import annotations

from typing import Final

from introstat.collect.rules.record.acts import ACTS
from introstat.collect.rules.record.cells import CELLS
from introstat.collect.rules.record.identity import IDENTITY
from introstat.collect.rules.record.places import PLACES
from introstat.collect.rules.record.programme import PROGRAMME
from introstat.collect.rules.record.reports import REPORTS

RECORD_CHECKS: Final = tuple(
    sorted((*CELLS, *PLACES, *IDENTITY, *PROGRAMME, *ACTS, *REPORTS), key=lambda check: check.number)
)
