"""Tabulate: a snapshot becomes cubes of counts, in one pass over its rows.

``count`` gives the base of every published table, the key figures, and how many rows were left at each step of the way.
``remarks`` says what stands out in them, to the office.
"""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from introstat.definitions.reasons import NOT_REGISTERED
from introstat.tabulate.exits import count_exits, overlap
from introstat.tabulate.indicators import ALL_REASONS, BOTH_SEXES, key_figures
from introstat.tabulate.plausibility import Remark, remarks
from introstat.vocabulary.tables import COUNTRY, Cubes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from introstat.definitions.catalogue import Definitions
    from introstat.tabulate.exits import Exits
    from introstat.vocabulary.snapshots import Snapshot

__all__ = ["Remark", "count", "remarks"]

_SOURCES: Final = ("register", "direct", "both", "nil", "none")


def count(snapshot: Snapshot, *, definitions: Definitions) -> Cubes:
    """Count a snapshot by the definitions of its year. Same snapshot, same cubes.

    Raises ValueError when the definitions are another year's, and Damaged when a row counts where the year has no place.
    """
    if definitions.year != snapshot.meta.year:
        raise ValueError(f"a snapshot of {snapshot.meta.year} is not counted by the definitions of {definitions.year}")
    exits = count_exits(snapshot.rows, definitions=definitions)
    source = dict(
        zip(snapshot.reporting["municipality"].to_pylist(), snapshot.reporting["source"].to_pylist(), strict=True)
    )
    municipalities = [place.code for place in definitions.geography.municipalities(definitions.year.last_day)]
    silent = frozenset(code for code in municipalities if source.get(code, "none") == "none")
    reported = frozenset(municipalities) - silent
    return Cubes(
        year=snapshot.meta.year,
        exits=exits.cube,
        parents=exits.parents,
        not_reported=silent,
        overlap=overlap(exits),
        key_figures=key_figures(exits.cube, reported=reported, definitions=definitions),
        funnel=_funnel(snapshot, exits=exits, definitions=definitions),
        linked=exits.linked,
        quality=_quality(exits, sources=Counter(source.get(code, "none") for code in municipalities)),
    )


def _funnel(snapshot: Snapshot, *, exits: Exits, definitions: Definitions) -> Mapping[str, int]:
    """Rows received and taken over all deliveries, programmes that ended, people below the line of the result and above."""
    result = definitions.indicators.result
    return MappingProxyType(
        {
            "received": snapshot.meta.received,
            "valid": snapshot.meta.valid,
            "population": exits.population,
            "denominator": sum(exits.cube.at(COUNTRY, BOTH_SEXES, reason) for reason in result.denominator),
            "numerator": sum(exits.cube.at(COUNTRY, BOTH_SEXES, reason) for reason in result.numerator),
        }
    )


def _quality(exits: Exits, *, sources: Mapping[str, int]) -> Mapping[str, int]:
    """People in the country by what is known about their exit, and municipalities by what they reported from."""
    return MappingProxyType(
        {
            "ended": exits.cube.at(COUNTRY, BOTH_SEXES, ALL_REASONS),
            "without_reason": exits.cube.at(COUNTRY, BOTH_SEXES, NOT_REGISTERED),
            "closed_by_register": exits.closed_by_register,
            "from_register": exits.from_register,
            "from_direct": exits.from_direct,
            **{f"municipalities_{source}": sources.get(source, 0) for source in _SOURCES},
        }
    )
