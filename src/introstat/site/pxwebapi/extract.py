"""What an answer is made of: some cells of a table, in the order they stand, with their words in one language.

Every format is written from this one value, so they all hold the same numbers and the same signs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from introstat.site.pxwebapi import wording
from introstat.site.pxwebapi.table import Role
from introstat.vocabulary.tables import Status

if TYPE_CHECKING:
    from introstat.site.pxwebapi.codelists import Codelist
    from introstat.site.pxwebapi.table import Spoken, Table, Variable, Words
    from introstat.vocabulary.texts import Language


_Cell = TypeVar("_Cell", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Axis:
    """A variable as it stands in an answer: the codes chosen, and the code list they were chosen from."""

    variable: Variable
    codes: tuple[str, ...]
    codelist: Codelist | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """Where an answer's cells lie in its table, and how they are turned to stand in the order of the answer."""

    index: tuple[NDArray[np.intp], ...]
    shape: tuple[int, ...]
    order: tuple[int, ...]

    def of(self, cells: NDArray[_Cell]) -> NDArray[_Cell]:
        """The same cells out of any array of the table's shape."""
        return np.ascontiguousarray(cells[self.index].reshape(self.shape).transpose(self.order))


@dataclass(frozen=True, slots=True, eq=False)
class Extract:
    """Cells in the order stub, then heading; the last variable changes fastest. ``values`` is NaN where none is shown."""

    table: Table
    stub: tuple[Axis, ...]
    heading: tuple[Axis, ...]
    language: Language
    values: NDArray[np.float64]
    status: NDArray[np.str_]
    in_use: NDArray[np.bool_]
    cut: Cut

    @classmethod
    def of(cls, table: Table, *, stub: Sequence[Axis], heading: Sequence[Axis], language: Language) -> Extract:
        """Cut the cells out of a table; a variable that is in neither is there as its total."""
        axes = {axis.variable.code: axis for axis in (*stub, *heading)}
        positions: list[list[int]] = []
        for variable in table.variables:
            axis = axes.get(variable.code)
            codes = (variable.total,) if axis is None else axis.codes
            positions.append([variable.positions[code] for code in codes if code is not None])
        kept = [variable.code for variable in table.variables if variable.code in axes]
        cut = Cut(
            index=np.ix_(*positions),
            shape=tuple(len(axes[code].codes) for code in kept),
            order=tuple(kept.index(code) for code in axes),
        )
        return cls(
            table=table,
            stub=tuple(stub),
            heading=tuple(heading),
            language=language,
            values=cut.of(table.values),
            status=cut.of(table.status),
            in_use=cut.of(table.in_use),
            cut=cut,
        )

    @property
    def axes(self) -> tuple[Axis, ...]:
        """The variables in the order of the cells."""
        return (*self.stub, *self.heading)

    @property
    def words(self) -> Words:
        """The table's words in the language of the answer."""
        return self.table.words(self.language)

    def spoken(self, axis: Axis) -> Spoken:
        """What a variable and its codes are called."""
        return self.words.variables[axis.variable.code]

    def labels(self, axis: Axis) -> list[str]:
        """The labels of the codes chosen."""
        labels = self.spoken(axis).labels
        return [labels[code] for code in axis.codes]

    @property
    def origin(self) -> str | None:
        """What invented figures are marked with wherever they go; None where no figure of the table is invented."""
        return wording.SYNTHETIC.in_language(self.language) if self.table.is_synthetic else None

    def numbers(self) -> list[float | int | None]:
        """The values in order: whole ones as int, None where none is shown."""
        return [None if v != v else int(v) if v.is_integer() else v for v in self.values.ravel().tolist()]

    def signs(self) -> list[str]:
        """The signs in order; empty where a final number is shown."""
        found: list[str] = self.status.ravel().tolist()
        return found

    def rows(self) -> Iterator[tuple[tuple[str, ...], list[float | int | None], list[str]]]:
        """Each combination of codes in the stub, with the numbers and the signs across the heading."""
        width = len(self.columns())
        numbers, signs = self.numbers(), self.signs()
        for at, codes in enumerate(product(*(axis.codes for axis in self.stub))):
            part = slice(at * width, (at + 1) * width)
            yield codes, numbers[part], signs[part]

    def columns(self) -> list[tuple[str, ...]]:
        """Each combination of codes in the heading."""
        return list(product(*(axis.codes for axis in self.heading)))

    def preliminary(self) -> list[tuple[str, ...]]:
        """For each row the periods whose numbers in it are preliminary; nothing at all where no number of the answer is."""
        if Status.PRELIMINARY.value not in self.used_signs():
            return []
        columns, found = self.columns(), []
        for codes, _, signs in self.rows():
            marked = {
                code
                for column, sign in zip(columns, signs, strict=True)
                if sign == Status.PRELIMINARY.value
                for axis, code in zip(self.axes, (*codes, *column), strict=True)
                if axis.variable.role is Role.TIME
            }
            found.append(tuple(sorted(marked)))
        return found

    def used_signs(self) -> list[str]:
        """The signs that stand in some cell, in a fixed order."""
        present = set(np.unique(self.status).tolist())
        return [sign.value for sign in Status if sign is not Status.SHOWN and sign.value in present]


CODES: Final = "UseCodes"
TEXTS: Final = "UseTexts"
BOTH: Final = "UseCodesAndTexts"


def presented(codes: Sequence[str], labels: Mapping[str, str], how: str) -> list[str]:
    """Codes as a reader wants them: as codes, as texts, or as both."""
    match how:
        case "UseCodes":
            return list(codes)
        case "UseCodesAndTexts":
            return [f"{code} {labels[code]}" for code in codes]
        case _:
            return [labels[code] for code in codes]
