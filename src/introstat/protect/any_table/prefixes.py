"""What belongs to what, as codes tell it by how they begin: municipality 0101 lies in county 01."""

from __future__ import annotations

from collections.abc import Sequence


def parents_by_prefix(codes: Sequence[str]) -> dict[str, str]:
    """For every code that begins with another one, the longest such other."""
    known = set(codes)
    found: dict[str, str] = {}
    for code in known:
        for length in range(len(code) - 1, 0, -1):
            if code[:length] in known:
                found[code] = code[:length]
                break
    return found
