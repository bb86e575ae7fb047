"""The examples that the documentation shows are run as they stand, against a live server instead of the placeholder."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import vl_convert
from tests.clients.conftest import Live

from introstat.site.pxwebapi.documentation import CHART, EXAMPLES, PLACEHOLDER, example

PROGRAMS = {".sh": "bash", ".py": sys.executable, ".R": "Rscript", ".mjs": "node"}


def run(live: Live, name: str, folder: Path) -> str:
    """Run an example and give what it printed; skipped where its program is missing."""
    text = example(name).replace(PLACEHOLDER, live.site)
    assert live.site in text
    path = folder / name.removesuffix(".txt")
    path.write_text(text + "\n", encoding="utf-8")
    program = shutil.which(PROGRAMS[path.suffix])
    needed = [program, shutil.which("curl") if path.suffix == ".sh" else program]
    if None in needed:
        pytest.skip(f"{PROGRAMS[path.suffix]} or curl is not installed")
    done = subprocess.run([str(program), str(path)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ended(live: Live, region: str) -> str:
    return str(live.cells("IP102")[region, "0", "Avsluttet", "2016"])


def test_the_first_look(live: Live, tmp_path: Path) -> None:
    lines = run(live, EXAMPLES["look"], tmp_path).splitlines()
    assert lines[1].startswith(f'"The whole country",{ended(live, "0")},')
    assert len(lines) == 1 + 1 + 1 + 19


def test_the_frame_of_all_municipalities(live: Live, tmp_path: Path) -> None:
    printed = run(live, EXAMPLES["table_py"], tmp_path)
    assert "0101" in printed
    assert ended(live, "0101") in printed


def test_the_counties_with_the_client_of_others(live: Live, tmp_path: Path) -> None:
    assert run(live, EXAMPLES["client"], tmp_path).splitlines()[0] == f"01: Østfold {ended(live, '01')}"


def test_the_counties_in_r(live: Live, tmp_path: Path) -> None:
    cells, labels = live.cells("IP102"), live.labels("IP102", "Region", "en")
    shares = {code: cells[code, "0", "AndelArbeidUtdanning", "2016"] for code in labels if len(code) == 2}
    most = max(share for share in shares.values() if share is not None)
    printed = run(live, EXAMPLES["table_r"], tmp_path)
    assert any(labels[code] in printed for code, share in shares.items() if share == most)
    assert re.search(rf"^\d+ +{most}$", printed, re.MULTILINE)


def test_a_cell_and_its_reason_in_javascript(live: Live, tmp_path: Path) -> None:
    assert f"The whole country {ended(live, '0')}" in run(live, EXAMPLES["table_js"], tmp_path)


def test_the_lasting_address_and_the_hash(live: Live, tmp_path: Path) -> None:
    link, sha256 = run(live, EXAMPLES["cite"], tmp_path).split()
    assert "editions=2016.1" in link
    assert len(sha256) == 64


def test_the_chart_draws_a_bar_for_every_county_that_shows_its_share(live: Live) -> None:
    specification = json.loads(example(CHART).replace(PLACEHOLDER, live.site))
    drawn = vl_convert.vegalite_to_svg(specification, allowed_base_urls=[f"{live.site}/"])
    cells = live.cells("IP102")
    shares = [
        cells[code, "0", "AndelArbeidUtdanning", "2016"] for code in live.labels("IP102", "Region") if len(code) == 2
    ]
    assert drawn.count('aria-roledescription="bar"') == sum(share is not None for share in shares) > 10
    assert "Østfold" in drawn
