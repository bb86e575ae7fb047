"""Collect: what a municipality sends becomes a Delivery with its Findings.

`receive` takes any bytes, `read` does the half of it that needs no register; `check_record` holds one record from a form against the same rules; `CHECKS` are all rules with
their texts, and `receipt_json` and `receipt_csv` render the answer. `tell_closings` adds what the register closes with it.
"""

from introstat.collect.closings import tell_closings
from introstat.collect.receipts import receipt_csv, receipt_json
from introstat.collect.reception import Reading, check_record, read, receive
from introstat.collect.rules import CHECKS
from introstat.collect.version import rule_set

__all__ = [
    "CHECKS",
    "Reading",
    "check_record",
    "read",
    "receipt_csv",
    "receipt_json",
    "receive",
    "rule_set",
    "tell_closings",
]
