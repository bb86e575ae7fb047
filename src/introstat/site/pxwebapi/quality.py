"""What an answer says about itself beyond its numbers: its editions, how sure its shares are, and how good its sources.

The uncertainty of a share is told only where the number above the line and the number below it both stand in the table,
shown: the interval of another would give them away.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import ceil, floor
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from introstat.definitions.catalogue import definitions_for
from introstat.definitions.tables import Count, Share
from introstat.publish.formats import wilson
from introstat.site.addresses import Addresses
from introstat.site.pxwebapi import wording
from introstat.site.pxwebapi.table import Role
from introstat.vocabulary.errors import UnknownYear

if TYPE_CHECKING:
    from introstat.site.library import Book
    from introstat.site.pxwebapi.extract import Extract
    from introstat.site.pxwebapi.table import Table

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
    """Per edition, the figures on quality that its manifest has; a count of few people is left out."""
    return [_quality(book) for book in table.books]


def uncertainty_of(extract: Extract) -> dict[str, Any]:
    """The interval of every share shown whose numbers are shown too, by the place of its cell, in whole per cent."""
    axis = next(axis for axis in extract.axes if axis.variable.role is Role.CONTENTS)
    parts = {code: found for code in axis.codes if (found := shares_of(extract.table.id, _year(extract)).get(code))}
    if not parts:
        return {}
    at = extract.axes.index(axis)
    low: dict[str, int] = {}
    high: dict[str, int] = {}
    places = np.arange(extract.values.size).reshape(extract.values.shape)
    for code, (above, below) in parts.items():
        numerator, denominator = (_contents(extract, at, content) for content in (above, below))
        if numerator is None or denominator is None:
            continue
        number = axis.codes.index(code)
        share = np.take(extract.values, number, axis=at)
        known = ~np.isnan(share) & ~np.isnan(numerator) & ~np.isnan(denominator) & (np.nan_to_num(denominator) > 0)
        where = np.take(places, number, axis=at)[known].tolist()
        counts = zip(where, numerator[known].tolist(), denominator[known].tolist(), strict=True)
        for place, up, down in counts:
            lowest, highest = wilson(int(up), int(down))
            low[str(place)], high[str(place)] = floor(100 * lowest), ceil(100 * highest)
    if not low:
        return {}
    return {"method": METHOD, "label": wording.INTERVAL.in_language(extract.language), "low": low, "high": high}


@lru_cache(maxsize=64)
def shares_of(table: str, year: int) -> Mapping[str, tuple[str, str]]:
    """The shares of a table whose numerator and denominator are contents of the same table: the codes of both."""
    try:
        definitions = definitions_for(year)
        definition = definitions.tables[table]
    except (UnknownYear, KeyError):
        return {}
    leaves = definitions.reasons.leaves
    counts = {
        leaves(*content.formula.reasons): content.code
        for content in definition.contents
        if isinstance(content.formula, Count) and content.formula.reasons
    }
    found = {}
    for content in definition.contents:
        if isinstance(content.formula, Share):
            indicator = content.formula.indicator
            above, below = counts.get(leaves(*indicator.numerator)), counts.get(leaves(*indicator.denominator))
            if above is not None and below is not None:
                found[content.code] = (above, below)
    return found


def _contents(extract: Extract, at: int, content: str) -> Any:
    """The cells of one content, cut like the extract; None where the table does not have it."""
    variable = extract.axes[at].variable
    position = variable.positions.get(content)
    if position is None:
        return None
    own = extract.table.variables.index(variable)
    index = [part.ravel() for part in extract.index]
    index[own] = np.array([position])
    kept = [v.code for v in extract.table.variables if any(axis.variable is v for axis in extract.axes)]
    sizes = {axis.variable.code: len(axis.codes) for axis in extract.axes} | {variable.code: 1}
    cells = extract.table.values[np.ix_(*index)].reshape(tuple(sizes[code] for code in kept))
    return np.take(cells.transpose(extract.order), 0, axis=at)


def _year(extract: Extract) -> int:
    return extract.table.newest.number.year


def _quality(book: Book) -> dict[str, Any]:
    manifest = book.manifest
    smallest = int(manifest.get("protection", {}).get("finer_from", 5))
    figures = {name: n for name, n in manifest.get("quality", {}).items() if n == 0 or n >= smallest}
    policy = manifest.get("policy", {})
    return {
        "edition": str(book.number),
        "definitions": manifest.get("definitions", {}).get("version", ""),
        "rows": dict(manifest.get("funnel", {})),
        "figures": figures,
        "protection": {
            "policy": policy.get("name", ""),
            "decision": policy.get("decision", ""),
            "attackSettled": bool(policy.get("attack", {}).get("settled", False)),
            "placesWithNumber": manifest.get("protection", {}).get("places_number"),
            "placesWithResult": manifest.get("protection", {}).get("places_result"),
        },
    }
