"""Makes the store ready to be used: the folders, Django, and the database's tables brought up to date."""

from __future__ import annotations

import os

import django

from introstat.storage.home import Home


def open_home() -> Home:
    """The home folder that `INTROSTAT_HOME` names, ready for reading and writing.

    Safe to call more than once. Migrations run only when some are missing, so a second command pays nothing for them.
    """
    home = Home.from_environment().prepare()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "introstat.desk.settings")
    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
    return home
