"""The command line: every step of the line, for people and (with `--json`) for machines.

commands — one function per command; arguments — text to values; screen — values to text.
"""

from introstat.cli.commands import main

__all__ = ["main"]
