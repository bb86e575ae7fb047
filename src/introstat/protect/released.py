"""The attack of somebody who has released tables and nothing else, but all of those.

`seal` attacks from the true counts. A reader has none, so a first table is found that agrees with everything shown (an
integer program with nothing to optimise); from there the attack is the same. She is not told on which side of the limits of
the key figures a hidden place stands, and she is no insider: what she cannot compute, `seal` made sure of with more.

    2014   Os   4 ended, 1 to work or education            shown
    2015   Os   6 ended, the result hidden                 :
    2016   Os   3 ended, the result hidden                 :
    2014-2016   13 ended, 5 to work or education           2015 and 2016 together are 4: known

She holds every edition that was out, of every year that a result of several years together ties to this one. They are one
system: a number is a sum over the places of its year, a band says between what it lies, and a pooled number is a sum over
years. Where two editions of a year show no difference in a county she takes it that nothing has changed there; where no
counts at all agree with that guess, she gives it up. What is hidden is what the newest edition of each year hides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from introstat.protect.agreeing import agreeing_leaves
from introstat.protect.attack import attack
from introstat.protect.base import always_shown
from introstat.protect.copies import Copy, Read, read
from introstat.protect.exits import (
    BESIDE,
    LEAF_REASONS,
    MUNICIPAL_DEPTH,
    given_away_by,
    known_zero,
    leaves_of,
)
from introstat.protect.joint import TOGETHER, Pooled
from introstat.protect.primary import ALL, REST, RESULT, SEX_ALL
from introstat.protect.system import NOBODY, UNBOUNDED, Demand, Groups, System
from introstat.vocabulary.tables import COUNTRY, REASONS, SEXES, ProtectionReport

_LEAVES: Final = 2 * len(LEAF_REASONS)
"""Leaves of a place."""
_CELLS: Final = (len(SEXES), len(REASONS))
_SIZE: Final = len(SEXES) * len(REASONS)
"""Cells of a region, as they lie and how many."""
_WIDTH: Final = 2


@dataclass(frozen=True, slots=True)
class Recovered:
    """A hidden cell that readers can compute, or bound too narrowly, and the edition that hides it."""

    edition: str
    region: str
    sex: str
    reason: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the attack on released tables came to. `consistent` is false when no counts at all agree with what is shown;
    `recovered` are hidden cells that what is shown gives away. `editions` are those that were attacked together."""

    consistent: bool
    settled: bool
    hidden: int
    recovered: tuple[Recovered, ...]
    editions: tuple[str, ...] = ()


def attack_released(copy: Copy, *, earlier: Sequence[Copy] = ()) -> Answer:
    """Attack a copy together with all that was out before it, oldest first, whatever the year.

    Shares, results and key figures are made of cells of the table of exits and are shown only where these are, so they tell
    nothing more. Years that nothing ties to this one are left out. Raises KeyError for a table of another form.
    """
    copies = _tied([read(one) for one in (*earlier, copy)])
    editions = tuple(one.edition for one in copies)
    answer = Answer(consistent=False, settled=True, hidden=0, recovered=())
    for is_guessing in (True, False):
        answer = _Puzzle(copies, is_guessing=is_guessing).solved()
        if answer.consistent:
            break
    return replace(answer, editions=editions)


def counted_in(report: ProtectionReport, answer: Answer) -> ProtectionReport:
    """The report of a draft with what a reader found who has it beside all editions there are."""
    exact = sum(one.low == one.high for one in answer.recovered)
    return replace(
        report,
        attack_settled=report.attack_settled and answer.settled and answer.consistent,
        attack_exact=report.attack_exact + exact,
        attack_narrow=report.attack_narrow + len(answer.recovered) - exact,
        notes=(
            *report.notes,
            f"Attacked as by a reader of {', '.join(answer.editions)}, since later years tell of this one: "
            f"{len(answer.recovered)} hidden cells found.",
        ),
    )


