"""What an edition holds, what is refused, and that `verify` names everything that is wrong with one."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from tests.made_tables import made_edition, plausible_counts, safe_cubes

from introstat.publish import Problem, verify
from introstat.publish.figures import all_chart_paths
from introstat.publish.releaseday import release_day_paths
from introstat.vocabulary.editions import Edition, EqualToPublished
from introstat.vocabulary.errors import ReleaseRefused
from introstat.vocabulary.snapshots import Provenance
from introstat.vocabulary.tables import SafeCubes
from introstat.vocabulary.texts import LANGUAGES

QUALITY = {"closed_by_register": 231, "from_register": 4188, "from_direct": 281}
EQUAL = EqualToPublished(
    table="IP102",
    description_nb="antallet som avsluttet i hele landet",
    description_nn="talet på dei som avslutta i heile landet",
    description_en="the number who ended in the whole country",
    cells=1,
    source="Direktoratet",
    address="https://example.org/tall",
)


def some_counts(seed: int = 2016) -> tuple[SafeCubes, tuple[str, ...]]:
    counts, silent = plausible_counts(seed)
    only = tuple(code for code in counts if code[:2] in ("09", "20") and code.isdigit())
    kept = {code: people for code, people in counts.items() if code in only or not code.isdigit()}
    quiet = frozenset(code for code in silent if code[:2] in ("09", "20"))
    return safe_cubes(kept, only=(*only, *quiet), not_reported=quiet, quality=QUALITY), only


@pytest.fixture(scope="module")
def safe() -> SafeCubes:
    return some_counts()[0]


@pytest.fixture(scope="module")
def edition(safe: SafeCubes) -> Edition:
    return made_edition(safe, equal=(EQUAL,))


@pytest.fixture(scope="module")
def manifest(edition: Edition) -> Any:
    return json.loads(edition.manifest)


def recorded(edition: Edition) -> str:
    return hashlib.sha256(edition.manifest).hexdigest()


def test_an_edition_holds_these_files_and_no_others(edition: Edition) -> None:
    due = {"manifest.json", "changes.json", *all_chart_paths(), *release_day_paths()}
    due |= {f"{name}.{language}.json" for name in ("article", "places") for language in LANGUAGES}
    for table in ("IP100", "IP101", "IP102", "IP103", "IP104", "IP105"):
        names = [f"{table}{middle}.{end}" for middle in ("", ".nn", ".en") for end in ("csv", "json", "xlsx", "ods")]
        due |= {f"tables/{table}/{name}" for name in (*names, f"{table}.semikolon.csv", f"{table}.parquet")}
    assert set(edition.files) == due


def test_the_same_tables_give_the_same_bytes(safe: SafeCubes, edition: Edition) -> None:
    assert made_edition(safe, equal=(EQUAL,)).files == edition.files


def test_the_manifest_vouches_for_every_other_file(edition: Edition, manifest: Any) -> None:
    assert set(manifest["files"]) == set(edition.files) - {"manifest.json"}
    for path, line in manifest["files"].items():
        assert line == {"sha256": hashlib.sha256(edition.files[path]).hexdigest(), "size": len(edition.files[path])}


def test_the_manifest_says_where_everything_comes_from(manifest: Any) -> None:
    assert manifest["edition"] == "2016.1"
    assert manifest["kind"] == "final"
    assert manifest["released"] == "2017-07-06T06:00:00Z"
    assert manifest["next_release"] == "2018-07-05"
    assert manifest["provenance"] == "synthetic"
    assert manifest["snapshot"]["number"] == 1
    assert manifest["snapshot"]["as_of"] == "2017-06-01T00:00:00+00:00"
    assert list(manifest["funnel"]) == ["denominator", "numerator", "population", "received", "valid"]
    assert (manifest["review"]["prepared_by"], manifest["review"]["approved_by"]) == ("kari.lagar", "ola.godkjenner")
    assert manifest["policy"]["name"] == "strict-5"
    assert manifest["policy"]["attack"] == {"settled": True, "exact": 0, "narrow": 0}
    assert manifest["equal_to_published"][0]["address"] == "https://example.org/tall"
    assert manifest["licence"]["name"] == "CC BY 4.0"


def test_json_is_canonical(edition: Edition) -> None:
    for path in ("manifest.json", "changes.json", "article.nb.json", "places.en.json"):
        content = edition.files[path].decode("utf-8")
        again = json.dumps(json.loads(content), ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"
        assert content == again


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"closed_by_register": 3, "municipalities_nil": 2}, {"municipalities_nil": 2}),
        ({"closed_by_register": 0}, {"closed_by_register": 0}),
        ({"from_register": 90, "from_direct": 4}, {}),
        ({"from_register": 90, "from_direct": 0}, {"from_register": 90, "from_direct": 0}),
    ],
)
def test_a_quality_figure_of_few_people_is_left_out(
    safe: SafeCubes, given: dict[str, int], told: dict[str, int]
) -> None:
    manifest = json.loads(made_edition(dataclasses.replace(safe, quality=given)).manifest)
    assert manifest["quality"] == told


def test_an_untouched_edition_has_nothing_wrong_with_it(edition: Edition) -> None:
    assert verify(edition.files, manifest_sha256=recorded(edition)) == ()
    assert verify(edition.files, manifest_sha256=None) == ()


def test_one_changed_byte_in_any_file_is_named() -> None:
    counts, _ = plausible_counts()
    only = ("0101", "0301")
    edition = made_edition(safe_cubes({code: counts[code] for code in only}, only=only))
    for path, content in edition.files.items():
        middle = len(content) // 2
        changed = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        problems = verify({**edition.files, path: changed}, manifest_sha256=recorded(edition))
        assert path in {problem.file for problem in problems}, path


def test_a_missing_file_and_an_extra_one_are_named(edition: Edition) -> None:
    files = dict(edition.files)
    del files["places.nn.json"]
    files["tables/IP102/IP102.pdf"] = b"what is this"
    problems = verify(files, manifest_sha256=recorded(edition))
    assert Problem("places.nn.json", "is in the manifest and missing from the edition") in problems
    assert Problem("tables/IP102/IP102.pdf", "is in the edition and not in the manifest") in problems


def test_an_edition_without_a_manifest_or_with_nonsense_for_one_is_told(edition: Edition) -> None:
    rest = {path: content for path, content in edition.files.items() if path != "manifest.json"}
    assert [problem.file for problem in verify(rest, manifest_sha256=None)] == ["manifest.json"]
    for nonsense in (b"", b"[]", b"{}", b'{"files": 3}', b"\xff\xfe"):
        problems = verify({**rest, "manifest.json": nonsense}, manifest_sha256=None)
        assert [problem.file for problem in problems] == ["manifest.json"]


def resealed(files: Mapping[str, bytes], changed: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files with some changed and a manifest that vouches for the changed ones: an inside job."""
    together = {**files, **changed}
    manifest = json.loads(together["manifest.json"])
    for path, content in changed.items():
        manifest["files"][path] = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    together["manifest.json"] = json.dumps(manifest).encode()
    return together


