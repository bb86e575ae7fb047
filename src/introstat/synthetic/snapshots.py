"""Rows in the form of a snapshot without the line behind them: for counting many millions in a benchmark.

The shares are those of an exact plan, and every value is one that a snapshot could hold. Nothing here is a person, not
even an invented one: there are no names, and the pseudonyms are serial numbers.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from introstat.synthetic.plan import ENDED_IN_YEAR, MEN, PROTECTED, Fate, plan
from introstat.synthetic.published import inhabitants, published
from introstat.vocabulary.snapshots import SNAPSHOT_ROWS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from introstat.definitions.catalogue import Definitions

_CITIZENSHIPS = ("ERI", "SOM", "SYR", "AFG", "SDN", "ETH", "IRQ", "IRN", "MMR", "COD", "XXX")


def snapshot_rows(persons: int, *, seed: int, definitions: Definitions) -> pa.Table:
    """As many rows as persons, in a random order, with the schema of a snapshot's rows. The same seed, the same rows."""
    year = definitions.year.value
    totals = published(year)
    counties = {
        place.code: place.parent or "" for place in definitions.geography.municipalities(definitions.year.last_day)
    }
    rng = np.random.default_rng([seed, year, persons])
    made = plan(totals, counties=counties, discontinued=frozenset(), sizes=inhabitants(), persons=persons, rng=rng)
    cell = rng.permutation(np.repeat(np.arange(made.people.size), made.people.ravel()))
    place, fate, sex, protection = (axis.astype(np.int32) for axis in np.unravel_index(cell, made.people.shape))
    del cell
    ended, protected = fate < ENDED_IN_YEAR, protection == PROTECTED
    reasons = [
        definitions.reasons.published_code(one.reason if one.reason in definitions.reasons.values() else None)
        for one in Fate
    ]
    start = np.datetime64(date(year - 2, 1, 1), "D") + rng.integers(0, 365, persons)
    end = np.datetime64(date(year, 1, 1), "D") + rng.integers(0, 366, persons)
    age = rng.integers(18, 56, persons).astype(np.int16)
    counted = ended & ~protected
    columns = {
        "person": pa.array(np.arange(persons)).cast(pa.string()),
        "municipality": _pick(made.municipalities, place, absent=protected),
        "county": _pick(made.counties, place, absent=protected),
        "district": pa.nulls(persons, pa.string()),
        "sex": _pick(("1", "2"), np.where(sex == MEN, 0, 1)),
        "birth_year": pa.array((year - age).astype(np.int16)),
        "age": pa.array(age),
        "citizenship": _pick(_CITIZENSHIPS, rng.integers(0, len(_CITIZENSHIPS), persons)),
        "law": _pick(("introduksjonsloven",), np.zeros(persons, dtype=np.int32)),
        "category": _pick(("rett_og_plikt", "kan_tilbys"), (rng.random(persons) < 0.08).astype(np.int32)),
        "start_date": pa.array(start.astype("datetime64[D]"), pa.date32()),
        "end_date": pa.array(np.where(ended, end, np.datetime64("NaT")).astype("datetime64[D]"), pa.date32()),
        "end_type": pa.nulls(persons, pa.string()),
        "reason": _pick(tuple(reasons), fate),
        "closed_by_register": pa.array(fate == Fate.LUKKET),
        "protected": pa.array(protected),
        "source": _pick(("register",), np.zeros(persons, dtype=np.int32)),
        "ended": pa.array(ended),
        "in_municipality": pa.array(counted),
        "in_county": pa.array(counted),
        "in_country": pa.array(ended),
        "n": pa.array(np.ones(persons, dtype=np.int64)),
    }
    return pa.table(columns, schema=SNAPSHOT_ROWS)


def _pick(
    values: tuple[str, ...], codes: NDArray[np.integer], absent: NDArray[np.bool_] | None = None
) -> pa.Array[pa.StringScalar]:
    return pa.array(values, pa.string()).take(pa.array(codes, mask=absent))
