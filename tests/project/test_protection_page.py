"""The page on protection says what the commands do: its example is run as it stands."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from tests.made_office import INTROSTAT

from introstat.protect.any_table import specification


def fences(page: str) -> list[tuple[str, str]]:
    """Every fenced part of a page, with what stands after the fence."""
    return re.findall(r"^```(\S[^\n]*)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


@pytest.fixture
def page(root: Path) -> str:
    return (root / "docs" / "protection.md").read_text("utf-8")


def test_the_example_answers_as_the_page_says(page: str, tmp_path: Path) -> None:
    told = 0
    for kind, text in fences(page):
        language, *name = kind.split()
        if name:
            (tmp_path / name[0]).write_text(text, "utf-8")
        if language != "console":
            continue
        for command, expected in re.findall(r"^\$ introstat (.+)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE):
            done = subprocess.run(
                [INTROSTAT, *command.split()], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
            )
            said = re.sub(r" \(\d+\.\d s\)", "", done.stdout)
            for line in expected.splitlines():
                assert line.rstrip() in said, f"{command} said\n{said}{done.stderr}"
            told += 1
    assert told == 7


def test_every_key_of_a_specification_is_explained(page: str) -> None:
    table = page[page.index("## The specification") : page.index("## Sources")]
    for key in specification.KEYS:
        assert f"`{key}" in table or f"[[{key}]]" in table, key


@pytest.mark.parametrize("name", ["measures-2009", "results-2016", "exits-2016", "exits-2016-rounded"])
def test_an_example_is_a_specification(root: Path, name: str) -> None:
    read = specification.read_specification((root / "docs" / "examples" / f"{name}.toml").read_bytes())
    assert read.dimensions


def test_every_example_is_tried(root: Path) -> None:
    assert {path.stem for path in (root / "docs" / "examples").glob("*.toml")} == {
        "measures-2009",
        "results-2016",
        "exits-2016",
        "exits-2016-rounded",
    }
