"""Readers' answers in the desk: for the office alone, with counts, and a way back after taking one out."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.storage.conftest import Store

from introstat.storage.answers import Answers
from introstat.storage.feedback import Feedback, Spool

LogIn = Callable[[str], Client]
ADDRESS = "/tilbakemeldinger/"


@pytest.fixture
def answered(store: Store) -> Answers:
    store.home.feedback.mkdir(parents=True, exist_ok=True)
    spool = Spool(store.home.feedback)
    now = timezone.now()
    for days_ago, found, comment in ((200, True, "glemt"), (2, False, "Fant ikke <b>Bømlo</b>"), (1, True, "")):
        assert spool.append(Feedback(now - timedelta(days=days_ago), "/2016/kommune/1219/", found, comment, "nb"))
    return Answers(store.home.feedback)


@pytest.mark.parametrize(("name", "status"), [("kari", 200), ("ola", 200), ("bo", 403), ("li", 403), ("nobody", 403)])
def test_only_the_office_reads_them(log_in: LogIn, answered: Answers, name: str, status: int) -> None:
    assert log_in(name).get(ADDRESS, secure=True).status_code == status


def test_they_stand_newest_first_with_counts_and_nothing_older_than_the_limit(log_in: LogIn, answered: Answers) -> None:
    page = log_in("kari").get(ADDRESS, secure=True).content.decode()
    facts = dict(re.findall(r"<dt>([^<]*)</dt><dd>(\d+)</dd>", page))
    assert facts == {"Svar": "2", "Fant det": "1", "Fant det ikke": "1", "Med kommentar": "1"}
    assert "Fant ikke &lt;b&gt;Bømlo&lt;/b&gt;" in page
    assert "glemt" not in page
    assert "oppbevares i 90 dager" in page
    assert len(answered.standing()) == 2
    with_comment = log_in("kari").get(f"{ADDRESS}?vis=kommentarer", secure=True).content.decode()
    assert with_comment.count('aria-label="Fjern svaret') == 1


def test_one_is_taken_out_and_put_back(log_in: LogIn, answered: Answers) -> None:
    kari = log_in("kari")
    answer = next(kept.id for kept in answered.standing() if kept.feedback.comment)
    page = kari.post(f"{ADDRESS}fjern/", {"svar": answer}, secure=True, follow=True).content.decode()
    assert "Du kan angre i ett døgn" in page
    assert "Fjernet det siste døgnet" in page
    assert "Bømlo" not in page
    page = kari.post(f"{ADDRESS}angre/", {"svar": answer}, secure=True, follow=True).content.decode()
    assert "satt tilbake" in page
    assert "Bømlo" in page


def test_an_answer_that_is_gone_is_told_of_kindly(log_in: LogIn, answered: Answers) -> None:
    page = log_in("ola").post(f"{ADDRESS}fjern/", {"svar": "0" * 24}, secure=True, follow=True)
    assert "finnes ikke lenger" in page.content.decode()


def test_those_who_may_not_read_may_not_take_out(log_in: LogIn, answered: Answers) -> None:
    answer = answered.standing()[0].id
    assert log_in("bo").post(f"{ADDRESS}fjern/", {"svar": answer}, secure=True).status_code == 403
    assert len(answered.standing()) == 3
