"""Tables of places and of one place, where numbers are hidden: what is folded, what is drawn, what is explained."""

from __future__ import annotations

from typing import Any

import pytest
from tests.site.reader import Reader

from introstat.site.article import has_signs, is_all_hidden, whole_of
from introstat.site.places import without_numbers


def figure(text: str, *, kind: str = "count") -> dict[str, Any]:
    return {"format": kind, "text": text, "cells": [["IP101"]]} | ({"status": text} if text in (":", "..", ".") else {})


def table(*numbers: str, total: str, columns: int = 1) -> dict[str, Any]:
    rows = [{"kind": "row", "cells": [figure(number)] * columns} for number in numbers]
    rows.append({"kind": "total", "cells": [figure(total)] * columns})
    return {"columns": [{"numeric": False}, *[{"numeric": True}] * columns], "rows": rows}


@pytest.mark.parametrize(
    ("found", "folded"),
    [
        (table(":", ":", total="8"), True),
        (table(":", ":", total=":"), True),
        (table(":", "0", total="8"), False),
        (table("5", "3", total="8"), False),
        (table("..", "..", total=".."), False),
        (table(":", ":", total="8", columns=3), True),
    ],
)
def test_a_table_is_folded_where_every_number_but_the_total_is_hidden(found: dict[str, Any], folded: bool) -> None:
    assert is_all_hidden(found) is folded


@pytest.mark.parametrize(
    ("found", "whole"),
    [(table("5", "3", total="8"), "8"), (table("5", total=":"), None), (table("5", total="8", columns=2), None)],
)
def test_parts_are_drawn_of_a_total_that_is_shown_and_alone(found: dict[str, Any], whole: str | None) -> None:
    total = whole_of(found)
    assert (total["text"] if total else None) == whole


def test_signs_are_explained_where_there_are_any() -> None:
    assert has_signs([table("5", total="8"), table(":", total="8")])
    assert not has_signs([table("5", total="8")])


def places(*ended: str) -> list[dict[str, Any]]:
    return [{"code": str(at), "ended": figure(text)} for at, text in enumerate(ended)]


def test_many_places_without_a_number_are_told_apart_under_their_reason() -> None:
    told, silent = without_numbers(places("12", ":", "0", ":", "..", ":"))
    assert [place["code"] for place in told] == ["0", "2"]
    assert {why: [place["code"] for place in those] for why, those in silent.items()} == {
        "number_hidden": ["1", "3", "5"],
        "missing": ["4"],
    }


def test_few_places_without_a_number_stay_in_line() -> None:
    everyone = places("12", ":", "0", ":", "..")
    assert without_numbers(everyone) == (everyone, {})


def test_every_place_of_a_county_is_still_led_to(larger_site: Reader) -> None:
    page = larger_site.get("/2016/fylke/01/").text
    under = page[page.index('id="under"') :]
    assert all(f'href="/2016/kommune/{code}/"' in under for code in ("0101", "0104"))


def test_the_list_of_all_places_has_the_districts_too(larger_site: Reader) -> None:
    page = larger_site.get("/2016/steder/").text
    assert "Bydelene i Oslo" in page
    assert 'href="/2016/bydel/030103/"' in page
