"""SQL that is planned once and asked many times, each time over other tables.

Planning a statement with all rules of a form takes many times as long as running it on one municipality's rows. So each is
prepared once; the tables it names are stand-ins that hand over whatever table is being asked about. Values reach SQL
as rows of these tables, never as text.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

import duckdb

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

_SETTINGS: Final[dict[str, str | bool | int | float | list[str]]] = {
    "threads": 1,
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


class _StandIn:
    """A table by name whose rows are exchanged between askings; its schema never changes."""

    def __init__(self, schema: pa.Schema) -> None:
        self.empty = schema.empty_table()
        self.table = self.empty

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)


class Question:
    """One statement over named tables. Safe to ask from several threads: they take turns."""

    def __init__(self, sql: str, *, tables: Mapping[str, pa.Schema]) -> None:
        self._turn = threading.Lock()
        self._connection = duckdb.connect(config=_SETTINGS)
        self._stand_ins = {name: _StandIn(schema) for name, schema in tables.items()}
        for name, stand_in in self._stand_ins.items():
            self._connection.register(name, stand_in)
        self._connection.execute("PREPARE question AS " + sql)

    def ask(self, **tables: pa.Table) -> list[tuple[Any, ...]]:
        """The answer's rows. The tables must have the schemas they were promised with."""
        with self._turn:
            for name, table in tables.items():
                self._stand_ins[name].table = table
            try:
                return self._connection.execute("EXECUTE question").fetchall()
            finally:
                for stand_in in self._stand_ins.values():
                    stand_in.table = stand_in.empty