def _tied(copies: Sequence[Read]) -> list[Read]:
    """Those copies whose years hang together with the last one's, by results of several years together."""
    runs = [set(range(pooled.first, one.year + 1)) for one in copies for pooled in one.pooled.values()]
    years = {copies[-1].year}
    while more := {year for run in runs if run & years for year in run} - years:
        years |= more
    return [one for one in copies if one.year in years]


@dataclass(slots=True)
class _Cells:
    """Cells as they are collected, region by region: rows over leaves, and what is known of each."""

    rows: list[csr_array] = field(default_factory=list)
    shown: list[NDArray[np.bool_]] = field(default_factory=list)
    values: list[NDArray[np.int64]] = field(default_factory=list)
    low: list[NDArray[np.int64]] = field(default_factory=list)
    high: list[NDArray[np.int64]] = field(default_factory=list)
    hides: list[NDArray[np.bool_]] = field(default_factory=list)
    given: list[NDArray[np.bool_]] = field(default_factory=list)
    is_group: list[bool] = field(default_factory=list)
    told_by: list[tuple[str, str]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, rows: csr_array, *, is_group: bool) -> int:
        """A region of which nothing is known yet; its number."""
        self.rows.append(rows)
        self.shown.append(np.zeros(_CELLS, np.bool_))
        self.values.append(np.zeros(_CELLS, np.int64))
        self.low.append(np.zeros(_CELLS, np.int64))
        self.high.append(np.full(_CELLS, UNBOUNDED))
        self.hides.append(np.zeros(_CELLS, np.bool_))
        self.given.append(np.zeros(_CELLS, np.bool_))
        self.is_group.append(is_group)
        self.told_by.append(("", ""))
        return len(self.rows) - 1


