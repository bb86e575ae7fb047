"""The reports on a table: a page that stands alone, in three languages, and the same for machines."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from importlib.resources import files

import pytest

from introstat.protect.any_table.leaves import read_leaves
from introstat.protect.any_table.protecting import figures, protect_table
from introstat.protect.any_table.published import read_published
from introstat.protect.any_table.recovery import attack_published
from introstat.protect.any_table.rounded_cells import write_rounded
from introstat.protect.any_table.rounding import round_table, rounding_figures
from introstat.protect.any_table.specification import read_specification
from introstat.protect.any_table.unrounding import attack_rounded
from introstat.protect.report import objects
from introstat.protect.report.notes import in_language
from introstat.protect.report.page import attack_page, protection_page
from introstat.protect.report.words import WORDS

COUNTS = b"""county,muni,sex,n
01,0101,women,14
01,0101,men,11
01,0104,women,9
01,0104,men,2
01,0105,women,7
01,0105,men,8
02,0211,women,6
02,0211,men,13
02,0213,women,8
02,0213,men,5
02,0214,women,1
02,0214,men,10
99,9999,women,3
"""
DIMENSIONS = """
[[dimension]]
name = "muni"
total = "Whole"
parents = "county"
[[dimension]]
name = "sex"
total = "Both"
"""
HIDING = 'threshold = 5\nhidden_groups = [{ county = "99", declared = [{ sex = "women" }] }]\n' + DIMENSIONS
ROUNDING = 'method = "rounding"\nbase = 5\n' + DIMENSIONS


def suppressed() -> objects.Object:
    specification = read_specification(HIDING)
    protected = protect_table(read_leaves(COUNTS, specification), specification, seed=1)
    return objects.suppressed(figures(protected), specification, seed=1, seconds=1.25)


def rounded() -> objects.Object:
    specification = read_specification(ROUNDING)
    done = round_table(read_leaves(COUNTS, specification), specification, seed=1)
    table = read_published(write_rounded(done), specification)
    answer = attack_rounded(table, specification)
    return objects.rounded(rounding_figures(done), answer, table, specification, seed=1, seconds=1234.5)


def test_every_language_has_every_word() -> None:
    assert set(WORDS) == {"nb", "nn", "en"}
    assert set(WORDS["nb"]) == set(WORDS["nn"]) == set(WORDS["en"])
    assert all(text.strip() for words in WORDS.values() for text in words.values())


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
@pytest.mark.parametrize("told", [suppressed, rounded])
def test_a_page_stands_alone(told: object, language: str) -> None:
    assert callable(told)
    page = protection_page(told(), source="a <table>.csv", language=language)
    assert f'<html lang="{language}">' in page
    assert "a &lt;table&gt;.csv" in page
    assert not re.search(r"<script|https?:|src=|href=", page)
    assert page.count("<section>") == page.count("</section>") >= 5


def test_what_is_lost_is_told_level_by_level() -> None:
    told = suppressed()
    levels = told["hidden"]["levels"]["muni"]
    assert set(levels) == {"Whole", "county", "muni"}
    assert sum(one["cells"] for one in levels.values()) == told["cells"]
    assert sum(one["lost"] for one in levels.values()) == told["lost"]["primary"] + told["lost"]["secondary"]
    assert sum(one["of"] for one in levels.values()) == told["lost"]["of"]
    hidden = told["cells"] - told["shown"]
    assert told["information_lost"]["cells"] == round(hidden / told["cells"], 4)
    assert told["information_lost"]["bits_per_hidden_cell"] >= 1


def test_the_weakest_cells_stand_with_their_intervals_and_without_their_values() -> None:
    for told in (suppressed(), rounded()):
        assert told["weakest"]
        widths = [one["high"] - one["low"] for one in told["weakest"]]
        assert widths == sorted(widths)
        assert min(widths) >= 1
        json.dumps(told)
    assert all(set(one) == {"cell", "low", "high"} for one in suppressed()["weakest"])


def test_declared_cells_are_named_and_their_values_are_not() -> None:
    told = suppressed()
    assert told["declared"] == [{"group": {"county": "99"}, "cells": [{"sex": "women"}]}]
    assert "women" in protection_page(told, source="a.csv", language="nb")


def test_deviations_are_told_beside_what_chance_would_give() -> None:
    told = rounded()
    assert told["deviation"]["whole"] <= 2
    everything = told["deviation"]["all"]
    assert everything["typical"] < everything["by_chance"]
    assert everything["mean"] <= everything["most"]


def test_an_attack_page_says_what_was_computed_and_how() -> None:
    specification = read_specification('threshold = 5\n[[dimension]]\nname = "place"\ntotal = "Whole"\n')
    table = read_published(b"place,ended\nWhole,8\nNorth,:\nEast,6\n", specification)
    told = objects.attacked(attack_published(table, specification))
    page = attack_page(told, source="ended.csv", seconds=0.1, language="en")
    assert "Something can be computed." in page
    assert "Whole − East = 8 − 6" in page


def remarks() -> Iterator[str]:
    """Every remark that the attacks can make, as they stand in the source, with X for what is filled in."""
    for name in ("published", "recovery", "unrounding"):
        source = files("introstat.protect.any_table").joinpath(f"{name}.py").read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "append":
                if isinstance(node.func.value, ast.Name) and node.func.value.id == "notes":
                    yield text_of(node.args[0])
            elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "notes":
                yield text_of(node.slice)


def text_of(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else "X"


def test_every_remark_of_an_attack_has_words_in_every_language() -> None:
    found = list(remarks())
    assert len(found) >= 9
    for remark in found:
        assert in_language(remark, "en") == remark
        told = {language: in_language(remark, language) for language in ("nb", "nn")}
        assert None not in told.values(), remark
        assert remark not in told.values(), remark


@pytest.mark.parametrize(
    ("english", "nb", "nn"),
    [
        ("shown in a.csv", "vist i a.csv", "vist i a.csv"),
        ("02 − 0211 = 14 − 6", "02 − 0211 = 14 − 6", "02 − 0211 = 14 − 6"),
        (
            "a + b … (9 shown cells in all) = 4",
            "a + b … (9 viste celler i alt) = 4",
            "a + b … (9 viste celler i alt) = 4",
        ),
        ("0104 = 2 counts the same people", "0104 = 2 teller de samme personene", "0104 = 2 tel dei same personane"),
        (
            "at least 0; at most 3: 02 is bounded by 9, and its other parts are at least 6 together",
            "minst 0; høyst 3: 02 er avgrenset av 9, og de andre delene er til sammen minst 6",
            "minst 0; høgst 3: 02 er avgrensa av 9, og dei andre delane er til saman minst 6",
        ),
        (
            "muni 0104 knows its own rows, and the whole",
            "muni 0104 kjenner sine egne rader og totalen",
            "muni 0104 kjenner sine eigne rader og totalen",
        ),
        ("for a reason nobody has words for", None, None),
    ],
)
def test_how_a_number_was_found_is_told_in_the_language_of_the_page(
    english: str, nb: str | None, nn: str | None
) -> None:
    assert (in_language(english, "nb"), in_language(english, "nn")) == (nb, nn)


def test_a_remark_without_words_is_shown_as_the_english_it_is() -> None:
    specification = read_specification(HIDING)
    answer = attack_published(read_published(COUNTS, specification), specification, seed=1)
    told = objects.attacked(answer) | {"notes": ["A remark of <tomorrow>."]}
    assert '<li><span lang="en">A remark of &lt;tomorrow&gt;.</span></li>' in attack_page(
        told, source="a.csv", seconds=1.0, language="nn"
    )
