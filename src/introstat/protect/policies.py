"""What every policy would show of the same counts, for the one who decides which it shall be."""

from __future__ import annotations

from dataclasses import replace

from introstat.definitions.catalogue import Definitions
from introstat.protect.earlier import Earlier
from introstat.protect.seal import seal
from introstat.vocabulary.errors import CannotProtect
from introstat.vocabulary.tables import Cubes, ProtectionReport, SafeCubes, UnderPolicy


def beside_other_policies(
    safe: SafeCubes,
    cubes: Cubes,
    *,
    definitions: Definitions,
    seed: int = 0,
    earlier: tuple[Earlier, ...] = (),
    is_preliminary: bool = False,
) -> SafeCubes:
    """The same with a report that compares its policy with all others, in the order of the definitions.

    Each is protected and attacked like the one that was chosen; results of several years together are left out.
    """

    def under(policy: str) -> UnderPolicy:
        if policy == safe.report.policy:
            return _outcome(safe.report)
        try:
            other = seal(
                cubes, definitions=definitions, policy=policy, seed=seed, earlier=earlier, is_preliminary=is_preliminary
            )
        except CannotProtect as found:
            return UnderPolicy(policy, 0, 0, 0, 0, is_safe=False, problem=str(found))
        return _outcome(other.report)

    by_policy = tuple(under(policy) for policy in definitions.policies)
    return replace(safe, report=replace(safe.report, by_policy=by_policy))


def _outcome(report: ProtectionReport) -> UnderPolicy:
    return UnderPolicy(
        policy=report.policy,
        places_number=report.places_number,
        places_result=report.places_result,
        places_band=report.places_band,
        hidden=report.hidden_cells,
        is_safe=report.is_safe,
    )
