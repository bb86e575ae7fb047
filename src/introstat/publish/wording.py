"""Texts and charts read back against the cells: every figure made again, and no number that no cell backs.

A figure's text must be what its format gives on its cells. Outside figures a text may hold no digit, except in what the
manifest itself says (the year, the edition, its dates, a public reason) and in definitions.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from introstat.publish.cells import MANIFEST
from introstat.publish.formats import long_date, render
from introstat.publish.imprint import LICENCE, OSLO
from introstat.publish.voice import RESULTS
from introstat.vocabulary.errors import NotFound
from introstat.vocabulary.tables import NUMBERED, Status
from introstat.vocabulary.texts import Language

if TYPE_CHECKING:
    from introstat.definitions.catalogue import Definitions
    from introstat.publish.reading import Codes, Seen

_FREE: Final = frozenset({"definitions", "downloads", "feedback"})
"""Blocks whose words come from the definitions, and that hold no results."""

_TEXTS: Final = frozenset(
    {
        "lead", "parts", "header", "cells", "notes", "caption", "detail", "reason", "citation", "items", "title",
        "sentences",
    }
)  # fmt: skip
"""The keys under which texts stand."""


@dataclass(frozen=True, slots=True)
class Backing:
    """What figures may rest on: the cells of the tables, and the manifest. Words may also come from the definitions."""

    tables: Mapping[str, Mapping[Codes, Seen]]
    manifest: Any
    definitions: Definitions

    def find(self, ref: list[str]) -> tuple[float | None, str]:
        """A cell's value and status. Raises LookupError where there is no such cell or number."""
        table, *codes = ref
        if table == MANIFEST:
            found: Any = self.manifest
            for key in codes:
                found = found[key]
            if not isinstance(found, int) or isinstance(found, bool):
                raise LookupError(ref)
            return float(found), ""
        seen = self.tables[table][tuple(codes)]
        return seen.value, seen.status


_FIGURE: Final = frozenset({"cells", "format", "text"})
"""What a figure is made of; one that has lost a part is still no text."""

_DIGIT: Final = re.compile(r"\d")


def document_problems(content: bytes, backing: Backing, *, language: Language) -> Iterator[str]:
    """What is wrong with an article or the pages of places."""
    try:
        document: Any = json.loads(content)
        said = (document["language"], document["edition"], document["year"], document["provenance"]["code"])
        manifest = backing.manifest
        due = (language, manifest["edition"], manifest["year"], manifest["provenance"])
        if said != due:
            yield f"is about {said}, the edition about {due}"
        if (document["provenance"]["banner"] is None) == (manifest["provenance"] == "synthetic"):
            yield "does not say as it should whether its people are invented"
        known = _known_numbers(backing, language)
    except (ValueError, KeyError, TypeError, NotFound) as problem:
        yield f"cannot be read: {problem!r}"
        return
    for where, part in _parts(document, ""):
        if isinstance(part, dict):
            yield from (f"{where}: {text}" for text in _figure_problems(part, backing, language))
        elif _DIGIT.search(part) and _DIGIT.search(known.sub("", part)):
            yield f"{where}: “{part.strip()}” holds a number that no cell backs"


def _known_numbers(backing: Backing, language: Language) -> re.Pattern[str]:
    """What a text may say in digits: the manifest's own words, and what the definitions say of the policy."""
    manifest = backing.manifest
    policy = backing.definitions.policy(manifest["policy"]["name"])
    released = datetime.fromisoformat(manifest["released"]).astimezone(OSLO).date()
    words = {
        str(manifest["year"]), manifest["edition"], manifest["previous"], long_date(released, language=language),
        *manifest["review"]["public_reason"].values(), manifest["policy"]["decision"].rstrip("."), LICENCE,
        policy.label.in_language(language), policy.description.in_language(language),
    }  # fmt: skip
    if manifest["next_release"]:
        words.add(long_date(date.fromisoformat(manifest["next_release"]), language=language))
    return re.compile("|".join(sorted((re.escape(word) for word in words if word), key=len, reverse=True)))


def _parts(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Every figure, and every string of a text, with where it stands."""
    if isinstance(value, dict):
        if value.get("type") in _FREE:
            return
        if len(_FIGURE & value.keys()) > 1:
            yield where, value
            return
        for key, inner in value.items():
            path = f"{where}.{key}" if where else key
            if key == "banner":
                continue
            if key in _TEXTS and isinstance(inner, str):
                yield path, inner
            elif key in _TEXTS and isinstance(inner, list):
                yield from _text(inner, path)
            else:
                yield from _parts(inner, path)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _parts(inner, f"{where}[{at}]")


def _text(parts: list[Any], where: str) -> Iterator[tuple[str, Any]]:
    for at, part in enumerate(parts):
        if isinstance(part, str):
            yield f"{where}[{at}]", part
        elif isinstance(part, list):
            yield from _text(part, f"{where}[{at}]")
        elif isinstance(part, dict) and part.keys() == {"text", "lang"}:
            yield f"{where}[{at}]", part["text"]
        else:
            yield from _parts(part, f"{where}[{at}]")


def _figure_problems(figure: Any, backing: Backing, language: Language) -> Iterator[str]:
    try:
        cells = [backing.find(ref) for ref in figure["cells"]]
        signs = [status for _, status in cells]
        sign = next((found for found in signs if found not in NUMBERED), None)
        preliminary = True if sign is None and Status.PRELIMINARY in signs else None
        if sign is not None:
            due, status = sign, sign
        else:
            values = [value for value, _ in cells if value is not None]
            due, status = render(figure["format"], values, language=language), None
    except (LookupError, TypeError, ValueError, AttributeError) as problem:
        yield f"“{figure.get('text')}” rests on cells that are not there ({problem})"
        return
    text = figure.get("text")
    if text != due or figure.get("status") != status:
        yield f"“{text}” is “{due}” by its cells"
    if figure.get("preliminary") != preliminary:
        yield f"“{text}” does not say as its cells do whether it is preliminary"


def chart_problems(content: bytes, backing: Backing) -> Iterator[str]:
    """What is wrong with a chart's specification: a value that is not its cell, or a place that is not shown."""
    year = str(backing.manifest["year"])
    try:
        spec: Any = json.loads(content)
        if spec["usermeta"]["origin"] != backing.manifest["provenance"]:
            yield "does not name its origin"
        rows = [
            *spec["data"]["values"],
            *(row for layer in spec["layer"] for row in layer.get("data", {}).get("values", ())),
        ]
        for row in rows:
            for key, content_code in (("share", "AndelArbeidUtdanning"), ("ended", "Avsluttet")):
                value, _ = backing.find([RESULTS, row["region"], "0", content_code, year])
                if key in row and row[key] != value:
                    yield f"{key} of {row['region']} is {row[key]} here and {value} in the table"
    except (ValueError, KeyError, TypeError) as problem:
        yield f"cannot be read: {problem!r}"
