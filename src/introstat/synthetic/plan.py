"""Who is invented: how many people of each fate and sex each municipality has, and by which road they are reported.

A plan is counts only. The first nine fates ended in the year with the delivered reason they are named after (the ninth
has none); ``LUKKET`` is delivered as still running and closed by the register; the last three do not count in the year.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Final

import numpy as np

from introstat.synthetic.allocation import allocate, apportion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from introstat.synthetic.allocation import Allocation
    from introstat.synthetic.published import Published

    Counts = NDArray[np.int64]


class Fate(IntEnum):
    """What became of a programme; the order is an axis of every array of a plan."""

    ARBEID = 0
    VIDEREGAENDE = 1
    HOYERE_UTDANNING = 2
    GRUNNSKOLE = 3
    KVALIFISERING = 4
    SOSIALSTONAD = 5
    TRYGD = 6
    ANNET = 7
    UREGISTRERT = 8
    LUKKET = 9
    ENDED_BEFORE = 10
    ENDED_AFTER = 11
    RUNNING = 12

    @property
    def reason(self) -> str | None:
        """The delivered reason, or None where there is none or where it varies."""
        return self.name.lower() if self < Fate.UREGISTRERT else None


ENDED_IN_YEAR: Final = Fate.LUKKET + 1
"""The fates below this one count among those who ended in the year."""

MEN, WOMEN = 0, 1
"""Positions on the axis of sexes."""

OPEN, PROTECTED = 0, 1
"""Positions on the axis of address protection."""

_OTHERS: Final = (
    Fate.GRUNNSKOLE,
    Fate.KVALIFISERING,
    Fate.SOSIALSTONAD,
    Fate.TRYGD,
    Fate.ANNET,
    Fate.UREGISTRERT,
    Fate.LUKKET,
)
_WORK, _EDUCATION, _OTHER = 0, 1, 2


class Road(Enum):
    """How a municipality reports its year."""

    PEOPLE = "deltakere"
    DIRECT = "direkterapport"
    NIL = "nullrapport"
    SILENT = "nothing"


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Counts for the invented deliveries of a year.

    ``people``: municipality × fate × sex × protection, the rows of participant files. ``direct``: municipality × fate × sex,
    exits in direct reports. ``office``: fate × sex, people with a protected address whom the office reports.
    """

    municipalities: tuple[str, ...]
    counties: tuple[str, ...]
    roads: tuple[Road, ...]
    people: Counts
    direct: Counts
    office: Counts

    @property
    def in_files(self) -> int:
        """Rows in participant files."""
        return int(self.people.sum())

    @property
    def ended(self) -> int:
        """People who ended in the year, by whichever road they are reported."""
        in_year = slice(0, ENDED_IN_YEAR)
        return int(self.people[:, in_year].sum() + self.direct[:, in_year].sum() + self.office[in_year].sum())


def plan(
    totals: Published,
    *,
    counties: Mapping[str, str],
    discontinued: frozenset[str],
    sizes: Mapping[str, float],
    persons: int | None,
    rng: np.random.Generator,
) -> Plan:
    """Invent counts that meet the totals exactly, or, with ``persons``, as many people in the files with the shares kept.

    ``counties`` is municipality → county in the year; ``discontinued`` are municipalities that no longer exist when they
    deliver: they have nobody whose programme still runs.
    """
    allocation = allocate(totals, counties=counties, sizes=sizes, rng=rng)
    exact = _exact(totals, allocation=allocation, discontinued=discontinued, rng=rng)
    return exact if persons is None else _scaled(exact, persons=persons)


