"""From a plan to a folder: one file per municipality and kind, when each was sent, and which totals were published.

0301-oslo-deltakere.csv            what the municipality sends; every file in a style of its own
0301-oslo-tiltak.csv               measures, from a few of them
…-direkterapport.csv               exits that are not in the register; one from the office for protected people
…-nullrapport.csv                  nobody ended
deliveries.json                    the files in the order they were sent, by whom and when
published.json                     the totals they add up to, with their source (without totals when scaled)
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from introstat.synthetic.files import LARGEST_SHEET, PLAIN, STYLES, Style, render
from introstat.synthetic.identifiers import Identifiers
from introstat.synthetic.people import Home, measures, participants
from introstat.synthetic.plan import ENDED_IN_YEAR, PROTECTED, Fate, Road, plan
from introstat.synthetic.published import inhabitants, published
from introstat.vocabulary.deliveries import OFFICE, DeliveryKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from introstat.definitions.catalogue import Definitions
    from introstat.synthetic.plan import Plan
    from introstat.synthetic.published import Published

_SCHEDULE: Final = "deliveries.json"
_TOTALS: Final = "published.json"
_WINTER: Final = timezone(timedelta(hours=1))
"""Deliveries are sent before summer time begins."""
_CONFIRMED_BY: Final = "Syntetisk rådgiver"
_OPTIONAL: Final = (
    ("egen_referanse",),
    ("fornavn", "etternavn"),
    ("tilbudsdato", "bosettingsdato"),
    ("avslutningstype",),
    ("reservert_forskning",),
)
_LARGEST_WITH_MEASURES: Final = 50_000


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written: files per kind, rows in participant files, and people who ended in the year by any road."""

    year: int
    seed: int
    files: dict[str, int]
    people: int
    ended: int
    not_reporting: int


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    kind: DeliveryKind
    sender: str
    received: datetime
    content: bytes


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
    totals = published(year)
    geography, last_day = definitions.geography, date(year, 12, 31)
    counties = {place.code: place.parent or "" for place in geography.municipalities(last_day)}
    sent = totals.invented.first_received
    gone = frozenset(code for code in counties if geography.find(code, sent) is None)
    rng = np.random.default_rng([seed, year])
    made = plan(totals, counties=counties, discontinued=gone, sizes=inhabitants(), persons=persons, rng=rng)
    files = _Files(totals, made=made, definitions=definitions, gone=gone, seed=seed, rng=rng)

    out.mkdir(parents=True, exist_ok=True)
    _clear(out)
    schedule: list[tuple[datetime, str, DeliveryKind, str]] = []
    for done, written in enumerate(files.all(), start=1):
        for file in written:
            (out / file.name).write_bytes(file.content)
            schedule.append((file.received, file.name, file.kind, file.sender))
        if progress is not None:
            progress(done, len(counties) + 1)
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
    _write_json(out / _TOTALS, _published_totals(totals, exact=persons is None))
    kinds = [kind.value for _, _, kind, _ in schedule]
    return Summary(
        year=year,
        seed=seed,
        files={kind: kinds.count(kind) for kind in dict.fromkeys(kinds)},
        people=made.in_files,
        ended=made.ended,
        not_reporting=sum(road is Road.SILENT for road in made.roads),
    )


