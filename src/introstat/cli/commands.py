"""The command line: every step of the line, for people and (with `--json`) for machines.

Here the clock is read, arguments become values, and values become text. What happens is in `line`.
Exit codes: 0 done, 1 refused or rejected, 2 the command was misused, 3 some rows were not taken.
"""

from __future__ import annotations

import getpass
import hashlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from introstat.access import Role
from introstat.cli import together
from introstat.cli.arguments import OSLO, parse_date, parse_time, reporting_year, waiting_in
from introstat.cli.screen import (
    counting,
    draft_in_words,
    fail,
    notices,
    screen,
    show_receipts,
    tell,
    tell_machine,
    working,
)
from introstat.cli.sharing import shared
from introstat.cli.tables import attack, protect
from introstat.vocabulary.deliveries import (
    OFFICE,
    Audience,
    DeliveryKind,
    DeliveryStatus,
    Receipt,
    Sending,
)
from introstat.vocabulary.editions import PublicReason
from introstat.vocabulary.errors import IntrostatError
from introstat.vocabulary.snapshots import SnapshotKind
from introstat.vocabulary.texts import LANGUAGES
from introstat.vocabulary.years import ReportingYear

if TYPE_CHECKING:
    from introstat.line import Line
    from introstat.storage.home import Home

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="The statistics of the introduction programme: "
    "collect → register → freeze → tabulate → protect → publish → steer.",
    epilog="Start with [bold]script/demo[/bold]. State lives under INTROSTAT_HOME (default var/).",
)
site_app = typer.Typer(no_args_is_help=True, help="The open site: serve it, or write it as plain files.")
desk_app = typer.Typer(no_args_is_help=True, help="The closed desk: serve it, and give people access.")
app.add_typer(site_app, name="site")
app.add_typer(desk_app, name="desk")
app.command(epilog="Example: [bold]introstat protect counts.csv --spec table.toml --out cells.csv --seed 1[/bold]")(
    protect
)
app.command(epilog="Example: [bold]introstat attack cells.csv --spec table.toml --json[/bold]")(attack)

Json = Annotated[bool, typer.Option("--json", help="Answer in JSON, for machines.")]
Year = Annotated[int, typer.Argument(help="The reporting year, such as 2016.", metavar="YEAR")]
YearOption = Annotated[int, typer.Option("--year", help="The reporting year, such as 2016.")]
Name = Annotated[str, typer.Option("--by", help="Who does it: the name that stands in the records.")]
Host = Annotated[str, typer.Option(help="The address to listen on.")]


def main(words: Sequence[str] | None = None) -> None:
    """Run one command: its words, or those the process was started with."""
    try:
        app(words)
    except IntrostatError as error:
        fail(str(error), code=1)


