"""Accepted deliveries become people's histories: an append-only ledger, and its fold.

    post(delivery, earlier=…) → Posting          what a delivery adds, set against what is known
    fold(recorded entries, as_of=…) → Histories  what the ledger says the register was at a recorded time

`ledger` chains the entries, `identity` says who is the same person, `corrections` holds what changes without a delivery.
"""

from introstat.register.fold import fold
from introstat.register.posting import post, receipt_for

__all__ = ["fold", "post", "receipt_for"]
