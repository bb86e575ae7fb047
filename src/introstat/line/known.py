"""What readers have already, or will have when its hour comes: every edition there is, with the counts it was made of.

An edition is protected together with all others of its year, and with those of the years that its results may be pooled with.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

from introstat.definitions.catalogue import years
from introstat.storage.editions import Editions, Release
from introstat.vocabulary.editions import EditionNumber
from introstat.vocabulary.years import ReportingYear

if TYPE_CHECKING:
    from introstat.protect import Earlier
    from introstat.protect.copies import Copy
    from introstat.vocabulary.snapshots import Snapshot
    from introstat.vocabulary.tables import Cubes

    Counted = Callable[[int, int], tuple[Snapshot, Cubes]]
    """A snapshot, by its year and number, and what it counts."""


def newest(year: ReportingYear, editions: Editions) -> Release | None:
    """The edition of a year with the highest number, released or waiting."""
    of_year = (release for release in _every(editions) if release.number.year == year.value)
    return max(of_year, key=lambda release: release.number, default=None)


def told(year: ReportingYear, editions: Editions, *, counted: Counted) -> Iterator[Earlier]:
    """What every edition of a year has shown, or will have when its hour comes, with the counts it was made of."""
    from introstat.protect import Earlier
    from introstat.publish.rereading import released_table, table_if_there
    from introstat.publish.voice import BANDS, POOLED, REASONS

    for number, read in _readers(editions):
        if number.year == year.value:
            files = read()
            _, cubes = counted(year.value, json.loads(files["manifest.json"])["snapshot"]["number"])
            yield Earlier(
                number=number,
                cubes=cubes,
                exits=released_table(files, REASONS),
                bands=table_if_there(files, BANDS),
                pooled=table_if_there(files, POOLED),
            )


def past(year: ReportingYear, editions: Editions, *, counted: Counted, most: int) -> Iterator[Earlier]:
    """What the editions of the years before have told that results of several years tie to this one."""
    for before in _years_before(year, editions, most=most):
        yield from told(ReportingYear(before), editions, counted=counted)


def beside(year: ReportingYear, editions: Editions, *, most: int) -> dict[str, str]:
    """The editions that one of the year is protected together with, and the hash of each one's manifest.

    `most` is how many years a result may be told over; 1 for an edition that has no such results. Later years belong to them
    where they tell of this one.
    """
    of = {year.value, *_years_before(year, editions, most=most), *_years_that_tell_of(year, editions)}
    return {str(one.number): one.manifest_sha256 for one in _every(editions) if one.number.year in of}


def held_by_readers(year: ReportingYear, editions: Editions) -> tuple[Copy, ...]:
    """What readers have of all editions, oldest first, where a later year tells of this one together with others; else nothing."""
    from introstat.protect.copies import Copy
    from introstat.publish.rereading import released_table, table_if_there
    from introstat.publish.voice import BANDS, POOLED, REASONS

    if not list(_years_that_tell_of(year, editions)):
        return ()
    readers = dict(_readers(editions))
    # As they came out: a result of several years is a sum of what was there then.
    ordered = sorted({(one.released, one.number) for one in _every(editions)})
    every = ((number, readers[number]()) for _, number in ordered)
    return tuple(
        Copy(released_table(files, REASONS), table_if_there(files, BANDS), table_if_there(files, POOLED), str(number))
        for number, files in every
    )


def first_year_told(year: int, editions: Editions) -> int:
    """The first of all years that an edition of the year tells several of together; the year itself where none does."""
    from introstat.protect.joint import pooled_in
    from introstat.publish.rereading import table_if_there
    from introstat.publish.voice import POOLED

    tables = (table_if_there(read(), POOLED) for number, read in _readers(editions) if number.year == year)
    found = [pooled.first for table in tables if table is not None for pooled in pooled_in(table).values()]
    return min(found, default=year)


def _years_before(year: ReportingYear, editions: Editions, *, most: int) -> Iterator[int]:
    """The years right before, with a final edition each, newest first; none where nothing is told over several years.

    As far back as a result of this year may be told over, and from there as far as the results of those years were.
    """
    if most == 1:
        return
    final = {release.number.year for release in _every(editions) if not release.number.is_preliminary}
    before, first = year.value - 1, min(year.value - most + 1, first_year_told(year.value, editions))
    while before >= first and before in years() and before in final:
        yield before
        first = min(first, first_year_told(before, editions))
        before -= 1


def _years_that_tell_of(year: ReportingYear, editions: Editions) -> Iterator[int]:
    """Later years that tell of this one in results of several years."""
    for later in sorted({release.number.year for release in _every(editions) if release.number.year > year.value}):
        if first_year_told(later, editions) <= year.value:
            yield later


def _every(editions: Editions) -> tuple[Release, ...]:
    """All editions there are, released or waiting."""
    return (*editions.releases(), *editions.scheduled())


def _readers(editions: Editions) -> list[tuple[EditionNumber, Callable[[], Mapping[str, bytes]]]]:
    """All editions there are, the lowest number first, with what reads their files."""
    out = {release.number: partial(editions.read, release.number) for release in editions.releases()}
    waiting = {release.number: partial(editions.read_scheduled, release.number) for release in editions.scheduled()}
    return sorted((waiting | out).items())
