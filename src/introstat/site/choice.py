"""What is chosen of a table: which variables go down and across, and which codes of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from introstat.site.jsonstat import Cell, StatTable, Variable


@dataclass(frozen=True, slots=True)
class Choice:
    """What is shown of a table: the variables down and across, and the codes of each variable, in the table's order."""

    table: StatTable
    down: Sequence[Variable]
    across: Variable
    codes: Mapping[str, Sequence[str]]

    @property
    def fixed(self) -> Sequence[Variable]:
        """The variables told in the caption: one code each."""
        shown = {self.across.code, *(variable.code for variable in self.down)}
        return [variable for variable in self.table.variables if variable.code not in shown]

    @property
    def rows(self) -> Sequence[tuple[str, ...]]:
        """The codes of every row, one for each variable that goes down."""
        return list(product(*(self.codes[variable.code] for variable in self.down)))

    def content(self, row: Sequence[str], column: str) -> str:
        """The content of a row and a column, wherever the contents stand."""
        told = [
            *zip(self.down, row, strict=True),
            (self.across, column),
            *((v, self.codes[v.code][0]) for v in self.fixed),
        ]
        return next((code for variable, code in told if variable.code == "ContentsCode"), "")

    def cell(self, row: Sequence[str], column: str) -> Cell:
        """The cell of a row and a column."""
        given = {variable.code: self.codes[variable.code][0] for variable in self.fixed}
        given |= {variable.code: code for variable, code in zip(self.down, row, strict=True)}
        return self.table.cell(**given, **{self.across.code: column})
