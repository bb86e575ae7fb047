"""All editions of some years as one system, with the results of several years together as cells of it.

Every edition stands in it with all its cells: what it shows is known, what it hides is guarded, its bands are bounds. The leaves
are the places' counts of every year; an edition and its correction share those of the rows that are the same. A pooled number
is one more row, over the leaves of a place in several years.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from introstat.definitions.catalogue import definitions_for
from introstat.definitions.policies import ProtectionPolicy
from introstat.protect.attack import attack, doubts
from introstat.protect.bands import Band, narrowed
from introstat.protect.base import always_shown, exits_of
from introstat.protect.earlier import Earlier, quiet, told
from introstat.protect.exits import LEAF_REASONS, MUNICIPAL_DEPTH, Exits, Limits, Posed, pose
from introstat.protect.findings import Findings
from introstat.protect.grouping import shown_cells
from introstat.protect.primary import ALL, REST, RESULT, SEX_ALL, classify
from introstat.protect.secondary import choose
from introstat.protect.system import NOBODY, UNBOUNDED, Demand, Groups, System
from introstat.vocabulary.tables import SafeCube

T = TypeVar("T", bound=np.generic)

TOGETHER: Final = (ALL, RESULT, REST)
"""What is shown of a pooled place, all or nothing."""
LEAVES: Final = 2 * len(LEAF_REASONS)
"""Leaves of a place in a year."""
ENDED, REACHED, FIRST_YEAR = "Avsluttet", "ArbeidUtdanning", "FraAar"
"""The contents of a table of pooled results that hold numbers."""


@dataclass(frozen=True, slots=True)
class Pooled:
    """The years `first` to the edition's own together: people who ended, and those of them who reached the goal."""

    first: int
    ended: int
    reached: int


@dataclass(frozen=True, slots=True, eq=False)
class Issue:
    """An edition as the joint system sees it: its system as it was posed, what it shows, its bands and its pooled results.

    `guarded` and `guarded_from_insiders` are cells that are hidden in it and must stay so. `quiet` are places (of those
    that nothing lies in) of whose rows readers do not know whether they are the same in another edition of the year.
    """

    year: int
    exits: Exits
    posed: Posed
    shown: NDArray[np.bool_]
    bands: Mapping[int, Band]
    pooled: Mapping[str, Pooled]
    quiet: NDArray[np.bool_]


def pooled_in(table: SafeCube) -> Mapping[str, Pooled]:
    """The pooled results that a table shows, by region. Raises KeyError for a table of another form."""
    contents = table.dimension("ContentsCode")
    columns = [table.values[:, contents.position(code), -1] for code in (FIRST_YEAR, ENDED, REACHED)]
    return {
        code: Pooled(int(first), int(ended), int(reached))
        for code, first, ended, reached in zip(table.dimension("Region").values, *columns, strict=True)
        if not np.isnan(first)
    }


def issues_of(editions: Sequence[Earlier], *, beside: Exits | None, policy: ProtectionPolicy) -> list[Issue]:
    """The editions of one year, oldest first, laid out as the counts `beside` them; as the newest one's, where there are none."""
    if not editions:
        return []
    ordered = sorted(editions, key=lambda one: one.number)
    shape = exits_of(ordered[-1].cubes) if beside is None else beside
    by_rule = classify(shape.counts, policy=policy, hidden_group=shape.hidden_group).hidden
    found = []
    for one in ordered:
        definitions = definitions_for(one.number.year)
        parameters = definitions.parameters(definitions.year.last_day)
        was = exits_of(one.cubes)
        edition = told(one, shape, always=always_shown(was, definitions=definitions), was=was)
        is_newest = beside is None and one is ordered[-1]
        unsure = by_rule & (edition.is_preliminary and not is_newest)
        found.append(
            Issue(
                year=one.number.year,
                exits=edition.exits,
                posed=pose(
                    edition.exits,
                    policy=policy,
                    limits=Limits(ended=parameters.key_figure_ended, percent=parameters.key_figure_share),
                    forced=edition.always,
                    insiders=True,
                ),
                shown=edition.shown,
                bands=edition.bands,
                pooled={} if one.pooled is None else pooled_in(one.pooled),
                quiet=quiet(shape, edition, by_rule=unsure),
            )
        )
    return found


