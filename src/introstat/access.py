"""Who may do what to what, as one table.

Everything closed asks here and nowhere else. A rule grants an action to a role, for everything (`EVERYWHERE`) or only
for the municipalities the actor represents (`OWN`). What the table does not grant is refused.

    >>> adviser = Actor("kari", frozenset({Role.MUNICIPAL_ADVISER}), frozenset({"0301"}))
    >>> may(adviser, Action.DELIVER, municipality="0301"), may(adviser, Action.DELIVER, municipality="4601")
    (True, False)
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from introstat.vocabulary.errors import NotAllowed


class Role(StrEnum):
    """The roles of the register: three of a municipality, four of the office."""

    MUNICIPAL_ADMINISTRATOR = "municipal_administrator"
    MUNICIPAL_ADVISER = "municipal_adviser"
    MUNICIPAL_READER = "municipal_reader"
    OFFICE_READER = "office_reader"
    OFFICE_PREPARER = "office_preparer"
    OFFICE_APPROVER = "office_approver"
    OFFICE_PROTECTED = "office_protected"


class Action(StrEnum):
    """What can be done, in the order of the line."""

    DELIVER = "deliver"
    SEE_RECEIPTS = "see_receipts"
    SEE_OFFICE_FINDINGS = "see_office_findings"
    SEE_PROTECTED_PEOPLE = "see_protected_people"
    DECLARE = "declare"
    SEE_SNAPSHOTS = "see_snapshots"
    FREEZE = "freeze"
    PREPARE = "prepare"
    APPROVE = "approve"
    RELEASE = "release"
    READ_FEEDBACK = "read_feedback"
    REMOVE_FEEDBACK = "remove_feedback"


class Scope(StrEnum):
    """How far a grant reaches."""

    OWN = "own"
    EVERYWHERE = "everywhere"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts: a name for the ledger, roles, and the municipalities represented (four digits)."""

    name: str
    roles: frozenset[Role]
    municipalities: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ValueError("an actor has a name")


_MUNICIPAL = (Role.MUNICIPAL_ADMINISTRATOR, Role.MUNICIPAL_ADVISER)
_OFFICE = (Role.OFFICE_READER, Role.OFFICE_PREPARER, Role.OFFICE_APPROVER)

TABLE: tuple[tuple[Action, tuple[Role, ...], Scope], ...] = (
    (Action.DELIVER, _MUNICIPAL, Scope.OWN),
    (Action.DELIVER, (Role.OFFICE_PREPARER,), Scope.EVERYWHERE),
    (Action.SEE_RECEIPTS, (*_MUNICIPAL, Role.MUNICIPAL_READER), Scope.OWN),
    (Action.SEE_RECEIPTS, _OFFICE, Scope.EVERYWHERE),
    (Action.SEE_OFFICE_FINDINGS, (Role.OFFICE_PREPARER, Role.OFFICE_APPROVER), Scope.EVERYWHERE),
    (Action.SEE_PROTECTED_PEOPLE, (Role.OFFICE_PROTECTED,), Scope.EVERYWHERE),
    (Action.DECLARE, (Role.MUNICIPAL_ADMINISTRATOR,), Scope.OWN),
    (Action.DECLARE, (Role.OFFICE_PREPARER,), Scope.EVERYWHERE),
    (Action.SEE_SNAPSHOTS, _OFFICE, Scope.EVERYWHERE),
    (Action.FREEZE, (Role.OFFICE_PREPARER,), Scope.EVERYWHERE),
    (Action.PREPARE, (Role.OFFICE_PREPARER,), Scope.EVERYWHERE),
    (Action.APPROVE, (Role.OFFICE_APPROVER,), Scope.EVERYWHERE),
    (Action.RELEASE, (Role.OFFICE_PREPARER, Role.OFFICE_APPROVER), Scope.EVERYWHERE),
    (Action.READ_FEEDBACK, _OFFICE, Scope.EVERYWHERE),
    (Action.REMOVE_FEEDBACK, (Role.OFFICE_PREPARER, Role.OFFICE_APPROVER), Scope.EVERYWHERE),
)


def may(actor: Actor, action: Action, *, municipality: str | None = None) -> bool:
    """Whether the table grants the action, to this municipality's things or (None) to everything."""
    own = municipality is not None and municipality in actor.municipalities
    return any(
        granted is action and actor.roles.intersection(roles) and (scope is Scope.EVERYWHERE or own)
        for granted, roles, scope in TABLE
    )


def check_may(actor: Actor, action: Action, *, municipality: str | None = None) -> None:
    """Raise `NotAllowed`, naming what is missing, when the table does not grant the action."""
    if not may(actor, action, municipality=municipality):
        needed = sorted({role for granted, roles, _ in TABLE if granted is action for role in roles})
        where = f" for municipality {municipality}" if municipality else ""
        raise NotAllowed(
            f"{actor.name} may not {action.value.replace('_', ' ')}{where}. "
            f"That takes one of the roles {', '.join(needed)}; the office can grant it."
        )


def reach(actor: Actor, action: Action) -> frozenset[str] | None:
    """The municipalities an actor may do this for; None means everywhere. Empty means nowhere."""
    if may(actor, action):
        return None
    return frozenset(code for code in actor.municipalities if may(actor, action, municipality=code))
