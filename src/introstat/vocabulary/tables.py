"""Counts before and after protection. `mypy` keeps the two apart: only a `SafeCube` may be shown.

The base of all published tables of a year is one `Cube` of exits by region, sex and reason. Published tables are
picked out of it (definitions' tables.toml): `IP102`'s *Avsluttet* is reason `0`, its *TilArbeid* is reason `1` …

Regions: country `0`, county two digits, IMDi region `I01`, economic region `N3009`, municipality four digits, and `PROTECTED_GROUP` for people who count in the
country only. Sex: `0` both, `1` men, `2` women. Reason: `0` all, `A` work or education beyond primary school, `B` other,
`1`–`7` the published reasons, `8` not registered; 0 = A + B, A = 1 + 2, B = 3 + … + 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from introstat.vocabulary.years import ReportingYear

COUNTRY = "0"
PROTECTED_GROUP = "protected"
SEXES = ("0", "1", "2")
REASONS = ("0", "A", "B", "1", "2", "3", "4", "5", "6", "7", "8")


class Status(StrEnum):
    """Why a cell has no number, or that its number is preliminary; a final one has the empty status. The standard signs."""

    SHOWN = ""
    PRELIMINARY = "*"
    HIDDEN = ":"
    NOT_AVAILABLE = ".."
    NOT_APPLICABLE = "."

    @property
    def has_number(self) -> bool:
        """Whether a number stands in the cell."""
        return self in NUMBERED


NUMBERED = (Status.SHOWN, Status.PRELIMINARY)
"""The statuses of cells that have a number; `*` says that it may change."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """A variable of a table and its codes, in the order they are shown."""

    code: str
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(set(self.values)) != len(self.values):
            raise ValueError(f"{self.code} has the same code twice")

    def __len__(self) -> int:
        return len(self.values)

    def position(self, value: str) -> int:
        """Where a code stands; raises ValueError when it is not one of them."""
        return self.values.index(value)


@dataclass(frozen=True, slots=True, eq=False)
class Cube:
    """Counts by region × sex × reason: an int64 array with its dimensions. Never shown."""

    dimensions: tuple[Dimension, ...]
    counts: NDArray[np.int64]

    def __post_init__(self) -> None:
        if self.counts.shape != tuple(len(dimension) for dimension in self.dimensions):
            raise ValueError("the counts do not have the shape of the dimensions")
        if self.counts.dtype != np.int64:
            raise ValueError("counts are int64")
        if self.counts.size and self.counts.min() < 0:
            raise ValueError("a count cannot be negative")
        self.counts.setflags(write=False)

    def at(self, *codes: str) -> int:
        """One count by its codes, in the order of the dimensions."""
        return int(self.counts[tuple(d.position(c) for d, c in zip(self.dimensions, codes, strict=True))])


@dataclass(frozen=True, slots=True, eq=False)
class Cubes:
    """Everything counted for a year in one pass, before protection.

    `exits` is Region × Kjonn × Grunn over the country, the counties, linked regions, the municipalities and, last, `PROTECTED_GROUP`.
    `parents` is each region's parent (county → country, municipality → county, protected group → country). `linked` are the
    regions beside the counties, which have no parent here, each with the municipalities it is made of.
    `not_reported` are municipalities that sent nothing: their zeros are not zeros.
    `overlap` is, per region that has children, an int64 array Kjonn × Grunn: sum of the children minus the region itself
    (people who ended in two of the children and count once here); regions without overlap are left out.
    `key_figures` are the contents of IP100, counted before protection. `funnel` counts the rows on the way:
    received, valid, population, denominator, numerator. `closed_by_register` and `sources` are quality figures.
    """

    year: ReportingYear
    exits: Cube
    parents: Mapping[str, str]
    not_reported: frozenset[str]
    overlap: Mapping[str, NDArray[np.int64]]
    key_figures: Mapping[str, int]
    funnel: Mapping[str, int]
    quality: Mapping[str, int] = field(default_factory=dict)
    linked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class SafeCube:
    """One published table. A hidden number is absent: `values` is NaN wherever `status` is neither shown nor preliminary.

    `values` float64 and `status` (`Status` values as text) have the shape of `dimensions`, which are in the table's
    order: Region, Kjonn, Grunn where there is one, ContentsCode, Tid. Counts are whole numbers, shares whole per cent, half
    rounded up.
    """

    table: str
    dimensions: tuple[Dimension, ...]
    values: NDArray[np.float64]
    status: NDArray[np.str_]

    def __post_init__(self) -> None:
        shape = tuple(len(dimension) for dimension in self.dimensions)
        if self.values.shape != shape or self.status.shape != shape:
            raise ValueError("values and status have the shape of the dimensions")
        shown = np.isin(self.status, [status.value for status in NUMBERED])
        if not np.array_equal(shown, ~np.isnan(self.values)):
            raise ValueError("a number stands exactly where a cell is shown")
        self.values.setflags(write=False)
        self.status.setflags(write=False)

    def dimension(self, code: str) -> Dimension:
        """The dimension with this code; raises KeyError when the table does not have it."""
        for dimension in self.dimensions:
            if dimension.code == code:
                return dimension
        raise KeyError(code)

    def as_preliminary(self) -> SafeCube:
        """The same table with every number marked as one that may change."""
        status = np.where(self.status == Status.SHOWN.value, Status.PRELIMINARY.value, self.status).astype("<U2")
        return SafeCube(self.table, self.dimensions, self.values, status)

    def at(self, **codes: str) -> tuple[float | None, Status]:
        """One cell by its codes: the number or None, and its status."""
        index = tuple(d.position(codes[d.code]) for d in self.dimensions)
        value = float(self.values[index])
        return (None if np.isnan(value) else value), Status(str(self.status[index]))


@dataclass(frozen=True, slots=True)
class Declared:
    """A value of a hidden group that a release knowingly gives away."""

    group: str
    sex: str
    reason: str
    value: int


@dataclass(frozen=True, slots=True)
class WeakCell:
    """A hidden cell of the base with little freedom or none: the least and the greatest value that an attack leaves it."""

    region: str
    sex: str
    reason: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class UnderPolicy:
    """What another policy would show of the same counts: municipalities with their number, result or band, cells hidden in the
    base, and whether the attack was carried through and found nothing. `problem` says why it cannot be done at all."""

    policy: str
    places_number: int
    places_result: int
    places_band: int
    hidden: int
    is_safe: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ProtectionReport:
    """What protection did, for the office and the manifest. Holds no hidden number.

    `hidden` counts cells of the base cube per level (`county`, `municipality`, …) and kind (`primary`, `secondary`).
    `places_number`, `places_result` and `places_band` are how many municipalities with anyone ended show their number ended,
    number and result both, and the number with the band its result lies in; `places_pooled` how many show a result of several
    years together. `attack` is what was tried and found: `settled`, `exact` (must be 0), `narrow` (must be 0).
    `weakest` are the cells to look at first, for the office only. `by_policy` compares the
    policies, where that was asked for.
    """

    policy: str
    policy_decision: str
    seed: int
    hidden: Mapping[str, Mapping[str, int]]
    places_number: int
    places_result: int
    places_band: int
    places_pooled: int
    declared: tuple[Declared, ...]
    attack_settled: bool
    attack_exact: int
    attack_narrow: int
    notes: tuple[str, ...] = ()
    weakest: tuple[WeakCell, ...] = ()
    by_policy: tuple[UnderPolicy, ...] = ()

    @property
    def hidden_cells(self) -> int:
        """How many cells of the base are hidden."""
        return sum(sum(kinds.values()) for kinds in self.hidden.values())

    @property
    def is_safe(self) -> bool:
        """Whether the attack was carried through and found nothing."""
        return self.attack_settled and self.attack_exact == 0 and self.attack_narrow == 0


@dataclass(frozen=True, slots=True, eq=False)
class SafeCubes:
    """All tables of a year as they may be shown, and the report on how they were protected."""

    year: ReportingYear
    tables: Mapping[str, SafeCube]
    report: ProtectionReport
    funnel: Mapping[str, int]
    quality: Mapping[str, int]
