"""Where the data files lie and how a year's definitions are put together. Nobody else opens them.

A reporting year has a complete folder of its own (``2016/``); code lists and parameters carry their dates and are shared
by all years. Everything is read once and frozen. ``version`` changes whenever a byte of any of it does, so that a figure
can always be traced to the definitions it was made with.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from introstat.definitions.codes import COUNTRIES, CodeList, read_code_lists, read_countries
from introstat.definitions.form import Forms, read_forms
from introstat.definitions.geography import read_geography
from introstat.definitions.indicators import Indicators, read_indicators
from introstat.definitions.parameters import ParameterBook, Parameters, read_parameters
from introstat.definitions.policies import ProtectionPolicy, read_policies
from introstat.definitions.reading import BadDefinition, Table
from introstat.definitions.reasons import Reasons, read_reasons
from introstat.definitions.tables import Tables, read_tables
from introstat.vocabulary.errors import NotFound, UnknownYear
from introstat.vocabulary.places import COUNTRY_CODE, Geography
from introstat.vocabulary.texts import Text
from introstat.vocabulary.years import ReportingYear

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from importlib.resources.abc import Traversable

_SHARED: Final = ("codelists", "parameters")
_LISTED_ELSEWHERE: Final = frozenset({"reasons", "municipalities", "districts"})
_POLICIES: Final = "policies.toml"


@dataclass(frozen=True, slots=True)
class Definitions:
    """Everything that is laid down for one reporting year.

    ``version`` is the year, the number of its definitions and the first twelve characters of ``checksum``, such as
    ``2016-1+0123456789ab``; ``checksum`` is the sha256 over every data file the year rests on.
    """

    year: ReportingYear
    version: str
    checksum: str
    form: Forms
    indicators: Indicators
    tables: Tables
    reasons: Reasons
    geography: Geography
    code_lists: Mapping[str, CodeList]
    parameter_book: ParameterBook
    policies: Mapping[str, ProtectionPolicy]

    def parameters(self, on: date) -> Parameters:
        """The numbers of the law and the office that hold on that day; for the year itself, ask for its last day."""
        return self.parameter_book.on(on)

    def policy(self, name: str) -> ProtectionPolicy:
        """A protection policy by its id. Raises NotFound naming those there are."""
        if name not in self.policies:
            raise NotFound(f"There is no protection policy {name}. There are: {', '.join(self.policies)}.")
        return self.policies[name]

    def sex_code(self, value: str) -> str:
        """The published code of a delivered sex: `1` for M, `2` for K. Raises KeyError."""
        published = self.code_lists["sex"][value].published
        if published is None:
            raise KeyError(value)
        return published

    def region_label(self, code: str, on: date) -> Text:
        """What a region is called in tables on that day: *the whole country*, or all official names of the place.

        Raises LookupError for a code that is not in force.
        """
        if code == COUNTRY_CODE:
            return self.tables.variables["Region"].label_of(code)
        place = self.geography.find(code, on)
        if place is None:
            raise LookupError(f"no place has the code {code} on {on.isoformat()}")
        return Text(nb=place.label, nn=place.label, en=place.label)


def years() -> tuple[int, ...]:
    """The reporting years there are definitions for, oldest first."""
    return tuple(sorted(int(entry.name) for entry in _root().iterdir() if entry.name.isdecimal() and entry.is_dir()))


@cache
def definitions_for(year: int) -> Definitions:
    """The definitions of a reporting year, read once. Raises UnknownYear naming the years there are."""
    if year not in years():
        known = ", ".join(str(known) for known in years())
        raise UnknownYear(f"There are no definitions for {year}. There are definitions for: {known}.")
    about = _toml(f"{year}/about.toml")
    if about.integer("year") != year:
        raise BadDefinition(f"{about.where}: year must be that of the folder, {year}")
    number = about.integer("number")
    about.finish()
    checksum = _checksum(year)
    reasons = reasons_list()
    code_lists = all_code_lists()
    indicators = read_indicators(_toml(f"{year}/indicators.toml"))
    return Definitions(
        year=ReportingYear(year),
        version=f"{year}-{number}+{checksum[:12]}",
        checksum=checksum,
        form=read_forms(_toml(f"{year}/form.toml"), code_lists=frozenset(code_lists) | _LISTED_ELSEWHERE),
        indicators=indicators,
        tables=read_tables(_toml(f"{year}/tables.toml"), indicators=indicators, reasons=reasons),
        reasons=reasons,
        geography=geography(),
        code_lists=code_lists,
        parameter_book=parameter_book(),
        policies=protection_policies(),
    )


@cache
def geography() -> Geography:
    """All places since 2003, the same for every reporting year."""
    return read_geography(
        municipalities=_content("codelists/municipalities.csv"),
        counties=_content("codelists/counties.csv"),
        imdi_regions=_content("codelists/imdi_regions.csv"),
        economic_regions=_content("codelists/economic_regions.csv"),
        districts=_content("codelists/districts.csv"),
        changes=_content("codelists/changes.csv"),
    )


@cache
def reasons_list() -> Reasons:
    """The reasons for ending, the same for every reporting year; what they count as is dated."""
    return read_reasons(_toml("codelists/reasons.toml"))


@cache
def all_code_lists() -> Mapping[str, CodeList]:
    """The values a delivery may hold, by the id of their list, citizenships included."""
    lists = read_code_lists(*(_toml(f"codelists/{name}.toml") for name in ("choices", "measures", "events")))
    return MappingProxyType({**lists, COUNTRIES: read_countries(_content("codelists/countries.csv"))})


@cache
def parameter_book() -> ParameterBook:
    """All dated parameters with their histories."""
    names = [entry.name for entry in _files(_root().joinpath("parameters"))]
    return read_parameters(*(_toml(f"parameters/{name}") for name in names if name != _POLICIES))


@cache
def protection_policies() -> Mapping[str, ProtectionPolicy]:
    """The protection policies there are, by id."""
    return read_policies(_toml(f"parameters/{_POLICIES}"))


def _root() -> Traversable:
    return resources.files("introstat.definitions")


def _content(path: str) -> str:
    return _root().joinpath(path).read_text(encoding="utf-8")


def _toml(path: str) -> Table:
    return Table(tomllib.loads(_content(path)), path)


def _checksum(year: int) -> str:
    """Sha256 over the names and contents of all files, in the order of their names."""
    digest = hashlib.sha256()
    for folder in (str(year), *_SHARED):
        for entry in _files(_root().joinpath(folder)):
            digest.update(f"{folder}/{entry.name}\0".encode())
            digest.update(hashlib.sha256(entry.read_bytes()).digest())
    return digest.hexdigest()


def _files(folder: Traversable) -> Iterator[Traversable]:
    yield from sorted((entry for entry in folder.iterdir() if entry.is_file()), key=lambda entry: entry.name)
