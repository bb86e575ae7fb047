"""The desk on a register of its own, with three people who can log in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client, override_settings
from tests.storage.conftest import Store, empty_postgres, empty_sqlite, store

from introstat.access import Role

__all__ = ["empty_postgres", "empty_sqlite", "store"]

PASSWORD = "furu-elv-skodde-7"
PEOPLE = {
    "kari": ({Role.OFFICE_PREPARER}, set()),
    "ola": ({Role.OFFICE_APPROVER}, set()),
    "bo": ({Role.MUNICIPAL_ADVISER}, {"0301"}),
    "li": ({Role.MUNICIPAL_READER}, {"1201"}),
    "nobody": (set(), set()),
}


class OneRound(PBKDF2PasswordHasher):
    """Passwords are kept as they are in the program, in one round instead of a million: no test here is about guessing them."""

    iterations = 1


@pytest.fixture
def one_round() -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=[f"{OneRound.__module__}.{OneRound.__qualname__}"]):
        yield


@pytest.fixture
def log_in(store: Store, monkeypatch: pytest.MonkeyPatch, one_round: None) -> Callable[[str], Client]:
    """Log somebody in; the desk works on the test's own register."""
    from introstat.desk import accounts, feedback, municipality, office, receipts, review
    from introstat.line import Line

    line = Line(store.home, store.keys)
    for module in (feedback, office, municipality, receipts, review):
        monkeypatch.setattr(module, "open_line", lambda: line)
    for name, (roles, municipalities) in PEOPLE.items():
        accounts.add(
            name,
            password=PASSWORD,
            roles=frozenset(roles),
            municipalities=frozenset(municipalities),
            full_name=name.capitalize(),
        )

    def client(name: str) -> Client:
        browser = Client(headers={"x-forwarded-proto": "https"})
        answer = browser.post("/logg-inn/", {"username": name, "password": PASSWORD}, secure=True)
        assert answer.status_code == 302, answer.content
        return browser

    return client
