"""Editions of other years for tests of the open-data interface, made out of one that exists: other codes, other figures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from introstat.vocabulary.editions import Edition, EditionNumber
from introstat.vocabulary.snapshots import Provenance


def of_year(
    edition: Edition,
    number: str,
    *,
    released: datetime,
    recoded: Mapping[str, str] | None = None,
    without: tuple[str, ...] = (),
    added: int = 0,
    provenance: Provenance | None = None,
    reason: str = "",
    period: str = "",
) -> Edition:
    """The edition again as another: its year and number, regions with other codes or left out, every figure `added` higher.

    ``period`` is what stands for its year in the tables, the year itself where none is given.
    """
    found = EditionNumber.parse(number)
    origin = provenance or edition.provenance
    updated = released.strftime("%Y-%m-%dT%H:%M:%SZ")
    files = dict(edition.files)
    for path in [path for path in files if path.startswith("tables/") and path.endswith(".json")]:
        dataset = json.loads(files[path])
        _recode(dataset, recoded or {}, without)
        year = period or str(found.year)
        for part in ("index", "label"):
            category = dataset["dimension"]["Tid"]["category"]
            category[part] = {year: 0 if part == "index" else year}
        dataset["value"] = [None if value is None else value + added for value in dataset["value"]]
        dataset["updated"] = updated
        dataset["extension"]["periodStatus"] = "preliminary" if found.is_preliminary else "final"
        if origin is Provenance.REGISTER:
            dataset["label"] = dataset["label"].partition(" (")[0]
            dataset["source"] = dataset["source"].partition(" (")[0]
            dataset["note"] = dataset["note"][1:]
            dataset["extension"]["noteMandatory"] = {}
        files[path] = json.dumps(dataset, ensure_ascii=False).encode()
    manifest = json.loads(files.pop("manifest.json"))
    manifest |= {
        "edition": number,
        "year": found.year,
        "released": updated,
        "provenance": origin.value,
        "review": manifest["review"] | {"public_reason": {"nb": reason} if reason else {}},
        "files": {
            path: {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
            for path, content in files.items()
        },
    }
    files["manifest.json"] = json.dumps(manifest).encode()
    return replace(edition, number=found, released=released, provenance=origin, files=files)


def with_changes(edition: Edition, changes: Mapping[str, Any]) -> Edition:
    """The edition with another list of changes."""
    files = dict(edition.files)
    files["changes.json"] = json.dumps(changes).encode()
    manifest = json.loads(files["manifest.json"])
    manifest["previous"] = changes["previous"]
    content = files["changes.json"]
    manifest["files"]["changes.json"] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    files["manifest.json"] = json.dumps(manifest).encode()
    return replace(edition, files=files)


def starred(edition: Edition) -> Edition:
    """The edition with a star beside every number of its tables, as a preliminary one has; its manifest is of before."""
    files = dict(edition.files)
    for path in [path for path in files if path.startswith("tables/") and path.endswith(".json")]:
        dataset = json.loads(files[path])
        dataset["status"] |= {str(at): "*" for at, value in enumerate(dataset["value"]) if value is not None}
        files[path] = json.dumps(dataset, ensure_ascii=False).encode()
    return replace(edition, files=files)


def _recode(dataset: dict[str, Any], recoded: Mapping[str, str], without: tuple[str, ...]) -> None:
    """Give regions other codes, and leave some out with their cells."""
    codes = list(dataset["dimension"]["Region"]["category"]["index"])
    block = len(dataset["value"]) // len(codes)
    labels = dataset["dimension"]["Region"]["category"]["label"]
    values: list[float | None] = []
    status: dict[str, str] = {}
    kept: list[str] = []
    for at, code in enumerate(codes):
        if code in without:
            continue
        for cell in range(block):
            sign = dataset["status"].get(str(at * block + cell))
            if sign:
                status[str(len(values))] = sign
            values.append(dataset["value"][at * block + cell])
        kept.append(code)
    category = dataset["dimension"]["Region"]["category"]
    category["index"] = {recoded.get(code, code): at for at, code in enumerate(kept)}
    category["label"] = {recoded.get(code, code): labels[code] for code in kept}
    dataset["size"][0] = len(kept)
    dataset["value"], dataset["status"] = values, status
