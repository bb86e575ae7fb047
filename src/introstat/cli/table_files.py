"""What `protect` and `attack` are given: specifications, counts and cells, and what a specification names beside itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from introstat.vocabulary.errors import Misused

if TYPE_CHECKING:
    from introstat.protect.any_table.changes import Changes
    from introstat.protect.any_table.known import Held
    from introstat.protect.any_table.leaves import LeafTable
    from introstat.protect.any_table.published import PublishedTable
    from introstat.protect.any_table.specification import Linked, Specification

LARGEST_FILE: Final = 2_000_000_000


@dataclass(frozen=True, slots=True, eq=False)
class LinkedCounts:
    """A linked table to be protected, and editions of it that are out."""

    table: LeafTable
    specification: Specification
    earlier: tuple[PublishedTable, ...]


def content(path: Path) -> bytes:
    """A file whole. Raises Misused where it is none, or too large."""
    if not path.is_file():
        raise Misused(f"{path} is not there, or is not a file.")
    if path.stat().st_size > LARGEST_FILE:
        raise Misused(f"{path} has over {LARGEST_FILE // 10**9} GB. Nothing was read.")
    return path.read_bytes()


def read_asked(path: Path) -> tuple[Specification, dict[str, bytes]]:
    """The specification, and the files of parents that it names, which lie beside it."""
    from introstat.protect.any_table.specification import read_specification

    specification = read_specification(content(path))
    found = {name: path.parent / name for name in specification.parents}
    return specification, {name: file.read_bytes() for name, file in found.items() if file.is_file()}


def _of_linked(linked: Linked, spec: Path) -> tuple[Specification, dict[str, bytes]]:
    """What is asked of a linked table. Raises Misused, which names the file."""
    path = spec.parent / linked.spec
    try:
        return read_asked(path)
    except Misused as problem:
        raise Misused(str(problem) if str(path) in str(problem) else f"{path}: {problem}") from None


def linked_counts(linked: Linked, spec: Path, *, editions: int) -> LinkedCounts:
    """The counts of a linked table, what is asked of it and its earlier editions; all lie beside the specification that names them."""
    from introstat.protect.any_table.leaves import read_leaves

    specification, files = _of_linked(linked, spec)
    counts = spec.parent / linked.counts
    return LinkedCounts(
        read_leaves(content(counts), specification, files=files, source=str(counts)),
        specification,
        _linked_earlier(linked, spec, specification, files, editions=editions),
    )


def linked_cells(linked: Linked, spec: Path, *, editions: int, truth: bool) -> Held:
    """A linked table as it was published, what was asked of it, its earlier editions, and its true numbers where they are asked for."""
    from introstat.protect.any_table.known import Held
    from introstat.protect.any_table.published import read_published

    specification, files = _of_linked(linked, spec)

    def read(name: str) -> PublishedTable:
        path = spec.parent / name
        return read_published(content(path), specification, files=files, source=str(path))

    return Held(
        read(linked.cells),
        specification,
        _linked_earlier(linked, spec, specification, files, editions=editions),
        read(linked.truth) if truth and linked.truth is not None else None,
    )


def _linked_earlier(
    linked: Linked, spec: Path, specification: Specification, files: dict[str, bytes], *, editions: int
) -> tuple[PublishedTable, ...]:
    """Editions of a linked table that came out with those of the other one, in the same order."""
    if linked.earlier and len(linked.earlier) != editions:
        raise Misused(
            f"Specification, linked, earlier: names {len(linked.earlier)} editions and --earlier {editions}; "
            "those that came out together stand in the same place of both."
        )
    return tuple(read_earlier([spec.parent / name for name in linked.earlier], specification, files))


def read_listed(path: Path, held: Held, linked: Held | None) -> Changes:
    """The list of what may have changed, in the words of the tables."""
    from introstat.protect.any_table.changes import read_changes

    tables = [
        (one.specification, [edition.hierarchies for edition in (one.table, *one.earlier)], one.table.blocks)
        for one in (held, *(() if linked is None else (linked,)))
    ]
    return read_changes(content(path), tables, source=str(path))


def read_earlier(paths: Sequence[Path], specification: Specification, files: dict[str, bytes]) -> list[PublishedTable]:
    """Earlier editions; beside a rounded table any rows that tell of the same counts."""
    from introstat.protect.any_table.published import read_published
    from introstat.protect.any_table.specification import ROUNDING
    from introstat.protect.any_table.unrounding import read_source

    if specification.method == ROUNDING:
        return [read_source(content(path), specification, source=str(path)) for path in paths]
    return [read_published(content(path), specification, files=files, source=str(path)) for path in paths]
