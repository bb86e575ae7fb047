"""The three languages say the same things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import introstat.site
from introstat.site.words import word, words
from introstat.vocabulary.texts import LANGUAGES, Language

TEMPLATES = Path(introstat.site.__file__).parent / "templates"


def leaves(found: Any, at: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(found, str):
        yield at, found
    elif isinstance(found, list):
        for number, entry in enumerate(found):
            yield from leaves(entry, f"{at}[{number}]")
    else:
        for key, entry in found.items():
            yield from leaves(entry, f"{at}.{key}" if at else key)


@pytest.mark.parametrize("language", ["nn", "en"])
def test_every_word_is_there_in_every_language(language: Language) -> None:
    assert [key for key, _ in leaves(words(language))] == [key for key, _ in leaves(words("nb"))]


@pytest.mark.parametrize("language", ["nn", "en"])
def test_a_sentence_has_the_same_places_to_fill_in_every_language(language: Language) -> None:
    def places(text: str) -> list[str]:
        return sorted(re.findall(r"\{(\w+)\}", text))

    ours, theirs = dict(leaves(words("nb"))), dict(leaves(words(language)))
    assert {key: places(text) for key, text in ours.items()} == {key: places(text) for key, text in theirs.items()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_blank_or_unfinished(language: Language) -> None:
    for key, text in leaves(words(language)):
        assert text.strip() == text, key
        assert text, key
        assert "  " not in text, key


def test_the_two_written_standards_are_kept_apart() -> None:
    bokmal = " ".join(text for _, text in leaves(words("nb")))
    nynorsk = " ".join(text for _, text in leaves(words("nn")))
    assert not re.search(r"\b(ikkje|eit|ein|frå|kva|tal|blir)\b", bokmal)
    assert not re.search(r"\b(ikke|en|et|fra|hva|tall|noe|ble|de)\b", nynorsk)


def test_every_word_a_template_names_exists() -> None:
    known = {key.split("[")[0] for key, _ in leaves(words("nb"))}
    groups = {".".join(key.split(".")[:depth]) for key in known for depth in range(1, key.count(".") + 1)}
    for template in TEMPLATES.iterdir():
        for key in re.findall(r"\bwords\.([a-z_.]+[a-z_])", template.read_text(encoding="utf-8")):
            plain = key.removesuffix(".format")
            assert plain in known | groups, f"{template.name} names {plain}"


def test_a_key_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        word("nb", "nav.nowhere")
    with pytest.raises(KeyError):
        word("nb", "nav")
