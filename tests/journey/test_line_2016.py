"""From deliveries to the released edition by the commands a person gives: the figures of 2016 as they were published.

The published figures stand in `published.json`, which the synthetic deliveries bring, and in the reference folder.
"""

from __future__ import annotations

import csv
import hashlib
import html
import json
import re
import shutil
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tests.made_office import Office
from tests.site.reader import Reader

from introstat.definitions.catalogue import definitions_for
from introstat.site.app import create_app

pytestmark = pytest.mark.slow

Cells = dict[tuple[str, str, str], str]
COUNTS = ("antall_avsluttet", "antall_til_arbeid", "antall_til_utdanning")
RESULTS = ("Avsluttet", "TilArbeid", "TilUtdanning", "AndelArbeidUtdanning")


def rows_of(edition: Path, table: str, language: str = "") -> list[dict[str, str]]:
    with (edition / "tables" / table / f"{table}{language}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def results_of(edition: Path) -> Cells:
    return {(r["Region"], r["Kjonn"], r["ContentsCode"]): r["value"] for r in rows_of(edition, "IP102")}


def key_figures_of(edition: Path) -> dict[str, int]:
    return {row["ContentsCode"]: int(row["value"]) for row in rows_of(edition, "IP100")}


def test_the_tables_hold_the_published_results(line_of_2016: Office, reference: Path) -> None:
    cells = results_of(line_of_2016.edition)
    with (reference / "reference" / "results-2016-by-county.csv").open(encoding="utf-8", newline="") as file:
        published = list(csv.DictReader(file))
    assert len(published) == 20
    columns = ("antall_avsluttet", "antall_til_arbeid", "antall_til_utdanning", "andel_arbeid_eller_utdanning_pst")
    for row in published:
        region = "0" if row["fylke_nr"] == "00" else row["fylke_nr"]
        assert [cells[region, "0", content] for content in RESULTS] == [row[column] for column in columns]


def test_the_tables_hold_every_total_that_came_with_the_deliveries(line_of_2016: Office) -> None:
    document = json.loads((line_of_2016.deliveries / "published.json").read_text("utf-8"))
    key_figures, cells = key_figures_of(line_of_2016.edition), results_of(line_of_2016.edition)
    assert len(document["totals"]) > 80
    for total in document["totals"]:
        content = total["cell"]["ContentsCode"]
        if total["table"] == "IP100":
            assert key_figures[content] == total["value"]
        else:
            assert cells[total["cell"]["Region"], total["cell"]["Kjonn"], content] == str(total["value"])


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_article_lists_the_counties_by_unrounded_share_with_the_country_last(
    line_of_2016: Office, reference: Path, language: str
) -> None:
    article = json.loads((line_of_2016.edition / f"article.{language}.json").read_text("utf-8"))
    listed = [row["place"] for row in county_rows(article)]
    cells = results_of(line_of_2016.edition)

    def share(region: str) -> Fraction:
        reached = int(cells[region, "0", "TilArbeid"]) + int(cells[region, "0", "TilUtdanning"])
        return Fraction(reached, int(cells[region, "0", "Avsluttet"]))

    assert listed == [*sorted(listed[:-1], key=share, reverse=True), "0"]
    with (reference / "reference" / "results-2016-by-county.csv").open(encoding="utf-8", newline="") as file:
        published = [row["fylke_nr"] for row in csv.DictReader(file)]
    assert listed[:-1] == published[:-1]


@pytest.mark.parametrize(("language", "prefix"), [("nb", ""), ("nn", "/nn"), ("en", "/en")])
def test_the_page_shows_what_was_published_in_the_published_order(
    line_of_2016: Office, reference: Path, language: str, prefix: str
) -> None:
    home = line_of_2016.home
    app = create_app(home / "editions", feedback=home / "feedback", clock=lambda: datetime(2017, 8, 1, tzinfo=UTC))
    page = text_of(Reader(app).get(f"{prefix}/2016/").text)
    with (reference / "reference" / "results-2016-by-county.csv").open(encoding="utf-8", newline="") as file:
        published = list(csv.DictReader(file))
    per_cent = "%" if language == "en" else "\N{NO-BREAK SPACE}%"
    at = 0
    for row in published[:-1]:
        numbers = (row["antall_avsluttet"], f"{row['andel_arbeid_eller_utdanning_pst']}{per_cent}")
        others = (row["antall_til_arbeid"], row["antall_til_utdanning"])
        shown = re.compile(rf"{row['fylke']} {numbers[0]} {numbers[1]} {others[0]} {others[1]}").search(page, at)
        assert shown, (row, page[at : at + 400])
        at = shown.end()
    country = published[-1]
    counts = (spoken(int(country[name]), language) for name in COUNTS)
    share = f"{country['andel_arbeid_eller_utdanning_pst']}{per_cent}"
    ended, work, education = counts
    assert re.compile(rf"{ended} {share} {work} {education}").search(page, at)
    document = json.loads((line_of_2016.deliveries / "published.json").read_text("utf-8"))
    for total in document["totals"]:
        if total["cell"]["Region"] == "0" and total["table"] == "IP102" and total["cell"]["Kjonn"] != "0":
            assert f"{total['value']}{per_cent}" in page
        if total["table"] == "IP100":
            assert str(total["value"]) in page
    assert "36" in page


def test_nothing_hidden_stands_in_a_file_and_every_combination_has_a_row(line_of_2016: Office) -> None:
    rows = rows_of(line_of_2016.edition, "IP102")
    regions, sexes, contents = ({row[name] for row in rows} for name in ("Region", "Kjonn", "ContentsCode"))
    assert len(rows) == len(regions) * len(sexes) * len(contents)
    on, geography = date(2016, 12, 31), definitions_for(2016).geography
    levels = (
        geography.counties(on), geography.municipalities(on), geography.imdi_regions(on), geography.economic_regions(on),
        geography.districts(on),
    )  # fmt: skip
    assert regions == {"0", *(place.code for places in levels for place in places)}
    for row in rows:
        assert (row["value"] == "") == (row["status"] != "")
        assert row["origin"] == "synthetic"
    assert {row["status"] for row in rows} == {"", ":", "..", "."}


def test_the_group_with_protected_identity_cannot_be_split_by_sex(line_of_2016: Office) -> None:
    """The country minus the counties is known for both sexes together, by design; never for one of them."""
    cells = results_of(line_of_2016.edition)
    counties = sorted({region for region, _, _ in cells if len(region) == 2})
    for content in ("Avsluttet", "TilArbeid", "TilUtdanning", "ArbeidUtdanning", "AndreUtfall"):
        assert all(cells[county, "0", content] for county in counties)
        for sex in ("1", "2"):
            assert cells["0", sex, content]
            assert not all(cells[county, sex, content] for county in counties)


def test_verify_passes_and_one_changed_byte_anywhere_makes_it_fail(line_of_2016: Office, tmp_path: Path) -> None:
    assert "holds" in line_of_2016.do("verify", "2016.1")
    copy = Office(tmp_path / "home")
    copy.home.mkdir()
    shutil.copytree(line_of_2016.home / "editions", copy.home / "editions")
    for name in ("manifest.json", "tables/IP102/IP102.csv", "article.nn.json"):
        path = copy.edition / name
        before = path.read_bytes()
        path.chmod(0o644)
        path.write_bytes(before[:-3] + bytes([before[-3] ^ 1]) + before[-2:])
        answer = json.loads(copy.do("verify", "2016.1", "--json", code=1))
        assert any(name in problem for problem in answer["problems"]), (name, answer)
        assert name in copy.do("verify", copy.edition, code=1), "its folder is the same edition"
        path.write_bytes(before)
    assert json.loads(copy.do("verify", "2016.1", "--json"))["ok"] is True
    shutil.copytree(copy.edition, tmp_path / "elsewhere")
    said = json.loads(copy.do("verify", tmp_path / "elsewhere", "--json"))
    assert said["manifest_sha256"] == hashlib.sha256((copy.edition / "manifest.json").read_bytes()).hexdigest()


def test_one_person_less_changes_that_county_the_country_and_the_text_by_one(
    line_of_2016: Office, tmp_path: Path
) -> None:
    changed = Office(tmp_path / "home")
    changed.home.mkdir()
    shutil.copytree(line_of_2016.deliveries, changed.deliveries)
    shutil.copytree(line_of_2016.home / "published", changed.home / "published")
    county, column = take_out_one_who_went_to_work(changed.deliveries)
    changed.issue()
    before, after = results_of(line_of_2016.edition), results_of(changed.edition)
    for region in sorted({region for region, _, _ in before if len(region) <= 2}):
        for content in ("Avsluttet", "TilArbeid", "TilUtdanning"):
            less = int(region in ("0", county) and content in ("Avsluttet", column))
            assert int(after[region, "0", content]) == int(before[region, "0", content]) - less
    for language in ("nb", "nn", "en"):
        texts = [(office.edition / f"article.{language}.json").read_text("utf-8") for office in (line_of_2016, changed)]
        ended = [spoken(int(cells["0", "0", "Avsluttet"]), language) for cells in (before, after)]
        assert ended[0] in texts[0]
        assert ended[0] not in texts[1]
        assert ended[1] in texts[1]
    manifest = json.loads((changed.edition / "manifest.json").read_text("utf-8"))
    whole = json.loads((line_of_2016.edition / "manifest.json").read_text("utf-8"))
    assert [e["cells"] for e in manifest["equal_to_published"]] < [e["cells"] for e in whole["equal_to_published"]]


def text_of(page: str) -> str:
    """What a page says, without its tags, each run of ordinary space as one."""
    body = page.split("<main", 1)[1]
    return re.sub(r"[ \n]+", " ", html.unescape(re.sub(r"<[^>]+>", " ", body)))


def county_rows(article: dict[str, Any]) -> list[dict[str, str]]:
    """The rows of the county table of an article, the total last."""
    blocks = [block for section in article["sections"] for block in section["blocks"]]
    tables = [block for block in blocks if block["type"] == "table" and not block.get("collapsed")]
    return next(table["rows"] for table in tables if any(row["kind"] == "total" for row in table["rows"]))


def spoken(number: int, language: str) -> str:
    """A number as a text in the language writes it."""
    return f"{number:,}" if language == "en" else f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


def take_out_one_who_went_to_work(deliveries: Path) -> tuple[str, str]:
    """Remove the row of somebody who ended in 2016 and went to work; returns the county and the content it counts in."""
    for entry in json.loads((deliveries / "deliveries.json").read_text("utf-8"))["deliveries"]:
        path = deliveries / entry["file"]
        if entry["kind"] != "deltakere" or path.suffix != ".csv" or b"\xef" in path.read_bytes():
            continue
        encoded = path.read_bytes().splitlines(keepends=True)
        text = [line.decode("cp1252").rstrip("\r\n") for line in encoded]
        separator = max(";,\t", key=text[0].count)
        header = [name.strip('"').casefold() for name in text[0].split(separator)]
        municipality, end, reason = (header.index(n) for n in ("kommunenummer", "sluttdato", "avslutningsarsak"))
        protection = header.index("adressebeskyttelse") if "adressebeskyttelse" in header else None
        for number, line in enumerate(text[1:], 1):
            cells = [cell.strip('"') for cell in line.split(separator)]
            if (
                "2016" in cells[end]
                and cells[reason] == "arbeid"
                and (protection is None or cells[protection] in ("", "ugradert"))
            ):
                path.write_bytes(b"".join(encoded[:number] + encoded[number + 1 :]))
                return cells[municipality][:2], "TilArbeid"
    raise LookupError("nobody in the deliveries went to work")
