"""The code lists of a table: parts of a variable's values under a name, and groupings of them.

A grouping (`agg_`) offers only groups that are themselves codes of the table, counted and protected before publication:
a county is its own row, not its municipalities added up. What no edition has protected, no list offers.

    agg_Fylker   {01: [0101, 0104, …], …}     vs_Kommuner2016   {0101: [0101], …}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from introstat.definitions.catalogue import reasons_list
from introstat.site.pxwebapi import wording
from introstat.site.pxwebapi.table import Role
from introstat.vocabulary.places import Level, level_of
from introstat.vocabulary.tables import COUNTRY, SEXES
from introstat.vocabulary.texts import Text

if TYPE_CHECKING:
    from introstat.site.pxwebapi.table import Table, Variable

AGGREGATION: Final = "Aggregation"
VALUESET: Final = "Valueset"
_SEX: Final = "Kjonn"
_REASON: Final = "Grunn"
_LEVELS: Final = {
    "vs_Landet": Level.COUNTRY,
    "vs_Fylker": Level.COUNTY,
    "vs_ImdiRegioner": Level.IMDI_REGION,
    "vs_Naeringsregioner": Level.ECONOMIC_REGION,
    "vs_Kommuner": Level.MUNICIPALITY,
    "vs_Bydeler": Level.DISTRICT,
}
_AROUND: Final = {
    "agg_Fylker": Level.COUNTY,
    "agg_ImdiRegioner": Level.IMDI_REGION,
    "agg_Naeringsregioner": Level.ECONOMIC_REGION,
}
"""Groupings of municipalities. A table whose editions have not counted and protected the groups does not offer the list."""


@dataclass(frozen=True, slots=True)
class Codelist:
    """A list of codes of one variable. ``values`` maps each code to the codes it stands for."""

    id: str
    kind: str
    variable: str
    label: Text
    values: Mapping[str, tuple[str, ...]]


def codelists_of(table: Table) -> Iterator[Codelist]:
    """Every list that has something in it, for every variable of a table."""
    for variable in table.variables:
        if variable.role is Role.PLACE:
            yield from _places(table, variable)
        elif variable.code == _SEX:
            yield from _filled(
                _agg("agg_Kjonn", variable, {SEXES[0]: SEXES[1:]}), _set("vs_Kjonn", variable, SEXES[1:])
            )
        elif variable.code == _REASON:
            reasons = reasons_list().published
            groups = {reason.code: reason.leaves for reason in reasons if not reason.is_leaf}
            leaves = tuple(reason.code for reason in reasons if reason.is_leaf)
            yield from _filled(_agg("agg_Grunn", variable, groups), _set("vs_Grunn", variable, leaves))


def is_unprotected(asked: str) -> bool:
    """Whether this is the name of a known grouping that no table has protected totals of."""
    return asked.casefold() in {name.casefold() for name in _AROUND}


def _places(table: Table, variable: Variable) -> Iterator[Codelist]:
    for name, level in _AROUND.items():
        yield from _filled(_agg(name, variable, _municipalities_of(table, level)))
    for name, level in _LEVELS.items():
        yield from _filled(_set(name, variable, tuple(code for code in variable.codes if level_of(code) is level)))
    for period, (_, stored) in table.periods.items():
        own = stored.variables[variable.code].codes
        for name, label in (("vs_Fylker", wording.COUNTIES_OF), ("vs_Kommuner", wording.MUNICIPALITIES_OF)):
            codes = tuple(code for code in own if level_of(code) is _LEVELS[name])
            yield from _filled(_set(f"{name}{period}", variable, codes, label=label.fill(year=period)))


def _municipalities_of(table: Table, level: Level) -> dict[str, tuple[str, ...]]:
    """The municipalities of each place of a level in any of the years, as the editions themselves have them."""
    found: dict[str, dict[str, None]] = {}
    for book in table.books:
        for code, place in book.places("nb")["places"].items():
            if place["level"] == level.value:
                found.setdefault(code, {}).update(dict.fromkeys(place["children"]))
    return {code: tuple(children) for code, children in sorted(found.items()) if code != COUNTRY}


def _agg(name: str, variable: Variable, groups: Mapping[str, tuple[str, ...]]) -> Codelist:
    """A grouping, of the groups that the table has as codes of their own."""
    protected = {
        code: tuple(member for member in groups[code] if member in variable.positions)
        for code in variable.codes
        if code in groups
    }
    return Codelist(name, AGGREGATION, variable.code, wording.LISTS[name], protected)


def _set(name: str, variable: Variable, codes: tuple[str, ...], *, label: Text | None = None) -> Codelist:
    kept = {code: (code,) for code in codes if code in variable.positions}
    return Codelist(name, VALUESET, variable.code, label or wording.LISTS[name], kept)


def _filled(*lists: Codelist) -> Iterator[Codelist]:
    return (found for found in lists if found.values)
