"""The open-data interface on one worker: answers a second and the slowest of a hundred, beside Datasette for the same rows.

    script/bench api                       everything
    script/bench api --requests 20000      fewer requests to watch the memory over; 0 leaves that out
    script/bench api --seconds 2           a shorter run of each measurement

Both servers run on the loopback address with one worker each, one at a time, and are asked by the same client over the same
number of kept connections. Beside the time that an answer took, which is everybody's on a busy machine, stands the processor's
time that it cost the server. A kept answer is one that was given before; a new one has an address nobody asked for yet.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

ANSWERS_A_SECOND: Final = 5_000
FIRST_MILLISECONDS: Final = 50.0
GROWTH: Final = 0.10
"""How much more memory the worker may hold after all requests than after the first tenth of them."""

CONNECTIONS: Final = 16
SERVE: Final = (
    "import sys; from pathlib import Path; from introstat.site.server import serve; "
    "serve(Path(sys.argv[1]), '127.0.0.1', int(sys.argv[2]))"
)
ROOT: Final = "/api/v2"
WHOLE: Final = f"{ROOT}/tables/IP102/data?valuecodes[Region]=*&valuecodes[ContentsCode]=*&valuecodes[Tid]=*"
DEFAULT: Final = f"{ROOT}/tables/IP102/data"
METADATA: Final = f"{ROOT}/tables/IP102/metadata"
LARGE: Final = f"{ROOT}/tables/IP101/data?outputFormat=html&" + "&".join(
    f"valuecodes[{name}]=*" for name in ("Region", "Kjonn", "Grunn", "ContentsCode", "Tid")
)


@dataclass(frozen=True, slots=True)
class Run:
    """What one measurement gave: answers a second, milliseconds of the middle and of the slowest per cent, bytes an answer.

    ``work`` is the processor's time for an answer in milliseconds, the server's alone: it is the same on a busy machine.
    """

    rate: float
    median: float
    p99: float
    size: int
    work: float

    def __str__(self) -> str:
        return (
            f"{self.rate:8.0f} /s   median {self.median:7.2f} ms   p99 {self.p99:7.2f} ms"
            f"   work {self.work:7.3f} ms   {self.size / 1000:7.1f} kB"
        )


@dataclass(frozen=True, slots=True)
class Server:
    """A server under measurement: its port and its first process."""

    port: int
    process: int

    def worker_memory(self) -> int:
        """Bytes that the processes under this one hold in memory; its own where there are none."""
        return max(_resident(process) for process in [self.process, *_below(self.process)])

    def worked(self) -> float:
        """Seconds of processor time that its processes have had."""
        return sum(_worked(process) for process in [self.process, *_below(self.process)])


def main() -> None:
    arguments = read_arguments()
    ok = True
    with tempfile.TemporaryDirectory() as folder:
        home = prepare(Path(folder))
        with datasette(Path(folder)) as peer:
            wide = "/rows/wide.json?_shape=array&_size=max"
            long = "/rows/long.json?_shape=array&_size=max"
            theirs = {
                "a whole table": measure(peer, kept(wide), arguments.seconds),
                "the default selection": measure(peer, kept(long), arguments.seconds),
                "metadata": measure(peer, kept("/rows/wide.json?_size=0"), arguments.seconds),
            }
        with introstat(home) as ours:
            print(f"{CONNECTIONS} connections, {arguments.seconds:g} s each; datasette for the same rows below\n")
            for name, address in (
                ("a whole table", WHOLE),
                ("the default selection", DEFAULT),
                ("metadata", METADATA),
            ):
                old = measure(ours, kept(address), arguments.seconds)
                packed = measure(ours, kept(address), arguments.seconds, gzip=True)
                new = measure(ours, fresh(address, "n"), arguments.seconds)
                alone = measure(ours, fresh(address, "m"), arguments.seconds, connections=1)
                peer_run = theirs[name]
                print(f"{name}\n  kept            {old}\n  kept, gzip      {packed}\n  new             {new}")
                print(f"  new, alone      {alone}\n  datasette       {peer_run}")
                print(f"  kept is {old.rate / peer_run.rate:.1f} × datasette, new {new.rate / peer_run.rate:.2f} ×")
                most = max(old.rate, 1000 / old.work)
                ok &= verdict(
                    f"at least {ANSWERS_A_SECOND} kept answers for a second of the worker (here {most:.0f})",
                    most >= ANSWERS_A_SECOND,
                )
                ok &= verdict(f"a new answer alone under {FIRST_MILLISECONDS:g} ms", alone.p99 < FIRST_MILLISECONDS)
            ok &= slow_reader(ours, arguments.seconds)
            if arguments.requests:
                ok &= memory(ours, arguments.requests)
    raise SystemExit(0 if ok else 1)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench api", description="The open-data interface beside Datasette.")
    parser.add_argument("--seconds", type=float, default=4.0, help="length of each measurement")
    parser.add_argument("--requests", type=int, default=100_000, help="requests to watch the memory over; 0: none")
    return parser.parse_args()


def verdict(bound: str, holds: bool) -> bool:
    print(f"  {'holds' if holds else 'DOES NOT HOLD'}: {bound}")
    return holds


def slow_reader(server: Server, seconds: float) -> bool:
    """Others are answered as before while some read a large answer at a few kilobytes a second."""
    before = measure(server, kept(DEFAULT), seconds)
    readers = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(8)]
    for reader in readers:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.sendall(_request(LARGE, gzip=False))
        reader.recv(512)
    beside = measure(server, kept(DEFAULT), seconds)
    for reader in readers:
        reader.close()
    print(
        f"\neight slow readers of {LARGE.partition('?')[0]} as html\n  without them    {before}\n  beside them     {beside}"
    )
    return verdict(
        "p99 beside slow readers at most twice as long, or under 20 ms", beside.p99 < max(20.0, 2 * before.p99)
    )


def memory(server: Server, requests: int) -> bool:
    """The worker's memory over many requests, a third of them to addresses nobody asked before."""
    asked = 0

    def address(number: int) -> str:
        if number % 3 == 0:
            return f"{DEFAULT}?x={number}"
        return (WHOLE, METADATA, f"{ROOT}/tables", f"{ROOT}/codelists/agg_Fylker")[number % 4]

    seen: list[tuple[int, int]] = []
    for step in range(10):
        share = requests // 10
        asyncio.run(_ask(server.port, partial(_later, address, asked), until=None, most=share))
        asked += share
        seen.append((asked, server.worker_memory()))
        if step == 0:
            print("\nmemory of the worker")
    for number, held in seen:
        print(f"  after {number:>8} requests {held / 1e6:8.1f} MB")
    growth = seen[-1][1] / seen[0][1] - 1
    return verdict(f"no more than {GROWTH:.0%} more than after the first tenth (here {growth:+.1%})", growth <= GROWTH)


