"""Protecting and attacking tables of growing size: hidden cells, processor seconds and memory, against bounds and a peer.

    script/bench protection                    the tables a, b and c1 at thresholds 5 and 3, a with more, and five tables drawn anew
    script/bench protection --tables a_2016    some of them
    script/bench protection --large            c3, c2 and c4 as well, of c2 and c4 the pattern only
    script/bench protection --pattern          patterns only: no attack, no repair
    script/bench protection --prove            a whole table for every hidden cell of the large ones too, in minutes

The tables are read from the folder bench/protection under INTROSTAT_REFERENCE. Each runs in a process of its own, after a small
table has compiled what is compiled. `pattern` is linearly safe, like the peer's; `safe` has been attacked in whole numbers, and
mended. `with-…` is a with a hidden group, shares, insiders, linked geographies, an earlier edition of the same counts or of
others, another table of the same people (of municipality × outcome × age), `everything` a with all of these but the other
table, `everything-linked` with that too, by name only, since it takes very long; the bounds do not speak of these. They are
attacked once more with another seed. The peer is GaussSuppression 1.2.3, which knows linear combinations only; its figures were
measured before, on another machine, with its fastest setting and zeros published. The last tables of every run are drawn by
chance like a, from `--seed` on.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

TABLES: Final = ("a_2016", "b_10y", "c1_2016_age_out8")
LARGE: Final = "c3_2016_full"
LARGEST: Final = ("c2_10y_age_out8", "c4_10y_full")
EVERYTHING: Final = "everything"
EVERYTHING_LINKED: Final = "everything-linked"
GROUP, SHARES, INSIDERS, LINKED, EARLIER, CORRECTED, TABLE = (
    "hidden group", "shares", "insiders", "linked", "earlier", "corrected", "linked table",
)  # fmt: skip
WITH: Final = {
    "with-hidden-group": frozenset({GROUP}),
    "with-shares": frozenset({SHARES}),
    "with-insiders": frozenset({INSIDERS}),
    "with-linked": frozenset({LINKED}),
    "with-linked-and-insiders": frozenset({LINKED, INSIDERS}),
    "with-earlier": frozenset({EARLIER}),
    "with-corrections": frozenset({CORRECTED}),
    "with-linked-table": frozenset({TABLE}),
    "with-linked-table-and-insiders": frozenset({TABLE, INSIDERS}),
    EVERYTHING: frozenset({GROUP, SHARES, INSIDERS, LINKED, CORRECTED}),
    EVERYTHING_LINKED: frozenset({GROUP, SHARES, INSIDERS, LINKED, CORRECTED, TABLE}),
}
"""What the table a is protected with beside the plain rule, by name."""
CHANGED: Final = 40
"""One row of so many was another count in an edition with corrections."""
DRAWN: Final = "drawn"
DRAWINGS: Final = 5
MEGABYTES: Final = 1024.0
MOST_MEGABYTES: Final = 1024


@dataclass(frozen=True, slots=True)
class Peer:
    """What the peer hides beside the sensitive cells: how many cells, and their sum; processor seconds."""

    secondary: int
    lost: int
    seconds: float


PEER: Final = {
    ("a_2016", 5): Peer(245, 1_716, 2.3),
    ("a_2016", 3): Peer(541, 2_279, 2.4),
    ("b_10y", 5): Peer(2_225, 14_908, 9.2),
    ("c1_2016_age_out8", 5): Peer(2_016, 17_096, 27.0),
    (LARGE, 5): Peer(5_867, 73_314, 39.0),
}
PATTERN_SECONDS: Final = {
    "a_2016": 0.15, "b_10y": 0.6, "c1_2016_age_out8": 1.5, LARGE: 3.0, "c4_10y_full": 20.0,
}  # fmt: skip
SAFE_SECONDS: Final = {"a_2016": 2.0, "b_10y": 9.0}
ATTACK_SECONDS: Final = {"c1_2016_age_out8": 30.0, LARGE: 120.0}
LESS_AT: Final = {5: 0.97, 3: 0.90}
"""How much of the peer's secondary cells may be hidden on a table like a, by threshold."""


