"""The office's page for a year: the line from deliveries to editions, with a button for each step.

Every view asks the access table, makes one call to the line, and shows what came of it. What the line refuses is shown
on the page with its reason; nothing is half done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from time import perf_counter
from typing import Final
from zoneinfo import ZoneInfo

import structlog
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from introstat.access import Action, Actor, check_may, may, reach
from introstat.definitions.catalogue import definitions_for
from introstat.desk import words
from introstat.desk.accounts import actor_of
from introstat.desk.refusals import told
from introstat.desk.setup import open_line
from introstat.vocabulary.editions import PublicReason
from introstat.vocabulary.errors import IntrostatError, NotAllowed, UnknownYear
from introstat.vocabulary.snapshots import SnapshotKind
from introstat.vocabulary.years import ReportingYear

FIRST_PAGE_YEAR: Final = 2016
_log = structlog.get_logger()
_OSLO: Final = ZoneInfo("Europe/Oslo")


def known_year(year: int) -> ReportingYear:
    """The reporting year of an address, or a page that says there is none."""
    try:
        return definitions_for(year).year
    except UnknownYear as problem:
        raise Http404(str(problem)) from None


def allowed(request: HttpRequest, action: Action) -> Actor:
    """Who asks, if the access table grants the action everywhere; a refusal page otherwise."""
    actor = actor_of(request.user)
    try:
        check_may(actor, action)
    except NotAllowed as problem:
        raise PermissionDenied(str(problem)) from None
    return actor


def menu(actor: Actor, year: ReportingYear, current: str) -> list[dict[str, object]]:
    """The entries of the main menu that this actor can use."""
    entries = []
    if may(actor, Action.SEE_SNAPSHOTS):
        entries.append(("line", "Linjen"))
    if reach(actor, Action.SEE_RECEIPTS) != frozenset():
        entries.append(("deliveries", "Leveringer"))
    found: list[dict[str, object]] = [
        {"address": reverse(name, args=[year.value]), "text": f"{text} {year}", "current": name == current}
        for name, text in entries
    ]
    if may(actor, Action.READ_FEEDBACK):
        found.append({"address": reverse("feedback"), "text": "Tilbakemeldinger", "current": current == "feedback"})
    return found


@login_required
@require_GET
def front(request: HttpRequest) -> HttpResponse:
    """To the page that is of use to whoever logged in."""
    actor = actor_of(request.user)
    return redirect("line" if may(actor, Action.SEE_SNAPSHOTS) else "deliveries", FIRST_PAGE_YEAR)


@login_required
@require_GET
def line_of_year(request: HttpRequest, year: int) -> HttpResponse:
    """The line of a year."""
    return _page(request, known_year(year), allowed(request, Action.SEE_SNAPSHOTS))


@login_required
@require_POST
def freeze(request: HttpRequest, year: int) -> HttpResponse:
    """Take a snapshot."""
    reporting_year, actor = known_year(year), allowed(request, Action.FREEZE)

    def step() -> str:
        kind = SnapshotKind(request.POST.get("kind", SnapshotKind.FINAL.value))
        as_of = _moment(request.POST.get("as_of", ""))
        frozen = open_line().freeze(reporting_year, as_of=as_of, kind=kind, now=timezone.now())
        return f"Øyeblikksbilde {frozen.number} er tatt: {frozen.rows} rader."

    return _do(request, reporting_year, actor, step)


@login_required
@require_POST
def prepare(request: HttpRequest, year: int) -> HttpResponse:
    """Tabulate, protect and attack."""
    reporting_year, actor = known_year(year), allowed(request, Action.PREPARE)

    def step() -> str:
        began = perf_counter()
        draft = open_line().prepare(
            reporting_year,
            snapshot=int(request.POST["snapshot"]),
            by=actor.name,
            each_policy="each_policy" in request.POST,
            now=timezone.now(),
        )
        seconds = f"{perf_counter() - began:.1f}".replace(".", ",")
        return (
            f"Øyeblikksbilde {draft.snapshot} er talt, beskyttet og angrepet på {seconds} sekunder. "
            "Nå må en annen gjennomgå det."
        )

    return _do(request, reporting_year, actor, step)


@login_required
@require_POST
def approve(request: HttpRequest, year: int) -> HttpResponse:
    """Approve what was prepared."""
    reporting_year, actor = known_year(year), allowed(request, Action.APPROVE)

    def step() -> str:
        next_release = date.fromisoformat(request.POST.get("next", ""))
        open_line().review(
            reporting_year,
            by=actor.name,
            next_release=next_release,
            public_reason=PublicReason(
                nb=request.POST.get("reason", ""),
                nn=request.POST.get("reason_nn", ""),
                en=request.POST.get("reason_en", ""),
            ),
            now=timezone.now(),
        )
        return "Godkjent. Utgaven kan gis ut."

    return _do(request, reporting_year, actor, step)


@login_required
@require_POST
def release(request: HttpRequest, year: int) -> HttpResponse:
    """Issue the edition, now or at its announced time."""
    reporting_year, actor = known_year(year), allowed(request, Action.RELEASE)

    def step() -> str:
        at = _moment(request.POST["at"]) if request.POST.get("at") else None
        issued = open_line().release(reporting_year, at=at, by=actor.name, now=timezone.now())
        if issued.is_out:
            return f"Utgave {issued.number} er gitt ut."
        return f"Utgave {issued.number} gis ut {issued.released.astimezone(_OSLO):%d.%m.%Y kl. %H:%M}."

    return _do(request, reporting_year, actor, step)


def _do(request: HttpRequest, year: ReportingYear, actor: Actor, step: Callable[[], str]) -> HttpResponse:
    try:
        done = step()
    except IntrostatError as problem:
        _log.info("refused", address=request.path, reason=str(problem))
        return _page(request, year, actor, refusal=told(problem, get_language()))
    except (ValueError, KeyError):
        return _page(request, year, actor, refusal="Skjemaet var ikke fylt ut riktig. Se over feltene og prøv igjen.")
    messages.success(request, done)
    return HttpResponseRedirect(reverse("line", args=[year.value]))


def _page(request: HttpRequest, year: ReportingYear, actor: Actor, refusal: str = "") -> HttpResponse:
    overview = open_line().overview(year, now=timezone.now())
    draft = overview.draft
    report = draft.safe.report if draft else None
    context = {
        "year": year.value,
        "menu": menu(actor, year, "line"),
        "refusal": refusal,
        "deliveries": overview.deliveries,
        "snapshots": [
            {
                "number": frozen.number,
                "as_of": frozen.meta.as_of,
                "kind_text": words.SNAPSHOT[frozen.meta.kind],
                "rows": frozen.rows,
                "checksum": frozen.checksum,
            }
            for frozen in overview.snapshots
        ],
        "draft": draft
        and report
        and {
            "prepared_by": draft.prepared_by,
            "prepared": draft.prepared,
            "snapshot": draft.snapshot,
            "policy": report.policy,
            "places_number": report.places_number,
            "places_result": report.places_result,
            "places_band": report.places_band,
            "hidden": sum(sum(kinds.values()) for kinds in report.hidden.values()),
            "is_safe": report.is_safe,
            "found": f"{report.attack_exact} nøyaktige og {report.attack_narrow} trange celler",
            "declared": [
                f"Personer med skjermet identitet, kjønn {given.sex}, grunn {given.reason}: {given.value}"
                for given in report.declared
            ],
        },
        "approval": overview.review,
        "editions": [
            {
                "number": str(edition.number),
                "released": edition.released,
                "is_out": is_out,
                "provenance_text": words.PROVENANCE[edition.provenance],
                "manifest_sha256": edition.manifest_sha256,
            }
            for editions, is_out in ((overview.released, True), (overview.scheduled, False))
            for edition in editions
        ],
        "can": {
            action.value: may(actor, action)
            for action in (Action.FREEZE, Action.PREPARE, Action.APPROVE, Action.RELEASE)
        },
        "now_local": f"{timezone.now().astimezone(_OSLO):%Y-%m-%dT%H:%M}",
    }
    return render(request, "desk/line.html", context, status=409 if refusal else 200)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=_OSLO).astimezone(UTC)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for what the access table does not grant."""
    _log.info("refused", address=request.path, reason=str(exception))
    return _refused(
        request,
        403,
        "Det har du ikke tilgang til",
        "Rollen din gir ikke adgang til dette. Kontoret kan gi deg en annen.",
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for an address that leads nowhere."""
    _log.info("not found", address=request.path, reason=type(exception).__name__)
    return _refused(request, 404, "Siden finnes ikke", "Adressen kan være skrevet feil, eller året er ikke åpnet ennå.")


def broken(request: HttpRequest) -> HttpResponse:
    """The page for a fault in the program."""
    return _refused(
        request,
        500,
        "Noe gikk galt hos oss",
        "Feilen er skrevet i loggen. Ingenting er halvveis gjort; prøv igjen om litt.",
    )


def _refused(request: HttpRequest, status: int, heading: str, explanation: str) -> HttpResponse:
    return render(request, "desk/refused.html", {"heading": heading, "explanation": explanation}, status=status)
