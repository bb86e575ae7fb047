"""Two tables of the same people, protected as one: what the attack says of them together is what trying every table says."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cache
from itertools import product

import pytest
from hypothesis import HealthCheck, event, find, given, settings
from hypothesis import strategies as st

from introstat.protect.any_table.cells import write_cells
from introstat.protect.any_table.known import Held
from introstat.protect.any_table.leaves import read_leaves
from introstat.protect.any_table.protecting import ProtectedTable, protect_linked, protect_table
from introstat.protect.any_table.published import read_published
from introstat.protect.any_table.recovery import Answer, attack_published
from introstat.protect.any_table.specification import Specification, read_specification
from introstat.vocabulary.errors import CannotProtect, Misused

Key = tuple[str, str]
Shown = dict[Key, int | None]
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
ALL = "All"
LARGEST = 7
"""Counts are at most 4; a second table that tells a hidden one apart may need a few more."""
PLACES, SEXES, AGES = ("p", "q"), ("m", "w"), ("o", "y")


def specification(second: str, *, threshold: int = 3, more: str = "") -> Specification:
    text = f"threshold = {threshold}\n{more}\n"
    return read_specification(
        text + "".join(f'[[dimension]]\nname = "{name}"\ntotal = "{ALL}"\n' for name in ("place", second))
    )


@dataclass(frozen=True)
class Drawn:
    """People by place, sex and age; the two tables are its margins by place × sex and place × age."""

    counts: tuple[int, ...]

    def at(self, place: str, sex: str, age: str) -> int:
        return self.counts[4 * PLACES.index(place) + 2 * SEXES.index(sex) + AGES.index(age)]

    def leaves(self, which: str) -> dict[Key, int]:
        if which == "sex":
            return {(p, s): sum(self.at(p, s, a) for a in AGES) for p, s in product(PLACES, SEXES)}
        return {(p, a): sum(self.at(p, s, a) for s in SEXES) for p, a in product(PLACES, AGES)}

    def csv(self, which: str) -> bytes:
        rows = [f"place,{which},n", *(f"{p},{c},{n}" for (p, c), n in self.leaves(which).items())]
        return ("\n".join(rows) + "\n").encode()


@st.composite
def people(draw: st.DrawFn) -> Drawn:
    counts = draw(st.lists(st.integers(0, 2), min_size=8, max_size=8))
    return Drawn(tuple(counts if any(counts) else [1, *counts[1:]]))


def summed(leaves: dict[Key, int], key: Key) -> int:
    return sum(n for (p, c), n in leaves.items() if key[0] in (p, ALL) and key[1] in (c, ALL))


def keys(which: str) -> list[Key]:
    return list(product((*PLACES, ALL), (*(SEXES if which == "sex" else AGES), ALL)))


def shown_of(data: bytes, which: str) -> Shown:
    rows = csv.DictReader(io.StringIO(data.decode()))
    return {(row["place"], row[which]): int(row["value"]) if row["value"] else None for row in rows}


@cache
def margins() -> list[tuple[dict[Key, int], dict[Key, int]]]:
    """Every pair of small tables that are margins of the same people: their places agree."""
    cells = list(product(range(LARGEST + 1), repeat=4))
    by_place: dict[tuple[int, int], list[tuple[int, ...]]] = {}
    for cell in cells:
        by_place.setdefault((cell[0] + cell[1], cell[2] + cell[3]), []).append(cell)
    return [
        (dict(zip(product(PLACES, SEXES), one, strict=True)), dict(zip(product(PLACES, AGES), other, strict=True)))
        for same in by_place.values()
        for one, other in product(same, same)
    ]


def possible(sex: Shown, age: Shown) -> list[tuple[dict[Key, int], dict[Key, int]]]:
    """Those that agree with everything shown, zeros known to be shown."""

    def agrees(leaves: dict[Key, int], shown: Shown) -> bool:
        return all((summed(leaves, k) == v) if v is not None else summed(leaves, k) >= 1 for k, v in shown.items())

    return [(one, other) for one, other in margins() if agrees(one, sex) and agrees(other, age)]


def attacked(sex: bytes, age: bytes) -> tuple[Answer, Answer]:
    asked = specification("sex"), specification("age")
    tables = read_published(sex, asked[0], source="sex"), read_published(age, asked[1], source="age")
    return (
        attack_published(tables[0], asked[0], seed=1, linked=Held(tables[1], asked[1])),
        attack_published(tables[1], asked[1], seed=1, linked=Held(tables[0], asked[0])),
    )


def written(drawn: Drawn, which: str, hide: list[bool]) -> bytes:
    leaves = drawn.leaves(which)
    rows = [f"place,{which},value"]
    for key, hidden in zip(keys(which), hide, strict=True):
        value = summed(leaves, key)
        rows.append(f"{key[0]},{key[1]},{'' if hidden and value else value}")
    return "\n".join(rows).encode()


def linked(drawn: Drawn) -> tuple[ProtectedTable, ProtectedTable]:
    asked = specification("sex"), specification("age")
    tables = read_leaves(drawn.csv("sex"), asked[0]), read_leaves(drawn.csv("age"), asked[1])
    return protect_linked(tables[0], asked[0], tables[1], asked[1], seed=2)


@settings(max_examples=30, deadline=None, suppress_health_check=SLOW)
@given(drawn=people(), data=st.data())
def test_the_attack_on_two_tables_says_what_trying_every_table_says(drawn: Drawn, data: st.DataObject) -> None:
    files = [
        written(drawn, which, data.draw(st.lists(st.booleans(), min_size=9, max_size=9))) for which in ("sex", "age")
    ]
    shown = shown_of(files[0], "sex"), shown_of(files[1], "age")
    found = possible(*shown)
    assert found
    exact = 0
    for number, (which, answer) in enumerate(zip(("sex", "age"), attacked(files[0], files[1]), strict=True)):
        assert answer.settled
        told = {(one.cell["place"], one.cell[which]): one.value for one in answer.exact}
        for key, value in shown[number].items():
            if value is None:
                values = {summed(pair[number], key) for pair in found}
                assert (told.get(key) in values and len(values) == 1) if key in told else len(values) > 1
        exact += len(told)
    event(f"exact {min(exact, 3)}")


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@given(drawn=people())
def test_what_is_hidden_in_either_does_not_follow_from_both(drawn: Drawn) -> None:
    try:
        done = linked(drawn)
    except CannotProtect:
        event("cannot be protected")
        return
    files = [write_cells(one) for one in done]
    shown = shown_of(files[0], "sex"), shown_of(files[1], "age")
    found = possible(*shown)
    for number, which in enumerate(("sex", "age")):
        leaves = drawn.leaves(which)
        for key, value in shown[number].items():
            count = summed(leaves, key)
            assert value == count if value is not None else len({summed(pair[number], key) for pair in found}) > 1
            assert value is None or not 0 < count < 3
    # A cell that both have is shown in both or in neither.
    for place in (*PLACES, ALL):
        assert shown[0][place, ALL] == shown[1][place, ALL]
    assert all(answer.is_safe for answer in attacked(files[0], files[1]))
    event(f"hidden {min(3, sum(value is None for value in shown[0].values()))}")


def test_one_by_one_something_would_follow() -> None:
    def leaks(drawn: Drawn) -> bool:
        asked = specification("sex"), specification("age")
        files = []
        for which, one in zip(("sex", "age"), asked, strict=True):
            try:
                files.append(write_cells(protect_table(read_leaves(drawn.csv(which), one), one, seed=2)))
            except CannotProtect:
                return False
        return not all(answer.is_safe for answer in attacked(files[0], files[1]))

    find(people(), leaks, settings=settings(max_examples=400, deadline=None, suppress_health_check=SLOW))


def test_tables_of_other_people_are_refused() -> None:
    one, other = Drawn((1, 2, 0, 1, 2, 2, 1, 0)), Drawn((1, 2, 0, 1, 2, 2, 1, 1))
    asked = specification("sex"), specification("age")
    with pytest.raises(Misused, match="q is 5 in one and 6 in the other"):
        protect_linked(
            read_leaves(one.csv("sex"), asked[0]), asked[0], read_leaves(other.csv("age"), asked[1]), asked[1]
        )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('zeros = "hidden"', "show their zeros"),
        ('insiders = "age"', "the same insiders"),
        ('hidden_groups = [{ place = "q" }]', "The hidden group place q is hidden in one of the linked tables only"),
        ('method = "rounding"\nbase = 5', "Rounded tables are not linked"),
    ],
)
def test_what_cannot_be_linked_is_said(change: str, said: str) -> None:
    drawn = Drawn((1, 2, 0, 1, 2, 2, 1, 0))
    asked = specification("sex"), specification("age", more=change)
    with pytest.raises(Misused, match=said):
        protect_linked(
            read_leaves(drawn.csv("sex"), asked[0]), asked[0], read_leaves(drawn.csv("age"), asked[1]), asked[1]
        )


def test_where_zeros_may_be_hidden_both_tables_name_all_codes() -> None:
    asked = specification("sex", more='zeros = "hidden"'), specification("age", more='zeros = "hidden"')
    tables = b"place,sex,n\np,m,4\nq,w,3\n", b"place,age,n\np,o,4\nq,y,3\nr,y,0\n"
    with pytest.raises(Misused, match="Only one of the linked tables has place r"):
        protect_linked(read_leaves(tables[0], asked[0]), asked[0], read_leaves(tables[1], asked[1]), asked[1])


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (
            "p,All,6\np,o,\np,y,\nq,All,5\nq,o,\nq,y,\nAll,All,11\nAll,o,6\nAll,y,5\n",
            "sex and age contradict each other: place=p, sex=All is 7 in one and 6 in the other",
        ),
        (
            "p,All,\np,o,\np,y,\nr,All,\nr,o,\nr,y,\nAll,All,\nAll,o,\nAll,y,\n",
            "only one of them has anybody in q",
        ),
    ],
)
def test_linked_files_that_contradict_each_other_are_refused(age: str, said: str) -> None:
    sex = "place,sex,value\np,All,7\np,m,\np,w,\nq,All,5\nq,m,\nq,w,\nAll,All,12\nAll,m,6\nAll,w,6\n"
    with pytest.raises(Misused, match=said):
        attacked(sex.encode(), f"place,age,value\n{age}".encode())
