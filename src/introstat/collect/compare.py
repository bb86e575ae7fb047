"""Each record held against what is known about the same person and the same municipality.

The records are paired with the programmes of the same person (by national id, or by DUF number), and one statement per form
runs all person checks over the pairs. It always looks among everybody's programmes, whoever sends: what a sender may not
be told is marked for the office, not left unasked, so the answer takes no longer and looks no different where a person is
registered elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from introstat.collect.circumstances import PLACED_PROGRAMMES
from introstat.collect.conversion import schema_of
from introstat.collect.questions import Question
from introstat.collect.rules.person import PERSON_CHECKS
from introstat.vocabulary.deliveries import DeliveryKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from introstat.collect.circumstances import Circumstances
    from introstat.collect.findings import Findings
    from introstat.collect.rules.check import PersonCheck
    from introstat.definitions.catalogue import Definitions

_OF_PEOPLE: Final = (DeliveryKind.PARTICIPANTS, DeliveryKind.MEASURES, DeliveryKind.EVENTS)
_SEX_CHANGED: Final = "P002"


@dataclass(frozen=True, slots=True)
class Met:
    """How many rows of a place are of people it has delivered before, and on how many of them the sex is another."""

    people: int
    sex_changed: int


class PersonRules:
    """The person checks of one form under one year's definitions, ready to be asked."""

    def __init__(self, definitions: Definitions, kind: DeliveryKind) -> None:
        self.checks: tuple[PersonCheck, ...] = tuple(check for check in PERSON_CHECKS if kind in check.kinds)
        self._form = definitions.form[kind]
        tests = [f"{_own(check, kind)}({check.sql(definitions)})" for check in self.checks]
        if kind is DeliveryKind.PARTICIPANTS:
            # A pair of one's own people is counted even when nothing is wrong with it.
            tests.append("r.place = e.place AND NOT in_file")
        # These look at pairs of a person alone; the others also at those who have no programme to be paired with.
        self._in_file_and_register = kind is DeliveryKind.PARTICIPANTS
        pairs = _PARTICIPANT_PAIRS if self._in_file_and_register else _FOLLOWING_PAIRS
        tables = (
            {"pairs": PAIRS}
            if self._in_file_and_register
            else {"records": schema_of(self._form), "programmes": PLACED_PROGRAMMES}
        )
        self._question = Question(pairs.replace("{tests}", ", ".join(tests)), tables=tables)

    def compare(self, records: pa.Table, *, programmes: pa.Table, findings: Findings) -> dict[str, Met]:
        """Add what is found; answer, per place, how many were known before and how many of them changed sex."""
        findings.try_all(self.checks)
        failed: defaultdict[int, set[int]] = defaultdict(set)
        for row, *tests in self._ask(records, programmes):
            for place, fails in enumerate(tests):
                if fails:
                    failed[place].add(row)
        position = {row: place for place, row in enumerate(records["row"].to_pylist())}
        lines = records["line"].to_pylist()
        for place, check in enumerate(self.checks):
            rows = [lines[position[row]] for row in sorted(failed[place])]
            if rows:
                column = self._form.by_field(check.column).name
                findings.add(check, lines=rows, column=column, audience=check.audience)
        return self._met(records, failed, position)

    def _ask(self, records: pa.Table, programmes: pa.Table) -> Iterable[tuple[Any, ...]]:
        """Rows of the file, each as often as it is held against something, with which tests fail."""
        if not self._in_file_and_register:
            return self._question.ask(records=records, programmes=programmes)
        pairs = pairs_of_people(records, programmes)
        return self._question.ask(pairs=pairs) if pairs.num_rows else ()

    def _met(self, records: pa.Table, failed: defaultdict[int, set[int]], position: dict[int, int]) -> dict[str, Met]:
        if all(check.number != _SEX_CHANGED for check in self.checks):
            return {}
        changed = failed[next(place for place, check in enumerate(self.checks) if check.number == _SEX_CHANGED)]
        places = records["place"].to_pylist()
        people: defaultdict[str, list[bool]] = defaultdict(list)
        for row in sorted(failed[len(self.checks)]):
            people[places[position[row]]].append(row in changed)
        return {place: Met(people=len(sexes), sex_changed=sum(sexes)) for place, sexes in people.items()}


