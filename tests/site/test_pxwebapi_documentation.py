"""The page on the interface and docs/api.md: whole in three languages, complete, and true."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from tests.site.reader import Reader

from introstat.site.pxwebapi.documentation import CHART, EXAMPLES, PLACEHOLDER, address_of_example, example, texts
from introstat.site.pxwebapi.limits import Limits, in_force
from introstat.site.pxwebapi.openapi import description
from introstat.vocabulary.texts import LANGUAGES, Language

PREFIX = {"nb": "", "nn": "/nn", "en": "/en"}


def shape(value: Any) -> Any:
    """The keys of nested texts, without the texts."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else ""


def all_texts(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(all_texts(inner) for inner in value.values())
    return "\n".join(all_texts(inner) for inner in value) if isinstance(value, list) else str(value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_whole_in_every_language(shared_site: Reader, language: Language) -> None:
    given = shared_site.get(f"{PREFIX[language]}/api/")
    assert given.status_code == 200
    page = unescape(given.text)
    for section in ("start", "examples", "select", "missing", "versions", "limits", "more"):
        assert texts(language)[section]["title"] in page
    for name in (*EXAMPLES.values(), CHART):
        assert example(name) in page
    assert "<script" not in given.text


def test_every_link_of_the_page_leads_somewhere(shared_site: Reader) -> None:
    page = shared_site.get("/en/api/").text
    links = {unescape(link) for link in re.findall(r'href="(/api/[^"]*)"', page)}
    assert len(links) >= 4 * 4 + 4 + 1
    for link in links:
        assert shared_site.get(link).status_code == 200, link


def test_every_address_is_there_with_what_it_takes(shared_site: Reader) -> None:
    page = unescape(shared_site.get("/en/api/").text).replace("<wbr>", "")
    for path, methods in description()["paths"].items():
        for method in methods:
            assert f"<code>{method.upper()} {path}</code>" in page
    for parameter in description()["components"]["parameters"].values():
        assert f"<dt><code>{parameter['name']}</code></dt><dd>{parameter['description']}</dd>" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_texts_say_the_same_things_in_every_language(language: Language) -> None:
    assert shape(texts(language)) == shape(texts("nb"))
    assert "  " not in all_texts(texts(language))


def test_the_two_written_standards_are_kept_apart() -> None:
    nb, nn = all_texts(texts("nb")), all_texts(texts("nn"))
    for word in ("ikkje", "eit", "døme", "vere", "ein"):
        assert not re.search(rf"\b{word}\b", nb, re.IGNORECASE)
    for word in ("ikke", "eksempel", "være", "en"):
        assert not re.search(rf"\b{word}\b", nn, re.IGNORECASE)


@pytest.mark.parametrize("name", [*EXAMPLES.values(), CHART])
def test_an_example_asks_an_address_that_stands_for_this_site(name: str) -> None:
    assert f"{PLACEHOLDER}/api/v2" in example(name)


def test_the_first_address_gives_the_country_oslo_and_the_counties(shared_site: Reader) -> None:
    lines = shared_site.get(address_of_example("look")).text.splitlines()
    assert lines[1].startswith('"The whole country",359,')
    assert len(lines) == 1 + 1 + 1 + 4


def test_every_link_in_our_footer_reaches_the_page(shared_site: Reader) -> None:
    assert 'href="/api/"' in shared_site.get("/").text


def test_the_reference_lists_every_address_and_every_setting(root: Path) -> None:
    text = (root / "docs" / "api.md").read_text(encoding="utf-8")
    for path, methods in description()["paths"].items():
        for method in methods:
            assert f"`{method.upper()} {path}`" in text
    normal = Limits()
    assert f"| {normal.calls} |" in text
    assert f"| {normal.seconds} |" in text
    for name in re.findall(r"`(INTROSTAT_[A-Z_]+)`", text):
        assert name in ("INTROSTAT_API_CALLS", "INTROSTAT_API_SECONDS", "INTROSTAT_PROXIES")


def test_the_settings_are_read_from_the_environment() -> None:
    assert in_force({}) == Limits()
    found = in_force(
        {"INTROSTAT_API_CALLS": "5", "INTROSTAT_API_SECONDS": "10", "INTROSTAT_PROXIES": " 10.0.0.1, 10.0.0.2 "}
    )
    assert found == Limits(calls=5, seconds=10, proxies=frozenset({"10.0.0.1", "10.0.0.2"}))
    with pytest.raises(ValueError, match="positive"):
        in_force({"INTROSTAT_API_CALLS": "-1"})


def test_our_description_is_one_that_tools_can_follow(shared_site: Reader) -> None:
    found = description()
    assert shared_site.get("/openapi.json").json() == shared_site.get("/api/v2/openapi").json() == found
    names = [operation["operationId"] for methods in found["paths"].values() for operation in methods.values()]
    assert len(set(names)) == len(names)
    for kind, name in re.findall(r"#/components/(\w+)/(\w+)", str(found)):
        assert name in found["components"][kind]
