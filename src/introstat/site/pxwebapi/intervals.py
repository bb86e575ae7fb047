"""How sure the shares are: the interval that chance alone gives each share shown, by the method of the site's own pages.

An interval is told only where the share, the number above its line and the number below it are all shown: that of a hidden
number would give it away. The numbers may stand in another table of the same edition. Where they do not give the share that
was released, in any cell, they are not its numbers, and the whole content goes without.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, floor
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from introstat.definitions.indicators import Indicator
from introstat.definitions.tables import Share
from introstat.publish.formats import wilson
from introstat.site.pxwebapi.counts import CONTENTS, counted, definitions_of, single
from introstat.site.pxwebapi.stored import read_stored

if TYPE_CHECKING:
    from introstat.site.library import Book


@lru_cache(maxsize=64)
def intervals(book: Book, table: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The ends of every cell's interval in whole per cent, rounded outwards, in the table's shape; NaN where none is told."""
    stored = read_stored(book, table, "nb")
    low, high = np.full(stored.values.shape, np.nan), np.full(stored.values.shape, np.nan)
    contents = next(code for code in stored.variables if stored.roles.get(code) == CONTENTS)
    axis = list(stored.variables).index(contents)
    for at, code in enumerate(stored.variables[contents].codes):
        asked = _indicator(book, table, code)
        found = None if asked is None else _ends(book, table, *asked, np.take(stored.values, at, axis=axis))
        if found is not None:
            where = tuple(at if own == axis else slice(None) for own in range(low.ndim))
            low[where], high[where] = found
    for bound in (low, high):
        bound.setflags(write=False)
    return low, high


def _indicator(book: Book, table: str, content: str) -> tuple[Indicator, bool] | None:
    """The share that a content is, and whether of several years; None for a number, and for what is not known here."""
    definitions = definitions_of(book)
    definition = None if definitions is None else definitions.tables.by_id.get(table)
    for known in () if definition is None else definition.contents:
        formula, is_pooled = single(known.formula)
        if known.code == content and isinstance(formula, Share):
            return formula.indicator, is_pooled
    return None


def _ends(
    book: Book, table: str, indicator: Indicator, is_pooled: bool, share: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    above = counted(book, indicator.numerator, like=table, is_pooled=is_pooled)
    below = counted(book, indicator.denominator, like=table, is_pooled=is_pooled)
    if above is None or below is None:
        return None
    low, high = np.full(share.shape, np.nan), np.full(share.shape, np.nan)
    shown = ~np.isnan(share) & ~np.isnan(above) & ~np.isnan(below) & (np.nan_to_num(below) > 0)
    for place in zip(*np.nonzero(shown), strict=True):
        reached, ended = int(above[place]), int(below[place])
        if indicator.per_cent(reached, ended) != share[place]:
            return None
        lowest, highest = wilson(reached, ended)
        low[place], high[place] = floor(100 * lowest), ceil(100 * highest)
    return low, high
