"""The file for release day: who is on it, what a row says, and that verify reads it back."""

from __future__ import annotations

import csv
import hashlib
import json
from io import StringIO
from math import ceil, floor

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.made_tables import made_edition, safe_cubes

from introstat.definitions.catalogue import geography
from introstat.publish import verify
from introstat.publish.formats import half_up_percent, wilson
from introstat.publish.reading import read_csv
from introstat.publish.releaseday import YearBefore, read_year_before, release_day_paths, since
from introstat.vocabulary.editions import Edition
from introstat.vocabulary.texts import LANGUAGES, Language

ONLY = ("0101", "0104", "0301", "0402", "2003", "1219")


def people(men: tuple[int, ...], women: tuple[int, ...]) -> NDArray[np.int64]:
    return np.array([men, women])


COUNTS = {
    "0101": people((10, 8, 6, 0, 5, 0, 5, 0), (6, 5, 7, 0, 9, 0, 5, 0)),
    "0104": people((1, 1, 0, 0, 2, 0, 0, 0), (0, 0, 0, 0, 0, 0, 0, 0)),
    "0402": people((2, 1, 1, 0, 2, 0, 0, 0), (0, 0, 0, 0, 0, 0, 0, 0)),
    "0301": people((30, 20, 10, 5, 20, 5, 5, 5), (20, 20, 30, 5, 20, 5, 5, 5)),
}


@pytest.fixture(scope="module")
def edition() -> Edition:
    return made_edition(safe_cubes(COUNTS, not_reported=frozenset({"2003"}), only=ONLY))


def read(edition: Edition, name: str, *, separator: str = ",") -> list[dict[str, str]]:
    text = edition.files[f"release/{name}"].decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text), delimiter=separator))


def with_result(edition: Edition, name: str, share: str = "andel_prosent") -> list[dict[str, str]]:
    return [row for row in read(edition, name) if row[share]]


def test_it_names_the_municipalities_with_a_result_a_band_or_several_years_and_no_other(edition: Edition) -> None:
    assert [row["kommunenummer"] for row in read(edition, "municipalities.csv")] == ["0101", "0104", "0301", "0402"]


def test_what_stands_instead_of_a_result_is_in_columns_of_its_own(edition: Edition) -> None:
    rows = {row["municipality_number"]: row for row in read(edition, "municipalities.en.csv")}
    shown, number_hidden, band = (rows[code] for code in ("0101", "0104", "0402"))
    instead = [name for name in shown if name.startswith("together_") or name in ("share_from", "share_below")]
    assert len(instead) == 8
    assert {shown[name] for name in instead} == {""}
    own = ("to_work_or_education", "share_per_cent", "interval_from", "interval_to", "change_or_chance")
    assert {row[name] for row in (number_hidden, band) for name in own} == {""}
    assert (number_hidden["ended"], band["ended"]) == ("", "6")
    cells = read_csv(edition.files["tables/IP104/IP104.csv"]).cells
    edges = [cells["0402", content, "2016"].value for content in ("AndelFra", "AndelTil")]
    assert [float(band["share_from"]), float(band["share_below"])] == edges
    assert (number_hidden["share_from"], number_hidden["share_below"]) == ("", "")
    several = [number_hidden[name] for name in instead[2:]]
    low, high = wilson(16, 40)
    assert several == ["2014", "40", "16", "40", str(floor(100 * low)), str(ceil(100 * high))]


def test_a_row_says_number_share_and_interval_as_the_table_does(edition: Edition) -> None:
    cells = read_csv(edition.files["tables/IP102/IP102.csv"]).cells
    for row in with_result(edition, "municipalities.en.csv", "share_per_cent"):

        def told(content: str, code: str = row["municipality_number"]) -> int:
            return int(cells[code, "0", content, "2016"].value or -1)

        assert int(row["ended"]) == told("Avsluttet")
        assert int(row["to_work_or_education"]) == told("ArbeidUtdanning")
        assert int(row["share_per_cent"]) == told("AndelArbeidUtdanning")
        assert int(row["interval_from"]) < int(row["share_per_cent"]) < int(row["interval_to"])
        assert (row["share_year_before"], row["change_or_chance"]) == ("", "")
        assert row["origin"] == "synthetic"
        assert row["edition"] == "2016.1"
        assert "Synthetic data" in row["citation"]
        assert row["contact"]


