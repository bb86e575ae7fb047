"""Who logs in: a Django user, the roles of the access table as groups, and the municipalities represented."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser, Group
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from introstat.access import Actor, Role
from introstat.storage.models import Representation
from introstat.vocabulary.errors import NotAllowed, Refused

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def add(name: str, *, password: str, roles: frozenset[Role], municipalities: frozenset[str], full_name: str) -> None:
    """Give somebody access, or change it: password, roles and municipalities are those given, and no others.

    Raises Refused for a password that is too weak, saying why.
    """
    users = get_user_model().objects
    try:
        validate_password(password)
    except ValidationError as problem:
        raise Refused("The password is too weak. " + " ".join(problem.messages)) from None
    with transaction.atomic():
        user, _ = users.get_or_create(username=name)
        user.first_name = full_name
        user.set_password(password)
        user.save()
        user.groups.set([Group.objects.get_or_create(name=role.value)[0] for role in sorted(roles)])
        Representation.objects.filter(user=user).delete()
        Representation.objects.bulk_create(
            Representation(user=user, municipality=code) for code in sorted(municipalities)
        )


def actor_of(user: User | AnonymousUser) -> Actor:
    """The actor a logged-in user is. Raises NotAllowed for somebody who is not logged in."""
    if isinstance(user, AnonymousUser):
        raise NotAllowed("Log in first.")
    known = {role.value for role in Role}
    names = user.groups.values_list("name", flat=True)
    return Actor(
        user.get_full_name() or user.get_username(),
        frozenset(Role(name) for name in names if name in known),
        frozenset(Representation.objects.filter(user=user).values_list("municipality", flat=True)),
    )
