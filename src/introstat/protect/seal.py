"""From counts to what may be shown: the policy, the further cells, the attack, the tables and the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from introstat.definitions.catalogue import Definitions
from introstat.definitions.parameters import Parameters
from introstat.definitions.tables import Count, Share
from introstat.protect.elimination import eliminate
from introstat.protect.exits import Exits, Limits, Posed, cell, pose
from introstat.protect.secondary import Protection, protect
from introstat.protect.tables import safe_tables
from introstat.vocabulary.errors import CannotProtect
from introstat.vocabulary.places import Level
from introstat.vocabulary.tables import (
    PROTECTED_GROUP,
    REASONS,
    Cubes,
    Declared,
    ProtectionReport,
    SafeCubes,
)

_DEPTHS: Mapping[Level, int] = {Level.COUNTRY: 0, Level.COUNTY: 1, Level.MUNICIPALITY: 2, Level.DISTRICT: 3}
_SEX_ALL, _ALL, _RESULT = 0, 0, 1


@dataclass(frozen=True, slots=True, eq=False)
class Sealed:
    """Which cells of the base are shown, and all that led there; inside the closed side only."""

    exits: Exits
    posed: Posed
    protection: Protection

    @property
    def shown(self) -> NDArray[np.bool_]:
        """Regions × sexes × reasons, in the order of `exits.regions` and of the vocabulary."""
        return self.protection.shown.reshape(self.exits.counts.shape)


def seal(cubes: Cubes, *, definitions: Definitions, policy: str, decision: str = "", seed: int = 0) -> SafeCubes:
    """Protect a year's cubes under a policy of its definitions, attack the result, and keep only what is shown.

    `decision` says who decided on another policy than the default, and why; it is passed on, not judged. The same cubes,
    policy and seed give the same answer, whatever the order of regions. Raises NotFound for an unknown policy and
    CannotProtect where cells that are always shown give a protected one away.
    """
    parameters = definitions.parameters(definitions.year.last_day)
    sealed = seal_exits(cubes, definitions=definitions, policy=policy, seed=seed)
    shown = _as_in(cubes, sealed)
    return SafeCubes(
        year=cubes.year,
        tables=safe_tables(cubes, shown, definitions=definitions),
        report=_report(sealed, parameters=parameters, policy=policy, decision=decision, seed=seed),
        funnel=cubes.funnel,
        quality=cubes.quality,
    )


def seal_exits(cubes: Cubes, *, definitions: Definitions, policy: str, seed: int = 0, insiders: bool = True) -> Sealed:
    """The pattern alone, with what it was made from."""
    parameters = definitions.parameters(definitions.year.last_day)
    exits = exits_of(cubes)
    posed = pose(
        exits,
        policy=definitions.policy(policy),
        limits=Limits(ended=parameters.key_figure_ended, percent=parameters.key_figure_share),
        forced=always_shown(exits, definitions=definitions),
        insiders=insiders,
    )
    _check_declared(exits, posed, parameters=parameters)
    return Sealed(exits, posed, protect(posed.system, posed.demand, posed.order, seed=seed))


def exits_of(cubes: Cubes) -> Exits:
    """The base of the cubes in this stage's own order: regions by depth and code, reasons as the vocabulary has them."""
    regions, _, reasons = cubes.exits.dimensions
    depth = {code: _depth(code, cubes.parents) for code in regions.values}
    ordered = tuple(sorted(regions.values, key=lambda code: (depth[code], code == PROTECTED_GROUP, code)))
    at = [regions.position(code) for code in ordered]
    counts = cubes.exits.counts[at][:, :, [reasons.position(code) for code in REASONS]]
    position = {code: k for k, code in enumerate(ordered)}
    return Exits(
        regions=ordered,
        counts=counts,
        parent=np.array([position[cubes.parents[code]] if depth[code] else -1 for code in ordered]),
        hidden_group=np.array([code == PROTECTED_GROUP for code in ordered]),
        not_reported=np.array([code in cubes.not_reported for code in ordered]),
    )


def _depth(code: str, parents: Mapping[str, str]) -> int:
    depth = 0
    while code in parents:
        code, depth = parents[code], depth + 1
    return depth


def _as_in(cubes: Cubes, sealed: Sealed) -> NDArray[np.bool_]:
    """The shown cells in the order of the cubes."""
    regions, _, reasons = cubes.exits.dimensions
    position = {code: k for k, code in enumerate(sealed.exits.regions)}
    at = np.array([position[code] for code in regions.values])
    of_reason = np.array([REASONS.index(code) for code in reasons.values])
    ordered: NDArray[np.bool_] = sealed.shown[at][:, :, of_reason]
    return ordered


