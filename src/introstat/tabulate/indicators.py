"""Key figures of a year: how many places have reported, how many are large enough, and how many of these did well.

They are counted before protection, from exact numbers. A share is compared unrounded, in whole numbers: 11 of 20 is 55 per
cent, 54.9 is not.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from introstat.definitions.tables import Places
from introstat.vocabulary.places import Level

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from introstat.definitions.catalogue import Definitions
    from introstat.definitions.indicators import Indicator
    from introstat.vocabulary.tables import Cube

BOTH_SEXES = "0"
ALL_REASONS = "0"


def exact_share(exits: Cube, indicator: Indicator, *, region: str, sex: str = BOTH_SEXES) -> Fraction | None:
    """The unrounded share in per cent for one region and sex; None where nobody stands below the line."""
    above = sum(exits.at(region, sex, reason) for reason in indicator.numerator)
    below = sum(exits.at(region, sex, reason) for reason in indicator.denominator)
    return indicator.exact(above, below)


def key_figures(exits: Cube, *, reported: frozenset[str], definitions: Definitions) -> Mapping[str, int]:
    """Every content of the year's tables that is a number of places, by its code. ``reported``: municipalities that did."""
    last_day = definitions.year.last_day
    geography = definitions.geography
    places = {
        Level.COUNTY: [place.code for place in geography.counties(last_day)],
        Level.MUNICIPALITY: [place.code for place in geography.municipalities(last_day)],
    }
    return MappingProxyType(
        {
            content.code: _places(
                content.formula, exits, among=places[content.formula.level], reported=reported, definitions=definitions
            )
            for table in definitions.tables.by_id.values()
            for content in table.contents
            if isinstance(content.formula, Places)
        }
    )


def _places(
    formula: Places, exits: Cube, *, among: Sequence[str], reported: frozenset[str], definitions: Definitions
) -> int:
    if formula.reported:
        return sum(code in reported for code in among)
    limits = definitions.parameters(definitions.year.last_day)
    if formula.ended_at_least is not None:
        fewest = limits.threshold(formula.ended_at_least)
        among = [code for code in among if exits.at(code, BOTH_SEXES, ALL_REASONS) >= fewest]
    if formula.indicator is not None and formula.share_at_least is not None:
        lowest, indicator = limits.threshold(formula.share_at_least), formula.indicator
        shares = (exact_share(exits, indicator, region=code) for code in among)
        return sum(share is not None and share >= lowest for share in shares)
    return len(among)
