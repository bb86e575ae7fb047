"""Which totals of an edition are told as equal to figures published elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
from tests.made_tables import safe_cubes

from introstat.publish.equality import compare

MEN = [4, 6, 9, 0, 0, 0, 6, 0]
WOMEN = [5, 5, 9, 0, 0, 0, 6, 0]
SAFE = safe_cubes({"0101": np.array([MEN, WOMEN])}, only=("0101",))


def published(*totals: tuple[str, dict[str, str], float]) -> dict[str, Any]:
    return {
        "title": "Resultater",
        "source": "Direktoratet",
        "address": "https://example.org/",
        "totals": [{"table": table, "cell": cell, "value": value} for table, cell, value in totals],
    }


ENDED = ("IP102", {"Region": "0", "Kjonn": "0", "ContentsCode": "Avsluttet"}, 50)
SHARE = ("IP102", {"Region": "0", "Kjonn": "0", "ContentsCode": "AndelArbeidUtdanning"}, 40)
COUNTY = ("IP102", {"Region": "01", "Kjonn": "0", "ContentsCode": "Avsluttet"}, 50)
WRONG = ("IP102", {"Region": "0", "Kjonn": "0", "ContentsCode": "TilArbeid"}, 99)
HIDDEN = ("IP102", {"Region": "01", "Kjonn": "1", "ContentsCode": "TilArbeid"}, 4)


def test_all_equal_figures_are_told_together() -> None:
    (equal,) = compare(SAFE.tables, published(ENDED, SHARE, COUNTY))
    assert equal.cells == 3
    assert equal.description_nb == "alle 3 tallene for landet og fylkene i tabell IP102"
    assert equal.source == "Resultater. Direktoratet"


def test_one_and_two_figures_are_spoken_of_as_such() -> None:
    (one,) = compare(SAFE.tables, published(ENDED))
    (two,) = compare(SAFE.tables, published(ENDED, SHARE))
    assert one.description_nn == "talet for landet i tabell IP102"
    assert two.description_en == "both figures for the country in table IP102"


def test_a_figure_that_differs_or_is_hidden_is_not_equal() -> None:
    (some,) = compare(SAFE.tables, published(ENDED, WRONG, HIDDEN))
    assert some.cells == 1
    assert some.description_nb == "1 av 3 tall for landet og fylkene i tabell IP102"
    assert compare(SAFE.tables, published(WRONG)) == ()
