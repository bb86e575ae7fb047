"""What `protect` and `attack` say to a person about a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.markup import escape
from rich.table import Table

from introstat.cli.screen import notices, screen

if TYPE_CHECKING:
    from introstat.protect.any_table.protecting import ProtectionFigures
    from introstat.protect.any_table.recovery import Answer
    from introstat.protect.any_table.rounding import RoundingFigures
    from introstat.protect.any_table.unrounding import RoundedAnswer

MOST_TOLD: Final = 40
"""Recovered cells that are listed at a terminal; --json has them all."""


def show_figures(told: ProtectionFigures, *, out: Path, seconds: float) -> None:
    """What suppression came to."""
    screen.print(
        f"[green]✓[/green] {told.cells:,} cells{'' if told.has_zeros else ' that are not zero'}, {told.shown:,} shown, in {escape(str(out))} "
        f"({seconds:.1f} s).",
        soft_wrap=True,
    )
    screen.print(
        f"    Hidden because sensitive: {told.primary:,}. Hidden to protect them: {told.secondary:,}"
        + (f", {told.secondary_zeros:,} of them zeros" if told.secondary_zeros else "")
        + f". Of a sum of {told.total:,} over all cells, {told.lost_secondary:,} are hidden to protect others.",
        soft_wrap=True,
    )
    if told.shares_hidden:
        screen.print(f"    Shares without a number to stand on: {told.shares_hidden:,}.")
    screen.print(
        f"    Attacked: {told.attacked:,} hidden numbers; none can be computed"
        + (f", after {told.repaired:,} more were hidden in {told.rounds} rounds." if told.repaired else "."),
        soft_wrap=True,
    )
    if told.by_bounds:
        screen.print(
            f"    {told.by_bounds:,} of them are open by their bounds only: no whole table was looked for long enough. "
            "--prove looks until it is found.",
            soft_wrap=True,
        )
    table = Table(box=None, pad_edge=False, padding=(0, 2))
    table.add_column("    Level")
    table.add_column("sensitive", justify="right")
    table.add_column("to protect", justify="right")
    for name, levels in told.levels.items():
        for level, hidden in levels.items():
            label = name if level == name else f"{name}: {level}"
            table.add_row(f"    {escape(label)}", f"{hidden['primary']:,}", f"{hidden['secondary']:,}")
    screen.print(table)


def show_rounding(told: RoundingFigures, answer: RoundedAnswer, *, out: Path, seconds: float) -> None:
    """What rounding came to."""
    every = told.everything
    screen.print(
        f"[green]✓[/green] {every.cells:,} cells that are not zero, all with a value, in {escape(str(out))} ({seconds:.1f} s).",
        soft_wrap=True,
    )
    screen.print(
        f"    Counts below {told.base}: {told.up:,} became {told.base} and {told.down:,} became 0. "
        f"{every.changed:,} cells changed, by {every.mean:.2f} on average and {every.most} at most; totals by {told.whole} at most.",
        soft_wrap=True,
    )
    screen.print(
        f"    Attacked: {answer.findings.hidden:,} cells that may be rounded; no small count can be computed.",
        soft_wrap=True,
    )
    table = Table(box=None, pad_edge=False, padding=(0, 2))
    table.add_column("    Level")
    for name in ("most", "mean", "typical", "by chance"):
        table.add_column(name, justify="right")
    for name, levels in told.levels.items():
        for level, one in levels.items():
            label = name if level == name else f"{name}: {level}"
            numbers = (f"{one.mean:.2f}", f"{one.typical:.2f}", f"{one.by_chance:.2f}")
            table.add_row(f"    {escape(label)}", str(one.most), *numbers)
    screen.print(table)


def show_answer(answer: Answer, *, rounded: bool, seconds: float) -> None:
    """What an attack found, and how."""
    what = "cells that may be rounded" if rounded else "hidden cells"
    for note in answer.notes:
        notices.print(f"[dim]{escape(note)}[/dim]", soft_wrap=True)
    if answer.is_safe:
        screen.print(f"[green]✓[/green] {answer.hidden:,} {what}; none can be computed ({seconds:.1f} s).")
    else:
        left = "" if answer.settled else f", and {answer.unsettled:,} could not be settled"
        screen.print(
            f"[red]✗[/red] {answer.hidden:,} {what}; {len(answer.exact):,} can be computed, {len(answer.narrow):,} have "
            f"too few possible values{left} ({seconds:.1f} s).",
            soft_wrap=True,
        )
    for one in answer.exact[:MOST_TOLD]:
        screen.print(f"    {_named(one.cell)} is [bold]{one.value}[/bold]: {escape(one.because)}", soft_wrap=True)
    for few in answer.narrow[:MOST_TOLD]:
        screen.print(f"    {_named(few.cell)} is between {few.low} and {few.high}", soft_wrap=True)
    for one in answer.declared[:MOST_TOLD]:
        screen.print(
            f"    given away knowingly: {_named(one.cell)} is {one.value}: {escape(one.because)}", soft_wrap=True
        )
    more = sum(max(0, len(found) - MOST_TOLD) for found in (answer.exact, answer.narrow, answer.declared))
    if more:
        screen.print(f"    … and {more:,} more; --json has them all.")


def _named(cell: Mapping[str, str]) -> str:
    return escape(", ".join(f"{name} {code}" for name, code in cell.items()))