def test_norwegian_excel_gets_the_same_rows(edition: Edition) -> None:
    assert read(edition, "municipalities.semikolon.csv", separator=";") == read(edition, "municipalities.csv")
    assert edition.files["release/municipalities.semikolon.csv"].startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_among_the_downloads(edition: Edition, language: Language) -> None:
    article = json.loads(edition.files[f"article.{language}.json"])
    blocks = [block for section in article["sections"] for block in section["blocks"] if block["type"] == "downloads"]
    (entry,) = blocks[0]["others"]
    assert {file["path"] for file in entry["files"]} <= release_day_paths() & edition.files.keys()
    assert entry["title"]


def of_the_year_before(edition: Edition, **told: object) -> dict[str, bytes]:
    """The same figures, as if they were those of 2015."""
    manifest = json.loads(edition.manifest) | {"year": 2015} | told
    return {**edition.files, "manifest.json": json.dumps(manifest).encode()}


def before(files: dict[str, bytes] | None, year: int = 2016) -> YearBefore:
    return read_year_before(files, year=year, provenance="synthetic", geography=geography())


def test_last_year_is_told_with_whether_the_change_may_be_chance(edition: Edition) -> None:
    earlier = before(of_the_year_before(edition))
    assert earlier.counts.keys() == {"0101", "0301"}
    reached, ended = earlier.counts["0301"]
    far = YearBefore({"0101": earlier.counts["0101"], "0301": (0, ended)})
    for known, expected in ((earlier, "may be chance"), (far, "change")):
        table = since(earlier.counts["0301"], known.counts.get("0301"), "en")
        assert table == [str(half_up_percent(*known.counts["0301"])), expected]
    assert since((reached, ended), None, "en") == ["", ""]


def test_an_edition_after_another_year_tells_that_year(edition: Edition) -> None:
    after = made_edition(
        safe_cubes(COUNTS, not_reported=frozenset({"2003"}), only=ONLY), year_before=of_the_year_before(edition)
    )
    rows = with_result(after, "municipalities.csv")
    assert [row["andel_aaret_foer"] for row in rows] == [row["andel_prosent"] for row in rows]
    assert {row["endring_eller_tilfeldig"] for row in rows} == {"kan være tilfeldig"}
    assert verify(after.files, manifest_sha256=None) == ()


def test_figures_of_another_origin_or_year_are_not_compared_with(edition: Edition) -> None:
    assert before(None).counts == {}
    assert before(of_the_year_before(edition, provenance="register")).counts == {}
    assert before(of_the_year_before(edition, year=2014)).counts == {}


def test_a_municipality_that_became_another_is_not_compared() -> None:
    changed = {code for change in geography().changes if change.on.year == 2017 for code in (change.old, change.new)}
    assert changed
    code = min(changed)
    made = made_edition(safe_cubes({code: COUNTS["0301"], "0301": COUNTS["0301"]}, only=(code, "0301")))
    manifest = json.dumps(json.loads(made.manifest) | {"year": 2016}).encode()
    known = before({**made.files, "manifest.json": manifest}, 2017)
    assert known.counts.keys() == {"0301"}


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (b"0301,", b"0302,", "does not name exactly"),
        (b",47,", b",48,", "says"),
        (b",2014,", b",2013,", "says"),
        (b",16,40,", b",17,40,", "says"),
        (b"kommune,", b"", "columns"),
        (b"Oslo", b"\xff", "cannot be read"),
    ],
)
def test_verify_reads_it_back(edition: Edition, old: bytes, new: bytes, problem: str) -> None:
    path = "release/municipalities.csv"
    content = edition.files[path]
    share = with_result(edition, "municipalities.csv")[1]["andel_prosent"]
    old, new = (old.replace(b"47", share.encode()), new.replace(b"48", str(int(share) + 1).encode()))
    assert old in content
    changed = content.replace(old, new)
    manifest = json.loads(edition.manifest)
    manifest["files"][path] = {"sha256": hashlib.sha256(changed).hexdigest(), "size": len(changed)}
    files = {**edition.files, path: changed, "manifest.json": json.dumps(manifest).encode()}
    found = [told for told in verify(files, manifest_sha256=None) if told.file == path]
    assert any(problem in told.message for told in found)