def main() -> None:
    arguments = read_arguments()
    if arguments.one in WITH:
        print(json.dumps(measure_with(WITH[arguments.one], arguments.threshold, seed=arguments.seed)))
        return
    if arguments.one:
        found = measure(
            arguments.one,
            arguments.threshold,
            seed=arguments.seed,
            pattern=arguments.pattern,
            prove=arguments.prove,
        )
        print(json.dumps(found))
        return
    if not os.environ.get("INTROSTAT_REFERENCE"):
        raise SystemExit("script/bench protection: INTROSTAT_REFERENCE does not name the folder with the tables.")
    # With everything at once insiders' questions take longer than a run of the rest: by name only.
    more = [name for name in WITH if not arguments.pattern and name != EVERYTHING_LINKED]
    tables = arguments.tables or (*TABLES, *more, *((LARGE, *LARGEST) if arguments.large else ()), DRAWN)
    held = [
        report(name, threshold, arguments, seed=arguments.seed + turn)
        for name in tables
        for threshold in (5, 3)
        for turn in range(DRAWINGS if name == DRAWN else 1)
    ]
    raise SystemExit(0 if all(held) else 1)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench protection", description="Protecting and attacking tables.")
    parser.add_argument(
        "--tables", nargs="+", choices=(*TABLES, *WITH, LARGE, *LARGEST, DRAWN), help="some of the tables"
    )
    parser.add_argument("--large", action="store_true", help="the three largest tables as well")
    parser.add_argument("--pattern", action="store_true", help="patterns only")
    parser.add_argument("--prove", action="store_true", help="protect with a whole table for every hidden cell")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--threshold", type=int, default=5, help=argparse.SUPPRESS)
    return parser.parse_args()


def report(name: str, threshold: int, arguments: argparse.Namespace, *, seed: int) -> bool:
    """Measure one table in a process of its own and say how it stands."""
    command = [sys.executable, "-m", "bench.protection", "--one", name, "--threshold", str(threshold)]
    command += ["--seed", str(seed)]
    if arguments.pattern or name in LARGEST:
        command.append("--pattern")
    if arguments.prove:
        command.append("--prove")
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    peer = PEER.get((name, threshold))
    print(
        f"\n{name}{f' with seed {seed}' if name == DRAWN else ''}, threshold {threshold}: {found['cells']:,} cells that are not zero, {found['primary']:,} sensitive"
    )
    ok = "pattern" not in found or line(
        "pattern", found["pattern"], peer, PATTERN_SECONDS.get(name), LESS_AT[threshold] if name == "a_2016" else 1.0
    )
    if "safe" in found:
        ok &= line("safe", found["safe"], peer, SAFE_SECONDS.get(name), LESS_AT[threshold] if name == "a_2016" else 1.0)
        if arguments.prove and "by_bounds" in found["safe"]:
            print(f"  proof    {found['safe']['by_bounds']} hidden cells without a whole table")
        if "beside" in found:
            beside = found["beside"]
            print(
                f"  beside   a linked table: {beside['cells']:,} cells that are not zero, {beside['primary']:,} sensitive, "
                f"{beside['secondary']:,} secondary with {beside['lost']:,} people"
            )
        attack = found["attack"]
        limit = ATTACK_SECONDS.get(name)
        told = (
            f"  attack   {attack['hidden']:,} hidden, {attack['exact']} exact, {attack['narrow']} narrow, "
            f"{attack['by_bounds']} open by bounds only, {'settled' if attack['settled'] else 'NOT SETTLED'}, "
            + (f"{attack['seconds']:.2f} CPU s" if attack["seconds"] else "attacked while protecting")
        )
        fine = attack["settled"] and not attack["exact"] and not attack["narrow"]
        in_time = limit is None or attack["seconds"] <= limit
        print(told + ("" if limit is None else f" (bound {limit:g}: {verdict(in_time)})"))
        ok &= fine and in_time
    in_memory = found["megabytes"] <= MOST_MEGABYTES
    print(f"  memory   {found['megabytes']:,.0f} MB (bound {MOST_MEGABYTES:,}: {verdict(in_memory)})", flush=True)
    return ok and in_memory


