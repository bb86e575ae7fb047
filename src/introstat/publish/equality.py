"""Which totals of an edition equal figures published elsewhere: a synthetic edition must say so, and where.

The published figures come from outside, as a document (`published.json` in the home folder); nothing here knows one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from introstat.vocabulary.editions import EqualToPublished
from introstat.vocabulary.tables import COUNTRY, SafeCube

_PLACES: Final = {
    True: ("for landet", "for landet", "for the country"),
    False: ("for landet og fylkene", "for landet og fylka", "for the country and the counties"),
}

_ALL: Final = {1: ("tallet", "talet", "the figure"), 2: ("begge tallene", "begge tala", "both figures")}
"""How all of so few figures are spoken of."""


def compare(tables: Mapping[str, SafeCube], published: Mapping[str, Any]) -> tuple[EqualToPublished, ...]:
    """What of `published` the tables show exactly; one answer per table that has any equal figure.

    `published` has `year`, `source`, `address` and `totals`: each a `table`, a `cell` (codes by variable, without `Tid`)
    and a `value`. A total the tables do not show counts as not equal; one that was published in words (`as_published`, "a
    third") is a reading and is passed over. Raises KeyError for a document of another form.
    """
    given: Counter[str] = Counter()
    equal: Counter[str] = Counter()
    national: dict[str, bool] = {}
    for total in published["totals"]:
        if "as_published" in total:
            continue
        name = total["table"]
        given[name] += 1
        national[name] = national.get(name, True) and total["cell"].get("Region", COUNTRY) == COUNTRY
        equal[name] += _shows(tables.get(name), total["cell"], total["value"])
    return tuple(
        EqualToPublished(
            table=name,
            **_described(equal[name], given[name], name, only_country=national[name]),
            cells=equal[name],
            source=f"{published['title']}. {published['source']}",
            address=published["address"],
        )
        for name in sorted(given)
        if equal[name]
    )


def _shows(table: SafeCube | None, cell: Mapping[str, str], value: float) -> bool:
    if table is None:
        return False
    codes = {dimension.code: cell.get(dimension.code, dimension.values[-1]) for dimension in table.dimensions}
    if any(codes[dimension.code] not in dimension.values for dimension in table.dimensions):
        return False
    return table.at(**codes)[0] == value


def _described(equal: int, given: int, table: str, *, only_country: bool) -> dict[str, str]:
    nb, nn, en = _PLACES[only_country]
    if equal == given:
        many = _ALL.get(given, (f"alle {given} tallene", f"alle {given} tala", f"all {given} figures"))
        return {
            "description_nb": f"{many[0]} {nb} i tabell {table}",
            "description_nn": f"{many[1]} {nn} i tabell {table}",
            "description_en": f"{many[2]} {en} in table {table}",
        }
    return {
        "description_nb": f"{equal} av {given} tall {nb} i tabell {table}",
        "description_nn": f"{equal} av {given} tal {nn} i tabell {table}",
        "description_en": f"{equal} of {given} figures {en} in table {table}",
    }