def replaced(edition: Edition, path: str, old: str, new: str) -> dict[str, bytes]:
    content = edition.files[path].decode("utf-8")
    assert old in content, f"{path} does not have {old}"
    return resealed(edition.files, {path: content.replace(old, new, 1).encode("utf-8")})


def first_shown(edition: Edition) -> str:
    return next(line for line in edition.files["tables/IP102/IP102.csv"].decode().splitlines()[1:] if ",,synth" in line)


def test_a_format_that_disagrees_is_named_even_when_the_manifest_was_made_to_fit(edition: Edition) -> None:
    line = first_shown(edition)
    value = re.findall(r",(\d+),,synthetic", line)[0]
    files = replaced(edition, "tables/IP102/IP102.csv", line, line.replace(f",{value},,", f",{int(value) + 1},,"))
    problems = verify(files, manifest_sha256=None)
    assert {problem.file for problem in problems} == {"tables/IP102/IP102.csv"}
    assert f"is {int(value) + 1} here and {value} in the JSON-stat" in problems[0].message


@pytest.mark.parametrize("key", ["text", "cells", "format"])
@pytest.mark.parametrize("file", ["places.nn.json", "article.nb.json"])
def test_a_figure_of_another_form_is_told_and_does_not_end_the_check(edition: Edition, file: str, key: str) -> None:
    figure = b'{"cells":[["IP102","0","0","Avsluttet","2016"]],"format":"count","text":'
    changed = edition.files[file].replace(figure, figure.replace(key.encode(), b"other"), 1)
    assert changed != edition.files[file]
    problems = verify(resealed(edition.files, {file: changed}), manifest_sha256=None)
    assert {problem.file for problem in problems} == {file}


