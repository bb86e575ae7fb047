"""Several commands in one process, one to a line, as a person would type them one after another.

A command pays for starting Python, Django and what it imports, which is most of the time of the quick ones; several
together pay once, and the register that one has read is known to the next. What they do and print is the same.
"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.markup import escape

from introstat.cli.screen import fail, screen

_NAME: Final = "introstat"
_SOME_ROWS_NOT_TAKEN: Final = 3
"""Real deliveries are like that, and their receipts say which rows and why: no reason to stop."""


def steps_of(text: str) -> list[list[str]]:
    """The words of each command. Empty lines and lines that start with # are left out. Raises ValueError telling the line."""
    steps: list[list[str]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            words = shlex.split(line)
        except ValueError as problem:
            raise ValueError(f"line {number}: {problem}") from None
        if words[0] != _NAME or words[1:2] in ([], ["run"]):
            raise ValueError(f"line {number} is not a command of {_NAME}, such as: {_NAME} freeze 2016 …")
        steps.append(words[1:])
    return steps


def command(start: Callable[[list[str]], None]) -> Callable[..., None]:
    """The command `run`; `start` runs one command with its words and leaves with its exit code."""

    def run(
        file: Annotated[
            Path | None,
            typer.Argument(help="A file with the commands; standard input when left out.", metavar="[FILE]"),
        ] = None,
    ) -> None:
        """Run several commands in one process, one to a line, and stop at the first that is refused.

        Every command is shown before it runs. One that leaves some rows out (3) is no reason to stop.
        """
        try:
            steps = steps_of(sys.stdin.read() if file is None else file.read_text("utf-8"))
        except (OSError, ValueError) as problem:
            fail(f"{problem}. Nothing was run.", code=2)
        for words in steps:
            screen.print(f"\n$ {_NAME} {escape(shlex.join(words))}", soft_wrap=True)
            sys.stdout.flush()
            try:
                start(words)
            except SystemExit as ended:
                if ended.code not in (None, 0, _SOME_ROWS_NOT_TAKEN):
                    raise

    return run
