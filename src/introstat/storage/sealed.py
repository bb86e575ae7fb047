"""Safe cubes as files and back, so that what was prepared can be approved byte for byte and released later.

Nothing is lost or added on the way, and the same cubes give the same bytes: arrays in numpy's own format, the rest as
JSON with sorted keys.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import numpy as np
import orjson

from introstat.vocabulary.tables import (
    Declared,
    Dimension,
    ProtectionReport,
    SafeCube,
    SafeCubes,
    UnderPolicy,
    WeakCell,
)
from introstat.vocabulary.years import ReportingYear

_ABOUT: Final = "safe.json"
_MADE_OF_PARTS: Final = ("declared", "notes", "weakest", "by_policy")


def to_files(safe: SafeCubes) -> dict[str, bytes]:
    """The files that hold some safe cubes."""
    report = safe.report
    about = {
        "year": safe.year.value,
        "tables": {
            name: [[dimension.code, list(dimension.values)] for dimension in cube.dimensions]
            for name, cube in safe.tables.items()
        },
        "order": list(safe.tables),
        "report": {
            "policy": report.policy,
            "policy_decision": report.policy_decision,
            "seed": report.seed,
            "hidden": {level: dict(kinds) for level, kinds in report.hidden.items()},
            "places_number": report.places_number,
            "places_result": report.places_result,
            "places_band": report.places_band,
            "places_pooled": report.places_pooled,
            "declared": [[cell.group, cell.sex, cell.reason, cell.value] for cell in report.declared],
            "attack_settled": report.attack_settled,
            "attack_exact": report.attack_exact,
            "attack_narrow": report.attack_narrow,
            "notes": list(report.notes),
            "by_policy": [asdict(outcome) for outcome in report.by_policy],
            "weakest": [[cell.region, cell.sex, cell.reason, cell.low, cell.high] for cell in report.weakest],
        },
        "funnel": dict(safe.funnel),
        "quality": dict(safe.quality),
    }
    files = {_ABOUT: orjson.dumps(about, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2)}
    for name, cube in safe.tables.items():
        files[f"{name}.values.npy"] = _array(cube.values)
        files[f"{name}.status.npy"] = _array(cube.status)
    return files


def from_files(files: Mapping[str, bytes]) -> SafeCubes:
    """The safe cubes that some files hold; other files beside them are passed over."""
    about: dict[str, Any] = orjson.loads(files[_ABOUT])
    report = about["report"]
    return SafeCubes(
        year=ReportingYear(about["year"]),
        tables={
            name: SafeCube(
                table=name,
                dimensions=tuple(Dimension(code, tuple(values)) for code, values in about["tables"][name]),
                values=_read(files[f"{name}.values.npy"]),
                status=_read(files[f"{name}.status.npy"]),
            )
            for name in about["order"]
        },
        report=ProtectionReport(
            **{key: value for key, value in report.items() if key not in _MADE_OF_PARTS},
            declared=tuple(Declared(*cell) for cell in report["declared"]),
            notes=tuple(report["notes"]),
            weakest=tuple(WeakCell(*cell) for cell in report.get("weakest", ())),
            by_policy=tuple(UnderPolicy(**outcome) for outcome in report.get("by_policy", ())),
        ),
        funnel=about["funnel"],
        quality=about["quality"],
    )


def _array(values: np.ndarray[Any, Any]) -> bytes:
    sink = io.BytesIO()
    np.save(sink, np.ascontiguousarray(values), allow_pickle=False)
    return sink.getvalue()


def _read(content: bytes) -> np.ndarray[Any, Any]:
    array: np.ndarray[Any, Any] = np.load(io.BytesIO(content), allow_pickle=False)
    return array
