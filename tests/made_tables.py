"""Safe tables made up for tests and for trying out the site: counts in, `SafeCubes` out, hidden as a policy says.

The hiding is primary only, with the partner hidden too. It is not what `protect` does and would not withstand an attack; it
gives renderers and texts every kind of cell they must survive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

import numpy as np
from numpy.typing import NDArray

from introstat.definitions.catalogue import Definitions, definitions_for
from introstat.definitions.policies import ProtectionPolicy
from introstat.definitions.tables import Count, Share
from introstat.publish import issue
from introstat.vocabulary.editions import Edition, EditionNumber, EqualToPublished, PublicReason, Review
from introstat.vocabulary.snapshots import Provenance, SnapshotKind, SnapshotMeta
from introstat.vocabulary.tables import (
    COUNTRY,
    PROTECTED_GROUP,
    REASONS,
    SEXES,
    Declared,
    Dimension,
    ProtectionReport,
    SafeCube,
    SafeCubes,
    Status,
)

LEAVES: Final = ("1", "2", "3", "4", "5", "6", "7", "8")
GROUPS: Final = {"0": LEAVES, "A": LEAVES[:2], "B": LEAVES[2:], **{leaf: (leaf,) for leaf in LEAVES}}
OSLO: Final = timezone(timedelta(hours=2))

Counts = Mapping[str, NDArray[np.int64]]
"""Per municipality, and for `PROTECTED_GROUP`, how many ended: an array men, women × the eight reasons."""


@dataclass(frozen=True, slots=True)
class Base:
    """Every count before hiding: region × sex × reason."""

    regions: tuple[str, ...]
    counts: NDArray[np.int64]

    def at(self, region: str, sex: str, reason: str) -> int:
        return int(self.counts[self.regions.index(region), SEXES.index(sex), REASONS.index(reason)])


def region_codes(definitions: Definitions) -> tuple[str, ...]:
    day = definitions.year.last_day
    geography = definitions.geography
    places = (
        geography.country(day),
        *geography.counties(day),
        *geography.municipalities(day),
        *geography.districts(day),
    )
    return tuple(place.code for place in places)


def base_of(counts: Counts, definitions: Definitions, only: tuple[str, ...] | None = None) -> Base:
    """Add up districts, where counts have some, to their municipality, municipalities to counties and the country, sexes and
    reasons to their totals."""
    has_districts = any(len(code) == 6 for code in counts)
    regions = tuple(region for region in region_codes(definitions) if has_districts or len(region) < 6)
    if only is not None:
        kept = {COUNTRY, *only, *(parent_of(code, definitions) for code in only)}
        kept |= {region for region in regions if region[:4] in only}
        regions = tuple(region for region in regions if region in kept)
    leaves = np.zeros((len(regions), 2, len(LEAVES)), dtype=np.int64)
    for code, people in counts.items():
        above = {COUNTRY} if code == PROTECTED_GROUP else {code, code[:4], parent_of(code[:4], definitions), COUNTRY}
        for region in above:
            leaves[regions.index(region)] += people
    sexes = np.stack([leaves.sum(axis=1), leaves[:, 0], leaves[:, 1]], axis=1)
    grouped = [sexes[:, :, [LEAVES.index(leaf) for leaf in GROUPS[reason]]].sum(axis=2) for reason in REASONS]
    return Base(regions, np.stack(grouped, axis=2))


def parent_of(code: str, definitions: Definitions) -> str:
    return definitions.geography.county_of(code, definitions.year.last_day).code


def hidden_cells(base: Base, definitions: Definitions, policy_name: str) -> NDArray[np.bool_]:
    """Which counts are not shown, by the policy's own words; counties and the country show their totals."""
    policy = definitions.policy(policy_name)
    hidden = np.zeros(base.counts.shape, dtype=bool)
    at = {reason: number for number, reason in enumerate(REASONS)}
    finer = [at[reason] for reason in REASONS if reason not in "0AB"]
    for r, region in enumerate(base.regions):
        for s in range(3):
            row = base.counts[r, s]
            reached, rest = int(row[at["A"]]), int(row[at["B"]])
            hide_result = policy.result_is_sensitive(reached=reached, rest=rest)
            hidden[r, s, at["0"]] = policy.number_is_sensitive(reached + rest)
            hidden[r, s, at["A"]] = hidden[r, s, at["B"]] = hide_result
            for cell in finer:
                hidden[r, s, cell] = hide_result or policy.finer_is_sensitive(int(row[cell]))
            hidden[r, s, at["1"]] = hidden[r, s, at["2"]] = hidden[r, s, at["1"]] | hidden[r, s, at["2"]]
        hidden[r, 1:] = hidden[r, 1] | hidden[r, 2] | hidden[r, 0]
        if len(region) < 4:
            hidden[r, 0, [at[reason] for reason in "0AB12"]] = False
    hidden[0] = False
    return hidden


