"""A receipt as a page, as JSON and as CSV: the same findings, for the one who may see them."""

from __future__ import annotations

import json

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_POST

from introstat.access import Action, Actor, may
from introstat.collect import receipt_csv, receipt_json
from introstat.definitions.catalogue import definitions_for
from introstat.desk import words
from introstat.desk.accounts import actor_of
from introstat.desk.office import menu
from introstat.desk.refusals import told
from introstat.desk.setup import open_line
from introstat.storage import deliveries as stored
from introstat.vocabulary.deliveries import OFFICE, Audience, Receipt, Severity
from introstat.vocabulary.errors import NotFound, Refused


def sender_name(receipt_sender: str, year: int) -> str:
    """The municipality's name and number, or the office."""
    if receipt_sender == OFFICE:
        return "Kontoret"
    definitions = definitions_for(year)
    return f"{definitions.region_label(receipt_sender, definitions.year.last_day).nb} ({receipt_sender})"


def audience_of(actor: Actor) -> Audience:
    """Whether findings about other municipalities may be shown."""
    return Audience.OFFICE if may(actor, Action.SEE_OFFICE_FINDINGS) else Audience.SENDER


def show(request: HttpRequest, receipt: Receipt, actor: Actor) -> HttpResponse:
    """The receipt's page; also used straight after a delivery and for a dry run."""
    text, colour = words.STATUS[receipt.status]
    context = {
        "receipt": receipt,
        "status_text": text,
        "colour": colour,
        "sender_name": sender_name(receipt.sender, receipt.year.value),
        "menu": menu(actor, receipt.year, "deliveries"),
        "confirmation": open_line().confirmation(receipt.id) if receipt.id else None,
        "may_confirm": bool(receipt.id)
        and any(finding.severity is Severity.WARNING for finding in receipt.findings)
        and may(actor, Action.DELIVER, municipality=receipt.sender),
        "findings": [
            {
                "check": finding.check,
                "severity_text": words.SEVERITY[finding.severity][0],
                "colour": words.SEVERITY[finding.severity][1],
                "line": finding.line,
                "column": finding.column,
                "message": finding.message.nb,
            }
            for finding in receipt.for_audience(audience_of(actor))
        ],
    }
    return render(request, "desk/receipt.html", context)


@login_required
@require_GET
def page(request: HttpRequest, receipt_id: str) -> HttpResponse:
    """One stored receipt."""
    actor = actor_of(request.user)
    return show(request, _receipt(actor, receipt_id), actor)


@login_required
@require_POST
def confirm(request: HttpRequest, receipt_id: str) -> HttpResponse:
    """The sender stands by what the receipt warns of, and says why."""
    actor = actor_of(request.user)
    receipt = _receipt(actor, receipt_id)
    if not may(actor, Action.DELIVER, municipality=receipt.sender):
        raise PermissionDenied("Only the sender confirms.")
    try:
        open_line().confirm(receipt_id, by=actor.name, comment=request.POST.get("comment", ""), now=timezone.now())
    except Refused as problem:
        messages.error(request, told(problem, get_language()))
    else:
        messages.success(request, "Takk. Kommentaren er skrevet i loggen.")
    return redirect("receipt", receipt_id)


@login_required
@require_GET
def file(request: HttpRequest, receipt_id: str, form: str) -> HttpResponse:
    """One stored receipt as a file."""
    actor = actor_of(request.user)
    receipt = _receipt(actor, receipt_id)
    if form == "json":
        body = json.dumps(receipt_json(receipt, audience_of(actor)), ensure_ascii=False, indent=1).encode()
        kind = "application/json; charset=utf-8"
    elif form == "csv":
        body, kind = receipt_csv(receipt, audience_of(actor)), "text/csv; charset=utf-8"
    else:
        raise Http404("a receipt is to be had as json or csv")
    return HttpResponse(
        body,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="kvittering-{receipt_id}.{form}"'},
    )


def _receipt(actor: Actor, receipt_id: str) -> Receipt:
    try:
        receipt = stored.receipt(receipt_id)
    except NotFound as problem:
        raise Http404(str(problem)) from None
    if not may(actor, Action.SEE_RECEIPTS, municipality=receipt.sender):
        raise PermissionDenied("This receipt belongs to another municipality.")
    return receipt
