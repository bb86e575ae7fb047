"""The desk's accessibility statement: whatever is on file, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

import introstat.desk
from introstat.desk.statement import evidence


@pytest.mark.django_db
def test_the_statement_tells_every_check_and_needs_no_log_in(client: Client) -> None:
    page = client.get("/tilgjengelighet/", secure=True)
    assert page.status_code == 200
    told = page.content.decode()
    tested, untested = told.split("Dette er ikke testet")
    for check in evidence():
        assert check.name in (tested if check.on else untested)
        assert check.outcome in told


def test_what_is_tested_says_where_and_what_is_not_says_no_criterion() -> None:
    assert any(check.on for check in evidence())
    for check in evidence():
        assert bool(check.on) == bool(check.pages)
        assert check.on or not check.criteria


def test_every_page_of_the_desk_links_to_the_statement() -> None:
    templates = Path(introstat.desk.__file__).parent / "templates" / "desk"
    assert "{% url 'statement' %}" in (templates / "base.html").read_text(encoding="utf-8")
    for template in templates.glob("*.html"):
        if template.name != "base.html":
            assert template.read_text(encoding="utf-8").startswith('{% extends "desk/base.html" %}'), template.name
