"""The pairs that person checks look at, as a database joins them."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from introstat.collect.circumstances import PLACED_PROGRAMMES
from introstat.collect.compare import pairs_of_people

JOINED = """
WITH mine AS (FROM records SELECT municipality, row, unnest(['n' || national_id, 'd' || duf_number]) AS id),
known AS (
    FROM programmes SELECT municipality, -1 AS row, unnest(['n' || national_id, 'd' || duf_number]) AS id
    UNION ALL FROM mine
)
SELECT DISTINCT r.row, e.row >= 0, r.municipality, e.municipality FROM mine r JOIN known e ON r.id = e.id
WHERE e.row < r.row
"""

rows = st.lists(
    st.tuples(st.sampled_from([None, "1", "2", "3"]), st.sampled_from([None, "1", "2", "3"])), min_size=1, max_size=8
)


def table(ids: list[tuple[str | None, str | None]], *, named: str) -> pa.Table:
    """Programmes with these numbers, each told by its municipality; in a file, with its row."""
    made: list[dict[str, Any]] = [
        {"national_id": national, "duf_number": duf, "municipality": f"{named}{place}"}
        for place, (national, duf) in enumerate(ids)
    ]
    schema = pa.schema([field.with_nullable(True) for field in PLACED_PROGRAMMES])
    numbered = pa.array(range(10, 10 + len(ids)), pa.int64())
    return pa.Table.from_pylist(made, schema=schema).append_column("row", numbered)


@given(rows, rows)
def test_each_record_meets_each_programme_of_its_person_once(
    delivered: list[tuple[str | None, str | None]], known: list[tuple[str | None, str | None]]
) -> None:
    records, programmes = table(delivered, named="file"), table(known, named="register").drop_columns(["row"])
    pairs = pairs_of_people(records.drop_columns(["closed_by_register"]), programmes).to_pylist()
    met = [(pair["row"], pair["in_file"], pair["r"]["municipality"], pair["e"]["municipality"]) for pair in pairs]
    with duckdb.connect() as connection:
        connection.register("records", records)
        connection.register("programmes", programmes)
        assert sorted(met) == sorted(connection.execute(JOINED).fetchall())