def pairs_of_people(records: pa.Table, programmes: pa.Table) -> pa.Table:
    """Each record with each programme of its person, in the register or on an earlier row of the file (`PAIRS`)."""
    known: defaultdict[str, list[int]] = defaultdict(list)
    for programme, ids in enumerate(_ids(programmes)):
        for number in ids:
            known[number].append(programme)
    ours, theirs = [], []
    for row, ids in enumerate(_ids(records)):
        met = {programme for number in ids for programme in known.get(number, ())}
        ours += [row] * len(met)
        theirs += sorted(met)
        for number in ids:
            known[number].append(programmes.num_rows + row)
    if not ours:
        return PAIRS.empty_table()
    mine = _sides(records.append_column("closed_by_register", pa.array(np.zeros(records.num_rows, np.bool_))))
    everybody = pa.concat_arrays([_sides(programmes), mine])
    in_file = pa.array(np.array(theirs) >= programmes.num_rows)
    rows = records["row"].take(pa.array(ours, pa.int64()))
    sides = (mine.take(pa.array(ours, pa.int64())), everybody.take(pa.array(theirs, pa.int64())))
    return pa.table([rows, in_file, *sides], schema=PAIRS)


def _ids(table: pa.Table) -> Iterable[list[str]]:
    """The numbers of each row's person, each with its kind before it."""
    columns = (table[name].to_pylist() for name in ("national_id", "duf_number"))
    for national, duf in zip(*columns, strict=True):
        yield [kind + number for kind, number in (("n", national), ("d", duf)) if number is not None]


def _sides(table: pa.Table) -> pa.StructArray:
    columns = [table[field.name].combine_chunks() for field in _SIDE]
    return pa.StructArray.from_arrays(columns, fields=[*_SIDE])


def _own(check: PersonCheck, kind: DeliveryKind) -> str:
    if kind is not DeliveryKind.PARTICIPANTS:
        return ""
    return "r.place = e.place AND " if check.own else "r.place <> e.place AND "


_SIDE: Final = pa.struct([field.with_nullable(True) for field in PLACED_PROGRAMMES])
PAIRS: Final = pa.schema(
    [pa.field("row", pa.int64()), pa.field("in_file", pa.bool_()), pa.field("r", _SIDE), pa.field("e", _SIDE)]
)
"""A record `r` of the file and a programme `e` of the same person. Every two records of one person in the file are held
against each other once, the later against the earlier."""

_PARTICIPANT_PAIRS: Final = """
FROM (FROM pairs SELECT *, r.place = e.place AND r.start_date = e.start_date AS same_programme)
SELECT row, {tests}
"""

_FOLLOWING_PAIRS: Final = """
WITH known AS (
    FROM records r JOIN programmes e ON r.place = e.place AND r.national_id = e.national_id
    SELECT r.row AS row, e.law AS law, e.start_date AS start_date, e.end_date AS end_date
    UNION
    FROM records r JOIN programmes e ON r.place = e.place AND r.duf_number = e.duf_number
    SELECT r.row AS row, e.law AS law, e.start_date AS start_date, e.end_date AS end_date
)
FROM records r LEFT JOIN known e ON r.row = e.row SELECT r.row, {tests}
"""

_RULES: Final[dict[tuple[str, DeliveryKind], PersonRules]] = {}


def compare_people(
    records: pa.Table, *, kind: DeliveryKind, circumstances: Circumstances, findings: Findings
) -> dict[str, Met]:
    """Run the person checks of a form over the records that are taken; see `PersonRules.compare`."""
    if kind not in _OF_PEOPLE or (kind is not DeliveryKind.PARTICIPANTS and circumstances.earlier is None):
        return {}
    definitions = circumstances.definitions
    key = (definitions.checksum, kind)
    if key not in _RULES:
        _RULES[key] = PersonRules(definitions, kind)
    return _RULES[key].compare(records, programmes=circumstances.programmes_of_people(records), findings=findings)
