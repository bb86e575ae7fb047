"""Which places there are, when, what they are called and where they lie, read from the code lists.

Sources: Statistics Norway's classifications 131 (municipalities), 104 (counties) and 103 (districts), and IMDi's list of the
municipalities of its regions and of the economic regions, which covers all municipalities of 2014–2017 and no other years:
outside them there are no such regions. A municipality that the list has without an economic region, because it was merged in
2017 or 2018, lies in that of the one it became part of. A row is one
validity of a code with one set of names: two rows of a code that meet are a change of name. A word in brackets after a
name stands only while another municipality has the same name.
"""

from __future__ import annotations

from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Final, cast, get_args

from introstat.definitions.reading import BadDefinition, day_or_none, rows
from introstat.vocabulary.places import COUNTRY_CODE, Change, Geography, Level, Name, NameLanguage, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES: Final = ("names", "languages", "reference")
_COUNTRY: Final = Place(
    code=COUNTRY_CODE,
    level=Level.COUNTRY,
    names=(Name("Norge", "no"),),
    valid_from=date(1905, 6, 7),
    valid_to=None,
    parent=None,
)


def read_geography(
    *, municipalities: str, counties: str, imdi_regions: str, economic_regions: str, districts: str, changes: str
) -> Geography:
    """Build the geography from the text of the six code lists. Raises BadDefinition where one is not as it must be."""
    places = chain(
        [_COUNTRY],
        _counties(counties),
        _linked(imdi_regions, where="imdi_regions.csv", level=Level.IMDI_REGION),
        _linked(economic_regions, where="economic_regions.csv", level=Level.ECONOMIC_REGION),
        _inside(municipalities, where="municipalities.csv", level=Level.MUNICIPALITY, parent="county"),
        _inside(districts, where="districts.csv", level=Level.DISTRICT, parent="municipality"),
    )
    try:
        return Geography(places=tuple(places), changes=tuple(_changes(changes)))
    except ValueError as problem:
        raise BadDefinition(f"the code lists of places: {problem}") from problem


def _counties(content: str) -> Iterator[Place]:
    columns = ("code", "valid_from", "valid_to", *_NAMES)
    for code, first, end, names, languages, _ in rows(content, where="counties.csv", columns=columns):
        yield Place(
            code=code,
            level=Level.COUNTY,
            names=_names(code, names, languages),
            valid_from=date.fromisoformat(first),
            valid_to=day_or_none(end),
            parent=COUNTRY_CODE,
        )


def _linked(content: str, *, where: str, level: Level) -> Iterator[Place]:
    columns = ("code", "valid_from", "valid_to", "names", "languages", "municipalities", "reference")
    for code, first, end, names, languages, members, _ in rows(content, where=where, columns=columns):
        yield Place(
            code=code,
            level=level,
            names=_names(code, names, languages),
            valid_from=date.fromisoformat(first),
            valid_to=day_or_none(end),
            parent=COUNTRY_CODE,
            members=tuple(members.split("|")),
        )


def _inside(content: str, *, where: str, level: Level, parent: str) -> Iterator[Place]:
    columns = ("code", "valid_from", "valid_to", parent, *_NAMES)
    for code, first, end, lies_in, names, languages, _ in rows(content, where=where, columns=columns):
        yield Place(
            code=code,
            level=level,
            names=_names(code, names, languages),
            valid_from=date.fromisoformat(first),
            valid_to=day_or_none(end),
            parent=lies_in,
        )


def _changes(content: str) -> Iterator[Change]:
    for on, old, new, _ in rows(content, where="changes.csv", columns=("on", "old", "new", "reference")):
        yield Change(on=date.fromisoformat(on), old=old, new=new)


def _names(code: str, names: str, languages: str) -> tuple[Name, ...]:
    texts, tags = names.split("|"), languages.split("|")
    if len(texts) != len(tags) or not set(tags) <= set(get_args(NameLanguage)):
        raise BadDefinition(f"{code}: each name needs a known language")
    return tuple(Name(text, cast(NameLanguage, tag)) for text, tag in zip(texts, tags, strict=True))
