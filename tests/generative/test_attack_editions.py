"""A published table, another edition of it with other counts, and a list of what may have changed: what the attack says of them, and of
another table of the same people beside, is what trying every table says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, event, find, given, settings
from hypothesis import strategies as st
from tests.made_together import GROUP, Asked, Counts, Key, Tables, agreeing, paired, possible, span, total

from introstat.protect.any_table.changes import read_changes
from introstat.protect.any_table.known import Held
from introstat.protect.any_table.published import PublishedTable, read_published
from introstat.protect.any_table.recovery import Answer, attack_published
from introstat.protect.any_table.specification import read_specification
from introstat.vocabulary.errors import Misused

SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
Shown = dict[Key, int | None]


@dataclass(frozen=True)
class Drawn:
    """Two tables, people by a, b and c now and before, which pairs of a and b may have changed, and what is hidden of each file.

    With `both` the second table is in hand too. A change without a code of b is of everything of that a.
    """

    asked: tuple[Asked, Asked]
    now: Counts
    before: Counts
    changes: tuple[tuple[str, str], ...]
    hide: tuple[tuple[bool, ...], ...]
    both: bool

    def counts(self, which: int, people: Counts) -> Counts:
        shaped = np.array(people).reshape(len(self.asked[0].codes), 2, 2)
        return tuple(shaped.sum(axis=2 - which).ravel().tolist())

    def may_change(self, which: int) -> list[bool]:
        return [
            any(a == leaf[0] and (which or b in ("", leaf[1])) for a, b in self.changes)
            for leaf in self.asked[which].leaves
        ]

    def shown(self, which: int, edition: int) -> Shown:
        """What a file shows: of the table `which`, the present edition (0) or the earlier one (1)."""
        asked = self.asked[which]
        counts = self.counts(which, self.before if edition else self.now)
        keys = [key for key in asked.cells() if key[0] != GROUP]
        values = {key: total(asked.cells()[key], counts) for key in keys}
        hide = self.hide[2 * which + edition]
        return {
            key: None if hidden and (values[key] or not asked.zeros_shown) else values[key]
            for key, hidden in zip(keys, hide, strict=False)
        }

    def file(self, which: int, edition: int) -> PublishedTable:
        asked = self.asked[which]
        rows = [f"a,{asked.column},value,g"]
        for key, value in self.shown(which, edition).items():
            above = asked.above(key[0])["g"] if key[0] in asked.codes else ""
            rows.append(f"{key[0]},{key[1]},{'' if value is None else value},{above}")
        name = f"{asked.column}-{'before' if edition else 'now'}.csv"
        return read_published("\n".join(rows).encode(), read_specification(asked.specification), source=name)


@st.composite
def drawings(draw: st.DrawFn) -> Drawn:
    group = draw(st.booleans())
    first = Asked(
        places=2 if group else draw(st.sampled_from([2, 2, 4])),
        linked=False,
        group=group,
        shares=False,
        insiders=False,
        zeros_shown=draw(st.booleans()),
        threshold=3,
        width=2,
    )
    second = replace(first, column="c")
    size = 4 * len(first.codes)
    now = draw(st.lists(st.integers(0, 2), min_size=size, max_size=size))
    before = list(now)
    changes = draw(st.lists(st.tuples(st.sampled_from(first.codes), st.sampled_from(["", *first.of])), max_size=2))
    for at in range(size):
        code, of = first.codes[at // 4], first.of[at // 2 % 2]
        if any(code == a and b in ("", of) for a, b in changes) and draw(st.booleans()):
            before[at] = draw(st.integers(0, 2))
    for people in (now, before):
        assume(any(people[:4]) and (not group or any(people[-4:])))
    cells = len([key for key in first.cells() if key[0] != GROUP])
    hide = tuple(tuple(draw(st.lists(st.booleans(), min_size=cells, max_size=cells))) for _ in range(4))
    return Drawn((first, second), tuple(now), tuple(before), tuple(changes), hide, draw(st.booleans()))


def attacked(drawn: Drawn) -> Answer:
    held = [
        Held(drawn.file(which, 0), read_specification(asked.specification), (drawn.file(which, 1),))
        for which, asked in enumerate(drawn.asked)
    ]
    text = "\n".join(["a,b", *(f"{a},{b}" for a, b in drawn.changes)]) + "\n"
    tables = [
        (one.specification, [one.table.hierarchies, one.earlier[0].hierarchies], one.table.blocks) for one in held
    ]
    return attack_published(
        held[0].table,
        held[0].specification,
        seed=1,
        earlier=held[0].earlier,
        changes=read_changes(text.encode(), tables, source="changes.csv"),
        linked=held[1] if drawn.both else None,
    )


def everything(drawn: Drawn) -> Tables:
    """The present tables of the first kind that stand in some tables that agree with everything."""
    sides = []
    sums = []
    for which in range(1 + drawn.both):
        asked = drawn.asked[which]
        now = possible(asked, drawn.counts(which, drawn.now), drawn.shown(which, 0))
        then = possible(asked, drawn.counts(which, drawn.before), drawn.shown(which, 1))
        common = [at for at, may in enumerate(drawn.may_change(which)) if not may]
        one, other = paired(now, then, common)
        places = [[at for at, leaf in enumerate(asked.leaves) if leaf[0] == code] for code in asked.codes]
        sums.append(
            np.concatenate([np.stack([side[:, leaves].sum(axis=1) for leaves in places], axis=1) for side in (now[one], then[other])], axis=1)
        )  # fmt: skip
        sides.append(now[one])
    return sides[0][agreeing(*sums)[0]] if drawn.both else sides[0]


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(drawn=drawings())
def test_the_attack_on_editions_of_other_counts_says_what_trying_every_table_says(drawn: Drawn) -> None:
    assume(drawn.changes)
    answer = attacked(drawn)
    assert answer.settled
    found = everything(drawn)
    assert len(found)
    told = {(one.cell["a"], one.cell["b"]): one.value for one in answer.exact}
    hidden = {key for key, value in drawn.shown(0, 0).items() if value is None}
    for key in hidden:
        low, high = span(drawn.asked[0].cells()[key], found)
        assert (told.get(key) == low and low == high) if key in told else low < high, key
    event(f"exact {min(3, len(hidden & set(told)))}, both {drawn.both}")


@pytest.mark.parametrize(
    "wanted",
    [
        lambda drawn: drawn.both and drawn.asked[0].group and drawn.now != drawn.before,
        lambda drawn: not drawn.asked[0].zeros_shown and any(b for _, b in drawn.changes) and drawn.now != drawn.before,
        lambda drawn: any(a == GROUP for a, _ in drawn.changes) and drawn.now[-4:] != drawn.before[-4:],
    ],
    ids=["both tables and a hidden group", "hidden zeros and a change of one outcome", "a change of the hidden group"],
)
def test_what_is_drawn_reaches(wanted: Callable[[Drawn], bool]) -> None:
    assert wanted(find(drawings(), wanted, settings=settings(database=None, max_examples=4000)))


PLAIN = 'threshold = 3\n[[dimension]]\nname = "a"\ntotal = "All"\nparents = "g"\n'
NOW = "a,g,value\nAll,,20\ng0,,9\ng1,,11\nx,g0,\ny,g0,\nz,g1,\nw,g1,\n"
BEFORE = "a,g,value\nAll,,19\ng0,,8\ng1,,11\nx,g0,2\ny,g0,6\nz,g1,\nw,g1,\n"


def plain(text: str, source: str) -> PublishedTable:
    return read_published(text.encode(), read_specification(PLAIN), source=source)


def attack_with(changes: str | None, *, now: str = NOW, before: str = BEFORE) -> Answer:
    specification = read_specification(PLAIN)
    table, former = plain(now, "now.csv"), plain(before, "before.csv")
    known = [(specification, [table.hierarchies, former.hierarchies], table.blocks)]
    listed = None if changes is None else read_changes(changes.encode(), known, source="changes.csv")
    return attack_published(table, specification, earlier=(former,), changes=listed)


def test_what_changed_is_told_apart_by_the_list() -> None:
    answer = attack_with("a\ny\n")
    assert {one.cell["a"]: (one.value, one.because) for one in answer.exact} == {
        "x": (2, "shown in before.csv"),
        "y": (7, "g0 − x = 9 − 2, x as in before.csv"),
    }
    assert answer.notes == ()
    without = attack_with(None)
    assert without.exact == ()
    assert "before.csv shows other counts" in without.notes[0]


def test_what_is_said_not_to_have_changed_and_has_is_refused() -> None:
    with pytest.raises(
        Misused, match=r"now.csv and before.csv contradict each other: a=g0 is 9 in one and 8 in the other"
    ):
        attack_with("a\nw\n")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ("a\nq\n", "changes.csv, row 2: a 'q' is in none of the tables"),
        ("b\nx\n", "changes.csv has a column 'b', which is none of the table's: a, g"),
        ("", "changes.csv is empty"),
    ],
)
def test_a_list_that_cannot_be_meant_is_refused(changes: str, said: str) -> None:
    with pytest.raises(Misused, match=said):
        attack_with(changes)
