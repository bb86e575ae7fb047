"""What is known about accessibility, as data: which checks were made on which pages, when, and what they found.

The statement is made from `evidence.toml` and says nothing that does not stand there. A check that was not made is listed
as not made.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from introstat.publish.formats import long_date
from introstat.site.words import word
from introstat.vocabulary.texts import Language


@dataclass(frozen=True, slots=True)
class Check:
    """One way of testing: what was tested, when, for which criteria of WCAG, and the outcome in words.

    ``on`` is None where it was not done.
    """

    name: str
    on: str | None
    outcome: str
    pages: Sequence[str]
    criteria: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Record:
    id: str
    on: date | None
    pages: tuple[str, ...]
    criteria: tuple[str, ...]


def statement_evidence(language: Language) -> Sequence[Check]:
    """The checks in one language, those that were made first."""
    return [
        Check(
            name=word(language, f"statement.checks.{record.id}.name"),
            on=long_date(record.on, language=language) if record.on else None,
            outcome=word(language, f"statement.checks.{record.id}.outcome"),
            pages=[word(language, f"statement.pages.{page}") for page in record.pages],
            criteria=record.criteria,
        )
        for record in sorted(_records(), key=lambda record: record.on is None)
    ]


@cache
def _records() -> tuple[_Record, ...]:
    parsed = tomllib.loads((files(__package__) / "evidence.toml").read_text(encoding="utf-8"))
    return tuple(
        _Record(
            id=found["id"],
            on=found.get("on"),
            pages=tuple(found.get("pages", ())),
            criteria=tuple(found.get("criteria", ())),
        )
        for found in parsed["check"]
    )
