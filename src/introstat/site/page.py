"""What a reader asks for and what is given back: the values that every page function takes and makes.

A page function takes an `Ask` and gives a `Page`, or raises `Trouble` with the status and the reason that the error page
explains. Nothing is looked up here but the edition that an address names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from introstat.site.addresses import Addresses
from introstat.site.boundaries import Outline
from introstat.site.library import Book, Shelf
from introstat.site.withdrawn import EditionWithdrawn, Withdrawal
from introstat.site.words import word
from introstat.vocabulary.errors import EditionDamaged, NotFound
from introstat.vocabulary.texts import Language

LONGEST_QUERY: Final = 1_500
LONGEST_SEARCH: Final = 80


class Trouble(Exception):
    """A page that cannot be shown: the status, the key of the words that explain it, and where to look instead.

    ``withdrawal`` is what there is to say of an edition that was taken back.
    """

    def __init__(
        self, status: int, reason: str, *, instead: Sequence[Crumb] = (), withdrawal: Withdrawal | None = None
    ) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.instead = instead
        self.withdrawal = withdrawal


@dataclass(frozen=True, slots=True)
class Ask:
    """What a reader asked for. ``parts`` are the variable pieces of the address, ``query`` the fields of a form.

    ``outlines`` are the borders there are, by year.
    """

    language: Language
    path: str
    shelf: Shelf
    parts: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    is_export: bool = False
    outlines: Mapping[int, Outline] = field(default_factory=dict)

    def book(self) -> Book:
        """The edition the address names. Raises Trouble."""
        try:
            return self.shelf.find(self.parts["edition"])
        except EditionWithdrawn as error:
            raise Trouble(410, "withdrawn", withdrawal=error.withdrawal) from error
        except NotFound as error:
            raise Trouble(404, "edition") from error
        except EditionDamaged as error:
            raise Trouble(503, "damaged") from error

    @property
    def at(self) -> Addresses:
        """The addresses of the edition asked for, under the name it was asked for by."""
        return Addresses(self.language, self.parts["edition"])


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the path down to a page."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Page:
    """A template and what it shows.

    ``here`` is what the path down to it calls it; ``reads`` are the query fields it minds, others leave it unchanged.
    One that ``is_embedded`` may stand in a page of others. ``script`` is the file of ours it is better with, if any.
    """

    template: str
    title: str
    description: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    book: Book | None = None
    edition: str = ""
    crumbs: Sequence[Crumb] = ()
    here: str = ""
    section: str = ""
    status: int = 200
    reads: frozenset[str] = frozenset()
    is_kept: bool = True
    is_embedded: bool = False
    script: str = ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The reader is better served at another address."""

    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file made for this reader's choice, to be saved under a name; ``reads`` as for a page."""

    content: bytes
    media_type: str
    name: str
    book: Book
    reads: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Told:
    """What a script of ours asked for, as JSON; ``reads`` as for a page."""

    content: bytes
    book: Book
    reads: frozenset[str] = frozenset()


Maker = Callable[[Ask], Page | Elsewhere | Attachment | Told]

SEARCH: Final = "search.js"
EMBED: Final = "embed.js"


def crumbs(ask: Ask, *, release_too: bool = False) -> list[Crumb]:
    """The path down to a page: the front page, and the release where the page lies under it."""
    found = [Crumb(word(ask.language, "nav.front"), Addresses(ask.language).front)]
    if release_too:
        found.append(Crumb(word(ask.language, "nav.results_of", year=ask.parts["edition"]), ask.at.release))
    return found
