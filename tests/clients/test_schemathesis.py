"""schemathesis with every phase and every check: against the contract's description, and against the project's own.

The contract's description, also the corrected one, gives `application/json` one schema, though the contract has two formats
of that type; the second is added here. It cannot say which codes exist, so 400, 403 and 404 are right answers to values that
it allows and no table has.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.clients.conftest import Live

EXAMPLES = 12
"""How many cases a phase may make up for one operation; 150 of each by hand find nothing more."""

CONFIG = """
workers = 1
seed = 2016

[checks.positive_data_acceptance]
expected-statuses = ["2xx", 400, 403, 404]

[[operations]]
include-path-regex = "^/tables/"
parameters = { "path.id" = "IP102" }

[[operations]]
include-path-regex = "^/codelists/"
parameters = { "path.id" = "agg_Fylker" }

[[operations]]
include-path-regex = "^/savedqueries/"
parameters = { "path.id" = "SAVED" }
"""
"""The ids are real ones; SAVED is that of a query saved before."""


@pytest.mark.slow
def test_the_contract_s_description_finds_no_fault(live: Live, reference: Path, tmp_path: Path) -> None:
    description: dict[str, Any] = yaml.safe_load(
        (reference / "pxwebapi/PxAPI-2.patched.yml").read_text(encoding="utf-8")
    )
    for path in description["paths"].values():
        for operation in path.values():
            content = operation["responses"].get("200", {}).get("content", {})
            if "text/csv" in content:
                json_px = {"type": "object", "required": ["columns", "data", "comments", "metadata"]}
                content["application/json"]["schema"] = {"anyOf": [content["application/json"]["schema"], json_px]}
    mended = tmp_path / "contract.yml"
    mended.write_text(yaml.safe_dump(description), encoding="utf-8")
    assert run(live, str(mended), tmp_path) >= 400


@pytest.mark.slow
def test_the_project_s_own_description_finds_no_fault(live: Live, tmp_path: Path) -> None:
    assert run(live, f"{live.api}/openapi.json", tmp_path) >= 600


def saved(api: str) -> str:
    """The id of a query saved at the interface."""
    query = {
        "tableId": "IP102", "language": "en", "outputFormat": "csv",
        "selection": {"selection": [{"variableCode": name, "valueCodes": ["top(1)"]} for name in ("ContentsCode", "Tid")]},
    }  # fmt: skip
    asked = urllib.request.Request(
        f"{api}/savedqueries", data=json.dumps(query).encode(), headers={"content-type": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=30) as given:
        found: str = json.load(given)["id"]
    return found


def run(live: Live, description: str, folder: Path) -> int:
    """Run schemathesis and say how many cases it made; fails with its report where it finds anything."""
    config = folder / "schemathesis.toml"
    config.write_text(CONFIG.replace("SAVED", saved(live.api)), encoding="utf-8")
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(config), "run", description,
            "--url", live.api, "--checks", "all", "--phases", "examples,coverage,fuzzing,stateful",
            "--max-examples", str(EXAMPLES), "--continue-on-failure",
        ],
        cwd=folder, capture_output=True, text=True, timeout=400, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-1000:]
    found = re.search(r"(\d+) generated, (\d+) passed", done.stdout)
    assert found is not None, done.stdout[-2000:]
    assert found[1] == found[2]
    return int(found[1])