@app.command(epilog="Example: [bold]introstat synth --year 2016 --out var/deliveries[/bold]")
def synth(
    *,
    year: YearOption,
    out: Annotated[Path, typer.Option(help="The folder to write to; it is made, and must be empty.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 0,
    persons: Annotated[int | None, typer.Option(help="How many people; as published when left out.", min=1)] = None,
    since: Annotated[
        int | None,
        typer.Option(
            help="Write every year from this one, each into a folder of its own, with the same people in them."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write synthetic deliveries whose totals equal the published ones."""
    from introstat.definitions.catalogue import definitions_for
    from introstat.synthetic import write, write_years

    if since is not None and (since > year or persons is not None):
        fail("--since is a year up to --year, and goes without --persons.", code=2)
    definitions = [definitions_for(reporting_year(one).value) for one in range(since or year, year + 1)]
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        fail(f"{out} is not an empty folder. Name another with --out, or empty it first.", code=2)
    with counting("Writing deliveries") as step:
        if since is None:
            summaries = [write(year, seed=seed, persons=persons, out=out, definitions=definitions[0], progress=step)]
        else:
            summaries = [*write_years(definitions, seed=seed, out=out, progress=step)]
    folders = [out if since is None else out / str(summary.year) for summary in summaries]
    told = [
        {"year": summary.year, "out": str(folder), "files": summary.files, "people": summary.people}
        for summary, folder in zip(summaries, folders, strict=True)
    ]
    tell(
        told[0] if since is None else told,
        "\n".join(
            f"[green]✓[/green] {sum(summary.files.values())} files with {summary.people} people in {escape(str(folder))}"
            for summary, folder in zip(summaries, folders, strict=True)
        ),
        as_json=as_json,
    )


@app.command(
    epilog="Examples: [bold]introstat receive 0301.csv --year 2016 --sender 0301[/bold]; "
    "[bold]introstat receive var/deliveries --year 2016[/bold] takes a folder in the order of its deliveries.json."
)
def receive(
    files: Annotated[list[Path], typer.Argument(help="Files, or a folder with a deliveries.json.", metavar="FILE…")],
    *,
    year: YearOption,
    kind: Annotated[DeliveryKind | None, typer.Option(help="Read from the header unless given.")] = None,
    sender: Annotated[str, typer.Option(help="The municipality that sends (four digits), or office.")] = OFFICE,
    received: Annotated[str | None, typer.Option(help="When it came, such as 2017-01-15T12:00; else now.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check only; nothing is recorded.")] = False,
    language: Annotated[str, typer.Option(help="The language of the findings: nb, nn or en.")] = "nb",
    as_json: Json = False,
) -> None:
    """Check deliveries and record them in the register; always answers with a receipt.

    Exit code 0: accepted, or nothing new. 1: rejected whole. 3: some rows were not taken. Several files: the worst.
    """
    from introstat.cli.ahead import FEW, read_ahead
    from introstat.collect import receipt_json

    if language not in LANGUAGES:
        fail(f"--language is one of {', '.join(LANGUAGES)}, not {language}.", code=2)
    if sender != OFFICE and not (len(sender) == 4 and sender.isdigit()):
        fail(f"--sender is a municipality's four digits or {OFFICE}, not {sender}.", code=2)
    moment = parse_time(received, option="--received") if received else now()
    reporting_year(year)
    waiting = [w for path in files for w in waiting_in(path, sender=sender, kind=kind, received=moment)]
    receipts: list[Receipt] = []
    line = opened_line()
    sendings = (
        Sending(one.path.read_bytes(), one.path.name, ReportingYear(year), one.kind, one.sender, one.received)
        for one in waiting
    )
    with ExitStack() as open_until_done:
        done: Iterator[Receipt]
        if dry_run:
            done = (line.receive(sending, actor=account(), dry_run=True) for sending in sendings)
        elif len(waiting) <= FEW:
            done = line.receive_all(sendings, actor=account())
        else:
            readings = open_until_done.enter_context(read_ahead(sendings, read=line.read))
            done = line.receive_all(sendings, actor=account(), readings=readings)
        step = open_until_done.enter_context(counting("Receiving", total=len(waiting)))
        for receipt in done:
            receipts.append(receipt)
            step(len(receipts))
    if as_json:
        tell_machine([receipt_json(receipt, Audience.OFFICE) for receipt in receipts])
    else:
        show_receipts(receipts, language)
    raise SystemExit(worst(receipts))


@app.command(epilog="Example: [bold]introstat freeze 2016 --as-of 2017-06-01T00:00Z --kind final[/bold]")
def freeze(
    year: Year,
    *,
    as_of: Annotated[str, typer.Option(help="What was recorded by then is in; later entries are not.")],
    kind: Annotated[SnapshotKind, typer.Option(help="Preliminary in January, final in June.")] = SnapshotKind.FINAL,
    as_json: Json = False,
) -> None:
    """Take a numbered snapshot of the register as it was recorded by a time. Snapshots are never changed."""
    moment = parse_time(as_of, option="--as-of")
    with working("Freezing"):
        frozen = opened_line().freeze(reporting_year(year), as_of=moment, kind=kind, now=now())
    tell(
        {"year": year, "snapshot": frozen.number, "rows": frozen.rows, "checksum": frozen.checksum},
        f"[green]✓[/green] Snapshot {frozen.number} of {year}: {frozen.rows} rows, checksum {frozen.checksum[:12]}…",
        as_json=as_json,
    )


@app.command(epilog="Example: [bold]introstat prepare 2016 --by 'Kari Nordmann'[/bold]")
def prepare(
    year: Year,
    *,
    snapshot: Annotated[int | None, typer.Option(help="The snapshot's number; the newest when left out.")] = None,
    by: Name = "",
    policy: Annotated[str, typer.Option(help="The protection policy: strict-5, strict-3 or base-5.")] = "strict-5",
    decision: Annotated[str, typer.Option(help="Who decided on another policy than strict-5, when and why.")] = "",
    seed: Annotated[int, typer.Option(help="The seed of the search for cells to hide.")] = 0,
    each_policy: Annotated[
        bool, typer.Option("--each-policy", help="Also say in the report what each policy would show.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Tabulate, protect and attack a snapshot. What comes out waits for another person's review."""
    line = opened_line()
    from introstat.line import draft_summary

    with working("Counting, protecting, attacking"):
        draft = line.prepare(
            reporting_year(year),
            snapshot=snapshot,
            by=by or account(),
            policy=policy,
            decision=decision,
            seed=seed,
            each_policy=each_policy,
            now=now(),
        )
    tell(draft_summary(draft), draft_in_words(draft), as_json=as_json)
    if not draft.safe.report.is_safe:
        raise SystemExit(1)


@app.command(epilog="Example: [bold]introstat review 2016 --approve --by 'Ola Nordmann' --next 2018-07-05[/bold]")
def review(
    year: Year,
    *,
    approve: Annotated[bool, typer.Option("--approve", help="Approve exactly what was prepared.")] = False,
    by: Name = "",
    next_release: Annotated[str | None, typer.Option("--next", help="The date of the next release.")] = None,
    reason: Annotated[str, typer.Option(help="A correction's public reason, in Bokmål.")] = "",
    reason_nn: Annotated[str, typer.Option(help="The same in Nynorsk.")] = "",
    reason_en: Annotated[str, typer.Option(help="The same in English.")] = "",
    as_json: Json = False,
) -> None:
    """Show what was prepared, or approve it: never by the one who prepared it."""
    line = opened_line()
    from introstat.line import draft_summary

    if not approve:
        draft = line.draft(reporting_year(year))
        tell(draft_summary(draft), draft_in_words(draft), as_json=as_json)
        return
    when = parse_date(next_release, option="--next") if next_release else None
    public_reason = PublicReason(nb=reason, nn=reason_nn, en=reason_en)
    approved = line.review(
        reporting_year(year), by=by or account(), next_release=when, public_reason=public_reason, now=now()
    )
    if public_reason and len(public_reason.texts) < len(LANGUAGES):
        told = ", ".join(language for language in LANGUAGES if language not in public_reason.texts)
        notices.print(
            f"[yellow]![/yellow] The public reason is not given in {told}; readers there are shown it in another."
        )
    tell(
        {"year": year, "snapshot": approved.snapshot, "approved_by": approved.approved_by, "digest": approved.digest},
        f"[green]✓[/green] {escape(approved.approved_by)} approved what {escape(approved.prepared_by)} prepared "
        f"from snapshot {approved.snapshot}.",
        as_json=as_json,
    )


@app.command(epilog="Example: [bold]introstat release 2016 --at 2017-07-06T08:00+02:00[/bold]")
def release(
    year: Year,
    *,
    at: Annotated[str | None, typer.Option(help="The announced time; at once when left out.")] = None,
    by: Name = "",
    as_json: Json = False,
) -> None:
    """Issue the approved edition, or schedule it; refuses when the attack or the review stands in the way."""
    moment = parse_time(at, option="--at") if at else None
    with working("Writing the edition"):
        issued = opened_line().release(reporting_year(year), by=by or account(), at=moment, now=now(), each=shared)
    words = "is released" if issued.is_out else f"is scheduled for {issued.released.astimezone(OSLO):%d.%m.%Y %H:%M}"
    tell(
        {
            "edition": str(issued.number),
            "released": issued.released.isoformat(),
            "scheduled": not issued.is_out,
            "manifest_sha256": issued.manifest_sha256,
            "files": issued.files,
        },
        f"[green]✓[/green] Edition {issued.number} {words}: {issued.files} files, "
        f"manifest {issued.manifest_sha256[:12]}…",
        as_json=as_json,
    )


@app.command(epilog="Example: [bold]introstat verify 2016.1[/bold]")
def verify(
    edition: Annotated[str, typer.Argument(help="An edition's number such as 2016.1, or a folder with a copy.")],
    *,
    as_json: Json = False,
) -> None:
    """Check an edition: every file's hash, sums, every number in a text, and whether hidden cells can be computed."""
    from introstat import audit

    home = home_without_database()
    with working("Verifying"):
        vouched = None
        copy = audit.folder_of(home, edition)
        if copy is None and home.path.is_dir() and any(home.keys.glob("*")):
            vouched = opened_line().vouched(audit.edition_number(Path(edition).name))
        problems = audit.verify(home, edition, vouched=vouched)
    manifest = hashlib.sha256((copy / audit.MANIFEST).read_bytes()).hexdigest() if copy else None
    if as_json:
        said = {"edition": edition, "ok": not problems, "problems": problems}
        tell_machine(said if manifest is None else {**said, "manifest_sha256": manifest})
    elif problems:
        for problem in problems:
            screen.print(f"[red]✗[/red] {escape(str(problem))}", soft_wrap=True)
    else:
        screen.print(
            f"[green]✓[/green] {escape(edition)}: every file, sum, text and hidden cell holds.", soft_wrap=True
        )
        if manifest is not None:
            screen.print(f"    Its manifest has sha256 {manifest}: compare it with what was released.", soft_wrap=True)
    raise SystemExit(1 if problems else 0)


@site_app.command("serve", epilog="Example: [bold]introstat site serve --port 8016[/bold]")
def site_serve(*, host: Host = "127.0.0.1", port: Annotated[int, typer.Option(help="The port.")] = 8016) -> None:
    """Serve the open site from the released editions."""
    from introstat.site import serve

    serve(home_without_database().path, host=host, port=port)


@site_app.command("export", epilog="Example: [bold]introstat site export public[/bold]")
def site_export(
    out: Annotated[Path, typer.Argument(help="The folder to write to; it must be empty or not there.", metavar="DIR")],
    *,
    address: Annotated[str, typer.Option(help="Where the files will stand, such as https://statistikk.example.")] = "",
    feedback: Annotated[str, typer.Option(help="Where feedback goes: a page, or mailto:. Left out without one.")] = "",
    as_json: Json = False,
) -> None:
    """Write the whole site as plain files for any web server."""
    from introstat.site import export
    from introstat.site.addresses import PublicAddresses

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        fail(f"{out} is not an empty folder. Name another, or empty it first.", code=2)
    try:
        addresses = PublicAddresses(site=address, feedback=feedback)
    except ValueError as problem:
        fail(str(problem), code=2)
    with counting("Exporting") as step:
        written = export(home_without_database().path, out, addresses=addresses, progress=step)
    tell(
        {"folder": str(out), "files": written},
        f"[green]✓[/green] {written} files in {escape(str(out))}",
        as_json=as_json,
    )


@site_app.command(
    "boundaries", epilog="Example: [bold]introstat site boundaries Kommuner_2016.geojson --year 2016[/bold]"
)
def site_boundaries(
    file: Annotated[Path, typer.Argument(help="GeoJSON from the mapping authority.", metavar="FILE", exists=True)],
    year: YearOption,
    *,
    source: Annotated[str, typer.Option(help="Whose map it is; shown below it.")] = "© Kartverket (CC BY 4.0)",
    as_json: Json = False,
) -> None:
    """Give the map the borders of a year. The map of tiles stands where there are none."""
    from introstat.site.boundaries import outline_of, to_bytes

    folder = home_without_database().boundaries
    with working("Drawing"):
        outline = outline_of(file.read_bytes(), year=reporting_year(year).value, source=source)
    folder.mkdir(parents=True, exist_ok=True)
    content = to_bytes(outline)
    written = folder / f"{year}.json"
    written.write_bytes(content)
    tell(
        {"file": str(written), "areas": len(outline.paths), "bytes": len(content)},
        f"[green]✓[/green] {len(outline.paths)} areas in {escape(str(written))}, {len(content) // 1000} kB",
        as_json=as_json,
    )


@desk_app.command("serve", epilog="Example: [bold]introstat desk serve --port 8017[/bold]")
def desk_serve(*, host: Host = "127.0.0.1", port: Annotated[int, typer.Option(help="The port.")] = 8017) -> None:
    """Serve the closed desk."""
    opened_line()
    from introstat.desk.serving import serve

    serve(host=host, port=port)


@desk_app.command(
    "add-user",
    epilog='Example: [bold]echo "$PASSWORD" | introstat desk add-user kari --role office_preparer[/bold]',
)
def desk_add_user(
    name: Annotated[str, typer.Argument(help="The name to log in with.")],
    *,
    role: Annotated[list[Role], typer.Option(help="A role of the access table; may be repeated.")],
    municipality: Annotated[list[str] | None, typer.Option(help="A municipality represented; may be repeated.")] = None,
    full_name: Annotated[str, typer.Option(help="The name that stands in the records.")] = "",
    as_json: Json = False,
) -> None:
    """Give somebody access; the password is read from standard input, or asked for twice."""
    password = sys.stdin.readline().rstrip("\n") if not sys.stdin.isatty() else getpass.getpass("Password: ")
    if sys.stdin.isatty() and getpass.getpass("The same again: ") != password:
        fail("The two passwords differ; nothing was changed.", code=2)
    opened_line()
    from introstat.desk.accounts import add

    add(
        name,
        password=password,
        roles=frozenset(role),
        municipalities=frozenset(municipality or []),
        full_name=full_name or name,
    )
    tell(
        {"name": name, "roles": sorted(role), "municipalities": sorted(municipality or [])},
        f"[green]✓[/green] {escape(name)} can log in as {', '.join(role)}.",
        as_json=as_json,
    )


app.command(
    "run", epilog="Example: [bold]echo 'introstat freeze 2016 --as-of 2017-06-01T00:00Z' | introstat run[/bold]"
)(together.command(main))


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def account() -> str:
    """The name of the account that runs the command, for the records."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown account"


def opened_line() -> Line:
    """The line on the home folder, its database ready: made and brought up to date where needed."""
    from introstat.desk.setup import open_line

    return open_line()


def home_without_database() -> Home:
    """The home folder for what only reads editions."""
    from introstat.storage.home import Home

    return Home.from_environment()


def worst(receipts: Sequence[Receipt]) -> int:
    """The exit code for several receipts: 1 if one was rejected whole, else 3 if rows were left, else 0."""
    statuses = {receipt.status for receipt in receipts}
    if DeliveryStatus.REJECTED in statuses:
        return 1
    return 3 if DeliveryStatus.PARTLY in statuses else 0
