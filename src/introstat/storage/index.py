"""Who a national id or a DUF number belongs to, by keyed hash: the one way from an id to a person without the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from introstat.storage import rows
from introstat.storage.keys import Keys
from introstat.storage.models import PersonIndex

_BLOCK: Final = 5_000
_FEW: Final = 200
INDEXED: Final[Mapping[str, str]] = {"national": "national_id", "duf": "duf_number"}
"""The kinds of number a person is found by, and the column each stands in."""


def persons_behind(hashed: Collection[bytes]) -> dict[bytes, int]:
    """The person each keyed hash belongs to; the lowest number where it has been two people's. Unknown ones are left out."""
    if len(hashed) <= _FEW:
        return rows.persons_behind(hashed)
    wanted = sorted(hashed)
    found: dict[bytes, int] = {}
    for start in range(0, len(wanted), _BLOCK):
        lines = PersonIndex.objects.filter(hashed__in=wanted[start : start + _BLOCK])
        for key, person in lines.order_by("-person_id").values_list("hashed", "person_id"):
            found[bytes(key)] = person
    return found


def everyone_behind(hashed: Iterable[bytes]) -> frozenset[int]:
    """Every person that any of the keyed hashes has belonged to."""
    wanted = sorted(hashed)
    found: set[int] = set()
    for start in range(0, len(wanted), _BLOCK):
        lines = PersonIndex.objects.filter(hashed__in=wanted[start : start + _BLOCK])
        found.update(lines.values_list("person_id", flat=True))
    return frozenset(found)


def hashes(keys: Keys, *, national_id: str | None, duf_number: str | None) -> tuple[bytes, ...]:
    """The keyed hashes of the numbers that are given."""
    given = (("national", national_id), ("duf", duf_number))
    return tuple(keys.index_of(kind, number) for kind, number in given if number)
