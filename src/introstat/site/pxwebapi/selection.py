"""From what a caller asks for to the cells: which codes of which variables, and which variables stand where.

A variable that is left out is represented by its total, a code of the table that was protected like every other. Where there
is no such code the variable must be named. Nothing is ever added up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Final

from introstat.site.pxwebapi import codelists as lists
from introstat.site.pxwebapi.expressions import expand
from introstat.site.pxwebapi.extract import Axis, Extract
from introstat.site.pxwebapi.problems import Problem, Title, listed, shown
from introstat.site.pxwebapi.table import Role

if TYPE_CHECKING:
    from introstat.site.pxwebapi.codelists import Codelist
    from introstat.site.pxwebapi.table import Table, Variable
    from introstat.vocabulary.texts import Language

LATEST: Final = 13
"""How many periods the default selection shows where time is what it shows."""

MOST_DEFAULT: Final = 1500
"""How many codes of a variable the default selection shows."""


@dataclass(frozen=True, slots=True)
class Item:
    """What is asked of one variable: expressions, and the code list they are read in."""

    variable: str
    values: tuple[str, ...]
    codelist: str | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """Which variables stand in the heading and which in the stub; None or empty where the caller does not say."""

    heading: tuple[str, ...] | None = None
    stub: tuple[str, ...] | None = None

    @property
    def is_given(self) -> bool:
        """Whether the caller says anything."""
        return bool(self.heading or self.stub)


@dataclass(frozen=True, slots=True)
class Selection:
    """A whole selection; without items the table's default one."""

    items: tuple[Item, ...] = ()
    placement: Placement = Placement()


def default_selection(table: Table) -> Selection:
    """What a table shows where nothing is asked: the algorithm of the reference server (Bjarte3).

    With contents and time alone, the first contents over the latest periods. With one more variable, that variable by time,
    or by contents where there are several. With more than three, the first content of the latest period by two variables:
    those that must be named, else the first and the last; the longer one in the stub.
    """
    contents, time = table.contents, table.time
    others = [variable for variable in table.variables if variable.role not in (Role.CONTENTS, Role.TIME)]
    newest, latest, one = time.codes[-1:], time.codes[-LATEST:], contents.codes[:1]
    match others:
        case []:
            chosen = {contents: contents.codes[:MOST_DEFAULT], time: latest}
            stub = [max((contents, time), key=lambda variable: len(chosen[variable]))]
        case [other]:
            by_time = len(contents.codes) == 1
            chosen = {
                other: other.codes[:MOST_DEFAULT],
                contents: one if by_time else contents.codes[:MOST_DEFAULT],
                time: latest if by_time else newest,
            }
            stub = [other]
        case _:
            mandatory = [variable for variable in others if variable.is_mandatory]
            picked = (mandatory if len(mandatory) > 1 else [*mandatory, *others])[:1]
            picked += [v for v in reversed(mandatory if len(mandatory) > 1 else others) if v not in picked][:1]
            chosen = {variable: variable.codes[:MOST_DEFAULT] for variable in picked}
            chosen |= {variable: variable.codes[:1] for variable in mandatory if variable not in picked}
            chosen |= {contents: one, time: newest}
            stub = [max(picked, key=lambda variable: len(chosen[variable]))]
    heading = [contents, time, *(variable for variable in table.variables if variable not in (*stub, contents, time))]
    return Selection(
        items=tuple(Item(variable.code, chosen[variable]) for variable in table.variables if variable in chosen),
        placement=Placement(
            heading=tuple(variable.code for variable in heading if variable in chosen and variable not in stub),
            stub=tuple(variable.code for variable in stub),
        ),
    )


