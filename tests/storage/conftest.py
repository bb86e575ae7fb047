"""A register of one's own for each test: on SQLite always, and on PostgreSQL where a server is given."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg
import pytest
from django.apps import apps

from introstat.storage.databases import database
from introstat.storage.home import Home
from introstat.storage.keys import Keys

if not apps.ready:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "introstat.desk.settings")
    # Settings name a home; nothing is ever made there, since every test brings its own.
    os.environ.setdefault("INTROSTAT_HOME", str(Path(tempfile.gettempdir()) / "introstat-no-home"))
    django.setup()

from django.core.management import call_command
from django.db import connections

from introstat.storage.archive import Archive
from introstat.storage.people import Ledger


@dataclass
class Store:
    """A home with an empty register, and the ledger on it. `address` is that of a PostgreSQL, or empty."""

    home: Home
    keys: Keys
    ledger: Ledger
    address: str

    @property
    def archive(self) -> Archive:
        return Archive(self.home.archive)

    @property
    def environment(self) -> dict[str, str]:
        """What another process needs to work on the same register."""
        return {**os.environ, "INTROSTAT_HOME": str(self.home.path), "INTROSTAT_DATABASE_URL": self.address}

    def reopened(self) -> Ledger:
        """The ledger as another process would meet it: with nothing in memory."""
        return Ledger(Keys.open(self.home.keys))


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> Path:
    file = tmp_path_factory.mktemp("sqlite") / "empty.sqlite3"
    with django_db_blocker.unblock(), default_database(database(file, "")):
        call_command("migrate", interactive=False, verbosity=0)
        with connections["default"].cursor() as cursor:
            cursor.execute("PRAGMA journal_mode=DELETE")
    return file


@pytest.fixture(scope="session")
def empty_postgres(postgres: str, django_db_blocker: Any) -> Iterator[str]:
    """The name of a database with empty tables, to be copied."""
    with own_database(postgres, copy_of=None) as (name, address):
        with django_db_blocker.unblock(), default_database(database(Path(), address)):
            call_command("migrate", interactive=False, verbosity=0)
        yield name


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: Any) -> Iterator[Store]:
    """An empty register. A test that asks for it runs once per database."""
    home = Home(tmp_path / "home").prepare()
    keys = Keys.open(home.keys)
    with django_db_blocker.unblock():
        if request.param == "sqlite":
            shutil.copyfile(request.getfixturevalue("empty_sqlite"), home.database)
            with default_database(database(home.database, "")):
                yield Store(home, keys, Ledger(keys), "")
        else:
            template = request.getfixturevalue("empty_postgres")
            server = request.getfixturevalue("postgres")
            with ExitStack() as stack:
                _, address = stack.enter_context(own_database(server, copy_of=template))
                stack.enter_context(default_database(database(home.database, address)))
                yield Store(home, keys, Ledger(keys), address)


@pytest.fixture
def another_store(empty_sqlite: Path, tmp_path: Path) -> Store:
    """A second empty register, on SQLite, for other processes to work on."""
    home = Home(tmp_path / "another").prepare()
    shutil.copyfile(empty_sqlite, home.database)
    keys = Keys.open(home.keys)
    return Store(home, keys, Ledger(keys), "")


@contextmanager
def default_database(described: dict[str, Any]) -> Iterator[None]:
    """Let Django's default connection lead to another database for a while."""
    before = connections.settings["default"]
    swap({**connections.configure_settings({"default": described})["default"], "CONN_MAX_AGE": 0})
    try:
        yield
    finally:
        swap(before)


def swap(described: dict[str, Any]) -> None:
    connections["default"].close()
    del connections["default"]
    connections.settings["default"] = described


@contextmanager
def own_database(server: str, *, copy_of: str | None) -> Iterator[tuple[str, str]]:
    """A new database on a server, removed afterwards."""
    name = f"introstat_{secrets.token_hex(6)}"
    parts = urlsplit(server)
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {copy_of}" if copy_of else ""))
        try:
            yield name, urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
