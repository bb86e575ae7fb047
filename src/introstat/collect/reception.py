"""The order of collecting: read, check the whole, check each record, check each person, check the whole again.

What is refused whole leaves nothing behind. Otherwise the rows without errors become typed records, the others are kept
as they came, and everything found is told, in three languages, without a person's value in it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from introstat.collect.compare import compare_people
from introstat.collect.conversion import convert
from introstat.collect.findings import Findings, Refusal
from introstat.collect.parse import Parsed, parse
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

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from introstat.definitions.catalogue import Definitions
    from introstat.definitions.form import Form
    from introstat.vocabulary.deliveries import Sending
    from introstat.vocabulary.histories import Histories

_NOTHING: Final = pa.table({LINE: pa.array([], pa.int64())})


def receive(
    sending: Sending, *, definitions: Definitions, earlier: Histories | None, represents: frozenset[str] | None
) -> Delivery:
    """Turn what came into a delivery. Any bytes at all give one: what is wrong with them is a finding.

    `earlier` is what the register knew (None: nothing is known yet); `represents` the municipalities the sender may send
    for (None: the office, which may send for anyone).
    """
    findings = Findings()
    parsed = parse(sending, definitions=definitions)
    findings.try_all(checks.FILE_CHECKS)
    kind: DeliveryKind | None = None
    rows_read = 0
    taken: pa.Table | None = None
    rejected = _NOTHING
    if isinstance(parsed, Refusal):
        findings.refuse(parsed)
    else:
        kind, rows_read = parsed.header.form.kind, parsed.rows.num_rows
        examined = _examine(
            parsed,
            definitions=definitions,
            received=sending.received.date(),
            earlier=earlier,
            represents=represents,
            is_file=True,
            findings=findings,
        )
        if isinstance(examined, Refusal):
            findings.refuse(examined)
        else:
            taken, rejected = examined
    if taken is None:
        taken = RECORD_SCHEMAS[kind].empty_table() if kind is not None else _NOTHING
    return Delivery(
        sha256=hashlib.sha256(sending.content).hexdigest(),
        year=sending.year,
        kind=kind,
        sender=sending.sender,
        received=sending.received,
        filename=sending.filename,
        rule_set=rule_set(definitions),
        rules_run=findings.tried,
        rows_read=rows_read,
        records=taken,
        rejected=rejected,
        findings=findings.all(),
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
    findings = Findings()
    refused = _examine(
        Parsed(header=header, rows=rows, mangled=None),
        definitions=definitions,
        received=received.date(),
        earlier=earlier,
        represents=represents,
        is_file=False,
        findings=findings,
    )
    if isinstance(refused, Refusal):
        findings.refuse(refused)
    return findings.all()


def _examine(
    parsed: Parsed,
    *,
    definitions: Definitions,
    received: date,
    earlier: Histories | None,
    represents: frozenset[str] | None,
    is_file: bool,
    findings: Findings,
) -> tuple[pa.Table, pa.Table] | Refusal:
    """The records that are taken and the rows that are not, or why nothing is."""
    form, rows = parsed.header.form, parsed.rows
    refusal = (
        (check_shape(rows, form=form, definitions=definitions) if is_file else None)
        or _strictly_confidential(rows)
        or _not_represented(rows, definitions=definitions, represents=represents, received=received)
    )
    if refusal is not None:
        return refusal
    for position in parsed.header.unknown:
        findings.add(whole.UNKNOWN_COLUMN, values={"position": position})
    if parsed.mangled is not None:
        findings.add(whole.MANGLED_LETTERS, lines=[parsed.mangled])
    records = convert(rows, form=form, definitions=definitions, received=received, from_office=represents is None)
    taken = ~record_rules(definitions, form.kind).judge(records, findings=findings)
    find_duplicates(records, kind=form.kind, taken=taken, findings=findings)
    accepted = records.filter(pa.array(taken, pa.bool_()))
    met = compare_people(accepted, kind=form.kind, earlier=earlier, definitions=definitions, findings=findings)
    if is_file:
        whole_checks(definitions).look(
            accepted, kind=form.kind, earlier=earlier, represents=represents, met=met, findings=findings
        )
    return _typed(accepted, form), _as_they_came(rows.filter(pa.array(~taken, pa.bool_())))


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


def _not_represented(
    rows: pa.Table, *, definitions: Definitions, represents: frozenset[str] | None, received: date
) -> Refusal | None:
    """Refuse the first municipality that is one, and not the sender's by any number it has had or now has."""
    if represents is None or "kommunenummer" not in rows.column_names:
        return None
    geography = definitions.geography
    own = represents | {place.code for code in represents for place in geography.successors(code, received)}
    texts = rows["kommunenummer"].to_pylist()
    for text in dict.fromkeys(texts):
        code = text.strip()
        if not geography.was_valid_ever(code) or len(code) != 4:
            continue
        now = {place.code for place in geography.successors(code, received)}
        if code not in own and not now & own:
            line = rows[LINE][texts.index(text)].as_py()
            return Refusal(checks.NOT_REPRESENTED, line=line, column="kommunenummer")
    return None
