"""What each stage of the line costs for 2016 and for a million people, validating one large file, and counting against
bare DuckDB.

    script/bench line                     everything
    script/bench line --persons 100000    another size than a million; 0 leaves it out
    script/bench line --rows 1000000      fewer rows to count; 0 leaves counting out
    script/bench line --people 100000     a smaller file to validate, a tenth of so many rows; 0 leaves it out

Each size runs in a process and a home folder of its own, started as the commands are. A small run before them is not
counted: it compiles what is compiled once on a machine. A stage's time is what is spent inside its public function; storing
is what the line spends between them, on encryption, the database and the disk. With two cores, deliveries are read ahead
and an edition's parts are shared, as the commands do: of collect there remains what needs the register, and what the other
process reads is counted with storing once it has ended.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, Final

YEAR: Final = 2016
SECONDS_FOR_THE_LINE: Final = 20.0
SECONDS_FOR_VALIDATING: Final = 2.0
ROWS_TO_VALIDATE: Final = 50_000
RATIO_FOR_COUNTING: Final = 1.3
RUNS: Final = 3
FEW: Final = 20_000
"""People of the run that is not counted."""


def main() -> None:
    arguments = read_arguments()
    if arguments.stages is not None:
        json.dump(stages(arguments.stages or None), sys.stdout)
        return
    ok = True
    in_own_process(FEW)
    for persons in (0, arguments.persons) if arguments.persons else (0,):
        ok &= report_stages(persons, in_own_process(persons))
    if arguments.people:
        ok &= report_validating(arguments.people, seed=arguments.seed)
    if arguments.rows:
        ok &= report_counting(arguments.rows, seed=arguments.seed)
    raise SystemExit(0 if ok else 1)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench line", description="Every stage of the line, and counting.")
    parser.add_argument("--persons", type=int, default=1_000_000, help="people of the larger run; 0: none")
    parser.add_argument("--rows", type=int, default=10_000_000, help="snapshot rows to count; 0: none")
    parser.add_argument("--people", type=int, default=500_000, help="people of the file to validate, Oslo's; 0: none")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--stages", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def processor_time() -> float:
    """Seconds of the processors that this process has used, and those it has started once they have ended."""
    theirs = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + theirs.ru_utime + theirs.ru_stime


class Stopwatch:
    """Seconds on the clock and of the processors per name, summed over all calls."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.processors: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def time(self, name: str) -> Iterator[None]:
        start, worked = time.perf_counter(), processor_time()
        try:
            yield
        finally:
            self.seconds[name] += time.perf_counter() - start
            self.processors[name] += processor_time() - worked

    def around(self, module: ModuleType, function: str, name: str) -> None:
        """Time every call of a stage's public function, wherever the line makes it."""
        inner: Callable[..., Any] = getattr(module, function)

        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.time(name):
                return inner(*args, **kwargs)

        setattr(module, function, timed)