class _Puzzle:
    """Copies as one system, over leaves that two editions of a year share where a reader takes it that nothing changed."""

    def __init__(self, copies: Sequence[Read], *, is_guessing: bool) -> None:
        self._copies = copies
        versions = _versions(copies) if is_guessing else [dict[str, int]()] * len(copies)
        columns: dict[tuple[int, str, int, str], int] = {}
        places: list[NDArray[np.int64]] = []
        block: list[int] = []
        blocks: dict[str, int] = {}
        for number, one in enumerate(copies):
            at = []
            for place in np.flatnonzero(one.tree.is_leaf).tolist():
                home, code = _county(one, place), one.tree.regions[place]
                key = (one.year, home, versions[number].get(home, number), code)
                if key not in columns:
                    columns[key] = len(columns) * _LEAVES
                    above = one.tree.regions[one.tree.parent[place]]
                    block.append(NOBODY if home == COUNTRY else blocks.setdefault(above, len(blocks)))
                at.append(columns[key])
            places.append(np.array(at, np.int64))
        self._width = len(columns) * _LEAVES
        self._block = np.repeat(np.array(block, np.int64), _LEAVES)
        self._cells = _Cells()
        self._regions: list[list[int]] = []
        numbers: dict[tuple[int, str, bytes], int] = {}
        for one, own in zip(copies, places, strict=True):
            self._regions.append(self._told(one, own, numbers))
        self._within = self._lying_within()
        self._several = self._pooled()

    def _told(self, one: Read, columns: NDArray[np.int64], numbers: dict[tuple[int, str, bytes], int]) -> list[int]:
        """Add what a copy tells; the number of each of its regions among the cells."""
        tree, cells = one.tree, self._cells
        matrix, _, _ = leaves_of(tree)
        place = (columns[:, None] + np.arange(_LEAVES)).ravel()
        rows = csr_array((matrix.data, place[matrix.indices], matrix.indptr), shape=(matrix.shape[0], self._width))
        rows.sort_indices()
        given = given_away_by(tree, always_shown(tree, definitions=one.definitions) & one.shown)
        within, depth = tree.within, tree.depth
        found = []
        for region, code in enumerate(tree.regions):
            key = (one.year, code, np.sort(columns[within[region]]).tobytes())
            if key not in numbers:
                own = csr_array(rows[region * _SIZE : (region + 1) * _SIZE])
                numbers[key] = cells.add(own, is_group=bool(tree.hidden_group[region]))
            number = numbers[key]
            found.append(number)
            shown = one.shown[region]
            cells.values[number] = np.where(shown, one.values[region], cells.values[number])
            cells.shown[number] |= shown
            cells.hides[number] = ~shown
            cells.given[number] |= given[region]
            cells.told_by[number] = (one.edition, code)
            is_place = depth[region] >= MUNICIPAL_DEPTH and tree.parent[region] != BESIDE
            if is_place and not shown[SEX_ALL, ALL]:
                cells.low[number][SEX_ALL, ALL] = 1
            if region in one.bands and shown[SEX_ALL, ALL]:
                ended = int(one.values[region, SEX_ALL, ALL])
                least, most = one.bands[region].people(ended)
                for cell, low, high in ((RESULT, least, most), (REST, ended - most, ended - least)):
                    cells.low[number][SEX_ALL, cell] = max(low, cells.low[number][SEX_ALL, cell])
                    cells.high[number][SEX_ALL, cell] = min(high, cells.high[number][SEX_ALL, cell])
        return found

    def _lying_within(self) -> list[tuple[int, list[int]]]:
        """Regions that others lie in or that are made of others, with these."""
        found = []
        for one, numbers in zip(self._copies, self._regions, strict=True):
            tree = one.tree
            for region in np.unique(tree.parent[tree.parent >= 0]).tolist():
                inside = np.flatnonzero((tree.parent == region) & ~tree.hidden_group).tolist()
                found.append((numbers[region], [numbers[part] for part in inside]))
            found += [(numbers[region], [numbers[part] for part in parts]) for region, parts in tree.members.items()]
        return [(region, parts) for region, parts in dict(found).items() if parts]

    def _pooled(self) -> list[tuple[csr_array, int, bool]]:
        """Every number of several years together: its row, the number, and whether all of its years are at hand."""
        found: list[tuple[csr_array, int, bool]] = []
        for number, one in enumerate(self._copies):
            for code, pooled in one.pooled.items():
                run = self._run(number, code, pooled)
                for reason, value in zip(
                    TOGETHER, (pooled.ended, pooled.reached, pooled.ended - pooled.reached), strict=True
                ):
                    at = SEX_ALL * _CELLS[1] + reason
                    row = sum(
                        (csr_array(self._cells.rows[region][[at]]) for region in run),
                        csr_array((1, self._width), dtype=np.int64),
                    )
                    found.append((csr_array(row), value, len(run) == one.year - pooled.first + 1))
        return found

    def _run(self, number: int, code: str, pooled: Pooled) -> list[int]:
        """A place in the newest edition of each year that was out when a pooled result was told; years not at hand are left
        out."""
        newest = {self._copies[k].year: k for k in range(number + 1) if code in self._copies[k].tree.regions}
        newest[self._copies[number].year] = number
        return [
            self._regions[newest[year]][self._copies[newest[year]].tree.regions.index(code)]
            for year in range(pooled.first, self._copies[number].year + 1)
            if year in newest
        ]

    def solved(self) -> Answer:
        """Find any table that agrees, and attack from there."""
        cells, several = self._cells, self._several
        shown = np.concatenate([np.stack(cells.shown).ravel(), np.array([whole for *_, whole in several], np.bool_)])
        hides = np.concatenate([np.stack(cells.hides).ravel(), np.zeros(len(several), np.bool_)])
        given = np.concatenate([np.stack(cells.given).ravel(), np.zeros(len(several), np.bool_)])
        told = np.array([value for _, value, _ in several], np.int64)
        values = np.concatenate([np.stack(cells.values).ravel(), told])
        low = np.concatenate([np.stack(cells.low).ravel(), np.zeros(len(several), np.int64)])
        high = np.concatenate([np.stack(cells.high).ravel(), told])
        high[shown], low[shown] = UNBOUNDED, 0
        matrix = csr_array(vstack([*cells.rows, *(row for row, *_ in several)], format="csr"), dtype=np.int64)
        hidden = int((hides & ~given).sum())
        leaves, is_known = agreeing_leaves(
            matrix, shown=shown, values=values, low=low, high=high, within=self._within, per_region=_SIZE
        )
        if leaves is None:
            return Answer(consistent=not is_known, settled=is_known, hidden=hidden, recovered=())
        true = np.asarray(matrix @ leaves)
        system = System(
            matrix=matrix,
            leaves=leaves,
            values=true,
            low=low,
            high=high,
            block=self._block,
            insider=np.full(self._width, NOBODY),
        )
        is_group = np.repeat(np.array(cells.is_group), _SIZE)
        given[: len(is_group)] |= is_group & known_zero(system, shown | given)[: len(is_group)]
        guarded = ~shown & ~given
        findings = attack(system, _only(guarded), shown)
        weak = [
            *((int(cell), int(true[cell]), int(true[cell])) for cell in np.flatnonzero(shown & hides)),
            *((weakness.cell, weakness.low, weakness.high) for weakness in findings.weak if weakness.settled),
        ]
        return Answer(
            consistent=True,
            settled=findings.settled,
            hidden=hidden,
            recovered=tuple(self._named(*one) for one in weak if one[0] < len(is_group)),
        )

    def _named(self, cell: int, low: int, high: int) -> Recovered:
        region, rest = divmod(cell, _SIZE)
        sex, reason = divmod(rest, _CELLS[1])
        edition, code = self._cells.told_by[region]
        return Recovered(edition, code, SEXES[sex], REASONS[reason], low, high)


