"""The open site on one worker: weight, first answer, kept answers a second, and the export, beside Datasette for the same rows.

    script/bench site                 everything
    script/bench site --seconds 2     a shorter run of each measurement
    script/bench site --no-export     without the export of three years

Both servers run on the loopback address with one worker each, one at a time, asked by the same client. Beside answers a second
stands what one answer costs the worker in processor time: on a machine that others use too, that is the steadier figure.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final

from bench.api import (
    ANSWERS_A_SECOND,
    FIRST_MILLISECONDS,
    Run,
    Server,
    datasette,
    fresh,
    introstat,
    kept,
    measure,
    verdict,
)

from introstat.site.static import static_files

LARGEST_PAGE: Final = 60_000
EXPORT_SECONDS: Final = 120.0
PLACE: Final = "/2016/kommune/0301/"
TABLE: Final = "/2016/tabeller/IP102/?omraade=kommuner"
WHOLE: Final = "/api/v2/tables/IP102/data?valuecodes[Region]=*&valuecodes[ContentsCode]=*&valuecodes[Tid]=*"
YEARS: Final = (2014, 2015, 2016)
EXPORT: Final = (
    "import sys, resource, time; from pathlib import Path; from introstat.site.export import export; "
    "start = time.perf_counter(); files = export(Path(sys.argv[1]), Path(sys.argv[2])); "
    "spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]; "
    "print(files, time.perf_counter() - start, sum(one.ru_utime + one.ru_stime for one in spent))"
)


def main() -> None:
    arguments = read_arguments()
    ok = True
    with tempfile.TemporaryDirectory() as folder:
        home = prepare(Path(folder))
        with datasette(Path(folder)) as peer:
            theirs = {
                "a place": cost(peer, "/rows/wide?Region=0301", arguments.seconds),
                "a page of a table": cost(peer, "/rows/wide?_size=50", arguments.seconds),
                "a whole table as JSON": cost(peer, "/rows/wide.json?_shape=array&_size=max", arguments.seconds),
            }
        with introstat(home) as ours:
            ok &= weight(ours)
            ok &= first_answers(ours)
            for name, address in (("a place", PLACE), ("a page of a table", TABLE), ("a whole table as JSON", WHOLE)):
                run, spent = cost(ours, address, arguments.seconds)
                peer_run, peer_spent = theirs[name]
                print(f"\n{name}\n  kept            {run}   {spent:6.1f} µs of processor each")
                print(f"  datasette       {peer_run}   {peer_spent:6.1f} µs of processor each")
                print(f"  {run.rate / peer_run.rate:.0f} × datasette, {peer_spent / spent:.0f} × less processor time")
                held = max(run.rate, 1e6 / spent)
                print(f"  a worker with a processor of its own: {1e6 / spent:.0f} answers a second")
                ok &= verdict(f"at least {ANSWERS_A_SECOND} kept answers a second", held >= ANSWERS_A_SECOND)
        if arguments.export:
            ok &= exported(home, Path(folder) / "out")
    raise SystemExit(0 if ok else 1)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench site", description="The open site beside Datasette.")
    parser.add_argument("--seconds", type=float, default=4.0, help="length of each measurement")
    parser.add_argument("--no-export", dest="export", action="store_false", help="leave the export out")
    return parser.parse_args()


def cost(server: Server, address: str, seconds: float) -> tuple[Run, float]:
    """A run of kept answers, and the microseconds of processor time that one took of the server's processes."""
    measure(server, kept(address), 0.5)
    before, started = processor_seconds(server), time.perf_counter()
    run = measure(server, kept(address), seconds)
    spent = processor_seconds(server) - before
    # `measure` asks for half a second before it counts: those answers were paid for too.
    answers = run.rate * (time.perf_counter() - started)
    return run, 1e6 * spent / answers