def safe_cubes(
    counts: Counts,
    *,
    policy: str = "strict-5",
    not_reported: frozenset[str] = frozenset(),
    year: int = 2016,
    quality: Mapping[str, int] | None = None,
    only: tuple[str, ...] | None = None,
) -> SafeCubes:
    """The year's tables from made-up counts; `only` keeps these municipalities, their counties and the country."""
    definitions = definitions_for(year)
    base = base_of(counts, definitions, only)
    hidden = hidden_cells(base, definitions, policy)
    tables = {
        key: _table(key, base, hidden, not_reported, definitions)
        for key in definitions.tables.ids
        if key not in ("IP100", "IP104", "IP105")
    }
    tables = {
        "IP100": _key_figures(base, not_reported, definitions),
        **tables,
        "IP104": _bands(base, hidden, not_reported, definitions.policy(policy), year),
        "IP105": _pooled(base, hidden, not_reported, year),
    }
    municipal = [r for r, region in enumerate(base.regions) if len(region) == 4 and base.counts[r, 0, 0]]
    group = counts.get(PROTECTED_GROUP)
    report = ProtectionReport(
        policy=policy,
        policy_decision="",
        seed=0,
        hidden={"municipality": {"primary": int(hidden.sum()), "secondary": 0}},
        places_number=sum(not hidden[r, 0].item(0) for r in municipal),
        places_result=sum(not bool(hidden[r, 0, :2].any()) for r in municipal),
        places_band=_shown_in(tables["IP104"], "AndelFra"),
        places_pooled=_shown_in(tables["IP105"], "FraAar"),
        declared=() if group is None else (Declared(PROTECTED_GROUP, "0", "0", int(group.sum())),),
        attack_settled=True,
        attack_exact=0,
        attack_narrow=0,
    )
    ended = base.at(COUNTRY, "0", "0")
    return SafeCubes(
        year=definitions.year,
        tables=tables,
        report=report,
        funnel={
            "received": ended * 2 + 40,
            "valid": ended * 2,
            "population": ended + 7,
            "denominator": ended,
            "numerator": base.at(COUNTRY, "0", "A"),
        },
        quality=dict(quality or {}),
    )


def _table(
    key: str, base: Base, hidden: NDArray[np.bool_], not_reported: frozenset[str], definitions: Definitions
) -> SafeCube:
    definition = definitions.tables[key]
    with_reason = any(variable.code == "Grunn" for variable in definition.variables)
    columns = []
    for content in definition.contents:
        if isinstance(content.formula, Count):
            reasons = REASONS if with_reason else content.formula.reasons
            at = [REASONS.index(reason) for reason in reasons]
            columns.append((base.counts[:, :, at].astype(float), hidden[:, :, at], np.zeros_like(hidden[:, :, at])))
        elif isinstance(content.formula, Share):
            indicator = content.formula.indicator
            above = [REASONS.index(reason) for reason in indicator.numerator]
            below = [REASONS.index(reason) for reason in indicator.denominator]
            numerator, denominator = base.counts[:, :, above].sum(axis=2), base.counts[:, :, below].sum(axis=2)
            value = (200 * numerator + denominator) // np.maximum(2 * denominator, 1)
            hide = np.logical_or.reduce(hidden[:, :, [*above, *below]], axis=2)
            columns.append((value[:, :, None].astype(float), hide[:, :, None], np.equal(denominator, 0)[:, :, None]))
    values, hide, empty = (np.stack(parts, axis=3) for parts in zip(*columns, strict=True))
    status: NDArray[np.str_] = np.where(
        hide, Status.HIDDEN.value, np.where(empty, Status.NOT_APPLICABLE.value, "")
    ).astype("<U2")
    for code in not_reported:
        status[base.regions.index(code)] = Status.NOT_AVAILABLE.value
    values = np.where(status == "", values, np.nan)
    contents = tuple(content.code for content in definition.contents)
    dimensions = [Dimension("Region", base.regions), Dimension("Kjonn", SEXES)]
    if with_reason:
        dimensions.append(Dimension("Grunn", REASONS))
    else:
        values, status = values[:, :, 0], status[:, :, 0]
    dimensions += [Dimension("ContentsCode", contents), Dimension("Tid", (str(definitions.year),))]
    return SafeCube(key, tuple(dimensions), values[..., None].copy(), status[..., None].copy())