def test_a_text_that_no_cell_backs_is_named(edition: Edition) -> None:
    article = json.loads(edition.files["article.nb.json"])
    article["lead"][1] = article["lead"][1] + " Det er 12 flere enn før."
    content = json.dumps(article, ensure_ascii=False).encode()
    problems = verify(resealed(edition.files, {"article.nb.json": content}), manifest_sha256=None)
    assert [problem.file for problem in problems] == ["article.nb.json"]
    assert "holds a number that no cell backs" in problems[0].message


def figures_of(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "format" in value and "cells" in value:
            yield value
        else:
            for inner in value.values():
                yield from figures_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from figures_of(inner)


@pytest.mark.parametrize("path", ["article.en.json", "places.nb.json"])
def test_a_figure_that_is_not_its_cell_is_named(edition: Edition, path: str) -> None:
    document = json.loads(edition.files[path])
    shown = [figure for figure in figures_of(document) if "status" not in figure]
    shown[len(shown) // 2]["text"] = "77"
    problems = verify(resealed(edition.files, {path: json.dumps(document).encode()}), manifest_sha256=None)
    assert [problem.file for problem in problems] == [path]
    assert "“77” is" in problems[0].message


def test_a_hidden_figure_made_visible_is_named(edition: Edition) -> None:
    document = json.loads(edition.files["places.nb.json"])
    hidden = next(figure for figure in figures_of(document) if figure.get("status") == ":")
    hidden["text"] = "3"
    del hidden["status"]
    problems = verify(resealed(edition.files, {"places.nb.json": json.dumps(document).encode()}), manifest_sha256=None)
    assert "“3” is “:” by its cells" in problems[0].message


def test_a_chart_that_draws_something_else_is_named(edition: Edition) -> None:
    path = "charts/counties.nb.vl.json"
    spec = json.loads(edition.files[path])
    spec["data"]["values"][0]["share"] += 1
    problems = verify(resealed(edition.files, {path: json.dumps(spec).encode()}), manifest_sha256=None)
    assert [problem.file for problem in problems] == [path]


def test_cells_that_do_not_add_up_are_named(edition: Edition) -> None:
    changed = {}
    for path, content in edition.files.items():
        if path.startswith("tables/IP101/") and path.endswith(".json"):
            dataset = json.loads(content)
            dataset["value"][0] += 1
            changed[path] = json.dumps(dataset).encode()
    problems = verify(resealed(edition.files, changed), manifest_sha256=None)
    messages = [problem.message for problem in problems if problem.file == "tables/IP101/IP101.json"]
    assert any("not the sum of its reasons" in message for message in messages)
    assert any("not the sum of men and women" in message for message in messages)


def test_a_synthetic_edition_passed_off_as_real_is_named(edition: Edition) -> None:
    manifest = json.loads(edition.manifest)
    manifest["provenance"] = "register"
    files = {**edition.files, "manifest.json": json.dumps(manifest).encode()}
    named = {problem.file for problem in verify(files, manifest_sha256=None)}
    assert {"article.nb.json", "places.en.json", "tables/IP102/IP102.csv", "tables/IP102/IP102.parquet"} <= named


def test_what_is_hidden_is_absent_from_every_text(edition: Edition) -> None:
    for language in LANGUAGES:
        for name in ("article", "places"):
            for figure in figures_of(json.loads(edition.files[f"{name}.{language}.json"])):
                if figure.get("status"):
                    assert figure["text"] == figure["status"]
                    assert figure["spoken"]


def test_a_synthetic_edition_says_so_wherever_it_may_end_up(edition: Edition) -> None:
    for language, word in (("nb", "yntetiske data"), ("nn", "yntetiske data"), ("en", "ynthetic data")):
        article = json.loads(edition.files[f"article.{language}.json"])
        assert word in article["title"]
        assert word in article["description"]
        assert word in article["provenance"]["banner"]["title"]
        assert word in "".join(part for part in article["citation"] if isinstance(part, str))
        banner = json.dumps(article["provenance"]["banner"], ensure_ascii=False)
        assert "https://example.org/tall" in banner
        places = json.loads(edition.files[f"places.{language}.json"])
        assert all(word in page["title"] and word in page["description"] for page in places["places"].values())


def test_the_first_edition_says_so(edition: Edition) -> None:
    assert json.loads(edition.files["changes.json"]) == {"previous": None, "reason": {}, "cells": []}
    assert "Dette er den første endelige utgaven for 2016." in edition.files["article.nb.json"].decode()


def test_a_correction_lists_exactly_the_cells_that_changed(edition: Edition, safe: SafeCubes) -> None:
    cube = safe.tables["IP102"]
    values = cube.values.copy()
    values[0, 0, 0, 0] += 1
    corrected = dataclasses.replace(safe, tables={**safe.tables, "IP102": dataclasses.replace(cube, values=values)})
    later = made_edition(corrected, number="2016.1.1", previous=edition.files, public_reason="En kommune har rettet.")
    changes = json.loads(later.files["changes.json"])
    before = int(cube.values[0, 0, 0, 0])
    assert changes == {
        "previous": "2016.1",
        "reason": {"nb": "En kommune har rettet."},
        "cells": [
            {
                "table": "IP102",
                "codes": ["0", "0", "Avsluttet", "2016"],
                "before": {"value": str(before), "status": ""},
                "after": {"value": str(before + 1), "status": ""},
            }
        ],
    }
    article = json.loads(later.files["article.nb.json"])
    (section,) = (section for section in article["sections"] if section["id"] == "changes")
    text = "".join(part if isinstance(part, str) else part["text"] for part in section["blocks"][0]["parts"])
    assert text == "Siden utgave 2016.1 er 1 celle i tabellene endret. Den er ført opp i filen changes.json."


def test_a_correction_without_a_public_reason_is_refused(safe: SafeCubes, edition: Edition) -> None:
    with pytest.raises(ReleaseRefused, match="public reason"):
        made_edition(safe, number="2016.1.1", previous=edition.files)


def test_tables_the_attack_broke_are_refused(safe: SafeCubes) -> None:
    for change in ({"attack_exact": 1}, {"attack_settled": False}, {"attack_narrow": 2}):
        broken = dataclasses.replace(safe, report=dataclasses.replace(safe.report, **change))
        with pytest.raises(ReleaseRefused, match="attack"):
            made_edition(broken)


def test_a_number_of_another_year_is_refused(safe: SafeCubes) -> None:
    with pytest.raises(ReleaseRefused, match="one year"):
        made_edition(safe, number="2017.1")


def test_a_table_too_few_is_refused(safe: SafeCubes) -> None:
    fewer = dataclasses.replace(safe, tables={key: cube for key, cube in safe.tables.items() if key != "IP103"})
    with pytest.raises(ReleaseRefused, match="lay down"):
        made_edition(fewer)


def test_a_preliminary_edition_says_so(safe: SafeCubes) -> None:
    early = made_edition(safe, number="2016.0", provenance=Provenance.REGISTER)
    article = json.loads(early.files["article.nn.json"])
    assert article["status"] == {"code": "preliminary", "label": "Førebelse tal"}
    assert verify(early.files, manifest_sha256=recorded(early)) == ()


def test_a_place_larger_than_the_one_it_lies_in_is_named(edition: Edition) -> None:
    changed = {}
    for path, content in edition.files.items():
        if path.startswith("tables/IP102/") and path.endswith(".json"):
            dataset = json.loads(content)
            at = list(dataset["dimension"]["Region"]["category"]["index"]).index("09") * 3 * 6
            dataset["value"][at] = 10**6
            changed[path] = json.dumps(dataset).encode()
    problems = verify(resealed(edition.files, changed), manifest_sha256=None)
    assert any("more than the" in problem.message for problem in problems)
