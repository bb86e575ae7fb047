"""What the command says to input that is wrong: clearly, with nothing half taken and nothing lost."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from tests.made_office import Office
from typer.testing import CliRunner

from introstat.cli.commands import app

pytestmark = pytest.mark.slow

Rows = list[list[str]]
SENDER = "0301"
COLUMNS = [
    "kommunenummer",
    "fodselsnummer",
    "fodselsdato",
    "kjonn",
    "statsborgerskap",
    "lov",
    "kategori",
    "vedtaksdato",
    "startdato",
    "sluttdato",
    "avslutningsarsak",
]
PEOPLE = (
    ("0301", "K", "ERI", "2014-03-03", "2016-03-03", "arbeid"),
    ("0301", "M", "SYR", "2014-05-12", "2016-05-12", "videregaende"),
    ("0301", "K", "SOM", "2014-08-18", "2016-08-18", "grunnskole"),
    ("0301", "M", "AFG", "2014-09-01", "2016-11-30", "sosialstonad"),
    ("0301", "K", "ETH", "2015-01-05", "", ""),
    ("0301", "M", "IRQ", "2014-02-10", "2016-02-10", "annet"),
)


def national_id(birth: str, serial: int) -> str:
    """A synthetic national id in the Tenor series (month + 80) for a birth date, with check digits."""
    year, month, day = birth.split("-")
    while True:
        nine = f"{day}{int(month) + 80:02d}{year[2:]}{serial:03d}"
        digits = [int(digit) for digit in nine]
        first = -sum(w * d for w, d in zip((3, 7, 6, 1, 8, 9, 4, 5, 2), digits, strict=True)) % 11
        second = -sum(w * d for w, d in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2), [*digits, first], strict=True)) % 11
        if first < 10 and second < 10:
            return f"{nine}{first}{second}"
        serial += 2


def good() -> Rows:
    """A delivery with nothing wrong in it, header first."""
    rows = [COLUMNS]
    for number, (municipality, sex, country, start, end, reason) in enumerate(PEOPLE):
        birth = f"19{80 + number}-04-1{number}"
        person = national_id(birth, 100 + 20 * number + (sex == "M"))
        rows.append(
            [
                municipality,
                person,
                birth,
                sex,
                country,
                "introduksjonsloven",
                "rett_og_plikt",
                start,
                start,
                end,
                reason,
            ]
        )
    return rows


def written(rows: Rows, separator: str = ";") -> bytes:
    return "".join(separator.join(row) + "\n" for row in rows).encode()


def changed(line: int, column: str, value: str) -> bytes:
    rows = good()
    rows[line - 1][COLUMNS.index(column)] = value
    return written(rows)


@cache
def bomb() -> bytes:
    """A workbook of a few hundred kB that unpacks to several hundred MB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 300_000_000)
    return packed.getvalue()


def shifted() -> bytes:
    rows = good()
    return written([rows[0], *([row[0], "", *row[1:-1]] for row in rows[1:])])