def _bands(
    base: Base, hidden: NDArray[np.bool_], not_reported: frozenset[str], policy: ProtectionPolicy, year: int
) -> SafeCube:
    """The side of the coarsest division that a result lies on, where it is hidden and the number ended is not."""
    edge = policy.band_edges[0][0]
    contents = ("Avsluttet", "AndelFra", "AndelTil")
    values = np.full((len(base.regions), len(contents), 1), np.nan)
    status = np.full(values.shape, Status.HIDDEN.value, dtype="<U2")
    for r, region in enumerate(base.regions):
        ended, reached = int(base.counts[r, 0, 0]), int(base.counts[r, 0, REASONS.index("A")])
        if region in not_reported:
            status[r] = Status.NOT_AVAILABLE.value
            continue
        if not hidden[r, 0, 0]:
            values[r, 0], status[r, 0] = ended, Status.SHOWN.value
        if not hidden[r, 0, REASONS.index("A")]:
            status[r, 1:] = Status.NOT_APPLICABLE.value
        elif not hidden[r, 0, 0] and ended >= policy.result_base_from:
            values[r, 1:, 0] = (edge, 100) if 100 * reached >= edge * ended else (0, edge)
            status[r, 1:] = Status.SHOWN.value
    dimensions = (
        Dimension("Region", base.regions),
        Dimension("ContentsCode", contents),
        Dimension("Tid", (str(year),)),
    )
    return SafeCube("IP104", dimensions, values, status)


def _pooled(base: Base, hidden: NDArray[np.bool_], not_reported: frozenset[str], year: int) -> SafeCube:
    """A made-up result of three years for every municipality whose own is hidden."""
    contents = ("FraAar", "Avsluttet", "ArbeidUtdanning", "AndelArbeidUtdanning")
    values = np.full((len(base.regions), len(contents), 1), np.nan)
    status = np.full(values.shape, Status.NOT_APPLICABLE.value, dtype="<U2")
    for r, region in enumerate(base.regions):
        if region in not_reported:
            status[r] = Status.NOT_AVAILABLE.value
        elif len(region) == 4 and not base.counts[r, 0, 0]:
            status[r] = Status.HIDDEN.value
        elif len(region) == 4 and hidden[r, 0, REASONS.index("A")]:
            values[r, :, 0], status[r] = (year - 2, 40, 16, 40), Status.SHOWN.value
    dimensions = (
        Dimension("Region", base.regions),
        Dimension("ContentsCode", contents),
        Dimension("Tid", (str(year),)),
    )
    return SafeCube("IP105", dimensions, values, status)


def _shown_in(cube: SafeCube, content: str) -> int:
    """How many municipalities show a content."""
    regions, contents = cube.dimension("Region").values, cube.dimension("ContentsCode").values
    shown = cube.status[:, contents.index(content), 0] == Status.SHOWN.value
    return sum(len(region) == 4 and bool(is_shown) for region, is_shown in zip(regions, shown, strict=True))


