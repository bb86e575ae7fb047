"""`introstat protect` and `introstat attack` on files, as a person gives them."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.made_office import INTROSTAT
from typer.testing import CliRunner

from introstat.cli.commands import app, main
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


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def run(folder: Path, *words: str) -> Done:
    """The command in this process, which has read the libraries already: what it says and does is the same."""
    said = [io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2)]
    with chdir(folder), redirect_stdout(said[0]), redirect_stderr(said[1]), pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as ended:
            main(words)
    for stream in said:
        stream.seek(0)
    return Done(int(ended.value.code or 0), *(stream.read() for stream in said))


def start(folder: Path, *words: str, one_core: bool = False) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, as a person starts it."""

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
    done = start(folder, *PROTECT, "--truth", "truth.csv", "--json")
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
    attack = start(folder, "attack", "cells.csv", "--spec", "table.toml", "--json")
    assert attack.returncode == 0, attack.stdout
    answer = json.loads(attack.stdout)
    assert (answer["settled"], answer["hidden"], answer["exact"], answer["narrow"]) == (True, len(hidden), [], [])


def test_proof_is_asked_for_on_either_side_and_leaves_nothing_to_bounds(folder: Path) -> None:
    assert run(folder, *PROTECT).returncode == 0
    cells = (folder / "cells.csv").read_bytes()
    done = run(folder, *PROTECT, "--prove", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["attack"]["by_bounds"] == 0
    assert (folder / "cells.csv").read_bytes() == cells
    again = run(folder, "attack", "cells.csv", "--spec", "table.toml", "--prove", "--json")
    assert again.returncode == 0
    assert json.loads(again.stdout)["by_bounds"] == 0


def test_the_same_bytes_come_from_one_core_and_another_order_of_rows(folder: Path) -> None:
    assert start(folder, *PROTECT).returncode == 0
    first = (folder / "cells.csv").read_bytes()
    head, *rows = counts().splitlines()
    (folder / "counts.csv").write_text("\r\n".join([head, *rows[::-1]]).replace(",", ";"), "utf-8")
    assert start(folder, *PROTECT, one_core=True).returncode == 0
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


def rounding(folder: Path, more: str = "") -> None:
    text = SPECIFICATION.replace("threshold = 3", f'method = "rounding"\nbase = 3\n{more}')
    (folder / "table.toml").write_text(text, "utf-8")


def test_small_counts_are_rounded_and_the_attack_gives_every_cell_its_interval(folder: Path) -> None:
    rounding(folder, 'insiders = "muni"')
    done = run(folder, *PROTECT, "--truth", "truth.csv", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    cells, truth = table(folder / "cells.csv"), table(folder / "truth.csv")
    assert [*cells[0]] == ["year", "muni", "outcome", "value", "mark", "share"]
    assert {row["mark"] for row in cells} == {"shown", "rounded"}
    assert not {row["value"] for row in cells} & {"", "1", "2"}
    changed = sum(now["value"] != then["value"] for now, then in zip(cells, truth, strict=True))
    assert 0 < changed == report["rounded"]["changed"]
    assert report["deviation"]["whole"] <= 1
    assert report["attack"] == {
        "settled": True,
        "attacked": report["attack"]["attacked"],
        "exact": 0,
        "narrow": 0,
        "certain": 0,
    }
    words = (
        "attack",
        "cells.csv",
        "--spec",
        "table.toml",
        "--truth",
        "truth.csv",
        "--intervals",
        "intervals.csv",
        "--json",
    )
    attack = run(folder, *words)
    assert attack.returncode == 0, attack.stdout
    for known, now, then in zip(table(folder / "intervals.csv"), cells, truth, strict=True):
        assert (known["muni"], known["outcome"], known["value"]) == (now["muni"], now["outcome"], now["value"])
        assert int(known["low"]) <= int(then["value"]) <= int(known["high"])
        assert (known["low"] == known["high"]) == (now["mark"] == "shown")


def test_a_total_that_is_known_exactly_is_put_beside_a_rounded_table(folder: Path) -> None:
    (folder / "counts.csv").write_text("place,n\nA,1\nB,1\nC,1\nD,7\n", "utf-8")
    dimension = '[[dimension]]\nname = "place"\ntotal = "All"\n'
    (folder / "table.toml").write_text(f'method = "rounding"\nbase = 3\n{dimension}', "utf-8")
    assert run(folder, *PROTECT).returncode == 0
    shown = {row["place"]: row["value"] for row in table(folder / "cells.csv")}
    up = next(place for place in "ABC" if shown[place] == "3")
    others = "".join(place for place in "ABC" if place != up)
    (folder / "known.csv").write_text(f"place,value\nAll,10\n{others[0]},2\n{others[1]},0\n{up},\nD,7\n", "utf-8")
    done = run(folder, "attack", "cells.csv", "--spec", "table.toml", "--earlier", "known.csv")
    assert done.returncode == 1
    assert f"place {up} is 1: " in done.stdout


def test_a_rounded_table_is_not_attacked_as_one_that_hides(folder: Path) -> None:
    rounding(folder)
    assert run(folder, *PROTECT).returncode == 0
    assert run(folder, *PROTECT, "--reveal-kind").returncode == 2
    assert run(folder, *PROTECT, "--prove").returncode == 2
    (folder / "table.toml").write_text(SPECIFICATION, "utf-8")
    done = run(folder, "attack", "cells.csv", "--spec", "table.toml")
    assert done.returncode == 2
    assert "is marked as rounded" in done.stderr


def test_an_attack_tries_insiders_who_know_their_own_rows(folder: Path) -> None:
    (folder / "counts.csv").write_text(
        "county,muni,n\n01,0101,2\n01,0102,1\n01,0103,9\n02,0201,8\n02,0202,7\n", "utf-8"
    )
    specification = 'threshold = 3\n[[dimension]]\nname = "muni"\ntotal = "All"\nparents = "county"\n'
    (folder / "table.toml").write_text(specification, "utf-8")
    assert run(folder, *PROTECT, "--truth", "truth.csv").returncode == 0
    assert [row["muni"] for row in table(folder / "cells.csv") if row["mark"] == "hidden"] == ["0101", "0102"]
    assert run(folder, "attack", "cells.csv", "--spec", "table.toml").returncode == 0
    (folder / "table.toml").write_text('insiders = "muni"\n' + specification, "utf-8")
    done = run(folder, "attack", "cells.csv", "--spec", "table.toml", "--truth", "truth.csv", "--json")
    assert done.returncode == 1
    found = {one["cell"]["muni"]: (one["value"], one["because"]) for one in json.loads(done.stdout)["exact"]}
    assert set(found) == {"0101", "0102"}
    assert found["0101"] == (2, "muni 0102 knows its own rows, and what is shown does the rest")
    without = run(folder, "attack", "cells.csv", "--spec", "table.toml", "--json")
    assert without.returncode == 0
    assert any("Insiders were tried without their rows" in note for note in json.loads(without.stdout)["notes"])
    assert run(folder, *PROTECT, "--truth", "truth.csv").returncode == 0
    done = run(folder, "attack", "cells.csv", "--spec", "table.toml", "--truth", "truth.csv")
    assert done.returncode == 0, done.stdout
    (folder / "truth.csv").write_text((folder / "truth.csv").read_text("utf-8").replace("0103,9", "0103,8"), "utf-8")
    done = run(folder, "attack", "cells.csv", "--spec", "table.toml", "--truth", "truth.csv")
    assert done.returncode == 2
    assert "different counts" in done.stderr


def test_a_report_is_a_page_with_the_same_as_json_beside_it(folder: Path) -> None:
    done = run(folder, *PROTECT, "--report", "report.html", "--language", "nn", "--json")
    assert done.returncode == 0, done.stderr
    assert '<html lang="nn">' in (folder / "report.html").read_text("utf-8")
    told = json.loads((folder / "report.json").read_text("utf-8"))
    assert {"out": "cells.csv"} | told == json.loads(done.stdout)
    assert run(folder, "attack", "cells.csv", "--spec", "table.toml", "--report", "a.html").returncode == 0
    assert (folder / "a.html").read_text("utf-8").startswith("<!doctype html>")
    assert json.loads((folder / "a.json").read_text("utf-8"))["exact"] == []
    assert run(folder, *PROTECT, "--report", "nowhere/report.html").returncode == 2


def test_two_tables_of_the_same_people_are_protected_and_attacked_together(folder: Path) -> None:
    (folder / "sexes.csv").write_text("place,sex,n\nA,m,2\nA,w,7\nB,m,8\nB,w,9\nC,m,6\nC,w,2\n", "utf-8")
    (folder / "ages.csv").write_text(
        "place,age,n\nA,old,4\nA,young,5\nB,old,9\nB,young,8\nC,old,1\nC,young,7\n", "utf-8"
    )
    dimension = '[[dimension]]\nname = "{}"\ntotal = "All"\n'
    for one, other, column in (("sexes", "ages", "sex"), ("ages", "sexes", "age")):
        link = f'[[linked]]\nspec = "{other}.toml"\ncounts = "{other}.csv"\ncells = "{other}-cells.csv"\n'
        text = "threshold = 3\n" + link + dimension.format("place") + dimension.format(column)
        (folder / f"{one}.toml").write_text(text, "utf-8")
    done = run(folder, "protect", "sexes.csv", "--spec", "sexes.toml", "--out", "sexes-cells.csv", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["linked"]["hidden"]["primary"] == 1
    sexes = {(row["place"], row["sex"]): row["value"] for row in table(folder / "sexes-cells.csv")}
    ages = {(row["place"], row["age"]): row["value"] for row in table(folder / "ages-cells.csv")}
    assert sexes["A", "m"] == sexes["C", "w"] == ages["C", "old"] == ""
    assert all(sexes[place, "All"] == ages[place, "All"] for place in ("A", "B", "C", "All"))
    for name in ("sexes", "ages"):
        attack = run(folder, "attack", f"{name}-cells.csv", "--spec", f"{name}.toml")
        assert attack.returncode == 0, attack.stdout + attack.stderr
    (folder / "ages-cells.csv").write_text(
        "place,age,value\nA,All,9\nC,All,8\nB,All,17\nAll,All,34\n"
        "A,old,4\nA,young,5\n"
        "B,old,9\nB,young,8\nC,old,\nC,young,\nAll,old,14\nAll,young,20\n",
        "utf-8",
    )
    (folder / "sexes-cells.csv").write_text(
        "place,sex,value\nA,All,\nA,m,\nA,w,7\nB,All,17\nB,m,8\nB,w,9\nC,All,\nC,m,\nC,w,\n"
        "All,All,34\nAll,m,16\nAll,w,18\n",
        "utf-8",
    )
    attack = run(folder, "attack", "sexes-cells.csv", "--spec", "sexes.toml", "--json")
    assert attack.returncode == 1
    found = {(one["cell"]["place"], one["cell"]["sex"]): one["value"] for one in json.loads(attack.stdout)["exact"]}
    assert found["A", "m"] == 2


LINK = '[[linked]]\nspec = "{0}.toml"\ncounts = "{0}.csv"\ncells = "{0}-cells.csv"\ntruth = "{0}-truth.csv"\n{1}'


def write_linked(folder: Path, people: dict[tuple[str, str, str], int], *, earlier: bool = False) -> None:
    """Two tables of the same people, places by sex and by age, each linked with the other."""
    dimension = '[[dimension]]\nname = "{}"\ntotal = "All"\n'
    for one, other, column, at in (("sexes", "ages", "sex", 1), ("ages", "sexes", "age", 2)):
        counts: dict[tuple[str, str], int] = {}
        for key, number in people.items():
            counts[key[0], key[at]] = counts.get((key[0], key[at]), 0) + number
        rows = [f"place,{column},n", *(f"{place},{code},{number}" for (place, code), number in counts.items())]
        (folder / f"{one}.csv").write_text("\n".join(rows) + "\n", "utf-8")
        link = LINK.format(other, f'earlier = ["{other}-earlier.csv"]\n' if earlier else "")
        text = 'threshold = 5\ninsiders = "place"\n' + link + dimension.format("place") + dimension.format(column)
        (folder / f"{one}.toml").write_text(text, "utf-8")


PEOPLE = {
    (place, sex, age): 1 + (7 * at + 3 * number) % 5
    for at, place in enumerate("ABCDE")
    for number, (sex, age) in enumerate((sex, age) for sex in "mw" for age in ("old", "young"))
}
LINKED = ("protect", "sexes.csv", "--spec", "sexes.toml", "--out", "sexes-cells.csv", "--truth", "sexes-truth.csv")


def test_linked_tables_are_protected_and_attacked_with_their_earlier_editions(folder: Path) -> None:
    write_linked(folder, {**PEOPLE, ("B", "m", "old"): 4, ("D", "w", "young"): 2})
    done = run(folder, *LINKED)
    assert done.returncode == 0, done.stderr
    for name in ("sexes", "ages"):
        (folder / f"{name}-truth.csv").rename(folder / f"{name}-earlier.csv")
        (folder / f"{name}-cells.csv").rename(folder / f"{name}-seen.csv")
    write_linked(folder, PEOPLE, earlier=True)
    done = run(folder, *LINKED, "--earlier", "sexes-earlier.csv")
    assert done.returncode == 0, done.stderr
    for name in ("sexes", "ages"):
        words = ("attack", f"{name}-cells.csv", "--spec", f"{name}.toml", "--truth", f"{name}-truth.csv", "--json")
        attack = run(folder, *words, "--earlier", f"{name}-earlier.csv")
        assert attack.returncode == 0, attack.stdout + attack.stderr
        assert json.loads(attack.stdout)["hidden"] > 0
    # As readers have it: the editions as they came out, and a list of what was corrected.
    write_linked(folder, PEOPLE)
    (folder / "changes.csv").write_text("place,age\nB,old\nD,young\n", "utf-8")
    attack = run(
        folder, "attack", "sexes-cells.csv", "--spec", "sexes.toml", "--earlier", "sexes-seen.csv", "--changes", "changes.csv",
        "--truth", "sexes-truth.csv", "--json",
    )  # fmt: skip
    assert attack.returncode == 0, attack.stdout + attack.stderr
    assert not any("left out" in note for note in json.loads(attack.stdout)["notes"])


@pytest.mark.parametrize(
    ("file", "text", "words", "said"),
    [
        ("ages.toml", "threshold = 0", LINKED, "ages.toml: Specification, dimension"),
        ("ages.csv", "place,age,n\nA,old,x\n", LINKED, "ages.csv, row 2"),
        ("ages.csv", "place,age,n\nA,old,3\n", LINKED, "not of the same people: A is"),
        ("sexes.csv", None, (*LINKED[:5], "ages-cells.csv"), "would be written twice"),
        ("sexes.csv", None, (*LINKED[:5], "s.csv", "--earlier", "ages-cells.csv"), "ages-cells.csv has no column 'sex'"),
        ("sexes.toml", "", (*LINKED, "--earlier", "sexes-cells.csv"), "names 2 editions and --earlier 1"),
        ("sexes.csv", None, ("attack", "sexes-cells.csv", "--spec", "sexes.toml", "--changes", "c.csv"), "there is none"),
        (
            "changes.csv", "place,colour\nA,red\n",
            ("attack", "sexes-cells.csv", "--spec", "sexes.toml", "--changes", "changes.csv", "--earlier", "sexes-cells.csv"),
            "changes.csv has a column 'colour'",
        ),
        (
            "changes.csv", "place\nA\nX\n",
            ("attack", "sexes-cells.csv", "--spec", "sexes.toml", "--changes", "changes.csv", "--earlier", "sexes-cells.csv"),
            "changes.csv, row 3: place 'X' is in none of the tables",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_used_of_linked_tables_is_named(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    file: str,
    text: str | None,
    words: tuple[str, ...],
    said: str,
) -> None:
    write_linked(folder, PEOPLE)
    for name, column, code in (("sexes", "sex", "m"), ("ages", "age", "old")):
        (folder / f"{name}-cells.csv").write_text(f"place,{column},value\nA,{code},5\nAll,All,9\n", "utf-8")
    if file == "sexes.toml":
        text = (folder / file).read_text("utf-8").replace('ages-truth.csv"', 'ages-truth.csv"\nearlier = ["a", "b"]')
    if text is not None:
        (folder / file).write_text(text, "utf-8")
    monkeypatch.chdir(folder)
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2, done.output
    assert said in " ".join(done.output.split())
