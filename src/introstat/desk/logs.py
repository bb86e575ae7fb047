"""What the desk writes in its log when something breaks: where, and what kind of fault, but never the fault's own words.

An exception's message may hold a value of somebody's record ("could not convert …"), so only the program's own errors,
which never do, are quoted.
"""

from __future__ import annotations

import logging
import traceback

from introstat.vocabulary.errors import IntrostatError


class WithoutValues(logging.Formatter):
    """Formats a record with the place and type of an exception, without its message."""

    def formatException(self, ei: object) -> str:  # noqa: N802 - the standard library's name
        """The frames of the traceback and the type of the exception."""
        if not isinstance(ei, tuple) or ei[1] is None:
            return ""
        error = ei[1]
        frames = traceback.extract_tb(error.__traceback__)
        lines = [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        said = f": {error}" if isinstance(error, IntrostatError) else ""
        return "\n".join([*lines, f"{type(error).__name__}{said}"])
