"""The totals an invented register has to meet, read from ``targets/YEAR.toml``: the only published figures in the program.

What stands under ``[published]`` in the file is a figure somebody printed, and the only thing that may be told as published;
``[invented]`` fills in what is missing with choices of ours. A year without such a file cannot be invented: ``UnknownYear``
names those that can.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from introstat.vocabulary.errors import UnknownYear
from introstat.vocabulary.places import COUNTRY_CODE as COUNTRY

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

REASONS_OF_OTHERS: Final = (
    "grunnskole",
    "kvalifisering",
    "sosialstonad",
    "trygd",
    "annet",
    "uregistrert",
    "lukket",
)
_PER_CENT: Final = "result_per_cent"
_CONTENTS: Final = {
    "ended": "Avsluttet",
    "work": "TilArbeid",
    "education": "TilUtdanning",
    "result": "ArbeidUtdanning",
    _PER_CENT: "AndelArbeidUtdanning",
}
"""The column of table IP102 that a printed figure stands in. A share with decimals stands in none: tables show whole per cent."""


@dataclass(frozen=True, slots=True)
class Result:
    """How many ended, and how many of them went to work and to education beyond primary school."""

    ended: int
    work: int
    education: int

    def __post_init__(self) -> None:
        if min(self.work, self.education, self.ended - self.reached) < 0:
            raise ValueError("more people reached the goal than ended")

    @property
    def reached(self) -> int:
        """To work or education together."""
        return self.work + self.education


@dataclass(frozen=True, slots=True)
class SexResult:
    """How many of one sex ended, and how many of them reached the goal."""

    ended: int
    reached: int


@dataclass(frozen=True, slots=True)
class Places:
    """What is known of the municipalities: how many are of each size, and how many of the larger have a good result."""

    five_or_more: int
    limit_per_cent: int
    at_or_above: int
    nobody: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One printed figure and the cell that shows it; ``as_printed`` where it was told in words."""

    table: str
    content: str
    value: int
    region: str = COUNTRY
    sex: str = "0"
    as_printed: str | None = None


@dataclass(frozen=True, slots=True)
class Invented:
    """What no source gives, chosen to look like a year. ``others`` is in the order of ``REASONS_OF_OTHERS``."""

    others: tuple[int, ...]
    higher_education: int
    men_to_work: int
    ended_before: int
    ended_after: int
    running: int
    protected_in_files: tuple[int, int, int]
    protected_running: int
    silent: int
    only_running: int
    direct_reports: int
    measures_from: int
    first_received: date
    last_received: date


@dataclass(frozen=True, slots=True)
class Published:
    """One year's totals, and which of them are printed figures, with their source (empty texts where none is).

    Raises ValueError when they do not add up.
    """

    year: int
    source: str
    address: str
    title: str
    figures: tuple[Figure, ...]
    country: Result
    protected: Result
    men: SexResult
    women: SexResult
    places: Places
    counties: Mapping[str, Result]
    invented: Invented

    def __post_init__(self) -> None:
        for name in ("ended", "work", "education"):
            parts = sum(getattr(county, name) for county in self.counties.values()) + getattr(self.protected, name)
            if parts != getattr(self.country, name):
                raise ValueError(f"{name}: the counties and the protected are {parts}, not the country's")
        if self.men.ended + self.women.ended != self.country.ended:
            raise ValueError("the sexes do not add up to the country")
        if self.men.reached + self.women.reached != self.country.reached:
            raise ValueError("the sexes' results do not add up to the country's")
        if sum(self.invented.others) != self.country.ended - self.country.reached:
            raise ValueError("the reasons of the others do not add up")


def published(year: int) -> Published:
    """The totals of a year. Raises UnknownYear where nobody has written them down."""
    if year not in years():
        known = ", ".join(str(known) for known in years())
        raise UnknownYear(f"No published totals are known for {year}, so no register can be invented. Known: {known}.")
    return _read(_load(f"{year}.toml"))


