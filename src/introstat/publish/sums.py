"""What must add up among the cells that are shown: reasons, sexes, regions, shares, and cells that two tables share.

A sum is checked where all its parts are shown. Regions are compared one by one and by the number ended alone: people with a
protected address are in the country only, and a person who ended in two municipalities counts once in the county, by the
last of the two.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from introstat.definitions.tables import Count, Share
from introstat.publish.formats import half_up_percent
from introstat.publish.voice import BANDS, KEY_FIGURES, POOLED, REASONS, RESULTS
from introstat.vocabulary.tables import COUNTRY, Status

if TYPE_CHECKING:
    from introstat.definitions.catalogue import Definitions
    from introstat.publish.reading import Codes, Seen

_PARTS: Final = {"0": ("A", "B"), "A": ("1", "2"), "B": ("3", "4", "5", "6", "7", "8")}

Cells = Mapping["Codes", "Seen"]


def sums(
    seen: Mapping[str, Cells], *, values: Mapping[str, Mapping[str, tuple[str, ...]]], definitions: Definitions
) -> Iterator[tuple[str, str]]:
    """Each disagreement as the table and a sentence. Tables that could not be read are left out of the comparison."""
    base = seen.get(REASONS)
    if base is not None:
        yield from _reasons(base)
    for table, cells in seen.items():
        yield from _sexes(table, cells, values[table], definitions)
        if base is not None and table not in (REASONS, KEY_FIGURES, BANDS, POOLED):
            yield from _contents(table, cells, base, definitions)
    if RESULTS in seen:
        yield from _regions(seen[RESULTS], definitions)
    if BANDS in seen and RESULTS in seen:
        yield from _bands(seen[BANDS], seen[RESULTS])
    if POOLED in seen and RESULTS in seen:
        yield from _pooled(seen[POOLED], seen[RESULTS])
    if KEY_FIGURES in seen and RESULTS in seen:
        yield from _key_figures(seen[KEY_FIGURES], seen[RESULTS])


def _reasons(base: Cells) -> Iterator[tuple[str, str]]:
    for codes, whole in base.items():
        region, sex, reason, *rest = codes
        parts = [base[region, sex, part, *rest] for part in _PARTS.get(reason, ())]
        if parts and whole.value is not None and not _adds_up(whole, parts):
            yield REASONS, f"{', '.join(codes)} is {whole.value:g}, which is not the sum of its reasons"


def _adds_up(whole: Seen, parts: list[Seen]) -> bool:
    """Equal where every part is shown, and never more than the whole."""
    shown = sum(part.value for part in parts if part.value is not None)
    return shown == whole.value if all(part.value is not None for part in parts) else shown <= (whole.value or 0)


def _sexes(
    table: str, cells: Cells, values: Mapping[str, tuple[str, ...]], definitions: Definitions
) -> Iterator[tuple[str, str]]:
    variables = list(values)
    if "Kjonn" not in variables:
        return
    at = variables.index("Kjonn")
    for codes, whole in cells.items():
        if codes[at] != "0" or whole.value is None or _is_share(table, codes, variables, definitions):
            continue
        parts = [cells[(*codes[:at], sex, *codes[at + 1 :])] for sex in ("1", "2")]
        if not _adds_up(whole, parts):
            yield table, f"{', '.join(codes)} is {whole.value:g}, which is not the sum of men and women"


def _regions(cells: Cells, definitions: Definitions) -> Iterator[tuple[str, str]]:
    """Everyone who ended in a place ended in the place it lies in. Why may differ there: it is asked at the last end."""
    day = definitions.year.last_day
    for codes, part in cells.items():
        place = definitions.geography.find(codes[0], day)
        whole = cells.get((str(place.parent), *codes[1:])) if place else None
        if codes[2] == "Avsluttet" and whole is not None and (part.value or 0) > (whole.value or part.value or 0):
            yield (
                RESULTS,
                f"{', '.join(codes)} is {part.value:g}, more than the {whole.value:g} of the region it lies in",
            )


def _is_share(table: str, codes: Codes, variables: list[str], definitions: Definitions) -> bool:
    return definitions.tables[table].content(codes[variables.index("ContentsCode")]).is_share


def _contents(table: str, cells: Cells, base: Cells, definitions: Definitions) -> Iterator[tuple[str, str]]:
    """Counts against the same counts by reason, and shares against their counts; none of them where those are hidden.

    So whoever attacks the counts by reason attacks these too.
    """
    for content in definitions.tables[table].contents:
        formula = content.formula
        for codes, seen in cells.items():
            region, sex, code, *rest = codes
            if code != content.code or seen.value is None:
                continue

            def people(
                reasons: tuple[str, ...], key: tuple[str, str] = (region, sex), year: str = rest[0]
            ) -> int | None:
                found = [base[(*key, reason, "Avsluttet", year)].value for reason in reasons]
                return None if None in found else int(sum(value for value in found if value is not None))

            if isinstance(formula, Count):
                due = people(formula.reasons)
                if due is None:
                    yield table, f"{', '.join(codes)} is shown, and by reason it is hidden"
                elif due != seen.value:
                    yield table, f"{', '.join(codes)} is {seen.value:g}; by reason it is {due}"
            elif isinstance(formula, Share):
                above, below = people(formula.indicator.numerator), people(formula.indicator.denominator)
                if above is None or below is None:
                    yield table, f"{', '.join(codes)} is shown, and the counts it is a share of are not"
                elif (share := formula.indicator.per_cent(above, below)) is not None and share != seen.value:
                    yield table, f"{', '.join(codes)} is {seen.value:g} per cent; the counts give {share}"
                if not 0 <= seen.value <= 100:
                    yield table, f"{', '.join(codes)} is {seen.value:g}, which is no share"


def _bands(bands: Cells, results: Cells) -> Iterator[tuple[str, str]]:
    """A band goes up, stands beside the number ended that the results show, and only where the share itself does not stand."""
    for codes, ended in bands.items():
        region, content, year = codes
        if content != "Avsluttet":
            continue
        if ended.value != results[region, "0", "Avsluttet", year].value:
            yield BANDS, f"{', '.join(codes)} is not what the results show"
        low, high = (bands[region, edge, year].value for edge in ("AndelFra", "AndelTil"))
        if (low is None) != (high is None):
            yield BANDS, f"{region}, {year} has one edge of a band and not the other"
        elif low is not None and high is not None:
            if not 0 <= low < high <= 100:
                yield BANDS, f"{region}, {year} goes from {low:g} to {high:g}, which is no band"
            if results[region, "0", "AndelArbeidUtdanning", year].value is not None or ended.value is None:
                yield BANDS, f"{region}, {year} has a band where the share is shown, or the number ended is not"


def _pooled(pooled: Cells, results: Cells) -> Iterator[tuple[str, str]]:
    """Several years together: all of a row or nothing, years before the table's own, and a share of its own two counts."""
    for region, content, year in pooled:
        if content != "FraAar":
            continue
        contents = ("FraAar", "Avsluttet", "ArbeidUtdanning", "AndelArbeidUtdanning")
        first, ended, reached, share = (pooled[region, one, year].value for one in contents)
        if first is None or ended is None or reached is None or share is None:
            if not first == ended == reached == share:
                yield POOLED, f"{region}, {year} shows a part of a result"
            continue
        if not first < int(year) or not 0 <= reached <= ended or share != half_up_percent(int(reached), int(ended)):
            yield POOLED, f"{region}, {year} is no result of several years: {reached:g} of {ended:g} from {first:g}"
        own = results[region, "0", "Avsluttet", year].value
        if own and results[region, "0", "AndelArbeidUtdanning", year].value is not None:
            yield POOLED, f"{region}, {year} has several years together where the year's result is shown"


def _key_figures(key_figures: Cells, results: Cells) -> Iterator[tuple[str, str]]:
    municipal = {
        codes: seen for codes, seen in results.items() if len(codes[0]) == 4 and codes[1:3] == ("0", "Avsluttet")
    }
    reported = sum(seen.status != Status.NOT_AVAILABLE for seen in municipal.values())
    for codes, seen in key_figures.items():
        if codes[:2] == (COUNTRY, "KommunerRapportert") and seen.value is not None and seen.value != reported:
            yield KEY_FIGURES, f"{', '.join(codes)} is {seen.value:g}; the tables mark {reported} as having reported"
