"""The districts of Oslo: which rows of a snapshot count in which.

A row counts in its district where it counts in the municipality, so the districts share out the municipality's people. Rows
that name no district, or one that is not in force at the end of the year, count in the district of those not stated: the
sum is whole whatever a file left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from introstat.vocabulary.places import NOT_STATED

if TYPE_CHECKING:
    from introstat.definitions.catalogue import Definitions


def with_districts(rows: pa.Table, *, definitions: Definitions) -> pa.Table:
    """The rows with their district as it counts, null where the municipality has none, and whether they count there."""
    districts = definitions.geography.districts(definitions.year.last_day)
    municipality, own = (rows.column(name).combine_chunks() for name in ("municipality", "district"))
    divided = pc.is_in(
        municipality, value_set=pa.array(sorted({str(place.parent) for place in districts}), pa.string())
    )
    # Few rows lie in a municipality that is divided: only these are looked at one by one.
    within, named = municipality.filter(divided), own.filter(divided)
    known = pc.is_in(named, value_set=pa.array([place.code for place in districts], pa.string()))
    known = pc.and_(known, pc.equal(pc.utf8_slice_codeunits(named, 0, 4), within))
    counted = pc.if_else(pc.fill_null(known, False), named, pc.binary_join_element_wise(within, NOT_STATED, ""))
    column = pc.replace_with_mask(pa.nulls(len(rows), pa.string()), divided, counted)
    rows = rows.set_column(rows.schema.get_field_index("district"), "district", column)
    return rows.append_column("in_district", pc.and_(divided, rows.column("in_municipality")))
