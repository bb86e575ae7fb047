"""`protect` and `attack`: the protection engine on anybody's table. The disk is read and written here, and the clock.

Exit codes of protect: 0 done, 1 the table cannot be protected as asked, 2 the input cannot be used. Of attack: 0 nothing found
and every question settled, 1 something found or not settled, 2 the input cannot be used.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from introstat.cli.screen import counting, fail, tell_machine
from introstat.cli.table_answers import show_answer, show_figures, show_rounding
from introstat.cli.table_files import content, linked_cells, linked_counts, read_asked, read_earlier, read_listed
from introstat.vocabulary.errors import CannotProtect, Misused
from introstat.vocabulary.texts import Language

if TYPE_CHECKING:
    from introstat.protect.any_table.leaves import LeafTable
    from introstat.protect.any_table.published import PublishedTable
    from introstat.protect.any_table.specification import Linked, Specification

SpecificationFile = Annotated[Path, typer.Option("--spec", help="What is asked of the table, in TOML.", metavar="FILE")]
Report = Annotated[
    Path | None,
    typer.Option(
        "--report", help="Write a page for the office here, and the same as JSON beside it.", metavar="FILE.html"
    ),
]
ReportLanguage = Annotated[Language, typer.Option("--language", help="The language of the page.")]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")]
Prove = Annotated[
    bool,
    typer.Option(
        "--prove",
        help="In large tables too, find a whole table that gives each hidden cell another number; takes many minutes, where without it bounds have to do.",
    ),
]
Seed = Annotated[int, typer.Option(help="The seed of the search; the same input and seed give the same bytes.", min=0)]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What `protect` was asked on the command line."""

    out: Path
    truth: Path | None
    seed: int
    restarts: int | None
    report: Path | None
    language: Language
    as_json: bool
    source: str
    began: float


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
    prove: Prove = False,
    report: Report = None,
    language: ReportLanguage = "nb",
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

    With method = "rounding" and base = 3 or 5 nothing is left out: small counts become 0 or the base, and all is summed again.

    Example: introstat protect counts.csv --spec table.toml --out cells.csv --seed 1

    Exit code 0: done. 1: it cannot be protected as asked. 2: the table or specification cannot be used.
    """
    from introstat.protect.any_table.cells import write_cells
    from introstat.protect.any_table.leaves import read_leaves
    from introstat.protect.any_table.protecting import figures, protect_linked, protect_table
    from introstat.protect.any_table.specification import ROUNDING
    from introstat.protect.report import objects

    began = perf_counter()
    _check_folders(out, truth, report)
    asked = _Asked(out, truth, seed, restarts, report, language, as_json, leaves.name, began)
    try:
        specification, files = read_asked(spec)
        table = read_leaves(content(leaves), specification, files=files, source=str(leaves))
        former = read_earlier(earlier or (), specification, files)
        if specification.method == ROUNDING:
            if reveal_kind:
                fail("--reveal-kind has nothing to tell of a rounded table; --truth writes the counts.", code=2)
            if prove:
                fail("--prove is for tables that hide cells; in a rounded one every cell has its interval.", code=2)
            _protect_by_rounding(table, specification, files, former, asked)
            return
        beside = None
        with counting("Protecting", total=len(table.blocks)) as step:
            if specification.linked is None:
                protected = protect_table(
                    table, specification, seed=seed, restarts=restarts, prove=prove, earlier=former, progress=step
                )
            else:
                _check_written(asked, specification.linked, spec)
                other = linked_counts(specification.linked, spec, editions=len(former))
                protected, beside = protect_linked(
                    table,
                    specification,
                    other.table,
                    other.specification,
                    seed=seed,
                    prove=prove,
                    restarts=restarts,
                    earlier=former,
                    other_earlier=other.earlier,
                    progress=step,
                )
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
    if beside is not None and specification.linked is not None:
        _write(spec.parent / specification.linked.cells, write_cells(beside, reveal_kind=reveal_kind))
    if truth is not None:
        _write(truth, write_cells(protected, truth=True))
        if beside is not None and specification.linked is not None and specification.linked.truth is not None:
            _write(spec.parent / specification.linked.truth, write_cells(beside, truth=True))
    seconds = perf_counter() - began
    answer = objects.suppressed(told, specification, seed=seed, seconds=seconds)
    _report(answer, asked)
    if beside is not None:
        answer["linked"] = objects.suppressed(figures(beside), beside.specification, seed=seed, seconds=seconds)
    if as_json:
        tell_machine({"out": str(out)} | answer)
        return
    show_figures(told, out=out, seconds=seconds)
    if beside is not None and specification.linked is not None:
        show_figures(figures(beside), out=spec.parent / specification.linked.cells, seconds=seconds)


def _protect_by_rounding(
    table: LeafTable,
    specification: Specification,
    files: dict[str, bytes],
    former: Sequence[PublishedTable],
    asked: _Asked,
) -> None:
    """The other method. What is written is read again and attacked before it is written for good."""
    from introstat.protect.any_table.published import read_published
    from introstat.protect.any_table.rounded_cells import write_rounded
    from introstat.protect.any_table.rounding import round_table, rounding_figures
    from introstat.protect.any_table.unrounding import attack_rounded
    from introstat.protect.report import objects

    with counting("Rounding", total=len(table.blocks)) as step:
        rounded = round_table(
            table, specification, seed=asked.seed, restarts=asked.restarts, earlier=former, progress=step
        )
    cells, counts = write_rounded(rounded), write_rounded(rounded, truth=True)
    published = read_published(cells, specification, files=files, source=str(asked.out))
    known = None
    if specification.insiders is not None:
        known = read_published(counts, specification, files=files, source="The true counts")
    found = attack_rounded(published, specification, earlier=former, truth=known)
    if not found.findings.is_safe:
        fail(
            f"The table cannot be rounded as asked: {len(found.findings.exact)} small counts can be computed and "
            f"{len(found.findings.narrow)} have too few possible values"
            f"{'' if found.findings.settled else ', and some were not settled'}. Nothing was written.",
            code=1,
        )
    _write(asked.out, cells)
    if asked.truth is not None:
        _write(asked.truth, counts)
    seconds = perf_counter() - asked.began
    told = rounding_figures(rounded)
    answer = objects.rounded(told, found, published, specification, seed=asked.seed, seconds=seconds)
    _report(answer, asked)
    if asked.as_json:
        tell_machine({"out": str(asked.out)} | answer)
    else:
        show_rounding(told, found, out=asked.out, seconds=seconds)


def attack(
    cells: Annotated[
        Path, typer.Argument(help="A published table, ours or a stranger's, as CSV.", metavar="CELLS.csv")
    ],
    *,
    spec: SpecificationFile,
    earlier: Annotated[
        list[Path] | None,
        typer.Option(
            help="Known to the attacker too: an earlier edition, as published or as --truth wrote it; beside a rounded table any rows, exact or rounded.",
            metavar="CELLS.csv",
        ),
    ] = None,
    changes: Annotated[
        Path | None,
        typer.Option(
            help="What may have changed since the earlier editions: columns of the table, a row per code or several; all else is the same.",
            metavar="CHANGES.csv",
        ),
    ] = None,
    truth: Annotated[
        Path | None,
        typer.Option(
            help="The same table as --truth wrote it: insiders are tried with their own rows, and what is unchanged since an earlier edition of that form is known.",
            metavar="FILE",
        ),
    ] = None,
    intervals: Annotated[
        Path | None,
        typer.Option(help="Of a rounded table: write what every cell may have been here, as CSV.", metavar="FILE"),
    ] = None,
    seed: Seed = 0,
    prove: Prove = False,
    report: Report = None,
    language: ReportLanguage = "nb",
    as_json: Json = False,
) -> None:
    r"""Try to compute what a published table hides, and say how.

    Reads what [bold]introstat protect[/bold] writes, or a wide table with a column per measure, where an empty cell or ':' is
    hidden. A hidden group, counted in totals and shown nowhere, is named in the specification with [\[hidden_group]].

    Examples: introstat attack cells.csv --spec table.toml

    introstat attack cells.csv --spec table.toml --truth truth.csv --report attack.html

    Exit code 0: nothing was found and every question is settled. 1: something was found, or not settled. 2: the table or
    specification cannot be used.
    """
    from introstat.protect.any_table.known import Held
    from introstat.protect.any_table.published import read_published
    from introstat.protect.any_table.recovery import attack_published
    from introstat.protect.any_table.specification import ROUNDING
    from introstat.protect.any_table.unrounding import attack_rounded, intervals_csv
    from introstat.protect.report import objects, page

    began = perf_counter()
    _check_folders(report, intervals)
    try:
        specification, files = read_asked(spec)
        table = read_published(content(cells), specification, files=files, source=str(cells))
        former = read_earlier(earlier or (), specification, files)
        known = None if truth is None else read_published(content(truth), specification, files=files, source=str(truth))
        rounding = specification.method == ROUNDING
        if intervals is not None and not rounding:
            fail("--intervals is for rounded tables; the specification says nothing of rounding.", code=2)
        if prove and rounding:
            fail("--prove is for tables that hide cells; in a rounded one every cell has its interval.", code=2)
        if changes is not None and (rounding or not former):
            fail(
                "--changes tells what may have changed since an edition that --earlier names"
                f"{'; rounded tables have their own way with those' if rounding else ', and there is none'}.",
                code=2,
            )
        beside = None
        if specification.linked is not None:
            beside = linked_cells(specification.linked, spec, editions=len(former), truth=known is not None)
        listed = None if changes is None else read_listed(changes, Held(table, specification, tuple(former)), beside)
        with counting("Attacking", total=len(table.blocks)) as step:
            if rounding:
                found = attack_rounded(table, specification, earlier=former, truth=known, progress=step)
                answer, told = found.findings, objects.attacked_rounded(found, table, specification)
            else:
                found = None
                answer = attack_published(
                    table,
                    specification,
                    seed=seed,
                    prove=prove,
                    earlier=former,
                    truth=known,
                    changes=listed,
                    linked=beside,
                    progress=step,
                )
                told = objects.attacked(answer)
    except Misused as problem:
        fail(str(problem), code=2)
    seconds = perf_counter() - began
    if intervals is not None and found is not None:
        _write(intervals, intervals_csv(found, table, specification))
    if report is not None:
        _write_report(report, told, page.attack_page(told, source=cells.name, seconds=seconds, language=language))
    if as_json:
        tell_machine(told)
    else:
        show_answer(answer, rounded=rounding, seconds=seconds)
    if not answer.is_safe:
        raise SystemExit(1)


def _check_folders(*paths: Path | None) -> None:
    for path in paths:
        if path is not None and not path.parent.is_dir():
            fail(f"{path.parent} is not a folder; nothing could be written there.", code=2)


def _check_written(asked: _Asked, linked: Linked, spec: Path) -> None:
    """What is written of two linked tables goes into files of their own, in folders that are there."""
    written = [asked.out, spec.parent / linked.cells]
    if asked.truth is not None:
        written += [asked.truth, *([spec.parent / linked.truth] if linked.truth is not None else [])]
    for number, path in enumerate(written):
        if path.resolve() in [other.resolve() for other in written[:number]]:
            fail(f"{path} would be written twice: the linked table needs files of its own.", code=2)
    _check_folders(*written)


def _report(told: dict[str, object], asked: _Asked) -> None:
    """The page and its JSON, where a report was asked for."""
    from introstat.protect.report import page

    if asked.report is not None:
        _write_report(asked.report, told, page.protection_page(told, source=asked.source, language=asked.language))


def _write_report(path: Path, told: dict[str, object], page: str) -> None:
    _write(path, page.encode())
    _write(path.with_suffix(".json"), (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode())


def _write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_bytes(data)
    beside.replace(path)
