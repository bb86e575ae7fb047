"""What an answer says beyond its numbers: which editions it is made of, how good they are, and how sure its shares are.

The figures on quality are those of the edition: what its manifest counts, what stands shown in its tables, and how many of
the table's own cells are shown, hidden or missing. A count of few people is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from introstat.definitions.reasons import ALL, NOT_REGISTERED
from introstat.definitions.tables import Places
from introstat.site.addresses import Addresses
from introstat.site.pxwebapi import wording
from introstat.site.pxwebapi.counts import CONTENTS, definitions_of, of_country
from introstat.site.pxwebapi.stored import StoredTable, read_stored, table_ids
from introstat.vocabulary.places import Level, level_of
from introstat.vocabulary.tables import Status

if TYPE_CHECKING:
    from introstat.site.library import Book
    from introstat.site.pxwebapi.extract import Extract
    from introstat.site.pxwebapi.table import Table

_PLACE: Final = "geo"
PLACES: Final = {
    "placesWithNumber": "places_number",
    "placesWithResult": "places_result",
    "placesWithBand": "places_band",
    "placesWithSeveralYears": "places_pooled",
}
"""How many municipalities show what, by its name here and in the manifest; null where an edition does not tell."""
METHOD: Final = "Wilson score interval, 95 per cent"


def editions_of(table: Table) -> list[dict[str, Any]]:
    """The editions a table joins, each with the hash of its manifest: what to cite."""
    return [edition_of(book) for book in table.books]


def edition_of(book: Book) -> dict[str, Any]:
    """One edition: its number, its time, where its people come from, and the hash of its manifest."""
    return {
        "number": str(book.number),
        "year": book.number.year,
        "status": "preliminary" if book.number.is_preliminary else "final",
        "released": book.manifest["released"],
        "origin": book.release.provenance.value,
        "sha256": book.release.manifest_sha256,
        "href": Addresses("nb", str(book.number)).release,
    }


def quality_of(table: Table) -> list[dict[str, Any]]:
    """The quality of a table, by edition."""
    return [dict(_quality(book, table.id)) for book in table.books]


def uncertainty_of(extract: Extract) -> dict[str, Any]:
    """The interval of every share that has one, by the place of its cell, in whole per cent; empty where there is none."""
    low, high = (extract.cut.of(bound).ravel() for bound in extract.table.intervals)
    places = np.flatnonzero(~np.isnan(low)).tolist()
    if not places:
        return {}
    return {
        "method": METHOD,
        "label": wording.INTERVAL.in_language(extract.language),
        "low": {str(place): int(low[place]) for place in places},
        "high": {str(place): int(high[place]) for place in places},
    }


@lru_cache(maxsize=64)
def _quality(book: Book, table: str) -> Mapping[str, Any]:
    manifest = book.manifest
    smallest = int(manifest.get("protection", {}).get("finer_from", 5))
    figures = {name: n for name, n in manifest.get("quality", {}).items() if n == 0 or n >= smallest}
    policy = manifest.get("policy", {})
    return {
        "edition": str(book.number),
        "definitions": manifest.get("definitions", {}).get("version", ""),
        "rows": dict(manifest.get("funnel", {})),
        "figures": figures,
        "municipalities": {"reported": _reported(book), "all": manifest.get("regions", {}).get("municipality")},
        "missingReasons": _missing_reasons(book),
        "cells": _cells(read_stored(book, table, "nb")),
        "protection": {
            "policy": policy.get("name", ""),
            "decision": policy.get("decision", ""),
            "attackSettled": bool(policy.get("attack", {}).get("settled", False)),
            **{told: manifest.get("protection", {}).get(name) for told, name in PLACES.items()},
        },
    }


def _reported(book: Book) -> int | None:
    """How many municipalities have reported, as a table of the edition says; None where none does."""
    definitions = definitions_of(book)
    for table in table_ids(book) if definitions is not None else ():
        definition = definitions.tables.by_id.get(table) if definitions is not None else None
        for content in () if definition is None else definition.contents:
            formula = content.formula
            if isinstance(formula, Places) and formula.reported and formula.level is Level.MUNICIPALITY:
                number = _total_of(read_stored(book, table, "nb"), content.code)
                if number is not None:
                    return number
    return None


def _total_of(stored: StoredTable, content: str) -> int | None:
    """The number of a content in the row of totals; None where it is not shown."""
    at = []
    for code, variable in stored.variables.items():
        one = content if stored.roles.get(code) == CONTENTS else variable.total or variable.codes[0]
        if one not in variable.labels:
            return None
        at.append(variable.codes.index(one))
    number = float(stored.values[tuple(at)])
    return None if np.isnan(number) else int(number)


def _missing_reasons(book: Book) -> dict[str, int | float | None]:
    """How many in the country have no registered reason, of how many, and the share; None where a table does not show it."""
    for table in table_ids(book):
        missing = of_country(book, (NOT_REGISTERED,), like=table)
        everyone = of_country(book, (ALL,), like=table)
        if missing is not None and everyone:
            return {"people": missing, "of": everyone, "share": round(missing / everyone, 4)}
    return {"people": None, "of": None, "share": None}


def _cells(stored: StoredTable) -> dict[str, Any]:
    """How many of a table's cells are shown, hidden and missing, and the share hidden; for each kind of places too."""
    found: dict[str, Any] = _tally(stored.status)
    place = next((code for code in stored.variables if stored.roles.get(code) == _PLACE), None)
    if place is not None:
        axis = list(stored.variables).index(place)
        levels = [level_of(code) for code in stored.variables[place].codes]
        found["byLevel"] = {
            level.value: _tally(
                np.take(stored.status, [at for at, own in enumerate(levels) if own is level], axis=axis)
            )
            for level in Level
            if level in levels
        }
    return found


def _tally(status: NDArray[np.str_]) -> dict[str, Any]:
    signs, counts = np.unique(status, return_counts=True)
    by_sign = dict(zip(signs.tolist(), counts.tolist(), strict=True))
    hidden = by_sign.get(Status.HIDDEN.value, 0)
    return {
        "all": int(status.size),
        "shown": sum(number for sign, number in by_sign.items() if Status(sign).has_number),
        **{reason: by_sign.get(sign, 0) for sign, reason in wording.REASONS.items()},
        "shareProtected": round(hidden / status.size, 4) if status.size else 0.0,
    }