def kept(address: str) -> Callable[[int], str]:
    """The same address again and again."""
    return lambda _: address


def fresh(address: str, name: str) -> Callable[[int], str]:
    """An address that nobody asked for yet, each time."""
    joint = "&" if "?" in address else "?"
    return lambda number: f"{address}{joint}{name}={number}"


def _later(address: Callable[[int], str], start: int, number: int) -> str:
    return address(start + number)


def measure(
    server: Server, address: Callable[[int], str], seconds: float, *, gzip: bool = False, connections: int = CONNECTIONS
) -> Run:
    """Ask for the addresses of 0, 1, 2 … for some seconds; those of the first half second are not counted."""
    asyncio.run(_ask(server.port, partial(_later, address, 10_000_000), until=0.5, gzip=gzip, connections=connections))
    started, before = time.perf_counter(), server.worked()
    times, size = asyncio.run(_ask(server.port, address, until=seconds, gzip=gzip, connections=connections))
    elapsed, work = time.perf_counter() - started, server.worked() - before
    times.sort()
    return Run(
        rate=len(times) / elapsed,
        median=1000 * times[len(times) // 2],
        p99=1000 * times[min(len(times) - 1, int(0.99 * len(times)))],
        size=size,
        work=1000 * work / len(times),
    )


async def _ask(
    port: int,
    address: Callable[[int], str],
    *,
    until: float | None,
    most: int | None = None,
    gzip: bool = False,
    connections: int = CONNECTIONS,
) -> tuple[list[float], int]:
    """Ask over kept connections until the time is over or as many were asked: the seconds of each, and the last size."""
    stop = None if until is None else time.perf_counter() + until
    times: list[float] = []
    state = {"next": 0, "size": 0}

    async def worker() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
        try:
            while (stop is None or time.perf_counter() < stop) and (most is None or state["next"] < most):
                number = state["next"]
                state["next"] += 1
                started = time.perf_counter()
                writer.write(_request(address(number), gzip=gzip))
                head = await reader.readuntil(b"\r\n\r\n")
                if not head.startswith(b"HTTP/1.1 200"):
                    raise SystemExit(f"{address(number)} answered {head.splitlines()[0].decode()}")
                state["size"] = await _body(reader, head.lower())
                times.append(time.perf_counter() - started)
        finally:
            writer.close()

    await asyncio.gather(*(worker() for _ in range(connections)))
    return times, state["size"]


async def _body(reader: asyncio.StreamReader, head: bytes) -> int:
    """Read a body, of a told length or in pieces, and say how long it was."""
    if b"content-length:" in head:
        size = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        await reader.readexactly(size)
        return size
    total = 0
    while True:
        piece = int(await reader.readuntil(b"\r\n"), 16)
        await reader.readexactly(piece + 2)
        total += piece
        if not piece:
            return total


def _request(address: str, *, gzip: bool) -> bytes:
    encoding = "gzip" if gzip else "identity"
    path = address.replace("[", "%5B").replace("]", "%5D")
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: {encoding}\r\n\r\n".encode()


def prepare(folder: Path) -> Path:
    """A home folder with an edition of the size of a real year, and the same rows as a database for the peer."""
    from tests.example_edition import example_edition

    from introstat.storage.editions import Editions

    home = folder / "home"
    (home / "editions").mkdir(parents=True)
    edition = example_edition()
    Editions(home / "editions").write(edition)
    _database(folder / "rows.db", edition.files["tables/IP102/IP102.csv"].decode())
    return home


def _database(path: Path, text: str) -> None:
    """`long`: a row per region and sex; `wide`: a row per region, a column per content."""
    import csv
    from io import StringIO

    rows = list(csv.DictReader(StringIO(text)))
    contents = list(dict.fromkeys(row["ContentsCode"] for row in rows))
    by_region: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        found = by_region.setdefault((row["Region"], row["Kjonn"]), {"label": row["Region_label"]})
        found[row["ContentsCode"]] = float(row["value"]) if row["value"] else None
        found[f"{row['ContentsCode']}_status"] = row["status"]
    columns = [f"{content}{end}" for content in contents for end in ("", "_status")]
    with sqlite3.connect(path) as store:
        store.execute(f"create table wide (Region text, label text, {', '.join(columns)})")
        store.execute("create table long (Region text, label text, Kjonn text, value real, status text)")
        marks = ", ".join("?" * (2 + len(columns)))
        for (region, sex), found in by_region.items():
            if sex == "0":
                store.execute(
                    f"insert into wide values ({marks})", [region, found["label"], *(found[c] for c in columns)]
                )
            cells = (region, found["label"], sex, found[contents[0]], found[f"{contents[0]}_status"])
            store.execute("insert into long values (?, ?, ?, ?, ?)", cells)
    store.close()


@contextmanager
def introstat(home: Path) -> Iterator[Server]:
    """The site on one worker, without a limit on calls."""
    port = _free_port()
    with _running(
        [sys.executable, "-c", SERVE, str(home), str(port)],
        f"http://127.0.0.1:{port}{ROOT}/config",
        INTROSTAT_API_CALLS="0",
    ) as process:
        yield Server(port, process)


@contextmanager
def datasette(folder: Path) -> Iterator[Server]:
    """Datasette on one worker over the same rows, allowed to give them all at once."""
    port = _free_port()
    program = str(Path(sys.executable).with_name("datasette"))
    command = [program, "serve", "--immutable", str(folder / "rows.db"), "--port", str(port), "--setting", "max_returned_rows", "2000"]  # fmt: skip
    with _running(command, f"http://127.0.0.1:{port}/rows/wide.json?_size=1") as process:
        yield Server(port, process)


@contextmanager
def _running(command: list[str], address: str, **more: str) -> Iterator[int]:
    program = subprocess.Popen(
        command, env={**os.environ, **more}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        for _ in range(300):
            try:
                opener.open(address, timeout=5).close()
                break
            except OSError:
                if program.poll() is not None:
                    raise SystemExit(f"{command[0]} ended before it answered") from None
                time.sleep(0.2)
        yield program.pid
    finally:
        program.terminate()
        program.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _below(process: int) -> list[int]:
    """The processes that a process started."""
    found = Path(f"/proc/{process}/task/{process}/children")
    return [int(child) for child in found.read_text().split()] if found.exists() else []


def _resident(process: int) -> int:
    """Bytes of a process in memory."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def _worked(process: int) -> float:
    """Seconds of processor time of a process, its own and the system's for it."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