class _Files:
    """Makes the files municipality by municipality, so that no more than one of them is held at a time."""

    def __init__(
        self,
        totals: Published,
        *,
        made: Plan,
        definitions: Definitions,
        gone: frozenset[str],
        seed: int,
        rng: np.random.Generator,
    ) -> None:
        self._totals = totals
        self._plan = made
        self._geography = definitions.geography
        self._gone = gone
        self._seed = seed
        self._identifiers = Identifiers()
        self._received = _moments(totals, size=len(made.municipalities), rng=rng)
        self._styles = rng.permutation(np.arange(len(made.municipalities)) % len(STYLES))
        sends = np.array([road is Road.PEOPLE for road in made.roads])
        several = np.flatnonzero(sends & (made.people.sum(axis=(1, 2, 3)) >= 15))
        self._with_measures = frozenset(rng.permutation(several)[: totals.invented.measures_from].tolist())

    def all(self) -> Iterator[list[_File]]:
        """The files of each municipality in the order of their codes, the office's last."""
        for index, road in enumerate(self._plan.roads):
            match road:
                case Road.PEOPLE:
                    yield self._people(index)
                case Road.DIRECT:
                    yield [self._direct(index)]
                case Road.NIL:
                    yield [self._nil(index)]
                case Road.SILENT:
                    yield []
        yield [self._by_office()]

    def _people(self, index: int) -> list[_File]:
        code, received = self._plan.municipalities[index], self._received[index]
        rng = np.random.default_rng([self._seed, self._totals.year, int(code)])
        home = Home(
            code=code,
            districts=tuple(place.code for place in self._geography.districts(received.date()) if place.parent == code)[
                :15
            ],
            year=self._totals.year,
            received=received.date(),
        )
        people = participants(home, counts=self._plan.people[index], identifiers=self._identifiers, rng=rng)
        style = self._style(index, rows=people.num_rows)
        protected = bool(self._plan.people[index, :, :, PROTECTED].sum())
        table = people.select(_columns(home, protected=protected, rng=rng))
        files = [self._file(index, DeliveryKind.PARTICIPANTS, received, table, style)]
        if index in self._with_measures and people.num_rows <= _LARGEST_WITH_MEASURES:
            table = measures(people, received=received.date(), rng=rng)
            files.append(self._file(index, DeliveryKind.MEASURES, received + timedelta(minutes=20), table, style))
        return files

    def _direct(self, index: int) -> _File:
        table = _direct_report(
            self._plan.direct[index], municipality=self._plan.municipalities[index], basis="mangler_i_registeret"
        )
        style = self._style(index, rows=table.num_rows)
        return self._file(index, DeliveryKind.DIRECT_REPORT, self._received[index], table, style)

    def _nil(self, index: int) -> _File:
        table = pa.table({"kommunenummer": [self._plan.municipalities[index]], "bekreftet_av": [_CONFIRMED_BY]})
        style = self._style(index, rows=1)
        return self._file(index, DeliveryKind.NIL_REPORT, self._received[index], table, style)

    def _by_office(self) -> _File:
        table = _direct_report(self._plan.office, municipality=None, basis="adressebeskyttelse")
        return _File(
            name=f"direktoratet-{DeliveryKind.DIRECT_REPORT.value}.csv",
            kind=DeliveryKind.DIRECT_REPORT,
            sender=OFFICE,
            received=_at(self._totals.invented.last_received, minutes=15 * 60 + 45),
            content=render(table, style=PLAIN),
        )

    def _style(self, index: int, *, rows: int) -> Style:
        style = STYLES[int(self._styles[index])]
        return PLAIN if rows > LARGEST_SHEET and not style.delimiter else style

    def _file(self, index: int, kind: DeliveryKind, received: datetime, table: pa.Table, style: Style) -> _File:
        """A municipality that no longer exists has nobody to send for it but the office."""
        code = self._plan.municipalities[index]
        place = self._geography.find(code, date(self._totals.year, 12, 31))
        name = _slug(place.norwegian if place else code)
        return _File(
            name=f"{code}-{name}-{kind.value}.{style.suffix}",
            kind=kind,
            sender=OFFICE if code in self._gone else code,
            received=received,
            content=render(table, style=style),
        )


def _columns(home: Home, *, protected: bool, rng: np.random.Generator) -> list[str]:
    """Which columns a file has and in which order: what is required and used, some of the rest, one of four habits."""
    names = [
        "kommunenummer",
        "fodselsnummer",
        "dufnummer",
        "fodselsdato",
        "kjonn",
        "statsborgerskap",
        "lov",
        "kategori",
    ]
    names += ["vedtaksdato", "startdato", "planlagt_sluttdato", "sluttdato", "avslutningsarsak"]
    if home.districts or rng.random() < 0.1:
        names.insert(1, "bydelsnummer")
    for group in _OPTIONAL:
        if rng.random() < 0.7:
            position = int(rng.integers(1, len(names) + 1))
            names[position:position] = group
    if protected or rng.random() < 0.5:
        names.append("adressebeskyttelse")
    match int(rng.integers(0, 4)):
        case 0:
            names.sort()
        case 1:
            names = [names[position] for position in rng.permutation(len(names)).tolist()]
        case _:
            pass
    return names


def _direct_report(counts: NDArray[np.int64], *, municipality: str | None, basis: str) -> pa.Table:
    """``counts`` is fate × sex; one row for each that is not zero."""
    rows = [
        (Fate(fate).reason or "", "MK"[sex], str(int(counts[fate, sex])))
        for fate in range(ENDED_IN_YEAR)
        for sex in range(2)
        if counts[fate, sex]
    ]
    reasons, sexes, numbers = zip(*rows, strict=True) if rows else ((), (), ())
    return pa.table(
        {
            "kommunenummer": pa.array([municipality] * len(rows), pa.string()),
            "kjonn": pa.array(sexes, pa.string()),
            "avslutningsarsak": pa.array(reasons, pa.string()),
            "antall": pa.array(numbers, pa.string()),
            "grunnlag": pa.array([basis] * len(rows), pa.string()),
        }
    )


def _moments(totals: Published, *, size: int, rng: np.random.Generator) -> list[datetime]:
    """When each municipality sends: on working days in office hours, most of them towards the end."""
    first = np.datetime64(totals.invented.first_received, "D")
    span = (np.datetime64(totals.invented.last_received, "D") - first).astype(np.int64)
    days = np.busday_offset(first + np.floor(span * rng.beta(1.6, 1.1, size)).astype(np.int64), 0, roll="backward")
    minutes = rng.integers(8 * 60, 15 * 60, size)
    return [_at(day, minutes=minute) for day, minute in zip(days.tolist(), minutes.tolist(), strict=True)]


def _at(day: date, *, minutes: int) -> datetime:
    return datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=_WINTER)


def _slug(name: str) -> str:
    plain = name.split("(")[0].strip().lower().replace("æ", "ae").replace("ø", "o").replace("å", "a")
    ascii_only = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode("ascii")
    return "-".join(ascii_only.replace("-", " ").split())


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
