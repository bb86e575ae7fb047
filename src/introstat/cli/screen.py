"""What a person at a terminal sees: words, marks and progress. Machines get JSON instead.

Answers go to standard output, notices and progress to standard error, so that an answer can be piped on.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NoReturn, Protocol

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from introstat.vocabulary.deliveries import DeliveryStatus, Receipt, Severity
from introstat.vocabulary.texts import Language

if TYPE_CHECKING:
    from introstat.line import Draft

FEW: Final = 20
MOST_FINDINGS: Final = 20


class Step(Protocol):
    """What reports progress: so much done, of how much in all where that was not known before."""

    def __call__(self, done: int, of: int | None = None) -> None: ...


screen = Console(highlight=False)
notices = Console(stderr=True, highlight=False)


def fail(message: str, *, code: int) -> NoReturn:
    """Say what is wrong on standard error and leave with the code."""
    notices.print(f"[red]✗[/red] {escape(message)}", soft_wrap=True)
    raise SystemExit(code)


def tell_machine(answer: object) -> None:
    """Write the answer to standard output as JSON."""
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1) + "\n")


def tell(answer: object, words: str, *, as_json: bool) -> None:
    """Write the answer as JSON, or the words, which may be marked up: what a person wrote is escaped in them."""
    if as_json:
        tell_machine(answer)
    else:
        screen.print(words, soft_wrap=True)


def show_receipts(receipts: Sequence[Receipt], language: Language) -> None:
    """One line per delivery; under it what was found, the gravest first.

    Of many deliveries, findings that only inform are counted, and those with nothing else to tell are left out.
    """
    marks = {
        DeliveryStatus.ACCEPTED: "[green]✓[/green]",
        DeliveryStatus.PARTLY: "[yellow]±[/yellow]",
        DeliveryStatus.REJECTED: "[red]✗[/red]",
    }
    for receipt in receipts:
        many = len(receipts) > FEW
        told = [finding for finding in receipt.findings if not many or finding.severity is not Severity.INFO]
        if many and receipt.status is DeliveryStatus.ACCEPTED:
            continue
        again = " (sent before; nothing changed)" if receipt.seen_before else ""
        screen.print(
            f"{marks[receipt.status]} [bold]{escape(receipt.filename)}[/bold] {receipt.status.value}{again}: "
            f"{receipt.read} read, {receipt.new} new, {receipt.changed} changed, {receipt.unchanged} unchanged, "
            f"{receipt.rejected} rejected",
            soft_wrap=True,
        )
        order = list(Severity)
        for finding in sorted(told, key=lambda found: order.index(found.severity))[:MOST_FINDINGS]:
            where = f"line {finding.line}" if finding.line else "the file"
            column = f", {finding.column}" if finding.column else ""
            screen.print(
                f"    {finding.check} {finding.severity.value}, {where}{column}: "
                f"{finding.message.in_language(language)}",
                soft_wrap=True,
                markup=False,
            )
        if len(told) > MOST_FINDINGS:
            screen.print(f"    … and {len(told) - MOST_FINDINGS} more; --json has them all.")
        if receipt.id:
            screen.print(f"    [dim]receipt {receipt.id}[/dim]")
    if len(receipts) > 1:
        count = Counter(receipt.status for receipt in receipts)
        severities = Counter(finding.severity for receipt in receipts for finding in receipt.findings)
        screen.print(
            f"{len(receipts)} deliveries: {count[DeliveryStatus.ACCEPTED]} accepted, "
            f"{count[DeliveryStatus.PARTLY]} partly, {count[DeliveryStatus.REJECTED]} rejected; "
            f"{sum(r.new for r in receipts)} new rows, {severities[Severity.WARNING]} warnings to confirm, "
            f"{severities[Severity.INFO]} notes."
        )


def draft_in_words(draft: Draft) -> str:
    """What was prepared, for a person at a terminal."""
    report = draft.safe.report
    hidden = ", ".join(
        f"{level} {sum(kinds.values())} ({', '.join(f'{kind} {n}' for kind, n in kinds.items())})"
        for level, kinds in report.hidden.items()
    )
    found = (
        "[green]the attack found nothing[/green]"
        if report.is_safe
        else f"[red]the attack found {report.attack_exact} exact and {report.attack_narrow} narrow cells"
        f"{'' if report.attack_settled else ', and was not settled'}[/red]"
    )
    given = "; ".join(f"{d.reason}/{d.sex}: {d.value}" for d in report.declared) or "nothing"
    decided = f"\n    Decision: {escape(report.policy_decision)}" if report.policy_decision else ""
    return (
        f"[green]✓[/green] Snapshot {draft.snapshot} prepared by {escape(draft.prepared_by)} under {report.policy}: {found}."
        f"{decided}\n"
        f"    Municipalities that show their number ended: {report.places_number}; "
        f"number and result: {report.places_result}; number and a band for the result: {report.places_band}; "
        f"a result of several years together: {report.places_pooled}.\n"
        f"    Hidden cells: {hidden or 'none'}.\n"
        f"    Knowingly given away about the protected group (reason/sex: people): {given}."
        + "".join(
            f"\n    Under {one.policy}: number {one.places_number}, result {one.places_result}, band {one.places_band}, "
            f"hidden cells {one.hidden}{'' if one.is_safe else ', NOT SAFE ' + escape(one.problem)}."
            for one in report.by_policy
        )
    )


@contextmanager
def counting(what: str, total: int | None = None) -> Iterator[Step]:
    """A progress bar on standard error when a person is watching; what is yielded takes (done, of how many)."""
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=notices,
        transient=True,
        disable=not notices.is_terminal,
    ) as progress:
        task = progress.add_task(what, total=total)

        def step(done: int, of: int | None = None) -> None:
            progress.update(task, completed=done, total=of or total)

        yield step


@contextmanager
def working(what: str) -> Iterator[None]:
    """A sign that work goes on where there is nothing to count, when a person is watching."""
    if notices.is_terminal:
        with notices.status(what):
            yield
    else:
        yield
