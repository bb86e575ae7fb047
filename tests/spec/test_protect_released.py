"""What a reader with the released table alone can compute, by example."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from introstat.protect.copies import Copy
from introstat.protect.released import Answer, attack_released
from introstat.vocabulary.tables import REASONS, SEXES, Dimension, SafeCube

REGIONS = ("0", "01", "0101", "0104", "0105")
LEAVES = REASONS[3:]


def counts(year: int = 2016) -> NDArray[np.int64]:
    """Regions × sexes × reasons that add up; the country has three more people than its county."""
    rng = np.random.default_rng(year - 2011)
    base = np.zeros((len(REGIONS), 3, len(REASONS)), np.int64)
    base[2:, 1:, 3:] = rng.integers(1, 9, (3, 2, len(LEAVES)))
    base[1] = base[2:].sum(axis=0)
    base[0] = base[1]
    base[0, 1, 3:6] += 1
    base[:, 0] = base[:, 1] + base[:, 2]
    base[:, :, 1] = base[:, :, 3:5].sum(axis=2)
    base[:, :, 2] = base[:, :, 5:].sum(axis=2)
    base[:, :, 0] = base[:, :, 1] + base[:, :, 2]
    return base


def table(hidden: NDArray[np.bool_], year: int = 2016) -> SafeCube:
    values = np.where(hidden, np.nan, counts(year).astype(np.float64))[..., None, None]
    return SafeCube(
        "IP101",
        (
            Dimension("Region", REGIONS),
            Dimension("Kjonn", SEXES),
            Dimension("Grunn", REASONS),
            Dimension("ContentsCode", ("Avsluttet",)),
            Dimension("Tid", (str(year),)),
        ),
        values,
        np.where(np.isnan(values), ":", ""),
    )


def hide(*cells: tuple[str, str, str]) -> NDArray[np.bool_]:
    hidden = np.zeros(counts().shape, np.bool_)
    for region, sex, reason in cells:
        hidden[REGIONS.index(region), SEXES.index(sex), REASONS.index(reason)] = True
    return hidden


def several(year: int, **rows: tuple[int, int, int]) -> SafeCube:
    """A table of several years together: by region, without its first letter, the first year, how many ended and reached."""
    contents = ("FraAar", "Avsluttet", "ArbeidUtdanning", "AndelArbeidUtdanning")
    values = np.full((len(REGIONS), len(contents), 1), np.nan)
    for region, (first, ended, reached) in rows.items():
        values[REGIONS.index(region[1:]), :, 0] = (first, ended, reached, round(100 * reached / ended))
    dimensions = (Dimension("Region", REGIONS), Dimension("ContentsCode", contents), Dimension("Tid", (str(year),)))
    return SafeCube("IP105", dimensions, values, np.where(np.isnan(values), "..", ""))


def together(region: str, *years: int) -> tuple[int, int, int]:
    """What a table of several years says of a region, from the true counts."""
    rows = [counts(year)[REGIONS.index(region), 0] for year in years]
    return min(years), int(sum(row[0] for row in rows)), int(sum(row[1] for row in rows))


def reasons_of(*regions: str) -> NDArray[np.bool_]:
    """All but the number ended is hidden in these places, so each keeps its secret behind the other."""
    return hide(*((region, sex, reason) for region in regions for sex in SEXES for reason in REASONS[1:])) | hide(
        *((region, sex, "0") for region in regions for sex in ("1", "2"))
    )


def recovered(answer: Answer) -> dict[tuple[str, str, str, str], tuple[int, int]]:
    return {(one.edition, one.region, one.sex, one.reason): (one.low, one.high) for one in answer.recovered}


def test_one_hidden_cell_in_a_sum_is_recovered_with_its_value() -> None:
    answer = attack_released(Copy(table(hide(("0104", "1", "5")))))
    assert answer.consistent
    assert answer.settled
    found = {(one.region, one.sex, one.reason): (one.low, one.high) for one in answer.recovered}
    true = int(counts()[REGIONS.index("0104"), 1, REASONS.index("5")])
    assert found["0104", "1", "5"] == (true, true)


def test_a_square_of_hidden_cells_keeps_its_secret() -> None:
    square = [(region, sex, reason) for region in ("0104", "0105") for sex in ("1", "2") for reason in ("5", "6")]
    answer = attack_released(Copy(table(hide(*square))))
    assert answer.settled
    assert not {one.region for one in answer.recovered} & {"0104", "0105"}


def test_people_in_the_country_only_are_recovered_where_every_county_is_shown() -> None:
    answer = attack_released(Copy(table(hide())))
    assert {one.region for one in answer.recovered} == {"protected"}
    assert ("protected", "1", "3") in {(one.region, one.sex, one.reason) for one in answer.recovered}


def test_a_table_that_contradicts_itself_is_not_called_safe() -> None:
    good = table(hide(("0104", "1", "5"), ("0104", "1", "6")))
    values = good.values.copy()
    values[0, 0, 0] += 1
    wrong = SafeCube(good.table, good.dimensions, values, good.status.copy())
    assert attack_released(Copy(wrong)).consistent is False


def test_an_earlier_edition_tells_what_a_new_one_hides_where_nothing_else_has_changed() -> None:
    square = [(region, sex, reason) for region in ("0104", "0105") for sex in ("1", "2") for reason in ("5", "6")]
    now, before = table(hide(*square)), table(hide(*square[1:]))
    alone = attack_released(Copy(now))
    together = attack_released(Copy(now), earlier=(Copy(before),))
    assert not {one.region for one in alone.recovered} & {"0104", "0105"}
    found = {(one.region, one.sex, one.reason): (one.low, one.high) for one in together.recovered}
    true = int(counts()[REGIONS.index("0104"), 1, REASONS.index("5")])
    assert found["0104", "1", "5"] == (true, true)


def test_an_earlier_edition_tells_nothing_of_a_county_that_shows_a_difference() -> None:
    square = [(region, sex, reason) for region in ("0104", "0105") for sex in ("1", "2") for reason in ("5", "6")]
    before = table(hide(*square[1:]))
    values = before.values.copy()
    values[REGIONS.index("0101"), 1, REASONS.index("3")] += 1
    other = SafeCube(before.table, before.dimensions, values, before.status.copy())
    together = attack_released(Copy(table(hide(*square))), earlier=(Copy(other),))
    assert not {one.region for one in together.recovered} & {"0104", "0105"}


def in_years(*, hidden_in: int, pooled: SafeCube | None) -> tuple[Copy, ...]:
    """Copies of 2014.1, 2015.1 and 2016.1; one of them hides two places, the last tells of several years."""
    nothing = np.zeros(counts().shape, np.bool_)
    return tuple(
        Copy(
            table(reasons_of("0104", "0105") if year == hidden_in else nothing, year),
            pooled=pooled if year == 2016 else None,
            edition=f"{year}.1",
        )
        for year in (2014, 2015, 2016)
    )


def attacked(copies: tuple[Copy, ...]) -> Answer:
    return attack_released(copies[-1], earlier=copies[:-1])


@pytest.mark.parametrize("hidden_in", [2014, 2015, 2016])
def test_several_years_together_tell_the_one_that_is_hidden(hidden_in: int) -> None:
    pooled = several(2016, _0104=together("0104", 2014, 2015, 2016))
    without, answer = (
        attacked(in_years(hidden_in=hidden_in, pooled=None)),
        attacked(in_years(hidden_in=hidden_in, pooled=pooled)),
    )
    assert not {one.region for one in without.recovered} & {"0104", "0105"}
    assert answer.consistent
    assert answer.settled
    assert answer.editions == ("2014.1", "2015.1", "2016.1")
    for place in ("0104", "0105"):
        true = int(counts(hidden_in)[REGIONS.index(place), 0, 1])
        assert recovered(answer)[f"{hidden_in}.1", place, "0", "A"] == (true, true)


def test_years_that_nothing_ties_together_are_not_attacked_together() -> None:
    assert attacked(in_years(hidden_in=2016, pooled=None)).editions == ("2016.1",)


def test_two_hidden_years_keep_their_secret_from_their_sum() -> None:
    first, second = (reasons_of("0104", "0105") for _ in range(2))
    before = Copy(table(first, 2015), edition="2015.1")
    now = Copy(table(second), pooled=several(2016, _0104=together("0104", 2015, 2016)), edition="2016.1")
    answer = attack_released(now, earlier=[before])
    assert answer.settled
    assert not {one.region for one in answer.recovered} & {"0104", "0105"}


def test_a_sum_over_a_year_that_is_not_at_hand_is_still_the_most_a_number_can_be() -> None:
    first, ended, _ = together("0104", 2015, 2016)
    now = Copy(table(reasons_of("0104", "0105")), pooled=several(2016, _0104=(first, ended, 0)), edition="2016.1")
    found = recovered(attack_released(now))
    assert found["2016.1", "0104", "0", "A"] == (0, 0)


def test_years_that_contradict_each_other_are_not_called_safe() -> None:
    first, ended, reached = together("0104", 2014, 2015, 2016)
    wrong = in_years(hidden_in=2016, pooled=several(2016, _0104=(first, ended - 500, reached)))
    assert attacked(wrong).consistent is False


def test_a_result_of_several_years_is_a_sum_of_what_was_out_when_it_was_told() -> None:
    """A correction of 2015 that came later shows other numbers, and no sum that was told before is held against it."""
    pooled = several(2016, _0104=together("0104", 2014, 2015, 2016))
    copies = in_years(hidden_in=2016, pooled=pooled)
    place, county = REGIONS.index("0104"), REGIONS.index("01")
    values = copies[1].exits.values.copy()
    for region in (0, county, place):
        values[region, :2, [0, 1, 3]] += 1
    corrected = Copy(SafeCube("IP101", copies[1].exits.dimensions, values, copies[1].exits.status), edition="2015.1.1")
    answer = attack_released(corrected, earlier=copies)
    assert answer.consistent
    true = int(counts()[place, 0, 1])
    assert recovered(answer)["2016.1", "0104", "0", "A"] == (true, true)
