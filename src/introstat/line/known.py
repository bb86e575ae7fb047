"""What readers have already, or will have when its hour comes: every edition there is, with the counts it was made of.

An edition is protected together with all others of its year, and with those of the years that its results may be pooled with.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from introstat.definitions.catalogue import definitions_for, years
from introstat.storage.archive import Archive
from introstat.storage.editions import Editions, Release
from introstat.vocabulary.years import ReportingYear

if TYPE_CHECKING:
    from introstat.protect import Earlier


def newest(year: ReportingYear, editions: Editions) -> Release | None:
    """The edition of a year with the highest number, released or waiting."""
    of_year = (release for release in _every(editions) if release.number.year == year.value)
    return max(of_year, key=lambda release: release.number, default=None)


def told(year: ReportingYear, editions: Editions, archive: Archive) -> Iterator[Earlier]:
    """What every edition of a year has shown, or will have when its hour comes, with the counts it was made of."""
    from introstat import tabulate
    from introstat.protect import Earlier
    from introstat.publish.rereading import released_table, table_if_there
    from introstat.publish.voice import BANDS, POOLED, REASONS

    definitions = definitions_for(year.value)
    out = {release.number: editions.read for release in editions.releases()}
    waiting = {release.number: editions.read_scheduled for release in editions.scheduled()}
    for number, read in sorted((waiting | out).items()):
        if number.year == year.value:
            files = read(number)
            snapshot, _ = archive.load(year.value, json.loads(files["manifest.json"])["snapshot"]["number"])
            yield Earlier(
                number=number,
                cubes=tabulate.count(snapshot, definitions=definitions),
                exits=released_table(files, REASONS),
                bands=table_if_there(files, BANDS),
                pooled=table_if_there(files, POOLED),
            )


def past(year: ReportingYear, editions: Editions, archive: Archive, *, most: int) -> Iterator[Earlier]:
    """What the editions of the years right before have told, as far back as there is a final edition of every year."""
    for before in _years_before(year, editions, most=most):
        yield from told(ReportingYear(before), editions, archive)


def beside(year: ReportingYear, editions: Editions, *, most: int) -> dict[str, str]:
    """The editions that one of the year is protected together with, and the hash of each one's manifest.

    `most` is how many years a result may be told over; 1 for an edition that has no such results.
    """
    of = {year.value, *_years_before(year, editions, most=most)}
    return {str(one.number): one.manifest_sha256 for one in _every(editions) if one.number.year in of}


def _years_before(year: ReportingYear, editions: Editions, *, most: int) -> Iterator[int]:
    """The years right before with a final edition, as far back as there is one of every year."""
    final = {release.number.year for release in _every(editions) if not release.number.is_preliminary}
    for before in range(year.value - 1, year.value - most, -1):
        if before not in years() or before not in final:
            return
        yield before


def _every(editions: Editions) -> tuple[Release, ...]:
    """All editions there are, released or waiting."""
    return (*editions.releases(), *editions.scheduled())
