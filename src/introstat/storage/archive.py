"""The snapshots: numbered folders of Parquet with a manifest, written once, read with every byte checked.

    archive/2016/0001/rows.parquet  reporting.parquet  manifest.json

The number stands in the folder's name and nowhere in the bytes, so the same freeze gives the same files whatever number
they get. The one thing that may happen to a snapshot afterwards is that a person is erased: her rows are written out
anew without her, and the manifest keeps the checksum as it was and a record of the removal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from introstat.storage.files import write_file, write_folder
from introstat.vocabulary.errors import Damaged, NotFound
from introstat.vocabulary.snapshots import (
    SNAPSHOT_REPORTING,
    SNAPSHOT_ROWS,
    Provenance,
    Snapshot,
    SnapshotKind,
    SnapshotMeta,
)
from introstat.vocabulary.years import ReportingYear

_MANIFEST: Final = "manifest.json"
_FILE: Final = 0o600
_FOLDER: Final = 0o700
_ROW_GROUP: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Removal:
    """A person's rows were taken out of a snapshot: when, how many, and the checksum before."""

    at: datetime
    rows: int
    checksum_before: str


@dataclass(frozen=True, slots=True)
class StoredSnapshot:
    """A line of the list of snapshots. `checksum` covers the meta data and both files."""

    number: int
    meta: SnapshotMeta
    checksum: str
    rows: int
    removals: tuple[Removal, ...]


@dataclass(frozen=True, slots=True)
class Archive:
    """The folder `archive/`."""

    path: Path

    def store(self, snapshot: Snapshot) -> int:
        """Keep a snapshot under the next number of its year, and say which."""
        files = {"rows.parquet": _parquet(snapshot.rows), "reporting.parquet": _parquet(snapshot.reporting)}
        files[_MANIFEST] = _manifest(snapshot.meta, files, rows=snapshot.rows.num_rows, removals=())
        year = self.path / str(snapshot.meta.year)
        year.mkdir(mode=_FOLDER, exist_ok=True)
        while True:
            number = max(self._numbers(year), default=0) + 1
            try:
                write_folder(year / f"{number:04d}", files, file_mode=_FILE, folder_mode=_FOLDER)
            except FileExistsError:
                continue
            return number

    def load(self, year: int, number: int) -> tuple[Snapshot, str]:
        """A snapshot and its checksum. Raises NotFound, and Damaged where a byte is not what was stored."""
        folder = self._folder(year, number)
        manifest, stored = _read(folder, number)
        tables = {}
        for name, schema in (("rows", SNAPSHOT_ROWS), ("reporting", SNAPSHOT_REPORTING)):
            file = folder / str(manifest["tables"][name])
            content = file.read_bytes() if file.is_file() else b""
            if hashlib.sha256(content).hexdigest() != manifest["files"][file.name]:
                raise Damaged(f"Snapshot {year}/{number:04d}: {file.name} is not the file that was stored.")
            tables[name] = pq.read_table(pa.BufferReader(content)).cast(schema)
        return Snapshot(meta=stored.meta, rows=tables["rows"], reporting=tables["reporting"]), stored.checksum

    def snapshots(self, year: int | None = None) -> tuple[StoredSnapshot, ...]:
        """The snapshots, the oldest first, by year and number."""
        years = [self.path / str(year)] if year is not None else sorted(self.path.glob("[0-9][0-9][0-9][0-9]"))
        return tuple(
            _read(folder / f"{number:04d}", number)[1] for folder in years for number in sorted(self._numbers(folder))
        )

    def newest(self, year: int) -> StoredSnapshot:
        """The newest snapshot of a year. Raises NotFound when there is none."""
        found = self.snapshots(year)
        if not found:
            raise NotFound(
                f"There is no snapshot of {year}. Take one with `introstat freeze {year}`.",
                reason="no_snapshot",
                year=year,
            )
        return found[-1]

    def remove_people(self, year: int, number: int, pseudonyms: Collection[str], *, at: datetime) -> int:
        """Take the rows of some pseudonyms out of a snapshot; returns how many there were."""
        snapshot, checksum = self.load(year, number)
        folder = self._folder(year, number)
        manifest, stored = _read(folder, number)
        gone = pc.is_in(snapshot.rows.column("person"), value_set=pa.array(sorted(pseudonyms), pa.string()))
        removed: int = pc.sum(gone).as_py() or 0
        if removed:
            removals = (*stored.removals, Removal(at=at, rows=removed, checksum_before=checksum))
            left = snapshot.rows.filter(pc.invert(gone))
            name = f"rows-{len(removals)}.parquet"
            content = _parquet(left)
            write_file(folder / name, content, mode=_FILE)
            reporting = str(manifest["tables"]["reporting"])
            files = {name: content, reporting: (folder / reporting).read_bytes()}
            # The manifest is the moment: until it is in place the old rows are the snapshot, and from then on the new.
            write_file(
                folder / _MANIFEST, _manifest(stored.meta, files, rows=left.num_rows, removals=removals), mode=_FILE
            )
        self._sweep(folder)
        return removed

    def _sweep(self, folder: Path) -> None:
        """Remove rows that no manifest names: those before a removal, also when a crash left them."""
        manifest = orjson.loads((folder / _MANIFEST).read_bytes())
        for file in folder.glob("*.parquet"):
            if file.name not in manifest["files"]:
                file.unlink()

    def _folder(self, year: int, number: int) -> Path:
        folder = self.path / str(year) / f"{number:04d}"
        if not folder.is_dir():
            raise NotFound(
                f"There is no snapshot {number} of {year}.", reason="no_such_snapshot", year=year, number=number
            )
        return folder

    @staticmethod
    def _numbers(year: Path) -> list[int]:
        if not year.is_dir():
            return []
        return [int(folder.name) for folder in year.iterdir() if folder.name.isdecimal() and folder.is_dir()]


