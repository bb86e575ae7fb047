"""The register as this process last saw it, so that the next look costs what is new and not the whole ledger.

Only those whom new entries concern are folded anew: from their rows, or, where more is known of them than their rows say,
from all entries about them. That waits until somebody looks where it could be seen: many deliveries after one another, each
of other people and places, are folded together.

The view is held in memory alone. It is thrown away whenever it is not certain to be what a fold of the whole ledger would
give: when the last entry it rests on is gone (a transaction was rolled back), or when entries were recorded with an earlier
time than it has reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from introstat.register.fold import fold_people, histories, in_order
from introstat.register.payloads import values_of
from introstat.register.reports import Reports
from introstat.storage import rows
from introstat.storage.keys import Keys
from introstat.storage.sealing import microseconds, opened
from introstat.storage.standing import MUNICIPALITY, NUMBERS, PERSON, Standing
from introstat.vocabulary.histories import About, EntryKind, Histories

_MOST_FOLDED_ANEW: Final = 20_000
_MOST_WAITING: Final = 5_000


@dataclass(slots=True)
class _Waiting:
    """Entries `after` one that are not folded yet: whom their fold could change, and what their own rows are found by."""

    after: int
    entries: list[pa.Table] = field(default_factory=list)
    people: set[int] = field(default_factory=set)
    found_by: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in (*NUMBERS, MUNICIPALITY)})

    def touches(self, people: Iterable[int], about: About) -> bool:
        """Whether what is known of some people, or about something, may be another once these are folded."""
        asked = (about.national_ids, about.duf_numbers, about.municipalities)
        mine = self.found_by.values()
        return not self.people.isdisjoint(people) or any(not a.isdisjoint(b) for a, b in zip(mine, asked, strict=True))


class View:
    """The fold of the ledger up to an entry (`sequence`, with the hash `head`), whatever the recorded time.

    Where a fold was broken off, as by a database that could not be reached, it is not whole and must not be used again.
    """

    def __init__(self, until: int, head: str, keys: Keys) -> None:
        """The view of the whole ledger up to an entry."""
        self._keys = keys
        entries = in_order(opened(rows.entries(0, until), keys))
        people = fold_people(entries)
        self.sequence = until
        self.head = head
        self._newest = _newest(entries)
        self._closed = _concerned(entries, EntryKind.CLOSED_BY_REGISTER)
        self._corrected = _concerned(entries, EntryKind.CORRECTION)
        self._same_as = people.same_as
        self._standing = {kind: Standing(table) for kind, table in people.standing.items()}
        self._underneath = Standing(people.underneath)
        self._reports = Reports()
        self._reports.take(entries)
        self._waiting = _Waiting(after=until)
        self.is_whole = True

    def same_as(self) -> Mapping[int, int]:
        """See `People.same_as`."""
        self._fold()
        return self._same_as

    def histories(self, as_of: datetime, *, about: About | None = None) -> Histories:
        """The register as this view has it; right only for a time that nothing in it was recorded after.

        With `about`, all rows of people who have one of the numbers on any of them, and what there is of the municipalities.
        """
        if about is None:
            self._fold()
            found = {kind: standing.all() for kind, standing in self._standing.items()}
        else:
            places = self._find(about)
            if self._waiting.touches(self._people_at(places), about):
                self._fold()
                places = self._find(about)
            found = {kind: self._standing[kind].rows(at) for kind, at in places.items()}
        municipalities = None if about is None else about.municipalities
        return histories(found, self._reports, as_of=as_of, ledger_head=self.head, municipalities=municipalities)

    def reaches(self, as_of: datetime) -> bool:
        """Whether everything in the view was recorded by then."""
        return self._newest <= microseconds(as_of)

    def still_holds(self) -> bool:
        """Whether the entry the view ends with is still the one in the ledger."""
        return self.sequence == 0 or rows.hash_of(self.sequence) == self.head

    def follow(self, until: int, head: str, *, new: pa.Table | None = None) -> bool:
        """Take in the entries after it; `new` are these, where they are at hand.

        False where only a fold of everything is certain or quicker: then the view must not be used again.
        """
        new = in_order(opened(rows.entries(self.sequence, until), self._keys) if new is None else new)
        if new.num_rows and pc.min(new.column("recorded")).cast(pa.int64()).as_py() < self._newest:
            return False
        waiting = self._waiting
        waiting.entries.append(new)
        concerned = self._concerned_by(new)
        waiting.people |= concerned
        if len(waiting.people) > _MOST_FOLDED_ANEW:
            return False
        self._reports.take(new)
        self.sequence, self.head, self._newest = until, head, max(self._newest, _newest(new))
        # Rows that were hidden may stand again in the fold of these, and by none of their numbers could that be told.
        hidden = self._hidden()
        if not hidden.isdisjoint(concerned) or sum(entries.num_rows for entries in waiting.entries) > _MOST_WAITING:
            self._fold()
        return True

    def _hidden(self) -> set[int]:
        """The people who may have been delivered with more than stands."""
        return {*self._same_as, *self._same_as.values(), *self._corrected}

    def _find(self, about: About) -> dict[EntryKind, set[int]]:
        numbers = dict(zip(NUMBERS, (about.national_ids, about.duf_numbers), strict=True))
        people = self._people_at(
            {
                kind: {place for name, asked in numbers.items() for place in standing.find(name, asked)}
                for kind, standing in self._standing.items()
            }
        )
        found = {kind: standing.find(PERSON, people) for kind, standing in self._standing.items()}
        found[EntryKind.PROGRAMME] |= self._standing[EntryKind.PROGRAMME].find(MUNICIPALITY, about.municipalities)
        return found

    def _people_at(self, places: Mapping[EntryKind, Iterable[int]]) -> set[int]:
        return {person for kind, at in places.items() for person in self._standing[kind].people_at(at)}

    def _concerned_by(self, entries: pa.Table) -> set[int]:
        """The numbers of everybody these entries are about, and of everybody who is or now becomes the same person.

        That two numbers become one is told by a number of hers that stands on a new row and on one that was delivered.
        """
        people: set[int] = set()
        told: dict[str, set[str]] = {name: set() for name in self._waiting.found_by}
        for person, payload in zip(*(entries.column(name).to_pylist() for name in (PERSON, "payload")), strict=True):
            if person is not None:
                people.add(person)
                said = values_of(payload)
                for name, values in told.items():
                    if (value := said.get(name)) is not None:
                        values.add(str(value))
        for name in NUMBERS:
            for delivered in (self._standing[EntryKind.PROGRAMME], self._underneath):
                people |= delivered.people_at(delivered.find(name, told[name]))
        for name, values in told.items():
            self._waiting.found_by[name] |= values
        lowest = {self._same_as.get(number, number) for number in people}
        return people | lowest | {number for number, first in self._same_as.items() if first in lowest}

    def _fold(self) -> None:
        """Fold anew whom the waiting entries concern."""
        self.is_whole = False
        self._fold_waiting()
        self.is_whole = True

    def _fold_waiting(self) -> None:
        waiting, self._waiting = self._waiting, _Waiting(after=self.sequence)
        if not waiting.entries:
            return
        new = pa.concat_tables(waiting.entries)
        met = waiting.people
        more = met & (self._hidden() | self._closed | _concerned(new, EntryKind.ERASURE))
        earlier = opened((row for row in rows.entries_of(sorted(more)) if row[0] <= waiting.after), self._keys)
        as_delivered = {kind: standing.find(PERSON, met - more) for kind, standing in self._standing.items()}
        part = fold_people(
            pa.concat_tables([in_order(earlier), new]) if earlier.num_rows else new,
            standing={kind: self._standing[kind].rows(at) for kind, at in as_delivered.items()},
        )
        for kind, standing in self._standing.items():
            standing.exchange(met, part.standing[kind])
        self._underneath.exchange(met, part.underneath)
        self._closed |= _concerned(new, EntryKind.CLOSED_BY_REGISTER)
        self._corrected |= _concerned(new, EntryKind.CORRECTION)
        others = {number: first for number, first in self._same_as.items() if number not in met}
        self._same_as = {**others, **part.same_as}


def _newest(entries: pa.Table) -> int:
    """The latest recorded time."""
    return pc.max(entries.column("recorded")).cast(pa.int64()).as_py() or 0


def _concerned(entries: pa.Table, *kinds: EntryKind) -> set[int]:
    """Whom entries of some kinds are about."""
    of_kind = pc.is_in(entries.column("kind"), value_set=pa.array(kinds, pa.string()))
    return set(pc.unique(entries.filter(of_kind).column(PERSON)).drop_null().to_pylist())
