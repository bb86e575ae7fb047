"""What tests of every kind may ask for: the reference folder, a PostgreSQL server, a browser.

Each comes from one environment variable that `script/test` sets where it can. A test that asks for one that is missing is skipped with
the reason, and `script/test` says beforehand which kinds that concerns and what to install.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """The top of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder with published figures and contracts: `reference / "reference" / "results-2016-by-county.csv"`."""
    folder = os.environ.get("INTROSTAT_REFERENCE")
    if not folder:
        pytest.skip("INTROSTAT_REFERENCE does not name a folder with reference figures")
    if not Path(folder).is_dir():
        pytest.fail(f"INTROSTAT_REFERENCE names {folder}, which is not a folder")
    return Path(folder)


@pytest.fixture(scope="session")
def postgres() -> str:
    """The address of a throw-away PostgreSQL database, as `postgres://user:password@host:port/name`."""
    address = os.environ.get("INTROSTAT_TEST_POSTGRES")
    if not address:
        pytest.skip("INTROSTAT_TEST_POSTGRES does not give a PostgreSQL server")
    return address


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The Chromium that browser tests start."""
    program = os.environ.get("INTROSTAT_CHROMIUM")
    if not program:
        pytest.skip("INTROSTAT_CHROMIUM does not name a Chromium")
    return Path(program)
