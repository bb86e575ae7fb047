"""Accepted deliveries become people's histories: an append-only ledger, and its fold."""
