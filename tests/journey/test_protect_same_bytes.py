"""`introstat protect` writes the same bytes on one core or two, with one thread or two, and whatever the order of rows."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
from tests.made_office import INTROSTAT

SPECIFICATION = """
threshold = 5
insiders = "muni"
hidden_groups = [{ muni = "9999" }]
shares = [{ numerator = { outcome = ["work", "education"] }, base = "outcome" }]
[[dimension]]
name = "muni"
total = "Whole"
parents = ["county", "region"]
[[dimension]]
name = "sex"
total = "Both"
[[dimension]]
name = "outcome"
total = "All"
"""


def counts() -> list[str]:
    """Sixty municipalities in six counties and five regions, and somebody in none."""
    random = np.random.default_rng(4)
    rows = []
    for place in [*range(60), 9999]:
        nowhere = place == 9999
        above = "," if nowhere else f"c{place // 10},r{place % 5}"
        for sex in "fm":
            for outcome, mean in (("work", 4), ("education", 3), ("other", 6), ("unknown", 2)):
                rows.append(f"{place:04},{above},{sex},{outcome},{random.poisson(mean)}")
    return rows


def protect(folder: Path, rows: list[str], *, threads: int, cores: int) -> bytes:
    (folder / "counts.csv").write_text("\n".join(["muni,county,region,sex,outcome,n", *rows, ""]), "utf-8")
    (folder / "table.toml").write_text(SPECIFICATION, "utf-8")
    subprocess.run(
        [INTROSTAT, "protect", "counts.csv", "--spec", "table.toml", "--out", "cells.csv", "--truth", "truth.csv"],
        cwd=folder,
        env={**os.environ, "NUMBA_NUM_THREADS": str(threads)},
        capture_output=True,
        timeout=300,
        check=True,
        preexec_fn=lambda: os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores]),
    )
    return (folder / "cells.csv").read_bytes() + (folder / "truth.csv").read_bytes()


def test_cores_threads_and_the_order_of_rows_change_no_byte(tmp_path: Path) -> None:
    rows = counts()
    shuffled = [rows[at] for at in np.random.default_rng(9).permutation(len(rows))]
    first = protect(tmp_path, rows, threads=1, cores=1)
    assert b",hidden," in first
    assert protect(tmp_path, shuffled, threads=2, cores=2) == first
