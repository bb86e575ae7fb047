"""Making a home ready: its folders, its keys, and the tables of its database.

keys = prepare(home)      # before Django is set up: settings read the desk's secret from a file made here
django.setup()
bring_up_to_date()        # the tables; quick when there is nothing to do
"""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from introstat.storage.home import Home
from introstat.storage.keys import Keys, prepare_secret_key


def prepare(home: Home) -> Keys:
    """Make what is missing of the folders and keys, and open the keys."""
    home.prepare()
    prepare_secret_key(home.keys)
    return Keys.open(home.keys)


def bring_up_to_date() -> None:
    """Apply the migrations that are missing."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)
