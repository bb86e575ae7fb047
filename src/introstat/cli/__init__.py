"""The command line: every step of the line, for people and (with `--json`) for machines.

starting — what comes before the command; commands — one function per command; arguments — text to values; screen — values
to text.
"""

from introstat.cli.starting import start_lightly


def main() -> None:
    """Run the command line; the console script's entry point."""
    start_lightly()
    from introstat.cli import commands

    commands.main()


__all__ = ["main"]
