"""Deliveries: a municipality sees and sends its own, the office everybody's."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from introstat.access import Action, may, reach
from introstat.desk import receipts, words
from introstat.desk.accounts import actor_of
from introstat.desk.office import known_year, menu
from introstat.desk.setup import open_line
from introstat.storage import deliveries as stored
from introstat.vocabulary.deliveries import OFFICE, DeliveryStatus, Sending

ROWS_ON_A_PAGE = 50


@login_required
@require_GET
def deliveries(request: HttpRequest, year: int) -> HttpResponse:
    """The list, newest first, narrowed by municipality and outcome."""
    reporting_year = known_year(year)
    actor = actor_of(request.user)
    seen = reach(actor, Action.SEE_RECEIPTS)
    if seen == frozenset():
        raise PermissionDenied("no deliveries to see")
    query = request.GET.get("q", "").strip()
    status = request.GET.get("status", "")
    rows = [
        {
            "id": receipt.id,
            "received": receipt.received,
            "sender_name": receipts.sender_name(receipt.sender, year),
            "filename": receipt.filename,
            "kind_text": words.KIND[receipt.kind],
            "status": receipt.status.value,
            "status_text": words.STATUS[receipt.status][0],
            "colour": words.STATUS[receipt.status][1],
            "read": receipt.read,
            "new": receipt.new,
            "rejected": receipt.rejected,
        }
        for receipt in stored.receipts(reporting_year, senders=seen)
    ]
    chosen = [
        row
        for row in rows
        if (not status or row["status"] == status) and query.casefold() in str(row["sender_name"]).casefold()
    ]
    senders = [
        {"code": code, "name": receipts.sender_name(code, year)}
        for code in ([OFFICE] if may(actor, Action.DELIVER) else sorted(reach(actor, Action.DELIVER) or ()))
    ]
    context = {
        "year": year,
        "menu": menu(actor, reporting_year, "deliveries"),
        "whose": "Kontoret" if seen is None else ", ".join(receipts.sender_name(code, year) for code in sorted(seen)),
        "can_deliver": bool(senders),
        "senders": senders,
        "query": query,
        "status": status,
        "statuses": [(value.value, words.STATUS[value][0].capitalize()) for value in DeliveryStatus],
        "page": Paginator(chosen, ROWS_ON_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "desk/deliveries.html", context)


@login_required
@require_POST
def deliver(request: HttpRequest, year: int) -> HttpResponse:
    """Receive one file: the same checks and the same receipt as for a command or a call."""
    reporting_year = known_year(year)
    actor = actor_of(request.user)
    sender = request.POST.get("sender", "")
    if not may(actor, Action.DELIVER, municipality=sender):
        raise PermissionDenied("not a sender this actor represents")
    upload = request.FILES.get("file")
    if upload is None:
        return redirect("deliveries", year)
    sending = Sending(upload.read(), upload.name or "fil", reporting_year, None, sender, timezone.now())
    only_check = "only_check" in request.POST
    receipt = open_line().receive(sending, actor=actor.name, dry_run=only_check)
    return receipts.show(request, receipt, actor) if only_check else redirect("receipt", receipt.id)
