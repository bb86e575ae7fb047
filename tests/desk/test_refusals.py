"""What the line refuses, told to people: every named reason in their language, and nothing of the program's own words."""

from __future__ import annotations

import ast
import pickle
import string
from pathlib import Path

import pytest

import introstat
from introstat.desk.refusals import REASONS, told
from introstat.vocabulary.errors import (
    CannotProtect,
    ChainBroken,
    IntrostatError,
    NotFound,
    Refused,
    ReleaseRefused,
)
from introstat.vocabulary.texts import LANGUAGES, Language

SOURCE = Path(introstat.__file__).parent


def raised() -> dict[str, set[str]]:
    """Every reason that is raised somewhere, with the values it is raised with."""
    found: dict[str, set[str]] = {}
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                given = {word.arg: word.value for word in node.exc.keywords if word.arg}
                reason = given.pop("reason", None)
                if isinstance(reason, ast.Constant) and isinstance(reason.value, str):
                    found.setdefault(reason.value, set(given)).intersection_update(given)
    return found


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_reason_that_is_raised_has_words_and_the_values_they_need() -> None:
    found = raised()
    assert found.keys() == REASONS.keys()
    for reason, values in found.items():
        for language in LANGUAGES:
            assert places(REASONS[reason].in_language(language)) <= values, (reason, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_is_told_in_the_language_of_the_reader(language: Language) -> None:
    problem = NotFound("Nothing has been prepared for 2016. Prepare it …", reason="nothing_prepared", year=2016)
    assert (
        told(problem, language)
        == {
            "nb": "Ingenting er forberedt for 2016. Forbered først.",
            "nn": "Ingenting er førebudd for 2016. Førebu først.",
            "en": "Nothing has been prepared for 2016. Prepare first.",
        }[language]
    )


@pytest.mark.parametrize("kind", [IntrostatError, Refused, ReleaseRefused, CannotProtect, ChainBroken, NotFound])
def test_a_refusal_without_a_name_is_told_by_its_kind_and_never_in_the_words_of_the_program(
    kind: type[IntrostatError],
) -> None:
    text = told(kind("the subject 01010112345 of entry 7 does not follow"), "nb")
    assert text.endswith(".")
    assert "01010112345" not in text
    assert "entry" not in text


def test_an_unknown_language_is_told_in_bokmål() -> None:
    assert told(Refused("…", reason="same_person"), "de") == told(Refused("…", reason="same_person"), None)
    assert "kan ikke godkjenne" in told(Refused("…", reason="same_person"), None)


def test_a_refusal_keeps_its_name_on_the_way_from_another_process() -> None:
    sent = pickle.loads(pickle.dumps(NotFound("no snapshot", reason="no_snapshot", year=2016)))
    assert (str(sent), sent.reason, sent.values) == ("no snapshot", "no_snapshot", {"year": 2016})
