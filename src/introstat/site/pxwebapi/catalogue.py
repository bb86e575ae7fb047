"""Which tables there are at a moment, and of which editions they are made.

Without a word about editions, a table joins the newest one of each year. `version=2016.0` puts that edition in the place of
its year; `editions=2016.1,2017.1` joins exactly these and nothing that comes later, so that an address that says so gives
the same answer for ever. A year whose newest edition was taken back is left out, and said to be gone where it is asked for.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Final

from introstat.site.pxwebapi.codelists import Codelist, codelists_of
from introstat.site.pxwebapi.gone import Gone
from introstat.site.pxwebapi.problems import Problem, Title, listed, shown
from introstat.site.pxwebapi.stored import table_ids
from introstat.site.pxwebapi.table import Table
from introstat.site.withdrawn import EditionWithdrawn
from introstat.vocabulary.errors import EditionDamaged, NotFound

if TYPE_CHECKING:
    from introstat.site.library import Book, Shelf
    from introstat.site.pxwebapi.selection import Selection

KEPT: Final = 8
"""How many combinations of editions are kept joined."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The editions a caller asks for: those in the place of their years, or exactly those."""

    replaced: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()


class Catalogue:
    """The tables of these editions, one edition a year, oldest first. Tables are joined when first asked for.

    ``missed`` are the years that would be there, had their newest edition not been taken back.
    """

    def __init__(self, books: tuple[Book, ...], *, missed: Mapping[str, Gone] | None = None) -> None:
        self.books: Final = books
        self._missed: Final = missed or {}
        self.ids: Final = tuple(sorted({table for book in books for table in table_ids(book)}))
        self._tables: dict[str, Table] = {}
        self._codelists: dict[str, Mapping[str, Codelist]] = {}
        self._lock = Lock()

    def table(self, asked: str) -> Table:
        """A table by its id, in whatever case. Raises Problem."""
        found = asked if asked in self.ids else next((i for i in self.ids if i.casefold() == asked.casefold()), None)
        if found is None and not self.books and self._missed:
            raise self._missed[max(self._missed)].problem()
        if found is None:
            raise Problem(404, Title.TABLE, f"There is no table {shown(asked)}. There are: {listed(self.ids)}.")
        with self._lock:
            if found not in self._tables:
                self._tables[found] = Table(found, [book for book in self.books if found in table_ids(book)])
            return self._tables[found]

    def check_years(self, table: Table, selection: Selection) -> None:
        """Raises Problem where a selection names a year that is gone."""
        for item in selection.items:
            if table.find(item.variable) is table.time:
                for year in item.values:
                    if year in self._missed and year not in table.time.positions:
                        raise self._missed[year].problem()

    def is_discontinued(self, table: Table) -> bool:
        """Whether newer years no longer have it."""
        return table.newest is not self.books[-1]

    def codelists(self, table: Table) -> Mapping[str, Codelist]:
        """The code lists of a table, by id."""
        if table.id not in self._codelists:
            self._codelists[table.id] = {found.id: found for found in codelists_of(table)}
        return self._codelists[table.id]

    @cached_property
    def all_codelists(self) -> Mapping[str, Codelist]:
        """Every code list, by its id in small letters; the longest where tables differ."""
        found: dict[str, Codelist] = {}
        for id_ in self.ids:
            for codelist in self.codelists(self.table(id_)).values():
                key = codelist.id.casefold()
                if key not in found or len(found[key].values) < len(codelist.values):
                    found[key] = codelist
        return found


class Catalogues:
    """The catalogues in use, made again when the shelf changes."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, ...], Catalogue] = OrderedDict()
        self._shelf: Shelf | None = None
        self._lock = Lock()

    def find(self, shelf: Shelf, wanted: Wanted) -> Catalogue:
        """The catalogue of the editions a caller wants.

        Raises Problem: 400 for an edition that is none, 404 for one that is not released, 410 for one that was taken back,
        503 where one cannot be shown.
        """
        books = tuple(sorted(_books(shelf, wanted), key=lambda book: book.number))
        key = ("exactly" if wanted.exact else "newest", *(str(book.number) for book in books))
        with self._lock:
            if shelf is not self._shelf:
                self._kept.clear()
                self._shelf = shelf
            if key not in self._kept:
                years = {} if wanted.exact else shelf.years_taken_back
                self._kept[key] = Catalogue(
                    books, missed={str(year): Gone.of(why, shelf) for year, why in years.items()}
                )
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]


def _books(shelf: Shelf, wanted: Wanted) -> list[Book]:
    named = [find_edition(shelf, number) for number in wanted.exact or wanted.replaced]
    by_year = {book.number.year: book for book in named}
    if len(by_year) != len(named):
        raise Problem(
            400, Title.VERSION, "Two editions of one year cannot stand in one table; name one edition a year."
        )
    if wanted.exact:
        return named
    years = {*shelf.years, *(number.year for number in shelf.damaged)} - shelf.years_taken_back.keys() | by_year.keys()
    return [by_year[year] if year in by_year else find_edition(shelf, str(year)) for year in sorted(years)]


def find_edition(shelf: Shelf, number: str) -> Book:
    """An edition by its number, or the newest of a year. Raises Problem."""
    try:
        return shelf.find(number)
    except EditionWithdrawn as error:
        raise Gone.of(error.withdrawal, shelf).problem() from error
    except NotFound as error:
        released = listed(str(book.number) for book in shelf.books)
        detail = f"There is no edition {shown(number)}. Released are: {released or 'none yet'}."
        raise Problem(404, Title.VERSION, detail) from error
    except EditionDamaged as error:
        raise damaged(shelf) from error


def damaged(shelf: Shelf | None = None) -> Problem:
    """What is said while an edition cannot be shown: which it is, and how to get the others, where that is known."""
    if shelf is None or not shelf.damaged:
        detail = "An edition is not what was released and is not shown. It is being looked into; try again later."
    else:
        whole = [str(book.number) for year in shelf.years for book in shelf.of_year(year)[:1] if shelf.is_newest(book)]
        detail = (
            f"Not what was released, and not shown: {listed(str(number) for number in sorted(shelf.damaged))}. "
            "It is being looked into; try again later."
        )
        if whole:
            detail += f" Others can be had by their numbers: editions={','.join(sorted(whole))}."
    return Problem(503, Title.DAMAGED, detail, headers={"retry-after": "600"})
