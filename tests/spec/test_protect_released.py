"""What a reader with the released table alone can compute, by example."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from introstat.definitions.catalogue import definitions_for
from introstat.protect.released import Copy, attack_released
from introstat.vocabulary.tables import REASONS, SEXES, Dimension, SafeCube

REGIONS = ("0", "01", "0101", "0104", "0105")
LEAVES = REASONS[3:]


def counts() -> NDArray[np.int64]:
    """Regions × sexes × reasons that add up; the country has three more people than its county."""
    rng = np.random.default_rng(5)
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


def table(hidden: NDArray[np.bool_]) -> SafeCube:
    values = np.where(hidden, np.nan, counts().astype(np.float64))[..., None, None]
    return SafeCube(
        "IP101",
        (
            Dimension("Region", REGIONS),
            Dimension("Kjonn", SEXES),
            Dimension("Grunn", REASONS),
            Dimension("ContentsCode", ("Avsluttet",)),
            Dimension("Tid", ("2016",)),
        ),
        values,
        np.where(np.isnan(values), ":", ""),
    )


def hide(*cells: tuple[str, str, str]) -> NDArray[np.bool_]:
    hidden = np.zeros(counts().shape, np.bool_)
    for region, sex, reason in cells:
        hidden[REGIONS.index(region), SEXES.index(sex), REASONS.index(reason)] = True
    return hidden


def test_one_hidden_cell_in_a_sum_is_recovered_with_its_value() -> None:
    answer = attack_released(Copy(table(hide(("0104", "1", "5")))), definitions=definitions_for(2016))
    assert answer.consistent
    assert answer.settled
    found = {(one.region, one.sex, one.reason): (one.low, one.high) for one in answer.recovered}
    true = int(counts()[REGIONS.index("0104"), 1, REASONS.index("5")])
    assert found["0104", "1", "5"] == (true, true)


def test_a_square_of_hidden_cells_keeps_its_secret() -> None:
    square = [(region, sex, reason) for region in ("0104", "0105") for sex in ("1", "2") for reason in ("5", "6")]
    answer = attack_released(Copy(table(hide(*square))), definitions=definitions_for(2016))
    assert answer.settled
    assert not {one.region for one in answer.recovered} & {"0104", "0105"}


def test_people_in_the_country_only_are_recovered_where_every_county_is_shown() -> None:
    answer = attack_released(Copy(table(hide())), definitions=definitions_for(2016))
    assert {one.region for one in answer.recovered} == {"protected"}
    assert ("protected", "1", "3") in {(one.region, one.sex, one.reason) for one in answer.recovered}


def test_a_table_that_contradicts_itself_is_not_called_safe() -> None:
    good = table(hide(("0104", "1", "5"), ("0104", "1", "6")))
    values = good.values.copy()
    values[0, 0, 0] += 1
    wrong = SafeCube(good.table, good.dimensions, values, good.status.copy())
    assert attack_released(Copy(wrong), definitions=definitions_for(2016)).consistent is False


def test_an_earlier_edition_tells_what_a_new_one_hides_where_nothing_else_has_changed() -> None:
    square = [(region, sex, reason) for region in ("0104", "0105") for sex in ("1", "2") for reason in ("5", "6")]
    now, before = table(hide(*square)), table(hide(*square[1:]))
    alone = attack_released(Copy(now), definitions=definitions_for(2016))
    together = attack_released(Copy(now), definitions=definitions_for(2016), earlier=(Copy(before),))
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
    together = attack_released(Copy(table(hide(*square))), definitions=definitions_for(2016), earlier=(Copy(other),))
    assert not {one.region for one in together.recovered} & {"0104", "0105"}
