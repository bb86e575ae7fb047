"""A server on the loopback address, over an edition of the size of a real year, for programs that others wrote."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from tests.example_edition import example_edition
from tests.free_port import free_port

from introstat.definitions.catalogue import definitions_for
from introstat.storage.editions import Editions
from introstat.vocabulary.editions import Edition

PATIENCE = 90.0
"""Seconds until the server must answer, on a busy machine."""

START = "import sys; from pathlib import Path; from introstat.site.server import serve; serve(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))"  # fmt: skip


@dataclass(frozen=True, slots=True)
class Live:
    """A server that answers: its address, the interface's address, and the edition it shows."""

    site: str
    api: str
    edition: Edition

    @property
    def tables(self) -> list[str]:
        """The tables of the edition, in their order."""
        return sorted({path.split("/")[1] for path in self.edition.files if path.startswith("tables/")})

    def dataset(self, table: str, language: str = "nb") -> Any:
        """A table as the edition itself has it."""
        suffix = "" if language == "nb" else f".{language}"
        return json.loads(self.edition.files[f"tables/{table}/{table}{suffix}.json"])

    def cells(self, table: str) -> dict[tuple[str, ...], float | None]:
        """The numbers of a table by codes in the table's order; None where none is shown."""
        found = self.dataset(table)
        codes = [list(found["dimension"][name]["category"]["index"]) for name in found["id"]]
        return dict(zip(product(*codes), found["value"], strict=True))

    def labels(self, table: str, variable: str, language: str = "nb") -> dict[str, str]:
        """The labels of a variable by code."""
        found: dict[str, str] = self.dataset(table, language)["dimension"][variable]["category"]["label"]
        return found


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The server, for as long as the tests of clients last. It counts no calls."""
    home = tmp_path_factory.mktemp("live")
    (home / "editions").mkdir()
    edition = example_edition()
    Editions(home / "editions").write(edition)
    port = free_port()
    # Nothing of the caller's own settings for proxies may stand between a test and the loopback address.
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    program = subprocess.Popen(
        [sys.executable, "-c", START, str(home), "127.0.0.1", str(port)],
        env={**kept, "INTROSTAT_API_CALLS": "0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    site = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{site}/api/v2/config", program)
        yield Live(site=site, api=f"{site}/api/v2", edition=edition)
    finally:
        program.terminate()
        program.wait(timeout=20)


@pytest.fixture(params=definitions_for(2016).tables.ids)
def table(request: pytest.FixtureRequest, live: Live) -> str:
    """Each table that the year defines and the edition has, in turn."""
    found: str = request.param
    if found not in live.tables:
        pytest.skip(f"an edition of one year by itself has no {found}")
    return found


def _wait(address: str, program: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if program.poll() is not None:
            pytest.fail("the server ended before it answered")
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail("the server did not answer in time")