def _scaled(exact: Plan, *, persons: int) -> Plan:
    if persons < 1:
        raise ValueError("at least one person must be invented")

    def total(counts: Counts) -> int:
        return (int(counts.sum()) * persons + exact.in_files // 2) // exact.in_files

    people = _spread(exact.people, total=persons)
    direct = _spread(exact.direct, total=total(exact.direct))
    rows = people.sum(axis=(1, 2, 3))
    roads = tuple(
        Road.NIL if road in (Road.PEOPLE, Road.DIRECT) and not here else road
        for road, here in zip(exact.roads, (rows + direct.sum(axis=(1, 2))).tolist(), strict=True)
    )
    return replace(
        exact, roads=roads, people=people, direct=direct, office=apportion(exact.office, total=total(exact.office))
    )


def _spread(counts: Counts, *, total: int) -> Counts:
    """Scale counts by municipality × the rest: first the rest, so that its shares hold even for few people, then places."""
    kinds = counts.reshape(len(counts), -1)
    totals = apportion(kinds.sum(axis=0), total=total)
    columns = [apportion(column, total=number) for column, number in zip(kinds.T, totals.tolist(), strict=True)]
    return np.stack(columns, axis=1).reshape(counts.shape)


def _exact(
    totals: Published, *, allocation: Allocation, discontinued: frozenset[str], rng: np.random.Generator
) -> Plan:
    made = totals.invented
    open_now = np.array([code not in discontinued for code in allocation.municipalities])
    roads = _roads(totals, ended=allocation.ended, open_now=open_now, rng=rng)
    on_road = {road: np.array([one is road for one in roads]) for road in Road}
    files = on_road[Road.PEOPLE] & (allocation.ended > 0)

    place, outcome, protected = _ended_people(totals, allocation=allocation, files=files, rng=rng)
    sex = _sexes(totals, outcome=outcome, rng=rng)
    may_be_closed = (place >= 0) & ~protected & (files & open_now)[place]
    fate = _fates(totals, outcome=outcome, may_be_closed=may_be_closed, rng=rng)

    shape = (len(roads), len(Fate), 2)
    people = np.zeros((*shape, 2), dtype=np.int64)
    direct = np.zeros(shape, dtype=np.int64)
    office = np.zeros(shape[1:], dtype=np.int64)
    by_office = place < 0
    by_direct = ~by_office & on_road[Road.DIRECT][place]
    by_file = ~by_office & ~by_direct
    np.add.at(office, (fate[by_office], sex[by_office]), 1)
    np.add.at(direct, (place[by_direct], fate[by_direct], sex[by_direct]), 1)
    np.add.at(people, (place[by_file], fate[by_file], sex[by_file], protected[by_file].astype(np.int64)), 1)

    size = allocation.ended * rng.gamma(6, 1 / 6, len(roads))
    for others, number, among in (
        (Fate.ENDED_BEFORE, made.ended_before, files),
        (Fate.ENDED_AFTER, made.ended_after, files & open_now),
        (Fate.RUNNING, made.running, files & open_now),
    ):
        where = _drawn(size * among, number=number, rng=rng)
        _add(people, where, fate=others, protection=OPEN, rng=rng)
    hidden = _drawn(size * (files & open_now), number=made.protected_running, rng=rng)
    _add(people, hidden, fate=Fate.RUNNING, protection=PROTECTED, rng=rng)
    quiet = np.flatnonzero(on_road[Road.PEOPLE] & (allocation.ended == 0))
    _add(people, np.repeat(quiet, rng.integers(1, 4, len(quiet))), fate=Fate.RUNNING, protection=OPEN, rng=rng)
    return Plan(
        municipalities=allocation.municipalities,
        counties=allocation.counties,
        roads=roads,
        people=people,
        direct=direct,
        office=office,
    )


def _roads(
    totals: Published, *, ended: Counts, open_now: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[Road, ...]:
    made = totals.invented
    nobody = rng.permutation(np.flatnonzero((ended == 0) & open_now))
    roads = [Road.NIL if not number else Road.PEOPLE for number in ended.tolist()]
    for index in nobody[: made.silent].tolist():
        roads[index] = Road.SILENT
    for index in nobody[made.silent : made.silent + made.only_running].tolist():
        roads[index] = Road.PEOPLE
    few = rng.permutation(np.flatnonzero((ended > 0) & (ended < 5) & open_now))
    some = rng.permutation(np.flatnonzero((ended >= 5) & (ended <= 30) & open_now))
    half = made.direct_reports // 2
    for index in [*few[:half].tolist(), *some[: made.direct_reports - half].tolist()]:
        roads[index] = Road.DIRECT
    return tuple(roads)


def _ended_people(
    totals: Published, *, allocation: Allocation, files: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[Counts, Counts, NDArray[np.bool_]]:
    """One element per person who ended: place (-1: the office alone knows it), outcome, protected or not."""
    counts = np.stack(
        [allocation.work, allocation.education, allocation.ended - allocation.work - allocation.education], axis=1
    )
    where, what = np.divmod(np.repeat(np.arange(counts.size), counts.ravel()), counts.shape[1])
    hidden = totals.protected
    in_total = (hidden.work, hidden.education, hidden.ended - hidden.reached)
    in_files = totals.invented.protected_in_files
    large = np.where(files & (allocation.ended >= 20), allocation.ended, 0)
    homes = rng.choice(len(large), size=sum(in_files), replace=False, p=large / large.sum())
    from_files = np.repeat([_WORK, _EDUCATION, _OTHER], in_files)
    from_office = np.repeat([_WORK, _EDUCATION, _OTHER], np.array(in_total) - np.array(in_files))
    place = np.concatenate([where, homes, np.full(len(from_office), -1)])
    outcome = np.concatenate([what, from_files, from_office])
    protected = np.arange(len(place)) >= len(where)
    return place, outcome, protected


def _sexes(totals: Published, *, outcome: Counts, rng: np.random.Generator) -> Counts:
    to_work = totals.invented.men_to_work
    men = (to_work, totals.men.reached - to_work, totals.men.ended - totals.men.reached)
    sex = np.full(len(outcome), WOMEN)
    for kind, number in zip((_WORK, _EDUCATION, _OTHER), men, strict=True):
        sex[rng.permutation(np.flatnonzero(outcome == kind))[:number]] = MEN
    return sex


def _fates(totals: Published, *, outcome: Counts, may_be_closed: NDArray[np.bool_], rng: np.random.Generator) -> Counts:
    made = totals.invented
    fate = np.where(outcome == _WORK, int(Fate.ARBEID), int(Fate.VIDEREGAENDE))
    education = rng.permutation(np.flatnonzero(outcome == _EDUCATION))
    fate[education[: made.higher_education]] = Fate.HOYERE_UTDANNING
    quota = dict(zip(_OTHERS, made.others, strict=True))
    others = rng.permutation(np.flatnonzero(outcome == _OTHER))
    closed = others[may_be_closed[others]][: quota.pop(Fate.LUKKET)]
    fate[closed] = Fate.LUKKET
    rest = others[~np.isin(others, closed)]
    fate[rest] = np.repeat([int(one) for one in quota], list(quota.values()))
    return fate


def _add(people: Counts, where: Counts, *, fate: Fate, protection: int, rng: np.random.Generator) -> None:
    sex = rng.integers(0, 2, len(where))
    np.add.at(people[:, fate, :, protection], (where, sex), 1)


def _drawn(weights: NDArray[np.float64], *, number: int, rng: np.random.Generator) -> Counts:
    return rng.choice(len(weights), size=number, p=weights / weights.sum())
