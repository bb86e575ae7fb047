"""The invented deliveries of 2016 add up to what was published, counted row by row without any module of the line.

Files are decoded as a careful person would: a byte order mark, then strict UTF-8, then Windows-1252. A programme without an
end whose planned end is more than six months past has been closed by the register six months after it, with no reason.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from introstat.definitions.catalogue import definitions_for
from introstat.synthetic import Summary, write

# Aust-Agder 93 ended, 58 per cent, 9 to work, 45 to education … in the published order.
COUNTIES = {
    "09": (93, 58, 9, 45),
    "20": (115, 56, 32, 32),
    "16": (286, 54, 93, 61),
    "17": (212, 53, 49, 64),
    "02": (314, 53, 97, 69),
    "04": (121, 52, 29, 34),
    "01": (129, 50, 26, 39),
    "15": (266, 50, 41, 91),
    "03": (413, 47, 151, 44),
    "14": (116, 47, 27, 27),
    "06": (191, 45, 48, 38),
    "18": (307, 44, 60, 75),
    "11": (352, 43, 81, 71),
    "12": (475, 42, 116, 85),
    "19": (241, 41, 71, 29),
    "07": (125, 41, 28, 23),
    "05": (183, 40, 39, 34),
    "10": (242, 36, 39, 48),
    "08": (252, 33, 39, 43),
}
EDUCATION = {"videregaende", "hoyere_utdanning"}


@dataclass(frozen=True)
class Exit:
    municipality: str | None
    sex: str
    reason: str
    by_register: bool = False

    @property
    def reached(self) -> bool:
        return self.reason == "arbeid" or self.reason in EDUCATION


@dataclass(frozen=True)
class Register:
    folder: Path
    summary: Summary
    exits: list[Exit]

    def of(self, county: str) -> list[Exit]:
        return [one for one in self.exits if one.municipality and one.municipality.startswith(county)]


@pytest.fixture(scope="module", params=[1, 20161231], ids=lambda seed: f"seed {seed}")
def register(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Register:
    folder = tmp_path_factory.mktemp("deliveries")
    summary = write(2016, seed=request.param, persons=None, out=folder, definitions=definitions_for(2016))
    return Register(
        folder=folder, summary=summary, exits=[one for path in sorted(folder.iterdir()) for one in exits(path)]
    )


def rows(path: Path) -> list[dict[str, str]]:
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path).worksheets[0]
        lines = [[text(value) for value in line] for line in sheet.iter_rows(values_only=True)]
    else:
        content = path.read_bytes()
        try:
            decoded = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            decoded = content.decode("cp1252")
        header = decoded.split("\n", 1)[0]
        delimiter = max(";,\t", key=header.count)
        lines = list(csv.reader(io.StringIO(decoded), delimiter=delimiter))
    names = [name.lower() for name in lines[0]]
    return [dict(zip(names, line, strict=True)) for line in lines[1:]]


def text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value)


def day(value: str) -> date | None:
    if not value:
        return None
    return date.fromisoformat(value if "-" in value else "-".join(reversed(value.split("."))))


def half_a_year_after(start: date) -> date:
    month = start.month + 6
    return date(start.year + (month > 12), (month - 1) % 12 + 1, min(start.day, 28))


def exits(path: Path, *, year: int = 2016) -> list[Exit]:
    found = []
    if "-deltakere." in path.name:
        for row in rows(path):
            home = None if row.get("adressebeskyttelse") == "fortrolig" else row["kommunenummer"]
            end, planned = day(row["sluttdato"]), day(row["planlagt_sluttdato"])
            if end is not None and end.year == year:
                found.append(Exit(home, row["kjonn"], row["avslutningsarsak"]))
            elif end is None and planned is not None and half_a_year_after(planned).year == year:
                found.append(Exit(home, row["kjonn"], row["avslutningsarsak"], by_register=True))
    elif "-direkterapport." in path.name:
        for row in rows(path):
            found += [Exit(row["kommunenummer"] or None, row["kjonn"], row["avslutningsarsak"])] * int(row["antall"])
    return found


def per_cent(part: int, whole: int) -> int:
    return (200 * part + whole) // (2 * whole)


def figures(people: list[Exit]) -> tuple[int, int, int, int]:
    work = sum(one.reason == "arbeid" for one in people)
    education = sum(one.reason in EDUCATION for one in people)
    return len(people), per_cent(work + education, len(people)), work, education


@pytest.mark.parametrize("county", COUNTIES)
def test_every_county_has_its_published_numbers(register: Register, county: str) -> None:
    assert figures(register.of(county)) == COUNTIES[county]


def test_the_country_has_its_published_numbers(register: Register) -> None:
    assert figures(register.exits) == (4469, 46, 1087, 961)
    assert register.summary.ended == 4469


def test_the_country_exceeds_the_counties_by_the_protected_people(register: Register) -> None:
    hidden = [one for one in register.exits if one.municipality is None]
    assert figures(hidden)[0::2] == (36, 12)
    assert figures(hidden)[3] == 9


def test_men_and_women_have_their_published_shares(register: Register) -> None:
    men = [one for one in register.exits if one.sex == "M"]
    women = [one for one in register.exits if one.sex == "K"]
    assert (figures(men)[1], figures(women)[1]) == (53, 36)
    assert len(men) + len(women) == 4469


def test_the_municipalities_have_their_published_sizes_and_results(register: Register) -> None:
    ended = Counter(one.municipality for one in register.exits if one.municipality)
    reached = Counter(one.municipality for one in register.exits if one.municipality and one.reached)
    large = [code for code, number in ended.items() if number >= 5]
    assert len(large) == 194
    assert sum(100 * reached[code] >= 55 * ended[code] for code in large) == 65
    assert 428 - len(ended) == 43
    assert sum(1 <= number <= 4 for number in ended.values()) == 191


def test_the_published_order_of_the_counties_follows_from_the_unrounded_shares(register: Register) -> None:
    def share(county: str) -> float:
        people = register.of(county)
        return sum(one.reached for one in people) / len(people)

    assert sorted(COUNTIES, key=share, reverse=True) == list(COUNTIES)


def test_every_municipality_is_in_one_file_except_the_silent_ones(register: Register) -> None:
    kinds = ("deltakere", "direkterapport", "nullrapport")
    homes = Counter(
        path.name[:4]
        for path in register.folder.iterdir()
        if path.name[:4].isdecimal() and path.stem.rsplit("-", 1)[1] in kinds
    )
    assert set(homes.values()) == {1}
    assert len(homes) == 428 - 6
    assert register.summary.not_reporting == 6


def test_nobody_is_in_two_files(register: Register) -> None:
    people = [row for path in register.folder.glob("*-deltakere.*") for row in rows(path)]
    ids = [row["fodselsnummer"] for row in people if row["fodselsnummer"]]
    refugee_numbers = [row["dufnummer"] for row in people if row["dufnummer"]]
    assert len(set(ids)) == len(ids)
    assert len(set(refugee_numbers)) == len(refugee_numbers)
    assert all(row["fodselsnummer"] or row["dufnummer"] for row in people)
    assert len(people) == register.summary.people


def test_the_year_holds_the_cases_that_make_counting_hard(register: Register) -> None:
    people = [row for path in register.folder.glob("*-deltakere.*") for row in rows(path)]
    ends = Counter(end.year if end else None for end in (day(row["sluttdato"]) for row in people))
    assert min(ends[2015], ends[2017], ends[None]) > 100
    assert {row["kategori"] for row in people} == {"rett_og_plikt", "kan_tilbys"}
    assert sum(row.get("adressebeskyttelse") == "fortrolig" for row in people) > 10
    assert sum(one.by_register for one in register.exits) > 100
    assert sum(not one.reason and not one.by_register for one in register.exits) > 100
    assert {one.reason for one in register.exits} >= {"grunnskole", "kvalifisering", "sosialstonad", "trygd", "annet"}


def test_the_published_totals_are_written_beside_the_files_and_hold(register: Register) -> None:
    totals = json.loads((register.folder / "published.json").read_text(encoding="utf-8"))
    assert (totals["source"], totals["address"]) == ("IMDi, 6. juli 2017", "https://www.imdi.no")
    cells = {
        (one["table"], one["cell"]["Region"], one["cell"]["Kjonn"], one["cell"]["ContentsCode"]): one["value"]
        for one in totals["totals"]
    }
    for county, (ended, share, work, education) in {**COUNTIES, "0": (4469, 46, 1087, 961)}.items():
        assert cells.pop(("IP102", county, "0", "Avsluttet")) == ended
        assert cells.pop(("IP102", county, "0", "AndelArbeidUtdanning")) == share
        assert cells.pop(("IP102", county, "0", "TilArbeid")) == work
        assert cells.pop(("IP102", county, "0", "TilUtdanning")) == education
    assert cells == {
        ("IP102", "0", "1", "AndelArbeidUtdanning"): 53,
        ("IP102", "0", "2", "AndelArbeidUtdanning"): 36,
        ("IP100", "0", "0", "KommunerFemEllerFler"): 194,
        ("IP100", "0", "0", "KommunerMinst55"): 65,
    }


def test_the_table_of_this_test_is_the_published_one(reference: Path) -> None:
    with (reference / "reference" / "results-2016-by-county.csv").open(encoding="utf-8") as file:
        published = {
            row["fylke_nr"]: tuple(
                int(row[name])
                for name in (
                    "antall_avsluttet",
                    "andel_arbeid_eller_utdanning_pst",
                    "antall_til_arbeid",
                    "antall_til_utdanning",
                )
            )
            for row in csv.DictReader(file)
        }
    assert published.pop("00") == (4469, 46, 1087, 961)
    assert list(published.items()) == list(COUNTIES.items())


def test_a_spreadsheet_has_no_time_of_its_own(register: Register) -> None:
    path = next(register.folder.glob("*.xlsx"))
    with zipfile.ZipFile(path) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