def years() -> tuple[int, ...]:
    """The years that can be invented."""
    stems = (entry.name.removesuffix(".toml") for entry in _folder().iterdir() if entry.name.endswith(".toml"))
    return tuple(sorted(int(stem) for stem in stems if stem.isdecimal()))


def inhabitants() -> Mapping[str, float]:
    """Roughly how many thousand live in each municipality."""
    return MappingProxyType({code: float(size) for code, size in _load("inhabitants.toml")["thousands"].items()})


def _folder() -> Traversable:
    return resources.files("introstat.synthetic").joinpath("targets")


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads(_folder().joinpath(name).read_text(encoding="utf-8"))


def _read(file: Mapping[str, Any]) -> Published:
    printed = file.get("published", {})
    facts = _merged(printed, file["invented"])
    choices, places, sexes = facts["look"], facts["municipalities"], facts["sexes"]
    in_files = choices["protected_in_files"]
    return Published(
        year=file["year"],
        source=printed.get("source", ""),
        address=printed.get("address", ""),
        title=printed.get("title", ""),
        figures=tuple(_figures(printed)),
        country=_result(facts["country"]),
        protected=_result(facts["protected"]),
        men=SexResult(sexes["men"]["ended"], sexes["men"]["result"]),
        women=SexResult(sexes["women"]["ended"], sexes["women"]["result"]),
        places=Places(
            five_or_more=places["five_or_more"],
            limit_per_cent=places["share_limit_per_cent"],
            at_or_above=places["at_or_above_limit"],
            nobody=places["nobody"],
        ),
        counties=MappingProxyType({code: _result(county) for code, county in facts["counties"].items()}),
        invented=Invented(
            others=tuple(choices["others"][reason] for reason in REASONS_OF_OTHERS),
            higher_education=choices["higher_education"],
            men_to_work=choices["men_to_work"],
            ended_before=choices["ended_the_year_before"],
            ended_after=choices["ended_the_year_after"],
            running=choices["running"],
            protected_in_files=(in_files["work"], in_files["education"], in_files["other"]),
            protected_running=choices["protected_running"],
            silent=choices["silent"],
            only_running=choices["only_running"],
            direct_reports=choices["direct_reports"],
            measures_from=choices["measures_from"],
            first_received=choices["first_received"],
            last_received=choices["last_received"],
        ),
    )


def _merged(printed: Mapping[str, Any], invented: Mapping[str, Any]) -> dict[str, Any]:
    """Both tables as one. Raises ValueError where a printed figure was invented as well."""
    merged = dict(printed)
    for key, value in invented.items():
        if isinstance(value, Mapping) and key in merged:
            merged[key] = _merged(merged[key], value)
        elif key in merged:
            raise ValueError(f"{key} is printed, and cannot be invented")
        else:
            merged[key] = value
    return merged


def _result(table: Mapping[str, int]) -> Result:
    result = Result(table["ended"], table["work"], table["education"])
    if table.get("result", result.reached) != result.reached:
        raise ValueError("work and education do not add up to the printed result")
    return result


def _figures(printed: Mapping[str, Any]) -> Iterator[Figure]:
    regions = {COUNTRY: printed.get("country", {}), **printed.get("counties", {})}
    for region, result in regions.items():
        yield from (
            Figure("IP102", content, result[name], region) for name, content in _CONTENTS.items() if name in result
        )
    sexes = printed.get("sexes", {})
    for code, name in (("1", "men"), ("2", "women")):
        if _PER_CENT in sexes.get(name, {}):
            yield Figure("IP102", _CONTENTS[_PER_CENT], sexes[name][_PER_CENT], sex=code)
    places = printed.get("municipalities", {})
    if "five_or_more" in places:
        yield Figure("IP100", "KommunerFemEllerFler", places["five_or_more"])
    if "at_or_above_limit" in places:
        words = places.get("at_or_above_limit_as_printed")
        yield Figure("IP100", "KommunerMinst55", places["at_or_above_limit"], as_printed=words)
