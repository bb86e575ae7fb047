"""One value, many renderings: what each file of a table holds, and that all hold the same."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import openpyxl
import pyarrow.parquet as pq
import pytest
from tests.made_tables import made_edition, safe_cubes

from introstat.publish.reading import Seen, read_csv, read_json_stat, read_parquet, read_workbook
from introstat.vocabulary.snapshots import Provenance
from introstat.vocabulary.tables import PROTECTED_GROUP

ONLY = ("0101", "0104", "0301", "2003")


def people(*, men: tuple[int, ...], women: tuple[int, ...]) -> np.ndarray[Any, np.dtype[np.int64]]:
    return np.array([men, women])


COUNTS = {
    "0101": people(men=(10, 8, 6, 0, 5, 0, 5, 0), women=(6, 5, 7, 0, 9, 0, 5, 0)),
    "0104": people(men=(1, 1, 0, 0, 2, 0, 0, 0), women=(0, 0, 0, 0, 0, 0, 0, 0)),
    "0301": people(men=(30, 20, 10, 5, 20, 5, 5, 5), women=(20, 20, 30, 5, 20, 5, 5, 5)),
    PROTECTED_GROUP: people(men=(2, 2, 0, 0, 3, 0, 0, 0), women=(2, 1, 0, 0, 2, 0, 0, 0)),
}


@pytest.fixture(scope="module")
def files() -> Mapping[str, bytes]:
    return made_edition(safe_cubes(COUNTS, not_reported=frozenset({"2003"}), only=ONLY)).files


def lines(content: bytes) -> list[str]:
    return content.decode("utf-8").splitlines()


def test_the_tidy_csv_has_the_columns_in_their_order(files: Mapping[str, bytes]) -> None:
    assert lines(files["tables/IP102/IP102.csv"])[0] == (
        "Region,Region_label,Kjonn,Kjonn_label,ContentsCode,ContentsCode_label,Tid,value,status,origin"
    )
    assert lines(files["tables/IP101/IP101.csv"])[0] == (
        "Region,Region_label,Kjonn,Kjonn_label,Grunn,Grunn_label,ContentsCode,ContentsCode_label,Tid,value,status,origin"
    )
    assert lines(files["tables/IP100/IP100.csv"])[0] == (
        "Region,Region_label,ContentsCode,ContentsCode_label,Tid,value,status,origin"
    )


@pytest.mark.parametrize(
    "line",
    [
        "0,Hele landet,0,Begge kjønn,Avsluttet,Antall som avsluttet,2016,292,,synthetic",
        "0101,Halden,0,Begge kjønn,AndelArbeidUtdanning,Andel til arbeid eller utdanning utover grunnskole,2016,44,,synthetic",
        "0104,Moss,0,Begge kjønn,Avsluttet,Antall som avsluttet,2016,,:,synthetic",
        "2003,Vadsø,0,Begge kjønn,Avsluttet,Antall som avsluttet,2016,,..,synthetic",
        "03,Oslo,0,Begge kjønn,Avsluttet,Antall som avsluttet,2016,210,,synthetic",
        "0301,Oslo (kommune),0,Begge kjønn,Avsluttet,Antall som avsluttet,2016,210,,synthetic",
    ],
)
def test_a_row_of_the_tidy_csv(files: Mapping[str, bytes], line: str) -> None:
    assert line in lines(files["tables/IP102/IP102.csv"])


def test_a_zero_is_a_zero(files: Mapping[str, bytes]) -> None:
    cells = read_csv(files["tables/IP101/IP101.csv"]).cells
    assert cells["0101", "0", "4", "Avsluttet", "2016"] == Seen(0.0, "")


def test_every_combination_has_a_row(files: Mapping[str, bytes]) -> None:
    assert len(lines(files["tables/IP102/IP102.csv"])) == 1 + (1 + 3 + 4) * 3 * 6
    assert len(lines(files["tables/IP101/IP101.csv"])) == 1 + (1 + 3 + 4) * 3 * 11


def test_the_csv_is_utf_8_without_mark_and_with_line_feeds(files: Mapping[str, bytes]) -> None:
    for name in ("IP102.csv", "IP102.nn.csv", "IP102.en.csv"):
        content = files[f"tables/IP102/{name}"]
        assert not content.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in content
        assert content.endswith(b"\n")


def test_the_labels_are_in_the_language_of_the_file(files: Mapping[str, bytes]) -> None:
    assert "0,Heile landet,0,Begge kjønn" in files["tables/IP102/IP102.nn.csv"].decode()
    assert "0,The whole country,0,Both sexes" in files["tables/IP102/IP102.en.csv"].decode()


def test_the_norwegian_excel_variant_has_a_mark_and_semicolons(files: Mapping[str, bytes]) -> None:
    content = files["tables/IP102/IP102.semikolon.csv"]
    assert content.startswith(b"\xef\xbb\xbfRegion;Region_label;")


def test_a_label_with_the_separator_in_it_is_quoted(files: Mapping[str, bytes]) -> None:
    first = read_csv(files["tables/IP102/IP102.csv"])
    assert read_csv(files["tables/IP102/IP102.semikolon.csv"], separator=";", decimal=",").cells == first.cells


@pytest.mark.parametrize("table", ["IP100", "IP101", "IP102", "IP103"])
def test_all_formats_hold_the_same_cells(files: Mapping[str, bytes], table: str) -> None:
    first = read_csv(files[f"tables/{table}/{table}.csv"])
    assert read_parquet(files[f"tables/{table}/{table}.parquet"]).cells == first.cells
    for suffix in ("", ".nn", ".en"):
        dataset = read_json_stat(files[f"tables/{table}/{table}{suffix}.json"])
        assert dataset.table.cells == first.cells
        assert read_csv(files[f"tables/{table}/{table}{suffix}.csv"]).cells == first.cells
        sheet = read_workbook(files[f"tables/{table}/{table}{suffix}.xlsx"], sheet=table, like=dataset)
        assert sheet.cells == first.cells


@pytest.mark.parametrize("table", ["IP100", "IP101", "IP102", "IP103"])
def test_json_stat_is_what_clients_read(files: Mapping[str, bytes], table: str) -> None:
    dataset = json.loads(files[f"tables/{table}/{table}.json"])
    assert dataset["version"] == "2.0"
    assert dataset["class"] == "dataset"
    assert dataset["updated"] == "2017-07-06T06:00:00Z"
    assert dataset["extension"]["px"]["nextUpdate"] == "2018-07-05T06:00:00Z"
    assert dataset["id"][0] == "Region"
    assert dataset["id"][-1] == "Tid"
    assert dataset["role"] == {"time": ["Tid"], "geo": ["Region"], "metric": ["ContentsCode"]}
    assert len(dataset["value"]) == np.prod(dataset["size"])
    assert all(value is None or isinstance(value, int) for value in dataset["value"])
    assert set(dataset["status"].values()) <= {":", "..", "."}
    assert {int(at) for at in dataset["status"]} == {at for at, value in enumerate(dataset["value"]) if value is None}
    assert dataset["extension"]["px"]["aggregallowed"] is False
    for variable, dimension in dataset["dimension"].items():
        category = dimension["category"]
        assert list(category["index"].values()) == list(range(len(category["index"])))
        assert len(set(category["label"].values())) == len(category["label"])
        extension = dimension["extension"]
        assert extension["show"] in ("code", "value", "code_value")
        assert extension["elimination"] == (variable not in ("ContentsCode", "Tid"))
        if extension["elimination"]:
            assert extension["eliminationValueCode"] == "0"
    units = dataset["dimension"]["ContentsCode"]["category"]["unit"]
    assert {unit["decimals"] for unit in units.values()} == {0}


def test_the_labels_of_variables_are_unique_within_a_table(files: Mapping[str, bytes]) -> None:
    for language in ("", ".nn", ".en"):
        dataset = json.loads(files[f"tables/IP101/IP101{language}.json"])
        labels = [dimension["label"] for dimension in dataset["dimension"].values()]
        assert len(set(labels)) == len(labels)


def test_parquet_has_codes_and_a_nullable_number(files: Mapping[str, bytes]) -> None:
    schema = pq.read_schema(io.BytesIO(files["tables/IP102/IP102.parquet"]))
    assert [str(field.type) for field in schema] == ["string"] * 4 + ["double", "string", "string"]
    assert schema.names == ["Region", "Kjonn", "ContentsCode", "Tid", "value", "status", "origin"]


def test_the_workbook_opens_on_the_cover_and_is_plain(files: Mapping[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(files["tables/IP102/IP102.xlsx"]))
    assert book.sheetnames == ["Forside", "Innhold", "IP102", "Merknader"]
    assert book.active is not None
    assert book.active.title == "Forside"
    assert all(not sheet.merged_cells.ranges for sheet in book.worksheets)
    sheet = book["IP102"]
    header = [cell.value for cell in sheet[1]]
    assert header[:5] == ["Region (kode)", "Region", "Kjønn (kode)", "Kjønn", "År"]
    assert header[-1] == "Opphav"
    assert None not in header
    assert len(set(header)) == len(header)
    assert sheet.max_row == 1 + 8 * 3
    notes = [row[0].value for row in book["Merknader"].iter_rows()]
    assert {":", "..", ".", "0"} <= set(notes)
    created = book.properties.created
    assert created is not None
    assert created.isoformat() == "2017-07-06T06:00:00"


@pytest.mark.parametrize(
    ("suffix", "names"),
    [(".nn", ["Framside", "Innhald", "IP102", "Merknader"]), (".en", ["Cover", "Contents", "IP102", "Notes"])],
)
def test_the_sheets_are_called_in_the_language_of_the_file(
    files: Mapping[str, bytes], suffix: str, names: list[str]
) -> None:
    assert openpyxl.load_workbook(io.BytesIO(files[f"tables/IP102/IP102{suffix}.xlsx"])).sheetnames == names


def test_a_region_keeps_its_leading_zeros_in_a_workbook(files: Mapping[str, bytes]) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(files["tables/IP102/IP102.xlsx"]))["IP102"]
    assert "0101" in {cell.value for cell in sheet["A"]}


def test_a_synthetic_table_says_so_in_every_format(files: Mapping[str, bytes]) -> None:
    assert all(line.endswith(",synthetic") for line in lines(files["tables/IP102/IP102.csv"])[1:])
    for suffix, word in (("", "Syntetiske data"), (".nn", "Syntetiske data"), (".en", "Synthetic data")):
        dataset = json.loads(files[f"tables/IP102/IP102{suffix}.json"])
        assert dataset["note"][0].startswith(word)
        assert dataset["extension"]["noteMandatory"] == {"0": True}
        assert word.lower() in dataset["label"]
        book = openpyxl.load_workbook(io.BytesIO(files[f"tables/IP102/IP102{suffix}.xlsx"]))
        cover = " ".join(str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value)
        assert word in cover
        assert word.lower() in book.properties.title
        assert {cell.value for cell in book["IP102"]["L"][1:]} == {word}


def test_register_data_carry_no_such_mark() -> None:
    edition = made_edition(safe_cubes(COUNTS, only=ONLY), provenance=Provenance.REGISTER)
    dataset = json.loads(edition.files["tables/IP102/IP102.json"])
    assert "yntetisk" not in json.dumps(dataset)
    assert dataset["extension"]["noteMandatory"] == {}
    assert all(line.endswith(",register") for line in lines(edition.files["tables/IP102/IP102.csv"])[1:])
    assert b"yntetisk" not in edition.files["article.nb.json"]
