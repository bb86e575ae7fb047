"""The order of collecting: read, check the whole, check each record, check each person, check the whole again.

What needs no register (`read`) can be done before one's turn at it comes, in another process; the rest cannot.

What is refused whole leaves nothing behind. Otherwise the rows without errors become typed records, the others are kept
as they came, and everything found is told, in three languages, without a person's value in it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from introstat.collect.circumstances import Circumstances
from introstat.collect.compare import compare_people
from introstat.collect.conversion import convert
from introstat.collect.findings import Findings, Refusal
from introstat.collect.parse import Parsed, parse
from introstat.collect.places import VALID, places_of
from introstat.collect.reading.header import Header
from introstat.collect.reading.table import CELLS, LINE, OVERFLOW
from introstat.collect.rules import delivery as whole
from introstat.collect.rules import file as checks
from introstat.collect.shape import check_shape
from introstat.collect.validate import record_rules
from introstat.collect.version import rule_set
from introstat.collect.whole import find_duplicates, whole_checks
from introstat.definitions.form import ColumnType
from introstat.vocabulary.deliveries import RECORD_SCHEMAS, Delivery, DeliveryKind, Finding
from introstat.vocabulary.histories import About
from introstat.vocabulary.places import Level

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from introstat.definitions.catalogue import Definitions
    from introstat.definitions.form import Form
    from introstat.vocabulary.deliveries import Sending
    from introstat.vocabulary.histories import Histories

_NOTHING: Final = pa.table({LINE: pa.array([], pa.int64())})


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """The records that are taken, the rows that are not, and what was found."""

    records: pa.Table
    rejected: pa.Table
    findings: Findings


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """All that can be said of a sending without knowing the register. `kind` is None where no form was understood.

    The records are as converted, before anything is known about their people.
    """

    sha256: str
    kind: DeliveryKind | None
    rows_read: int
    examined: Examined | Refusal

    def is_of(self, sending: Sending) -> bool:
        """Whether it is of the bytes that were sent."""
        return self.sha256 == hashlib.sha256(sending.content).hexdigest()

    def about(self, *, definitions: Definitions, received: date) -> About:
        """All that `receive` and the register hold the records against: their people, and what there is of their places."""
        if isinstance(self.examined, Refusal):
            return About()
        told = {
            name: frozenset(self.examined.records[name].drop_null().to_pylist())
            for name in ("national_id", "duf_number", "place")
            if name in self.examined.records.column_names
        }
        return About(
            national_ids=told.get("national_id", frozenset()),
            duf_numbers=told.get("duf_number", frozenset()),
            municipalities=places_of(definitions, Level.MUNICIPALITY).numbers_of(told["place"], received),
        )


def read(sending: Sending, *, definitions: Definitions, represents: frozenset[str] | None) -> Reading:
    """The first half of `receive`: the file, each record, and what stands twice in it."""
    sha256 = hashlib.sha256(sending.content).hexdigest()
    circumstances = _circumstances(definitions, sending.received.date(), earlier=None, represents=represents)
    parsed = parse(sending, definitions=definitions, limits=circumstances.limits)
    if isinstance(parsed, Refusal):
        return Reading(sha256=sha256, kind=None, rows_read=0, examined=parsed)
    examined = _examine(parsed, circumstances=circumstances, is_file=True)
    return Reading(sha256=sha256, kind=parsed.header.form.kind, rows_read=parsed.rows.num_rows, examined=examined)


def receive(
    sending: Sending,
    *,
    definitions: Definitions,
    earlier: Histories | None,
    represents: frozenset[str] | None,
    reading: Reading | None = None,
) -> Delivery:
    """Turn what came into a delivery. Any bytes at all give one: what is wrong with them is a finding.

    `earlier` is what the register knew, or as much of it as the reading is `about` (None: nothing is known yet); `represents` the municipalities the sender may send
    for (None: the office, which may send for anyone). `reading` is what `read` said of the same sending before; it is used
    up, and not used for other bytes.
    """
    if reading is None or not reading.is_of(sending):
        reading = read(sending, definitions=definitions, represents=represents)
    circumstances = _circumstances(definitions, sending.received.date(), earlier=earlier, represents=represents)
    kind, examined = reading.kind, reading.examined
    if kind is not None and not isinstance(examined, Refusal):
        examined = _weigh(examined, kind=kind, circumstances=circumstances, is_file=True)
    if isinstance(examined, Refusal):
        findings = Findings()
        findings.try_all(checks.FILE_CHECKS)
        findings.refuse(examined)
        records = _NOTHING if kind is None else RECORD_SCHEMAS[kind].empty_table()
        examined = Examined(records=records, rejected=_NOTHING, findings=findings)
    return Delivery(
        sha256=reading.sha256,
        year=sending.year,
        kind=kind,
        sender=sending.sender,
        received=sending.received,
        filename=sending.filename,
        rule_set=rule_set(definitions),
        rules_run=examined.findings.tried,
        rows_read=reading.rows_read,
        records=examined.records,
        rejected=examined.rejected,
        findings=examined.findings.all(),
    )


def check_record(
    values: Mapping[str, str],
    *,
    kind: DeliveryKind,
    definitions: Definitions,
    received: datetime,
    earlier: Histories | None,
    represents: frozenset[str] | None,
) -> tuple[Finding, ...]:
    """The findings on one record as a form has it: texts by column name.

    The same rules and texts as for a file, but for those that need a whole delivery to look at.
    """
    form = definitions.form[kind]
    header = Header(form=form, names=form.names)
    cells = [pa.array([values.get(name, "")], pa.string()) for name in form.names]
    first = [pa.array([1], pa.int64()), pa.array([len(form.names)], pa.int64()), pa.nulls(1, pa.string())]
    rows = pa.Table.from_arrays([*first, *cells], names=[LINE, CELLS, OVERFLOW, *form.names])
    circumstances = _circumstances(definitions, received.date(), earlier=earlier, represents=represents)
    examined = _examine(Parsed(header=header, rows=rows, mangled=None), circumstances=circumstances, is_file=False)
    if not isinstance(examined, Refusal):
        return _weigh(examined, kind=kind, circumstances=circumstances, is_file=False).findings.all()
    findings = Findings()
    findings.refuse(examined)
    return findings.all()


def _circumstances(
    definitions: Definitions, received: date, *, earlier: Histories | None, represents: frozenset[str] | None
) -> Circumstances:
    return Circumstances(
        definitions=definitions,
        limits=definitions.parameters(definitions.year.last_day),
        received=received,
        represents=represents,
        earlier=earlier,
    )


def _examine(parsed: Parsed, *, circumstances: Circumstances, is_file: bool) -> Examined | Refusal:
    """Hold rows against every check that needs no register, or say why the whole is refused."""
    form, rows, definitions = parsed.header.form, parsed.rows, circumstances.definitions
    records = convert(rows, form=form, circumstances=circumstances)
    refusal = _strictly_confidential(rows) or _not_represented(records, form, circumstances)
    if refusal is not None:
        return refusal
    findings = Findings()
    findings.try_all(checks.FILE_CHECKS)
    taken = ~record_rules(definitions, form.kind).judge(records, findings=findings)
    if is_file and not taken.all():
        per_cent = circumstances.limits.shifted_per_cent
        shifted = check_shape(rows, form=form, definitions=definitions, per_cent=per_cent)
        if shifted is not None:
            return shifted
    for position in parsed.header.unknown:
        findings.add(whole.UNKNOWN_COLUMN, values={"position": position})
    if parsed.mangled is not None:
        findings.add(whole.MANGLED_LETTERS, lines=[parsed.mangled])
    find_duplicates(records, kind=form.kind, taken=taken, findings=findings)
    accepted = records if taken.all() else records.filter(pa.array(taken, pa.bool_()))
    rejected = _as_they_came(rows.slice(0, 0) if taken.all() else rows.filter(pa.array(~taken, pa.bool_())))
    return Examined(records=accepted, rejected=rejected, findings=findings)


def _weigh(examined: Examined, *, kind: DeliveryKind, circumstances: Circumstances, is_file: bool) -> Examined:
    """Hold the converted records that are taken against the register and against each other; they come back typed."""
    definitions, accepted, findings = circumstances.definitions, examined.records, examined.findings
    met = compare_people(accepted, kind=kind, circumstances=circumstances, findings=findings)
    if is_file:
        whole_checks(definitions).look(accepted, kind=kind, circumstances=circumstances, met=met, findings=findings)
    return replace(examined, records=_typed(accepted, definitions.form[kind]))


def _typed(records: pa.Table, form: Form) -> pa.Table:
    """Exactly the columns of the kind's records; an empty cell with a default holds the default."""
    schema = RECORD_SCHEMAS[form.kind]
    columns: list[Any] = []
    defaults = {column.field: column for column in form.columns if column.default is not None}
    for field in schema:
        values: Any = records[field.name].combine_chunks()
        if field.name in defaults:
            column = defaults[field.name]
            default = column.default == "ja" if column.type is ColumnType.YES_NO else column.default
            values = values.fill_null(default)
        columns.append(values)
    return pa.Table.from_arrays(columns, schema=schema)


