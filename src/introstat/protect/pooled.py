"""Results of several years together, for places that are too small every year.

    Os    2014  4 ended   2015  6 ended   2016  3 ended     2014-2016: 13 ended, 7 of them to work or education

A pooled number is one more sum over numbers that the tables of its years show or hide, so it is judged in one system with all
editions of all these years: every table, every band and every pooled number that readers have. Candidates are the places whose
result is not shown this year, over the shortest run of years, from two to the policy's most, whose sums the policy would
show. Elimination takes the places one after another as long as nothing hidden follows, in any year; then the attack is made on
all of it, and where it finds a cell too narrow, the county's candidates are taken back.

A place is the same in two years when its code is, and when no change of borders lies between.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

import numpy as np
from scipy.sparse import csr_array

from introstat.definitions.catalogue import Definitions
from introstat.protect.exits import MUNICIPAL_DEPTH
from introstat.protect.findings import Findings
from introstat.protect.joint import TOGETHER, Issue, Joint, Pooled, summed
from introstat.protect.primary import ALL, RESULT, SEX_ALL, classify


def with_pooled(
    now: Issue,
    others: Sequence[Issue],
    *,
    definitions: Definitions,
    most: int,
    seed: int,
    tables: csr_array | None = None,
) -> tuple[Mapping[str, Pooled], Findings | None]:
    """The pooled results that can be shown with `now`, by region, and what the attack finds in all editions together.

    `others` are all other editions of this year and of the years before it, the newest of a year last; `most` is how many
    years may be pooled. Nothing is found where there is no other year.
    """
    newest = {issue.year: issue for issue in others if issue.year < now.year}
    years = [year for year in range(now.year - most + 1, now.year) if all(y in newest for y in range(year, now.year))]
    if not years:
        return {}, None
    joint = Joint([*others, now], tables=tables)
    findings = joint.with_told(seed=seed)
    if findings.weak:
        return {}, findings
    runs = {first: [*(newest[year] for year in range(first, now.year)), now] for first in reversed(years)}
    found: dict[str, Pooled] = {}
    tried: dict[str, int] = {}
    while True:
        candidates: dict[str, Pooled] = {}
        for first, run in runs.items():
            done = {*found, *candidates, *(code for code, year in tried.items() if year <= first)}
            candidates |= _candidates(run, definitions=definitions, without=done)
        if not candidates:
            return found, findings
        more, findings = joint.chosen(candidates, runs, findings=findings, seed=seed)
        found |= more
        tried |= {code: pooled.first for code, pooled in candidates.items()}


def _candidates(run: Sequence[Issue], *, definitions: Definitions, without: Collection[str]) -> dict[str, Pooled]:
    """Places whose result is not shown in the last of these years, and whose sums over all of them the policy would show."""
    now = run[-1]
    depth = now.exits.depth
    codes = [
        code
        for at, code in enumerate(now.exits.regions)
        if depth[at] == MUNICIPAL_DEPTH
        and code not in without
        and (not now.shown[at, SEX_ALL, RESULT] or now.exits.counts[at, SEX_ALL, ALL] == 0)
        and all(code in issue.exits.regions and not _silent(issue, code) for issue in run)
        and is_same_place(code, since=run[0].year, until=now.year, definitions=definitions)
    ]
    sums = np.array([summed(code, run) for code in codes], np.int64).reshape(-1, *now.exits.counts[0].shape)
    hidden = classify(sums, policy=now.posed.policy, hidden_group=np.zeros(len(codes), np.bool_)).hidden
    return {
        code: Pooled(run[0].year, int(total[SEX_ALL, ALL]), int(total[SEX_ALL, RESULT]))
        for code, total, hides in zip(codes, sums, hidden, strict=True)
        if total[SEX_ALL, ALL] and not hides[SEX_ALL, list(TOGETHER)].any()
    }


def _silent(issue: Issue, code: str) -> bool:
    return bool(issue.exits.not_reported[issue.exits.regions.index(code)])


def is_same_place(code: str, *, since: int, until: int, definitions: Definitions) -> bool:
    """Whether a code has meant the same place from the first day of one year to the last day of another."""
    first, last = date(since, 1, 1), date(until, 12, 31)
    return not any(
        code in (change.old, change.new) and first < change.on <= last for change in definitions.geography.changes
    )
