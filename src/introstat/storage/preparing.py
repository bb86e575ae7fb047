"""Making a home ready: its folders, its keys, and the tables of its database.

keys = prepare(home)      # before Django is set up: settings read the desk's secret from a file made here
django.setup()
bring_up_to_date()        # the tables; quick when there is nothing to do
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.apps import apps
from django.db import connection

from introstat.storage.home import Home
from introstat.storage.keys import Keys, prepare_secret_key


def prepare(home: Home) -> Keys:
    """Make what is missing of the folders and keys, and open the keys."""
    home.prepare()
    prepare_secret_key(home.keys)
    return Keys.open(home.keys)


def bring_up_to_date() -> None:
    """Apply the migrations that are missing. Where none is, their machinery is not even loaded."""
    if _present() <= _applied():
        return
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def _present() -> set[tuple[str, str]]:
    """Every migration there is a file of: application and name."""
    return {
        (application.label, file.stem)
        for application in apps.get_app_configs()
        for file in (Path(application.path) / "migrations").glob("[0-9]*.py")
    }


def _applied() -> set[tuple[str, str]]:
    """Every migration the database has been through; none before the first."""
    with connection.cursor() as cursor:
        if _RECORD not in connection.introspection.table_names(cursor):
            return set()
        cursor.execute("SELECT app, name FROM django_migrations")
        return {(app, name) for app, name in cursor.fetchall()}


_RECORD: Final = "django_migrations"