def _key_figures(base: Base, not_reported: frozenset[str], definitions: Definitions) -> SafeCube:
    parameters = definitions.parameters(definitions.year.last_day)
    municipal = [r for r, region in enumerate(base.regions) if len(region) == 4]
    ended, reached = base.counts[municipal, 0, 0], base.counts[municipal, 0, REASONS.index("A")]
    enough = ended >= parameters.key_figure_ended
    good = enough & (100 * reached >= parameters.key_figure_share * ended)
    found = [int(enough.sum()), int(good.sum()), len(municipal) - len(not_reported)]
    contents = tuple(content.code for content in definitions.tables["IP100"].contents)
    return SafeCube(
        "IP100",
        (
            Dimension("Region", (COUNTRY,)),
            Dimension("ContentsCode", contents),
            Dimension("Tid", (str(definitions.year),)),
        ),
        np.array(found, dtype=float).reshape(1, 3, 1),
        np.full((1, 3, 1), "", dtype="<U2"),
    )


def plausible_counts(seed: int = 2016, *, year: int = 2016) -> tuple[dict[str, NDArray[np.int64]], frozenset[str]]:
    """Counts of the size of a real year, and the municipalities that reported nothing."""
    random = np.random.default_rng(seed)
    definitions = definitions_for(year)
    codes = [place.code for place in definitions.geography.municipalities(definitions.year.last_day)]
    level = {county: random.normal(0.45, 0.07) for county in sorted({code[:2] for code in codes})}
    found: dict[str, NDArray[np.int64]] = {}
    nobody = set(random.choice(codes, 43, replace=False).tolist()) - {"0301"}
    silent = frozenset(sorted(nobody)[:4])
    for code in codes:
        if code in nobody:
            continue
        size = 410 if code == "0301" else 1 + int(random.pareto(1.05) * 3.2)
        share = float(np.clip(random.normal(level[code[:2]], 0.1), 0.1, 0.9))
        people = np.zeros((2, len(LEAVES)), dtype=np.int64)
        for sex, tilt in ((0, 0.08), (1, -0.1)):
            number = int(random.binomial(min(size, 300), 0.58)) if sex == 0 else min(size, 300) - int(people.sum())
            reached = float(np.clip(share + tilt, 0.03, 0.97))
            rest = np.array([0.22, 0.2, 0.2, 0.06, 0.22, 0.1]) * (1 - reached)
            people[sex] = random.multinomial(number, [reached * 0.53, reached * 0.47, *rest])
        found[code] = people
    found[PROTECTED_GROUP] = np.array([[6, 4, 1, 2, 2, 1, 3, 1], [6, 5, 1, 1, 1, 0, 2, 0]])
    return found, silent


def made_edition(
    safe: SafeCubes,
    *,
    number: str = "2016.1",
    provenance: Provenance = Provenance.SYNTHETIC,
    equal: tuple[EqualToPublished, ...] = (),
    previous: Mapping[str, bytes] | None = None,
    year_before: Mapping[str, bytes] | None = None,
    public_reason: str | PublicReason = "",
) -> Edition:
    """An edition around made-up tables, prepared and approved by two invented people."""
    definitions = definitions_for(safe.year.value)
    edition = EditionNumber.parse(number)
    return issue(
        safe,
        definitions=definitions,
        snapshot=SnapshotMeta(
            year=safe.year,
            as_of=datetime(2017, 6, 1, tzinfo=UTC),
            kind=SnapshotKind.PRELIMINARY if edition.is_preliminary else SnapshotKind.FINAL,
            provenance=provenance,
            definitions=definitions.version,
            ledger_head="0" * 64,
            received=safe.funnel["received"],
            valid=safe.funnel["valid"],
            programmes=safe.funnel["population"],
        ),
        snapshot_number=1,
        snapshot_checksum="1" * 64,
        review=Review(
            snapshot=1,
            digest="2" * 64,
            prepared_by="kari.lagar",
            prepared=datetime(2017, 6, 6, 9, 0, tzinfo=OSLO),
            approved_by="ola.godkjenner",
            approved=datetime(2017, 6, 20, 9, 0, tzinfo=OSLO),
            next_release=date(2018, 7, 5),
            public_reason=PublicReason(nb=public_reason) if isinstance(public_reason, str) else public_reason,
        ),
        number=edition,
        released=datetime(2017, 7, 6, 8, 0, tzinfo=OSLO),
        equal_to_published=equal,
        previous=previous,
        year_before=year_before,
    )
