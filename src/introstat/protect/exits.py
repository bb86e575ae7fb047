"""The published tables of a year as one system: region × sex × reason, and what readers know besides.

The leaves are the women and the men of each municipality (of each district where there are any) by single reason, and those
of the hidden group: people who count in the country only. Shares add nothing, for a share is shown only where its numerator and its base are. The key
figures do: how many municipalities have five or more, and in how many of these 55 per cent or more reached the goal. A
reader is credited with more than that: for every hidden place she knows on which side of both limits it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, kron

from introstat.definitions.policies import ProtectionPolicy
from introstat.protect.algebra.elimination import eliminate
from introstat.protect.beside import too_telling
from introstat.protect.primary import (
    ALL,
    EDUCATION,
    MEN,
    REASONS,
    REST,
    RESULT,
    SEX_ALL,
    WOMEN,
    WORK,
    Primary,
    classify,
)
from introstat.protect.sums import relations_of
from introstat.protect.system import NOBODY, UNBOUNDED, Demand, Groups, System
from introstat.vocabulary.errors import CannotProtect

SEX_COUNT, REASON_COUNT = 3, 11
LEAF_REASONS = (WORK, EDUCATION, *REASONS)
REASON_PARTS: Mapping[int, tuple[int, ...]] = {
    ALL: LEAF_REASONS,
    RESULT: (WORK, EDUCATION),
    REST: REASONS,
    **{reason: (reason,) for reason in LEAF_REASONS},
}

ENDED, OUTCOME, PAIR, SEX_ENDED, SEX_OUTCOME, SEX_PAIR = range(6)
"""The kinds of a region's groups; then one per reason, then one per reason by sex."""
KINDS = 6 + 2 * len(REASONS)

LOSS = {ENDED: 400.0, OUTCOME: 300.0, PAIR: 40.0, SEX_ENDED: 24.0, SEX_OUTCOME: 20.0, SEX_PAIR: 8.0}
LOSS_REASON, LOSS_REASON_BY_SEX, LOSS_ZERO = 5.0, 2.0, 0.5
LEVEL_FACTOR = (20.0, 6.0, 1.0)
"""How much more a cell of the country and of a county weighs than a municipality's."""
LINKED_FACTOR = 0.05
"""The same for a region beside the counties."""
MUNICIPAL_DEPTH = 2
LINKED_DEPTH = 4
BESIDE = -2
"""The parent of a region that lies beside the tree of country, counties, municipalities and districts."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the key figures tell about places: `ended` and more, and `percent` or more of these reached the goal."""

    ended: int = 5
    percent: int = 55


@dataclass(frozen=True, slots=True, eq=False)
class Exits:
    """The counts to protect: int64 regions × sexes × reasons in the order of `primary`, and the tree of regions.

    `parent` is each region's position of its parent, −1 for the country. `hidden_group` marks regions shown nowhere,
    `not_reported` places whose zeros are known to be no counts at all. Regions beside the tree have the parent `BESIDE`, and
    `members` lists, by their position, the regions of the tree they are made of.
    """

    regions: tuple[str, ...]
    counts: NDArray[np.int64]
    parent: NDArray[np.int64]
    hidden_group: NDArray[np.bool_]
    not_reported: NDArray[np.bool_]
    members: Mapping[int, tuple[int, ...]] = field(default_factory=dict)

    @property
    def depth(self) -> NDArray[np.int64]:
        """0 for the country, 1 for what lies in it …; `LINKED_DEPTH` for what lies beside."""
        depth = np.zeros(len(self.parent), np.int64)
        above = self.parent.copy()
        while np.any(above >= 0):
            depth += above >= 0
            above = np.where(above >= 0, self.parent[above], -1)
        depth[self.parent == BESIDE] = LINKED_DEPTH
        return depth

    @property
    def is_leaf(self) -> NDArray[np.bool_]:
        """Regions that nothing lies in."""
        leaf = np.asarray(self.parent != BESIDE)
        leaf[self.parent[self.parent >= 0]] = False
        return leaf

    @property
    def within(self) -> NDArray[np.bool_]:
        """Regions × regions that nothing lies in: which of the latter lie in which of the former."""
        leaf_regions = np.flatnonzero(self.is_leaf)
        within = np.zeros((len(self.regions), len(leaf_regions)), np.bool_)
        above = leaf_regions.copy()
        while np.any(above >= 0):
            inside = np.flatnonzero(above >= 0)
            within[above[inside], inside] = True
            above = np.where(above >= 0, self.parent[above], -1)
        for region, members in self.members.items():
            within[region] = within[list(members)].any(axis=0)
        return within

    @property
    def municipal(self) -> NDArray[np.bool_]:
        """Regions × municipalities: which of the latter lie in which of the former, or are it."""
        municipalities = np.flatnonzero(self.depth == MUNICIPAL_DEPTH)
        within = self.within
        of = within[municipalities]
        # Small whole numbers are exact in real ones, whose products are made many times as fast.
        return np.asarray(within.astype(np.float64) @ of.T.astype(np.float64) == of.sum(axis=1))


