"""Regions beside the counties: which rows of a snapshot count in which IMDi region and which economic region.

A row counts in the region of its municipality where it counts in the municipality, and each person once per region: by the
last end, as in a municipality and a county. Two ends in two municipalities of one region are rare, and leave a row that counts
in its municipality and not in the country. So these few people are looked at one by one; all others count as they stand.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from introstat.vocabulary.places import Level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from introstat.definitions.catalogue import Definitions
    from introstat.vocabulary.places import Place

LINKED_COLUMNS: Final = (Level.IMDI_REGION.value, Level.ECONOMIC_REGION.value)
"""The columns that `with_linked` adds, the largest regions first; `in_` and the name is the flag."""


def members_of(definitions: Definitions) -> Mapping[str, tuple[str, ...]]:
    """The linked regions of a year with their municipalities, in the order of tables; empty for a year that has none."""
    day = definitions.year.last_day
    return MappingProxyType(
        {
            place.code: definitions.geography.members(place.code, day)
            for level in LINKED_COLUMNS
            for place in _places(definitions, level)
        }
    )


def with_linked(rows: pa.Table, *, definitions: Definitions) -> pa.Table:
    """The rows with the code of each linked region they lie in, and whether they count there."""
    members = members_of(definitions)
    municipality = rows.column("municipality").combine_chunks()
    counts = rows.column("in_municipality").to_numpy(zero_copy_only=False)
    twice = _ended_twice(rows)
    for level in LINKED_COLUMNS:
        region_of = {one: place.code for place in _places(definitions, level) for one in members[place.code]}
        at = pc.index_in(municipality, value_set=pa.array(list(region_of), pa.string()))
        region = pa.array(list(region_of.values()), pa.string()).take(at)
        inside = counts & pc.is_valid(region).to_numpy(zero_copy_only=False)
        inside &= ~_repeated(rows, region, inside & twice)
        rows = rows.append_column(level, region).append_column(f"in_{level}", pa.array(inside, pa.bool_()))
    return rows


def _ended_twice(rows: pa.Table) -> NDArray[np.bool_]:
    """Rows of people with a row that counts in a municipality and no longer in the country: somebody counts there once."""
    person = rows.column("person").combine_chunks()
    again = pc.and_not(rows.column("in_municipality"), rows.column("in_country")).combine_chunks()
    people = pc.drop_null(person.filter(again)).unique()
    if not len(people):
        return np.zeros(rows.num_rows, np.bool_)
    found: NDArray[np.bool_] = pc.is_in(person, value_set=people).to_numpy(zero_copy_only=False)
    return found


def _repeated(rows: pa.Table, region: pa.Array, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows, of those that are `inside`, of people who count in the same region by a later end."""
    repeated = np.zeros(rows.num_rows, np.bool_)
    if not inside.any():
        return repeated
    keys = ["person", "region"]
    known = inside & pc.is_valid(rows.column("person")).to_numpy(zero_copy_only=False)
    counted = pa.table(
        {
            "person": rows.column("person"),
            "region": region,
            "end_date": rows.column("end_date"),
            "start_date": rows.column("start_date"),
            "municipality": rows.column("municipality"),
            "row": pa.array(np.arange(rows.num_rows)),
        }
    ).filter(pa.array(known))
    often = counted.group_by(keys).aggregate([("row", "count")])
    often = often.filter(pc.greater(often["row_count"], 1)).select(keys)
    last: dict[tuple[str, str], tuple[object, ...]] = {}
    several = counted.join(often, keys=keys, join_type="inner").to_pylist() if often.num_rows else []
    for one in several:
        key = (one["person"], one["region"])
        when = (one["end_date"], one["start_date"], one["municipality"], one["row"])
        last[key] = max(last.get(key, when), when)
    for one in several:
        repeated[one["row"]] = last[one["person"], one["region"]][-1] != one["row"]
    return repeated


def _places(definitions: Definitions, level: str) -> tuple[Place, ...]:
    day = definitions.year.last_day
    geography = definitions.geography
    return geography.imdi_regions(day) if level == Level.IMDI_REGION.value else geography.economic_regions(day)
