"""How a number becomes words: the formats a figure in a text can have, in each language.

A format takes the values of its cells and a language and gives the text; `verify` runs the same function again on the
cells of the tables. Whole per cent, half rounded up, computed in whole numbers so that 12.5 is always 13:

    render("share", (65, 194), language="nb") == "34 %"        (with a non-breaking space)
    render("fraction", (65, 194), language="nb") == "om lag en tredel"
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import ceil, floor, sqrt
from types import MappingProxyType
from typing import Final

from introstat.vocabulary.texts import Language

NBSP: Final = "\u00a0"
Z95: Final = 1.959964
"""The 97.5 percentile of the standard normal distribution."""

_MONTHS: Final[Mapping[Language, tuple[str, ...]]] = {
    "nb": ("januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
           "desember"),
    "nn": ("januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
           "desember"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December"),
}  # fmt: skip

NEAR: Final = Fraction(1, 50)
"""How far from a fraction a share may lie and still be told as about that fraction."""

_FRACTIONS: Final[tuple[tuple[Fraction, Mapping[Language, str]], ...]] = (
    (Fraction(1, 2), {"nb": "halvparten", "nn": "halvparten", "en": "half"}),
    (Fraction(1, 3), {"nb": "en tredel", "nn": "ein tredel", "en": "a third"}),
    (Fraction(2, 3), {"nb": "to tredeler", "nn": "to tredelar", "en": "two thirds"}),
    (Fraction(1, 4), {"nb": "en firedel", "nn": "ein firedel", "en": "a quarter"}),
    (Fraction(3, 4), {"nb": "tre firedeler", "nn": "tre firedelar", "en": "three quarters"}),
    (Fraction(1, 5), {"nb": "en femdel", "nn": "ein femdel", "en": "a fifth"}),
)
_ABOUT: Final[Mapping[Language, str]] = {"nb": "om lag", "nn": "om lag", "en": "about"}


_WORDS: Final[Mapping[Language, tuple[str, ...]]] = {
    "nb": ("null", "én", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni", "ti", "elleve", "tolv"),
    "nn": ("null", "éin", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni", "ti", "elleve", "tolv"),
    "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
}


def long_date(day: date, *, language: Language) -> str:
    """`6. juli 2017`, `6 July 2017`."""
    month = _MONTHS[language][day.month - 1]
    return f"{day.day} {month} {day.year}" if language == "en" else f"{day.day}. {month} {day.year}"


def thousands(value: int, *, language: Language) -> str:
    """`4 469` with a non-breaking space, `4,469` in English."""
    grouped = f"{value:,}"
    return grouped if language == "en" else grouped.replace(",", NBSP)


def half_up_percent(numerator: int, denominator: int) -> int:
    """The share in whole per cent, half rounded up; raises ZeroDivisionError on nobody."""
    return (200 * numerator + denominator) // (2 * denominator)


def per_cent(value: int, *, language: Language) -> str:
    """`46 %` with a non-breaking space, `46%` in English."""
    return f"{value}%" if language == "en" else f"{value}{NBSP}%"


def wilson(numerator: int, denominator: int) -> tuple[float, float]:
    """The 95 per cent score interval of a share, as two numbers from 0 to 1 (E. B. Wilson, 1927)."""
    share = numerator / denominator
    scale = 1 + Z95**2 / denominator
    middle = (share + Z95**2 / (2 * denominator)) / scale
    half = Z95 * sqrt(share * (1 - share) / denominator + Z95**2 / (4 * denominator**2)) / scale
    return max(0.0, middle - half), min(1.0, middle + half)


def differs(first: tuple[int, int], second: tuple[int, int]) -> bool:
    """Whether two shares (numerator, denominator) of different people differ by more than chance would give.

    The 95 per cent interval of the difference made from the two score intervals, without zero in it: it holds for small
    groups too, where the usual test does not (R. G. Newcombe, 1998, method 10).
    """
    if not first[1] or not second[1]:
        return False
    share_1, share_2 = first[0] / first[1], second[0] / second[1]
    (low_1, high_1), (low_2, high_2) = wilson(*first), wilson(*second)
    difference = share_1 - share_2
    low = difference - sqrt((share_1 - low_1) ** 2 + (high_2 - share_2) ** 2)
    high = difference + sqrt((high_1 - share_1) ** 2 + (share_2 - low_2) ** 2)
    return low > 0 or high < 0


def fraction_name(numerator: int, denominator: int, *, language: Language) -> str | None:
    """The everyday name of a share, `om lag en tredel`; without `om lag` where it is exact, None where none is near."""
    if not denominator:
        return None
    share = Fraction(numerator, denominator)
    fraction, names = min(_FRACTIONS, key=lambda named: abs(share - named[0]))
    if share == fraction:
        return names[language]
    if abs(share - fraction) < NEAR:
        return f"{_ABOUT[language]} {names[language]}"
    return None


def _count(values: Sequence[int], language: Language) -> str:
    (value,) = values
    return thousands(value, language=language)


def _year(values: Sequence[int], _language: Language) -> str:
    (value,) = values
    return str(value)


def _percent(values: Sequence[int], language: Language) -> str:
    (value,) = values
    return per_cent(value, language=language)


def _word(values: Sequence[int], language: Language) -> str:
    (value,) = values
    return _WORDS[language][value] if 0 <= value < len(_WORDS[language]) else thousands(value, language=language)


def _share(values: Sequence[int], language: Language) -> str:
    numerator, denominator = values
    return per_cent(half_up_percent(numerator, denominator), language=language)


def _fraction(values: Sequence[int], language: Language) -> str:
    numerator, denominator = values
    name = fraction_name(numerator, denominator, language=language)
    if name is None:
        raise ValueError(f"{numerator} of {denominator} is near no fraction that has a name")
    return name


def _difference(values: Sequence[int], language: Language) -> str:
    return thousands(values[0] - sum(values[1:]), language=language)


def _rest_share(values: Sequence[int], language: Language) -> str:
    whole_numerator, part_numerator, whole, part = values
    return per_cent(half_up_percent(whole_numerator - part_numerator, whole - part), language=language)


def _wilson_low(values: Sequence[int], language: Language) -> str:
    low, _ = wilson(*_pair(values))
    return per_cent(floor(100 * low), language=language)


def _wilson_high(values: Sequence[int], language: Language) -> str:
    _, high = wilson(*_pair(values))
    return per_cent(ceil(100 * high), language=language)


_BANDS: Final[Mapping[Language, tuple[str, str, str]]] = {
    "nb": ("under {high}", "{low} eller mer", "mellom {first} og {high}"),
    "nn": ("under {high}", "{low} eller meir", "mellom {first} og {high}"),
    "en": ("below {high}", "{low} or more", "between {first} and {high}"),
}


def _band(values: Sequence[int], language: Language) -> str:
    low, high = _pair(values)
    below, above, between = _BANDS[language]
    template = below if low == 0 else above if high == 100 else between
    return template.format(first=low, low=per_cent(low, language=language), high=per_cent(high, language=language))


def _how_many(values: Sequence[int], language: Language) -> str:
    return thousands(len(values), language=language)


def _pair(values: Sequence[int]) -> tuple[int, int]:
    numerator, denominator = values
    return numerator, denominator


FORMATS: Final[Mapping[str, Callable[[Sequence[int], Language], str]]] = MappingProxyType(
    {
        "count": _count,
        "year": _year,
        "percent": _percent,
        "word": _word,
        "share": _share,
        "fraction": _fraction,
        "difference": _difference,
        "rest-share": _rest_share,
        "wilson-low": _wilson_low,
        "wilson-high": _wilson_high,
        "how-many": _how_many,
        "band": _band,
    }
)
"""`count` 4 469 · `year` 2014 · `percent` 46 % of a share cell · `word` fem, six up to
twelve · `share` of numerator and denominator ·
`fraction` the same in a word · `difference` first minus the rest · `rest-share` the share of what is left of a whole when a
part is taken out (whole's numerator, part's, whole's denominator, part's) · `wilson-low`, `wilson-high` the score interval rounded
outwards · `how-many` the number of cells given · `band` under 35 %, mellom 35 og 55 %, of the edges of a band."""


def render(name: str, values: Sequence[float], *, language: Language) -> str:
    """A figure's text from the values of its cells. Raises KeyError for an unknown format, ValueError for other values."""
    whole = [int(value) for value in values]
    if any(part != value for part, value in zip(whole, values, strict=True)):
        raise ValueError("a figure in a text rests on whole numbers")
    return FORMATS[name](whole, language)
