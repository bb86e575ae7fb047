"""What changed since the edition before: the results of the country and the counties, before and now.

`changes.json` lists every cell that changed, thousands of them after a preliminary edition. A reader of the release page is
told of those she came for, and finds the rest in the file.

    Telemark   ended 241* → 252   share 32 %* → 33 %
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson

from introstat.site.jsonstat import Cell
from introstat.site.results import ENDED, SHARE, TABLE
from introstat.site.search import alphabetic
from introstat.vocabulary.editions import EditionNumber
from introstat.vocabulary.errors import EditionDamaged
from introstat.vocabulary.places import Level
from introstat.vocabulary.tables import Status

if TYPE_CHECKING:
    from introstat.site.library import Book
    from introstat.vocabulary.texts import Language

FILE: Final = "changes.json"
_BOTH_SEXES: Final = "0"
_LEVELS: Final = (Level.COUNTRY.value, Level.COUNTY.value)


@dataclass(frozen=True, slots=True)
class Changes:
    """The edition before, and the places that changed."""

    previous: str
    places: Sequence[Changed]


@dataclass(frozen=True, slots=True)
class Changed:
    """A place whose number or share is another than in the edition before; each cell as it was and as it is."""

    place: Mapping[str, Any]
    ended_before: Cell
    ended: Cell
    share_before: Cell
    share: Cell


def changed_results(book: Book, language: Language) -> Changes | None:
    """The country first, then the counties in the order of the alphabet; None where nothing came before.

    Raises EditionDamaged where the file is not a list of changes.
    """
    try:
        told = orjson.loads(book.read(FILE))
        if told["previous"] is None:
            return None
        before = {tuple(cell["codes"]): _as_cell(cell["before"]) for cell in told["cells"] if cell["table"] == TABLE}
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise EditionDamaged(f"{FILE} is not a list of changes") from error
    # A number that was confirmed as it stood is not on the list: it was preliminary like the rest of that edition.
    star = Status.PRELIMINARY.value if EditionNumber.parse(told["previous"]).is_preliminary else ""
    table = book.table(TABLE, language)
    (year,) = table.variables_by_code["Tid"].codes
    places = book.places(language)["places"].values()
    among = sorted(
        (place for place in places if place["level"] in _LEVELS),
        key=lambda place: (place["level"] != Level.COUNTRY.value, *alphabetic(place)),
    )
    found = []
    for place in among:
        now, then = {}, {}
        for name in (ENDED, SHARE):
            codes = (place["code"], _BOTH_SEXES, name, year)
            now[name] = table.cell_at(codes)
            same = Cell(now[name].value, star if now[name].value is not None else now[name].status)
            then[name] = before.get(codes, same)
        if any(then[name].value != now[name].value for name in now):
            found.append(Changed(place, then[ENDED], now[ENDED], then[SHARE], now[SHARE]))
    return Changes(str(told["previous"]), found)


def _as_cell(found: Mapping[str, Any] | None) -> Cell:
    """A cell of the file; one that the edition did not have is not available."""
    if found is None:
        return Cell(None, "..")
    return Cell(float(found["value"]) if found["value"] else None, found["status"])