def checksum_of(snapshot: Snapshot) -> str:
    """The checksum a snapshot has in the archive, also of one that is not stored."""
    files = {"rows.parquet": _parquet(snapshot.rows), "reporting.parquet": _parquet(snapshot.reporting)}
    return _checksum(
        _meta(snapshot.meta), {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    )


def _parquet(table: pa.Table) -> bytes:
    """The same table gives the same bytes, however it came in pieces."""
    sink = pa.BufferOutputStream()
    pq.write_table(table.combine_chunks(), sink, compression="zstd", version="2.6", row_group_size=_ROW_GROUP)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def _manifest(meta: SnapshotMeta, files: Mapping[str, bytes], *, rows: int, removals: Collection[Removal]) -> bytes:
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    said = _meta(meta)
    return orjson.dumps(
        {
            "meta": said,
            "tables": {name.split(".")[0].split("-")[0]: name for name in hashes},
            "files": hashes,
            "rows": rows,
            "checksum": _checksum(said, hashes),
            "removals": [
                {"at": removal.at.isoformat(), "rows": removal.rows, "checksum_before": removal.checksum_before}
                for removal in removals
            ],
        },
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )


def _checksum(meta: Mapping[str, Any], hashes: Mapping[str, str]) -> str:
    return hashlib.sha256(orjson.dumps([meta, sorted(hashes.values())], option=orjson.OPT_SORT_KEYS)).hexdigest()


def _meta(meta: SnapshotMeta) -> dict[str, Any]:
    return {
        "year": meta.year.value,
        "as_of": meta.as_of.isoformat(),
        "kind": meta.kind.value,
        "provenance": meta.provenance.value,
        "definitions": meta.definitions,
        "ledger_head": meta.ledger_head,
        "received": meta.received,
        "valid": meta.valid,
        "programmes": meta.programmes,
    }


def _read(folder: Path, number: int) -> tuple[dict[str, Any], StoredSnapshot]:
    where = f"Snapshot {folder.parent.name}/{folder.name}"
    try:
        manifest: dict[str, Any] = orjson.loads((folder / _MANIFEST).read_bytes())
        said = manifest["meta"]
        meta = SnapshotMeta(
            year=ReportingYear(said["year"]),
            as_of=datetime.fromisoformat(said["as_of"]),
            kind=SnapshotKind(said["kind"]),
            provenance=Provenance(said["provenance"]),
            definitions=said["definitions"],
            ledger_head=said["ledger_head"],
            received=said["received"],
            valid=said["valid"],
            programmes=said["programmes"],
        )
        removals = tuple(
            Removal(datetime.fromisoformat(line["at"]), line["rows"], line["checksum_before"])
            for line in manifest["removals"]
        )
        if _checksum(said, manifest["files"]) != manifest["checksum"]:
            raise Damaged(f"{where}: the manifest is not the one that was stored.")
        return manifest, StoredSnapshot(number, meta, manifest["checksum"], manifest["rows"], removals)
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise Damaged(f"{where}: the manifest cannot be read.") from problem
