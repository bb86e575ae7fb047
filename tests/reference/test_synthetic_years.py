"""Several invented years are one register: the same people from year to year, and each year's totals still exact."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pytest
from tests.reference.test_published_2016 import day, exits, figures, rows

from introstat.definitions.catalogue import definitions_for
from introstat.synthetic import Summary, write_years

YEARS = (2014, 2015, 2016)
Programme = tuple[str, str, str, date | None]


@pytest.fixture(scope="module")
def series(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[Summary, ...]]:
    out = tmp_path_factory.mktemp("series")
    return out, write_years([definitions_for(year) for year in YEARS], seed=3, out=out)


def people(folder: Path) -> dict[Programme, dict[str, str]]:
    """The rows of a year's participant files by municipality, person and start."""
    found = {}
    for path in sorted(folder.glob("*-deltakere.*")):
        for row in rows(path):
            key = (row["kommunenummer"], row["fodselsnummer"], row["dufnummer"], day(row["startdato"]))
            assert key not in found
            found[key] = row
    return found


def test_every_year_meets_its_totals_and_a_correction_comes_on_top(series: tuple[Path, tuple[Summary, ...]]) -> None:
    totals = {2014: (3229, 44, 730, 678), 2015: (3812, 45, 900, 805), 2016: (4469, 46, 1087, 961)}
    for summary in series[1]:
        folder = series[0] / str(summary.year)
        files = [path for path in folder.iterdir() if not path.stem.endswith("-rettet")]
        assert figures([one for path in files for one in exits(path, year=summary.year)]) == totals[summary.year]
        assert summary.ended == totals[summary.year][0]


def test_a_person_stands_in_file_after_file_until_the_programme_ends(series: tuple[Path, tuple[Summary, ...]]) -> None:
    files = {year: people(series[0] / str(year)) for year in YEARS}
    for before, after in ((2014, 2015), (2015, 2016)):
        both = files[before].keys() & files[after].keys()
        assert len(both) > 2000
        for key in both:
            first, second = files[before][key], files[after][key]
            assert day(first["sluttdato"]) in (None, day(second["sluttdato"]))
            assert first["avslutningsarsak"] in ("", second["avslutningsarsak"])
            for name in ("fodselsdato", "vedtaksdato"):
                assert day(first[name]) == day(second[name])
            for name in ("kjonn", "statsborgerskap"):
                assert first[name] == second[name]
    ends = Counter(bool(row["sluttdato"]) for row in files[2014].values())
    assert ends[False] > 4000
    assert len(files[2014].keys() & files[2016].keys()) > 500


def test_nobody_has_another_birth_date_or_sex_in_another_file(series: tuple[Path, tuple[Summary, ...]]) -> None:
    known: dict[str, tuple[date | None, str]] = {}
    for year in YEARS:
        for row in people(series[0] / str(year)).values():
            for number in (row["fodselsnummer"], row["dufnummer"]):
                if number:
                    told = (day(row["fodselsdato"]), row["kjonn"])
                    assert known.setdefault(number, told) == told


def test_no_file_tells_of_what_had_not_happened_when_it_was_sent(series: tuple[Path, tuple[Summary, ...]]) -> None:
    for year in YEARS:
        folder = series[0] / str(year)
        for entry in json.loads((folder / "deliveries.json").read_text("utf-8"))["deliveries"]:
            if entry["kind"] != "deltakere":
                continue
            sent = datetime.fromisoformat(entry["received"]).date()
            for row in rows(folder / entry["file"]):
                for name in ("startdato", "sluttdato", "vedtaksdato"):
                    told = day(row[name])
                    assert told is None or told <= sent


def test_one_file_of_the_year_before_the_last_is_sent_again_with_what_the_register_was_not_told(
    series: tuple[Path, tuple[Summary, ...]],
) -> None:
    folder = series[0] / "2015"
    (again,) = folder.glob("*-rettet.*")
    first = folder / again.name.replace("-rettet", "")
    before, after = rows(first), rows(again)
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    closed = [one for one in exits(first, year=2015) if one.by_register]
    assert len(changed) > 4
    assert len(changed) == len(closed) - len(closed) // 3
    for old, new in changed:
        assert {name for name in old if old[name] != new[name]} == {"sluttdato", "avslutningsarsak"}
        assert (old["sluttdato"], old["avslutningsarsak"]) == ("", "")
        told = day(new["sluttdato"])
        assert told is not None
        assert told.year == 2015
    entry = json.loads((folder / "deliveries.json").read_text("utf-8"))["deliveries"][-1]
    assert (entry["file"], entry["received"][:10]) == (again.name, "2016-09-12")


def test_years_with_a_gap_between_them_are_not_one_series(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="follow"):
        write_years([definitions_for(2014), definitions_for(2016)], seed=0, out=tmp_path)
