"""A process that dies while it writes files: at the moment it asks the disk to keep what it has written."""

from __future__ import annotations

import os
from typing import Any


def die_at_flush(step: int) -> None:
    """From now on this process ends at once, without cleaning up, at its so manieth flush. For a forked child."""
    left = step
    real = os.fsync

    def fsync(fd: Any) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os._exit(9)
        real(fd)

    os.fsync = fsync
