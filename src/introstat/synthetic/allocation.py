"""How many ended in each municipality, and how many of them went to work and to education: chance within exact totals.

Three steps, each exact by construction: the size class of every municipality (nobody, one to four, five or more), the
numbers that fill each county, and the results, with the right number of municipalities at or above the limit. Where chance
gives a county more than its total has room for, the weakest claim gives way to the strongest one elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from introstat.synthetic.published import Published

    Counts = NDArray[np.int64]
    Numbers = NDArray[np.float64]

_LARGE: Final = 5
_DAMPING: Final = 0.7
"""Ended grows with inhabitants, but less than in proportion: people are settled in small places too."""


@dataclass(frozen=True, slots=True, eq=False)
class Allocation:
    """Arrays with one number per municipality, in the order of ``municipalities``; protected people are in none of them."""

    municipalities: tuple[str, ...]
    counties: tuple[str, ...]
    ended: Counts
    work: Counts
    education: Counts


def allocate(
    totals: Published, *, counties: Mapping[str, str], sizes: Mapping[str, float], rng: np.random.Generator
) -> Allocation:
    """Spread the totals over the municipalities, given as code → county. Raises ValueError where that cannot be done."""
    municipalities = tuple(counties)
    county = np.array([counties[code] for code in municipalities])
    missing = set(county.tolist()) ^ set(totals.counties)
    if missing:
        raise ValueError(
            f"these counties are in the totals or among the places, not both: {', '.join(sorted(missing))}"
        )
    expected = _expected(totals, municipalities=municipalities, county=county, sizes=sizes, rng=rng)
    ended = _ended(totals, county=county, expected=expected)
    reached = _reached(totals, county=county, ended=ended, rng=rng)
    work = np.zeros_like(ended)
    for code, result in totals.counties.items():
        here = county == code
        part = result.work / max(1, result.reached)
        people = np.maximum(reached[here], 0.5)
        wanted = people * np.clip(part + rng.normal(0, 1, here.sum()) * np.sqrt(0.15 / people + 0.1**2), 0, 1)
        nobody = np.zeros_like(reached[here])
        work[here] = fill(wanted, sizes=people, low=nobody, high=reached[here], total=result.work)
    return Allocation(
        municipalities=municipalities,
        counties=tuple(county.tolist()),
        ended=ended,
        work=work,
        education=reached - work,
    )


def fill(wanted: Numbers, *, sizes: Numbers, low: Counts, high: Counts, total: int) -> Counts:
    """Whole numbers between ``low`` and ``high`` that add up to ``total``, each as near what was wanted as that allows.

    The wanted numbers are moved by one common step in proportion to ``sizes`` (above 0), found by halving. Raises
    ValueError where the bounds leave no room.
    """
    if not int(low.sum()) <= total <= int(high.sum()):
        raise ValueError("the bounds leave no room for the total")
    least, most = float(((low - wanted) / sizes).min()) - 1, float(((high - wanted) / sizes).max()) + 1
    for _ in range(80):
        step = (least + most) / 2
        if float(np.clip(wanted + step * sizes, low, high).sum()) < total:
            least = step
        else:
            most = step
    moved = np.clip(wanted + most * sizes, low, high)
    whole = np.floor(moved + 1e-9).astype(np.int64)
    for index in np.argsort(whole - moved, kind="stable"):
        short = total - int(whole.sum())
        if short <= 0:
            break
        whole[index] += min(1, int(high[index] - whole[index]))
    for index in np.argsort(moved - whole, kind="stable"):
        if int(whole.sum()) == total:
            break
        if whole[index] > low[index]:
            whole[index] -= 1
    return whole


def apportion(weights: Counts, *, total: int) -> Counts:
    """Whole numbers in proportion to the weights that add up to ``total``: the largest remainders get one more."""
    if total and not int(weights.sum()):
        raise ValueError("there is nothing to be in proportion to")
    if not total:
        return np.zeros_like(weights)
    whole, rest = np.divmod(weights * total, int(weights.sum()))
    short = total - int(whole.sum())
    whole.ravel()[np.argsort(-rest.ravel(), kind="stable")[:short]] += 1
    return whole


def _expected(
    totals: Published,
    *,
    municipalities: Sequence[str],
    county: NDArray[np.str_],
    sizes: Mapping[str, float],
    rng: np.random.Generator,
) -> Numbers:
    by_chance = np.exp(rng.normal(0.8, 0.6, len(municipalities)))
    known = [sizes.get(code, float(size)) for code, size in zip(municipalities, by_chance, strict=True)]
    expected: Numbers = np.power(np.array(known), _DAMPING) * np.exp(rng.normal(0, 0.35, len(municipalities)))
    for code, result in totals.counties.items():
        here = county == code
        expected[here] *= result.ended / expected[here].sum()
    return expected


def _ended(totals: Published, *, county: NDArray[np.str_], expected: Numbers) -> Counts:
    size_class = _size_classes(totals, county=county, expected=expected)
    ended = np.zeros(len(expected), dtype=np.int64)
    for code, result in totals.counties.items():
        small = np.flatnonzero((county == code) & (size_class == 1))
        large = np.flatnonzero((county == code) & (size_class == 2))
        rank = np.argsort(np.argsort(expected[small], kind="stable"), kind="stable")
        ended[small] = 1 + (rank * (_LARGE - 1)) // max(1, len(small))
        room = result.ended - _LARGE * len(large)
        if not len(large) or int(ended[small].sum()) > room:
            ones = np.ones(len(small), dtype=np.int64)
            wanted = ended[small].astype(np.float64)
            ended[small] = fill(wanted, sizes=wanted, low=ones, high=ones * (_LARGE - 1), total=room)
        left = result.ended - int(ended[small].sum())
        if len(large):
            wanted = expected[large] * left / expected[large].sum()
            fives = np.full(len(large), _LARGE)
            ended[large] = fill(wanted, sizes=wanted, low=fives, high=np.full(len(large), left), total=left)
    return ended


def _size_classes(totals: Published, *, county: NDArray[np.str_], expected: Numbers) -> Counts:
    """0 nobody, 1 one to four, 2 five or more."""
    order = np.argsort(expected, kind="stable")
    size_class = np.ones(len(expected), dtype=np.int64)
    size_class[order[: totals.places.nobody]] = 0
    size_class[order[len(order) - totals.places.five_or_more :]] = 2

    def room(code: str) -> int:
        """People left over when everyone has the least of its class, or minus what cannot be placed at all."""
        here = size_class[county == code]
        large, small = int((here == 2).sum()), int((here == 1).sum())
        ended = totals.counties[code].ended
        if not large and ended > (_LARGE - 1) * small:
            return (_LARGE - 1) * small - ended
        return ended - _LARGE * large - small

    for _ in range(len(expected)):
        strained = [code for code in totals.counties if room(code) < 0]
        if not strained:
            return size_class
        code = strained[0]
        here = county == code
        if (size_class[here] == 2).any() and room(code) < 0:
            down = _extreme(expected, (size_class == 2) & here, largest=False)
            others = np.isin(county, [name for name in totals.counties if room(name) >= _LARGE])
            up = _extreme(expected, (size_class == 1) & others & ~here, largest=True)
        else:
            up = _extreme(expected, (size_class == 1) & here, largest=True)
            down = _extreme(expected, (size_class == 2) & ~here, largest=False)
        size_class[down], size_class[up] = 1, 2
    raise ValueError("the size classes cannot be made to fit the counties")


def _reached(totals: Published, *, county: NDArray[np.str_], ended: Counts, rng: np.random.Generator) -> Counts:
    goal = {code: result.reached / max(1, result.ended) for code, result in totals.counties.items()}
    share = np.array([goal[code] for code in county.tolist()])
    share = share + rng.normal(0, 1, len(ended)) * np.sqrt(0.3 / np.maximum(ended, 1) + 0.12**2)
    enough = -(-ended * totals.places.limit_per_cent // 100)
    large = ended >= _LARGE
    order = np.argsort(np.where(large, -share, np.inf), kind="stable")
    above = np.zeros(len(ended), dtype=np.bool_)
    above[order[: totals.places.at_or_above]] = True

    def bounds(here: NDArray[np.bool_]) -> tuple[Counts, Counts]:
        low = np.where(above, enough, 0)[here]
        high = np.where(large & ~above, enough - 1, ended)[here]
        return low, high

    def strain(code: str) -> int:
        """Above 0: too many must be high. Below 0: too few may be."""
        low, high = bounds(county == code)
        return max(0, int(low.sum()) - totals.counties[code].reached) - max(
            0, totals.counties[code].reached - int(high.sum())
        )

    for _ in range(len(ended)):
        strained = [code for code in totals.counties if strain(code)]
        if not strained:
            break
        here = county == strained[0]
        calm = ~np.isin(county, strained)
        if strain(strained[0]) > 0:
            down = _extreme(share, above & here, largest=False)
            up = _extreme(share, large & ~above & calm, largest=True)
        else:
            up = _extreme(share, large & ~above & here, largest=True)
            down = _extreme(share, above & calm, largest=False)
        above[down], above[up] = False, True
    else:
        raise ValueError("the good results cannot be made to fit the counties")
    reached = np.zeros_like(ended)
    for code, result in totals.counties.items():
        here = county == code
        low, high = bounds(here)
        people = np.maximum(ended[here], 0.5)
        wanted = share[here] * ended[here]
        reached[here] = fill(wanted, sizes=people, low=low, high=high, total=result.reached)
    return reached


def _extreme(values: Numbers, among: NDArray[np.bool_], *, largest: bool) -> int:
    candidates = np.flatnonzero(among)
    if not len(candidates):
        raise ValueError("no municipality can give way")
    chosen = values[candidates]
    return int(candidates[int(chosen.argmax() if largest else chosen.argmin())])