def _only(guarded: NDArray[np.bool_]) -> Demand:
    """Ask whether any of these cells can be computed."""
    none = np.zeros_like(guarded)
    return Demand(
        groups=Groups(of_cell=np.full(guarded.size, -1)),
        forced=none,
        must_hide=none,
        guarded=guarded,
        guarded_from_insiders=none,
        width=np.full(guarded.size, _WIDTH),
    )


def _versions(copies: Sequence[Read]) -> list[dict[str, int]]:
    """Per copy and county, the number of the first copy that has the same counts there, as far as a reader can tell."""
    found: list[dict[str, int]] = []
    for number, one in enumerate(copies):
        own = {_county(one, place): number for place in np.flatnonzero(one.tree.is_leaf).tolist()}
        left = set(own)
        for before in reversed(range(number)):
            if copies[before].year == one.year:
                same = left & found[before].keys() - _differing(copies[before], one)
                own |= {county: found[before][county] for county in same}
                left -= same
        found.append(own)
    return found


def _differing(before: Read, after: Read) -> set[str]:
    """Counties in which, or in part of which, two copies show different numbers; the country's own where it does itself."""
    position = {code: place for place, code in enumerate(before.tree.regions)}
    found = set()
    for place, code in enumerate(after.tree.regions):
        if code not in position:
            found.add(_county(after, place))
            continue
        both = before.shown[position[code]] & after.shown[place]
        if np.any(before.values[position[code]][both] != after.values[place][both]):
            found.update(_county(after, one) for one in after.tree.members.get(place, (place,)))
    return found


def _county(one: Read, place: int) -> str:
    """The county that a region lies in, or is; the country for what lies in none."""
    tree = one.tree
    if tree.hidden_group[place]:
        return COUNTRY
    while tree.parent[place] >= 0 and tree.parent[tree.parent[place]] >= 0:
        place = int(tree.parent[place])
    return tree.regions[place]
