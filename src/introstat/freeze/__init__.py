"""Histories, at a date, become a numbered snapshot that never changes: rows without names."""

from introstat.freeze.snapshot import pseudonym, take

__all__ = ["pseudonym", "take"]
