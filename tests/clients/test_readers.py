"""Readers of one format each, as they come: pyjstat and jsonstat-toolkit for JSON-stat, pyaxis for PX."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from urllib.parse import quote

import pytest
from pyaxis import pyaxis
from pyjstat import pyjstat
from tests.clients.conftest import Live

LOCK = Path(__file__).parent / "npm.lock"
"""The JavaScript packages: name, version and the sha256 of the archive."""


def everything(live: Live, table: str, **more: str) -> str:
    fields = {f"valuecodes[{name}]": "*" for name in live.dataset(table)["id"]} | more
    return f"{live.api}/tables/{table}/data?" + "&".join(f"{name}={quote(text)}" for name, text in fields.items())


@pytest.mark.filterwarnings("ignore:Shouldn't use this function:DeprecationWarning")
def test_pyjstat_reads_every_table(live: Live, table: str) -> None:
    # pyjstat's own reading calls a function of its own that it calls outdated.
    frame = pyjstat.Dataset.read(everything(live, table)).write("dataframe", naming="id")
    names = live.dataset(table)["id"]
    found = {tuple(str(row[name]) for name in names): row["value"] for row in frame.to_dict("records")}
    expected = live.cells(table)
    assert set(found) == set(expected)
    assert all(found[cell] == value for cell, value in expected.items() if value is not None)


def test_pyaxis_reads_every_table(live: Live, table: str) -> None:
    parsed = pyaxis.parse(everything(live, table, outputFormat="px"), encoding="utf-8", timeout=30)
    dataset = live.dataset(table)
    labels = {name: dataset["dimension"][name]["label"] for name in dataset["id"]}
    codes = {name: {text: code for code, text in live.labels(table, name).items()} for name in dataset["id"]}
    found = {
        tuple(codes[name][row[labels[name]]] for name in dataset["id"]): row["DATA"]
        for row in parsed["DATA"].to_dict("records")
    }
    expected = live.cells(table)
    assert set(found) == set(expected)
    for cell, value in expected.items():
        # pyaxis makes nothing of one dot and no number of two.
        assert str(found[cell]) in ("", "nan", '"..."') if value is None else float(found[cell]) == value, cell


@pytest.fixture(scope="session")
def toolkit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """jsonstat-toolkit, unpacked; the archive is checked against its hash."""
    name, version, sha256 = next(line.split() for line in LOCK.read_text().splitlines() if not line.startswith("#"))
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    folder = tmp_path_factory.mktemp("npm")
    packed = subprocess.run(
        [npm, "pack", f"{name}@{version}", "--loglevel", "error", "--ignore-scripts", "--cache", str(folder / "cache")],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    archive = folder / f"{name}-{version}.tgz"
    if packed.returncode or not archive.exists():
        pytest.skip(f"npm could not fetch {name} {version}")
    assert hashlib.sha256(archive.read_bytes()).hexdigest() == sha256, "the archive is not the one that npm.lock knows"
    with tarfile.open(archive) as found:
        # File by file: the filter of extractall came with Python 3.11.4, and Debian 12 has 3.11.2.
        for member in found:
            if (content := found.extractfile(member)) is not None:
                path = folder / member.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.read())
    return folder / "package" / "main.cjs"


PROGRAM = """
const JSONstat = require(process.argv[1]);
fetch(process.argv[2]).then(answer => answer.json()).then(found => {
  const dataset = JSONstat(found);
  const shown = dataset.toTable({type: "arrobj", content: "id", status: true});
  console.log(JSON.stringify({
    ids: dataset.id, roles: dataset.role, rows: shown,
    label: dataset.Dimension("Region").Category("0301").label,
    one: dataset.Data({Region: "0301", Kjonn: "0", ContentsCode: "Avsluttet", Tid: "2016"}),
  }));
});
"""


def test_the_javascript_toolkit_reads_a_whole_table_with_its_signs(live: Live, toolkit: Path) -> None:
    done = subprocess.run(
        ["node", "-e", PROGRAM, str(toolkit), everything(live, "IP102")],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    names = live.dataset("IP102")["id"]
    status = live.dataset("IP102")["status"]
    assert found["ids"] == names
    assert found["roles"]["metric"] == ["ContentsCode"]
    assert found["label"] == live.labels("IP102", "Region")["0301"]
    expected = live.cells("IP102")
    assert found["one"]["value"] == expected["0301", "0", "Avsluttet", "2016"]
    signs = {cell: status.get(str(at)) for at, cell in enumerate(expected)}
    rows = {tuple(row[name] for name in names): (row["value"], row["status"]) for row in found["rows"]}
    assert rows == {cell: (value, signs[cell]) for cell, value in expected.items()}