def extract_of(
    table: Table,
    selection: Selection,
    *,
    known: Mapping[str, Codelist],
    language: Language,
    most_cells: int,
) -> Extract:
    """The cells of a selection, in the order of its placement.

    ``known`` are the table's code lists by id. Raises Problem for whatever the table does not have, a mandatory variable that
    is missing, a placement that does not fit, or more than ``most_cells`` cells.
    """
    if not selection.items:
        default = default_selection(table)
        placement = selection.placement if selection.placement.is_given else default.placement
        selection = Selection(default.items, placement)
    axes = _axes(table, selection.items, known)
    cells = prod(len(axis.codes) for axis in axes.values())
    if cells > most_cells:
        raise Problem(
            403, Title.CELLS, f"The selection has {cells} cells; at most {most_cells} can be fetched at once."
        )
    stub, heading = _placed(table, axes, selection.placement)
    return Extract.of(
        table, stub=[axes[code] for code in stub], heading=[axes[code] for code in heading], language=language
    )


def codelist_for(asked: str, variable: Variable, known: Mapping[str, Codelist]) -> Codelist:
    """A code list of a variable by its id, in whatever case. Raises Problem."""
    own = {name.casefold(): found for name, found in known.items() if found.variable == variable.code}
    found = own.get(asked.casefold())
    if found is not None:
        return found
    offered = listed((codelist.id for codelist in own.values()), most=20) or "none"
    if lists.is_unprotected(asked):
        detail = (
            f"The table has no protected totals for {shown(asked)}, and published cells are never added up here. "
            f"Code lists of {variable.code}: {offered}."
        )
    else:
        detail = f"{shown(asked)} is no code list of {variable.code}. There are: {offered}."
    raise Problem(400, Title.CODELIST, detail)


def _axes(table: Table, items: Sequence[Item], known: Mapping[str, Codelist]) -> dict[str, Axis]:
    """What is chosen of each variable that stays, by its code, in the table's order."""
    asked: dict[str, Item] = {}
    for item in items:
        variable = _variable(item.variable, table)
        earlier = asked.get(variable.code)
        if earlier is not None and earlier.codelist != item.codelist:
            raise Problem(400, Title.CODELIST, f"{variable.code} is asked for twice, with different code lists.")
        values = item.values if earlier is None else (*earlier.values, *item.values)
        asked[variable.code] = Item(variable.code, values, item.codelist)
    found: dict[str, Axis] = {}
    missing = []
    for variable in table.variables:
        wanted = asked.get(variable.code)
        if wanted is not None and wanted.values:
            codelist = codelist_for(wanted.codelist, variable, known) if wanted.codelist else None
            codes = expand(wanted.values, variable, None if codelist is None else tuple(codelist.values))
            found[variable.code] = Axis(variable, tuple(codes), codelist)
        elif variable.is_mandatory:
            missing.append(variable.code)
    if missing:
        detail = f"Select at least one value of {' and of '.join(missing)}; everything else may be left out."
        raise Problem(400, Title.MISSING, detail)
    return found


def _variable(asked: str, table: Table) -> Variable:
    found = table.find(asked)
    if found is None:
        known = listed(variable.code for variable in table.variables)
        raise Problem(400, Title.VARIABLE, f"{table.id} has no variable {shown(asked)}. It has: {known}.")
    return found


def _placed(table: Table, axes: Mapping[str, Axis], placement: Placement) -> tuple[list[str], list[str]]:
    """The codes of the variables in the stub and in the heading."""
    heading = [_placeable(code, table, axes) for code in placement.heading or ()]
    stub = [_placeable(code, table, axes) for code in placement.stub or ()]
    named = [*heading, *stub]
    if len(set(named)) != len(named):
        raise Problem(400, Title.PLACEMENT, "A variable stands twice in heading and stub.")
    rest = [code for code in axes if code not in named]
    if heading and stub and rest:
        detail = f"Heading and stub must hold every selected variable; in neither is: {listed(rest)}."
        raise Problem(400, Title.PLACEMENT, detail)
    if heading:
        return [*stub, *rest], heading
    if stub:
        return stub, rest
    heading = [code for code in axes if table.by_code[code].role in (Role.CONTENTS, Role.TIME)]
    return [code for code in axes if code not in heading], heading


def _placeable(asked: str, table: Table, axes: Mapping[str, Axis]) -> str:
    found = table.find(asked)
    if found is None or found.code not in axes:
        detail = f"{shown(asked)} is not among the selected variables, which are: {listed(axes)}."
        raise Problem(400, Title.PLACEMENT, detail)
    return found.code
