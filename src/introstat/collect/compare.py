"""Each record held against what is known about the same person and the same municipality.

One statement per form pairs the records with the programmes of the same person (by national id, or by DUF number) and
runs all person checks over the pairs. It always looks among everybody's programmes, whoever sends: what a sender may not
be told is marked for the office, not left unasked, so the answer takes no longer and looks no different where a person is
registered elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from introstat.collect.circumstances import PLACED_PROGRAMMES
from introstat.collect.conversion import schema_of
from introstat.collect.questions import Question
from introstat.collect.rules.person import PERSON_CHECKS
from introstat.vocabulary.deliveries import DeliveryKind

if TYPE_CHECKING:
    import pyarrow as pa

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
        cases = ", ".join(
            f"CASE WHEN {_own(check, kind)}({check.sql(definitions)}) THEN {place} END"
            for place, check in enumerate(self.checks)
        )
        if kind is DeliveryKind.PARTICIPANTS:
            # A pair of one's own people is counted even when nothing is wrong with it.
            cases += f", CASE WHEN r.place = e.place AND NOT in_file THEN {len(self.checks)} END"
        failed = f"unnest(list_filter([{cases}], lambda test: test IS NOT NULL)) AS test"
        # These look at pairs of a person alone; the others also at those who have no programme to be paired with.
        self._in_file_and_register = kind is DeliveryKind.PARTICIPANTS
        pairs = _PARTICIPANT_PAIRS if kind is DeliveryKind.PARTICIPANTS else _FOLLOWING_PAIRS
        self._question = Question(
            pairs.replace("{failed}", failed),
            tables={"records": schema_of(self._form), "programmes": PLACED_PROGRAMMES},
        )

    def compare(self, records: pa.Table, *, programmes: pa.Table, findings: Findings) -> dict[str, Met]:
        """Add what is found; answer, per place, how many were known before and how many of them changed sex."""
        findings.try_all(self.checks)
        if self._in_file_and_register and not programmes.num_rows and _are_all_different(records):
            return {}
        failed: defaultdict[int, list[int]] = defaultdict(list)
        for row, test in self._question.ask(records=records, programmes=programmes):
            failed[test].append(row)
        position = {row: place for place, row in enumerate(records["row"].to_pylist())}
        lines = records["line"].to_pylist()
        for place, check in enumerate(self.checks):
            rows = [lines[position[row]] for row in failed[place]]
            if rows:
                column = self._form.by_field(check.column).name
                findings.add(check, lines=rows, column=column, audience=check.audience)
        return self._met(records, failed, position)

    def _met(self, records: pa.Table, failed: dict[int, list[int]], position: dict[int, int]) -> dict[str, Met]:
        if all(check.number != _SEX_CHANGED for check in self.checks):
            return {}
        changed = set(
            failed.get(next(place for place, check in enumerate(self.checks) if check.number == _SEX_CHANGED), [])
        )
        places = records["place"].to_pylist()
        people: defaultdict[str, list[bool]] = defaultdict(list)
        for row in failed.get(len(self.checks), []):
            people[places[position[row]]].append(row in changed)
        return {place: Met(people=len(sexes), sex_changed=sum(sexes)) for place, sexes in people.items()}


def _are_all_different(records: pa.Table) -> bool:
    """Whether no number of a person stands on two rows: then no two of them are a pair."""
    for name in ("national_id", "duf_number"):
        numbers = [number for number in records[name].to_pylist() if number is not None]
        if len(set(numbers)) < len(numbers):
            return False
    return True


def _own(check: PersonCheck, kind: DeliveryKind) -> str:
    if kind is not DeliveryKind.PARTICIPANTS:
        return ""
    return "r.place = e.place AND " if check.own else "r.place <> e.place AND "


_PARTICIPANT_PAIRS: Final = """
WITH mine AS (
    FROM records
    SELECT place, municipality, national_id, duf_number, birth_date, sex, law, start_date, end_date, reason,
        false AS closed_by_register, row, unnest(['n' || national_id, 'd' || duf_number]) AS id
),
known AS (
    FROM programmes
    SELECT place, municipality, national_id, duf_number, birth_date, sex, law, start_date, end_date, reason,
        closed_by_register, -1 AS row, unnest(['n' || national_id, 'd' || duf_number]) AS id
    UNION ALL
    FROM mine
)
FROM (
    FROM mine r JOIN known e ON r.id = e.id
    SELECT r.row AS row, e.row >= 0 AS in_file, r.place = e.place AND r.start_date = e.start_date AS same_programme, {failed}
    WHERE e.row < r.row
)
SELECT DISTINCT row, test ORDER BY test, row
"""
"""Every two records of one person in the file are held against each other once, the later against the earlier."""

_FOLLOWING_PAIRS: Final = """
WITH known AS (
    FROM records r JOIN programmes e ON r.place = e.place AND r.national_id = e.national_id
    SELECT r.row AS row, e.law AS law, e.start_date AS start_date, e.end_date AS end_date
    UNION
    FROM records r JOIN programmes e ON r.place = e.place AND r.duf_number = e.duf_number
    SELECT r.row AS row, e.law AS law, e.start_date AS start_date, e.end_date AS end_date
)
FROM (FROM records r LEFT JOIN known e ON r.row = e.row SELECT r.row AS row, {failed})
SELECT DISTINCT row, test ORDER BY test, row
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