def _as_they_came(rows: pa.Table) -> pa.Table:
    """The line and the text columns, and what stood beyond the header where something did."""
    beyond = rows[OVERFLOW].null_count < rows.num_rows
    return rows.drop_columns([CELLS] if beyond else [CELLS, OVERFLOW])


def _strictly_confidential(rows: pa.Table) -> Refusal | None:
    if "adressebeskyttelse" not in rows.column_names:
        return None
    for value in rows["adressebeskyttelse"].unique().to_pylist():
        if "streng" in value.casefold() or "6" in value:
            place = rows["adressebeskyttelse"].to_pylist().index(value)
            line = rows[LINE][place].as_py()
            return Refusal(checks.STRICTLY_CONFIDENTIAL, line=line, column="adressebeskyttelse")
    return None


def _not_represented(records: pa.Table, form: Form, circumstances: Circumstances) -> Refusal | None:
    """Refuse the first row of a municipality that exists that day and is not the sender's, by any number it has had.

    One that does not exist, or no longer does, is nobody's: that is an error of the row.
    """
    represents = circumstances.represents
    if represents is None:
        return None
    own = {*represents, *circumstances.places(sorted(represents)).values()}
    columns = (records[name].to_pylist() for name in ("line", "municipality", "municipality_state", "place"))
    for line, municipality, state, place in zip(*columns, strict=True):
        if state == VALID and municipality not in own and place not in own:
            return Refusal(checks.NOT_REPRESENTED, line=line, column=form.by_field("municipality").name)
    return None
