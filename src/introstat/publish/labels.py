"""What codes are called: the labels of one table, unique within each variable, and the names of places in texts.

Two regions of one name (Oslo is a county and a municipality) must not have one label in a table, because readers and
programs join on labels: the smaller one says what it is, `Oslo (kommune)`. Many economic regions are called after their largest
municipality, so all of them say what they are: `Halden (næringsregion)`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from introstat.vocabulary.places import LINKED, Level
from introstat.vocabulary.texts import Language, Text

if TYPE_CHECKING:
    from datetime import date

    from introstat.definitions.catalogue import Definitions
    from introstat.definitions.tables import TableDefinition
    from introstat.vocabulary.places import Place
    from introstat.vocabulary.tables import SafeCube

_KIND: Final[Mapping[Level, Text]] = {
    Level.COUNTRY: Text(nb="landet", nn="landet", en="country"),
    Level.COUNTY: Text(nb="fylke", nn="fylke", en="county"),
    Level.IMDI_REGION: Text(nb="IMDi-region", nn="IMDi-region", en="IMDi region"),
    Level.ECONOMIC_REGION: Text(nb="næringsregion", nn="næringsregion", en="economic region"),
    Level.MUNICIPALITY: Text(nb="kommune", nn="kommune", en="municipality"),
    Level.DISTRICT: Text(nb="bydel", nn="bydel", en="district"),
}


class Regions:
    """The places of a reporting year: their labels in tables, their names in texts, and where they lie."""

    def __init__(self, definitions: Definitions) -> None:
        self.day: Final[date] = definitions.year.last_day
        geography = definitions.geography
        country = geography.country(self.day)
        self.places: Final[dict[str, Place]] = {
            place.code: place
            for place in (
                country,
                *geography.counties(self.day),
                *geography.imdi_regions(self.day),
                *geography.economic_regions(self.day),
                *geography.municipalities(self.day),
                *geography.districts(self.day),
            )
        }
        self._labels = {code: definitions.region_label(code, self.day) for code in self.places}
        taken: Counter[str] = Counter()
        for code, place in self.places.items():
            label = self._labels[code]
            if taken[label.nb] or place.level is Level.ECONOMIC_REGION:
                kind = _KIND[place.level]
                self._labels[code] = Text(
                    nb=f"{label.nb} ({kind.nb})", nn=f"{label.nn} ({kind.nn})", en=f"{label.en} ({kind.en})"
                )
            taken[self._labels[code].nb] += 1
        self._children: dict[str, list[str]] = {code: [] for code in self.places}
        for code, place in self.places.items():
            if place.level in LINKED:
                self._children[code].extend(geography.members(code, self.day))
            elif place.parent is not None:
                self._children[place.parent].append(code)

    def label(self, code: str) -> Text:
        """The label in tables. Raises KeyError for a code that is not in force on the last day of the year."""
        return self._labels[code]

    def children(self, code: str) -> tuple[str, ...]:
        """The places right below, by code."""
        return tuple(self._children[code])

    def lies_in(self, code: str) -> tuple[str, ...]:
        """The regions beside the counties that hold a municipality, the largest first."""
        return tuple(
            region for region, place in self.places.items() if place.level in LINKED and code in self._children[region]
        )

    def path(self, code: str) -> tuple[str, ...]:
        """The places this one lies in, the largest first."""
        parent = self.places[code].parent
        return () if parent is None else (*self.path(parent), parent)


@dataclass(frozen=True, slots=True)
class TableLabels:
    """What one table and its codes are called, in one language."""

    id: str
    language: Language
    title: str
    source: str
    population: str
    notes: tuple[str, ...]
    variables: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    units: Mapping[str, tuple[str, int]]
    totals: Mapping[str, str]
    about: Mapping[str, str]
    contents_about: Mapping[str, str]

    def of(self, variable: str, code: str) -> str:
        """The label of a code. Raises KeyError."""
        return self.values[variable][code]


def table_labels(cube: SafeCube, definition: TableDefinition, *, regions: Regions, language: Language) -> TableLabels:
    """The labels of a table. Raises KeyError where a code of the cube has none: it cannot be published then."""
    values: dict[str, Mapping[str, str]] = {}
    for dimension in cube.dimensions:
        match dimension.code:
            case "Region":
                values["Region"] = {code: regions.label(code).in_language(language) for code in dimension.values}
            case "ContentsCode":
                values["ContentsCode"] = {
                    code: definition.content(code).label.in_language(language) for code in dimension.values
                }
            case "Tid":
                values["Tid"] = {code: code for code in dimension.values}
            case other:
                variable = next(variable for variable in definition.variables if variable.code == other)
                values[other] = {code: variable.label_of(code).in_language(language) for code in dimension.values}
    return TableLabels(
        id=definition.id,
        language=language,
        title=definition.title.in_language(language),
        source=definition.source.in_language(language),
        population=definition.population.in_language(language),
        notes=tuple(note.in_language(language) for note in definition.notes),
        variables={variable.code: variable.label.in_language(language) for variable in definition.variables},
        values=values,
        units={content.code: (content.unit.in_language(language), content.decimals) for content in definition.contents},
        totals={variable.code: variable.total for variable in definition.variables if variable.total is not None},
        about={variable.code: variable.definition.in_language(language) for variable in definition.variables},
        contents_about={content.code: content.definition.in_language(language) for content in definition.contents},
    )
