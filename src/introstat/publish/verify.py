"""Is an edition what was released, and does all of it say the same?

Names every file that is missing, extra or changed, and every disagreement: between the formats of a table, between cells that
must add up, between a text and the cells it rests on, between what the parts say of their origin.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from introstat.definitions.catalogue import Definitions, definitions_for
from introstat.publish.downloads import in_language, table_path, table_paths
from introstat.publish.figures import all_chart_paths
from introstat.publish.raster import texts_of
from introstat.publish.reading import (
    Codes,
    Dataset,
    Seen,
    TableSeen,
    Unreadable,
    read_csv,
    read_json_stat,
    read_parquet,
    read_workbook,
)
from introstat.publish.releaseday import release_day_paths, release_day_problems
from introstat.publish.sums import sums
from introstat.publish.turns import Each, in_turn
from introstat.publish.wording import Backing, chart_problems, document_problems
from introstat.vocabulary.editions import EditionNumber
from introstat.vocabulary.errors import UnknownYear
from introstat.vocabulary.tables import Status
from introstat.vocabulary.texts import LANGUAGES, Language

MANIFEST: Final = "manifest.json"
MOST: Final = 20
"""How many problems of one file are told one by one."""

_STATUSES: Final = frozenset(status.value for status in Status)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and the file it is wrong in."""

    file: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.message}"


def verify(files: Mapping[str, bytes], *, manifest_sha256: str | None, each: Each = in_turn) -> tuple[Problem, ...]:
    """Everything that is wrong with an edition; empty when nothing is.

    `manifest_sha256` is what the ledger or the list of releases has, None where there is neither. `each` does what has no
    order.
    """
    found: list[Problem] = []
    counted: Counter[str] = Counter()
    for problem in _problems(files, manifest_sha256, each):
        counted[problem.file] += 1
        if counted[problem.file] <= MOST:
            found.append(problem)
    found += [Problem(file, f"and {many - MOST} more") for file, many in counted.items() if many > MOST]
    return tuple(found)


def _problems(files: Mapping[str, bytes], manifest_sha256: str | None, each: Each) -> Iterator[Problem]:
    if MANIFEST not in files:
        yield Problem(MANIFEST, "is missing; nothing else can be checked without it")
        return
    recorded = manifest_sha256 is None or hashlib.sha256(files[MANIFEST]).hexdigest() == manifest_sha256
    if not recorded:
        yield Problem(MANIFEST, "is not the manifest that was released: its sha256 differs from the recorded one")
    try:
        manifest: Any = json.loads(files[MANIFEST])
        listed = {str(path): (str(line["sha256"]), int(line["size"])) for path, line in manifest["files"].items()}
        tables = tuple(str(table) for table in manifest["tables"])
        year, provenance = int(manifest["year"]), str(manifest["provenance"])
        preliminary = EditionNumber.parse(manifest["edition"]).is_preliminary
        attack = manifest["policy"]["attack"]
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        yield Problem(MANIFEST, f"cannot be read: {problem!r}")
        return
    yield from _against_manifest(files, listed)
    yield from _expected(listed, tables)
    if not attack.get("settled") or attack.get("exact") or attack.get("narrow"):
        yield Problem(MANIFEST, "the attack was not settled, or found something")
    try:
        definitions = definitions_for(year)
    except UnknownYear as unknown:
        yield Problem(MANIFEST, str(unknown))
        return
    seen: dict[str, dict[Codes, Seen]] = {}
    values: dict[str, dict[str, tuple[str, ...]]] = {}
    there = {table: _first(files, table) for table in tables if table_paths(table) <= files.keys()}
    read = {table: first for table, first in there.items() if isinstance(first, Dataset)}
    parts = [(table, language) for table in read for language in (None, *LANGUAGES)]
    told = each(lambda part: _against_first(files, *part, read[part[0]], provenance), parts)
    compared = dict(zip(parts, told, strict=True))
    for table, first in there.items():
        if isinstance(first, Unreadable):
            yield Problem(table_path(table, f"{table}.json"), str(first))
            continue
        yield from _legal(table_path(table, f"{table}.json"), first.table, preliminary=preliminary)
        for language in (None, *LANGUAGES):
            yield from compared[table, language]
        wrong = tuple(_strange_codes(first, table, definitions))
        yield from (Problem(table_path(table, f"{table}.json"), text) for text in wrong)
        if not wrong:
            seen[table], values[table] = first.table.cells, first.values
    yield from _sums(seen, values, definitions)
    backing = Backing(seen, manifest, definitions)
    texts = {f"{name}.{language}.json": language for language in LANGUAGES for name in ("article", "places")}
    due = [path for path in texts if path in files]
    found = each(lambda path: tuple(document_problems(files[path], backing, language=texts[path])), due)
    for path, problems in zip(due, found, strict=True):
        yield from (Problem(path, text) for text in problems)
    for path in sorted(release_day_paths() & files.keys()):
        yield from (Problem(path, text) for text in release_day_problems(path, files, seen))
    for path in sorted(all_chart_paths() & files.keys()):
        if path.endswith(".vl.json"):
            yield from (Problem(path, text) for text in chart_problems(files[path], backing))
        elif path.endswith(".png"):
            yield from (Problem(path, text) for text in _raster_problems(files[path], path, provenance))
        elif provenance == "synthetic" and _MARKS[_language(path)] not in files[path].decode("utf-8", "replace"):
            yield Problem(path, "does not say that its data are synthetic")


