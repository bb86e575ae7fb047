"""From a plan to a folder: one file per municipality and kind, when each was sent, and which totals were published.

0301-oslo-deltakere.csv            what the municipality sends; every file in a style of its own
0301-oslo-tiltak.csv               measures, from a few of them
…-direkterapport.csv               exits that are not in the register; one from the office for protected people
…-nullrapport.csv                  nobody ended
…-deltakere-rettet.csv             in one of several years: a file sent again with what the register had not been told
deliveries.json                    the files in the order they were sent, by whom and when
published.json                     the totals they add up to that were published, with their source (none when scaled)

Several years are invented from the last to the first, because a file holds the people of later years too while they were in
the programme. Nobody is met twice as two people: a programme belongs to the year it ends in.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from introstat.synthetic.identifiers import Identifiers
from introstat.synthetic.plan import Fate, Road, plan
from introstat.synthetic.published import inhabitants, published
from introstat.synthetic.sendings import Sendings
from introstat.vocabulary.deliveries import DeliveryKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from introstat.definitions.catalogue import Definitions
    from introstat.synthetic.plan import Plan
    from introstat.synthetic.published import Published
    from introstat.synthetic.sendings import File

_SCHEDULE: Final = "deliveries.json"
_TOTALS: Final = "published.json"
_CORRECTED: Final = (9, 12)
"""Month and day of the correction, in the year after its deliveries."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written: files per kind, rows in participant files, and people who ended in the year by any road."""

    year: int
    seed: int
    files: dict[str, int]
    people: int
    ended: int
    not_reporting: int


def write(
    year: int,
    *,
    seed: int,
    persons: int | None,
    out: Path,
    definitions: Definitions,
    progress: Callable[[int, int], None] | None = None,
) -> Summary:
    """Write what the municipalities would have sent for a year, into a folder that is made if it does not exist.

    The same seed gives the same bytes. Without ``persons`` the totals equal the published ones exactly; with it, as many
    people stand in the participant files, and the shares are kept. An earlier set of files in the folder is replaced.
    ``progress`` is told how many of how many municipalities are done. Raises UnknownYear.
    """
    sendings, made = _sendings(definitions, seed=seed, persons=persons)
    return _write(year, sendings, made=made, seed=seed, out=out, exact=persons is None, progress=progress)


def write_years(
    years: Sequence[Definitions],
    *,
    seed: int,
    out: Path,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Summary, ...]:
    """Write the deliveries of consecutive years, given by their definitions, into ``out/YEAR``: one register's years.

    Each year's totals are exact. A programme stands in the file of every year it ran in, from its own municipality if that
    sends participants then. For the year before the last, one municipality sends its file once more, with the real ends of
    those whom the register had closed. ``progress`` is told about all years together. Raises UnknownYear, and ValueError for
    years that do not follow one another.
    """
    numbers = [definitions.year.value for definitions in years]
    if not numbers or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        raise ValueError("the years must follow one another")
    identifiers = Identifiers()
    later: Sendings | None = None
    summaries: list[Summary] = []
    for definitions in reversed(years):
        year = definitions.year.value
        without = [
            *([Fate.RUNNING, Fate.ENDED_AFTER] if later else []),
            *([Fate.ENDED_BEFORE] if year > numbers[0] else []),
        ]
        later, made = _sendings(definitions, seed=seed, without=without, later=later, several=identifiers)
        before = len(summaries)

        def step(done: int, of: int, *, before: int = before) -> None:
            if progress is not None:
                progress(before * of + done, len(years) * of)

        day = date(year + 1, *_CORRECTED) if len(years) > 1 and year == numbers[-1] - 1 else None
        summaries.append(
            _write(year, later, made=made, seed=seed, out=out / str(year), exact=True, corrected=day, progress=step)
        )
    return tuple(reversed(summaries))


def _sendings(
    definitions: Definitions,
    *,
    seed: int,
    persons: int | None = None,
    without: Sequence[Fate] = (),
    later: Sendings | None = None,
    several: Identifiers | None = None,
) -> tuple[Sendings, Plan]:
    """The year's files to be made. ``without`` are fates that nobody has here, as they are another
    year's; ``several`` hands out the numbers of several years."""
    year = definitions.year.value
    totals = published(year)
    geography, last_day = definitions.geography, date(year, 12, 31)
    counties = {place.code: place.parent or "" for place in geography.municipalities(last_day)}
    sent = totals.invented.first_received
    gone = frozenset(code for code in counties if geography.find(code, sent) is None)
    rng = np.random.default_rng([seed, year])
    made = plan(totals, counties=counties, discontinued=gone, sizes=inhabitants(), persons=persons, rng=rng)
    if without:
        people = made.people.copy()
        people[:, list(without)] = 0
        made = replace(made, people=people)
    sendings = Sendings(
        totals,
        made=made,
        definitions=definitions,
        gone=gone,
        seed=seed,
        rng=rng,
        identifiers=several or Identifiers(),
        keeps=several is not None,
        later=later,
    )
    return sendings, made


def _write(
    year: int,
    sendings: Sendings,
    *,
    made: Plan,
    seed: int,
    out: Path,
    exact: bool,
    corrected: date | None = None,
    progress: Callable[[int, int], None] | None,
) -> Summary:
    out.mkdir(parents=True, exist_ok=True)
    _clear(out)
    schedule: list[tuple[datetime, str, DeliveryKind, str]] = []

    def keep(file: File) -> None:
        (out / file.name).write_bytes(file.content)
        schedule.append((file.received, file.name, file.kind, file.sender))

    for done, written in enumerate(sendings.all(), start=1):
        for file in written:
            keep(file)
        if progress is not None:
            progress(done, len(made.municipalities) + 1)
    people = sendings.rows
    if corrected is not None:
        keep(sendings.correction(corrected))
    schedule.sort()
    _write_json(
        out / _SCHEDULE,
        {
            "year": year,
            "seed": seed,
            "deliveries": [
                {"order": order, "file": name, "kind": kind.value, "sender": sender, "received": received.isoformat()}
                for order, (received, name, kind, sender) in enumerate(schedule, start=1)
            ],
        },
    )
    _write_json(out / _TOTALS, _published_totals(published(year), exact=exact))
    kinds = [kind.value for _, _, kind, _ in schedule]
    return Summary(
        year=year,
        seed=seed,
        files={kind: kinds.count(kind) for kind in dict.fromkeys(kinds)},
        people=people,
        ended=made.ended,
        not_reporting=sum(road is Road.SILENT for road in made.roads),
    )


def _published_totals(totals: Published, *, exact: bool) -> dict[str, object]:
    """What was printed about the year, and nothing that was invented to go with it."""
    figures: list[dict[str, object]] = []
    for one in totals.figures if exact else ():
        cell = {"Region": one.region, "Kjonn": one.sex, "ContentsCode": one.content}
        words = {} if one.as_printed is None else {"as_published": one.as_printed}
        figures.append({"table": one.table, "cell": cell, "value": one.value, **words})
    return {
        "year": totals.year,
        "title": totals.title,
        "source": totals.source,
        "address": totals.address,
        "totals": figures,
    }


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _clear(out: Path) -> None:
    """Remove what an earlier run wrote here, and nothing else: its schedule names the files."""
    schedule = out / _SCHEDULE
    if not schedule.is_file():
        return
    for entry in json.loads(schedule.read_text(encoding="utf-8"))["deliveries"]:
        if "/" not in entry["file"] and "\\" not in entry["file"]:
            (out / entry["file"]).unlink(missing_ok=True)
    schedule.unlink()