def weight(server: Server) -> bool:
    """What a first visit to a place costs over the wire: the page, its style and its type."""
    files = static_files()
    page = over_the_wire(server, PLACE)
    style = over_the_wire(server, files["introstat.css"].address)
    mark = over_the_wire(server, files["mark.svg"].address)
    font = sum(over_the_wire(server, file.address) for name, file in files.items() if name == "figtree-latin.woff2")
    together = page + style + mark
    print(f"a place over the wire: page {page / 1000:.1f} kB, style {style / 1000:.1f} kB, mark {mark / 1000:.1f} kB, ")
    print(
        f"  together {together / 1000:.1f} kB; the typeface, kept for ever after the first page, {font / 1000:.1f} kB"
    )
    return verdict(f"page and style under {LARGEST_PAGE / 1000:g} kB", together < LARGEST_PAGE)


def first_answers(server: Server) -> bool:
    """Pages that nobody asked for yet, one after the other: every one is another municipality's."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    codes = [f"{county:02}{number:02}" for county in (1, 2, 4, 5, 6, 8) for number in range(1, 30)]
    times = []
    for code in codes:
        started = time.perf_counter()
        try:
            with opener.open(f"http://127.0.0.1:{server.port}/2016/kommune/{code}/", timeout=10) as answer:
                answer.read()
        except urllib.error.HTTPError:
            continue
        times.append(1000 * (time.perf_counter() - started))
    times.sort()
    middle, slow = times[len(times) // 2], times[int(0.95 * (len(times) - 1))]
    before = processor_seconds(server)
    run = measure(server, fresh(PLACE, "n"), 1.0, connections=1)
    each = 1000 * (processor_seconds(server) - before) / (run.rate * 1.5)
    print(
        f"\na place nobody asked for yet: median {middle:.1f} ms, 95 of 100 under {slow:.1f} ms ({len(times)} places),"
    )
    print(f"  {each:.1f} ms of processor each")
    return verdict(f"first answer under {FIRST_MILLISECONDS:g} ms", middle < FIRST_MILLISECONDS)


def exported(home: Path, out: Path) -> bool:
    """The whole site of three years in three languages as files."""
    made = subprocess.run(
        [sys.executable, "-c", EXPORT, str(home), str(out)], check=True, capture_output=True, text=True
    )
    files, seconds, spent = (float(word) for word in made.stdout.split())
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(f"\nexport of {len(YEARS)} years in three languages: {files:.0f} files, {size / 1e6:.0f} MB")
    processors = len(os.sched_getaffinity(0))
    alone = spent / processors
    print(f"  {seconds:.0f} s; {spent:.0f} s of processor, which is {alone:.0f} s where {processors} do nothing else")
    return verdict(f"under {EXPORT_SECONDS:g} s", min(seconds, alone) < EXPORT_SECONDS)


def over_the_wire(server: Server, address: str) -> int:
    """Bytes of a packed answer, without its headers."""
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{address}", headers={"Accept-Encoding": "gzip"})
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
        return len(answer.read())


def processor_seconds(server: Server) -> float:
    """What the server's processes have used of processor time, their own and the system's for them."""
    ticks = os.sysconf("SC_CLK_TCK")
    found = 0.0
    for process in [server.process, *below(server.process)]:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        found += (int(fields[11]) + int(fields[12])) / ticks
    return found


def below(process: int) -> list[int]:
    """The processes that a process started."""
    found = Path(f"/proc/{process}/task/{process}/children")
    return [int(child) for child in found.read_text().split()] if found.exists() else []


def prepare(folder: Path) -> Path:
    """A home folder with editions of three years of full size, and the rows of the newest as a database for the peer."""
    from bench.api import prepare as with_one_year
    from tests.made_tables import made_edition, plausible_counts, safe_cubes

    from introstat.storage.editions import Editions

    home = with_one_year(folder)
    for year in YEARS[:-1]:
        counts, silent = plausible_counts(year, year=year)
        Editions(home / "editions").write(
            made_edition(safe_cubes(counts, not_reported=silent, year=year), number=f"{year}.1")
        )
    return home


if __name__ == "__main__":
    main()