def _raster_problems(content: bytes, path: str, provenance: str) -> Iterator[str]:
    try:
        told = " ".join(texts_of(content).values())
    except (ValueError, IndexError) as problem:
        yield f"cannot be read: {problem}"
        return
    if provenance == "synthetic" and _MARKS[_language(path)] not in told.upper():
        yield "does not say that its data are synthetic"


_MARKS: Final[Mapping[Language, str]] = {"nb": "SYNTETISKE DATA", "nn": "SYNTETISKE DATA", "en": "SYNTHETIC DATA"}


def _language(path: str) -> Language:
    return next(language for language in LANGUAGES if f".{language}." in path)


def _against_manifest(files: Mapping[str, bytes], listed: Mapping[str, tuple[str, int]]) -> Iterator[Problem]:
    for path in sorted(listed.keys() - files.keys()):
        yield Problem(path, "is in the manifest and missing from the edition")
    for path in sorted(files.keys() - listed.keys() - {MANIFEST}):
        yield Problem(path, "is in the edition and not in the manifest")
    for path in sorted(listed.keys() & files.keys()):
        digest, size = listed[path]
        if len(files[path]) != size:
            yield Problem(path, f"has {len(files[path])} bytes; the manifest says {size}")
        elif hashlib.sha256(files[path]).hexdigest() != digest:
            yield Problem(path, "is not the file that was released: its sha256 differs from the manifest")


def _expected(listed: Mapping[str, object], tables: tuple[str, ...]) -> Iterator[Problem]:
    due = {f"{name}.{language}.json" for name in ("article", "places") for language in LANGUAGES} | {"changes.json"}
    for table in tables:
        due |= table_paths(table)
    for path in sorted(due - listed.keys()):
        yield Problem(path, "belongs to every edition and is not in the manifest")
    for path in sorted(listed.keys() - due - all_chart_paths() - release_day_paths()):
        yield Problem(path, "belongs to no edition")


def _first(files: Mapping[str, bytes], table: str) -> Dataset | Unreadable:
    """The JSON-stat in Bokmål, which all other formats of a table are held against."""
    try:
        return read_json_stat(files[table_path(table, f"{table}.json")])
    except Unreadable as problem:
        return problem


def _against_first(
    files: Mapping[str, bytes], table: str, language: Language | None, first: Dataset, provenance: str
) -> tuple[Problem, ...]:
    """The formats of a table in a language, or those that have none, against the JSON-stat in Bokmål."""
    return tuple(_differences(_others(files, table, language, first), first, provenance))


def _differences(
    others: Iterable[tuple[str, TableSeen | Unreadable]], first: Dataset, provenance: str
) -> Iterator[Problem]:
    for other, seen in others:
        if isinstance(seen, Unreadable):
            yield Problem(other, str(seen))
            continue
        yield from (Problem(other, text) for text in _disagreements(first.table, seen))
        if not other.endswith((".xlsx", ".ods")) and seen.origins != {provenance}:
            yield Problem(other, f"does not say everywhere that its origin is {provenance}")