@dataclass(frozen=True, slots=True, eq=False)
class Posed:
    """A system and what is asked of it. Its first cells are the counts'; those of earlier editions come after.

    `known` are cells that were shown before, over places that have not changed since. `further` tells of the leaves after the
    counts' own, place by place: the number of the earlier edition and the place, in the order of those that nothing lies in.
    """

    system: System
    demand: Demand
    policy: ProtectionPolicy
    primary: Primary
    given_away: NDArray[np.bool_]
    known: NDArray[np.bool_]
    order: NDArray[np.int64]
    further: tuple[tuple[int, int], ...] = ()


def cell(region: int, sex: int, reason: int) -> int:
    """The number of a cell of the counts in the system."""
    return (region * SEX_COUNT + sex) * REASON_COUNT + reason


def pose(
    exits: Exits,
    *,
    policy: ProtectionPolicy,
    limits: Limits | None,
    forced: NDArray[np.bool_],
    insiders: bool,
    known: NDArray[np.bool_] | None = None,
    always: NDArray[np.bool_] | None = None,
    sparing: bool = False,
) -> Posed:
    """Build the system for `exits` under `policy`; `forced` is a mask over the counts of what is shown in any case.

    `known` is the same for what has been shown before: it is shown too, and nothing more can be done for it. What of the
    hidden group is given away follows from `always`, where that is more than is forced. With `sparing` a region beside the
    counties shows only what follows from its municipalities.
    """
    counts = exits.counts
    known = np.zeros(counts.shape, np.bool_) if known is None else known & ~exits.hidden_group[:, None, None]
    primary = classify(counts, policy=policy, hidden_group=exits.hidden_group)
    matrix, leaf_region, leaf_values = leaves_of(exits)
    depth = exits.depth

    values = counts.ravel()
    low, high = _bounds(exits, limits)

    block = np.where(depth[leaf_region] >= 2, exits.parent[leaf_region], NOBODY)
    insider = np.where(exits.hidden_group[leaf_region], NOBODY, leaf_region)
    system = System(
        matrix=matrix,
        leaves=leaf_values,
        values=values,
        low=low,
        high=high,
        block=block,
        insider=insider,
        relations=relations_of(counts.shape, _parts(exits)),
    )
    given_away = given_away_by(exits, forced if always is None else always)
    shown_anyway = forced | (counts[:, SEX_ALL, ALL] == 0)[:, None, None]
    shown_anyway |= known_zero(system, shown_anyway | given_away)
    shown_anyway[exits.hidden_group] = False
    given_away |= known_zero(system, shown_anyway | given_away) & exits.hidden_group[:, None, None]
    if np.any(shown_anyway & ~known & primary.sensitive & (counts == 0)):
        raise CannotProtect(
            "Cells that are always shown tell that nobody reached the goal, or everybody, in a place where that is "
            "sensitive. Take them out of what is always shown, or publish that county with another."
        )
    shown_anyway |= known
    shown_anyway |= _told_of_regions_beside(system, exits, shown_anyway)
    must_hide = primary.hidden & ~shown_anyway
    # The total of a region beside is hidden for others' sake: by itself it tells of nobody.
    by_itself = (exits.depth != LINKED_DEPTH)[:, None, None] | must_hide
    if exits.members:
        must_hide |= ~shown_anyway & too_telling(
            counts,
            must_hide,
            inside=exits.municipal,
            municipalities=np.flatnonzero(depth == 2),
            counties=np.flatnonzero(depth == 1),
            beside=exits.members,
            sparing=sparing,
        )
    groups, order = _groups(exits, depth)
    demand = Demand(
        groups=groups,
        forced=shown_anyway.ravel(),
        must_hide=must_hide.ravel(),
        guarded=(~given_away & ~shown_anyway & by_itself).ravel(),
        guarded_from_insiders=(primary.sensitive & ~given_away & ~shown_anyway).ravel() & insiders,
        width=np.full(counts.size, policy.width, np.int64),
    )
    return Posed(
        system=system,
        demand=demand,
        policy=policy,
        primary=primary,
        given_away=given_away,
        known=known,
        order=order,
    )


