"""Every address of the site, made and read in this one place.

    /                       /nn/                    /en/                  front page
    /2016/                  /nn/2016/               …                     the newest edition of the year
    /2016.1/                                                              that edition, for ever
    /2016/steder/  /2016/steder/navn/  /2016/steder/forslag.json?sok=bom  /2016/landet/  /2016/fylke/09/  /2016/kommune/0904/
    /2016/tabeller/         /2016/tabeller/IP102/                         tables, to read and to fetch
    /2016/sammenlign/  /2016/rangering/  /2016/spredning/  /2016/kart/  /2016/utforsk/IP102/
    /2016.1/innfelt/counties/                                             a chart alone, for other pages
    /2016/om/                                                             definitions, quality, signs
    /2016.1/tabeller/IP102/IP102.csv   /2016.1/figurer/NAME.nb.svg        the edition's files, without a language

Codes and path words are the same in all three languages, so that changing language is changing a prefix. What stands
under `/2016/` stands under `/2016.1/` too: an address with a number is the one to cite.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from introstat.vocabulary.places import Level, level_of
from introstat.vocabulary.texts import LANGUAGES, Language

PREFIX: Final[dict[Language, str]] = {"nb": "", "nn": "/nn", "en": "/en"}
_LOCAL: Final = re.compile(r"/(?:[A-Za-z0-9._-]+/)*[A-Za-z0-9._-]*")
_FOLDERS: Final = {"tables": "tabeller", "charts": "figurer", "release": "publiseringsdag"}
STATEMENT: Final = "/tilgjengelighet/"
API: Final = "/api/"
FEEDBACK: Final = "/tilbakemelding/"
THANKS: Final = "/tilbakemelding/takk/"
NEWS: Final = "/nyheter.atom"


@dataclass(frozen=True, slots=True)
class PublicAddresses:
    """Where the site stands as the world sees it, for texts to be copied elsewhere; and where feedback on an export goes.

    ``site`` is an origin such as `https://statistikk.example`, ``feedback`` a page or a `mailto:` address. Both may be
    empty: the site never learns its own address from what a reader sends. Raises ValueError for what is no address.
    """

    site: str = ""
    feedback: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "site", self.site.rstrip("/"))
        if self.site and not self.site.startswith(("https://", "http://")):
            raise ValueError(f"{self.site!r} is not the address of a site; it begins with https://")
        if self.feedback and not self.feedback.startswith(("https://", "http://", "mailto:")):
            raise ValueError(f"{self.feedback!r} is not an address for feedback; it begins with https:// or mailto:")

    @property
    def origin(self) -> str:
        """The site without the folder it may stand in: what a browser says a message comes from."""
        return "/".join(self.site.split("/")[:3])

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> PublicAddresses:
        """What the environment sets: INTROSTAT_SITE_ADDRESS and INTROSTAT_FEEDBACK_ADDRESS."""
        return cls(
            site=settings.get("INTROSTAT_SITE_ADDRESS", ""), feedback=settings.get("INTROSTAT_FEEDBACK_ADDRESS", "")
        )


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of one edition in one language; ``edition`` is ``2016`` (the newest) or a number such as ``2016.1``."""

    language: Language
    edition: str = ""

    @property
    def front(self) -> str:
        """The front page."""
        return f"{PREFIX[self.language]}/"

    @property
    def release(self) -> str:
        """The release page."""
        return self._under("")

    @property
    def places(self) -> str:
        """The list of places, and the search among them."""
        return self._under("steder/")

    @property
    def suggestions(self) -> str:
        """Places that answer to the beginning of a text, for the script of the search."""
        return self._under("steder/forslag.json")

    @property
    def name_index(self) -> str:
        """Every name of every place for the script of the search, in a copy that has no server to ask."""
        return self._under("steder/navn.json")

    @property
    def names(self) -> str:
        """Every name of every place, from A to Å."""
        return self._under("steder/navn/")

    @property
    def tables(self) -> str:
        """The list of tables."""
        return self._under("tabeller/")

    @property
    def compare(self) -> str:
        """Places side by side."""
        return self._under("sammenlign/")

    @property
    def ranking(self) -> str:
        """Places in order."""
        return self._under("rangering/")

    @property
    def spread(self) -> str:
        """All municipalities as one picture."""
        return self._under("spredning/")

    @property
    def map(self) -> str:
        """Counties and municipalities as tiles."""
        return self._under("kart/")

    def explore(self, table: str) -> str:
        """A table to choose from and turn."""
        return self._under(f"utforsk/{table}/")

    def explored_file(self, table: str) -> str:
        """What was chosen from a table, as a file."""
        return self._under(f"utforsk/{table}.csv")

    def embed(self, chart: str) -> str:
        """A chart alone, to stand in another page."""
        return self._under(f"innfelt/{chart}/")

    @property
    def about(self) -> str:
        """Definitions, quality and signs."""
        return self._under("om/")

    @property
    def statement(self) -> str:
        """The accessibility statement."""
        return PREFIX[self.language] + STATEMENT

    @property
    def api(self) -> str:
        """The page on the open-data interface."""
        return PREFIX[self.language] + API

    @property
    def feedback(self) -> str:
        """Where feedback is sent."""
        return PREFIX[self.language] + FEEDBACK

    @property
    def thanks(self) -> str:
        """Where one lands after sending feedback."""
        return PREFIX[self.language] + THANKS

    @property
    def news(self) -> str:
        """The news feed of releases."""
        return PREFIX[self.language] + NEWS

    def table(self, table: str) -> str:
        """A table to read."""
        return self._under(f"tabeller/{table}/")

    def place(self, code: str) -> str:
        """A place, by the shape of its code: ``0``, two digits, four or six, ``I01`` or ``N3009``."""
        match level_of(code):
            case Level.COUNTRY:
                return self._under("landet/")
            case Level.COUNTY:
                return self._under(f"fylke/{code}/")
            case Level.IMDI_REGION:
                return self._under(f"imdi-region/{code}/")
            case Level.ECONOMIC_REGION:
                return self._under(f"naeringsregion/{code}/")
            case Level.DISTRICT:
                return self._under(f"bydel/{code}/")
            case _:
                return self._under(f"kommune/{code}/")

    def file(self, path: str) -> str:
        """A file of the edition, by its path in the edition; files have no language in their address."""
        folder, slash, rest = path.partition("/")
        return f"/{self.edition}/{_FOLDERS.get(folder, folder)}{slash}{rest}"

    def in_edition(self, edition: str) -> Addresses:
        """The same language, another edition."""
        return Addresses(self.language, edition)

    def _under(self, rest: str) -> str:
        return f"{PREFIX[self.language]}/{self.edition}/{rest}"


def in_language(path: str, language: Language) -> str:
    """The same page in another language."""
    return PREFIX[language] + _without_prefix(path)[1]


def language_of(path: str) -> Language:
    """The language an address is in; Bokmål has no prefix."""
    return _without_prefix(path)[0]


def is_local(path: str) -> bool:
    """Whether a text is a plain path on this site: fit to be linked back to, and to be stored."""
    return len(path) <= 200 and _LOCAL.fullmatch(path) is not None and ".." not in path


def _without_prefix(path: str) -> tuple[Language, str]:
    for language in LANGUAGES:
        prefix = PREFIX[language]
        if prefix and (path == prefix or path.startswith(prefix + "/")):
            return language, path[len(prefix) :] or "/"
    return "nb", path
