"""What needs no database: the home, the keys, released editions and the spool of answers."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from tests.storage.dying import die_at_flush

from introstat.storage.databases import database
from introstat.storage.editions import Editions
from introstat.storage.feedback import Feedback, Spool
from introstat.storage.home import Home
from introstat.storage.keys import Keys, prepare_secret_key, secret_key
from introstat.vocabulary.editions import Edition, EditionNumber
from introstat.vocabulary.errors import Damaged, EditionDamaged, NotFound, Refused
from introstat.vocabulary.snapshots import Provenance, SnapshotKind
from introstat.vocabulary.years import ReportingYear

NOW = datetime(2017, 7, 6, 6, tzinfo=UTC)
FINAL = EditionNumber(2016, 1)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").prepare()


@pytest.fixture
def editions(home: Home) -> Editions:
    return Editions(home.editions, waiting=home.scheduled)


def edition(number: EditionNumber = FINAL, *, text: str = "page", released: datetime = NOW) -> Edition:
    files = {"manifest.json": text.encode(), "tables/IP102/IP102.csv": b"Region\n"}
    return Edition(number=number, released=released, provenance=Provenance.SYNTHETIC, files=files)


def test_a_home_closes_what_is_personal_and_opens_what_is_released(home: Home) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in (home.keys, home.archive, home.drafts, home.editions)}
    assert modes == {"keys": 0o700, "archive": 0o700, "drafts": 0o700, "editions": 0o755}
    assert home.prepare() == home


def test_a_home_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("INTROSTAT_HOME", str(tmp_path / "x"))
    assert Home.from_environment().database == tmp_path / "x" / "register.sqlite3"
    monkeypatch.delenv("INTROSTAT_HOME")
    monkeypatch.chdir(tmp_path)
    assert Home.from_environment().path == tmp_path / "var"


def test_the_master_key_is_made_once_for_its_owner_alone(home: Home) -> None:
    first, second = Keys.open(home.keys), Keys.open(home.keys)
    assert first.fingerprint() == second.fingerprint()
    assert (home.keys / "master.key").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in home.keys.iterdir()] == ["master.key"]


def test_a_key_that_was_cut_is_refused(home: Home) -> None:
    (home.keys / "master.key").write_bytes(b"short")
    with pytest.raises(Damaged):
        Keys.open(home.keys)


def test_every_purpose_has_a_key_of_its_own() -> None:
    keys, year = Keys(bytes(32)), ReportingYear(2016)
    made = {
        keys.snapshot_key(year=year, as_of=NOW, kind=SnapshotKind.FINAL),
        keys.snapshot_key(year=year, as_of=NOW, kind=SnapshotKind.PRELIMINARY),
        keys.snapshot_key(year=year, as_of=NOW + timedelta(microseconds=1), kind=SnapshotKind.FINAL),
        keys.snapshot_key(year=ReportingYear(2017), as_of=NOW, kind=SnapshotKind.FINAL),
        Keys(b"1" * 32).snapshot_key(year=year, as_of=NOW, kind=SnapshotKind.FINAL),
    }
    assert len(made) == 5
    assert keys.index_of("national", "1") != keys.index_of("duf", "1") != Keys(b"1" * 32).index_of("duf", "1")


def test_the_same_moment_in_another_time_zone_is_the_same_snapshot() -> None:
    keys, year = Keys(bytes(32)), ReportingYear(2016)
    there = NOW.astimezone()
    kinds = {keys.snapshot_key(year=year, as_of=moment, kind=SnapshotKind.FINAL) for moment in (NOW, there)}
    assert len(kinds) == 1


def test_the_desk_s_secret_is_kept_and_may_be_given(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INTROSTAT_SECRET_KEY", raising=False)
    assert secret_key(home.keys) != secret_key(home.keys)
    prepare_secret_key(home.keys)
    assert secret_key(home.keys) == secret_key(home.keys)
    monkeypatch.setenv("INTROSTAT_SECRET_KEY", "given")
    assert secret_key(home.keys) == "given"


def test_a_postgres_address_is_taken_apart_and_never_shown() -> None:
    described = database(Path(), "postgres://u%40x:p%2Fw@db.example:5433/intro?sslmode=require")
    parts = {key: described[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")}
    assert parts == {
        "NAME": "intro",
        "USER": "u@x",
        "PASSWORD": "p/w",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }
    with pytest.raises(ValueError, match="postgres://user") as problem:
        database(Path(), "mysql://u:hunter2@h/db")
    assert "hunter2" not in str(problem.value)


def test_an_edition_is_released_read_only_and_listed(editions: Editions) -> None:
    release = editions.write(edition())
    assert editions.releases() == (release,)
    assert editions.read(FINAL) == dict(edition().files)
    assert editions.read_file(FINAL, "manifest.json") == b"page"
    folder = editions.path / "2016.1"
    assert {oct(path.stat().st_mode & 0o222) for path in [folder, *folder.rglob("*")]} == {"0o0"}


def test_the_same_edition_twice_is_one_and_another_with_its_number_is_refused(editions: Editions) -> None:
    editions.write(edition())
    editions.write(edition())
    assert len(editions.releases()) == 1
    with pytest.raises(Refused, match=r"2016\.1"):
        editions.write(edition(text="other"))
    assert editions.read_file(FINAL, "manifest.json") == b"page"


def test_the_newest_edition_of_a_year_is_the_highest_number(editions: Editions) -> None:
    for number in (EditionNumber(2016, 0), EditionNumber(2016, 1, 1), FINAL, EditionNumber(2015, 1)):
        editions.write(edition(number))
    newest = editions.newest(2016)
    assert newest is not None
    assert str(newest.number) == "2016.1.1"
    assert editions.newest(2014) is None


@pytest.mark.parametrize("name", ["../releases.json", "/etc/hostname", "", "tables", "none", "tables/../manifest.json"])
def test_only_files_of_the_edition_are_read(editions: Editions, name: str) -> None:
    editions.write(edition())
    with pytest.raises(NotFound):
        editions.read_file(FINAL, name)
    with pytest.raises(NotFound):
        editions.read_file(EditionNumber(2016, 0), "manifest.json")


def test_an_edition_waits_closed_until_its_hour(editions: Editions, home: Home) -> None:
    release = editions.schedule(edition())
    assert (editions.releases(), editions.scheduled()) == ((), (release,))
    assert home.scheduled.stat().st_mode & 0o077 == 0
    assert editions.publish_due(NOW - timedelta(seconds=1)) == ()
    assert editions.publish_due(NOW) == (release,)
    assert editions.read(FINAL) == dict(edition().files)
    assert editions.scheduled() == ()


def test_an_edition_that_waits_can_be_withdrawn_and_no_other_takes_its_number(editions: Editions) -> None:
    editions.schedule(edition())
    editions.schedule(edition())
    with pytest.raises(Refused):
        editions.schedule(edition(text="other"))
    editions.withdraw(FINAL)
    with pytest.raises(NotFound):
        editions.withdraw(FINAL)
    editions.write(edition())
    with pytest.raises(Refused):
        editions.schedule(edition(text="other"))


def test_the_open_site_has_no_place_for_what_waits(editions: Editions) -> None:
    with pytest.raises(Refused):
        Editions(editions.path).schedule(edition())


def test_a_list_that_cannot_be_read_is_said_to_be_damaged(editions: Editions) -> None:
    (editions.path / "releases.json").write_bytes(b"{")
    with pytest.raises(EditionDamaged):
        editions.releases()


@pytest.mark.parametrize("how", ["write", "publish_due"])
def test_killed_at_any_moment_of_a_release_the_next_try_completes_it(editions: Editions, how: str) -> None:
    if how == "publish_due":
        editions.schedule(edition())
    for step in range(1, 40):
        child = os.fork()
        if child == 0:
            die_at_flush(step)
            editions.write(edition()) if how == "write" else editions.publish_due(NOW)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        for release in editions.releases():
            assert editions.read(release.number) == dict(edition().files)
        if status == 0:
            break
    assert step > 5
    assert [str(release.number) for release in editions.releases()] == ["2016.1"]
    assert editions.scheduled() == ()


def answer(comment: str = "", day: int = 6) -> Feedback:
    return Feedback(given=NOW.replace(day=day), page="/nb/2016", found=True, comment=comment, language="nb")


def test_answers_are_kept_in_order_and_read_back(home: Home) -> None:
    spool = Spool(home.feedback)
    assert spool.append(answer("første", day=7))
    assert spool.append(answer("andre\nlinje"))
    assert [found.comment for found in spool.read()] == ["andre\nlinje", "første"]


def test_an_answer_that_is_too_long_or_finds_the_spool_full_is_not_kept(home: Home) -> None:
    assert not Spool(home.feedback).append(answer("x" * 2000))
    spool = Spool(home.feedback, largest=300)
    assert [spool.append(answer("x" * 50)) for _ in range(4)] == [True, False, False, False] or spool.size() <= 300
    assert spool.size() <= 300


def test_a_torn_line_is_passed_over(home: Home) -> None:
    spool = Spool(home.feedback)
    spool.append(answer("hel"))
    with (home.feedback / "2017-07-06.jsonl").open("ab") as file:
        file.write(b'{"given": "2017\n' + orjson.dumps({"page": 1}) + b"\n")
    assert [found.comment for found in spool.read()] == ["hel"]
