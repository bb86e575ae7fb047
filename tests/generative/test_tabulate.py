"""What holds for the cubes of any snapshot, and that the generator draws every kind of row that makes it hard."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import Phase, find, given, settings
from tests.made_snapshots import snapshots

from introstat.definitions.catalogue import definitions_for
from introstat.tabulate import count
from introstat.vocabulary.snapshots import Snapshot
from introstat.vocabulary.tables import Cubes

DEFINITIONS = definitions_for(2016)


def counted(snapshot: Snapshot) -> Cubes:
    return count(snapshot, definitions=DEFINITIONS)


@given(snapshots())
@settings(max_examples=25, deadline=None)
def test_sexes_reasons_and_places_add_up_and_fewer_are_left_at_each_step(snapshot: Snapshot) -> None:
    cubes = counted(snapshot)
    cube = cubes.exits
    regions, reason = cube.dimensions[0].position, cube.dimensions[2].position

    assert np.array_equal(cube.counts[:, 0], cube.counts[:, 1] + cube.counts[:, 2])
    for group in DEFINITIONS.reasons.published:
        leaves = [reason(leaf) for leaf in group.leaves]
        assert np.array_equal(cube.counts[:, :, reason(group.code)], cube.counts[:, :, leaves].sum(axis=2))

    for parent in set(cubes.parents.values()):
        parts = [regions(child) for child, above in cubes.parents.items() if above == parent]
        more = cube.counts[parts].sum(axis=0) - cube.counts[regions(parent)]
        assert np.array_equal(more, cubes.overlap.get(parent, np.zeros_like(more)))
        assert (parent in cubes.overlap) == bool(more.any())

    assert cubes.funnel["population"] >= cubes.funnel["denominator"] >= cubes.funnel["numerator"] >= 0


@given(snapshots())
@settings(max_examples=10, deadline=None)
def test_the_order_of_the_rows_does_not_matter(snapshot: Snapshot) -> None:
    backwards = snapshot.rows.take(pa.array(range(snapshot.rows.num_rows)[::-1], pa.int64()))
    turned = Snapshot(meta=snapshot.meta, rows=backwards, reporting=snapshot.reporting)
    assert np.array_equal(counted(snapshot).exits.counts, counted(turned).exits.counts)


@pytest.mark.parametrize(
    "case",
    [
        {"protected": True, "source": "register", "ended": True},
        {"protected": True, "source": "direct"},
        {"protected": False, "source": "direct"},
        {"in_municipality": True, "in_county": False},
        {"in_county": True, "in_country": False},
        {"ended": False},
        {"closed_by_register": True, "reason": "8"},
        {"municipality": "0301"},
    ],
    ids=str,
)
def test_the_generator_reaches_every_kind_of_row(case: dict[str, object]) -> None:
    def has_it(snapshot: Snapshot) -> bool:
        return any(case.items() <= row.items() for row in snapshot.rows.to_pylist())

    assert has_it(
        find(snapshots(), has_it, settings=settings(max_examples=2000, database=None, phases=[Phase.generate]))
    )
