"""What tests of every kind may ask for, and how they are shared between processes: a reference folder, a server, a browser.

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


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """For `-n auto`: a process for each core, and none beside this one where files or words pick a few tests."""
    picked = config.option.keyword or config.option.lf or any(".py" in chosen for chosen in config.args)
    cores = len(os.sched_getaffinity(0))
    return 0 if picked or cores < 2 else cores


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where processes share the files, slow ones are handed out first: nobody gets one when the others have nothing left."""
    if hasattr(config, "workerinput"):
        slow = {item.path for item in items if item.get_closest_marker("slow")}
        items.sort(key=lambda item: item.path not in slow)
