"""The register frozen as of a recorded time: rows with pseudonyms, in an order that says nothing.

A pseudonym is the person's number under a key of this snapshot alone, so the same person has another one in every snapshot
and nobody without the keys can follow her from one to the next. Rows stand in the order of the pseudonyms. The same
histories, definitions and key give the same rows in the same order.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from introstat.definitions.catalogue import Definitions
from introstat.freeze.derive import derive
from introstat.vocabulary.histories import Histories
from introstat.vocabulary.snapshots import SNAPSHOT_ROWS, Provenance, Snapshot, SnapshotKind, SnapshotMeta
from introstat.vocabulary.years import ReportingYear

_PSEUDONYM_BYTES = 16


def take(
    histories: Histories,
    *,
    definitions: Definitions,
    year: ReportingYear,
    as_of: datetime,
    kind: SnapshotKind,
    pseudonym_key: bytes,
) -> Snapshot:
    """A snapshot of a year. `pseudonym_key` is 32 bytes of this snapshot alone.

    Raises ValueError when the histories are not those of `as_of`, or the definitions not those of the year.
    """
    if histories.as_of != as_of:
        raise ValueError("the histories are of another time than the snapshot")
    if definitions.year != year:
        raise ValueError("the definitions are those of another year")
    derived = derive(histories, definitions=definitions, year=year)
    rows = _with_pseudonyms(derived.rows, pseudonym_key)
    order = [(name, "ascending") for name in ("person", "start_date", "end_date", "delivered", "sex", "reason", "n")]
    rows = rows.take(pc.sort_indices(rows, sort_keys=order))
    meta = SnapshotMeta(
        year=year,
        as_of=as_of,
        kind=kind,
        provenance=provenance_of(histories),
        definitions=definitions.version,
        ledger_head=histories.ledger_head,
        received=histories.received,
        valid=histories.valid,
        programmes=pc.sum(pc.equal(rows.column("source"), "register")).as_py() or 0,
    )
    return Snapshot(meta=meta, rows=rows.select(SNAPSHOT_ROWS.names).cast(SNAPSHOT_ROWS), reporting=derived.reporting)


def pseudonym(key: bytes, person: int) -> str:
    """What a person is called in the snapshot with this key: 32 hexadecimal digits."""
    return hashlib.blake2b(b"%d" % person, key=key, digest_size=_PSEUDONYM_BYTES).hexdigest()


def provenance_of(histories: Histories) -> Provenance:
    """Synthetic as soon as one person is invented, and where there are no people to tell: real is what must be certain."""
    synthetic = histories.programmes.column("synthetic")
    any_or_empty = not len(synthetic) or pc.any(synthetic).as_py()
    return Provenance.SYNTHETIC if any_or_empty else Provenance.REGISTER


def _with_pseudonyms(rows: pa.Table, key: bytes) -> pa.Table:
    numbers = rows.column("number").combine_chunks()
    people, place = np.unique(numbers.fill_null(-1).to_numpy(), return_inverse=True)
    names = pa.array([None if person < 0 else pseudonym(key, person) for person in people.tolist()], pa.string())
    return rows.append_column("person", names.take(pa.array(place.reshape(-1))))
