"""How numbers become words."""

from __future__ import annotations

from datetime import date

import pytest

from introstat.publish.formats import differs, fraction_name, half_up_percent, long_date, render, wilson
from introstat.vocabulary.texts import LANGUAGES, Language


@pytest.mark.parametrize(
    ("name", "values", "nb", "en"),
    [
        ("count", (0,), "0", "0"),
        ("count", (999,), "999", "999"),
        ("count", (4469,), "4\u00a0469", "4,469"),
        ("count", (1234567,), "1\u00a0234\u00a0567", "1,234,567"),
        ("percent", (46,), "46\u00a0%", "46%"),
        ("share", (1, 8), "13\u00a0%", "13%"),
        ("share", (2048, 4469), "46\u00a0%", "46%"),
        ("share", (0, 7), "0\u00a0%", "0%"),
        ("word", (5,), "fem", "five"),
        ("word", (13,), "13", "13"),
        ("difference", (4469, 4400, 33), "36", "36"),
        ("rest-share", (20, 10, 50, 30), "50\u00a0%", "50%"),
        ("how-many", (7, 7, 9), "3", "3"),
        ("fraction", (65, 194), "om lag en tredel", "about a third"),
    ],
)
def test_a_number_is_written_as_readers_of_the_language_write_it(
    name: str, values: tuple[int, ...], nb: str, en: str
) -> None:
    assert render(name, values, language="nb") == nb
    assert render(name, values, language="en") == en


@pytest.mark.parametrize(
    ("numerator", "denominator", "name"),
    [
        (65, 194, "om lag en tredel"),
        (1, 3, "en tredel"),
        (1, 2, "halvparten"),
        (49, 100, "om lag halvparten"),
        (31, 100, None),
        (9, 20, None),
        (0, 20, None),
        (20, 20, None),
        (0, 0, None),
        (2, 3, "to tredeler"),
        (3, 4, "tre firedeler"),
        (1, 4, "en firedel"),
        (11, 50, None),
        (21, 100, "om lag en femdel"),
    ],
)
def test_a_fraction_is_named_only_when_the_share_is_near_it(numerator: int, denominator: int, name: str | None) -> None:
    assert fraction_name(numerator, denominator, language="nb") == name


def test_two_hundredths_away_is_no_longer_near() -> None:
    assert fraction_name(53, 150, language="nb") is None
    assert fraction_name(52, 150, language="nb") == "om lag en tredel"


@pytest.mark.parametrize(
    ("numerator", "denominator", "percent"), [(1, 200, 1), (1, 201, 0), (125, 1000, 13), (5, 5, 100)]
)
def test_half_a_per_cent_is_rounded_up(numerator: int, denominator: int, percent: int) -> None:
    assert half_up_percent(numerator, denominator) == percent


def test_the_score_interval_is_the_one_in_the_literature() -> None:
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_a_difference_of_few_people_is_not_called_one() -> None:
    assert not differs((3, 6), (1, 6))
    assert differs((56, 70), (48, 80))
    assert not differs((0, 0), (48, 80))
    assert differs((1369, 2583), (679, 1886))


@pytest.mark.parametrize(("language", "text"), [("nb", "6. juli 2017"), ("nn", "6. juli 2017"), ("en", "6 July 2017")])
def test_a_date_is_written_out(language: Language, text: str) -> None:
    assert long_date(date(2017, 7, 6), language=language) == text


def test_a_figure_that_is_not_whole_is_refused() -> None:
    for language in LANGUAGES:
        with pytest.raises(ValueError, match="whole numbers"):
            render("count", [1.5], language=language)
