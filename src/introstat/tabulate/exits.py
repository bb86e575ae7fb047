"""The base of every published table: people who ended, by region, sex and reason.

Who counts where is decided at the freeze and stands as flags on each row; nothing here knows a rule about it. What is
decided here is the shape: every region of the year has its place, zero or not, the country first and the people with a
protected address last, as the hidden row they are. IMDi regions and economic regions stand beside the counties: they are made
of whole municipalities, and a person who ended in two municipalities of one counts there once, by the last end. The districts
of Oslo share out the people of the municipality.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from introstat.definitions.reasons import ALL
from introstat.tabulate.aggregate import Axis, Condition, Derived, aggregate
from introstat.tabulate.districts import with_districts
from introstat.tabulate.linked import LINKED_COLUMNS, members_of, with_linked
from introstat.vocabulary.errors import Damaged
from introstat.vocabulary.tables import COUNTRY, PROTECTED_GROUP, SEXES, Cube, Dimension

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyarrow as pa
    from numpy.typing import NDArray

    from introstat.definitions.catalogue import Definitions
    from introstat.definitions.reasons import Reasons
    from introstat.tabulate.aggregate import Set

_REGION: Final = Axis(
    "region",
    (("district",), ("municipality",), *((column,) for column in LINKED_COLUMNS), ("county",), ("protected",), ()),
)
_SEX: Final = Axis("sex", (("sex",), ()))
_WEIGHT_OF_LEVEL: Final[Mapping[tuple[str, ...], str]] = {
    ("district",): "in_district",
    ("municipality",): "in_municipality",
    **{(column,): f"in_{column}" for column in LINKED_COLUMNS},
    ("county",): "in_county",
    ("protected",): "in_country",
    (): "in_country",
}
_WEIGHTS: Final[Mapping[str, tuple[Condition, ...]]] = {
    "in_district": ("in_district",),
    "in_municipality": ("in_municipality",),
    "in_county": ("in_county",),
    **{f"in_{column}": (f"in_{column}",) for column in LINKED_COLUMNS},
    "in_country": ("in_country",),
    "closed_by_register": ("in_country", "closed_by_register"),
    "from_direct": ("in_country", ("source", "direct")),
    "population": (),
}


@dataclass(frozen=True, slots=True, eq=False)
class Exits:
    """The base cube, each region's parent, the municipalities of those beside the counties, and the sums over the whole country that no table shows.

    ``population`` counts programmes that ended, each once per municipality; the others count people in the country.
    """

    cube: Cube
    parents: Mapping[str, str]
    linked: Mapping[str, tuple[str, ...]]
    population: int
    closed_by_register: int
    from_register: int
    from_direct: int


def count_exits(rows: pa.Table, *, definitions: Definitions) -> Exits:
    """Count a snapshot's rows. Raises Damaged for a row that counts in a place the year does not have."""
    parents = _parents(definitions)
    linked = members_of(definitions)
    counties = [code for code, parent in parents.items() if parent == COUNTRY and code != PROTECTED_GROUP]
    inside = [code for code, parent in parents.items() if parent != COUNTRY]
    regions = Dimension("Region", (COUNTRY, *counties, *linked, *inside, PROTECTED_GROUP))
    reasons = definitions.reasons
    dimensions = (regions, Dimension("Kjonn", SEXES), Dimension("Grunn", reasons.order))
    counts = np.zeros(tuple(len(dimension) for dimension in dimensions), dtype=np.int64)
    groups = tuple(_partitions(reasons))
    reason_axis = Axis("reason", (("reason",), *((group.name,) for group in groups), ()))
    sets = aggregate(
        with_districts(with_linked(rows, definitions=definitions), definitions=definitions),
        where="ended",
        count="n",
        weights=_WEIGHTS,
        axes=(_REGION, _SEX, reason_axis),
        derived=groups,
    )
    positions = [{code: position for position, code in enumerate(dimension.values)} for dimension in dimensions]
    for one in sets:
        for codes, number in _cells(one, weight=_WEIGHT_OF_LEVEL[one.levels[0]]):
            try:
                index = tuple(where[code] for where, code in zip(positions, codes, strict=True))
            except KeyError as unknown:
                raise Damaged(
                    f"The snapshot counts people under {unknown}, which is no code of {definitions.year}."
                ) from None
            counts[index] = number
    (total,) = (one for one in sets if not any(one.levels))
    return Exits(
        cube=Cube(dimensions=dimensions, counts=counts),
        parents=parents,
        linked=linked,
        population=total.sums["population"][0],
        closed_by_register=total.sums["closed_by_register"][0],
        from_register=total.sums["in_country"][0] - total.sums["from_direct"][0],
        from_direct=total.sums["from_direct"][0],
    )


def overlap(exits: Exits) -> Mapping[str, NDArray[np.int64]]:
    """Per region whose children add up to more than itself, by how much, by sex and reason.

    That is people who ended in two of the children and count once here. Raises Damaged where the children are fewer: someone
    would then count in a place and in none of its parts, and no protection could know of it.
    """
    counts, regions = exits.cube.counts, exits.cube.dimensions[0]
    children: defaultdict[str, list[int]] = defaultdict(list)
    for region, parent in exits.parents.items():
        children[parent].append(regions.position(region))
    over = {}
    for parent, parts in children.items():
        more = counts[parts].sum(axis=0) - counts[regions.position(parent)]
        if (more < 0).any():
            raise Damaged(f"The snapshot counts people in {parent} who are in none of its parts.")
        if more.any():
            more.setflags(write=False)
            over[parent] = more
    return MappingProxyType(over)


def _parents(definitions: Definitions) -> Mapping[str, str]:
    """Region → parent: counties, municipalities and districts, each by code, then the protected group."""
    last_day, geography = definitions.year.last_day, definitions.geography
    places = (*geography.counties(last_day), *geography.municipalities(last_day), *geography.districts(last_day))
    parents = {place.code: place.parent or COUNTRY for place in places}
    return MappingProxyType({**parents, PROTECTED_GROUP: COUNTRY})


def _partitions(reasons: Reasons) -> Iterator[Derived]:
    """The groups of reasons as few columns as they fit into: groups that share no reason stand in one column."""
    columns: list[dict[str, str]] = []
    for reason in reasons.published:
        if reason.is_leaf or reason.code == ALL:
            continue
        group = dict.fromkeys(reason.leaves, reason.code)
        for column in columns:
            if not column.keys() & group.keys():
                column.update(group)
                break
        else:
            columns.append(group)
    for number, column in enumerate(columns, start=1):
        yield Derived(name=f"reason_group_{number}", source="reason", values=column)


def _cells(one: Set, *, weight: str) -> Iterator[tuple[tuple[str, str, str], int]]:
    """The codes of each cell of a set and its number, where it is not zero; those who are not protected are no group."""
    region, sex, reason = (one.keys[level[0]] if level else None for level in one.levels)
    for index, number in enumerate(one.sums[weight]):
        place = COUNTRY if region is None else region[index]
        if place is True:
            place = PROTECTED_GROUP
        if number and place is not False:
            yield (
                (str(place), ALL if sex is None else str(sex[index]), ALL if reason is None else str(reason[index])),
                number,
            )
