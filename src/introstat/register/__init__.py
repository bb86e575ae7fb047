"""Accepted deliveries become the histories of people."""
