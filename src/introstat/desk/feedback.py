"""What readers of the open site answered: read by the office, newest first, taken out with a way back, gone when it is old.

The page forgets before it shows, so nothing older than the limit is ever on it; the desk's watcher forgets too, for the days
when nobody looks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import structlog
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from introstat.access import Action, may
from introstat.definitions.catalogue import parameter_book
from introstat.desk.office import FIRST_PAGE_YEAR, allowed, known_year, menu
from introstat.desk.setup import open_line
from introstat.storage.answers import Answers, Kept
from introstat.vocabulary.errors import NotFound

ON_A_PAGE: Final = 50
MOST_PAGES_TOLD: Final = 10
_log = structlog.get_logger()


def days_kept(now: datetime) -> int:
    """How many days an answer is kept, by the parameters in force."""
    return parameter_book().on(now.date()).feedback_days


def forget_old(answers: Answers, *, now: datetime) -> int:
    """Erase what is past its time, and say how many answers went."""
    gone = answers.forget(now=now, days=days_kept(now))
    if gone:
        _log.info("feedback erased", answers=gone)
    return gone


@login_required
@require_GET
def answers(request: HttpRequest) -> HttpResponse:
    """The list with its counts; only those with a comment where the reader asks for that."""
    actor = allowed(request, Action.READ_FEEDBACK)
    now = timezone.now()
    store = _store()
    forget_old(store, now=now)
    standing = store.standing()
    only_comments = request.GET.get("vis") == "kommentarer"
    chosen = [kept for kept in standing if kept.feedback.comment or not only_comments]
    found = sum(kept.feedback.found for kept in standing)
    context = {
        "menu": menu(actor, known_year(FIRST_PAGE_YEAR), "feedback"),
        "counts": {
            "all": len(standing),
            "found": found,
            "not_found": len(standing) - found,
            "comments": sum(bool(kept.feedback.comment) for kept in standing),
        },
        "by_page": by_page(standing),
        "only_comments": only_comments,
        "days": days_kept(now),
        "can_remove": may(actor, Action.REMOVE_FEEDBACK),
        "taken_out": store.taken_out(),
        "page": Paginator(chosen, ON_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "desk/feedback.html", context)


@login_required
@require_POST
def take_out(request: HttpRequest) -> HttpResponse:
    """Take an answer out of the list; it can be put back for a day."""
    actor = allowed(request, Action.REMOVE_FEEDBACK)
    return _change(request, actor.name, "taken out", "Tilbakemeldingen er fjernet. Du kan angre i ett døgn.")


@login_required
@require_POST
def put_back(request: HttpRequest) -> HttpResponse:
    """Put an answer back."""
    actor = allowed(request, Action.REMOVE_FEEDBACK)
    return _change(request, actor.name, "put back", "Tilbakemeldingen er satt tilbake.")


def by_page(standing: Sequence[Kept]) -> list[tuple[str, int, int]]:
    """The pages most answers are about: the page, how many found what they looked for, how many did not."""
    many = Counter(kept.feedback.page for kept in standing)
    missed = Counter(kept.feedback.page for kept in standing if not kept.feedback.found)
    return [(page, number - missed[page], missed[page]) for page, number in many.most_common(MOST_PAGES_TOLD)]


def _store() -> Answers:
    return Answers(open_line().home.feedback)


def _change(request: HttpRequest, who: str, what: str, told: str) -> HttpResponse:
    answer = request.POST.get("svar", "")
    try:
        if what == "taken out":
            _store().take_out(answer, at=timezone.now())
        else:
            _store().put_back(answer)
    except NotFound:
        messages.error(request, "Tilbakemeldingen finnes ikke lenger. De oppbevares bare en kort tid.")
    else:
        _log.info(f"feedback {what}", actor=who, answer=answer)
        messages.success(request, told)
    return redirect("feedback")
