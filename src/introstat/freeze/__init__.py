"""Histories, at a date, become a numbered snapshot that never changes."""
