"""A correction's public reason: each reader gets it in her own language, or is told which language it is in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.made_tables import made_edition, safe_cubes
from tests.spec.test_publish_preliminary import COUNTS, ONLY

from introstat.publish import verify
from introstat.vocabulary.editions import NO_REASON, Edition, PublicReason
from introstat.vocabulary.texts import Language

BOKMAAL = "Kommunen sendte nye tall."
NYNORSK = "Kommunen sende nye tal."
ENGLISH = "The municipality sent new figures."
ALL = PublicReason(nb=BOKMAAL, nn=NYNORSK, en=ENGLISH)


@pytest.mark.parametrize(
    ("reason", "language", "told"),
    [
        (ALL, "nb", ("nb", BOKMAAL)),
        (ALL, "en", ("en", ENGLISH)),
        (PublicReason(nb=BOKMAAL), "nn", ("nb", BOKMAAL)),
        (PublicReason(nb=BOKMAAL, nn="  "), "nn", ("nb", BOKMAAL)),
        (PublicReason(nn=NYNORSK, en=ENGLISH), "nb", ("nn", NYNORSK)),
        (PublicReason(en=ENGLISH), "nn", ("en", ENGLISH)),
    ],
)
def test_a_reader_is_told_it_in_her_language_or_in_the_first_there_is(
    reason: PublicReason, language: Language, told: tuple[Language, str]
) -> None:
    assert reason.told(language) == told


def test_no_reason_tells_nothing() -> None:
    assert not NO_REASON
    assert not PublicReason(nb=" ")
    with pytest.raises(LookupError):
        NO_REASON.told("nb")


def corrected(reason: PublicReason) -> Edition:
    safe = safe_cubes(COUNTS, not_reported=frozenset({"2003"}), only=ONLY)
    first = made_edition(safe)
    return made_edition(safe, number="2016.1.1", previous=first.files, public_reason=reason)


def told(edition: Edition, language: Language) -> list[Any]:
    article = json.loads(edition.files[f"article.{language}.json"])
    (section,) = (section for section in article["sections"] if section["id"] == "changes")
    parts: list[Any] = section["blocks"][-1]["parts"]
    return parts


def test_the_release_page_tells_it_in_each_language() -> None:
    edition = corrected(ALL)
    assert told(edition, "nb") == [f"Grunn: {BOKMAAL}"]
    assert told(edition, "nn") == [f"Grunn: {NYNORSK}"]
    assert told(edition, "en") == [f"Reason: {ENGLISH}"]
    assert json.loads(edition.files["changes.json"])["reason"] == {"nb": BOKMAAL, "nn": NYNORSK, "en": ENGLISH}
    assert verify(edition.files, manifest_sha256=None) == ()


def test_a_reason_in_another_language_says_so_and_carries_its_language() -> None:
    edition = corrected(PublicReason(nb=BOKMAAL))
    assert told(edition, "nn") == ["Grunn (på bokmål): ", {"text": BOKMAAL, "lang": "nb"}]
    assert told(edition, "en") == ["Reason (in Norwegian): ", {"text": BOKMAAL, "lang": "nb"}]
    assert json.loads(edition.files["changes.json"])["reason"] == {"nb": BOKMAAL}


def test_a_number_beside_the_reason_needs_a_cell_as_any_other() -> None:
    edition = corrected(PublicReason(nb=BOKMAAL))
    path = "article.en.json"
    files = {**edition.files, path: edition.files[path].replace(BOKMAAL.encode(), b"Kommunen sendte 17 nye tall.")}
    assert any(
        problem.file == path and "no cell backs" in problem.message for problem in verify(files, manifest_sha256=None)
    )
