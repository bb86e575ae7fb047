"""How a municipality stands to its goal, from the published table of results (IP102).

The distance is told in people, because that is what a municipality can do something about: with 40 who ended, 18 of
them to work or education, and a goal of 55 per cent, four more would have reached it (22 of 40).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from introstat.steer.goals import Goal
from introstat.vocabulary.tables import SafeCube, Status


class Standing(StrEnum):
    """Where a municipality stands. The last three have no number to compare."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    NOBODY_ENDED = "nobody_ended"
    NOT_PUBLISHED = "not_published"
    NOT_REPORTED = "not_reported"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One municipality's standing. `goal` is whole per cent, its own or (`own_goal` false) the national target.

    `missing` is how many more people would have reached the goal, 0 when reached, None without a published result.
    """

    municipality: str
    standing: Standing
    goal: int
    own_goal: bool
    missing: int | None


def people_needed(ended: int, per_cent: int) -> int:
    """The least number of people whose share of `ended` is at least `per_cent`: exact, no rounding of shares."""
    return -(-ended * per_cent // 100)


def follow_up(
    results: SafeCube, *, municipalities: tuple[str, ...], goals: Mapping[str, Goal], national_target: int
) -> tuple[FollowUp, ...]:
    """One `FollowUp` per municipality, in the order given.

    `results` is IP102 of one year; a municipality without a goal of its own is held against `national_target`
    (whole per cent). Raises ValueError for a municipality the table does not have.
    """
    return tuple(
        _stand(results, municipality, goals.get(municipality), national_target) for municipality in municipalities
    )


def _stand(results: SafeCube, municipality: str, own: Goal | None, national_target: int) -> FollowUp:
    goal = own.per_cent if own else national_target
    period = results.dimension("Tid").values[-1]
    ended, why = results.at(Region=municipality, Kjonn="0", ContentsCode="Avsluttet", Tid=period)
    reached, _ = results.at(Region=municipality, Kjonn="0", ContentsCode="ArbeidUtdanning", Tid=period)
    missing: int | None = None
    if why is Status.NOT_AVAILABLE:
        standing = Standing.NOT_REPORTED
    elif ended == 0:
        standing = Standing.NOBODY_ENDED
    elif ended is None or reached is None:
        standing = Standing.NOT_PUBLISHED
    else:
        missing = max(0, people_needed(int(ended), goal) - int(reached))
        standing = Standing.NOT_REACHED if missing else Standing.REACHED
    return FollowUp(municipality, standing, goal, own is not None, missing)
