"""The five borders hold, have no exceptions, and would notice a violation."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "contracts"
]


def lint(packages: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """Check the package `introstat` under `packages`, against the named contracts or all of them."""
    program = Path(sys.executable).with_name("lint-imports")
    command = [str(program), "--config", str(ROOT / "pyproject.toml"), "--no-cache", "--no-logo"]
    command += [part for contract in contracts for part in ("--contract", contract)]
    return subprocess.run(command, cwd=packages, capture_output=True, text=True, check=False)


@pytest.fixture
def skeleton(tmp_path: Path) -> Path:
    """An empty package with every name that the contracts name, where any border may be crossed."""
    layers = [name.strip() for layer in CONTRACTS[0]["layers"] for name in layer.split("|")]
    named = {
        name
        for contract in CONTRACTS
        for key in ("source_modules", "forbidden_modules")
        for name in contract.get(key, [])
    }
    modules = {f"introstat.{name}" for name in layers} | {name for name in named if name.startswith("introstat.")}
    for name in sorted(modules):
        plant(tmp_path, name, "")
    return tmp_path


def plant(packages: Path, module: str, text: str) -> None:
    """Write a module, as a folder with its `__init__.py`, and the folders above it."""
    folder = packages / Path(*module.split("."))
    folder.mkdir(parents=True, exist_ok=True)
    for parent in [folder, *folder.parents]:
        if parent == packages:
            break
        (parent / "__init__.py").touch()
    (folder / "__init__.py").write_text(text, "utf-8")


def test_every_border_holds_in_the_package() -> None:
    run = lint(ROOT / "src")
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_five_borders_have_no_exceptions() -> None:
    assert [contract["id"] for contract in CONTRACTS] == ["one-way", "pure", "no-people", "open-site", "acyclic"]
    assert [key for contract in CONTRACTS for key in contract if "ignore" in key] == []
    assert CONTRACTS[0]["exhaustive"] is True


def test_an_empty_package_crosses_no_border(skeleton: Path) -> None:
    run = lint(skeleton)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "5 kept, 0 broken" in run.stdout


VIOLATIONS = {
    "a lower layer imports an upper one": ("one-way", {"vocabulary.planted": "import introstat.definitions"}),
    "a stage imports another stage": ("one-way", {"tabulate.planted": "from introstat import freeze"}),
    "the desk imports the site": (
        "one-way",
        {"desk.planted": "from introstat.site import planted", "site.planted": ""},
    ),
    "a new top folder has no place yet": ("one-way", {"planted": ""}),
    "a stage opens a database": ("pure", {"register.planted": "import sqlite3"}),
    "a stage reads the clock inside a function": (
        "pure",
        {"freeze.planted": "def now():\n    from time import time\n"},
    ),
    "a stage reads the environment through the words": (
        "pure",
        {"vocabulary.planted": "from os import environ", "collect.planted": "from introstat.vocabulary import planted"},
    ),
    "a rule of access knows the framework": ("pure", {"access.planted": "from django.http import HttpRequest"}),
    "counting knows a person": ("no-people", {"tabulate.planted": "from introstat.vocabulary import histories"}),
    "publishing knows a delivery through another word": (
        "no-people",
        {
            "vocabulary.planted": "import introstat.vocabulary.deliveries",
            "publish.planted": "from introstat.vocabulary import planted",
        },
    ),
    "the site opens the archive": ("open-site", {"site.planted": "from introstat.storage import archive"}),
    "the site reaches Django through the store of editions": (
        "open-site",
        {"storage.planted": "import django.db", "site.planted": "from introstat.storage import planted"},
    ),
    "the site counts": ("open-site", {"site.planted": "import introstat.tabulate"}),
    "two modules of a stage need each other": (
        "acyclic",
        {
            "protect.planted": "from introstat.protect import second",
            "protect.second": "from introstat.protect import planted",
        },
    ),
}


@pytest.mark.parametrize(("contract", "modules"), VIOLATIONS.values(), ids=VIOLATIONS.keys())
def test_a_violation_is_noticed_when(skeleton: Path, contract: str, modules: dict[str, str]) -> None:
    for module, text in modules.items():
        plant(skeleton, f"introstat.{module}", text)
    run = lint(skeleton, contract)
    assert run.returncode == 1, run.stdout + run.stderr
    assert "0 kept, 1 broken" in run.stdout
    assert "planted" in run.stdout