FATAL: dict[str, tuple[str, Callable[[], bytes]]] = {
    "another encoding than promised": ("a.csv", lambda: written(good()).decode().encode("utf-16")),
    "no header": ("b.csv", lambda: written(good()[1:])),
    "a column shifted": ("c.csv", shifted),
    "header text as data rows": ("d.csv", lambda: written([good()[0], good()[0], *good()[1:]])),
    "200 MB of noise": ("e.csv", lambda: bytes(range(256)) * (200_000_000 // 256)),
    "a workbook that is a bomb": ("f.xlsx", bomb),
    "an empty file": ("g.csv", lambda: b""),
    "a workbook called csv": ("h.csv", lambda: bomb()),
    "a NUL byte": ("i.csv", lambda: written(good()).replace(b"ERI", b"E\0I")),
    "somebody else's municipality": ("j.csv", lambda: written(good()).replace(b"0301;", b"1201;")),
}
ROW_ERRORS: dict[str, tuple[bytes, int]] = {
    "a duplicate": (written([*good(), good()[1]]), 8),
    "a lost leading zero": (changed(3, "kommunenummer", "301"), 3),
    "a municipality nobody knows": (changed(3, "kommunenummer", "0399"), 3),
    "a date that is not one": (changed(4, "sluttdato", "2016-02-31"), 4),
    "an end before the start": (changed(2, "sluttdato", "2013-01-01"), 2),
    "an id that fails its check digits": (changed(2, "fodselsnummer", "12345678901"), 2),
}


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A register that already has the good delivery."""
    office = Office(tmp_path_factory.mktemp("register"))
    path = office.home.parent / "good.csv"
    path.write_bytes(written(good()))
    receipt = received(office, path)
    assert (receipt["status"], receipt["rows"]["new"]) == ("accepted", len(PEOPLE)), receipt
    return office


def received(office: Office, path: Path, code: int = 0, sender: str = SENDER) -> dict[str, Any]:
    (receipt,) = json.loads(
        office.do(
            "receive", path, "--year", "2016", "--sender", sender, "--received", "2017-01-20T12:00", "--json", code=code
        )
    )
    assert isinstance(receipt, dict)
    return receipt


@pytest.fixture(scope="module")
def refusals(register: Office, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The receipts of all that is to be refused whole, by case; given at once, to a command that ends with the worst."""
    folder = tmp_path_factory.mktemp("fatal")
    for name, make in FATAL.values():
        (folder / name).write_bytes(make())
    paths = [folder / name for name, _ in FATAL.values()]
    words = ("--year", "2016", "--sender", SENDER, "--received", "2017-01-20T12:00", "--json")
    receipts = json.loads(register.do("receive", *paths, *words, code=1))
    assert [receipt["file"] for receipt in receipts] == [path.name for path in paths]
    return dict(zip(FATAL, receipts, strict=True))


@pytest.mark.parametrize("case", FATAL)
def test_a_file_that_is_not_what_it_claims_to_be_is_refused_whole(
    refusals: dict[str, dict[str, Any]], case: str
) -> None:
    receipt = refusals[case]
    assert receipt["status"] == "rejected"
    assert receipt["rows"]["new"] == 0
    assert [finding["severity"] for finding in receipt["findings"]].count("fatal") == 1
    message = next(f["message"] for f in receipt["findings"] if f["severity"] == "fatal")
    assert all(len(message[language]) > 30 for language in ("nb", "nn", "en"))


def test_a_refused_file_given_by_itself_ends_the_command_with_code_1(register: Office, tmp_path: Path) -> None:
    name, make = FATAL["no header"]
    (tmp_path / name).write_bytes(make())
    assert received(register, tmp_path / name, code=1)["status"] == "rejected"


@pytest.mark.parametrize("case", ROW_ERRORS)
def test_a_row_that_is_wrong_is_left_and_the_others_are_taken(tmp_path: Path, case: str) -> None:
    content, line = ROW_ERRORS[case]
    office = Office(tmp_path / "home")
    path = tmp_path / "rows.csv"
    path.write_bytes(content)
    receipt = received(office, path, code=3)
    assert receipt["status"] == "partly"
    assert receipt["rows"]["rejected"] == 1
    assert receipt["rows"]["new"] == receipt["rows"]["read"] - 1
    assert {f["line"] for f in receipt["findings"] if f["severity"] == "error"} == {line}


def test_the_same_file_again_changes_nothing_and_says_so(register: Office) -> None:
    receipt = received(register, register.home.parent / "good.csv")
    assert receipt["rows"] == {"read": 6, "new": 0, "changed": 0, "unchanged": 6, "rejected": 0}
    assert receipt["seen_before"] is True


def test_a_dry_run_checks_and_records_nothing(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "good.csv"
    path.write_bytes(written(good()))
    words = ("receive", path, "--year", "2016", "--sender", SENDER, "--received", "2017-01-20T12:00", "--json")
    (dry,) = json.loads(office.do(*words, "--dry-run"))
    (wet,) = json.loads(office.do(*words))
    assert (dry["dry_run"], dry["receipt"], dry["rows"]["new"]) == (True, "", 6)
    assert (wet["dry_run"], wet["rows"]["new"]) == (False, 6)


@pytest.fixture(scope="module")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A home with nothing in it, and nothing that is asked of it can be done."""
    return Office(tmp_path_factory.mktemp("nothing") / "home")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("receive", "nowhere.csv", "--year", "2016"), 2, "is not there"),
        (("receive", ".", "--year", "2016"), 2, "deliveries.json"),
        (("receive", ".", "--year", "1999"), 2, "between 2003 and 2100"),
        (("receive", ".", "--year", "2016", "--sender", "31"), 2, "four digits"),
        (("freeze", "2016", "--as-of", "yesterday"), 2, "is not a time"),
        (("freeze", "2016", "--as-of", "2999-01-01"), 1, "has not come yet"),
        (("freeze", "2031", "--as-of", "2017-01-01"), 1, "2016"),
        (("prepare", "2016"), 1, "introstat freeze"),
        (("review", "2016", "--approve", "--by", "A"), 1, "introstat prepare"),
        (("release", "2016"), 1, "introstat prepare"),
        (("verify", "2016.1"), 1, "has not been released"),
        (("verify", "last year's"), 1, "neither"),
        (("verify", "/usr"), 1, "holds no edition"),
    ],
)
def test_a_command_that_cannot_be_done_says_why_and_what_to_do(
    nothing: Office, words: tuple[str, ...], code: int, says: str
) -> None:
    done = nothing.run(*words)
    assert done.returncode == code, done.stderr
    assert says in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_what_a_person_wrote_is_shown_as_it_is_and_never_taken_for_markup(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "a[bold] [red].csv"
    path.write_bytes(written(good()))
    assert "a[bold] [red].csv" in office.do("receive", path, "--year", "2016", "--dry-run")
    assert "[/nowhere]" in office.run("receive", "[/nowhere]", "--year", "2016").stderr


@pytest.mark.parametrize(
    "command",
    [
        *("synth", "receive", "freeze", "prepare", "review", "release", "verify"),
        *("site serve", "site export", "desk serve", "desk add-user"),
    ],
)
def test_every_command_has_help_with_an_example(command: str) -> None:
    shown = CliRunner(env={"COLUMNS": "200"}).invoke(app, [*command.split(), "--help"])
    assert shown.exit_code == 0
    assert f"introstat {command}" in " ".join(shown.stdout.split("Example", 1)[1].split())
