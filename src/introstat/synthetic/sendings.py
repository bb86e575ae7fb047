"""What each municipality sends for a year: its files, in formats of its own, and the day it sends them.

Most municipalities send before the year's first deadline, the rest until the register closes. Where later years are invented
too, a file also holds the people of those years who were in the programme on the day it was sent, as far as anybody could
know then: without the end that was still to come. So a person stands in file after file until her programme ends.

    invented for 2016: 2014-11-03 – 2016-05-20, arbeid
    file of 2014       2014-11-03 –              sent 2015-01-14
    file of 2015       2014-11-03 –              sent 2016-01-12
    file of 2016       2014-11-03 – 2016-05-20   arbeid
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from introstat.synthetic.files import LARGEST_SHEET, PLAIN, STYLES, Style, render
from introstat.synthetic.people import Home, measures, participants
from introstat.synthetic.plan import ENDED_IN_YEAR, PROTECTED, Fate, Road
from introstat.vocabulary.deliveries import OFFICE, DeliveryKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from introstat.definitions.catalogue import Definitions
    from introstat.synthetic.identifiers import Identifiers
    from introstat.synthetic.plan import Plan
    from introstat.synthetic.published import Published

    Days = NDArray[np.datetime64]

_OSLO: Final = ZoneInfo("Europe/Oslo")
_CONFIRMED_BY: Final = "Syntetisk rådgiver"
_OPTIONAL: Final = (
    ("egen_referanse",),
    ("fornavn", "etternavn"),
    ("tilbudsdato", "bosettingsdato"),
    ("avslutningstype",),
    ("reservert_forskning",),
)
_LARGEST_WITH_MEASURES: Final = 50_000
_IN_TIME: Final = 0.8
"""The share of municipalities that send before the first deadline."""
_NO_DAY: Final = np.datetime64("NaT", "D")
_EXTENDED: Final = np.timedelta64(120, "D")
"""A programme that runs longer than this past its planned end has got a new planned end, before the register closes it."""
_AT_LAST: Final = ("arbeid", "videregaende", "sosialstonad", "arbeid", "grunnskole", "arbeid")
"""What the people whom the register had closed turn out to have gone to, in turn."""


@dataclass(frozen=True, slots=True)
class File:
    """One file as it is sent."""

    name: str
    kind: DeliveryKind
    sender: str
    received: datetime
    content: bytes


class Sendings:
    """Makes the files of a year, municipality by municipality.

    ``later`` are those of the year after, where that is invented too. Only one that ``keeps`` what it has made can be the
    later one of another, or be corrected; without, no more than one municipality is held at a time. ``rows`` is how many rows
    stand in the participant files made so far.
    """

    def __init__(
        self,
        totals: Published,
        *,
        made: Plan,
        definitions: Definitions,
        gone: frozenset[str],
        seed: int,
        rng: np.random.Generator,
        identifiers: Identifiers,
        keeps: bool = False,
        later: Sendings | None = None,
    ) -> None:
        self._totals = totals
        self._plan = made
        self._geography = definitions.geography
        self._gone = gone
        self._seed = seed
        self._identifiers = identifiers
        self._keeps = keeps
        self._later = later
        self.rows = 0
        self._deadline = definitions.parameters(definitions.year.last_day).cutoff.after(definitions.year)
        protected = made.people[..., PROTECTED].sum(axis=(1, 2)) > 0
        self._received = _moments(totals, deadline=self._deadline, in_time=protected, rng=rng)
        self._styles = rng.permutation(np.arange(len(made.municipalities)) % len(STYLES))
        sends = np.array([road is Road.PEOPLE for road in made.roads])
        several = np.flatnonzero(sends & (made.people.sum(axis=(1, 2, 3)) >= 15))
        self._with_measures = frozenset(rng.permutation(several)[: totals.invented.measures_from].tolist())
        self._people: dict[str, pa.Table] = {}
        self._sent: dict[int, tuple[pa.Table, tuple[str, ...]]] = {}

    def all(self) -> Iterator[list[File]]:
        """The files of each municipality in the order of their codes, the office's last."""
        for index, road in enumerate(self._plan.roads):
            match road:
                case Road.PEOPLE:
                    yield self._participants(index)
                case Road.DIRECT:
                    yield [self._direct(index)]
                case Road.NIL:
                    yield [self._nil(index)]
                case Road.SILENT:
                    yield []
        yield [self._by_office()]

    def correction(self, day: date) -> File:
        """The municipality with most programmes closed by the register sends its file again, with what really happened.

        Of every three of them it has found out about two: they ended in the year, a little after they were planned to.
        Everything else in the file is as it was.
        """
        closed = self._plan.people[:, Fate.LUKKET].sum(axis=(1, 2))
        index = max(self._sent, key=lambda sent: int(closed[sent]))
        table, names = self._sent[index]
        planned, end = _dates(table, "planlagt_sluttdato"), _dates(table, "sluttdato")
        new_year = np.datetime64(f"{self._totals.year}-01-01", "D")
        overdue = np.isnat(end) & (planned < new_year + 181)
        overdue &= np.cumsum(overdue) % 3 != 0
        late = np.arange(len(end)) % 19
        end = np.where(overdue, np.maximum(planned, new_year) + late, end)
        turn = np.cumsum(overdue) - 1
        said = [
            _AT_LAST[int(number) % len(_AT_LAST)] if here else before
            for number, here, before in zip(turn, overdue, table["avslutningsarsak"].to_pylist(), strict=True)
        ]
        table = _with(table, "sluttdato", pa.array(end, pa.date32()))
        table = _with(table, "avslutningsarsak", pa.array(said, pa.string()))
        file = self._file(
            index,
            DeliveryKind.PARTICIPANTS,
            _at(day, minutes=10 * 60 + 5),
            table.select(names),
            self._style(index, rows=table.num_rows),
        )
        stem, _, ending = file.name.rpartition(".")
        return replace(file, name=f"{stem}-rettet.{ending}")

    def _participants(self, index: int) -> list[File]:
        code, received = self._plan.municipalities[index], self._received[index]
        rng = np.random.default_rng([self._seed, self._totals.year, int(code)])
        home = self._home(index)
        people = self._own(home, index=index, rng=rng)
        if self._later is not None:
            people = pa.concat_tables([people, *self._later.running(code, on=received.date())])
            people = people.take(pa.array(rng.permutation(people.num_rows)))
        if not people.num_rows:
            return [self._nil(index)]
        style = self._style(index, rows=people.num_rows)
        protected = bool(pc.any(pc.equal(people["adressebeskyttelse"], "fortrolig")).as_py())
        names = _columns(home, protected=protected, rng=rng)
        self.rows += people.num_rows
        if self._keeps:
            self._sent[index] = (people, tuple(names))
        files = [self._file(index, DeliveryKind.PARTICIPANTS, received, people.select(names), style)]
        if index in self._with_measures and people.num_rows <= _LARGEST_WITH_MEASURES:
            table = measures(people, received=received.date(), rng=rng)
            files.append(self._file(index, DeliveryKind.MEASURES, received + timedelta(minutes=20), table, style))
        return files

    def running(self, municipality: str, *, on: date) -> list[pa.Table]:
        """The people of a municipality, of this year and those after, as far as their programmes had come on a day."""
        found = [] if self._later is None else self._later.running(municipality, on=on)
        if municipality in self._people:
            found.append(_as_known(self._people[municipality], np.datetime64(on, "D")))
        return found

    def _home(self, index: int) -> Home:
        code, day = self._plan.municipalities[index], self._received[index].date()
        districts = [place.code for place in self._geography.districts(day) if place.parent == code]
        return Home(code=code, districts=tuple(districts[:15]), year=self._totals.year, received=day)

    def _own(self, home: Home, *, index: int, rng: np.random.Generator) -> pa.Table:
        people = participants(home, counts=self._plan.people[index], identifiers=self._identifiers, rng=rng)
        if self._later is not None:
            own = pc.binary_join_element_wise(people["egen_referanse"], str(self._totals.year), "-")
            people = _with(people, "egen_referanse", own)
        if self._keeps:
            self._people[home.code] = people
        return people

    def _direct(self, index: int) -> File:
        table = _direct_report(
            self._plan.direct[index], municipality=self._plan.municipalities[index], basis="mangler_i_registeret"
        )
        style = self._style(index, rows=table.num_rows)
        return self._file(index, DeliveryKind.DIRECT_REPORT, self._received[index], table, style)

    def _nil(self, index: int) -> File:
        table = pa.table({"kommunenummer": [self._plan.municipalities[index]], "bekreftet_av": [_CONFIRMED_BY]})
        style = self._style(index, rows=1)
        return self._file(index, DeliveryKind.NIL_REPORT, self._received[index], table, style)

    def _by_office(self) -> File:
        table = _direct_report(self._plan.office, municipality=None, basis="adressebeskyttelse")
        return File(
            name=f"direktoratet-{DeliveryKind.DIRECT_REPORT.value}.csv",
            kind=DeliveryKind.DIRECT_REPORT,
            sender=OFFICE,
            received=_at(_working_day(self._deadline), minutes=15 * 60 + 45),
            content=render(table, style=PLAIN),
        )

    def _style(self, index: int, *, rows: int) -> Style:
        style = STYLES[int(self._styles[index])]
        return PLAIN if rows > LARGEST_SHEET and not style.delimiter else style

    def _file(self, index: int, kind: DeliveryKind, received: datetime, table: pa.Table, style: Style) -> File:
        """A municipality that no longer exists has nobody to send for it but the office."""
        code = self._plan.municipalities[index]
        place = self._geography.find(code, date(self._totals.year, 12, 31))
        name = _slug(place.norwegian if place else code)
        return File(
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


def _moments(
    totals: Published, *, deadline: date, in_time: NDArray[np.bool_], rng: np.random.Generator
) -> list[datetime]:
    """When each municipality sends: on working days in office hours, most of them before the deadline.

    ``in_time`` are municipalities that never wait longer; one of the others sends on the very last day.
    """
    first, last = totals.invented.first_received, totals.invented.last_received
    size = len(in_time)
    early = in_time | (rng.random(size) < _IN_TIME)
    soon = np.floor(((deadline - first).days + 1) * rng.beta(1.8, 1.0, size))
    late = np.floor(((last - deadline).days + 1) * rng.beta(1.3, 1.1, size)) + (deadline - first).days + 1
    if not early.all():
        late[np.flatnonzero(~early)[0]] = (last - first).days
    after = np.where(early, soon, np.minimum(late, (last - first).days)).astype(np.int64)
    days = np.busday_offset(np.datetime64(first, "D") + after, 0, roll="backward")
    minutes = rng.integers(8 * 60, 15 * 60, size)
    return [_at(day, minutes=minute) for day, minute in zip(days.tolist(), minutes.tolist(), strict=True)]


def _as_known(people: pa.Table, on: np.datetime64) -> pa.Table:
    """Those who had started by the day, without an end that was still to come."""
    start, end, planned = (_dates(people, name) for name in ("startdato", "sluttdato", "planlagt_sluttdato"))
    to_come = ~np.isnat(end) & (end > on)
    planned = np.where(to_come & (end - planned > _EXTENDED), end, planned)
    for name in ("avslutningsarsak", "avslutningstype"):
        people = _with(people, name, pc.if_else(pa.array(to_come), None, people[name]))
    people = _with(people, "sluttdato", pa.array(np.where(to_come, _NO_DAY, end), pa.date32()))
    people = _with(people, "planlagt_sluttdato", pa.array(planned, pa.date32()))
    return people.filter(pa.array(start < on))


def _dates(table: pa.Table, name: str) -> Days:
    days: Days = table[name].to_numpy().astype("datetime64[D]")
    return days


def _with(table: pa.Table, name: str, column: pa.Array | pa.ChunkedArray) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, column)


def _working_day(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))


def _at(day: date, *, minutes: int) -> datetime:
    return datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=_OSLO)


def _slug(name: str) -> str:
    plain = name.split("(")[0].strip().lower().replace("æ", "ae").replace("ø", "o").replace("å", "a")
    ascii_only = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode("ascii")
    return "-".join(ascii_only.replace("-", " ").split())
