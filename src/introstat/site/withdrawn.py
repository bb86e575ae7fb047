"""Editions that were taken back after their release, as an office says it: `editions/withdrawn.toml`.

    [[withdrawn]]
    number = "2016.1"
    day = 2017-07-07
    reason.nb = "Noen tall kunne føres tilbake til enkeltpersoner. En ny utgave kommer."
    reason.nn = "…"
    reason.en = "…"

What the file names is shown no more, whole or damaged, and neither is an older edition in its place: each address of it says
that it was withdrawn, when and why (410), and leads to the editions that stand. The files may be removed; the line stays.
The file is added to by hand and read at once. One that cannot be read shows nothing at all until it can.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from introstat.vocabulary.editions import EditionNumber
from introstat.vocabulary.errors import EditionDamaged, NotFound
from introstat.vocabulary.texts import LANGUAGES, Language

if TYPE_CHECKING:
    from pathlib import Path

WITHDRAWN: Final = "withdrawn.toml"


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """That an edition was taken back: which, on what day, and the public reason in every language."""

    number: EditionNumber
    day: date
    reason: Mapping[Language, str]


class EditionWithdrawn(NotFound):
    """The edition was released and has been taken back."""

    def __init__(self, withdrawal: Withdrawal) -> None:
        super().__init__(f"edition {withdrawal.number} has been withdrawn")
        self.withdrawal = withdrawal


def read_withdrawn(editions: Path) -> Mapping[EditionNumber, Withdrawal]:
    """What has been taken back; nothing where there is no file. Raises EditionDamaged where it cannot be read."""
    try:
        content = (editions / WITHDRAWN).read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    try:
        found = [_withdrawal(entry) for entry in tomllib.loads(content)["withdrawn"]]
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise EditionDamaged(
            f"{WITHDRAWN} cannot be read; every entry has a number, a day and three reasons."
        ) from problem
    return {withdrawal.number: withdrawal for withdrawal in found}


def _withdrawal(entry: Mapping[str, Any]) -> Withdrawal:
    day, reason = entry["day"], {language: str(entry["reason"][language]) for language in LANGUAGES}
    if type(day) is not date:
        raise ValueError("a day is written 2017-07-07")
    return Withdrawal(EditionNumber.parse(entry["number"]), day, reason)
