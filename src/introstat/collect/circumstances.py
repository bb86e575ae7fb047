"""What surrounds a delivery: the year's definitions, when it came, for whom its sender may send, and what was known.

The register may be large and a delivery small, so only what can concern the delivery is taken out of it: programmes of the
same people, wherever they are, and programmes of the same municipalities, whoever's they are. Both are looked for in all
that is known every time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from introstat.collect.places import places_of
from introstat.vocabulary.histories import PROGRAMMES
from introstat.vocabulary.places import Level

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from introstat.definitions.catalogue import Definitions
    from introstat.definitions.parameters import Parameters
    from introstat.vocabulary.histories import Histories

_COMPARED: Final = (
    "municipality", "national_id", "duf_number", "birth_date", "sex", "law", "start_date", "end_date", "reason", "closed_by_register",
)  # fmt: skip
PLACED_PROGRAMMES: Final = pa.schema([*(PROGRAMMES.field(name) for name in _COMPARED), pa.field("place", pa.string())])
"""What checks compare of the register's programmes, with the number their municipality has on the day of the delivery."""

_NOBODY: Final = PLACED_PROGRAMMES.empty_table()


@dataclass(frozen=True, slots=True, eq=False)
class Circumstances:
    """`represents` None: the sender may send for anyone. `earlier` None: nothing is known yet."""

    definitions: Definitions
    limits: Parameters
    received: date
    represents: frozenset[str] | None
    earlier: Histories | None

    def programmes_of_people(self, records: pa.Table) -> pa.Table:
        """The registered programmes of the people in the records, in any municipality."""
        if self.earlier is None:
            return _NOBODY
        programmes = self.earlier.programmes.select(_COMPARED)
        found = [_is_in(programmes[name], records[name]) for name in ("national_id", "duf_number")]
        return self._placed(programmes.filter(pc.or_(*found)))

    def programmes_of_places(self, records: pa.Table) -> pa.Table:
        """The registered programmes of the municipalities in the records, of any people."""
        if self.earlier is None:
            return _NOBODY
        here = set(records["place"].to_pylist())
        programmes = self.earlier.programmes.select(_COMPARED)
        known = self.places(programmes["municipality"].unique().to_pylist())
        codes = pa.array([code for code, place in known.items() if place in here], pa.string())
        return self._placed(programmes.filter(_is_in(programmes["municipality"], codes)))

    def places(self, municipalities: Sequence[str]) -> dict[str, str]:
        """By municipality, the number it has on the day of the delivery."""
        return places_of(self.definitions, Level.MUNICIPALITY).current(municipalities, self.received)

    def _placed(self, programmes: pa.Table) -> pa.Table:
        codes: list[str] = programmes["municipality"].to_pylist()
        today = self.places(list(dict.fromkeys(codes)))
        places = pa.array([today[code] for code in codes], pa.string())
        return pa.Table.from_arrays([*programmes.columns, places], schema=PLACED_PROGRAMMES)


def _is_in(values: Any, wanted: Any) -> Any:
    """Which values are among the wanted; a missing value never is."""
    distinct = wanted.unique().drop_null()
    return pc.is_in(values, value_set=distinct)
