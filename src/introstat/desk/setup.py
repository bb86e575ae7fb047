"""Opens the line for a process: the folders and keys, Django, and the database's tables brought up to date."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

import django

from introstat.storage.home import Home
from introstat.storage.preparing import bring_up_to_date, prepare

if TYPE_CHECKING:
    from introstat.line import Line


@cache
def open_line() -> Line:
    """The line on the home folder that `INTROSTAT_HOME` names; the same one for the whole process.

    Migrations run only when some are missing, so a second command pays nothing for them.
    """
    home = Home.from_environment()
    keys = prepare(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "introstat.desk.settings")
    django.setup()
    bring_up_to_date()
    from introstat.line import Line  # its tables can be named only now that Django knows its applications

    return Line(home, keys)