def always_shown(exits: Exits, *, definitions: Definitions) -> NDArray[np.bool_]:
    """The counts behind everything that is always shown, as a mask over `exits.counts`."""
    parameters = definitions.parameters(definitions.year.last_day)
    forced = np.zeros(exits.counts.shape, np.bool_)
    depth = exits.depth
    for always in parameters.always_shown:
        table = definitions.tables[always.table]
        depths = [_DEPTHS[level] for level in always.levels]
        regions = np.flatnonzero(np.isin(depth, depths) & ~exits.hidden_group)
        sexes = np.array([int(sex) for sex in always.sexes], np.int64)
        for code in always.contents:
            formula = table.content(code).formula
            if isinstance(formula, Count):
                reasons = formula.reasons
            elif isinstance(formula, Share):
                reasons = (*formula.indicator.numerator, *formula.indicator.denominator)
            else:
                continue
            at = np.array([REASONS.index(reason) for reason in reasons], np.int64)
            forced[np.ix_(regions, sexes, at)] = True
    return forced


def _declared_cells(exits: Exits, parameters: Parameters) -> list[tuple[int, int, int]]:
    return [
        (int(group), int(declared.sex), REASONS.index(declared.reason))
        for group in np.flatnonzero(exits.hidden_group)
        for declared in parameters.declared_of_protected
    ]


def _check_declared(exits: Exits, posed: Posed, *, parameters: Parameters) -> None:
    """Refuse to give away more of the hidden group than what is declared and what follows from it."""
    given = np.flatnonzero(posed.given_away.ravel() & (exits.counts.ravel() > 0))
    declared = np.array([cell(*index) for index in _declared_cells(exits, parameters)], np.int64)
    follows = eliminate(
        posed.system.matrix,
        protected=given,
        steps=[declared],
        forced=np.array([True]),
        requires=[[]],
        seed=1,
    ).exposed
    more = np.setdiff1d(given, follows)
    if len(more):
        raise CannotProtect(
            f"What is always shown gives {len(more)} cells of the people with a protected identity away that nobody has "
            "declared. Declare them in protection.toml, or take cells out of what is always shown."
        )


def _report(sealed: Sealed, *, parameters: Parameters, policy: str, decision: str, seed: int) -> ProtectionReport:
    exits, shown = sealed.exits, sealed.shown
    depth = exits.depth
    rule = sealed.posed.primary.hidden
    levels = {"country": 0, "county": 1, "municipality": 2, "district": 3}
    hidden: dict[str, dict[str, int]] = {}
    for name, level in levels.items():
        here = (depth == level) & ~exits.hidden_group
        if here.any():
            absent = ~shown[here]
            hidden[name] = {
                "primary": int((absent & rule[here]).sum()),
                "secondary": int((absent & ~rule[here]).sum()),
            }
    places = (depth == 2) & (exits.counts[:, _SEX_ALL, _ALL] > 0)
    number = shown[places, _SEX_ALL, _ALL]
    result = number & shown[places, _SEX_ALL, _RESULT]
    findings = sealed.protection.findings
    return ProtectionReport(
        policy=policy,
        policy_decision=decision,
        seed=seed,
        hidden=hidden,
        places_number=int(number.sum()),
        places_result=int(result.sum()),
        declared=tuple(
            Declared(exits.regions[group], str(sex), REASONS[reason], int(exits.counts[group, sex, reason]))
            for group, sex, reason in _declared_cells(exits, parameters)
            if sealed.posed.given_away[group, sex, reason]
        ),
        attack_settled=findings.settled,
        attack_exact=len(findings.exact),
        attack_narrow=len(findings.narrow),
        notes=_notes(sealed),
    )


def _notes(sealed: Sealed) -> tuple[str, ...]:
    """What the office should know besides; no hidden number."""
    small = sealed.posed.primary.hidden & sealed.shown
    small &= ~sealed.exits.hidden_group[:, None, None] & (sealed.exits.counts > 0)
    notes = [
        f"{sealed.protection.findings.hidden} hidden cells attacked, each also by every other municipality that knows its "
        "own row."
    ]
    if small.any():
        notes.append(f"{int(small.sum())} cells below the policy's limits are shown because they are always shown.")
    return tuple(notes)
