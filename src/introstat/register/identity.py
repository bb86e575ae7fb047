"""Who is the same person.

A national id is one person's, whatever else has changed. A DUF number joins two rows where the birth dates agree: it is
how a D-number that was replaced by a national id is recognised, and a DUF number typed wrong, which hits somebody else,
does not make two people one. A row without a birth date (a measure, an event) follows its DUF number to the person the
register knows by it.

    D-number 4…1 with DUF 2010…7, born 1 May 1985     }  one person
    national id 0…9 with DUF 2010…7, born 1 May 1985  }
    national id 1…3 with DUF 2010…7, born 7 July 1991    another: somebody's DUF number was typed wrong

What a file replaces in the register tells no longer who is who. Two rows about the same programme that only a replaced
row made one person are two: the one with the national id of the person stays, the other is sought among the rest. So the
same file again finds the same people. One exception is left: where known people have become one, a row of theirs that is
hidden by a newer one still joins people in the fold (`canonical`), but cannot be seen when a file is recognised.

    the register: 1…1 with DUF 2010…7, born 1 May 1985   one person, and replaced by the first row of the file
    the file:     1…1 with DUF 2010…7, born 7 July 1991  that person
                  2…2 with DUF 2010…7, born 1 May 1985   another
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from introstat.register.columns import ABSENT, Int64s, codes, dense, integers

KNOWN: Final = pa.schema(
    [
        pa.field("person", pa.int64()),
        pa.field("national_id", pa.string()),
        pa.field("duf_number", pa.string()),
        pa.field("birth_date", pa.date32()),
    ]
)
"""Ids that the register knows a person by; the birth date is null where it is not told."""

_HIGHEST_MONTH: Final = 12
_NEWCOMERS: Final = 1 << 48
"""Above every person number: where newcomers are numbered while a file is thought of as being in the register."""
_MOST_ROUNDS: Final = 12


@dataclass(frozen=True, slots=True, eq=False)
class Recognised:
    """Per row the number of a known person, or the newcomer number rows of the same new person share; else `ABSENT`.

    `same_as` names the known persons that the rows make one: {number: the lowest number}.
    """

    person: Int64s
    newcomer: Int64s
    same_as: Mapping[int, int] = field(default_factory=dict)


def recognise(records: pa.Table, known: pa.Table, *, keys: Sequence[str] = ()) -> Recognised:
    """Find each row's person among the known ones.

    `records` has national_id and duf_number, and birth_date where its kind has one; `known` has the columns of `KNOWN`.
    A row replaces an earlier row of the same person that is equal in the columns `keys`; both tables then have them (null
    in `known` for what is of another kind than the records). Without `keys` no row replaces another.
    """
    national, duf, _ = _ids(records)
    there = _relevant(known, national, duf)
    if not there.num_rows and _all_differ(national) and _all_differ(duf):
        return Recognised(
            person=np.full(records.num_rows, ABSENT), newcomer=np.arange(records.num_rows, dtype=np.int64)
        )
    found = _recognised(records, there)
    return _settled(found, records, there, keys) if keys else found


def _recognised(records: pa.Table, there: pa.Table) -> Recognised:
    rows = records.num_rows
    national, duf, birth = _ids(records)
    national_there, duf_there, birth_there = _ids(there)
    number_there = integers(there.column("person"))

    national_code = codes(pa.chunked_array([*national.chunks, *national_there.chunks], pa.string()))
    duf_code = codes(pa.chunked_array([*duf.chunks, *duf_there.chunks], pa.string()))
    born = np.concatenate([integers(birth, null=_NO_DAY), integers(birth_there, null=_NO_DAY)])
    person_code = np.concatenate([np.full(rows, ABSENT), number_there])
    dated = born != _NO_DAY
    both = _pairs(np.where(dated, duf_code, ABSENT), born)
    label = components(dense(person_code), national_code, both)

    undated = ~np.isin(label, label[dated]) & (duf_code != ABSENT)
    if undated.any():
        label = _follow_duf(label, duf_code, national_code, undated, person_code)
    return _numbered(label, person_code, rows)


def canonical(people: pa.Table) -> dict[int, int]:
    """Persons of the register that turn out to be another one with a lower number: {number: the lower number}.

    `people` has person, national_id, duf_number and birth_date.
    """
    person = integers(people.column("person"))
    national, duf, birth = _ids(people)
    born = integers(birth, null=_NO_DAY)
    both = _pairs(np.where(born != _NO_DAY, codes(duf), ABSENT), born)
    label = components(dense(person), codes(national), both)
    lowest = np.full(len(label), np.iinfo(np.int64).max)
    np.minimum.at(lowest, label, person)
    first = lowest[label]
    moved = first != person
    return dict(zip(person[moved].tolist(), first[moved].tolist(), strict=True))


def components(*keys: Int64s) -> Int64s:
    """Rows that share a key, directly or through others, get the same label: the lowest of their positions.

    Each array holds one key per row, numbered from 0 without large gaps; a negative key joins nobody.
    """
    label = np.arange(len(keys[0]), dtype=np.int64)
    usable = [(key[key >= 0], np.flatnonzero(key >= 0)) for key in keys]
    while True:
        before = label.copy()
        for key, at in usable:
            if len(key):
                lowest = np.full(int(key.max()) + 1, len(label), dtype=np.int64)
                np.minimum.at(lowest, key, label[at])
                label[at] = lowest[key]
        # Rows point at the row they are labelled with; following that pointer shortens long chains.
        label = label[label]
        if np.array_equal(label, before):
            return label


def is_synthetic(national_ids: pa.ChunkedArray) -> pa.ChunkedArray:
    """Whether a national id belongs to an invented person: its month is raised by 40, 65 or 80. Null is false."""
    month = pc.cast(pc.utf8_slice_codeunits(national_ids, 2, 4), pa.int64())
    return pc.fill_null(pc.greater(month, _HIGHEST_MONTH), False)


_NO_DAY: Final = np.iinfo(np.int64).min


def _ids(table: pa.Table) -> tuple[pa.ChunkedArray, pa.ChunkedArray, pa.ChunkedArray]:
    if "birth_date" in table.column_names:
        birth = table.column("birth_date")
    else:
        birth = pa.chunked_array([pa.nulls(table.num_rows, pa.date32())])
    return table.column("national_id"), table.column("duf_number"), birth


def _relevant(known: pa.Table, national: pa.ChunkedArray, duf: pa.ChunkedArray) -> pa.Table:
    """The known rows that share an id with the records, and the other rows of the same people."""
    if not known.num_rows:
        return known
    hit = pc.or_(
        pc.is_in(known.column("national_id"), value_set=national.drop_null().combine_chunks()),
        pc.is_in(known.column("duf_number"), value_set=duf.drop_null().combine_chunks()),
    )
    found = known.filter(hit)
    if not found.num_rows:
        return found
    people = pc.unique(found.column("person"))
    return known.filter(pc.is_in(known.column("person"), value_set=people))


def _all_differ(numbers: pa.ChunkedArray) -> bool:
    told = numbers.drop_null().to_pylist()
    return len(set(told)) == len(told)


def _follow_duf(label: Int64s, duf: Int64s, national: Int64s, undated: NDArray[np.bool_], person: Int64s) -> Int64s:
    """Join those of whom no birth date is told to one with the same DUF number: a dated and known one before any other.

    Two different national ids are never joined this way.
    """
    first: dict[int, tuple[bool, bool, int, int]] = {}
    for row in np.flatnonzero(duf != ABSENT).tolist():
        rank = (bool(undated[row]), person[row] == ABSENT, int(person[row]), row)
        first[int(duf[row])] = min(first.get(int(duf[row]), rank), rank)
    leads_to = np.arange(len(label))
    for row in np.flatnonzero(undated).tolist():
        target = first[int(duf[row])][-1]
        if ABSENT in (national[row], national[target]) or national[row] == national[target]:
            leads_to[label[row]] = label[target]
    return leads_to[label]


def _settled(found: Recognised, records: pa.Table, there: pa.Table, keys: Sequence[str]) -> Recognised:
    """Recognise the rows again as if the file were in the register already, until that changes nobody.

    Only a row that another of the same file replaces can be recognised otherwise, and only a file that makes known people
    one can hide another row of theirs; so most files need no round.
    """
    rows = records.num_rows
    things = codes(pa.chunked_array([*_things(records, keys).chunks, *_things(there, keys).chunks], pa.string()))
    number_there = integers(there.column("person"))
    # What the records are not about is replaced by none of them.
    other = ~np.isin(things[rows:], things[:rows])
    things = np.concatenate([np.where(other, len(things) + np.arange(len(other)), things[rows:]), things[:rows]])
    if not found.same_as and _last(_who(found), things[len(number_there) :], np.zeros(rows, np.int64)).all():
        return found
    ids = pa.table(dict(zip(KNOWN.names[1:], _ids(records), strict=True)))
    known_ids = there.select(KNOWN.names[1:]).cast(ids.schema)
    both = pa.concat_tables([known_ids, ids])
    dated = np.asarray(pc.is_valid(both.column("birth_date")).to_numpy(), np.bool_)
    same_as: dict[int, int] = {}
    weight = np.zeros(rows, np.int64)
    for turn in range(_MOST_ROUNDS):
        person = np.concatenate([number_there, _who(found)])
        later = np.concatenate([np.zeros(len(number_there), np.int64), weight + 1])
        stands = _last(person, things, later)
        laid = both.add_column(0, "person", pa.array(person))
        same_as = canonical(laid.filter(pa.array(stands & dated)))
        if same_as:
            person = np.array([same_as.get(number, number) for number in person.tolist()], np.int64)
            laid = both.add_column(0, "person", pa.array(person))
            at = np.flatnonzero(stands)
            stands[at] = _last(person[at], things[at], later[at])
        seen = _recognised(records, laid.filter(pa.array(stands)))
        new = seen.person >= _NEWCOMERS
        again = Recognised(
            person=np.where(new, ABSENT, seen.person),
            newcomer=np.where(new, seen.person - _NEWCOMERS, seen.newcomer),
        )
        if (
            not weight.any()
            and np.array_equal(again.person, found.person)
            and np.array_equal(again.newcomer, found.newcomer)
        ):
            break
        # Where rows must part, the one with the person's own national id stays; after that the last one stands.
        if not turn and (own := _has_own_id(found, records, there)).any():
            weight = own
        else:
            found, weight = again, np.zeros(rows, np.int64)
    return replace(found, same_as={number: first for number, first in same_as.items() if number < _NEWCOMERS})


def _who(found: Recognised) -> Int64s:
    """One number for everybody, known or not."""
    return np.where(found.person == ABSENT, found.newcomer + _NEWCOMERS, found.person)


def _last(person: Int64s, things: Int64s, weight: Int64s) -> NDArray[np.bool_]:
    """Whether a row is the last about its person and thing; a weightier row counts as later."""
    place = dense(person) * (int(things.max(initial=0)) + 1) + things
    order = np.lexsort((np.arange(len(place)), weight, place))
    last = np.ones(len(place), np.bool_)
    last[order[:-1]] = place[order[1:]] != place[order[:-1]]
    return last


def _things(table: pa.Table, keys: Sequence[str]) -> pa.ChunkedArray:
    """What each row is about, as one text."""
    texts = [pc.fill_null(pc.cast(table.column(name), pa.string()), "") for name in keys]
    joined: pa.ChunkedArray = pc.binary_join_element_wise(*texts, "\n")
    return joined


def _has_own_id(found: Recognised, records: pa.Table, there: pa.Table) -> Int64s:
    """1 for a row with a national id that the register has for the person it was found to be, else 0."""
    ids = [*records.column("national_id").chunks, *there.column("national_id").chunks]
    code = codes(pa.chunked_array(ids, pa.string()))
    person = dense(np.concatenate([found.person, integers(there.column("person"))]))
    pair = np.where((code == ABSENT) | (person == ABSENT), ABSENT, person * (int(code.max(initial=0)) + 1) + code)
    rows = records.num_rows
    return np.asarray((pair[:rows] != ABSENT) & np.isin(pair[:rows], pair[rows:]), np.int64)


def _numbered(label: Int64s, person: Int64s, rows: int) -> Recognised:
    highest = np.iinfo(np.int64).max
    lowest = np.full(len(label), highest)
    known = person != ABSENT
    np.minimum.at(lowest, label[known], person[known])
    number = lowest[label[:rows]]
    is_known = number != highest
    met = np.flatnonzero(known)
    moved = met[lowest[label[met]] != person[met]]
    return Recognised(
        person=np.where(is_known, number, ABSENT),
        newcomer=np.where(is_known, ABSENT, label[:rows]),
        same_as=dict(zip(person[moved].tolist(), lowest[label[moved]].tolist(), strict=True)),
    )


def _pairs(code: Int64s, day: Int64s) -> Int64s:
    """One number per pair of a code and a day; `ABSENT` where there is no code."""
    span = 1 << 24
    joined = np.where(code == ABSENT, ABSENT, code * span + np.where(code == ABSENT, 0, day) + span // 2)
    return dense(joined)
