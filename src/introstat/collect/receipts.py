"""A receipt as JSON and as CSV, for the sender or for the office. The terminal and the page have their own.

Findings for the office are not in a sender's receipt, and not in its counts either.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

from introstat.vocabulary.deliveries import Finding, Severity
from introstat.vocabulary.texts import LANGUAGES

if TYPE_CHECKING:
    from introstat.vocabulary.deliveries import Audience, Receipt

_COLUMNS: Final = ("kvittering", "kontroll", "alvorlighet", "linje", "kolonne", "rader", *LANGUAGES)


def receipt_json(receipt: Receipt, audience: Audience) -> dict[str, Any]:
    """The receipt as plain JSON values."""
    findings = receipt.for_audience(audience)
    return {
        "receipt": receipt.id,
        "sha256": receipt.sha256,
        "file": receipt.filename,
        "sender": receipt.sender,
        "received": receipt.received.isoformat(),
        "rule_set": receipt.rule_set,
        "year": receipt.year.value,
        "kind": None if receipt.kind is None else receipt.kind.value,
        "status": receipt.status.value,
        "dry_run": receipt.dry_run,
        "seen_before": receipt.seen_before,
        "rows": {
            "read": receipt.read,
            "new": receipt.new,
            "changed": receipt.changed,
            "unchanged": receipt.unchanged,
            "rejected": receipt.rejected,
        },
        "severities": _per_severity(findings),
        "findings": [_finding(finding) for finding in findings],
        "next_deadline": None if receipt.next_deadline is None else receipt.next_deadline.isoformat(),
    }


def receipt_csv(receipt: Receipt, audience: Audience) -> bytes:
    """The findings as a table that Norwegian Excel opens: semicolons, UTF-8 with a byte order mark, a line each."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for finding in receipt.for_audience(audience):
        messages = (finding.message.in_language(language) for language in LANGUAGES)
        place = ("" if finding.line is None else finding.line, finding.column or "", finding.rows)
        writer.writerow((receipt.id, finding.check, finding.severity.value, *place, *messages))
    return text.getvalue().encode("utf-8-sig")


def _per_severity(findings: tuple[Finding, ...]) -> dict[str, int]:
    """How many findings of each severity, those that are summed up counted in full."""
    return {
        severity.value: sum(finding.rows for finding in findings if finding.severity is severity)
        for severity in Severity
    }


def _finding(finding: Finding) -> dict[str, Any]:
    told: dict[str, Any] = {
        "check": finding.check,
        "severity": finding.severity.value,
        "line": finding.line,
        "column": finding.column,
        "message": {language: finding.message.in_language(language) for language in LANGUAGES},
    }
    return told if finding.rows == 1 else {**told, "rows": finding.rows}
