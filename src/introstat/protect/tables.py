"""The published tables from the counts and from which of them are shown. A hidden number is absent, not masked.

A share is shown where every count above and below its line is. A share of nobody is not applicable; a place that has not
reported has nothing available, and is never one of the hidden.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from introstat.definitions.catalogue import Definitions
from introstat.definitions.indicators import Indicator
from introstat.definitions.tables import Band as BandEdge
from introstat.definitions.tables import Count, Edge, Formula, Role, Share, TableDefinition
from introstat.definitions.tables import Pooled as OfYears
from introstat.protect.bands import Band
from introstat.protect.joint import Pooled
from introstat.vocabulary.places import Level, level_of
from introstat.vocabulary.tables import COUNTRY, PROTECTED_GROUP, Cubes, Dimension, SafeCube, Status

ENDED, RESULTS = "0", "A"
"""The reasons that pooled results are made of: all, and those that reached the goal."""


def safe_tables(
    cubes: Cubes,
    shown: NDArray[np.bool_],
    *,
    bands: Mapping[str, Band],
    pooled: Mapping[str, Pooled],
    definitions: Definitions,
) -> Mapping[str, SafeCube]:
    """Every table of the year by its id.

    `shown` has the shape of the counts of `cubes.exits`; `bands` and `pooled` are told of results that are not shown, by
    region.
    """
    tables = {}
    for key, definition in definitions.tables.by_id.items():
        if definition.variable(Role.SEX):
            tables[key] = _counted(cubes, shown, definition=definition)
        elif any(content.is_band for content in definition.contents):
            tables[key] = _banded(cubes, shown, bands, definition=definition)
        elif any(content.is_pooled for content in definition.contents):
            tables[key] = _pooled(cubes, shown, pooled, definition=definition)
        else:
            tables[key] = _key_figures(cubes, definition=definition)
    return tables


def _key_figures(cubes: Cubes, *, definition: TableDefinition) -> SafeCube:
    codes = tuple(content.code for content in definition.contents)
    values = np.array([[[float(cubes.key_figures[code])] for code in codes]])
    dimensions = (Dimension("Region", (COUNTRY,)), Dimension("ContentsCode", codes), _time(cubes))
    return SafeCube(definition.id, dimensions, values, np.full(values.shape, Status.SHOWN.value, dtype="<U2"))


def _counted(cubes: Cubes, shown: NDArray[np.bool_], *, definition: TableDefinition) -> SafeCube:
    regions, sexes, reasons = cubes.exits.dimensions
    kept = np.array([code != PROTECTED_GROUP for code in regions.values])
    counts, shown = cubes.exits.counts[kept], shown[kept]
    region = Dimension(regions.code, tuple(code for code in regions.values if code != PROTECTED_GROUP))
    by_reason = definition.variable(Role.REASON) is not None
    columns: list[tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]] = []
    for content in definition.contents:
        formula = content.formula
        if isinstance(formula, Count):
            at = [reasons.position(code) for code in (reasons.values if by_reason else formula.reasons)]
            value, seen = counts[:, :, at], shown[:, :, at]
            if not by_reason:
                value = value.sum(axis=2, keepdims=True)
                seen = np.logical_and.reduce(seen, axis=2, keepdims=True)
            columns.append((value.astype(float), seen, np.zeros_like(seen)))
        elif isinstance(formula, Share):
            columns.append(_share(counts, shown, reasons=reasons, indicator=formula.indicator))
        else:
            raise ValueError(f"{definition.id} holds {content.code}, which is no count of people and no share")
    values, seen, empty = (np.stack(parts, axis=3) for parts in zip(*columns, strict=True))
    status = np.where(seen, np.where(empty, Status.NOT_APPLICABLE.value, ""), Status.HIDDEN.value).astype("<U2")
    for code in cubes.not_reported:
        status[region.position(code)] = Status.NOT_AVAILABLE.value
    values = np.where(status == Status.SHOWN.value, values, np.nan)
    dimensions: list[Dimension] = [region, sexes]
    if by_reason:
        dimensions.append(reasons)
    else:
        values, status = values[:, :, 0], status[:, :, 0]
    contents = Dimension("ContentsCode", tuple(content.code for content in definition.contents))
    return SafeCube(
        definition.id, (*dimensions, contents, _time(cubes)), values[..., None].copy(), status[..., None].copy()
    )


def _banded(
    cubes: Cubes, shown: NDArray[np.bool_], bands: Mapping[str, Band], *, definition: TableDefinition
) -> SafeCube:
    """The band of every region's result: not applicable where the result itself is shown, or where nobody ended."""
    regions, _, reasons = cubes.exits.dimensions
    codes = tuple(code for code in regions.values if code != PROTECTED_GROUP)
    at = [regions.position(code) for code in codes]
    values = np.full((len(codes), len(definition.contents), 1), np.nan)
    status = np.full(values.shape, Status.HIDDEN.value, dtype="<U2")
    for number, content in enumerate(definition.contents):
        formula = content.formula
        if isinstance(formula, Count):
            own = [reasons.position(code) for code in formula.reasons]
            value = cubes.exits.counts[at][:, 0, own].sum(axis=1)
            seen = shown[at][:, 0, own].all(axis=1)
            values[seen, number, 0], status[seen, number, 0] = value[seen], Status.SHOWN.value
        elif isinstance(formula, BandEdge):
            indicator = formula.indicator
            parts = [reasons.position(code) for code in (*indicator.numerator, *indicator.denominator)]
            status[shown[at][:, 0, parts].all(axis=1), number, 0] = Status.NOT_APPLICABLE.value
            for place, code in enumerate(codes):
                if code in bands:
                    edge = bands[code].low if formula.edge is Edge.LOW else bands[code].high
                    values[place, number, 0], status[place, number, 0] = edge, Status.SHOWN.value
        else:
            raise ValueError(f"{definition.id} holds {content.code}, which is no count of people and no band")
    for code in cubes.not_reported & set(codes):
        values[codes.index(code)], status[codes.index(code)] = np.nan, Status.NOT_AVAILABLE.value
    contents = Dimension("ContentsCode", tuple(content.code for content in definition.contents))
    return SafeCube(definition.id, (Dimension(regions.code, codes), contents, _time(cubes)), values, status)


