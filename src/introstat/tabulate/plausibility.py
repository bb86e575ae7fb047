"""What a reader should look at before these figures go further: set beside last year's, and beside what is known of them.

Nothing is refused here. A remark is a question to the office: "three times as many as last year" may be true, and has been a
file sent three times. The limits are the ones municipalities are asked by, so that both are asked about the same things.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from introstat.definitions.reasons import NOT_REGISTERED
from introstat.tabulate.indicators import ALL_REASONS, BOTH_SEXES
from introstat.vocabulary.tables import COUNTRY, PROTECTED_GROUP
from introstat.vocabulary.texts import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from introstat.definitions.catalogue import Definitions
    from introstat.vocabulary.tables import Cubes

_MEN: Final = "1"
_FAR: Final = Text(
    nb="{place}: {now} avsluttet mot {before} året før.",
    nn="{place}: {now} avslutta mot {before} året før.",
    en="{place}: {now} ended, against {before} the year before.",
)
_SEXES: Final = Text(
    nb="{place}: andelen menn er {now} prosent mot {before} prosent året før. Er kjønnene byttet om?",
    nn="{place}: prosentdelen menn er {now} prosent mot {before} prosent året før. Er kjønna bytte om?",
    en="{place}: the share of men is {now} per cent, against {before} per cent the year before. Were the sexes swapped?",
)
_WITHOUT_REASON: Final = Text(
    nb="{now} av {all} som avsluttet, mangler årsak ({share} prosent). De teller som ikke nådd.",
    nn="{now} av {all} som avslutta, manglar årsak ({share} prosent). Dei tel som ikkje nådd.",
    en="{now} of {all} who ended have no reason ({share} per cent). They count as not having reached the goal.",
)
_CLOSED: Final = Text(
    nb="{now} av {all} er avsluttet av registeret selv.",
    nn="{now} av {all} er avslutta av registeret sjølv.",
    en="{now} of {all} were ended by the register itself.",
)
_SILENT: Final = Text(
    nb="{now} av {all} kommuner har ikke rapportert noe. De står uten tall, ikke med null.",
    nn="{now} av {all} kommunar har ikkje rapportert noko. Dei står utan tal, ikkje med null.",
    en="{now} of {all} municipalities have reported nothing. They have no figure, which is not zero.",
)


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to look at: the place it is about, and what to ask. Holds unprotected numbers: for the office only."""

    region: str
    text: Text


def remarks(cubes: Cubes, *, definitions: Definitions, earlier: Cubes | None) -> tuple[Remark, ...]:
    """What stands out in a year's counts; ``earlier`` are last year's, None where there are none to compare with."""
    found = list(_about_the_year(cubes, definitions=definitions))
    if earlier is not None:
        found += _against(cubes, earlier, definitions=definitions)
    return tuple(found)


def _about_the_year(cubes: Cubes, *, definitions: Definitions) -> Iterator[Remark]:
    everyone = cubes.exits.at(COUNTRY, BOTH_SEXES, ALL_REASONS)
    without = cubes.exits.at(COUNTRY, BOTH_SEXES, NOT_REGISTERED)
    share = definitions.indicators["not_registered"].per_cent(without, everyone)
    if without:
        yield Remark(COUNTRY, _WITHOUT_REASON.fill(now=without, all=everyone, share=share))
    if closed := cubes.quality.get("closed_by_register", 0):
        yield Remark(COUNTRY, _CLOSED.fill(now=closed, all=everyone))
    if cubes.not_reported:
        municipalities = len(definitions.geography.municipalities(definitions.year.last_day))
        yield Remark(COUNTRY, _SILENT.fill(now=len(cubes.not_reported), all=municipalities))


def _against(cubes: Cubes, earlier: Cubes, *, definitions: Definitions) -> Iterator[Remark]:
    """Places that both years have, under the same code, and that are large enough in one of them to be compared."""
    limits = definitions.parameters(definitions.year.last_day)
    known = set(earlier.exits.dimensions[0].values)
    for region in cubes.exits.dimensions[0].values:
        if region == PROTECTED_GROUP or region not in known or region in cubes.not_reported | earlier.not_reported:
            continue
        label = definitions.region_label(region, definitions.year.last_day)
        now, before = (one.exits.at(region, BOTH_SEXES, ALL_REASONS) for one in (cubes, earlier))
        fewest, most = sorted((now, before))
        if most >= limits.far_people_fewest and most >= limits.far_times * fewest:
            yield Remark(region, _FAR.fill(place=label, now=now, before=before))
        men_now, men_before = (one.exits.at(region, _MEN, ALL_REASONS) for one in (cubes, earlier))
        if fewest < limits.swapped_people_fewest:
            continue
        moved = abs(100 * men_now * before - 100 * men_before * now)
        crossed = (2 * men_now > now) != (2 * men_before > before)
        if crossed and moved >= limits.swapped_points_least * now * before:
            share = definitions.indicators.result.per_cent
            yield Remark(region, _SEXES.fill(place=label, now=share(men_now, now), before=share(men_before, before)))
