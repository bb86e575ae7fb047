"""What `extension` tells of quality: an interval for every share shown, and what each edition of a table rests on.

The intervals are worked out here once more, from the numbers of the edition and the formula as it is printed in textbooks.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime
from math import ceil, floor, sqrt
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from tests.site.other_years import of_year
from tests.site.pxwebapi import ROOT, cells_of, data, everything, tables_of
from tests.site.reader import Reader

from introstat.definitions.catalogue import definitions_for
from introstat.site.app import create_app
from introstat.site.pxwebapi.openapi import description
from introstat.storage.editions import Editions
from introstat.vocabulary.editions import Edition

Z = 1.959963984540054
ENDED, REACHED, MISSING = "Avsluttet", "ArbeidUtdanning", "UtenGrunn"
PARTS = {
    ("IP102", "AndelArbeidUtdanning"): [("IP102", REACHED)],
    ("IP103", "AndelUtenGrunn"): [("IP103", MISSING)],
    ("IP103", "ResultatNedre"): [("IP102", REACHED)],
    ("IP103", "ResultatOvre"): [("IP102", REACHED), ("IP103", MISSING)],
}
"""The rows above the line of each share; below it everyone who ended, in IP102."""


def interval(reached: int, ended: int) -> tuple[int, int]:
    """E. B. Wilson's score interval in whole per cent, rounded outwards: the two roots of (p - x)² = z² x (1 - x) / n."""
    p, n = reached / ended, ended
    a, b, c = 1 + Z**2 / n, -(2 * p + Z**2 / n), p**2
    half = sqrt(max(0.0, b**2 - 4 * a * c))
    low, high = (-b - half) / (2 * a), (-b + half) / (2 * a)
    return floor(100 * max(0.0, low)), ceil(100 * min(1.0, high))


def get(site: Reader, address: str) -> Any:
    return site.get(address).json()


def told(found: Any) -> dict[tuple[str, ...], tuple[int, int]]:
    """The intervals of an answer by the codes of their cells."""
    uncertainty = found["extension"].get("uncertainty", {"low": {}, "high": {}})
    assert uncertainty["low"].keys() == uncertainty["high"].keys()
    cells = list(cells_of(found))
    return {cells[int(at)]: (low, uncertainty["high"][at]) for at, low in uncertainty["low"].items()}


@pytest.mark.parametrize("share", PARTS, ids=lambda share: " ".join(share))
def test_every_share_shown_has_the_interval_of_its_own_numbers(shared_site: Reader, share: tuple[str, str]) -> None:
    table, content = share
    cells = {name: cells_of(get(shared_site, everything(name))) for name in ("IP102", "IP103")}
    expected = {}
    for (region, sex, code, year), value in cells[table].items():
        if code != content or isinstance(value, str):
            continue
        above = [cells[name][region, sex, part, year] for name, part in PARTS[share]]
        below = cells["IP102"][region, sex, ENDED, year]
        if not any(isinstance(number, str) for number in (*above, below)):
            expected[region, sex, code, year] = interval(sum(int(number) for number in above), int(below))
    found = told(get(shared_site, everything(table)))
    assert {cell: ends for cell, ends in found.items() if cell[2] == content} == expected
    assert len(expected) >= 4
    assert all(low <= float(cells[table][cell]) <= high for cell, (low, high) in expected.items())


def test_a_share_of_several_years_has_the_interval_of_the_numbers_beside_it(
    shared_site: Reader, edition: Edition
) -> None:
    if "IP105" not in tables_of(edition):
        pytest.skip("the edition has no table of several years together")
    found = get(shared_site, everything("IP105"))
    cells = cells_of(found)
    expected = {}
    for (region, code, year), value in cells.items():
        if code == "AndelArbeidUtdanning" and not isinstance(value, str):
            reached, ended = cells[region, REACHED, year], cells[region, ENDED, year]
            expected[region, code, year] = interval(int(reached), int(ended))
    assert told(found) == expected
    assert expected


def test_only_shares_have_intervals(shared_site: Reader, table: str) -> None:
    shares = {content.code for content in definitions_for(2016).tables[table].contents if content.is_share}
    for cell in told(get(shared_site, everything(table))):
        assert shares & set(cell)


def test_an_interval_stands_beside_its_share_in_any_order_of_the_cells(shared_site: Reader) -> None:
    whole = told(get(shared_site, everything("IP102")))
    turned = told(get(shared_site, everything("IP102", raw="stub=Tid,ContentsCode&heading=Kjonn,Region")))
    assert turned == whole
    total = told(get(shared_site, data("IP102", Region="0", ContentsCode="*", Tid="*")))
    ((cell, ends),) = total.items()
    assert ends == whole["0", "0", *cell[1:]]


