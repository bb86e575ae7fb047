"""Readers' answers as the office handles them: newest first, taken out with a way back, and erased in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from introstat.storage.answers import Answers
from introstat.storage.feedback import Feedback, Spool
from introstat.vocabulary.errors import NotFound

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def answer(days_ago: int, comment: str = "", *, found: bool = True) -> Feedback:
    return Feedback(given=NOW - timedelta(days=days_ago), page="/2016/", found=found, comment=comment, language="nb")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    spool = Spool(tmp_path)
    for days_ago, comment in ((120, "old"), (90, "just in time"), (1, "yesterday"), (0, "today")):
        assert spool.append(answer(days_ago, comment))
    return tmp_path


def comments(answers: Answers) -> list[str]:
    return [kept.feedback.comment for kept in answers.standing()]


def test_the_newest_answer_comes_first(folder: Path) -> None:
    assert comments(Answers(folder)) == ["today", "yesterday", "just in time", "old"]


def test_what_is_older_than_it_is_kept_is_erased_from_the_disk(folder: Path) -> None:
    assert Answers(folder).forget(now=NOW, days=90) == 1
    assert comments(Answers(folder)) == ["today", "yesterday", "just in time"]
    assert all(b'"old"' not in file.read_bytes() for file in folder.iterdir())


def test_what_is_taken_out_can_be_put_back_for_a_day_and_is_then_erased(folder: Path) -> None:
    answers = Answers(folder)
    (yesterday,) = (kept for kept in answers.standing() if kept.feedback.comment == "yesterday")
    answers.take_out(yesterday.id, at=NOW)
    assert "yesterday" not in comments(answers)
    assert [kept.feedback.comment for kept in answers.taken_out()] == ["yesterday"]
    answers.put_back(yesterday.id)
    assert "yesterday" in comments(answers)
    answers.take_out(yesterday.id, at=NOW)
    assert answers.forget(now=NOW + timedelta(hours=23), days=365) == 0
    assert answers.taken_out()
    assert answers.forget(now=NOW + timedelta(hours=24), days=365) == 1
    assert answers.taken_out() == []
    assert all(b"yesterday" not in file.read_bytes() for file in folder.iterdir())
    with pytest.raises(NotFound):
        answers.put_back(yesterday.id)


def test_erasing_leaves_the_other_answers_of_the_day_and_the_site_can_go_on_appending(folder: Path) -> None:
    answers = Answers(folder)
    answers.take_out(next(kept.id for kept in answers.standing() if kept.feedback.comment == "today"), at=NOW)
    Spool(folder).append(answer(0, "later today"))
    answers.forget(now=NOW + timedelta(days=2), days=365)
    Spool(folder).append(answer(0, "last"))
    assert set(comments(answers)) == {"later today", "last", "yesterday", "just in time", "old"}


def test_an_unknown_id_is_refused(folder: Path) -> None:
    for wrong in ("", "0" * 24, "../removed"):
        with pytest.raises(NotFound):
            Answers(folder).take_out(wrong, at=NOW)


@pytest.mark.parametrize("number", ["01010112345", "010101 12345", "0 1 0 1 0 1 1 2 3 4 5"])
def test_a_comment_with_what_may_be_a_national_id_is_neither_kept_nor_read(folder: Path, number: str) -> None:
    assert not Spool(folder).append(answer(0, f"Hun heter {number}"))
    with (folder / f"{NOW:%Y-%m-%d}.jsonl").open("ab") as file:
        file.write(
            f'{{"given":"{NOW.isoformat()}","page":"/","found":true,"comment":"{number}","language":"nb"}}\n'.encode()
        )
    assert all(number not in comment for comment in comments(Answers(folder)))
