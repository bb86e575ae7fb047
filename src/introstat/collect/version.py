"""Which rules a delivery was held against: the definitions' version and a fingerprint of every check.

The fingerprint changes with any number, sentence, severity, condition or text, so that a receipt can always be traced to
the rules it was made with.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from introstat.collect.rules import CHECKS
from introstat.collect.rules.check import PersonCheck, RecordCheck
from introstat.vocabulary.deliveries import DeliveryKind

if TYPE_CHECKING:
    from introstat.definitions.catalogue import Definitions

_KNOWN: Final[dict[str, str]] = {}


def rule_set(definitions: Definitions) -> str:
    """Such as `2016-1+0123456789ab/ba9876543210`."""
    if definitions.checksum not in _KNOWN:
        _KNOWN[definitions.checksum] = f"{definitions.version}/{_fingerprint(definitions)}"
    return _KNOWN[definitions.checksum]


def _fingerprint(definitions: Definitions) -> str:
    digest = hashlib.sha256()
    for check in CHECKS:
        digest.update(f"{check.number}\0{check.name}\0{check.severity}\0{check.message}\0".encode())
        match check:
            case RecordCheck():
                for kind in DeliveryKind:
                    for test in check.tests(definitions.form[kind], definitions):
                        digest.update(f"{kind}\0{test.column.name}\0{test.broken}\0{test.values}\0".encode())
            case PersonCheck():
                digest.update(check.sql(definitions).encode())
            case _:
                pass
    return digest.hexdigest()[:12]
