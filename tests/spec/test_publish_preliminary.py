"""Preliminary figures: the sign stands beside every number of the edition, and confirms nothing by leaving."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping

import numpy as np
import openpyxl
import pytest
from numpy.typing import NDArray
from tests.made_tables import made_edition, safe_cubes

from introstat.publish import verify
from introstat.publish.changes import changes_since
from introstat.publish.reading import Seen, read_csv, read_json_stat, read_parquet, read_workbook
from introstat.vocabulary.editions import NO_REASON, Edition
from introstat.vocabulary.tables import NUMBERED, SafeCube, SafeCubes, Status
from introstat.vocabulary.texts import LANGUAGES, Language

ONLY = ("0101", "0104", "0301", "2003")


def people(men: tuple[int, ...], women: tuple[int, ...]) -> NDArray[np.int64]:
    return np.array([men, women])


COUNTS = {
    "0101": people((10, 8, 6, 0, 5, 0, 5, 0), (6, 5, 7, 0, 9, 0, 5, 0)),
    "0104": people((1, 1, 0, 0, 2, 0, 0, 0), (0, 0, 0, 0, 0, 0, 0, 0)),
    "0301": people((30, 20, 10, 5, 20, 5, 5, 5), (20, 20, 30, 5, 20, 5, 5, 5)),
}


def tables(**changed: NDArray[np.int64]) -> SafeCubes:
    counts = COUNTS | {code.removeprefix("k"): found for code, found in changed.items()}
    return safe_cubes(counts, not_reported=frozenset({"2003"}), only=ONLY)


@pytest.fixture(scope="module")
def preliminary() -> Edition:
    return made_edition(tables(), number="2016.0")


@pytest.fixture(scope="module")
def final(preliminary: Edition) -> Edition:
    return made_edition(tables(), previous=preliminary.files)


def test_a_number_stands_where_a_cell_is_final_or_preliminary_and_nowhere_else() -> None:
    cube = tables().tables["IP102"]
    with pytest.raises(ValueError, match="a number stands exactly where"):
        SafeCube(cube.table, cube.dimensions, cube.values, np.full(cube.status.shape, "*", dtype="<U2"))
    assert NUMBERED == (Status.SHOWN, Status.PRELIMINARY)


def test_every_number_of_the_edition_carries_the_sign_in_every_format(preliminary: Edition) -> None:
    files = preliminary.files
    for table in ("IP100", "IP101", "IP102", "IP103"):
        dataset = read_json_stat(files[f"tables/{table}/{table}.json"])
        statuses = {seen.status for seen in dataset.table.cells.values() if seen.value is not None}
        assert statuses == {"*"}
        assert read_csv(files[f"tables/{table}/{table}.csv"]).cells == dataset.table.cells
        semicolon = read_csv(files[f"tables/{table}/{table}.semikolon.csv"], separator=";", decimal=",")
        assert semicolon.cells == dataset.table.cells
        assert read_parquet(files[f"tables/{table}/{table}.parquet"]).cells == dataset.table.cells
        book = read_workbook(files[f"tables/{table}/{table}.xlsx"], sheet=table, like=dataset)
        assert book.cells == dataset.table.cells


def test_a_number_in_the_workbook_stays_a_number_with_the_sign_behind_it(preliminary: Edition) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(preliminary.files["tables/IP102/IP102.xlsx"]))["IP102"]
    head = [cell.value for cell in sheet[1]]
    assert head[-2:] == ["Status", "Opphav"]
    country = sheet[2]
    assert (country[head.index("År") + 1].value, country[head.index("År") + 1].number_format) == (280, '#,##0"*"')
    assert country[len(head) - 2].value == "*"


def test_a_final_edition_has_no_such_column_and_no_sign(final: Edition) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(final.files["tables/IP102/IP102.xlsx"]))["IP102"]
    assert "Status" not in [cell.value for cell in sheet[1]]
    assert ",*," not in final.files["tables/IP102/IP102.csv"].decode()


def test_what_is_hidden_stays_hidden(preliminary: Edition) -> None:
    cells = read_csv(preliminary.files["tables/IP102/IP102.csv"]).cells
    assert cells["0104", "0", "Avsluttet", "2016"] == Seen(None, ":")
    assert cells["2003", "0", "Avsluttet", "2016"] == Seen(None, "..")


def test_the_file_for_release_day_says_it_on_every_row(preliminary: Edition, final: Edition) -> None:
    def statuses(edition: Edition) -> set[str]:
        text = edition.files["release/municipalities.csv"].decode()
        return {row["status"] for row in csv.DictReader(io.StringIO(text))}

    assert statuses(preliminary) == {"*"}
    assert statuses(final) == {""}


@pytest.mark.parametrize(
    ("language", "mark"), [("nb", "Foreløpige tall"), ("nn", "Førebelse tal"), ("en", "Preliminary")]
)
def test_titles_descriptions_charts_and_the_citation_say_it(
    preliminary: Edition, language: Language, mark: str
) -> None:
    article = json.loads(preliminary.files[f"article.{language}.json"])
    assert mark.lower() in article["title"].lower()
    assert article["description"].startswith(mark)
    assert mark in article["citation"][-1]
    places = json.loads(preliminary.files[f"places.{language}.json"])["places"]
    assert all(mark.lower() in place["title"].lower() for place in places.values())
    assert mark.upper() in preliminary.files[f"charts/counties.{language}.svg"].decode()
    labels = json.loads(preliminary.files[f"charts/counties.{language}.vl.json"])["data"]["values"]
    assert all(row["label"].count("*") == 2 for row in labels)


def test_a_confirmed_number_has_not_changed(final: Edition) -> None:
    assert json.loads(final.files["changes.json"]) == {"cells": [], "previous": "2016.0", "reason": {}}


def test_a_number_that_the_final_edition_has_otherwise_has_changed(preliminary: Edition) -> None:
    later = made_edition(tables(k0301=COUNTS["0301"] + 1), previous=preliminary.files)
    changed = json.loads(later.files["changes.json"])["cells"]
    oslo = [cell for cell in changed if cell["codes"] == ["0301", "0", "Avsluttet", "2016"]]
    assert [(cell["before"], cell["after"]) for cell in oslo] == [
        ({"value": "210", "status": "*"}, {"value": "226", "status": ""})
    ]


def test_hiding_a_preliminary_number_is_a_change(preliminary: Edition) -> None:
    path = "tables/IP102/IP102.csv"
    row = "2016,210,*,synthetic"
    hidden = preliminary.files[path].decode().replace(row, "2016,,:,synthetic").encode()
    assert changes_since(preliminary.files, {path: hidden}, tables=["IP102"], reason=NO_REASON).cells


def recorded(files: Mapping[str, bytes]) -> str:
    return hashlib.sha256(files["manifest.json"]).hexdigest()


def test_both_editions_are_in_order(preliminary: Edition, final: Edition) -> None:
    assert verify(preliminary.files, manifest_sha256=recorded(preliminary.files)) == ()
    assert verify(final.files, manifest_sha256=recorded(final.files)) == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_verify_names_a_text_that_does_not_say_it(preliminary: Edition, language: Language) -> None:
    path = f"places.{language}.json"
    bare = preliminary.files[path].replace(b',"preliminary":true', b"")
    assert bare != preliminary.files[path]
    problems = verify({**preliminary.files, path: bare}, manifest_sha256=None)
    assert any(problem.file == path and "preliminary" in problem.message for problem in problems)


def test_verify_names_a_preliminary_edition_without_the_sign(preliminary: Edition, final: Edition) -> None:
    path = "tables/IP102/IP102.json"
    problems = verify({**preliminary.files, path: final.files[path]}, manifest_sha256=None)
    assert any(problem.file == path and "`*`" in problem.message for problem in problems)
