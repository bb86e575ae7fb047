"""What an invented register is, by example: repeatable, in many formats, valid and impossible to take for anyone's."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from introstat.definitions.catalogue import definitions_for
from introstat.synthetic import Summary, write
from introstat.synthetic.allocation import apportion, fill
from introstat.synthetic.files import STYLES, Style, render
from introstat.synthetic.identifiers import Identifiers
from introstat.vocabulary.errors import UnknownYear

FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)


Told = list[tuple[int, int]]


@dataclass(frozen=True)
class Invented:
    """One run for 900 people: its files, its summary, and what its progress was told."""

    files: dict[str, bytes]
    summary: Summary
    told: Told


def invent(folder: Path, *, seed: int = 1, persons: int | None = 900) -> Invented:
    told: Told = []
    summary = write(
        2016,
        seed=seed,
        persons=persons,
        out=folder,
        definitions=definitions_for(2016),
        progress=lambda done, total: told.append((done, total)),
    )
    return Invented(files={path.name: path.read_bytes() for path in folder.iterdir()}, summary=summary, told=told)


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> Invented:
    return invent(tmp_path_factory.mktemp("invented"))


@pytest.fixture(scope="module")
def exact(tmp_path_factory: pytest.TempPathFactory) -> Invented:
    return invent(tmp_path_factory.mktemp("exact"), persons=None)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_other_people(tmp_path: Path, invented: Invented) -> None:
    assert invent(tmp_path / "same").files == invented.files
    assert invent(tmp_path / "other", seed=2).files != invented.files


def test_a_second_run_replaces_the_files_of_the_first_and_touches_nothing_else(
    tmp_path: Path, invented: Invented
) -> None:
    (tmp_path / "0301-oslo-deltakere.pdf").write_text("not the same file any more", encoding="utf-8")
    (tmp_path / "my-notes.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "deliveries.json").write_text('{"deliveries": [{"file": "0301-oslo-deltakere.pdf"}]}', encoding="utf-8")
    again = invent(tmp_path).files
    assert again.pop("my-notes.txt") == b"mine"
    assert again == invented.files


def test_as_many_people_as_asked_for_stand_in_the_files_and_the_shares_are_kept(
    invented: Invented, exact: Invented
) -> None:
    assert invented.summary.people == 900
    whole = exact.summary.ended / exact.summary.people
    assert invented.summary.ended / 900 == pytest.approx(whole, abs=0.01)


def test_scaled_deliveries_claim_no_published_total(invented: Invented, exact: Invented) -> None:
    assert json.loads(invented.files["published.json"])["totals"] == []
    assert json.loads(exact.files["published.json"])["totals"] != []


def test_a_year_without_published_totals_cannot_be_invented(tmp_path: Path) -> None:
    with pytest.raises(UnknownYear, match="2016"):
        write(2004, seed=1, persons=None, out=tmp_path, definitions=definitions_for(2016))


def test_the_schedule_names_every_file_once_in_the_order_it_was_sent(invented: Invented) -> None:
    schedule = json.loads(invented.files["deliveries.json"])["deliveries"]
    assert {entry["file"] for entry in schedule} == set(invented.files) - {"deliveries.json", "published.json"}
    assert [entry["order"] for entry in schedule] == list(range(1, len(schedule) + 1))
    times = [datetime.fromisoformat(entry["received"]) for entry in schedule]
    assert times == sorted(times)
    assert all(time.tzinfo is not None for time in times)
    assert times[0].date() >= date(2017, 1, 9)
    assert times[-1].date() == date(2017, 3, 16)


def test_a_municipality_that_no_longer_exists_is_sent_by_the_office(exact: Invented) -> None:
    schedule = json.loads(exact.files["deliveries.json"])["deliveries"]
    senders = {entry["file"][:4]: entry["sender"] for entry in schedule}
    assert (senders["0706"], senders["0719"], senders["0720"]) == ("office",) * 3
    assert senders["0301"] == "0301"


def test_progress_is_told_after_every_municipality_and_the_office(invented: Invented) -> None:
    assert invented.told == [(done, 429) for done in range(1, 430)]


def test_the_formats_differ_in_everything_a_reader_must_find_out() -> None:
    written_as_text = [style for style in STYLES if style.delimiter]
    assert {style.delimiter for style in written_as_text} == {";", ",", "\t"}
    assert {style.encoding for style in written_as_text} == {"utf-8", "utf-8-sig", "cp1252"}
    assert {style.dates for style in STYLES} == {"iso", "dotted", "cells"}
    assert {style.header for style in STYLES} == {"lower", "upper", "title"}
    assert any(not style.delimiter for style in STYLES)


def test_a_file_with_a_semicolon_dotted_dates_and_windows_letters_reads_like_this() -> None:
    table = pa.table(
        {
            "fornavn": pa.array(["Åpen", None]),
            "sluttdato": pa.array(np.array(["2016-12-31", "NaT"], dtype="datetime64[D]"), pa.date32()),
        }
    )
    content = render(table, style=Style(";", "cp1252", "\r\n", "dotted", header="upper"))
    assert content == b"FORNAVN;SLUTTDATO\r\n\xc5pen;31.12.2016\r\n;\r\n"


def test_only_a_spreadsheet_can_have_cells_that_are_dates() -> None:
    with pytest.raises(ValueError, match="XLSX"):
        Style(";", "utf-8", "\n", "cells")


@pytest.mark.parametrize(("d_number", "day", "month"), [(False, "17", "85"), (True, "57", "85")])
def test_a_synthetic_id_has_its_month_raised_by_eighty_and_valid_check_digits(
    d_number: bool, day: str, month: str
) -> None:
    birth = np.repeat(np.datetime64("1985-05-17", "D"), 40)
    odd = np.arange(40) % 2 == 0
    ids = Identifiers().national(birth, odd=odd, d_number=np.full(40, d_number)).to_pylist()
    assert len(set(ids)) == 40
    for number, man in zip(ids, odd.tolist(), strict=True):
        assert number is not None
        digits = [int(digit) for digit in number]
        assert (number[:2], number[2:4], number[4:6]) == (day, month, "85")
        assert digits[8] % 2 == man
        assert sum(a * b for a, b in zip(digits[:10], FIRST_WEIGHTS, strict=True)) % 11 == 0
        assert sum(a * b for a, b in zip(digits, SECOND_WEIGHTS, strict=True)) % 11 == 0


def test_when_a_birth_date_is_used_up_the_other_synthetic_series_takes_over_and_then_it_says_so() -> None:
    identifiers = Identifiers()
    birth = np.repeat(np.datetime64("1985-05-17", "D"), 900)
    odd, national = np.zeros(900, dtype=np.bool_), np.zeros(900, dtype=np.bool_)
    ids = [str(number) for number in identifiers.national(birth, odd=odd, d_number=national).to_pylist()]
    assert len(set(ids)) == 900
    assert {number[:4] for number in ids} == {"1785", "1770", "5785", "5770"}
    with pytest.raises(ValueError, match="fewer people"):
        identifiers.national(birth, odd=odd, d_number=national)


def test_a_refugee_number_is_a_year_a_serial_and_a_remainder() -> None:
    numbers = Identifiers().duf(np.array([2014, 2014, 2015])).to_pylist()
    assert len(set(numbers)) == 3
    assert all(re.fullmatch(r"201[45]\d{8}", str(number)) for number in numbers)
    assert [str(number)[:4] for number in numbers] == ["2014", "2014", "2015"]


@pytest.mark.parametrize(
    ("weights", "total", "shares"),
    [((1, 1, 1), 4, (2, 1, 1)), ((1, 2, 7), 10, (1, 2, 7)), ((0, 5, 0), 3, (0, 3, 0)), ((3, 1), 0, (0, 0))],
)
def test_people_are_apportioned_by_largest_remainder(
    weights: tuple[int, ...], total: int, shares: tuple[int, ...]
) -> None:
    assert tuple(apportion(np.array(weights), total=total).tolist()) == shares


def test_filling_keeps_the_bounds_and_meets_the_total() -> None:
    low, high = np.array([0, 5, 2]), np.array([1, 9, 2])
    filled = fill(np.array([0.5, 2.0, 7.0]), sizes=np.ones(3), low=low, high=high, total=10)
    assert filled.tolist() == [1, 7, 2]
    with pytest.raises(ValueError, match="no room"):
        fill(np.array([0.5, 2.0, 7.0]), sizes=np.ones(3), low=low, high=high, total=13)
