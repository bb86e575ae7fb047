"""Whatever anyone could count: texts compose, files agree, nothing hidden is said, and every changed byte is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st
from tests.made_tables import made_edition, safe_cubes

from introstat.publish import verify
from introstat.vocabulary.editions import Edition
from introstat.vocabulary.snapshots import Provenance
from introstat.vocabulary.tables import PROTECTED_GROUP, SafeCubes

NO_SHRINK = (Phase.explicit, Phase.reuse, Phase.generate)
"""An edition takes a third of a second: a failing example is shown as found."""

MUNICIPALITIES = ("0101", "0104", "0301", "0904", "0906", "1902", "2002", "2003")

few = st.integers(0, 7)
counts = st.lists(st.one_of(st.just(0), few, st.integers(0, 60)), min_size=16, max_size=16)
few_counts = st.lists(few, min_size=16, max_size=16)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn; `safe` makes the tables of it."""

    people: Mapping[str, list[int]]
    silent: frozenset[str]
    policy: str
    quality: Mapping[str, int]

    def safe(self) -> SafeCubes:
        counts = {code: np.array(flat, dtype=np.int64).reshape(2, 8) for code, flat in self.people.items()}
        return safe_cubes(
            counts, policy=self.policy, not_reported=self.silent, only=MUNICIPALITIES, quality=self.quality
        )


@st.composite
def drawn(draw: st.DrawFn) -> Drawn:
    ended = draw(st.lists(st.sampled_from(MUNICIPALITIES), unique=True))
    silent = frozenset(draw(st.lists(st.sampled_from(MUNICIPALITIES), unique=True))) - set(ended)
    people = {code: draw(counts) for code in ended}
    if draw(st.booleans()):
        people[PROTECTED_GROUP] = draw(few_counts)
    quality = draw(st.fixed_dictionaries({}, optional={"closed_by_register": st.integers(0, 300)}))
    return Drawn(people, silent, draw(st.sampled_from(["strict-5", "strict-3", "base-5"])), quality)


def recorded(edition: Edition) -> str:
    return hashlib.sha256(edition.manifest).hexdigest()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=NO_SHRINK)
@given(made=drawn(), provenance=st.sampled_from(list(Provenance)))
def test_any_counts_become_an_edition_that_verifies(made: Drawn, provenance: Provenance) -> None:
    edition = made_edition(made.safe(), provenance=provenance)
    assert verify(edition.files, manifest_sha256=recorded(edition)) == ()
    for language in ("nb", "nn", "en"):
        pages = json.loads(edition.files[f"places.{language}.json"])["places"]
        for page in pages.values():
            event(page["status"])
            assert (page["reason"] is not None) == (page["status"] in ("number_hidden", "result_hidden"))
            of_years = "IP105" in json.dumps(page["sentences"])
            assert bool(page["sentences"]) <= (of_years or page["status"] == "shown")
            assert not (of_years and page["status"] in ("shown", "not_reported"))
        text = edition.files[f"article.{language}.json"].decode()
        assert "{" + "year" not in text
        assert "nan" not in text.lower().split()


@cache
def an_edition() -> tuple[Mapping[str, bytes], str]:
    random = np.random.default_rng(7)
    people = {code: random.integers(0, 20, (2, 8)) for code in MUNICIPALITIES}
    edition = made_edition(safe_cubes(people, only=MUNICIPALITIES))
    return edition.files, recorded(edition)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_changed_byte_is_found_and_its_file_named(data: st.DataObject) -> None:
    files, sha256 = an_edition()
    path = data.draw(st.sampled_from(sorted(files)))
    content = bytearray(files[path])
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    assert path in {problem.file for problem in verify({**files, path: bytes(content)}, manifest_sha256=sha256)}


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_piece_cut_out_of_a_file_is_found(data: st.DataObject) -> None:
    files, sha256 = an_edition()
    path = data.draw(st.sampled_from(sorted(files)))
    content = files[path]
    start = data.draw(st.integers(0, len(content) - 1))
    end = data.draw(st.integers(start + 1, len(content)))
    cut = content[:start] + content[end:]
    assert path in {problem.file for problem in verify({**files, path: cut}, manifest_sha256=sha256)}
