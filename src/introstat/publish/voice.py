"""Who speaks: one edition's cells, places and imprint in one language, with the small words that texts need.

`Voice` is what article, places and charts compose with. It holds the two readings that several of them share: how a place
stands (may its result be told?) and in which order places are told (by the share before rounding, from shown counts).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from introstat.publish.cells import Cell, Cells, compose, figure
from introstat.publish.documents import Figure, PlaceName, PlaceStatus
from introstat.vocabulary.places import NOT_STATED, Level
from introstat.vocabulary.tables import COUNTRY, Status
from introstat.vocabulary.texts import Language, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from introstat.publish.documents import Part, Parts
    from introstat.publish.imprint import Imprint
    from introstat.publish.labels import Regions
    from introstat.vocabulary.places import Name

RESULTS: Final = "IP102"
REASONS: Final = "IP101"
NOT_REGISTERED: Final = "IP103"
BANDS: Final = "IP104"
POOLED: Final = "IP105"
FIRST_YEAR: Final = "FraAar"
"""The content that is a year and no number of anything."""
KEY_FIGURES: Final = "IP100"

_LAST_LETTERS: Final = str.maketrans("æäøöå", "{{||}")
"""The characters that follow z, in the order of the alphabet."""

_MUNICIPALITY: Final = Text(nb="{name} kommune", nn="{name} kommune", en="{name} municipality")
_ECONOMIC_REGION: Final = Text(
    nb="næringsregionen {name}", nn="næringsregionen {name}", en="the economic region {name}"
)
_DISTRICT: Final = Text(nb="bydel {name}", nn="bydel {name}", en="the district of {name}")
_NO_DISTRICT: Final = Text(
    nb="uoppgitt bydel i {name}", nn="ukjend bydel i {name}", en="an unstated district of {name}"
)
_COUNTRY: Final = Text(nb="hele landet", nn="heile landet", en="the whole country")


@dataclass(frozen=True, slots=True)
class Voice:
    """What texts in one language are composed with."""

    cells: Cells
    regions: Regions
    imprint: Imprint
    language: Language

    def say(self, template: Text, **values: Part | Parts) -> Parts:
        """The template in this language; `{year}` is always there."""
        return compose(template, language=self.language, **{"year": str(self.imprint.year), **values})

    def words(self, text: Text) -> str:
        """A text without places to fill."""
        return text.in_language(self.language)

    def figure(self, name: str, *cells: Cell) -> Figure:
        """A figure in this language."""
        return figure(name, *cells, language=self.language)

    def count(self, content: str, region: str = COUNTRY, sex: str = "0") -> Figure:
        """A number of people of the table of results."""
        return self.figure("count", self.result_cell(content, region, sex))

    def percent(self, content: str, region: str = COUNTRY, sex: str = "0") -> Figure:
        """A share of the table of results."""
        return self.figure("percent", self.result_cell(content, region, sex))

    def result_cell(self, content: str, region: str = COUNTRY, sex: str = "0") -> Cell:
        """A cell of the table of results."""
        return self.cells.at(RESULTS, content, region=region, sex=sex)

    def band(self, region: str) -> Figure | None:
        """The band that a result which is not shown lies in; None where none is told."""
        edges = [self.cells.at(BANDS, content, region=region) for content in ("AndelFra", "AndelTil")]
        return self.figure("band", *edges) if all(edge.is_shown for edge in edges) else None

    def plural(self, cell: Cell, one: Text, many: Text) -> Text:
        """The form that goes with the number."""
        return one if cell.value == 1 else many

    def name(self, code: str) -> str:
        """A place's name in running text: the Norwegian one, where there is one; `hele landet` for the country."""
        place = self.regions.places[code]
        if place.level is Level.ECONOMIC_REGION:
            return self.words(self.regions.label(code))
        if place.level is Level.DISTRICT and code.endswith(NOT_STATED) and place.parent:
            return _NO_DISTRICT.in_language(self.language).format(name=self.name(place.parent))
        return self.words(_COUNTRY) if place.level is Level.COUNTRY else place.norwegian

    def named(self, code: str) -> str:
        """A place with its kind where the name alone could be taken for another: `Hitra kommune`."""
        name = self.name(code)
        if self.regions.places[code].level is Level.ECONOMIC_REGION:
            return _ECONOMIC_REGION.in_language(self.language).format(name=self.regions.places[code].norwegian)
        if self.regions.places[code].level is Level.DISTRICT and not code.endswith(NOT_STATED):
            return _DISTRICT.in_language(self.language).format(name=name)
        if self.regions.places[code].level is not Level.MUNICIPALITY:
            return name
        base, bracket, rest = name.partition(" (")
        return _MUNICIPALITY.in_language(self.language).format(name=base) + bracket + rest

    def link(self, code: str) -> PlaceName:
        """A place's name as a link to its page."""
        place = self.regions.places[code]
        spoken = "no" if place.level is Level.COUNTRY else _language_of(place.norwegian, place.names)
        if self.language != "en" and spoken == "no":
            return PlaceName(self.name(code), code)
        return PlaceName(self.name(code), code, None if place.level is Level.COUNTRY else spoken)

    def counties(self) -> tuple[str, ...]:
        """The counties of the table of results, by code."""
        return self._of(Level.COUNTY)

    def municipalities(self) -> tuple[str, ...]:
        """The municipalities of the table of results, by code."""
        return self._of(Level.MUNICIPALITY)

    def _of(self, level: Level) -> tuple[str, ...]:
        places = self.regions.places
        return tuple(code for code in self.cells.regions(RESULTS) if places[code].level is level)

    def counts(self, region: str, sex: str = "0") -> tuple[int, int] | None:
        """How many reached the result, of how many who ended; None where either is not shown."""
        reached = self.result_cell("ArbeidUtdanning", region, sex).value
        ended = self.result_cell("Avsluttet", region, sex).value
        return None if reached is None or ended is None else (reached, ended)

    def exact(self, region: str) -> Fraction | None:
        """The unrounded share from the shown counts, or the shown share; None where the result is not shown."""
        share = self.result_cell("AndelArbeidUtdanning", region).value
        counts = self.counts(region)
        if share is None:
            return None
        return Fraction(*counts) if counts and counts[1] else Fraction(share, 100)

    def ranked(self, codes: Iterable[str]) -> tuple[str, ...]:
        """The best result first; equal ones by name; those without a result last."""
        keys = {code: self.exact(code) for code in codes}
        return tuple(
            sorted(
                keys, key=lambda code: (keys[code] is None, -(keys[code] or 0), _alphabetical(self.name(code)), code)
            )
        )

    def status(self, region: str) -> PlaceStatus:
        """How a place stands: what may be told about it."""
        ended = self.result_cell("Avsluttet", region)
        if ended.status is Status.NOT_AVAILABLE:
            return "not_reported"
        if ended.value is None:
            return "number_hidden"
        if ended.value == 0:
            return "nobody"
        return "shown" if self.result_cell("AndelArbeidUtdanning", region).is_shown else "result_hidden"


def _alphabetical(name: str) -> str:
    """A key that sorts æ, ø, å last, and aa as å, as Norwegian does."""
    return name.casefold().replace("aa", "å").translate(_LAST_LETTERS)


def _language_of(name: str, names: Iterable[Name]) -> str:
    return next(found.language for found in names if found.text == name)