def test_numbers_that_do_not_give_the_share_that_was_released_give_no_interval(
    tmp_path: Path, edition: Edition
) -> None:
    store = Editions(tmp_path)
    store.write(edition)
    store.write(of_year(edition, "2015.1", released=datetime(2016, 7, 5, 6, tzinfo=UTC), added=1))
    site = Reader(create_app(tmp_path, feedback=tmp_path / "feedback", clock=lambda: datetime(2018, 1, 2, tzinfo=UTC)))
    found = told(get(site, everything("IP102")))
    assert {cell[-1] for cell in found} == {"2016"}


def test_a_table_tells_how_many_of_its_own_cells_are_shown_hidden_and_missing(
    shared_site: Reader, edition: Edition, table: str
) -> None:
    (quality,) = get(shared_site, f"{ROOT}/tables/{table}/metadata")["extension"]["quality"]
    stored = json.loads(edition.files[f"tables/{table}/{table}.json"])
    signs = Counter(stored["status"].values())
    cells = quality["cells"]
    assert (cells["all"], cells["shown"]) == (len(stored["value"]), sum(v is not None for v in stored["value"]))
    assert (cells["protected"], cells["not-reported"], cells["not-applicable"]) == (
        signs[":"], signs[".."], signs["."],
    )  # fmt: skip
    assert cells["shareProtected"] == pytest.approx(signs[":"] / len(stored["value"]), abs=1e-4)
    for number in ("all", "shown", "protected"):
        assert sum(level[number] for level in cells["byLevel"].values()) == cells[number]


def test_a_table_tells_how_many_have_reported_and_how_many_reasons_are_missing(
    shared_site: Reader, edition: Edition, table: str
) -> None:
    (quality,) = get(shared_site, f"{ROOT}/tables/{table}/data")["extension"]["quality"]
    numbers = cells_of(get(shared_site, everything("IP100")))
    manifest = json.loads(edition.files["manifest.json"])
    assert quality["municipalities"] == {
        "reported": numbers["0", "KommunerRapportert", "2016"], "all": manifest["regions"]["municipality"],
    }  # fmt: skip
    missing = cells_of(get(shared_site, everything("IP103")))["0", "0", MISSING, "2016"]
    ended = cells_of(get(shared_site, everything("IP102")))["0", "0", ENDED, "2016"]
    assert isinstance(missing, int)
    assert isinstance(ended, int)
    assert quality["missingReasons"] == {"people": missing, "of": ended, "share": round(missing / ended, 4)}


def schema(name: str) -> Any:
    """One of our own shapes with what it refers to, as JSON Schema writes `nullable`."""

    def written(value: Any) -> Any:
        if isinstance(value, list):
            return [written(inner) for inner in value]
        if not isinstance(value, dict):
            return value
        made = {key: written(inner) for key, inner in value.items() if key != "nullable"}
        return {"anyOf": [made, {"type": "null"}]} if value.get("nullable") is True else made

    text = json.dumps(written(description()["components"]["schemas"]))
    return {
        "$ref": f"#/$defs/{name}",
        "$defs": json.loads(re.sub(r"#/components/schemas/", "#/$defs/", text)),
    }


def test_a_preliminary_number_stands_with_its_star_and_its_reason(preliminary: Reader) -> None:
    found = get(preliminary, data("IP102", Region="0", ContentsCode=ENDED, Tid="*", raw="lang=en"))
    assert (found["value"], found["status"]) == ([359], {"0": "*"})
    assert found["extension"]["status"]["reason"] == {"*": "preliminary"}
    assert found["extension"]["periodStatus"] == {"2016": "preliminary"}
    assert told(get(preliminary, everything("IP102")))


@pytest.mark.parametrize("part", ["data", "metadata"])
def test_an_answer_has_the_shape_that_we_describe(
    shared_site: Reader, preliminary: Reader, table: str, part: str
) -> None:
    validator = jsonschema_rs.validator_for(schema("Dataset"))
    for site in (shared_site, preliminary):
        found = get(site, everything(table) if part == "data" else f"{ROOT}/tables/{table}/metadata")
        assert [str(error) for error in validator.iter_errors(found)] == []


def test_what_lists_tables_and_editions_has_the_shape_that_we_describe(shared_site: Reader, table: str) -> None:
    for name, address in (
        ("Tables", "/tables"),
        ("TableAnswer", f"/tables/{table}"),
        ("SelectionAnswer", f"/tables/{table}/defaultselection"),
        ("Versions", f"/tables/{table}/versions"),
        ("Changes", f"/tables/{table}/changes"),
        ("Config", "/config"),
    ):
        validator = jsonschema_rs.validator_for(schema(name))
        assert [str(error) for error in validator.iter_errors(get(shared_site, ROOT + address))] == [], address
