"""The register as this process last saw it, so that the next look costs what is new and not the whole ledger.

Only those whom new entries concern are folded anew, from all entries about them. The view is held in memory alone. It is
thrown away whenever it is not certain to be what a fold of the whole ledger would give: when the last entry it rests on
is gone (a transaction was rolled back), or when entries were recorded with an earlier time than it has reached.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from introstat.register.fold import People, fold_people, histories, in_order
from introstat.register.payloads import read_payloads
from introstat.register.reports import Reports
from introstat.storage import rows
from introstat.storage.index import INDEXED, everyone_behind
from introstat.storage.keys import Keys
from introstat.storage.sealing import microseconds, opened
from introstat.vocabulary.histories import EntryKind, Histories

_MOST_CHUNKS: Final = 16
_MOST_FOLDED_ANEW: Final = 20_000
_IDS: Final = pa.schema([(name, pa.string()) for name in INDEXED.values()])


@dataclass(frozen=True, slots=True)
class View:
    """The fold of the ledger up to an entry, whatever the recorded time.

    `newest` is the latest recorded time in it (microseconds), `persons` the highest person number, `corrected` whether
    there are declared corrections.
    """

    sequence: int
    head: str
    newest: int
    persons: int
    corrected: bool
    people: People
    reports: Reports

    def histories(self, as_of: datetime) -> Histories:
        """The register as this view has it; right only for a time that nothing in it was recorded after."""
        return histories(self.people, self.reports, as_of=as_of, ledger_head=self.head)

    def reaches(self, as_of: datetime) -> bool:
        """Whether everything in the view was recorded by then."""
        return self.newest <= microseconds(as_of)

    def still_holds(self) -> bool:
        """Whether the entry the view ends with is still the one in the ledger."""
        return self.sequence == 0 or rows.hash_of(self.sequence) == self.head


def whole(until: int, head: str, keys: Keys) -> View:
    """The view of the whole ledger up to an entry."""
    entries = in_order(opened(rows.entries(0, until), keys))
    reports = Reports()
    reports.take(entries)
    return View(
        sequence=until,
        head=head,
        newest=_most(entries, "recorded"),
        persons=_most(entries, "person"),
        corrected=_has_corrections(entries),
        people=fold_people(entries),
        reports=reports,
    )


def extended(view: View, until: int, head: str, keys: Keys) -> View | None:
    """The view with the entries after it taken in, or None where only a fold of everything is certain or quicker.

    The old view must not be used again.
    """
    new = opened(rows.entries(view.sequence, until), keys)
    if new.num_rows and pc.min(new.column("recorded")).cast(pa.int64()).as_py() < view.newest:
        return None
    # Posting has looked for newcomers among the programmes as they are. Where some have been withdrawn, or laid together
    # because two people became one, the ledger knows more ids than that, and newcomers are looked up too.
    hidden = bool(view.people.same_as) or view.corrected
    asked = new if hidden else new.filter(pc.less_equal(new.column("person"), view.persons))
    met_before = {person for person in _same_people(asked, view.people.same_as, keys) if person <= view.persons}
    if len(met_before) > _MOST_FOLDED_ANEW:
        return None
    before = opened((row for row in rows.entries_of(sorted(met_before)) if row[0] <= view.sequence), keys)
    new = in_order(new)
    part = fold_people(pa.concat_tables([in_order(before), new]))
    view.reports.take(new)
    return replace(
        view,
        sequence=until,
        head=head,
        newest=max(view.newest, _most(new, "recorded")),
        persons=max(view.persons, _most(new, "person")),
        corrected=view.corrected or _has_corrections(new),
        people=_exchanged(view.people, part, met_before),
    )


def _same_people(entries: pa.Table, same_as: Mapping[int, int], keys: Keys) -> set[int]:
    """The numbers of everybody these entries concern, and of everybody who is or now becomes the same person."""
    entries = entries.filter(pc.is_valid(entries.column("person")))
    people: set[int] = set(pc.unique(entries.column("person")).to_pylist())
    if not people:
        return people
    ids = read_payloads(entries.column("payload").to_pylist(), _IDS)
    hashed = {
        keys.index_of(kind, number)
        for kind, name in INDEXED.items()
        for number in pc.unique(ids.column(name)).drop_null().to_pylist()
    }
    people |= everyone_behind(hashed)
    lowest = {same_as.get(number, number) for number in people}
    return people | lowest | {number for number, first in same_as.items() if first in lowest}


def _exchanged(old: People, part: People, people: set[int]) -> People:
    """The old fold with some people taken out and their new fold put in."""
    out = pa.array(sorted(people), pa.int64())
    return People(
        programmes=_joined(old.programmes, part.programmes, out),
        measures=_joined(old.measures, part.measures, out),
        events=_joined(old.events, part.events, out),
        same_as={**{number: first for number, first in old.same_as.items() if number not in people}, **part.same_as},
    )


def _joined(old: pa.Table, part: pa.Table, out: pa.Array) -> pa.Table:
    if len(out) and old.num_rows:
        old = old.filter(pc.invert(pc.is_in(old.column("person"), value_set=out)))
    joined = pa.concat_tables([old, part]) if part.num_rows else old
    return joined.combine_chunks() if joined.column(0).num_chunks > _MOST_CHUNKS else joined


def _most(entries: pa.Table, name: str) -> int:
    most = pc.max(entries.column(name)).cast(pa.int64()).as_py()
    return most or 0


def _has_corrections(entries: pa.Table) -> bool:
    return bool(pc.any(pc.equal(entries.column("kind"), EntryKind.CORRECTION.value)).as_py())
