"""What the charts draw, and for whom they can be read."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest
from tests.made_tables import made_edition, plausible_counts, safe_cubes

from introstat.publish import verify
from introstat.publish.figures import BAR, INK, LINE, SOFT, all_chart_paths, chart_paths
from introstat.publish.raster import texts_of
from introstat.vocabulary.editions import Edition
from introstat.vocabulary.snapshots import Provenance
from introstat.vocabulary.texts import LANGUAGES, Language

SVG = "{http://www.w3.org/2000/svg}"
PICTURES = sorted(path for path in all_chart_paths() if path.endswith(".svg"))


@pytest.fixture(scope="module")
def edition() -> Edition:
    counts, silent = plausible_counts()
    return made_edition(safe_cubes(counts, policy="base-5", not_reported=silent))


@pytest.mark.parametrize("path", PICTURES)
def test_a_picture_has_a_title_a_description_a_mark_and_is_small(edition: Edition, path: str) -> None:
    content = edition.files[path]
    root = ElementTree.fromstring(content)
    assert root.tag == f"{SVG}svg"
    assert root.attrib["role"] == "img"
    named = [root.find(f"{SVG}{tag}") for tag in ("title", "desc")]
    assert root.attrib["aria-labelledby"].split() == [element.attrib["id"] for element in named if element is not None]
    assert all(element is not None and element.text for element in named)
    assert len(content) < 25_000
    assert "SYNT" in content.decode()
    assert float(root.attrib["width"]) <= (328 if ".narrow." in path else 720)


@pytest.mark.parametrize("path", PICTURES)
def test_letters_stay_letters_and_large_enough(edition: Edition, path: str) -> None:
    content = edition.files[path].decode()
    sizes = {float(size) for size in re.findall(r'font-size="([\d.]+)px"', content)}
    assert sizes
    assert min(sizes) >= 12


def test_a_chart_holds_the_shown_places_and_no_others(edition: Edition) -> None:
    article = json.loads(edition.files["article.nb.json"])
    tables = {
        block["id"]: [row["place"] for row in block["rows"]]
        for section in article["sections"]
        for block in section["blocks"]
        if block["type"] == "table"
    }
    for name in ("counties", "municipalities"):
        spec = json.loads(edition.files[chart_paths(name, "nb")[2]])
        drawn = [row["region"] for row in spec["data"]["values"]]
        assert drawn == [place for place in tables[name] if place != "0"]


def test_every_chart_stands_in_the_page_with_its_table(edition: Edition) -> None:
    for language in LANGUAGES:
        article = json.loads(edition.files[f"article.{language}.json"])
        blocks = [block for section in article["sections"] for block in section["blocks"]]
        tables = {block["id"] for block in blocks if block["type"] == "table"}
        charts = [block for block in blocks if block["type"] == "chart"]
        assert [chart["id"] for chart in charts] == ["counties", "municipalities"]
        for chart in charts:
            assert {chart["image"], chart["narrow"], chart["spec"]} <= edition.files.keys()
            assert chart["table"] in tables


def test_a_chart_of_register_data_has_no_mark() -> None:
    counts, _ = plausible_counts()
    only = tuple(code for code in counts if code[:2] in ("01", "02"))
    kept = {code: counts[code] for code in only}
    edition = made_edition(safe_cubes(kept, only=only), provenance=Provenance.REGISTER)
    assert b"SYNT" not in edition.files["charts/counties.nb.svg"]


def test_a_chart_with_fewer_than_two_places_is_not_drawn() -> None:
    counts, _ = plausible_counts()
    edition = made_edition(safe_cubes({"0301": counts["0301"]}, only=("0301", "0213")))
    assert not any(path.startswith("charts/") for path in edition.files)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", [INK, SOFT, BAR, LINE])
def test_colours_stand_out_from_the_paper(colour: str) -> None:
    assert 1.05 / (luminance(colour) + 0.05) >= 4.5


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_png_carries_its_heading_its_description_and_its_mark(edition: Edition, language: Language) -> None:
    content = edition.files[chart_paths("counties", language)[3]]
    told = texts_of(content)
    assert set(told) == {"Title", "Description", "Source"}
    assert all("ynt" in text for text in told.values())
    assert content[16:24] == (1440).to_bytes(4, "big") + content[20:24]


def test_verify_names_a_png_without_its_mark_and_a_broken_one() -> None:
    counts, _ = plausible_counts()
    only = ("0101", "0301")
    edition = made_edition(safe_cubes({code: counts[code] for code in only}, only=only))
    assert verify(edition.files, manifest_sha256=None) == ()
    path = chart_paths("counties", "nb")[3]
    content = edition.files[path]
    bare = content[:33] + content[content.index(b"IDAT") - 4 :]
    for changed in (bare, content[:-20], b"no picture"):
        problems = verify({**edition.files, path: changed}, manifest_sha256=None)
        assert any(
            problem.file == path and ("synthetic" in problem.message or "cannot be read" in problem.message)
            for problem in problems
        )