def _pooled(
    cubes: Cubes, shown: NDArray[np.bool_], pooled: Mapping[str, Pooled], *, definition: TableDefinition
) -> SafeCube:
    """The pooled result of every municipality that has one; not applicable to other regions, or where the result is shown."""
    regions, _, reasons = cubes.exits.dimensions
    codes = tuple(code for code in regions.values if code != PROTECTED_GROUP)
    values = np.full((len(codes), len(definition.contents), 1), np.nan)
    status = np.full(values.shape, Status.HIDDEN.value, dtype="<U2")
    result = [reasons.position(code) for code in (RESULTS, ENDED)]
    for place, code in enumerate(codes):
        at = regions.position(code)
        ended = cubes.exits.counts[at, 0, reasons.position(ENDED)]
        if code in pooled:
            values[place, :, 0] = [_of_years(content.formula, pooled[code]) for content in definition.contents]
            status[place] = Status.SHOWN.value
        elif code in cubes.not_reported:
            status[place] = Status.NOT_AVAILABLE.value
        elif level_of(code) is not Level.MUNICIPALITY or (shown[at, 0, result].all() and ended):
            status[place] = Status.NOT_APPLICABLE.value
    contents = Dimension("ContentsCode", tuple(content.code for content in definition.contents))
    return SafeCube(definition.id, (Dimension(regions.code, codes), contents, _time(cubes)), values, status)


def _of_years(formula: Formula, pooled: Pooled) -> float:
    """What a content of the table of pooled results shows."""
    match formula:
        case OfYears(of=None):
            return float(pooled.first)
        case OfYears(of=Count(reasons=(code,))) if code in (ENDED, RESULTS):
            return float(pooled.ended if code == ENDED else pooled.reached)
        case OfYears(of=Share(indicator=indicator)) if indicator.numerator == (RESULTS,):
            return float(indicator.per_cent(pooled.reached, pooled.ended) or 0)
        case _:
            raise ValueError("pooled results hold the number ended, those to work or education, and their share")


def _share(
    counts: NDArray[np.int64], shown: NDArray[np.bool_], *, reasons: Dimension, indicator: Indicator
) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
    above = [reasons.position(code) for code in indicator.numerator]
    below = [reasons.position(code) for code in indicator.denominator]
    numerator = counts[:, :, above].sum(axis=2, keepdims=True)
    denominator = counts[:, :, below].sum(axis=2, keepdims=True)
    seen: NDArray[np.bool_] = np.logical_and.reduce(shown[:, :, [*above, *below]], axis=2, keepdims=True)
    value = np.zeros(numerator.shape)
    for index in np.ndindex(*numerator.shape):
        share = indicator.per_cent(int(numerator[index]), int(denominator[index]))
        value[index] = 0.0 if share is None else float(share)
    return value, seen, denominator == 0


def _time(cubes: Cubes) -> Dimension:
    return Dimension("Tid", (str(cubes.year),))
