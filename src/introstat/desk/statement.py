"""The accessibility statement of the desk: what was tested, when and with what outcome, and what was not.

It is made from `evidence.toml` and says nothing that does not stand there. It can be read without logging in, since the page
to log in on is what somebody may have trouble with.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from introstat.definitions.catalogue import definitions_for
from introstat.desk.accounts import actor_of
from introstat.desk.office import FIRST_PAGE_YEAR, menu


@dataclass(frozen=True, slots=True)
class Check:
    """One way of testing: on which pages, for which criteria of WCAG 2.2, and the outcome; `on` is None where not done."""

    name: str
    outcome: str
    on: date | None
    pages: tuple[str, ...]
    criteria: tuple[str, ...]


@cache
def evidence() -> tuple[Check, ...]:
    """Every check on file, in its order."""
    parsed = tomllib.loads((files(__package__) / "evidence.toml").read_text(encoding="utf-8"))
    return tuple(
        Check(
            name=found["name"],
            outcome=found["outcome"],
            on=found.get("on"),
            pages=tuple(found.get("pages", ())),
            criteria=tuple(found.get("criteria", ())),
        )
        for found in parsed["check"]
    )


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The statement."""
    user = request.user
    year = definitions_for(FIRST_PAGE_YEAR).year
    context = {
        "menu": menu(actor_of(user), year, "statement") if user.is_authenticated else [],
        "tested": [check for check in evidence() if check.on],
        "untested": [check for check in evidence() if not check.on],
    }
    return render(request, "desk/statement.html", context)
