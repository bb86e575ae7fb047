"""The desk's addresses."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import URLPattern, path

from introstat.desk import feedback, municipality, office, receipts, review, statement

urlpatterns: list[URLPattern] = [
    path("", office.front, name="front"),
    path("logg-inn/", LoginView.as_view(template_name="desk/login.html"), name="login"),
    path("tilgjengelighet/", statement.page, name="statement"),
    path("logg-ut/", LogoutView.as_view(), name="logout"),
    path("<int:year>/", office.line_of_year, name="line"),
    path("<int:year>/frys/", office.freeze, name="freeze"),
    path("<int:year>/forbered/", office.prepare, name="prepare"),
    path("<int:year>/skjerming/", review.page, name="review"),
    path("<int:year>/godkjenn/", office.approve, name="approve"),
    path("<int:year>/gi-ut/", office.release, name="release"),
    path("<int:year>/leveringer/", municipality.deliveries, name="deliveries"),
    path("<int:year>/lever/", municipality.deliver, name="deliver"),
    path("tilbakemeldinger/", feedback.answers, name="feedback"),
    path("tilbakemeldinger/fjern/", feedback.take_out, name="feedback-take-out"),
    path("tilbakemeldinger/angre/", feedback.put_back, name="feedback-put-back"),
    path("kvittering/<str:receipt_id>/", receipts.page, name="receipt"),
    path("kvittering/<str:receipt_id>/bekreft/", receipts.confirm, name="confirm"),
    path("kvittering/<str:receipt_id>.<str:form>", receipts.file, name="receipt-file"),
]
handler403 = "introstat.desk.office.forbidden"
handler404 = "introstat.desk.office.not_found"
handler500 = "introstat.desk.office.broken"