def line(name: str, found: dict[str, float], peer: Peer | None, limit: float | None, share: float) -> bool:
    """One pattern beside the peer's; whether its bounds hold."""
    told = (
        f"  {name:8} {found['secondary']:,} secondary cells with {found['lost']:,} people, {found['seconds']:.2f} CPU s"
    )
    ok = limit is None or found["seconds"] <= limit
    if limit is not None:
        told += f" (bound {limit:g}: {verdict(ok)})"
    if peer is not None:
        fewer = found["secondary"] <= share * peer.secondary and found["lost"] <= peer.lost
        told += f"; {found['secondary'] / peer.secondary:.2f} × the peer's cells, {found['lost'] / peer.lost:.2f} × its people"
        # What is hidden is bounded where the attack finds nothing, not before.
        if name != "pattern":
            told += f" (bound {share:g}: {verdict(fewer)})"
            ok &= fewer
    print(told)
    return ok


def verdict(held: bool) -> str:
    return "held" if held else "NOT HELD"


def measure(name: str, threshold: int, *, seed: int, pattern: bool, prove: bool) -> dict[str, Any]:
    """Everything measured of one table."""
    from introstat.protect.any_table.leaves import read_leaves
    from introstat.protect.any_table.posing import PLAIN, PosedBlock, pose
    from introstat.protect.any_table.protecting import affordable_restarts
    from introstat.protect.any_table.specification import read_specification
    from introstat.protect.attack import attack
    from introstat.protect.secondary import choose, protect

    compile_all()
    data = content(name, seed=seed)
    header = tuple(data[: data.index(b"\n")].decode().strip().split(","))
    asked = read_specification(specification(header, threshold=threshold))
    table = read_leaves(data, asked, source=name)

    def lost(block: PosedBlock, shown: Any) -> tuple[int, int]:
        plain = block.published & (block.kind == PLAIN)
        secondary = plain & ~block.shown(shown) & ~((block.values > 0) & (block.values < threshold))
        return int(secondary.sum()), int(block.values[secondary].sum())

    start = time.process_time()
    blocks = pose(table, asked)
    patterns = [choose(block.system, block.demand, block.order, seed=seed, restarts=1) for block in blocks]
    seconds = time.process_time() - start
    counts = [lost(block, found.shown) for block, found in zip(blocks, patterns, strict=True)]
    plain = [block.published & (block.kind == PLAIN) & (block.values > 0) for block in blocks]
    result: dict[str, Any] = {
        "cells": sum(int(mask.sum()) for mask in plain),
        "primary": sum(int((mask & (b.values < threshold)).sum()) for mask, b in zip(plain, blocks, strict=True)),
        "pattern": {
            "secondary": sum(number for number, _ in counts),
            "lost": sum(people for _, people in counts),
            "seconds": seconds,
        },
    }
    if not pattern:
        start = time.process_time()
        blocks = pose(table, asked)
        safe = [
            protect(
                block.system,
                block.demand,
                block.order,
                seed=seed,
                restarts=affordable_restarts(block.system.cells, blocks=len(blocks)),
                prove=prove,
            )
            for block in blocks
        ]
        seconds = time.process_time() - start
        counts = [lost(block, found.shown) for block, found in zip(blocks, safe, strict=True)]
        result["safe"] = {
            "secondary": sum(number for number, _ in counts),
            "lost": sum(people for _, people in counts),
            "seconds": seconds,
            "by_bounds": sum(found.findings.by_bounds for found in safe),
        }
        start = time.process_time()
        # With another seed, and without anything that protection found.
        answers = [
            attack(block.system, block.demand, found.shown, seed=seed + 1000)
            for block, found in zip(blocks, safe, strict=True)
        ]
        result["attack"] = {
            "hidden": sum(answer.hidden for answer in answers),
            "exact": sum(len(answer.exact) for answer in answers),
            "narrow": sum(len(answer.narrow) for answer in answers),
            "by_bounds": sum(answer.by_bounds for answer in answers),
            "settled": all(answer.settled for answer in answers),
            "seconds": time.process_time() - start,
        }
    result["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTES
    return result


def compile_all() -> None:
    """Have everything compiled that is compiled: by a table small enough, drawn so that no step is left out."""
    from introstat.protect.any_table.leaves import read_leaves
    from introstat.protect.any_table.protecting import protect_table
    from introstat.protect.any_table.specification import read_specification

    small = read_specification(specification(("muni", "county", "outcome", "n"), threshold=3))
    rows = [
        f"{muni:02},c{muni % 3},{outcome},{1 + muni * place % 5}"
        for muni in range(30)
        for place, outcome in enumerate("abcd")
    ]
    protect_table(read_leaves("\n".join(["muni,county,outcome,n", *rows, ""]).encode(), small), small, seed=1)


def measure_with(what: frozenset[str], threshold: int, *, seed: int) -> dict[str, Any]:
    """The table a with more than the plain rule; an earlier edition was protected with another seed."""
    from introstat.protect.any_table.protecting import figures
    from introstat.protect.attack import attack

    compile_all()
    earlier: list[list[Any]] = [[], []]
    if what & {EARLIER, CORRECTED}:
        first = protected_with(what, threshold, seed=seed + 1000, restarts=1, corrected=CORRECTED in what)
        earlier = [[read_again(one, truth=CORRECTED in what)] for one in first]
    start = time.process_time()
    done = protected_with(what, threshold, seed=seed, earlier=earlier)
    seconds = time.process_time() - start
    came = [figures(one) for one in done]
    start = time.process_time()
    # A linked table lies in the same system as the first.
    answers = [
        attack(block.posed.system, block.posed.demand, block.protection.shown, seed=seed + 1000)
        for block in done[0].blocks
    ]
    result = {
        "cells": came[0].cells,
        "primary": came[0].primary,
        "safe": {"secondary": came[0].secondary, "lost": came[0].lost_secondary, "seconds": seconds},
        "attack": {
            "hidden": sum(answer.hidden for answer in answers),
            "exact": sum(len(answer.exact) for answer in answers),
            "narrow": sum(len(answer.narrow) for answer in answers),
            "by_bounds": sum(answer.by_bounds for answer in answers),
            "settled": all(answer.settled for answer in answers),
            "seconds": time.process_time() - start,
        },
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTES,
    }
    for other in came[1:]:
        result["beside"] = {
            "cells": other.cells, "primary": other.primary, "secondary": other.secondary, "lost": other.lost_secondary
        }  # fmt: skip
    return result


def protected_with(
    what: frozenset[str],
    threshold: int,
    *,
    seed: int,
    restarts: int | None = None,
    corrected: bool = False,
    earlier: Sequence[Sequence[Any]] = ((), ()),
) -> list[Any]:
    """The table a as asked, and the one linked with it where that is asked for."""
    from introstat.protect.any_table.leaves import read_leaves
    from introstat.protect.any_table.protecting import protect_linked, protect_table
    from introstat.protect.any_table.specification import read_specification

    asked = read_specification(specification_with(what, threshold=threshold))
    table = read_leaves(content_with(what, corrected=corrected), asked)
    if TABLE not in what:
        return [protect_table(table, asked, seed=seed, restarts=restarts, earlier=earlier[0])]
    also = read_specification(specification_with(what, threshold=threshold, names=("muni", "outcome", "age")))
    other = read_leaves(linked_content(what, corrected=corrected), also)
    both = protect_linked(
        table, asked, other, also, seed=seed, restarts=restarts, earlier=earlier[0], other_earlier=earlier[1]
    )
    return list(both)


def read_again(protected: Any, *, truth: bool) -> Any:
    """A protected table as an edition that is out."""
    from introstat.protect.any_table.cells import write_cells
    from introstat.protect.any_table.published import read_published

    return read_published(write_cells(protected, truth=truth), protected.specification)


def specification_with(
    what: frozenset[str], *, threshold: int, names: tuple[str, ...] = ("muni", "gender", "outcome")
) -> str:
    """The plain threshold rule, and what is asked beside it."""
    plain = specification(names, threshold=threshold)
    if LINKED in what:
        plain = plain.replace('parents = "county"', 'parents = ["county", "region"]')
    beside = {
        GROUP: 'hidden_groups = [{ muni = "9999" }]',
        SHARES: 'shares = [{ numerator = { outcome = ["work", "education"] }, base = "outcome" }]',
        INSIDERS: 'insiders = "muni"',
    }
    return "\n".join([*(line for key, line in beside.items() if key in what), plain])


def content_with(what: frozenset[str], *, corrected: bool = False) -> bytes:
    """The leaf counts of a, with its hidden group and a second geography where they are asked for.

    `corrected` is as it was before corrections: one person more in every fortieth row.
    """
    rows = rows_of("a_2016_withprot" if GROUP in what else "a_2016")
    for at, row in enumerate(rows):
        row["n"] = str(int(row["n"]) + int(corrected and at % CHANGED == 0))
    return written(rows, ("muni", "county", "gender", "outcome"), regions=LINKED in what)


def linked_content(what: frozenset[str], *, corrected: bool = False) -> bytes:
    """The leaf counts of a table of the same people by outcome and age: those of the hidden group, and one person more of a
    municipality and outcome for every one that there is in a, are of the first age there is."""
    rows = rows_of("l2_2016_outcome_age")
    place = {(row["muni"], row["outcome"]): row for row in reversed(rows)}
    for at, row in enumerate(rows_of("a_2016_withprot" if GROUP in what else "a_2016")):
        key = row["muni"], row["outcome"]
        more = int(corrected and at % CHANGED == 0) + (int(row["n"]) if row["county"] == "99" else 0)
        if more and key not in place:
            place[key] = {**row, "age": rows[0]["age"], "n": "0"}
            rows.append(place[key])
        if more:
            place[key]["n"] = str(int(place[key]["n"]) + more)
    return written(rows, ("muni", "county", "outcome", "age"), regions=LINKED in what)


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of one of the tables."""
    folder = Path(os.environ["INTROSTAT_REFERENCE"]) / "bench" / "protection"
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def written(rows: Sequence[dict[str, str]], names: tuple[str, ...], *, regions: bool) -> bytes:
    """Rows as a file, with a geography beside the counties where that is asked for."""
    header = (*names, *(["region"] if regions else []), "n")
    file = io.StringIO()
    writer = csv.DictWriter(file, fieldnames=header, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    for row in rows:
        # Every region has municipalities of several counties.
        region = "" if row["county"] == "99" else f"R{int(row['muni']) // 3 % 12:02}"
        writer.writerow({**row, "region": region})
    return file.getvalue().encode()


def specification(header: tuple[str, ...], *, threshold: int) -> str:
    """The plain threshold rule for a table with these columns: two possible values for all, zeros shown, blocks by year."""
    lines = [f"threshold = {threshold}", 'zeros = "shown"', "width = 2"]
    if "year" in header:
        lines.append('blocks = ["year"]')
    for name in header:
        if name in ("year", "county", "n"):
            continue
        lines += ["[[dimension]]", f'name = "{name}"', 'total = "Total"']
        if name == "muni":
            lines.append('parents = "county"')
    return "\n".join(lines) + "\n"


def content(name: str, *, seed: int) -> bytes:
    """A table's leaf counts, or one drawn like a: each count anew by chance around what it was."""
    if name != DRAWN:
        folder = Path(os.environ["INTROSTAT_REFERENCE"]) / "bench" / "protection"
        return (folder / f"{name}.csv").read_bytes()
    import numpy as np

    random = np.random.default_rng(seed)
    rows = rows_of("a_2016")
    counts = random.poisson([float(row["n"]) for row in rows]).tolist()
    drawn = [{**row, "n": str(count)} for row, count in zip(rows, counts, strict=True) if count]
    return written(drawn, tuple(rows[0])[:-1], regions=False)


if __name__ == "__main__":
    main()