def _parts(exits: Exits) -> list[tuple[int, NDArray[np.int64]]]:
    """Every region that others add up to, with these: in the tree, beside it, and a county with regions beside within it."""
    parts = [
        (int(region), np.flatnonzero(exits.parent == region)) for region in np.unique(exits.parent[exits.parent >= 0])
    ]
    parts += [(region, np.array(members, np.int64)) for region, members in exits.members.items()]
    for county in np.flatnonzero(exits.depth == 1):
        rest = set(np.flatnonzero(exits.parent == county).tolist())
        inside: list[int] = []
        # The small ones first; one that shares a municipality with those taken is not a part beside them.
        for region, members in sorted(exits.members.items(), key=lambda item: (len(item[1]), item[0])):
            if rest.issuperset(members):
                inside.append(region)
                rest.difference_update(members)
        if inside:
            parts.append((int(county), np.array([*inside, *sorted(rest)], np.int64)))
    return parts


def _told_of_regions_beside(system: System, exits: Exits, shown: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Cells of regions beside the tree that follow from `shown` ones: a region of one county is that county again."""
    told = np.zeros(shown.size, np.bool_)
    beside = np.flatnonzero(np.repeat(exits.depth == LINKED_DEPTH, shown[0].size))
    if len(beside):
        known = np.flatnonzero(shown.ravel())
        rows = csr_array(system.matrix[known])
        empty = np.zeros(len(system.leaves), np.bool_)
        empty[np.unique(csr_array(rows[np.flatnonzero(rows @ system.leaves == 0)]).indices)] = True
        follows = eliminate(
            csr_array(system.matrix[:, np.flatnonzero(~empty)]),
            protected=beside,
            steps=[known],
            forced=np.array([True]),
            requires=[[]],
            seed=1,
        ).exposed
        told[follows] = True
    return told.reshape(shown.shape)


def known_zero(system: System, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Cells all of whose leaves lie under a known cell that is the sum of zeros."""
    sums = system.matrix @ system.leaves
    zeros = np.flatnonzero(known.ravel() & (sums == 0) & (system.values == 0))
    empty = np.zeros(len(system.leaves), np.bool_)
    empty[np.unique(system.matrix[zeros].indices)] = True
    found = (system.matrix @ ~empty == 0) & (system.values == 0)
    return np.asarray(found).reshape(known.shape)


def leaves_of(exits: Exits) -> tuple[csr_array, NDArray[np.int64], NDArray[np.int64]]:
    """The matrix of all cells over leaves, the region of every leaf, and the leaves' counts.

    A cell is the sum over the regions within its region × the sexes within its sex × the reasons within its reason.
    """
    leaf_regions = np.flatnonzero(exits.is_leaf)
    sexes = np.array([[1, 1], [1, 0], [0, 1]], np.int64)
    reasons = np.array([[int(part in parts) for part in LEAF_REASONS] for _, parts in sorted(REASON_PARTS.items())])
    matrix = csr_array(kron(csr_array(exits.within.astype(np.int64)), csr_array(np.kron(sexes, reasons)), format="csr"))
    matrix.sort_indices()
    values = exits.counts[leaf_regions][:, [MEN, WOMEN]][:, :, LEAF_REASONS].ravel()
    return matrix, np.repeat(leaf_regions, 2 * len(LEAF_REASONS)), values


def _bounds(exits: Exits, limits: Limits | None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What a reader knows of every cell before she has seen it.

    A place with nobody is shown, so a hidden number ended is at least 1. On which side of `limits.ended` it stands is
    taken as known, and so is on which side of `limits.percent` a result stands: with n ended the result is at least
    ⌈percent × n / 100⌉ or less. Where n itself is hidden that is more than the key figures tell, which errs on the safe
    side: what agrees with these bounds agrees with the key figures.
    """
    counts = exits.counts
    low = np.zeros(counts.shape, np.int64)
    high = np.full(counts.shape, UNBOUNDED, np.int64)
    ended, result = counts[:, SEX_ALL, ALL], counts[:, SEX_ALL, RESULT]
    somebody = ~exits.hidden_group & (ended > 0) & (exits.depth >= MUNICIPAL_DEPTH) & (exits.parent != BESIDE)
    low[somebody, SEX_ALL, ALL] = 1
    if limits is not None:
        place = somebody & (exits.depth == MUNICIPAL_DEPTH)
        many = place & (ended >= limits.ended)
        low[many, SEX_ALL, ALL] = limits.ended
        high[place & ~many, SEX_ALL, ALL] = limits.ended - 1
        least = -(-limits.percent * ended // 100)
        reached = many & (result >= least)
        missed = many & (result < least)
        low[reached, SEX_ALL, RESULT] = least[reached]
        high[reached, SEX_ALL, REST] = (ended - least)[reached]
        high[missed, SEX_ALL, RESULT] = least[missed] - 1
        low[missed, SEX_ALL, REST] = (ended - least)[missed] + 1
    return low.ravel(), high.ravel()


def given_away_by(exits: Exits, forced: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Cells of hidden groups that the forced cells give away: the parent's and all its other children's are forced."""
    given = np.zeros_like(forced)
    for group in np.flatnonzero(exits.hidden_group):
        siblings = np.flatnonzero((exits.parent == exits.parent[group]) & ~exits.hidden_group)
        given[group] = forced[exits.parent[group]] & forced[siblings].all(axis=0)
    return given


def _groups(exits: Exits, depth: NDArray[np.int64]) -> tuple[Groups, NDArray[np.int64]]:
    """Which cells stand and fall together, their loss, and the order in which they are tried."""
    regions = len(exits.regions)
    kind_of = np.full((SEX_COUNT, REASON_COUNT), -1, np.int64)
    kind_of[SEX_ALL, ALL] = ENDED
    kind_of[SEX_ALL, [RESULT, REST]] = OUTCOME
    kind_of[SEX_ALL, [WORK, EDUCATION]] = PAIR
    kind_of[1:, ALL] = SEX_ENDED
    kind_of[1:, [RESULT, REST]] = SEX_OUTCOME
    kind_of[1:, [WORK, EDUCATION]] = SEX_PAIR
    for k, reason in enumerate(REASONS):
        kind_of[SEX_ALL, reason] = 6 + k
        kind_of[1:, reason] = 6 + len(REASONS) + k
    of_cell = np.arange(regions)[:, None, None] * KINDS + kind_of[None]
    counts = exits.counts
    # A zero that is shown makes everything within it zero: those cells go with it.
    empty = counts == 0
    for reason in LEAF_REASONS:
        gone = empty[:, SEX_ALL, reason]
        of_cell[gone, 1:, reason] = of_cell[gone, SEX_ALL, reason][:, None]
    for whole, parts in ((RESULT, (WORK, EDUCATION)), (REST, REASONS)):
        for sex in range(SEX_COUNT):
            gone = empty[:, sex, whole]
            for part in parts:
                of_cell[gone, sex, part] = of_cell[gone, sex, whole]
    for sex in (MEN, WOMEN):
        gone = empty[:, sex, ALL]
        of_cell[gone, sex, :] = of_cell[gone, sex, ALL][:, None]
    # A region beside whose people all ended in one municipality is that municipality's row once more.
    for region, members in exits.members.items():
        somebody = [member for member in members if counts[member, SEX_ALL, ALL]]
        if len(somebody) == 1 and np.array_equal(counts[region], counts[somebody[0]]):
            of_cell[region] = of_cell[somebody[0]]
    of_cell[exits.hidden_group] = -1

    above = [(OUTCOME, ENDED), (PAIR, OUTCOME), (SEX_ENDED, OUTCOME), (SEX_OUTCOME, SEX_ENDED)]
    above += [(SEX_PAIR, SEX_OUTCOME), (SEX_PAIR, PAIR)]
    for k in range(len(REASONS)):
        by_sex = 6 + len(REASONS) + k
        above += [(6 + k, OUTCOME), (by_sex, 6 + k), (by_sex, SEX_OUTCOME)]
    pairs = np.array(above, np.int64)
    requires = (np.arange(regions)[:, None, None] * KINDS + pairs[None]).reshape(-1, 2)

    weight = np.zeros(regions * KINDS)
    rank = np.zeros(regions * KINDS)
    size = np.zeros(regions * KINDS)
    for kind in range(KINDS):
        at = np.arange(regions) * KINDS + kind
        if kind < 6:
            loss = LOSS[kind]
        else:
            loss = LOSS_REASON if kind < 6 + len(REASONS) else LOSS_REASON_BY_SEX
        weight[at] = loss
        rank[at] = _RANK[kind] if kind < 6 else (40 if kind < 6 + len(REASONS) else 60)
        members = kind_of == kind
        size[at] = counts[:, members].max(axis=1)
    beside = np.repeat(depth == LINKED_DEPTH, KINDS)
    level = np.repeat(np.minimum(depth, 2), KINDS)
    factor = np.where(beside, LINKED_FACTOR, np.array(LEVEL_FACTOR)[level])
    weight *= factor
    weight *= 1 + np.minimum(size, 100) / 200
    rank = np.where(level == 0, np.minimum(rank, 35) / 100, rank) * 10 + level
    # What readers look for first is their municipality: its number and its result come before those of a region beside.
    rank[beside] += 5000
    nothing = size == 0
    weight[nothing] = LOSS_ZERO * factor[nothing]
    rank[nothing] += 1000
    order = np.lexsort((-size, rank))
    return Groups(of_cell=of_cell.ravel(), requires=requires, weight=weight), _with_rank(order, rank)


_RANK = {ENDED: 2, OUTCOME: 3, PAIR: 20, SEX_ENDED: 21, SEX_OUTCOME: 22, SEX_PAIR: 30}


def _with_rank(order: NDArray[np.int64], rank: NDArray[np.float64]) -> NDArray[np.int64]:
    """Order and rank of the groups as two rows: restarts shuffle within a rank."""
    return np.stack([order, (rank[order] * 100).astype(np.int64)])
