"""`introstat protect` and `introstat attack` on files, as a person gives them."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from pathlib import Path

import pytest
from tests.made_office import INTROSTAT
from typer.testing import CliRunner

from introstat.cli.commands import app
from introstat.vocabulary.errors import CannotProtect

SPECIFICATION = """
threshold = 3
blocks = ["year"]
shares = [{ numerator = { outcome = ["work"] }, base = "outcome" }]
[[dimension]]
name = "muni"
total = "Whole"
parents = "county"
[[dimension]]
name = "outcome"
total = "All"
"""


def counts() -> str:
    """Two years of twelve municipalities by three outcomes."""
    rows = ["year,county,muni,outcome,n"]
    for year in (2015, 2016):
        for place in range(12):
            county = f"{place // 4 + 1:02}"
            for number, outcome in enumerate(("education", "other", "work")):
                n = (7 * place + 5 * number + 3 * year) % 11
                rows.append(f"{year},{county},{county}{place:02},{outcome},{n}")
    return "\n".join(rows) + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "counts.csv").write_text(counts(), "utf-8")
    (tmp_path / "table.toml").write_text(SPECIFICATION, "utf-8")
    return tmp_path


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


def run(folder: Path, *words: str, one_core: bool = False) -> subprocess.CompletedProcess[str]:
    def pin() -> None:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

    return subprocess.run(
        [INTROSTAT, *words],
        cwd=folder,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=pin if one_core else None,
    )


PROTECT = ("protect", "counts.csv", "--spec", "table.toml", "--out", "cells.csv", "--seed", "7")


def test_a_table_is_protected_and_its_attack_finds_nothing(folder: Path) -> None:
    done = run(folder, *PROTECT, "--truth", "truth.csv", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    cells = table(folder / "cells.csv")
    truth = table(folder / "truth.csv")
    assert [*cells[0]] == ["year", "muni", "outcome", "value", "mark", "share"]
    assert len(cells) == len(truth) == 2 * (12 + 3 + 1) * 4
    hidden = [row for row in cells if row["mark"] != "shown"]
    assert {row["mark"] for row in hidden} == {"hidden"}
    assert {row["value"] for row in hidden} == {""}
    assert all(row["value"] for row in truth)
    small = [row for row in truth if row["mark"] == "primary"]
    assert {row["value"] for row in small} <= {"1", "2"}
    assert report["hidden"]["primary"] == len(small)
    assert report["hidden"]["primary"] + report["hidden"]["secondary"] == len(hidden)
    assert set(report["hidden"]["blocks"]) == {"2015", "2016"}
    assert report["attack"]["settled"] is True
    assert report["attack"]["exact"] == 0
    attack = run(folder, "attack", "cells.csv", "--spec", "table.toml", "--json")
    assert attack.returncode == 0, attack.stdout
    answer = json.loads(attack.stdout)
    assert (answer["settled"], answer["hidden"], answer["exact"], answer["narrow"]) == (True, len(hidden), [], [])


def test_the_same_bytes_come_from_one_core_and_another_order_of_rows(folder: Path) -> None:
    assert run(folder, *PROTECT).returncode == 0
    first = (folder / "cells.csv").read_bytes()
    head, *rows = counts().splitlines()
    (folder / "counts.csv").write_text("\r\n".join([head, *rows[::-1]]).replace(",", ";"), "utf-8")
    assert run(folder, *PROTECT, one_core=True).returncode == 0
    assert (folder / "cells.csv").read_bytes() == first


def test_what_is_found_ends_with_code_1_and_is_told_in_words(folder: Path) -> None:
    assert run(folder, *PROTECT, "--truth", "truth.csv", "--reveal-kind").returncode == 0
    rows = table(folder / "truth.csv")
    with (folder / "leaky.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["year", "muni", "outcome", "value"], extrasaction="ignore")
        writer.writeheader()
        for row in rows:
            writer.writerow(row | {"value": ":" if row["mark"] == "primary" else row["value"]})
    done = run(folder, "attack", "leaky.csv", "--spec", "table.toml")
    assert done.returncode == 1
    assert "can be computed" in done.stdout
    assert "−" in done.stdout


@pytest.mark.parametrize(
    ("file", "change", "said"),
    [
        ("counts.csv", (",0\n", ",-4\n"), "a count cannot be negative"),
        ("table.toml", ('name = "muni"', 'name = "place"'), "no column 'place'"),
        ("table.toml", ("threshold = 3", "threshold = 0"), "at least 1, not 0"),
    ],
)
def test_input_that_cannot_be_used_ends_with_code_2_and_writes_nothing(
    folder: Path, file: str, change: tuple[str, str], said: str
) -> None:
    (folder / file).write_text((folder / file).read_text("utf-8").replace(*change), "utf-8")
    done = run(folder, *PROTECT)
    assert done.returncode == 2
    assert said in done.stderr
    assert not (folder / "cells.csv").exists()


def test_a_table_that_cannot_be_protected_ends_with_code_1_and_writes_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise CannotProtect("a hidden cell follows from cells that are always shown.")

    monkeypatch.setattr("introstat.protect.any_table.protecting.protect_table", refuse)
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(app, PROTECT)
    assert done.exit_code == 1
    assert "cannot be protected as asked" in done.output
    assert not (folder / "cells.csv").exists()


def test_files_that_are_not_there_end_with_code_2(folder: Path) -> None:
    assert run(folder, "attack", "nothing.csv", "--spec", "table.toml").returncode == 2
    assert run(folder, *PROTECT[:-3], "nowhere/cells.csv").returncode == 2
