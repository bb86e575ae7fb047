"""The same register gives the same bytes, on one core or two, as a draft and as an edition."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.made_office import Office

pytestmark = pytest.mark.slow

WAYS = (("1", 1), ("2", 2))
"""How many threads compiled code may use, and how many cores there are for everything."""


@contextmanager
def working_on(threads: str, cores: int, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the commands that are given meanwhile have so many cores; a child has what its parent has."""
    every = os.sched_getaffinity(0)
    patch.setenv("NUMBA_NUM_THREADS", threads)
    os.sched_setaffinity(0, set(sorted(every)[:cores]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, every)


def each_way(office: Office, into: Path, patch: pytest.MonkeyPatch, do: Callable[[Office], None]) -> list[Office]:
    """The same done in a copy of the home for each of the ways."""
    done = []
    for threads, cores in WAYS:
        copy = Office(into / f"with-{threads}")
        shutil.copytree(office.home, copy.home)
        with working_on(threads, cores, patch):
            do(copy)
        done.append(copy)
    return done


def files_of(folder: Path) -> Mapping[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="there is one core only")
def test_a_draft_and_an_edition_are_the_same_bytes_on_one_core_and_on_two(
    two_counties: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = each_way(two_counties, tmp_path / "drafts", monkeypatch, prepared)
    one, two = (files_of(office.home / "archive" / "drafts") for office in drafts)
    assert len(one) > 5
    assert one == two
    office = drafts[0]
    office.do("review", "2016", "--approve", "--by", "Ola Synt", "--next", "2018-07-05")
    editions = each_way(office, tmp_path / "editions", monkeypatch, released)
    one, two = (files_of(office.edition) for office in editions)
    assert len(one) > 50
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def prepared(office: Office) -> None:
    office.do("prepare", "2016", "--by", "Kari Synt")


def released(office: Office) -> None:
    office.do("release", "2016", "--at", "2017-07-06T08:00+02:00")
