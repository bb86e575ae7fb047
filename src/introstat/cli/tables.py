"""`protect` and `attack`: the protection engine on anybody's table. The disk is read and written here, and the clock.

Exit codes of protect: 0 done, 1 the table cannot be protected as asked, 2 the input cannot be used. Of attack: 0 nothing found
and every question settled, 1 something found or not settled, 2 the input cannot be used.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.markup import escape
from rich.table import Table

from introstat.cli.screen import counting, fail, notices, screen, tell_machine
from introstat.vocabulary.errors import CannotProtect, Misused

if TYPE_CHECKING:
    from introstat.protect.any_table.protecting import ProtectionFigures
    from introstat.protect.any_table.recovery import Answer
    from introstat.protect.any_table.specification import Specification

LARGEST_FILE: Final = 2_000_000_000
MOST_TOLD: Final = 40
"""Recovered cells that are listed at a terminal; --json has them all."""

SpecificationFile = Annotated[Path, typer.Option("--spec", help="What is asked of the table, in TOML.", metavar="FILE")]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")]
Seed = Annotated[int, typer.Option(help="The seed of the search; the same input and seed give the same bytes.", min=0)]


def protect(
    leaves: Annotated[Path, typer.Argument(help="Counts that are not divided further, as CSV.", metavar="LEAVES.csv")],
    *,
    spec: SpecificationFile,
    out: Annotated[Path, typer.Option(help="Where the cells are written, hidden values absent.", metavar="CELLS.csv")],
    seed: Seed = 0,
    restarts: Annotated[
        int | None,
        typer.Option(
            help="Orders tried; the pattern that hides least is kept. Else as many as the size allows.", min=1
        ),
    ] = None,
    truth: Annotated[
        Path | None, typer.Option(help="Write the cells with every value here too: for the closed side only.")
    ] = None,
    earlier: Annotated[
        list[Path] | None,
        typer.Option(
            help="An edition of this table that is out, as written before; with corrections since, as --truth wrote it.",
            metavar="CELLS.csv",
        ),
    ] = None,
    reveal_kind: Annotated[
        bool, typer.Option("--reveal-kind", help="Mark hidden cells as primary or secondary, which tells more.")
    ] = False,
    as_json: Json = False,
) -> None:
    r"""Hide what is sensitive in a table, and as little else as keeps it hidden; then attack the result.

    The specification names the dimensions and their totals, the threshold, and what a reader knows:

        threshold = 5
        zeros = "shown"
        [\[dimension]]
        name = "muni"
        total = "Total"
        parents = "county"

    Exit code 0: done. 1: it cannot be protected as asked. 2: the table or specification cannot be used.
    """
    from introstat.protect.any_table.cells import write_cells
    from introstat.protect.any_table.leaves import read_leaves
    from introstat.protect.any_table.protecting import figures, protect_table
    from introstat.protect.any_table.published import read_published

    began = perf_counter()
    for path in (out, *([] if truth is None else [truth])):
        if not path.parent.is_dir():
            fail(f"{path.parent} is not a folder; nothing could be written there.", code=2)
    try:
        specification, files = _specification(spec)
        table = read_leaves(_bytes(leaves), specification, files=files, source=str(leaves))
        former = [read_published(_bytes(path), specification, files=files, source=str(path)) for path in earlier or ()]
        with counting("Protecting", total=len(table.blocks)) as step:
            protected = protect_table(table, specification, seed=seed, restarts=restarts, earlier=former, progress=step)
    except Misused as problem:
        fail(str(problem), code=2)
    except CannotProtect as problem:
        fail(f"The table cannot be protected as asked: {problem}", code=1)
    told = figures(protected)
    if not protected.is_safe:
        fail(
            f"The table cannot be protected as asked: {told.exact} hidden cells can be computed and {told.narrow} have too "
            f"few possible values{'' if told.settled else ', and some were not settled'}. Nothing was written.",
            code=1,
        )
    _write(out, write_cells(protected, reveal_kind=reveal_kind))
    if truth is not None:
        _write(truth, write_cells(protected, truth=True))
    seconds = perf_counter() - began
    if as_json:
        tell_machine(_figures_json(told, seed=seed, out=out, seconds=seconds))
    else:
        _show_figures(told, out=out, seconds=seconds)


def attack(
    cells: Annotated[
        Path, typer.Argument(help="A published table, ours or a stranger's, as CSV.", metavar="CELLS.csv")
    ],
    *,
    spec: SpecificationFile,
    earlier: Annotated[
        list[Path] | None,
        typer.Option(help="An earlier edition of the same counts, known to the attacker too.", metavar="CELLS.csv"),
    ] = None,
    seed: Seed = 0,
    as_json: Json = False,
) -> None:
    r"""Try to compute what a published table hides, and say how.

    Reads what [bold]introstat protect[/bold] writes, or a wide table with a column per measure, where an empty cell or ':' is
    hidden. A hidden group, counted in totals and shown nowhere, is named in the specification with [\[hidden_group]].

    Exit code 0: nothing was found and every question is settled. 1: something was found, or not settled. 2: the table or
    specification cannot be used.
    """
    from introstat.protect.any_table.published import read_published
    from introstat.protect.any_table.recovery import attack_published

    began = perf_counter()
    try:
        specification, files = _specification(spec)
        table = read_published(_bytes(cells), specification, files=files, source=str(cells))
        former = [read_published(_bytes(path), specification, files=files, source=str(path)) for path in earlier or ()]
        with counting("Attacking", total=len(table.blocks)) as step:
            answer = attack_published(table, specification, seed=seed, earlier=former, progress=step)
    except Misused as problem:
        fail(str(problem), code=2)
    if as_json:
        tell_machine(_answer_json(answer))
    else:
        _show_answer(answer, seconds=perf_counter() - began)
    if not answer.is_safe:
        raise SystemExit(1)


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise Misused(f"{path} is not there, or is not a file.")
    if path.stat().st_size > LARGEST_FILE:
        raise Misused(f"{path} has over {LARGEST_FILE // 10**9} GB. Nothing was read.")
    return path.read_bytes()


def _specification(path: Path) -> tuple[Specification, dict[str, bytes]]:
    """The specification, and the files of parents that it names, which lie beside it."""
    from introstat.protect.any_table.specification import read_specification

    specification = read_specification(_bytes(path))
    found = {name: path.parent / name for name in specification.parents}
    return specification, {name: file.read_bytes() for name, file in found.items() if file.is_file()}


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(data)
    beside.replace(path)


def _figures_json(told: ProtectionFigures, *, seed: int, out: Path, seconds: float) -> dict[str, object]:
    return {
        "out": str(out),
        "seed": seed,
        "seconds": round(seconds, 2),
        "cells": told.cells,
        "shown": told.shown,
        "hidden": {
            "primary": told.primary,
            "secondary": told.secondary,
            "secondary_zeros": told.secondary_zeros,
            "shares": told.shares_hidden,
            "levels": told.levels,
            "blocks": told.per_block,
        },
        "lost": {"primary": told.lost_primary, "secondary": told.lost_secondary, "of": told.total},
        "attack": {
            "settled": told.settled,
            "attacked": told.attacked,
            "exact": told.exact,
            "narrow": told.narrow,
            "by_bounds": told.by_bounds,
            "rounds": told.rounds,
            "repaired": told.repaired,
        },
        "weakest": [
            {"cell": dict(one.cell), "value": one.value, "low": one.low, "high": one.high} for one in told.weakest
        ],
    }


def _show_figures(told: ProtectionFigures, *, out: Path, seconds: float) -> None:
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
            f"    {told.by_bounds:,} of them are open by their bounds only; no whole table was looked for long enough."
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


def _answer_json(answer: Answer) -> dict[str, object]:
    return {
        "settled": answer.settled,
        "hidden": answer.hidden,
        "exact": [{"cell": dict(one.cell), "value": one.value, "because": one.because} for one in answer.exact],
        "narrow": [{"cell": dict(one.cell), "low": one.low, "high": one.high} for one in answer.narrow],
        "declared": [{"cell": dict(one.cell), "value": one.value, "because": one.because} for one in answer.declared],
        "unsettled": answer.unsettled,
        "by_bounds": answer.by_bounds,
        "notes": list(answer.notes),
    }


def _show_answer(answer: Answer, *, seconds: float) -> None:
    for note in answer.notes:
        notices.print(f"[dim]{escape(note)}[/dim]", soft_wrap=True)
    if answer.is_safe:
        screen.print(f"[green]✓[/green] {answer.hidden:,} hidden cells; none can be computed ({seconds:.1f} s).")
    else:
        left = "" if answer.settled else f", and {answer.unsettled:,} could not be settled"
        screen.print(
            f"[red]✗[/red] {answer.hidden:,} hidden cells; {len(answer.exact):,} can be computed, {len(answer.narrow):,} have "
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