def _strange_codes(dataset: Dataset, table: str, definitions: Definitions) -> Iterator[str]:
    """Codes that the year's definitions do not know for this table; sums are not tried on such a table."""
    if table not in definitions.tables.ids:
        yield f"{table} is no table of {definitions.year}"
        return
    definition = definitions.tables[table]
    if dataset.table.variables != tuple(variable.code for variable in definition.variables):
        yield f"has the variables {', '.join(dataset.table.variables)}"
        return
    day = definitions.year.last_day
    for variable in definition.variables:
        match variable.code:
            case "Region":
                known = {code for code in dataset.values["Region"] if definitions.geography.find(code, day)}
            case "ContentsCode":
                known = {content.code for content in definition.contents}
            case "Tid":
                known = {str(definitions.year)}
            case _:
                known = set(variable.codes)
        strange = known ^ set(dataset.values[variable.code])
        if strange:
            yield f"{variable.code} is not as the definitions have it: {', '.join(sorted(strange))}"


def _others(
    files: Mapping[str, bytes], table: str, language: Language | None, first: Dataset
) -> Iterator[tuple[str, TableSeen | Unreadable]]:
    if language is not None:
        yield from _spoken(files, table, language)
        return
    path = table_path(table, f"{table}.semikolon.csv")
    yield path, _attempt(lambda: read_csv(files[path], separator=";", decimal=","))
    columnar = table_path(table, f"{table}.parquet")
    yield columnar, _attempt(lambda: read_parquet(files[columnar]))
    yield table_path(table, f"{table}.json"), first.table


def _spoken(files: Mapping[str, bytes], table: str, language: Language) -> Iterator[tuple[str, TableSeen | Unreadable]]:
    csv, json_stat, *workbooks = (
        table_path(table, in_language(table, language, suffix)) for suffix in ("csv", "json", "xlsx", "ods")
    )
    yield csv, _attempt(lambda: read_csv(files[csv]))
    try:
        dataset = read_json_stat(files[json_stat])
    except Unreadable as problem:
        yield json_stat, problem
        return
    yield json_stat, dataset.table
    for path in workbooks:
        yield path, _attempt(partial(read_workbook, files[path], sheet=table, like=dataset))


def _attempt(read: Callable[[], TableSeen]) -> TableSeen | Unreadable:
    try:
        return read()
    except Unreadable as problem:
        return problem


def _legal(path: str, table: TableSeen, *, preliminary: bool) -> Iterator[Problem]:
    for codes, seen in table.cells.items():
        if seen.status not in _STATUSES:
            yield Problem(path, f"{', '.join(codes)}: {seen.status!r} is not a sign of the tables")
        elif (seen.value is None) == Status(seen.status).has_number:
            yield Problem(path, f"{', '.join(codes)}: a number stands exactly where no sign stands instead of it")
        elif seen.value is not None and (seen.status == Status.PRELIMINARY) != preliminary:
            yield Problem(
                path, f"{', '.join(codes)}: `*` stands at every number of a preliminary edition, and at no other"
            )
        elif seen.value is not None and (seen.value < 0 or not seen.value.is_integer()):
            yield Problem(path, f"{', '.join(codes)}: {seen.value} is neither a count nor whole per cent")


def _disagreements(first: TableSeen, other: TableSeen) -> Iterator[str]:
    if other.variables != first.variables:
        yield f"has the variables {', '.join(other.variables)}, not {', '.join(first.variables)}"
        return
    if other.cells == first.cells:
        return
    for codes in dict.fromkeys((*first.cells, *other.cells)):
        mine, theirs = first.cells.get(codes), other.cells.get(codes)
        if mine != theirs:
            yield f"{', '.join(codes)} is {_told(theirs)} here and {_told(mine)} in the JSON-stat"


def _told(seen: Seen | None) -> str:
    if seen is None:
        return "missing"
    return seen.status or ("empty" if seen.value is None else f"{seen.value:g}")


def _sums(
    seen: Mapping[str, Mapping[Codes, Seen]],
    values: Mapping[str, Mapping[str, tuple[str, ...]]],
    definitions: Definitions,
) -> Iterator[Problem]:
    for table, text in sums(seen, values=values, definitions=definitions):
        yield Problem(table_path(table, f"{table}.json"), text)
