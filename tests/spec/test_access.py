"""The access table, role by role."""

import pytest

from introstat.access import TABLE, Action, Actor, Role, Scope, check_may, may, reach
from introstat.vocabulary.errors import NotAllowed

OSLO = frozenset({"0301"})


@pytest.mark.parametrize(
    ("role", "action", "municipality", "allowed"),
    [
        (Role.MUNICIPAL_ADVISER, Action.DELIVER, "0301", True),
        (Role.MUNICIPAL_ADVISER, Action.DELIVER, "1201", False),
        (Role.MUNICIPAL_ADVISER, Action.DELIVER, None, False),
        (Role.MUNICIPAL_READER, Action.DELIVER, "0301", False),
        (Role.MUNICIPAL_READER, Action.SEE_RECEIPTS, "0301", True),
        (Role.MUNICIPAL_ADMINISTRATOR, Action.SEE_OFFICE_FINDINGS, "0301", False),
        (Role.MUNICIPAL_ADMINISTRATOR, Action.FREEZE, None, False),
        (Role.OFFICE_PREPARER, Action.FREEZE, None, True),
        (Role.OFFICE_PREPARER, Action.APPROVE, None, False),
        (Role.OFFICE_APPROVER, Action.APPROVE, None, True),
        (Role.OFFICE_APPROVER, Action.PREPARE, None, False),
        (Role.OFFICE_READER, Action.RELEASE, None, False),
        (Role.OFFICE_PREPARER, Action.SEE_PROTECTED_PEOPLE, None, False),
        (Role.OFFICE_PROTECTED, Action.SEE_PROTECTED_PEOPLE, None, True),
    ],
)
def test_the_table_grants_exactly_what_each_role_needs(
    role: Role, action: Action, municipality: str | None, allowed: bool
) -> None:
    assert may(Actor("a", frozenset({role}), OSLO), action, municipality=municipality) is allowed


def test_no_single_role_both_prepares_and_approves() -> None:
    for role in Role:
        actor = Actor("a", frozenset({role}))
        assert not (may(actor, Action.PREPARE) and may(actor, Action.APPROVE))


def test_a_refusal_says_what_is_missing_and_who_can_help() -> None:
    with pytest.raises(NotAllowed, match=r"may not approve.*office_approver.*the office can grant"):
        check_may(Actor("nils", frozenset({Role.OFFICE_PREPARER})), Action.APPROVE)


def test_reach_is_everywhere_own_or_nowhere() -> None:
    assert reach(Actor("a", frozenset({Role.OFFICE_PREPARER})), Action.DELIVER) is None
    assert reach(Actor("a", frozenset({Role.MUNICIPAL_ADVISER}), OSLO), Action.DELIVER) == OSLO
    assert reach(Actor("a", frozenset({Role.MUNICIPAL_READER}), OSLO), Action.DELIVER) == frozenset()


def test_every_action_is_granted_to_somebody_and_municipal_roles_only_for_their_own() -> None:
    assert {action for action, _, _ in TABLE} == set(Action)
    for _, roles, scope in TABLE:
        if any(role.value.startswith("municipal") for role in roles):
            assert scope is Scope.OWN
