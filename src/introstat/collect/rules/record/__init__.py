"""The checks that see one record, in the order of their numbers."""

from __future__ import annotations

from typing import Final

from introstat.collect.rules.record.cells import CELLS
from introstat.collect.rules.record.identity import IDENTITY
from introstat.collect.rules.record.places import PLACES
from introstat.collect.rules.record.programme import PROGRAMME
from introstat.collect.rules.record.reports import REPORTS

RECORD_CHECKS: Final = (*CELLS, *PLACES, *IDENTITY, *PROGRAMME, *REPORTS)
