"""The company of a municipality: shown ones of about its size, and nobody where there are none."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from tests.made_tables import made_edition, plausible_counts, safe_cubes
from tests.site.conftest import LATER
from tests.site.reader import Reader

from introstat.publish.reading import read_csv
from introstat.site.app import create_app
from introstat.storage.editions import Editions
from introstat.vocabulary.editions import Edition


@pytest.fixture(scope="module")
def full() -> Edition:
    counts, silent = plausible_counts()
    return made_edition(safe_cubes(counts, not_reported=silent))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, full: Edition) -> Reader:
    folder: Path = tmp_path_factory.mktemp("similar")
    (folder / "editions").mkdir()
    Editions(folder / "editions").write(full)
    return Reader(create_app(folder / "editions", feedback=folder / "feedback", clock=lambda: LATER))


def company(site: Reader, code: str, prefix: str = "") -> list[str]:
    page = unescape(site.get(f"{prefix}/2016/kommune/{code}/").text)
    told = page.partition('id="lignende"')[2].partition("</ul>")[0]
    return re.findall(r'href="[^"]*/kommune/(\d{4})/"', told)


def test_for_every_municipality_they_are_the_nearest_that_are_shown(site: Reader, full: Edition) -> None:
    cells = read_csv(full.files["tables/IP102/IP102.csv"]).cells

    def told(code: str, content: str) -> int:
        seen = cells[code, "0", content, "2016"]
        return int(seen.value) if seen.value is not None else 0

    municipal = sorted({codes[0] for codes in cells if len(codes[0]) == 4 and codes[0].isdigit()})
    shown = [code for code in municipal if cells[code, "0", "AndelArbeidUtdanning", "2016"].value is not None]
    reached = set()
    for code in municipal[::6]:
        own = told(code, "Avsluttet")
        found = company(site, code)
        reached.add(len(found))
        if not own:
            assert found == []
            continue
        ratio = {
            other: max(told(other, "Avsluttet") / own, own / told(other, "Avsluttet"))
            for other in shown
            if other != code
        }
        assert set(found) <= ratio.keys()
        assert all(ratio[other] <= 1.5 for other in found)
        assert len(found) in (0, 3, 4, 5)
        if found:
            assert max(ratio[other] for other in found) <= min(
                (ratio[other] for other in ratio if other not in found), default=9
            )
        else:
            assert sum(distance <= 1.5 for distance in ratio.values()) < 3
    assert {0, 5} <= reached


def test_one_or_two_are_no_company_and_counties_ask_for_none(site: Reader, shared_site: Reader) -> None:
    for code in ("0101", "0301", "2011"):
        assert company(shared_site, code) == []
    assert 'id="lignende"' not in site.get("/2016/fylke/01/").text


@pytest.mark.parametrize("prefix", ["/nn", "/en"])
def test_the_company_is_the_same_in_every_language(site: Reader, prefix: str) -> None:
    codes = [code for code in ("0101", "0104", "0106", "0219", "1103") if company(site, code)]
    assert codes
    for code in codes:
        assert company(site, code, prefix) == company(site, code)