def stages(persons: int | None) -> dict[str, Any]:
    """Run the whole line in the home folder of the environment; seconds per stage, in the order of the line."""
    from introstat.cli.starting import start_lightly

    start_lightly()
    from introstat import collect, freeze, protect, publish, register, tabulate
    from introstat.cli.ahead import read_ahead
    from introstat.cli.sharing import shared
    from introstat.definitions.catalogue import definitions_for
    from introstat.desk.setup import open_line
    from introstat.synthetic import write
    from introstat.vocabulary.deliveries import Sending
    from introstat.vocabulary.errors import Refused
    from introstat.vocabulary.snapshots import SnapshotKind
    from introstat.vocabulary.years import ReportingYear

    watch, year = Stopwatch(), ReportingYear(YEAR)
    folder = Path(os.environ["INTROSTAT_HOME"]) / "deliveries"
    with watch.time("inventing"):
        summary = write(YEAR, seed=0, persons=persons, out=folder, definitions=definitions_for(YEAR))
    for module, function, name in (
        (collect, "receive", "collect"),
        (register, "post", "register"),
        (freeze, "take", "freeze"),
        (tabulate, "count", "tabulate"),
        (protect, "seal", "protect"),
        (publish, "issue", "publish"),
        (publish, "verify", "publish"),
    ):
        watch.around(module, function, name)
    schedule = json.loads((folder / "deliveries.json").read_text(encoding="utf-8"))["deliveries"]
    line, now = open_line(), datetime(YEAR + 1, 6, 1, tzinfo=UTC)
    with watch.time("all"):
        sendings = (
            Sending(
                (folder / entry["file"]).read_bytes(),
                entry["file"],
                year,
                None,
                entry["sender"],
                datetime.fromisoformat(entry["received"]),
            )
            for entry in schedule
        )
        with read_ahead(sendings, read=line.read) as readings:
            for _ in line.receive_all(sendings, actor="Kari Synt", readings=readings):
                pass
        line.freeze(year, as_of=now, kind=SnapshotKind.FINAL, now=now)
        try:
            draft = line.prepare(year, by="Kari Synt", now=now)
            line.review(year, by="Ola Synt", now=now, next_release=date(YEAR + 2, 7, 5))
            line.release(year, by="Ola Synt", now=datetime(YEAR + 1, 7, 6, 6, tzinfo=UTC), each=shared)
            refused = "" if draft.safe.report.is_safe else "the attack found something, or was not settled"
        except Refused as problem:
            refused = str(problem)
    for measured in (watch.seconds, watch.processors):
        measured["storing"] = measured["all"] - sum(measured[name] for name in STAGES)
    return {
        "people": summary.people,
        "files": len(schedule),
        "seconds": watch.seconds,
        "processors": watch.processors,
        "refused": refused,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


STAGES: Final = ("collect", "register", "freeze", "tabulate", "protect", "publish")


def in_own_process(persons: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="introstat-bench-") as home:
        command = [sys.executable, "-m", "bench.line", "--stages", str(persons)]
        done = subprocess.run(
            command, env={**os.environ, "INTROSTAT_HOME": home}, stdout=subprocess.PIPE, check=True, text=True
        )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def report_stages(persons: int, found: dict[str, Any]) -> bool:
    seconds, processors, people = found["seconds"], found["processors"], found["people"]
    bound = SECONDS_FOR_THE_LINE
    held = bool(persons) or seconds["all"] < bound
    print(f"\nThe line for {YEAR}: {people:,} people in {found['files']} files")
    print(f"  {'':<9} {'clock':>9} {'processors':>11}")
    for name in (*STAGES, "storing", "all"):
        rate = f"{people / seconds[name]:12,.0f} people a second" if seconds[name] > 0 else ""
        print(f"  {name:<9} {seconds[name]:7.2f} s {processors[name]:9.2f} s {rate}")
    if not persons:
        print(f"  bound {bound:.0f} s on the clock: {'held' if held else 'NOT HELD'}")
    print(f"  {found['memory']:,.0f} MB at most; inventing the deliveries beforehand took {seconds['inventing']:.2f} s")
    if found["refused"]:
        print(f"  NOT RELEASED: {found['refused']}")
    return held and not found["refused"]


def report_validating(people: int, *, seed: int) -> bool:
    """One file, the largest municipality's, held against all rules of its form."""
    from introstat.collect import receive
    from introstat.definitions.catalogue import definitions_for
    from introstat.synthetic import write
    from introstat.vocabulary.deliveries import OFFICE, Sending
    from introstat.vocabulary.years import ReportingYear

    definitions = definitions_for(YEAR)
    with tempfile.TemporaryDirectory(prefix="introstat-bench-") as folder:
        write(YEAR, seed=seed, persons=people, out=Path(folder), definitions=definitions)
        largest = max(Path(folder).glob("*deltakere.csv"), key=lambda file: file.stat().st_size)
        content, name = largest.read_bytes(), largest.name
    sending = Sending(content, name, ReportingYear(YEAR), None, OFFICE, datetime(YEAR + 1, 1, 15, tzinfo=UTC))
    made = receive(sending, definitions=definitions, earlier=None, represents=None)
    (clock,) = fastest(lambda: receive(sending, definitions=definitions, earlier=None, represents=None))
    bound = SECONDS_FOR_VALIDATING * made.rows_read / ROWS_TO_VALIDATE
    held = clock < bound
    print(f"\nValidating a delivery of {made.rows_read:,} rows with {made.rules_run} rules (fastest of {RUNS})")
    print(f"  introstat {clock:6.2f} s   bound {bound:.2f} s: {'held' if held else 'NOT HELD'}")
    return held


SETS: Final = ", ".join(
    f"({', '.join([*region, *sex, *reason])})"
    for region in (["municipality"], ["county"], ["protected"], [])
    for sex in (["sex"], [])
    for reason in (["reason"], ["outcome"], [])
)
SUMS: Final = """
    sum(CASE WHEN in_municipality THEN n ELSE 0 END)::BIGINT AS municipal,
    sum(CASE WHEN in_county THEN n ELSE 0 END)::BIGINT AS regional,
    sum(CASE WHEN in_country THEN n ELSE 0 END)::BIGINT AS national
"""
BARE: Final = f"""
SELECT municipality, county, protected, sex, outcome, reason, {SUMS}
FROM (SELECT *, CASE WHEN reason IN ('1', '2') THEN 'A' ELSE 'B' END AS outcome FROM people WHERE ended)
GROUP BY GROUPING SETS ({SETS})
"""
IN_TWO_STEPS: Final = f"""
WITH cells AS (
    SELECT municipality, county, protected, sex, reason, {SUMS} FROM people WHERE ended GROUP BY ALL
)
SELECT municipality, county, protected, sex, outcome, reason, sum(municipal)::BIGINT, sum(regional)::BIGINT, sum(national)::BIGINT
FROM (SELECT *, CASE WHEN reason IN ('1', '2') THEN 'A' ELSE 'B' END AS outcome FROM cells)
GROUP BY GROUPING SETS ({SETS})
"""


def report_counting(rows: int, *, seed: int) -> bool:
    """Our counting, all published tables included, against DuckDB given the same rows and the question as SQL."""
    import duckdb
    import pyarrow as pa

    from introstat.definitions.catalogue import definitions_for
    from introstat.synthetic.snapshots import snapshot_rows
    from introstat.tabulate import count
    from introstat.vocabulary.snapshots import (
        SNAPSHOT_REPORTING,
        Provenance,
        Snapshot,
        SnapshotKind,
        SnapshotMeta,
    )
    from introstat.vocabulary.years import ReportingYear

    definitions = definitions_for(YEAR)
    people = snapshot_rows(rows, seed=seed, definitions=definitions)
    meta = SnapshotMeta(
        year=ReportingYear(YEAR),
        as_of=datetime(2017, 6, 1, tzinfo=UTC),
        kind=SnapshotKind.FINAL,
        provenance=Provenance.SYNTHETIC,
        definitions=definitions.version,
        ledger_head="",
        received=rows,
        valid=rows,
        programmes=rows,
    )
    snapshot = Snapshot(meta=meta, rows=people, reporting=pa.Table.from_pylist([], schema=SNAPSHOT_REPORTING))
    connection = duckdb.connect(":memory:")
    connection.execute("SET enable_progress_bar = false")
    connection.register("people", people)
    ours, bare, two_steps = fastest(
        lambda: count(snapshot, definitions=definitions),
        lambda: connection.sql(BARE).to_arrow_table(),
        lambda: connection.sql(IN_TWO_STEPS).to_arrow_table(),
    )
    held = ours <= RATIO_FOR_COUNTING * bare
    print(f"\nCounting {rows:,} rows into every published table (fastest of {RUNS} runs each, taking turns)")
    print(f"  introstat                                 {ours:6.2f} s")
    print(
        f"  DuckDB, GROUPING SETS over the rows       {bare:6.2f} s   ratio {ours / bare:.2f}, "
        f"bound {RATIO_FOR_COUNTING}: {'held' if held else 'NOT HELD'}"
    )
    print(f"  DuckDB, written by hand in two steps      {two_steps:6.2f} s   ratio {ours / two_steps:.2f}")
    return held


def fastest(*candidates: Callable[[], object]) -> list[float]:
    best = [float("inf")] * len(candidates)
    for _ in range(RUNS):
        for position, candidate in enumerate(candidates):
            start = time.perf_counter()
            candidate()
            best[position] = min(best[position], time.perf_counter() - start)
    return best


if __name__ == "__main__":
    main()