def summed(code: str, run: Sequence[Issue]) -> NDArray[np.int64]:
    """A place's counts over the editions of several years, sexes × reasons."""
    total: NDArray[np.int64] = np.sum([issue.exits.counts[issue.exits.regions.index(code)] for issue in run], axis=0)
    return total


class Joint:
    """All editions of some years as one system: rows over the places' leaves of every year, shared where rows are the same.

    `rows` has every edition's own cells over these leaves; those that stand in another once more are left out of `system`.
    """

    def __init__(self, issues: Sequence[Issue], *, tables: csr_array | None = None) -> None:
        """`tables` are changes that the last issue was seen to bear, over the leaves of its system."""
        self._issues = issues
        self._columns: dict[tuple[int, str, bytes, int], int] = {}
        self._width = issues[-1].posed.policy.width
        parts: list[NDArray[np.int64]] = []
        leaves: list[NDArray[np.int64]] = []
        block: list[NDArray[np.int64]] = []
        insider: list[NDArray[np.int64]] = []
        codes: dict[str, int] = {}
        width = 0
        for number, issue in enumerate(issues):
            system, places = issue.posed.system, np.flatnonzero(issue.exits.is_leaf)
            at = np.empty(len(places), np.int64)
            for k, place in enumerate(places):
                code = issue.exits.regions[place]
                own = number if issue.quiet[k] else NOBODY
                key = (issue.year, code, issue.exits.counts[place].tobytes(), own)
                if key not in self._columns:
                    self._columns[key] = width
                    width += LEAVES
                    first = k * LEAVES
                    leaves.append(system.leaves[first : first + LEAVES])
                    county = issue.exits.regions[issue.exits.parent[place]]
                    within = codes.setdefault(county, len(codes)) if system.block[first] != NOBODY else NOBODY
                    block.append(np.full(LEAVES, within))
                    knows = codes.setdefault(code, len(codes)) if system.insider[first] != NOBODY else NOBODY
                    insider.append(np.full(LEAVES, knows))
                at[k] = self._columns[key]
            parts.append((at[:, None] + np.arange(LEAVES)).ravel())
        self.tables = None if tables is None else _widened(tables, self._leaves_of_last(parts), width)
        self.rows = [self._row(issue, columns, width) for issue, columns in zip(issues, parts, strict=True)]
        kept = [self._kept(number, parts) for number in range(len(issues))]
        self._issue = np.repeat(np.arange(len(issues)), [len(rows) for rows in kept])
        self._cell = np.concatenate(kept)
        low, high = zip(*(self._room(issue) for issue in issues), strict=True)

        def every(values: Sequence[NDArray[T]]) -> NDArray[T]:
            return np.concatenate([own[rows] for own, rows in zip(values, kept, strict=True)])

        self.system = System(
            matrix=csr_array(vstack([own[rows] for own, rows in zip(self.rows, kept, strict=True)], format="csr")),
            leaves=np.concatenate(leaves),
            values=every([issue.exits.counts.ravel() for issue in issues]),
            low=every(low),
            high=every(high),
            block=np.concatenate(block),
            insider=np.concatenate(insider),
        )
        shown = every([issue.shown.ravel() for issue in issues])
        asked = [issue.posed.demand for issue in issues]
        self.demand = Demand(
            groups=Groups(of_cell=np.full(len(shown), -1)),
            forced=shown,
            must_hide=~shown,
            guarded=every([one.guarded for one in asked]) & ~shown,
            guarded_from_insiders=every([one.guarded_from_insiders for one in asked]) & ~shown,
            width=every([one.width for one in asked]),
        )

    def _leaves_of_last(self, columns: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
        """Where the leaves of the last issue's system stand: its own, and those of earlier editions of its year."""
        last = self._issues[-1]
        before = [own for issue, own in zip(self._issues, columns, strict=True) if issue.year == last.year]
        places = [before[number].reshape(-1, LEAVES)[place] for number, place in last.posed.further]
        return np.concatenate([columns[-1], *places])

    def _kept(self, number: int, columns: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
        """The cells of an edition that are not cells of the year's newest edition once more: those stand in the system once."""
        issue = self._issues[number]
        newest = max(k for k, one in enumerate(self._issues) if one.year == issue.year)
        other = self._issues[newest]
        if newest == number or other.exits.regions != issue.exits.regions:
            return np.arange(issue.exits.counts.size)
        differs = np.asarray(columns[number] != columns[newest], np.bool_).reshape(-1, LEAVES).any(axis=1)
        apart = np.asarray(issue.exits.within[:, differs].any(axis=1), np.bool_)
        return np.flatnonzero((apart[:, None, None] | (issue.shown & ~other.shown)).ravel())

    def with_told(self, *, seed: int) -> Findings:
        """What follows from the pooled results that readers have already, which the system then knows.

        Asked about are the places they are of and whatever these lie in. What is doubtful of them without the pooled results
        was judged when each edition was made.
        """
        rows, values = self._told()
        if not len(values):
            return Findings((), 0, 0)
        without = self.system, self.demand
        touched = self._touched({code for issue in self._issues for code in issue.pooled})
        self.system = _longer(self.system, rows, values)
        self.demand = _knowing(self.demand, cells=len(values))
        weak = {weakness.cell for weakness in self._doubts(self.system, self.demand, touched, seed=seed).weak}
        if weak:
            weak -= {weakness.cell for weakness in self._doubts(*without, weak, seed=seed).weak}
        asked = _asked_of(self.demand, weak)
        return attack(self.system, asked, asked.forced, seed=seed) if weak else Findings((), len(touched), 0)

    @staticmethod
    def _doubts(system: System, demand: Demand, cells: Collection[int], *, seed: int) -> Findings:
        asked = _asked_of(demand, cells)
        return doubts(system, asked, asked.forced, seed=seed)

    def _touched(self, codes: Collection[str]) -> list[int]:
        """The cells of places, of all editions, and of every region that one of them lies in."""
        touched = np.zeros(len(self._cell), np.bool_)
        for number, issue in enumerate(self._issues):
            exits = issue.exits
            own = np.isin(exits.regions, sorted(codes))[exits.is_leaf]
            regions = np.flatnonzero(exits.within[:, own].any(axis=1))
            touched |= (self._issue == number) & np.isin(self._cell // exits.counts[0].size, regions)
        return np.flatnonzero(touched).tolist()

    @staticmethod
    def _row(issue: Issue, columns: NDArray[np.int64], width: int) -> csr_array:
        """An edition's own cells over the joint leaves."""
        own = csr_array(issue.posed.system.matrix[: issue.exits.counts.size])
        own = csr_array(own[:, : len(columns)])
        rows = csr_array((own.data, columns[own.indices], own.indptr), shape=(own.shape[0], width))
        rows.sort_indices()
        return rows

    @staticmethod
    def _room(issue: Issue) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        size = issue.exits.counts.size
        system = narrowed(issue.posed.system, issue.bands, issue.exits.counts)
        return system.low[:size], system.high[:size]

    def _told(self) -> tuple[csr_array, NDArray[np.int64]]:
        """The pooled numbers that readers have already: sums over editions whose numbers they are the sums of."""
        rows: list[csr_array] = []
        values: list[int] = []
        for issue in self._issues:
            for code, pooled in issue.pooled.items():
                run = _run_of(issue, self._issues, code=code, pooled=pooled)
                for k, value in zip(
                    TOGETHER, (pooled.ended, pooled.reached, pooled.ended - pooled.reached), strict=True
                ):
                    rows.append(self._sum(code, run, k))
                    values.append(value)
        empty = csr_array((0, len(self.system.leaves)), dtype=np.int64)
        return (csr_array(vstack(rows, format="csr")) if rows else empty), np.array(values, np.int64)

    def _sum(self, code: str, run: Sequence[Issue], k: int) -> csr_array:
        """One pooled cell over the joint leaves."""
        total: csr_array | None = None
        for issue in run:
            size = issue.exits.counts[0].size
            row = issue.exits.regions.index(code) * size + SEX_ALL * issue.exits.counts.shape[2] + k
            one = csr_array(self.rows[self._number(issue)][[row]])
            total = one if total is None else csr_array(total + one)
        assert total is not None
        return total

    def _number(self, issue: Issue) -> int:
        return next(number for number, one in enumerate(self._issues) if one is issue)

    def chosen(
        self,
        candidates: Mapping[str, Pooled],
        runs: Mapping[int, Sequence[Issue]],
        *,
        findings: Findings,
        seed: int,
    ) -> tuple[dict[str, Pooled], Findings]:
        """Those of the candidates that can be shown, which the system then knows; `runs` are the editions of the years from each first one."""
        # The largest first: the order of the candidates, and the reverse of the order in which they are given up.
        codes = sorted(candidates, key=lambda code: (-candidates[code].ended, code))
        rows = csr_array(
            vstack([self._sum(code, runs[candidates[code].first], k) for code in codes for k in TOGETHER], format="csr")
        )
        counts = [candidates[code] for code in codes]
        values = np.array(
            [value for one in counts for value in (one.ended, one.reached, one.ended - one.reached)], np.int64
        )
        within, of_candidate, within_values = self._within(codes, candidates, runs)
        system = _longer(_longer(self.system, rows, values), within, within_values)
        demand = _guarding(
            _asking(self.demand, groups=len(codes), cells=len(values)), cells=len(within_values), width=self._width
        )
        order = np.stack([np.arange(len(codes)), np.zeros(len(codes), np.int64)])
        shown_groups = choose(system, demand, order, seed=seed, restarts=1).shown_groups.copy()
        judged: set[int] = set()
        tables = self.tables if findings.tables is None else findings.tables
        while shown_groups.any():
            asked = replace(demand, guarded=demand.guarded.copy())
            asked.guarded[list(judged)] = False
            found = doubts(system, asked, shown_cells(demand, shown_groups), seed=seed, tables=tables, ask=True)
            tables = found.tables
            weak = {weakness.cell for weakness in found.weak}
            first_within = len(self.system.values) + len(values)
            near = self._near([cell for cell in weak if cell < first_within], codes, shown_groups)
            near[[of_candidate[cell - first_within] for cell in weak if cell >= first_within]] = True
            near &= shown_groups
            if near.any():
                shown_groups &= ~near
            elif weak:
                # Nothing pooled is near: these were judged when their edition was made. Then on to the others.
                judged |= weak
            else:
                break
        kept = np.flatnonzero(shown_groups)
        lines = (kept[:, None] * len(TOGETHER) + np.arange(len(TOGETHER))).ravel()
        self.system = _longer(self.system, csr_array(rows[lines]), values[lines])
        self.demand = _knowing(self.demand, cells=len(lines))
        return {codes[k]: candidates[codes[k]] for k in kept}, replace(findings, tables=tables)

    def _within(
        self, codes: Sequence[str], candidates: Mapping[str, Pooled], runs: Mapping[int, Sequence[Issue]]
    ) -> tuple[csr_array, list[int], NDArray[np.int64]]:
        """Sums over some of a candidate's years that the policy would not show: rows, the candidate of each, and values.

        With two years hidden and one shown, three years together tell the sum of the two.
        """
        rows: list[csr_array] = []
        of_candidate: list[int] = []
        values: list[int] = []
        for number, code in enumerate(codes):
            run = runs[candidates[code].first]
            for some in (some for size in range(2, len(run)) for some in combinations(run, size)):
                total = summed(code, some)
                hidden = classify(total[None], policy=some[0].posed.policy, hidden_group=np.zeros(1, np.bool_)).hidden[
                    0
                ]
                for k in TOGETHER:
                    if hidden[SEX_ALL, k]:
                        rows.append(self._sum(code, some, k))
                        of_candidate.append(number)
                        values.append(int(total[SEX_ALL, k]))
        empty = csr_array((0, len(self.system.leaves)), dtype=np.int64)
        return (
            csr_array(vstack(rows, format="csr")) if rows else empty,
            of_candidate,
            np.array(values, np.int64),
        )

    def _near(self, cells: Collection[int], codes: Sequence[str], shown: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Candidates, of those shown, that are the place of one of the cells; where one is no candidate's, the smallest of its
        county.

        A doubtful cell near which no candidate is shown was judged when its edition was made.
        """
        position = {code: k for k, code in enumerate(codes) if shown[k]}
        near = np.zeros(len(codes), np.bool_)
        for at in cells:
            if at >= len(self._cell):
                return shown.copy()
            own = self._issues[int(self._issue[at])].exits
            region = int(self._cell[at]) // own.counts[0].size
            if own.regions[region] in position:
                near[position[own.regions[region]]] = True
                continue
            home = own.parent[region] if own.depth[region] == MUNICIPAL_DEPTH else region
            covered = {own.regions[place] for place in np.flatnonzero(own.is_leaf)[own.within[home]]}
            inside = [k for code, k in position.items() if code in covered]
            near[inside[-1:]] = True
        return near


def _run_of(issue: Issue, issues: Sequence[Issue], *, code: str, pooled: Pooled) -> tuple[Issue, ...]:
    """The editions, one a year, that a pooled result adds up; the newest that give its numbers."""
    before = [[one for one in reversed(issues) if one.year == year] for year in range(pooled.first, issue.year)]
    for run in product(*before, [issue]):
        if all(code in one.exits.regions for one in run):
            total = summed(code, run)
            if (total[SEX_ALL, ALL], total[SEX_ALL, RESULT]) == (pooled.ended, pooled.reached):
                return run
    raise ValueError(
        f"the pooled result of {code} from {pooled.first} to {issue.year} is the sum of no editions there are"
    )


def _longer(system: System, rows: csr_array, values: NDArray[np.int64]) -> System:
    """The system with some cells more."""
    return replace(
        system,
        matrix=csr_array(vstack([system.matrix, rows], format="csr")),
        values=np.concatenate([system.values, values]),
        low=np.concatenate([system.low, np.zeros(len(values), np.int64)]),
        high=np.concatenate([system.high, np.full(len(values), UNBOUNDED)]),
    )


def _widened(tables: csr_array, columns: NDArray[np.int64], width: int) -> csr_array:
    """Changes over the joint leaves: `columns` is where the leaves they are told of stand."""
    entries = tables.tocoo()
    leaf, change = entries.coords
    return csr_array((entries.data, (columns[leaf], change)), shape=(width, tables.shape[1]))


def _asking(demand: Demand, *, groups: int, cells: int) -> Demand:
    """The demand with some groups more, of as many cells each, that may be shown."""
    none = np.zeros(cells, np.bool_)
    return Demand(
        groups=Groups(
            of_cell=np.concatenate([demand.groups.of_cell, np.repeat(np.arange(groups), cells // groups)]),
            weight=np.ones(groups),
        ),
        forced=np.concatenate([demand.forced, none]),
        must_hide=np.concatenate([demand.must_hide, none]),
        guarded=np.concatenate([demand.guarded, none]),
        guarded_from_insiders=np.concatenate([demand.guarded_from_insiders, none]),
        width=np.concatenate([demand.width, np.full(cells, 2)]),
    )


def _guarding(demand: Demand, *, cells: int, width: int) -> Demand:
    """The demand with some cells more that are hidden and must stay so."""
    none, every = np.zeros(cells, np.bool_), np.ones(cells, np.bool_)
    return Demand(
        groups=replace(demand.groups, of_cell=np.concatenate([demand.groups.of_cell, np.full(cells, -1)])),
        forced=np.concatenate([demand.forced, none]),
        must_hide=np.concatenate([demand.must_hide, every]),
        guarded=np.concatenate([demand.guarded, every]),
        guarded_from_insiders=np.concatenate([demand.guarded_from_insiders, every]),
        width=np.concatenate([demand.width, np.full(cells, width)]),
    )


def _asked_of(demand: Demand, cells: Collection[int]) -> Demand:
    """The demand for these cells alone."""
    asked = np.zeros(len(demand.guarded), np.bool_)
    asked[list(cells)] = True
    return replace(demand, guarded=demand.guarded & asked, guarded_from_insiders=demand.guarded_from_insiders & asked)


def _knowing(demand: Demand, *, cells: int) -> Demand:
    """The demand with some cells more that are shown."""
    none, every = np.zeros(cells, np.bool_), np.ones(cells, np.bool_)
    return Demand(
        groups=Groups(of_cell=np.concatenate([demand.groups.of_cell, np.full(cells, -1)])),
        forced=np.concatenate([demand.forced, every]),
        must_hide=np.concatenate([demand.must_hide, none]),
        guarded=np.concatenate([demand.guarded, none]),
        guarded_from_insiders=np.concatenate([demand.guarded_from_insiders, none]),
        width=np.concatenate([demand.width, np.full(cells, 2)]),
    )
