"""`introstat run`: several commands in one process, as a person would type them one after another."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from introstat.cli.commands import app
from introstat.cli.together import steps_of


def test_every_line_is_a_command_and_comments_and_empty_lines_are_none() -> None:
    text = "# first\n\nintrostat prepare 2016 --by 'Kari Synt'\n  introstat verify 2016.1\n"
    assert steps_of(text) == [["prepare", "2016", "--by", "Kari Synt"], ["verify", "2016.1"]]


@pytest.mark.parametrize("line", ["rm -r var", "introstat", "introstat run", "introstat review 2016 --by 'Kari"])
def test_a_line_that_is_no_command_is_refused_by_its_number_before_anything_runs(line: str) -> None:
    with pytest.raises(ValueError, match="line 2"):
        steps_of(f"introstat verify 2016.1\n{line}\n")


def test_the_commands_are_shown_and_run_until_one_is_refused(tmp_path: Path) -> None:
    deliveries = tmp_path / "deliveries"
    synth = f"introstat synth --year 2016 --persons 400 --out '{deliveries}'"
    done = CliRunner().invoke(app, ["run"], input=f"{synth}\n{synth}\nintrostat synth --help\n")
    assert done.exit_code == 2
    assert (deliveries / "deliveries.json").is_file()
    assert done.output.count("$ introstat synth --year 2016") == 2
    assert "is not an empty folder" in done.output
    assert "--help" not in done.output


def test_a_file_with_commands_that_is_not_there_runs_nothing(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["run", str(tmp_path / "none.txt")])
    assert done.exit_code == 2
    assert "Nothing was run" in done.output
