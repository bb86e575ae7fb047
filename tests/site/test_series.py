"""A place over time: every year from its newest edition, breaks marked, and a change called one only when it is."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from tests.made_tables import made_edition, plausible_counts, safe_cubes
from tests.site.reader import Reader

from introstat.publish.formats import differs
from introstat.publish.reading import read_csv
from introstat.site.app import create_app
from introstat.site.series import is_same
from introstat.storage.editions import Editions
from introstat.vocabulary.editions import Edition
from introstat.vocabulary.snapshots import Provenance
from introstat.vocabulary.tables import PROTECTED_GROUP

YEARS = (2014, 2015, 2016)


def of(year: int, *, number: str = "", more: int = 0, provenance: Provenance = Provenance.SYNTHETIC) -> Edition:
    counts, silent = plausible_counts(year + more, year=year)
    only = tuple(code for code in counts if code[:2] in ("03", "12", "20"))
    kept = {code: people for code, people in counts.items() if code in only or code == PROTECTED_GROUP}
    if year == 2015 and more == 0:
        kept["0301"] = np.array([[5, 5, 30, 5, 30, 20, 20, 5], [5, 5, 30, 5, 30, 20, 20, 5]])
    quiet = frozenset(silent & set(only))
    return made_edition(
        safe_cubes(kept, only=only, not_reported=quiet, year=year), number=number or f"{year}.1", provenance=provenance
    )


def site_of(folder: Path, *editions: Edition) -> Reader:
    (folder / "editions").mkdir()
    for edition in editions:
        Editions(folder / "editions").write(edition)
    clock = datetime(2018, 1, 2, tzinfo=UTC)
    return Reader(create_app(folder / "editions", feedback=folder / "feedback", clock=lambda: clock))


@pytest.fixture(scope="module")
def editions() -> dict[int, Edition]:
    return {year: of(year) for year in YEARS}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, editions: dict[int, Edition]) -> Reader:
    return site_of(tmp_path_factory.mktemp("series"), *editions.values())


def section(page: str) -> str:
    return unescape(page.partition('id="over-tid"')[2].partition("</section>")[0])


def plain(html: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", html).replace("\N{NO-BREAK SPACE}", " ").split())


def test_every_number_of_every_place_and_year_is_its_cell_and_every_change_is_one(
    site: Reader, editions: dict[int, Edition]
) -> None:
    cells = {year: read_csv(edition.files["tables/IP102/IP102.csv"]).cells for year, edition in editions.items()}

    def told(year: int, code: str, content: str) -> int | None:
        seen = cells[year].get((code, "0", content, str(year)))
        return None if seen is None or seen.value is None else int(seen.value)

    codes = sorted({codes[0] for codes in cells[2016]})
    changes = 0
    for code in codes:
        kind = {1: "landet", 2: f"fylke/{code}", 4: f"kommune/{code}"}[len(code)]
        rows = re.findall(r"<li[^>]*>(.*?)</li>", section(site.get(f"/2016/{kind}/").text), re.DOTALL)
        assert len(rows) == len(YEARS), code
        for year, row in zip(YEARS, rows, strict=True):
            share = told(year, code, "AndelArbeidUtdanning")
            text = plain(row)
            assert text.startswith(str(year))
            assert (f"{share} %" in text) == (share is not None), (code, year, text)
            if share is not None:
                assert f"av {told(year, code, 'Avsluttet'):,} som".replace(",", " ") in text
        pairs = [(told(year, code, "ArbeidUtdanning"), told(year, code, "Avsluttet")) for year in (2016, 2015)]
        said = plain(section(site.get(f"/2016/{kind}/").text))
        if all(told(year, code, "AndelArbeidUtdanning") is not None for year in (2015, 2016)):
            (now, now_of), (before, before_of) = pairs
            is_change = differs((now or 0, now_of or 0), (before or 0, before_of or 0))
            changes += is_change
            assert ("større enn tilfeldig variasjon" in said) == is_change, code
            assert ("kan være tilfeldig" in said) != is_change
        else:
            assert "Andelen" not in said
    assert changes > 0


@pytest.mark.parametrize(("prefix", "words"), [("", "Over tid"), ("/nn", "Over tid"), ("/en", "Over time")])
def test_the_editions_behind_are_named_in_every_language(site: Reader, prefix: str, words: str) -> None:
    told = section(site.get(f"{prefix}/2016/kommune/0301/").text)
    assert words in told
    for edition in ("2014.1", "2015.1", "2016.1"):
        assert f'href="{prefix}/{edition}/"' in told
    assert f'href="{prefix}/2015/kommune/0301/"' in told


def test_a_year_knows_no_later_one_and_the_first_has_no_series(site: Reader) -> None:
    assert "2016" not in plain(section(site.get("/2015/kommune/0301/").text))
    assert 'id="over-tid"' not in site.get("/2014/kommune/0301/").text


def test_the_newest_edition_of_an_earlier_year_is_told_and_one_of_another_origin_is_not(
    tmp_path: Path, editions: dict[int, Edition]
) -> None:
    reader = site_of(
        tmp_path,
        of(2014, provenance=Provenance.REGISTER),
        editions[2015],
        made_corrected(),
        editions[2016],
    )
    told = plain(section(reader.get("/2016/kommune/0301/").text))
    assert "2015.1.1" in told
    assert "2014" not in told


def made_corrected() -> Edition:
    counts, _ = plausible_counts(7, year=2015)
    only = ("0301", "1201")
    safe = safe_cubes({code: counts[code] for code in only}, only=only, year=2015)
    return made_edition(safe, number="2015.1.1", public_reason="Oslo har rettet.")


def test_a_place_is_the_same_only_where_neither_borders_nor_number_changed() -> None:
    assert is_same("0301", earlier=2003, later=2026)
    assert is_same("0", earlier=2003, later=2026)
    assert not is_same("0710", earlier=2016, later=2017)
    assert is_same("0710", earlier=2017, later=2019)
    assert not is_same("1507", earlier=2019, later=2024)
