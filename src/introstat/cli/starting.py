"""What every command does before it starts: leave out what only the tests have brought, and collect garbage less often.

pyarrow imports pandas wherever it finds it, for conversions that nothing here uses. Packages that only the tests need
bring pandas; a command would pay 0.4 seconds for it each time.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Final

_UNUSED: Final = "pandas"
_OBJECTS_BETWEEN_COLLECTIONS: Final = 50_000
"""Rows are made and thrown away by the thousand and hold no circles; Python's 700 would look for some all the time."""


class _NotHere:
    """Answers Python's question where a module is: nowhere."""

    def find_spec(self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None, /) -> None:
        if fullname == _UNUSED:
            raise ModuleNotFoundError(f"{fullname} is left out of the command line", name=fullname)


def start_lightly() -> None:
    """For the process of a command, before anything heavy is imported."""
    sys.meta_path.insert(0, _NotHere())
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
