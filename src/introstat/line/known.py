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
    known = [*editions.releases(), *editions.scheduled()]
    return max((r for r in known if r.number.year == year.value), key=lambda r: r.number, default=None)


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
    for before in range(year.value - 1, year.value - most, -1):
        if before not in years():
            return
        found = tuple(told(ReportingYear(before), editions, archive))
        if all(one.number.is_preliminary for one in found):
            return
        yield from found
