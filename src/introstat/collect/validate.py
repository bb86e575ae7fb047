"""Each record held against all record checks at once, in one SQL statement per form.

The checks of a form become one statement over the converted columns; what comes back is only which test failed on
which row. A form with a single record runs the very same statement over a table with one row.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import numpy as np

from introstat.collect.conversion import schema_of
from introstat.collect.questions import Question
from introstat.collect.rules.record import RECORD_CHECKS
from introstat.vocabulary.deliveries import Severity

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from introstat.collect.findings import Findings
    from introstat.collect.rules.check import RecordCheck, Test
    from introstat.definitions.catalogue import Definitions
    from introstat.vocabulary.deliveries import DeliveryKind

_CROOKED: Final = "R004"
"""The check on how many cells a row has. Where it fails nothing else about the row can be believed or is said."""


class RecordRules:
    """The record checks of one form under one year's definitions, ready to be asked."""

    def __init__(self, definitions: Definitions, kind: DeliveryKind) -> None:
        form = definitions.form[kind]
        self.tests: tuple[tuple[RecordCheck, Test], ...] = tuple(
            (check, test) for check in RECORD_CHECKS for test in check.tests(form, definitions)
        )
        self.checks = tuple(dict.fromkeys(check for check, _ in self.tests))
        cases = ", ".join(f"CASE WHEN {test.broken} THEN {place} END" for place, (_, test) in enumerate(self.tests))
        failed = f"list_filter([{cases}], lambda test: test IS NOT NULL)"
        self._question = Question(
            f"FROM (FROM records SELECT row, unnest({failed}) AS test) ORDER BY test, row",
            tables={"records": schema_of(form)},
        )

    def judge(self, records: pa.Table, *, findings: Findings) -> NDArray[np.bool_]:
        """Add what is found to `findings`; answer which rows are not taken."""
        findings.try_all(self.checks)
        failed: defaultdict[int, list[int]] = defaultdict(list)
        for row, test in self._question.ask(records=records):
            failed[test].append(row)
        crooked = {row for test, rows in failed.items() if self.tests[test][0].number == _CROOKED for row in rows}
        rejected = np.zeros(records.num_rows, dtype=np.bool_)
        lines = records["line"].to_numpy()
        for test_place, rows in failed.items():
            check, test = self.tests[test_place]
            if crooked and check.number != _CROOKED:
                rows = [row for row in rows if row not in crooked]
            if check.severity is Severity.ERROR:
                rejected[rows] = True
            for told, told_rows in _by_told(records, test, rows).items():
                findings.add(
                    check,
                    lines=lines[told_rows].tolist(),
                    column=test.column.name,
                    values={**dict(test.values), "told": told},
                )
        return rejected


def _by_told(records: pa.Table, test: Test, rows: list[int]) -> dict[str, list[int]]:
    """The rows by the text that fills `{told}` in their message; all under the empty text where there is none."""
    if test.told is None:
        return {"": rows} if rows else {}
    told: defaultdict[str, list[int]] = defaultdict(list)
    for row, text in zip(rows, records[test.told].take(rows).to_pylist(), strict=True):
        told[text or ""].append(row)
    return dict(told)


_RULES: Final[dict[tuple[str, DeliveryKind], RecordRules]] = {}


def record_rules(definitions: Definitions, kind: DeliveryKind) -> RecordRules:
    """The rules of a form, made once for each year's definitions."""
    key = (definitions.checksum, kind)
    if key not in _RULES:
        _RULES[key] = RecordRules(definitions, kind)
    return _RULES[key]
