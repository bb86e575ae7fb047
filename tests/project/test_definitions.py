"""The definitions are complete, in three languages, with references, and say what the delivery format and the law say."""

from __future__ import annotations

import csv
import dataclasses
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from introstat.definitions.catalogue import (
    all_code_lists,
    definitions_for,
    geography,
    parameter_book,
    reasons_list,
    years,
)
from introstat.definitions.dated import Dated
from introstat.definitions.reading import BadDefinition, Table
from introstat.vocabulary.errors import IntrostatError, UnknownYear
from introstat.vocabulary.places import Level
from introstat.vocabulary.tables import COUNTRY, REASONS, SEXES
from introstat.vocabulary.texts import Text

DEFINITIONS = definitions_for(2016)
ON = DEFINITIONS.year.last_day
DATA = resources.files("introstat.definitions")
TOML_FILES = sorted(
    f"{folder}/{entry.name}"
    for folder in ("2014", "2015", "2016", "codelists", "parameters")
    for entry in DATA.joinpath(folder).iterdir()
    if entry.name.endswith(".toml")
)


def parts(value: object) -> Iterator[object]:
    """A value and everything inside it."""
    yield value
    if is_dataclass(value):
        for field in fields(value):
            yield from parts(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from parts(inner)
    elif isinstance(value, tuple | list):
        for inner in value:
            yield from parts(inner)


def toml(name: str) -> dict[str, Any]:
    return tomllib.loads(DATA.joinpath(name).read_text(encoding="utf-8"))


def test_a_year_without_definitions_is_refused_and_the_message_names_those_there_are() -> None:
    with pytest.raises(UnknownYear, match="2016") as refused:
        definitions_for(1999)
    assert isinstance(refused.value, IntrostatError)
    assert 2016 in years()


def test_the_version_names_the_year_and_the_bytes_of_the_data() -> None:
    assert re.fullmatch(r"2016-[1-9]\d*\+[0-9a-f]{12}", DEFINITIONS.version)
    assert DEFINITIONS.checksum.startswith(DEFINITIONS.version.split("+")[1])
    assert len(DEFINITIONS.checksum) == 64


def test_definitions_are_read_once_and_cannot_be_changed() -> None:
    assert definitions_for(2016) is definitions_for(2016)
    for value in parts(DEFINITIONS):
        if is_dataclass(value):
            name = fields(value)[0].name
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(value, name, None)
        assert not isinstance(value, list | dict | set)


def test_only_the_catalogue_opens_data_files(root: Path) -> None:
    opening = re.compile(r"import tomllib|importlib import resources|open\(|read_text\(|read_bytes\(")
    modules = sorted((root / "src" / "introstat" / "definitions").glob("*.py"))
    assert [path.name for path in modules if opening.search(path.read_text(encoding="utf-8"))] == ["catalogue.py"]
    elsewhere = [path for path in (root / "src").rglob("*.py") if path.parent.name != "definitions"]
    assert [path.name for path in elsewhere if 'files("introstat.definitions' in path.read_text(encoding="utf-8")] == []


def test_every_text_says_something_of_its_own_in_english() -> None:
    texts = [value for value in parts(DEFINITIONS) if isinstance(value, Text)]
    long = [text for text in texts if len(text.nb) > 60]
    assert len(texts) > 800
    assert len(long) > 60
    for text in long:
        assert text.en not in (text.nb, text.nn), text.nb
        assert not set(text.en) & set("æøåÆØÅ"), text.en


def test_nynorsk_is_not_bokmal() -> None:
    bokmal_only = re.compile(
        r"\b(ikke|hvilken|hvor|hvorfor|hva|noen|fra|også|kommuner|personer|avsluttet|ble|bare|årsaken|hver|hvert|uten|flere"
        r"|tallene|fylker|deltakere|fortsatt|en annen|hun|høyere|skole|måneder)\b",
        re.IGNORECASE,
    )
    assert bokmal_only.search("Personen har ikke fullført")
    for text in (value for value in parts(DEFINITIONS) if isinstance(value, Text)):
        assert not bokmal_only.search(text.nn), text.nn


def test_texts_have_no_double_spaces_or_loose_ends() -> None:
    for text in (value for value in parts(DEFINITIONS) if isinstance(value, Text)):
        for words in (text.nb, text.nn, text.en):
            assert words == words.strip()
            assert "  " not in words
            assert not re.search(r"\s[.,;:]", words.replace(" .. ", ""))


@pytest.mark.parametrize("name", TOML_FILES)
def test_every_value_in_a_data_file_stands_under_a_reference(name: str) -> None:
    def unreferenced(node: Mapping[str, Any], covered: bool, where: str) -> Iterator[str]:
        here = covered or "reference" in node
        inner = [(key, item) for key, item in node.items() if isinstance(item, dict | list)]
        for key, item in inner:
            items = item if isinstance(item, list) else [item]
            for number, child in enumerate(items):
                if isinstance(child, dict) and set(child) != {"nb", "nn", "en"}:
                    yield from unreferenced(child, here, f"{where}.{key}[{number}]")
        if not here and any(not isinstance(item, dict | list) for key, item in node.items()):
            yield where

    if not name.endswith("/about.toml"):
        assert list(unreferenced(toml(name), False, name)) == []


def test_every_reference_and_every_decision_says_something() -> None:
    dated = [value for value in parts(DEFINITIONS) if isinstance(value, Dated)]
    assert len(dated) > 30
    assert all(value.reference.strip() and value.decided_by.strip() for value in dated)
    referenced = [value for value in parts(DEFINITIONS) if is_dataclass(value) and hasattr(value, "reference")]
    assert all(str(value.reference).strip() for value in referenced)


def test_every_file_of_the_year_loads_again_to_the_same_values() -> None:
    again = definitions_for.__wrapped__(2016)
    assert again is not DEFINITIONS
    assert again == DEFINITIONS
    assert geography.__wrapped__() == DEFINITIONS.geography
    assert reasons_list.__wrapped__() == DEFINITIONS.reasons
    assert all_code_lists.__wrapped__() == DEFINITIONS.code_lists
    assert parameter_book.__wrapped__().by_id == DEFINITIONS.parameter_book.by_id


def test_the_places_written_back_are_the_code_lists() -> None:
    for name, level in (("municipalities", Level.MUNICIPALITY), ("districts", Level.DISTRICT)):
        header, *lines = DATA.joinpath(f"codelists/{name}.csv").read_text(encoding="utf-8").splitlines()
        written = [
            [
                place.code,
                place.valid_from.isoformat(),
                place.valid_to.isoformat() if place.valid_to else "",
                place.parent,
                "|".join(name.text for name in place.names),
                "|".join(name.language for name in place.names),
            ]
            for place in DEFINITIONS.geography.places
            if place.level is level
        ]
        assert header.startswith("code,valid_from,valid_to,")
        assert written == [row[:6] for row in csv.reader(lines)]


def test_the_codes_are_those_the_cubes_are_built_of() -> None:
    assert DEFINITIONS.reasons.order == REASONS
    assert DEFINITIONS.tables.variables["Kjonn"].codes == SEXES
    assert DEFINITIONS.tables.variables["Region"].codes == (COUNTRY,)


def test_a_misspelt_key_a_missing_key_and_a_wrong_type_are_found() -> None:
    table = Table({"kode": "1", "n": True, "text": {"nb": "Ja", "nn": "Ja"}, "blank": " "}, "a.toml")
    for read, problem in (
        (lambda: table.string("code"), "code is missing"),
        (lambda: table.integer("n"), "n is not of type int"),
        (lambda: table.text("text"), "en is missing"),
        (lambda: table.string("blank"), "blank is blank"),
        (table.finish, "nobody reads kode"),
    ):
        with pytest.raises(BadDefinition, match=problem):
            read()
