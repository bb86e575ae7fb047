"""What tests of the open-data interface share: addresses, and cells by their codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any
from urllib.parse import quote

from introstat.definitions.catalogue import definitions_for
from introstat.vocabulary.editions import Edition

ROOT = "/api/v2"
Cells = dict[tuple[str, ...], float | str]
"""Numbers, and signs where there is no number, by the codes of Region, Kjonn, Grunn, ContentsCode, Tid, as `in_order` says."""

ORDER = ("Region", "Kjonn", "Grunn", "ContentsCode", "Tid")


def in_order(names: Sequence[str]) -> list[str]:
    """The variables in the order of the cells' codes; one that is not known here stands before the contents."""
    return sorted(
        names, key=lambda name: (ORDER.index(name) if name in ORDER else ORDER.index("ContentsCode") - 0.5, name)
    )


def data(table: str, *, raw: str = "", **values: str) -> str:
    """The address of some cells: `data("IP102", Region="0", Tid="*")`."""
    fields = [f"valuecodes[{code}]={quote(text, safe=',*[]()?')}" for code, text in values.items()]
    return f"{ROOT}/tables/{table}/data?" + "&".join([*fields, *([raw] if raw else [])])


def everything(table: str, *, raw: str = "") -> str:
    """The address of a whole table."""
    return data(table, raw=raw, **{variable.code: "*" for variable in definitions_for(2016).tables[table].variables})


def tables_of(edition: Edition) -> list[str]:
    """The tables of an edition, in their order."""
    return sorted({path.split("/")[1] for path in edition.files if path.startswith("tables/")})


def cells_of(dataset: Mapping[str, Any]) -> Cells:
    """The cells of a JSON-stat dataset, whatever the order of its variables."""
    names = dataset["id"]
    order = [names.index(name) for name in in_order(names)]
    codes = [list(dataset["dimension"][name]["category"]["index"]) for name in names]
    return {
        tuple(found[at] for at in order): dataset["status"][str(number)] if value is None else value
        for (number, found), value in zip(enumerate(product(*codes)), dataset["value"], strict=True)
    }


def chosen(dataset: Mapping[str, Any], variable: str) -> list[str]:
    """The codes of a variable in an answer, in their order."""
    return list(dataset["dimension"][variable]["category"]["index"])
