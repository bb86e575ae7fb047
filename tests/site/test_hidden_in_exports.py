"""Two registers that differ only in what is hidden give the same site, byte for byte, but for the hashes of what they are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.made_cubes import DEFINITIONS, cubes_of, people
from tests.made_tables import made_edition

from introstat.protect import seal
from introstat.site.export import export
from introstat.storage.editions import Editions
from introstat.vocabulary.editions import Edition
from introstat.vocabulary.tables import PROTECTED_GROUP, SafeCubes

Counts = Mapping[str, NDArray[np.int64]]

SHOWN: Counts = {
    "0101": people(men="40 30 20 9 25 9 15 9", women="26 25 27 9 29 9 15 9"),
    "0301": people(men="70 60 40 15 40 15 15 15", women="60 60 70 15 40 15 15 15"),
    PROTECTED_GROUP: people(men="6 4 1 2 2 1 3 1", women="6 5 1 1 1 0 2 0"),
}
ONE_REGISTER: Counts = {
    **SHOWN,
    "0104": people(men="1 0 1", women="0 1"),
    "0105": people(men="0 1", women="1 0 1"),
    "0106": people(men="0 0 2", women="1"),
}
ANOTHER: Counts = {
    **SHOWN,
    "0104": people(men="0 1 1", women="1 0"),
    "0105": people(men="1 0", women="0 1 1"),
    "0106": people(men="0 0 2", women="1"),
}


def sealed(counts: Counts) -> SafeCubes:
    safe = seal(
        cubes_of(counts, only=tuple(c for c in counts if c.isdigit())), definitions=DEFINITIONS, policy="strict-5"
    )
    # What the tables rest on is the same number of rows in both: the registers differ in who is hidden, not in how many.
    funnel = {"received": 1400, "valid": 1390, "population": 1300, "denominator": 1278, "numerator": 700}
    return replace(safe, funnel=funnel, quality={"closed_by_register": 12, "from_register": 1200, "from_direct": 78})


def issued(counts: Counts, *, mark: str) -> Edition:
    """The edition of a register, with the hashes of its own snapshot and review in the manifest."""
    edition = made_edition(sealed(counts))
    manifest = json.loads(edition.manifest)
    manifest["snapshot"] |= {"checksum": mark * 64, "ledger_head": mark * 64}
    manifest["review"] |= {"digest": mark * 64}
    content = (json.dumps(manifest, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()
    return replace(edition, files={**edition.files, "manifest.json": content})


def exported(edition: Edition, folder: Path) -> dict[str, bytes]:
    (folder / "editions").mkdir(parents=True)
    Editions(folder / "editions").write(edition)
    out = folder / "out"
    export(folder, out)
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("registers")
    return (
        exported(issued(ONE_REGISTER, mark="a"), folder / "one"),
        exported(issued(ANOTHER, mark="b"), folder / "another"),
    )


def test_the_registers_differ_where_nothing_is_shown() -> None:
    one, another = sealed(ONE_REGISTER), sealed(ANOTHER)
    assert not all(np.array_equal(ONE_REGISTER[code], ANOTHER[code]) for code in ONE_REGISTER)
    for name, table in one.tables.items():
        assert np.array_equal(table.status, another.tables[name].status), name
        assert np.array_equal(table.values, another.tables[name].values, equal_nan=True), name
    for code in ("0104", "0105"):
        region = one.tables["IP101"].dimension("Region").position(code)
        assert (one.tables["IP101"].status[region] == ":").any()


_HASH = re.compile(rb"[0-9a-f]{64}|urn:uuid:[0-9a-f-]{36}")
"""A sha256, and an id of the news feed that is made of one."""


def test_the_exports_are_the_same_but_for_hashes(both: tuple[dict[str, bytes], dict[str, bytes]]) -> None:
    one, another = both
    assert one.keys() == another.keys()
    assert len(one) > 200
    differing = {path for path in one if one[path] != another[path]}
    assert all(_HASH.sub(b"", one[path]) == _HASH.sub(b"", another[path]) for path in differing)
    assert {Path(path).name for path in differing} <= {"manifest.json", "nyheter.atom"}
