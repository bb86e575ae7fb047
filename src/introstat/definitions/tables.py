"""What the published tables show: variables, contents, and how every content follows from counts.

All tables of a year are picked out of one base: people who ended, by region, sex and reason. A content is a ``Count`` of
some reasons, a ``Share`` (an indicator), an edge of the ``Band`` a share lies in, one of these two ``Pooled`` over several years, or a number of
``Places``; nothing else can be published.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from introstat.definitions.indicators import Indicator, Indicators
from introstat.definitions.reading import BadDefinition, Table
from introstat.definitions.reasons import Reasons
from introstat.vocabulary.places import Level
from introstat.vocabulary.texts import Text

OWN = "own"


class Role(StrEnum):
    """What a variable tells: where, who, why, what, when."""

    REGION = "region"
    SEX = "sex"
    REASON = "reason"
    CONTENTS = "contents"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Count:
    """A number of people: the sum of these codes of Grunn. Empty: each row's own reason, in a table with Grunn."""

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A share in per cent, rounded as its indicator says."""

    indicator: Indicator


class Edge(StrEnum):
    """Which end of a band: the share is at least ``low`` and, but for 100, less than ``high``."""

    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Band:
    """An edge, in whole per cent, of the band that a share which is not shown lies in."""

    indicator: Indicator
    edge: Edge


@dataclass(frozen=True, slots=True)
class Pooled:
    """A count or a share over several years together, the last of them the reporting year; or, where it is of nothing, the
    first of these years."""

    of: Count | Share | None


@dataclass(frozen=True, slots=True)
class Places:
    """A number of places of a level, counted before protection.

    ``reported``: those that have reported anything, a nil report included. Otherwise those where at least as many people
    ended as the parameter ``ended_at_least`` says and, where ``indicator`` is given, where its unrounded share is at least
    the parameter ``share_at_least``.
    """

    level: Level
    reported: bool
    ended_at_least: str | None
    indicator: Indicator | None
    share_at_least: str | None

    def __post_init__(self) -> None:
        if self.reported == (self.ended_at_least is not None):
            raise ValueError("places are counted either because they have reported or because enough people ended")
        if (self.indicator is None) != (self.share_at_least is None):
            raise ValueError("a share and its limit go together")


Formula = Count | Share | Band | Pooled | Places


@dataclass(frozen=True, slots=True)
class Value:
    """A code of a variable and its label."""

    code: str
    label: Text


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable that tables may have.

    ``values`` are in the order shown. For Region it holds the country only: the other regions and their labels are the
    geography's. For ContentsCode and Tid it is empty. ``total`` is the code that adds up the others.
    """

    code: str
    role: Role
    label: Text
    definition: Text
    reference: str
    total: str | None
    values: tuple[Value, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in the order shown."""
        return tuple(value.code for value in self.values)

    def label_of(self, code: str) -> Text:
        """The label of a code. Raises KeyError."""
        for value in self.values:
            if value.code == code:
                return value.label
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class Content:
    """One figure of a table."""

    code: str
    label: Text
    unit: Text
    decimals: int
    formula: Formula
    definition: Text
    reference: str

    @property
    def is_share(self) -> bool:
        """Whether the figure is in per cent."""
        formula = self.formula.of if isinstance(self.formula, Pooled) else self.formula
        return isinstance(formula, Share | Band)

    @property
    def is_band(self) -> bool:
        """Whether the figure is an edge of a band."""
        return isinstance(self.formula, Band)

    @property
    def is_pooled(self) -> bool:
        """Whether the figure is of several years."""
        return isinstance(self.formula, Pooled)


@dataclass(frozen=True, slots=True)
class TableDefinition:
    """One published table. ``levels`` are the kinds of regions it has, in their order."""

    id: str
    title: Text
    variables: tuple[Variable, ...]
    levels: tuple[Level, ...]
    contents: tuple[Content, ...]
    notes: tuple[Text, ...]
    population: Text
    source: Text
    reference: str

    def variable(self, role: Role) -> Variable | None:
        """The variable with this role, or None where the table has none."""
        return next((variable for variable in self.variables if variable.role is role), None)

    def content(self, code: str) -> Content:
        """A content by its code. Raises KeyError."""
        for content in self.contents:
            if content.code == code:
                return content
        raise KeyError(code)


@dataclass(frozen=True, slots=True)
class Tables:
    """The year's tables by id, in the order they are published."""

    by_id: Mapping[str, TableDefinition]
    variables: Mapping[str, Variable]

    def __getitem__(self, key: str) -> TableDefinition:
        return self.by_id[key]

    def __len__(self) -> int:
        return len(self.by_id)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids in the order they are published."""
        return tuple(self.by_id)


def read_tables(file: Table, *, indicators: Indicators, reasons: Reasons) -> Tables:
    """Build the tables from ``tables.toml``. Raises BadDefinition, also for an unknown reason, indicator, unit or note."""
    population, source = file.text("population"), file.text("source")
    units = _texts(file.table("units"))
    notes = _texts(file.table("notes"))
    variables = {code: _variable(code, table, reasons) for code, table in file.table("variables").named_tables()}
    by_id = {}
    for table in file.tables("table"):
        key = table.string("id")
        try:
            by_id[key] = TableDefinition(
                id=key,
                title=table.text("title"),
                variables=tuple(variables[code] for code in table.strings("variables")),
                levels=tuple(Level(level) for level in table.strings("levels")),
                contents=tuple(_content(content, units, indicators, reasons) for content in table.tables("contents")),
                notes=tuple(notes[note] for note in table.strings("notes")),
                population=population,
                source=source,
                reference=table.string("reference"),
            )
        except (KeyError, ValueError) as problem:
            raise BadDefinition(f"{table.where} ({key}): {problem}") from problem
        table.finish()
    file.finish()
    return Tables(by_id=MappingProxyType(by_id), variables=MappingProxyType(variables))


def _texts(table: Table) -> dict[str, Text]:
    texts = {}
    for key, inner in table.named_tables():
        texts[key] = Text(nb=inner.string("nb"), nn=inner.string("nn"), en=inner.string("en"))
        inner.finish()
    return texts


def _variable(code: str, table: Table, reasons: Reasons) -> Variable:
    role = Role(table.string("role"))
    if role is Role.REASON:
        values = tuple(Value(reason.code, reason.label) for reason in reasons.published)
    elif role in (Role.REGION, Role.SEX):
        values = tuple(Value(value.string("code"), value.text("label")) for value in table.tables("values"))
    else:
        values = ()
    variable = Variable(
        code=code,
        role=role,
        label=table.text("label"),
        definition=table.text("definition"),
        reference=table.string("reference"),
        total=table.optional_string("total"),
        values=values,
    )
    table.finish()
    return variable


def _content(table: Table, units: Mapping[str, Text], indicators: Indicators, reasons: Reasons) -> Content:
    formula = _formula(table, indicators, reasons)
    content = Content(
        code=table.string("code"),
        label=table.text("label"),
        unit=units[table.string("unit")],
        decimals=_decimals(formula),
        formula=formula,
        definition=table.text("definition"),
        reference=table.string("reference"),
    )
    table.finish()
    return content


def _formula(table: Table, indicators: Indicators, reasons: Reasons) -> Formula:
    if table.flag("first_year", default=False):
        return Pooled(None)
    formula = _of_a_year(table, indicators, reasons)
    if not table.flag("pooled", default=False):
        return formula
    if not isinstance(formula, Count | Share):
        raise BadDefinition(f"{table.where}: only a count or a share is pooled")
    return Pooled(formula)


def _decimals(formula: Formula) -> int:
    single = formula.of if isinstance(formula, Pooled) else formula
    return single.indicator.decimals if isinstance(single, Share) else 0


def _of_a_year(table: Table, indicators: Indicators, reasons: Reasons) -> Count | Share | Band | Places:
    indicator = table.optional_string("indicator")
    if indicator is not None:
        edge = table.optional_string("edge")
        return Share(indicators[indicator]) if edge is None else Band(indicators[indicator], Edge(edge))
    places = table.optional_table("places")
    if places is not None:
        compared = places.optional_string("indicator")
        formula = Places(
            level=Level(places.string("level")),
            reported=places.flag("reported", default=False),
            ended_at_least=places.optional_string("ended_at_least"),
            indicator=None if compared is None else indicators[compared],
            share_at_least=places.optional_string("share_at_least"),
        )
        places.finish()
        return formula
    count = table.anything("count")
    if count == OWN:
        return Count(())
    if not isinstance(count, list):
        raise BadDefinition(f"{table.where}: count is a list of reasons or {OWN!r}")
    reasons.leaves(*count)
    return Count(tuple(count))
