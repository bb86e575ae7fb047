"""Snapshots, drafts and approvals as they are kept."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.made_register import WHEN, YEAR, Book, definitions, people
from tests.storage.conftest import Store
from tests.storage.dying import die_at_flush
from tests.storage.test_storage_ledger import LATER, receive

from introstat import freeze
from introstat.storage import reviews
from introstat.storage.archive import Archive, checksum_of
from introstat.storage.drafts import Drafts, digest_of
from introstat.storage.erasure import erase_person
from introstat.storage.home import Home
from introstat.storage.reviews import Prepared
from introstat.storage.sealed import from_files, to_files
from introstat.vocabulary.errors import Damaged, NotFound, Refused
from introstat.vocabulary.snapshots import Snapshot, SnapshotKind
from introstat.vocabulary.tables import Declared, Dimension, ProtectionReport, SafeCube, SafeCubes
from introstat.vocabulary.years import ReportingYear

PEOPLE = people(
    {"national_id": "01858512345", "end_date": "2016-05-01", "reason": "arbeid"},
    {"national_id": "01858512346", "end_date": "2016-06-01", "municipality": "1201"},
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(Home(tmp_path).prepare().archive)


@pytest.fixture
def snapshot() -> Snapshot:
    book = Book()
    book.receive(PEOPLE)
    return book.freeze(WHEN)


def taken(store: Store, as_of: datetime) -> Snapshot:
    kind = SnapshotKind.FINAL
    return freeze.take(
        store.ledger.histories(as_of),
        definitions=definitions(),
        year=YEAR,
        as_of=as_of,
        kind=kind,
        pseudonym_key=store.keys.snapshot_key(year=YEAR, as_of=as_of, kind=kind),
    )


def files_of(archive: Archive, number: int) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in (archive.path / "2016" / f"{number:04d}").iterdir()}


def test_a_snapshot_is_read_back_as_it_was_stored(archive: Archive, snapshot: Snapshot) -> None:
    number = archive.store(snapshot)
    found, checksum = archive.load(2016, number)
    assert found.meta == snapshot.meta
    assert found.rows.equals(snapshot.rows)
    assert found.reporting.equals(snapshot.reporting)
    assert checksum == checksum_of(snapshot) == archive.newest(2016).checksum


def test_snapshots_are_numbered_from_one_and_the_same_one_has_the_same_bytes(
    archive: Archive, snapshot: Snapshot
) -> None:
    pieces = Snapshot(
        meta=snapshot.meta,
        rows=pa.concat_tables([snapshot.rows.slice(0, 1), snapshot.rows.slice(1)]),
        reporting=snapshot.reporting,
    )
    assert [archive.store(snapshot), archive.store(pieces)] == [1, 2]
    assert files_of(archive, 1) == files_of(archive, 2)
    assert [stored.number for stored in archive.snapshots(2016)] == [1, 2]
    assert archive.snapshots(2015) == ()


def test_nobody_else_may_read_a_snapshot(archive: Archive, snapshot: Snapshot) -> None:
    archive.store(snapshot)
    assert {oct(path.stat().st_mode & 0o077) for path in [archive.path, *archive.path.rglob("*")]} == {"0o0"}


@pytest.mark.parametrize("name", ["rows.parquet", "reporting.parquet", "manifest.json"])
def test_a_byte_changed_in_a_snapshot_is_noticed(archive: Archive, snapshot: Snapshot, name: str) -> None:
    archive.store(snapshot)
    file = archive.path / "2016" / "0001" / name
    content = file.read_bytes()
    at = content.index(b"2016") if name == "manifest.json" else len(content) // 2
    file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    with pytest.raises(Damaged):
        archive.load(2016, 1)


def test_a_snapshot_that_is_not_there_is_not_found(archive: Archive) -> None:
    with pytest.raises(NotFound):
        archive.load(2016, 1)
    with pytest.raises(NotFound, match="introstat freeze 2016"):
        archive.newest(2016)


def test_a_crash_while_a_snapshot_is_written_leaves_no_snapshot(archive: Archive, snapshot: Snapshot) -> None:
    for step in range(1, 50):
        child = os.fork()
        if child == 0:
            die_at_flush(step)
            archive.store(snapshot)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        stored = archive.snapshots(2016)
        for found in stored:
            archive.load(2016, found.number)
        if status == 0:
            break
        assert len(stored) <= 1
    assert len(archive.snapshots(2016)) >= 1
    assert step > 3


def test_the_same_ledger_keys_and_time_give_the_same_bytes_again(store: Store) -> None:
    receive(store.ledger, PEOPLE)
    store.archive.store(taken(store, LATER))
    receive(store.ledger, people({"duf_number": "200000000001"}), datetime(2018, 1, 1, tzinfo=UTC))
    store.ledger = store.reopened()
    store.archive.store(taken(store, LATER))
    assert files_of(store.archive, 1) == files_of(store.archive, 2)


def test_a_person_has_another_pseudonym_in_every_snapshot(store: Store) -> None:
    receive(store.ledger, PEOPLE)
    first, second = taken(store, WHEN).rows["person"], taken(store, LATER).rows["person"]
    assert len({*first.to_pylist(), *second.to_pylist()}) == 4


def test_an_erased_person_s_rows_leave_every_snapshot_and_the_manifest_says_so(store: Store) -> None:
    receive(store.ledger, PEOPLE)
    for as_of in (WHEN, LATER):
        store.archive.store(taken(store, as_of))
    before = [stored.checksum for stored in store.archive.snapshots()]
    persons = store.ledger.find(national_id="01858512345")
    known: dict[str, Any] = {
        "archive": store.archive,
        "keys": store.keys,
        "at": LATER,
        "actor": "office",
        "why": "Asked for.",
    }
    assert erase_person(store.ledger, persons, **known) == 2
    for stored, checksum in zip(store.archive.snapshots(), before, strict=True):
        assert [(removal.rows, removal.checksum_before) for removal in stored.removals] == [(1, checksum)]
        left, now = store.archive.load(2016, stored.number)
        assert now == stored.checksum != checksum
        assert left.rows["municipality"].to_pylist() == ["1201"]
        assert sorted(files_of(store.archive, stored.number)) == [
            "manifest.json",
            "reporting.parquet",
            "rows-1.parquet",
        ]
    assert store.ledger.verify_chain(heads=[stored.meta.ledger_head for stored in store.archive.snapshots()])


def test_drafts_are_filed_under_what_they_hold(tmp_path: Path) -> None:
    drafts = Drafts(Home(tmp_path).prepare().drafts)
    files = {"safe.json": b"{}", "tables/IP102.npy": b"1"}
    digest = drafts.store(2016, files)
    assert digest == digest_of(files) == drafts.store(2016, files)
    assert drafts.load(2016, digest) == files
    assert drafts.store(2016, {**files, "safe.json": b"[]"}) != digest
    (drafts.path / "2016" / digest / "safe.json").write_bytes(b"[1]")
    with pytest.raises(Damaged):
        drafts.load(2016, digest)
    with pytest.raises(NotFound):
        drafts.load(2016, "../2016")


def test_safe_cubes_come_back_from_their_files_and_the_same_ones_have_the_same_bytes() -> None:
    cube = SafeCube(
        table="IP102",
        dimensions=(Dimension("Region", ("0", "0301")), Dimension("Kjonn", ("0",))),
        values=np.array([[46.0], [np.nan]]),
        status=np.array([[""], [":"]]),
    )
    report = ProtectionReport(
        policy="strict-5",
        policy_decision="",
        seed=0,
        hidden={"municipality": {"primary": 1}},
        places_number=1,
        places_result=0,
        places_band=1,
        places_pooled=2,
        declared=(Declared("protected", "0", "0", 36),),
        attack_settled=True,
        attack_exact=0,
        attack_narrow=0,
        notes=("note",),
    )
    safe = SafeCubes(ReportingYear(2016), {"IP102": cube}, report, funnel={"received": 2}, quality={"closed": 1})
    files = to_files(safe)
    found = from_files({**files, "beside.txt": b""})
    assert to_files(found) == files
    assert (found.report, found.funnel, found.quality) == (report, safe.funnel, safe.quality)
    assert found.tables["IP102"].at(Region="0", Kjonn="0") == cube.at(Region="0", Kjonn="0")


def prepared(by: str, digest: str, *, safe: bool = True) -> Prepared:
    return Prepared(2016, 1, digest, by, WHEN, policy="strict-5", decision="", safe=safe)


def test_what_one_prepared_another_approves(store: Store) -> None:
    reviews.record_preparation(prepared("Kari", "a" * 64))
    review = reviews.approve(2016, digest="a" * 64, by="Ola", at=LATER, next_release=date(2018, 7, 5))
    assert reviews.newest_review(2016) == review
    assert (review.prepared_by, review.approved_by, review.snapshot) == ("Kari", "Ola", 1)


def test_nobody_approves_her_own_work_or_what_is_not_there_or_not_safe(store: Store) -> None:
    with pytest.raises(NotFound):
        reviews.newest_preparation(2016)
    reviews.record_preparation(prepared("Kari", "a" * 64))
    with pytest.raises(NotFound):
        reviews.newest_review(2016)
    for by, digest in ((" kari", "a" * 64), ("Ola", "b" * 64)):
        with pytest.raises(Refused):
            reviews.approve(2016, digest=digest, by=by, at=LATER, next_release=None)
    reviews.record_preparation(prepared("Kari", "c" * 64, safe=False))
    with pytest.raises(Refused, match="attack"):
        reviews.approve(2016, digest="c" * 64, by="Ola", at=LATER, next_release=None)


def test_preparing_anew_withdraws_the_approval(store: Store) -> None:
    reviews.record_preparation(prepared("Kari", "a" * 64))
    reviews.approve(2016, digest="a" * 64, by="Ola", at=LATER, next_release=None)
    reviews.record_preparation(prepared("Kari", "b" * 64))
    assert reviews.newest_preparation(2016).digest == "b" * 64
    with pytest.raises(NotFound):
        reviews.newest_review(2016)
