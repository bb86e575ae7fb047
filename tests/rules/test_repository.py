"""The repository keeps the rules that no other tool checks."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def _files() -> list[Path]:
    """Every file that is, or is about to be, under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = listed.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def _lines(pattern: str) -> list[str]:
    """Every line of a text file that the pattern is found in, as file:line."""
    found = []
    for path in _files():
        content = path.read_bytes()
        if b"\0" in content:
            continue
        for number, line in enumerate(content.decode("utf-8", errors="replace").splitlines(), start=1):
            if re.search(pattern, line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    return found


# Each pattern is written so that it does not find itself here.
FORBIDDEN = {
    "a package registry": r"py[p]i\.org|python[h]osted\.org|npm[j]s\.(org|com)|yarn[p]kg\.com|crate[s]\.io|rubygem[s]\.org"
    r"|golan[g]\.org|maven\.[o]rg|dockerhu[b]|deb\.debia[n]\.org|https?://[^ \"]*(/simpl[e]/|//registr[y]\.|/-/[a-z@._-]+\.tg[z])",
    "a path of one machine": r"(?<![\w./*~])/(wor[k]|roo[t]|far[m]|tm[p]|Users|home)/\w",
    "a task left for later": r"\b(TOD[O]|FIXM[E])\b",
}


@pytest.mark.parametrize("pattern", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_no_file_holds(pattern: str) -> None:
    assert _lines(pattern) == []


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("a package registry", "see https://" + "pyp" + "i.org/project/x"),
        ("a package registry", "https://mirror.example/" + "simple" + "/x"),
        ("a path of one machine", 'open("' + "/" + 'root/x.csv")'),
        ("a path of one machine", "cd " + "/" + "work/x"),
        ("a task left for later", "# " + "TO" + "DO mend"),
    ],
)
def test_the_rules_would_notice(rule: str, line: str) -> None:
    assert re.search(FORBIDDEN[rule], line)


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = {"util", "utils", "helper", "helpers", "common", "commons", "misc"}
    found = [
        str(path.relative_to(ROOT))
        for path in _files()
        if path.suffix == ".py" and drawers & {part.strip("_") for part in path.relative_to(ROOT).with_suffix("").parts}
    ]
    assert found == []


def test_every_decision_has_its_number_and_its_three_parts() -> None:
    decisions = sorted(path for path in (ROOT / "docs" / "decisions").iterdir() if path.name != "template.md")
    numbers = []
    for path in decisions:
        named = re.fullmatch(r"(\d{4})-[a-z0-9-]+\.md", path.name)
        assert named, f"{path.name} is not named NNNN-what-was-decided.md"
        numbers.append(int(named[1]))
        text = path.read_text("utf-8")
        assert text.startswith(f"# {named[1]}: "), f"{path.name} does not open with its number"
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"], path.name
    assert numbers == list(range(1, len(numbers) + 1)), "decisions are numbered 1, 2, 3 … without gap or repetition"


SCRIPTS = sorted(path for path in (ROOT / "script").iterdir() if path.suffix != ".lock")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_says_how_it_is_used(script: Path) -> None:
    assert os.access(script, os.X_OK), "it cannot be run"
    run = subprocess.run([script, "--help"], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith(f"Usage: script/{script.name}")


def test_continuous_integration_can_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


LOCKS = sorted((ROOT / "requirements").glob("*.lock"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_file_holds_exact_versions_with_hashes_and_nothing_else(lock: Path) -> None:
    packages = re.split(r"\n(?=\S)", lock.read_text("utf-8").rstrip("\n"))
    package = re.compile(r"[a-z0-9-]+==\S+( ; [^\\\n]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+")
    assert [text for text in packages if not package.fullmatch(text)] == []


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = {name: _named(entries) for name, entries in project["dependency-groups"].items()}
    locked = {lock.stem: set(re.findall(r"^([a-z0-9-]+)==", lock.read_text("utf-8"), re.MULTILINE)) for lock in LOCKS}
    assert _named(project["project"]["dependencies"]) | groups["dev"] | groups["build"] <= locked["all"]
    assert _named(project["project"]["dependencies"]) <= locked["run"] <= locked["all"]
    assert groups["build"] <= locked["build"]
    assert groups["node"] <= locked["node"]


def _named(entries: list[object]) -> set[str]:
    """The names of packages in a list of requirements, as a lock file spells them."""
    names = [re.split(r"[^A-Za-z0-9._-]", entry, maxsplit=1)[0] for entry in entries if isinstance(entry, str)]
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


def test_every_front_end_file_has_an_exact_version_and_a_hash() -> None:
    lines = (ROOT / "script" / "assets.lock").read_text("utf-8").splitlines()
    assert lines[0].startswith("#")
    line = re.compile(r"@?[a-z0-9/-]+ \d+\.\d+\.\d+ [0-9a-f]{64} package/\S+ \S+")
    assert [text for text in lines[1:] if not line.fullmatch(text)] == []


def test_every_kind_of_test_has_its_purpose_written_down() -> None:
    kinds = {path.relative_to(ROOT).parts[1] for path in _files() if path.match("tests/*/test_*.py")}
    explained = set(re.findall(r"^\| `tests/([a-z]+)` \|", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.MULTILINE))
    assert kinds <= explained
