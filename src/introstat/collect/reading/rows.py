"""What every kind of file comes down to: rows of text, each with the line a person would count it as."""

from __future__ import annotations

from collections.abc import Iterator

from introstat.collect.findings import Refusal

Row = tuple[int, list[str]]
"""Line number, the header or first line being 1, and the cells as text."""

Rows = Iterator[Row | Refusal]
"""Rows in order. A refusal, when something further down cannot be read, is the last thing that comes."""
