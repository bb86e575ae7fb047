"""From counts to what may be shown: the policy, the further cells, the attack, the tables and the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from introstat.definitions.catalogue import Definitions
from introstat.definitions.parameters import Parameters
from introstat.definitions.policies import ProtectionPolicy
from introstat.protect.algebra.elimination import eliminate
from introstat.protect.bands import Band, with_bands
from introstat.protect.base import always_shown, exits_of
from introstat.protect.earlier import (
    Earlier,
    Told,
    known_from,
    linked,
    other_number,
    preferring,
    quiet,
    same_number,
    told,
    without_lost,
)
from introstat.protect.exits import LINKED_DEPTH, Exits, Limits, Posed, cell, pose
from introstat.protect.following import with_told
from introstat.protect.joint import Issue, Pooled, issues_of
from introstat.protect.pooled import with_pooled
from introstat.protect.primary import classify
from introstat.protect.secondary import Protection, protect
from introstat.protect.tables import safe_tables
from introstat.protect.weakest import weakest
from introstat.vocabulary.errors import CannotProtect
from introstat.vocabulary.tables import (
    REASONS,
    Cubes,
    Declared,
    ProtectionReport,
    SafeCubes,
)

_SEX_ALL, _ALL, _RESULT = 0, 0, 1


@dataclass(frozen=True, slots=True, eq=False)
class Sealed:
    """Which cells of the base are shown, and all that led there; inside the closed side only.

    `released_from` are cells that are otherwise always shown, and here may be hidden for the sake of an earlier edition;
    `given_up` is how many cells are no longer guarded, from everybody or from municipalities, because those editions are out;
    `knows_less`: a reader is taken not to know whether a place that shows nothing has changed.
    """

    exits: Exits
    posed: Posed
    protection: Protection
    bands: Mapping[int, Band]
    pooled: Mapping[str, Pooled]
    released_from: NDArray[np.bool_]
    together_with: tuple[str, ...] = ()
    given_up: int = 0
    knows_less: bool = False

    @property
    def shown(self) -> NDArray[np.bool_]:
        """Regions × sexes × reasons, in the order of `exits.regions` and of the vocabulary."""
        return self.protection.shown[: self.exits.counts.size].reshape(self.exits.counts.shape)


def seal(
    cubes: Cubes,
    *,
    definitions: Definitions,
    policy: str,
    decision: str = "",
    seed: int = 0,
    earlier: tuple[Earlier, ...] = (),
    past: tuple[Earlier, ...] = (),
    is_preliminary: bool = False,
) -> SafeCubes:
    """Protect a year's cubes under a policy of its definitions, attack the result, and keep only what is shown.

    `decision` says who decided on another policy than the default, and why; it is passed on, not judged. `earlier` are all
    editions of the year that readers have, or will have when this one is out, `past` those of the years before, with which
    small places' results may be pooled; `is_preliminary` says that a final one is to come. The same cubes, policy, seed and earlier
    editions give the same answer, whatever the order of regions. Raises NotFound for an unknown policy and CannotProtect
    where cells that are always shown give a protected one away.
    """
    parameters = definitions.parameters(definitions.year.last_day)
    sealed = seal_exits(
        cubes,
        definitions=definitions,
        policy=policy,
        seed=seed,
        earlier=earlier,
        past=past,
        is_preliminary=is_preliminary,
    )
    shown = _as_in(cubes, sealed)
    return SafeCubes(
        year=cubes.year,
        tables=safe_tables(
            cubes,
            shown,
            bands={sealed.exits.regions[region]: band for region, band in sealed.bands.items()},
            pooled=sealed.pooled,
            definitions=definitions,
        ),
        report=_report(sealed, parameters=parameters, policy=policy, decision=decision, seed=seed),
        funnel=cubes.funnel,
        quality=cubes.quality,
    )


def seal_exits(
    cubes: Cubes,
    *,
    definitions: Definitions,
    policy: str,
    seed: int = 0,
    insiders: bool = True,
    earlier: tuple[Earlier, ...] = (),
    past: tuple[Earlier, ...] = (),
    is_preliminary: bool = False,
) -> Sealed:
    """The pattern alone, with what it was made from.

    Beside earlier editions it is first tried to show what is always shown, and what was shown with the same number before.
    Where the differences between the editions would give somebody away, cells whose number has changed may be hidden too.
    """
    parameters = definitions.parameters(definitions.year.last_day)
    exits = exits_of(cubes)
    always = always_shown(exits, definitions=definitions)
    editions = tuple(_told(one, exits, definitions=definitions) for one in sorted(earlier, key=lambda one: one.number))
    limits = Limits(ended=parameters.key_figure_ended, percent=parameters.key_figure_share)
    rules = definitions.policy(policy)
    by_rule = classify(exits.counts, policy=rules, hidden_group=exits.hidden_group).hidden
    same = same_number(exits, editions) & ~by_rule
    problem: CannotProtect | None = None
    for way in _WAYS[: len(_WAYS) if editions else 1]:
        unseen = [
            quiet(exits, edition, by_rule=by_rule & (way.knows_less | edition.is_preliminary)) for edition in editions
        ]
        forced = always & ~other_number(exits, editions) if way.hides_changed else always
        given_up = 0
        try:
            posed = pose(
                exits,
                policy=rules,
                limits=limits,
                forced=forced | same if way.keeps_same else forced,
                insiders=insiders,
                known=known_from(exits, editions, unseen=unseen),
                always=always,
                sparing=is_preliminary or any(edition.is_preliminary for edition in editions),
            )
            _check_declared(exits, posed, parameters=parameters)
            posed = preferring(linked(posed, exits, editions, unseen=unseen, limits=limits, insiders=insiders), same)
            if way.gives_up_insiders:
                posed, given_up = without_lost(posed, insiders_only=not way.hides_changed, seed=seed)
            protection = protect(posed.system, posed.demand, posed.order, seed=seed)
        except CannotProtect as found:
            problem = problem or found
            continue
        if protection.findings.weak and way is not _WAYS[-1] and editions:
            continue
        protection, bands = with_bands(
            exits, posed, with_told(exits, posed, protection, seed=seed), policy=rules, seed=seed
        )
        pooled: Mapping[str, Pooled] = {}
        if past and not is_preliminary and not protection.findings.weak:
            now = Issue(
                year=cubes.year.value,
                exits=exits,
                posed=posed,
                shown=protection.shown[: exits.counts.size].reshape(exits.counts.shape),
                bands=bands,
                pooled={},
                quiet=np.zeros(int(exits.is_leaf.sum()), np.bool_),
            )
            pooled, together = with_pooled(
                now,
                _others(past, earlier, beside=exits, policy=rules),
                definitions=definitions,
                most=rules.pooled_years,
                seed=seed,
                tables=protection.findings.tables,
            )
            if together is not None:
                protection = replace(protection, findings=replace(protection.findings, weak=together.weak))
        return Sealed(
            exits,
            posed,
            protection,
            bands,
            pooled,
            released_from=always & ~forced,
            together_with=tuple(str(edition.number) for edition in earlier),
            given_up=given_up,
            knows_less=any(hides.any() for hides in unseen),
        )
    raise problem or CannotProtect("no pattern of hidden cells withstands what the earlier editions have shown")


def _others(
    past: tuple[Earlier, ...], earlier: tuple[Earlier, ...], *, beside: Exits, policy: ProtectionPolicy
) -> list[Issue]:
    """All other editions readers have: those of the years before, year by year, then those of the year itself."""
    years = sorted({one.number.year for one in past})
    found = [
        issue
        for year in years
        for issue in issues_of([one for one in past if one.number.year == year], beside=None, policy=policy)
    ]
    return [*found, *issues_of(earlier, beside=beside, policy=policy)]


@dataclass(frozen=True, slots=True)
class _Way:
    """How much is kept of what readers are used to, beside earlier editions."""

    keeps_same: bool = False
    knows_less: bool = False
    hides_changed: bool = False
    gives_up_insiders: bool = False


_WAYS: Final = (
    _Way(keeps_same=True),
    _Way(),
    _Way(keeps_same=True, knows_less=True),
    _Way(knows_less=True),
    _Way(knows_less=True, gives_up_insiders=True),
    _Way(knows_less=True, hides_changed=True, gives_up_insiders=True),
)
"""Tried in this order. Every cell with the same number stays shown, or only those over unchanged places. Readers know of every
place whether its row is the same (since a final edition), or only of those that show something. Municipalities are let know what they could compute
from what is always shown. Last, cells that are always shown, but have changed, may be hidden."""


def _told(earlier: Earlier, exits: Exits, *, definitions: Definitions) -> Told:
    before = exits_of(earlier.cubes)
    if before.regions != exits.regions:
        raise ValueError(f"edition {earlier.number} counts other regions than the new one")
    return told(earlier, exits, always=always_shown(before, definitions=definitions), was=before)


def _as_in(cubes: Cubes, sealed: Sealed) -> NDArray[np.bool_]:
    """The shown cells in the order of the cubes."""
    regions, _, reasons = cubes.exits.dimensions
    position = {code: k for k, code in enumerate(sealed.exits.regions)}
    at = np.array([position[code] for code in regions.values])
    of_reason = np.array([REASONS.index(code) for code in reasons.values])
    ordered: NDArray[np.bool_] = sealed.shown[at][:, :, of_reason]
    return ordered


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
    levels = {"country": 0, "county": 1, "municipality": 2, "district": 3, "region": LINKED_DEPTH}
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
        places_band=sum(bool(places[region]) for region in sealed.bands),
        places_pooled=len(sealed.pooled),
        declared=tuple(
            Declared(exits.regions[group], str(sex), REASONS[reason], int(exits.counts[group, sex, reason]))
            for group, sex, reason in _declared_cells(exits, parameters)
            if sealed.posed.given_away[group, sex, reason]
        ),
        attack_settled=findings.settled,
        attack_exact=len(findings.exact),
        attack_narrow=len(findings.narrow),
        notes=_notes(sealed),
        weakest=weakest(exits, sealed.posed, findings, shown=shown),
    )


def _notes(sealed: Sealed) -> tuple[str, ...]:
    """What the office should know besides; no hidden number."""
    small = sealed.posed.primary.hidden & sealed.shown
    small &= ~sealed.exits.hidden_group[:, None, None] & (sealed.exits.counts > 0)
    notes = [
        f"{sealed.protection.findings.hidden} hidden cells attacked, each also by every other municipality that knows its "
        "own row."
    ]
    if sealed.together_with:
        notes.append(f"Attacked together with the earlier editions of the year: {', '.join(sealed.together_with)}.")
        small &= ~sealed.posed.known
    if sealed.knows_less:
        notes.append(
            "Readers are taken not to know whether a place that shows nothing has changed since an earlier edition: either "
            "that one was preliminary, or what is always shown would tell of somebody who knew."
        )
    if sealed.given_up:
        notes.append(
            f"{sealed.given_up} cells follow from what earlier editions and this one always show, for a municipality that "
            "knows its own row in each and that no other has changed; hiding more would not bring them back."
        )
    given = sealed.posed.given_away & sealed.exits.hidden_group[:, None, None] & (sealed.exits.counts > 0)
    if given.any():
        smallest = int(sealed.exits.counts[given].min())
        notes.append(
            f"What is knowingly given away of the protected group is {smallest} people at the least: a threshold of "
            f"{smallest + 1} or more would refuse this release, and so would any without the declaration."
        )
    if small.any():
        notes.append(f"{int(small.sum())} cells below the policy's limits are shown because they are always shown.")
    gone = sealed.released_from & ~sealed.shown & ~sealed.exits.hidden_group[:, None, None]
    if gone.any():
        notes.append(
            f"{int(gone.sum())} cells that are otherwise always shown are hidden, because their difference from an earlier "
            "edition would tell of somebody."
        )
    return tuple(notes)
