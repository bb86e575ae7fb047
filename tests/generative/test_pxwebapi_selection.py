"""Selections of every kind, on a table of eight years: what is asked for comes back, and expressions mean what they say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.made_tables import made_edition, safe_cubes
from tests.site.other_years import of_year

from introstat.site.library import Library
from introstat.site.pxwebapi.catalogue import Catalogue, Catalogues, Wanted
from introstat.site.pxwebapi.expressions import expand, join_items, split_items
from introstat.site.pxwebapi.extract import Extract
from introstat.site.pxwebapi.formats import FORMATS, Rendering
from introstat.site.pxwebapi.problems import Problem
from introstat.site.pxwebapi.savedqueries import SavedQuery, unfold
from introstat.site.pxwebapi.selection import Item, Placement, Selection, default_selection, extract_of
from introstat.site.pxwebapi.table import Role, Table, Variable
from introstat.storage.editions import Editions
from introstat.vocabulary.tables import PROTECTED_GROUP
from introstat.vocabulary.texts import LANGUAGES, Language

COUNTS = {
    "0101": np.array([[10, 8, 6, 0, 5, 0, 5, 0], [6, 5, 7, 0, 9, 0, 5, 0]]),
    "0301": np.array([[30, 20, 10, 5, 20, 5, 5, 5], [20, 20, 30, 5, 20, 5, 5, 5]]),
    PROTECTED_GROUP: np.array([[2, 2, 0, 0, 3, 0, 0, 0], [2, 1, 0, 0, 2, 0, 0, 0]]),
}
ONLY = ("0101", "0104", "0301", "2003", "1219")
YEARS = tuple(str(year) for year in range(2016, 2024))


@cache
def catalogue() -> Catalogue:
    """Tables of eight years, in the third of which a code changes."""
    folder = Path(mkdtemp())
    store = Editions(folder)
    first = made_edition(safe_cubes(COUNTS, not_reported=frozenset({"2003"}), only=ONLY))
    store.write(first)
    for number, year in enumerate(YEARS[1:], start=1):
        recoded = {"0101": "3001"} if number >= 2 else {}
        released = datetime(2017 + number, 7, 1, 6, tzinfo=UTC)
        store.write(of_year(first, f"{year}.1", released=released, recoded=recoded, added=number))
    shelf = Library(folder, clock=lambda: datetime(2026, 1, 1, tzinfo=UTC)).shelf()
    return Catalogues().find(shelf, Wanted())


@pytest.fixture(scope="module", autouse=True)
def _ready() -> None:
    """Make the tables before the clock of the first example starts."""
    catalogue()


def table(name: str = "IP102") -> Table:
    return catalogue().table(name)


def variable(code: str) -> Variable:
    return table().by_code[code]


CODES = st.sampled_from(["Region", "Kjonn", "ContentsCode", "Tid"])
CODE_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="[],", exclude_categories=("Z", "C")), min_size=1)
ANY_CODE = st.recursive(CODE_TEXT, lambda inner: st.one_of(inner.map(lambda t: f"[{t}]"), st.tuples(inner, inner).map(",".join)), max_leaves=4)  # fmt: skip


@given(st.lists(ANY_CODE, min_size=1, max_size=8))
def test_a_list_in_an_address_is_taken_apart_as_it_was_put_together(items: list[str]) -> None:
    event("with brackets" if any("[" in item for item in items) else "without brackets")
    event("with commas" if any("," in item for item in items) else "without commas")
    assert split_items(join_items(items)) == items


@given(st.text(st.sampled_from("[],*?a0() "), max_size=60))
def test_taking_a_list_apart_ends_in_items_or_a_problem(text: str) -> None:
    items = outcome(lambda: split_items(text))
    assert items == 400 or (isinstance(items, list) and sum(len(item) for item in items) <= len(text))


@given(CODES, st.data())
def test_codes_stand_for_themselves_in_the_order_asked_in_any_letters(code: str, data: st.DataObject) -> None:
    own = variable(code)
    wanted = data.draw(st.lists(st.sampled_from(own.codes), min_size=1))
    shouted = [data.draw(st.sampled_from([text, text.upper(), text.lower()])) for text in wanted]
    assert expand(shouted, own) == list(dict.fromkeys(wanted))


@given(CODES, st.data())
def test_a_range_is_the_same_from_both_ends_and_is_from_and_to_together(code: str, data: st.DataObject) -> None:
    own = variable(code)
    one, other = data.draw(st.sampled_from(own.codes)), data.draw(st.sampled_from(own.codes))
    found = expand([f"RANGE({one},{other})"], own)
    assert found == expand([f"range( {other} , {one} )"], own)
    first, last = sorted((one, other), key=own.codes.index)
    assert found == [c for c in expand([f"FROM({first})"], own) if c in expand([f"TO({last})"], own)]


@given(CODES, st.integers(1, 12), st.integers(0, 12))
def test_top_and_bottom_are_the_two_ends_and_of_years_the_newest_are_the_top(code: str, n: int, offset: int) -> None:
    own = variable(code)
    size = len(own.codes)
    expected = own.codes[offset : offset + n]
    if own.role is Role.TIME:
        expected = own.codes[max(0, size - offset - n) : max(0, size - offset)]
    event("empty" if not expected else "some")
    for text in (f"TOP({n},{offset})", *([f"top({n})"] if not offset else [])):
        if expected:
            assert expand([text], own) == list(expected)
        else:
            assert outcome(partial(expand, [text], own)) == 400
    if n < size:
        top, bottom = expand([f"TOP({n})"], own), expand([f"BOTTOM({size - n})"], own)
        assert sorted([*top, *bottom]) == sorted(own.codes)


@given(CODES, st.data())
def test_a_wildcard_stands_for_exactly_the_codes_that_fit(code: str, data: st.DataObject) -> None:
    own = variable(code)
    text = data.draw(st.sampled_from(own.codes))
    piece = text[: data.draw(st.integers(1, len(text)))]
    cases = {
        f"{piece}*": [c for c in own.codes if c.casefold().startswith(piece.casefold())],
        f"*{text[-1]}": [c for c in own.codes if c.casefold().endswith(text[-1].casefold())],
        f"*{piece}*": [c for c in own.codes if piece.casefold() in c.casefold()],
        "?" * len(text): [c for c in own.codes if len(c) == len(text)],
        f"{'?' * (len(text) - 1)}{text[-1]}": [
            c for c in own.codes if len(c) == len(text) and c[-1].casefold() == text[-1].casefold()
        ],
    }
    for expression, expected in cases.items():
        if own.find(expression) is None:
            assert expand([expression], own) == expected


PIECES = [
    "0",
    "01",
    "03",
    "A",
    "Avsluttet",
    "201",
    "6",
    "*",
    "?",
    "TOP(",
    "bottom(",
    "RANGE(",
    "from(",
    ",",
    ")",
    "[",
    "]",
    " ",
]


WHOLE = ["*", "0*", "*1", "*0*", "??", "????", "top(2)", "BOTTOM(1)", "from(0)", "TO(2017)", "RANGE(0,01)", "01", "a*"]


@given(CODES, st.lists(st.sampled_from(PIECES), max_size=5).map("".join) | st.sampled_from(WHOLE))
def test_whatever_is_written_ends_in_codes_of_the_variable_or_a_problem(code: str, text: str) -> None:
    own = variable(code)
    found = outcome(lambda: expand([text], own))
    event("codes" if isinstance(found, list) else "a problem")
    if not isinstance(found, list):
        assert found == 400
        return
    assert found
    assert set(found) <= set(own.codes)
    assert len(set(found)) == len(found)


@st.composite
def selections(draw: st.DrawFn) -> Selection:
    """Any selection that can be answered: some codes of each variable that is there, placed or not."""
    items = []
    for own in draw(st.permutations(table().variables)):
        if own.is_mandatory or draw(st.booleans()):
            codes = draw(st.lists(st.sampled_from(own.codes), min_size=1, max_size=4, unique=True))
            items.append(Item(own.code, tuple(codes)))
    names = draw(st.permutations([item.variable for item in items]))
    cut = draw(st.integers(0, len(names)))
    placement = draw(
        st.sampled_from(
            [Placement(), Placement(tuple(names[:cut]), tuple(names[cut:])), Placement(heading=tuple(names[:cut]))]
        )
    )
    return Selection(tuple(items), placement)


def cut(selection: Selection) -> Extract:
    known = catalogue().codelists(table())
    return extract_of(table(), selection, known=known, language="nb", most_cells=10**6)


@given(selections())
def test_every_cell_asked_for_is_the_cell_of_the_table(selection: Selection) -> None:
    extract, whole = cut(selection), table()
    asked = {item.variable: item.values for item in selection.items}
    for axis in extract.axes:
        assert axis.codes == asked[axis.variable.code]
    event(f"{len(extract.axes)} variables, {len(extract.stub)} in the stub")
    for place in np.ndindex(*extract.values.shape):
        codes = {axis.variable.code: axis.codes[at] for axis, at in zip(extract.axes, place, strict=True)}
        there = tuple(own.positions[codes.get(own.code) or str(own.total)] for own in whole.variables)
        assert extract.status[place] == whole.status[there]
        assert extract.values[place] == whole.values[there] or np.isnan(whole.values[there])


@settings(max_examples=40)
@given(selections(), st.sampled_from(list(FORMATS)))
def test_every_selection_can_be_written_in_every_format_twice_the_same(selection: Selection, name: str) -> None:
    extract = cut(selection)
    assert Rendering(name).render(extract) == Rendering(name).render(extract)


@given(selections(), st.sampled_from(list(FORMATS)), st.sampled_from(LANGUAGES))
def test_a_saved_query_is_what_its_id_unfolds_to(selection: Selection, name: str, language: Language) -> None:
    placement = Placement(selection.placement.heading or None, selection.placement.stub or None)
    query = SavedQuery("IP102", language, Selection(selection.items, placement), Rendering(name))
    assert unfold(query.id) == query


@given(st.text(st.characters(codec="ascii"), max_size=300))
def test_no_other_id_unfolds_to_anything(text: str) -> None:
    assert outcome(lambda: unfold("q" + text)) in (400, 404)


def test_the_default_selection_names_every_variable_once() -> None:
    for name in catalogue().ids:
        chosen = default_selection(table(name))
        placed = [*(chosen.placement.heading or ()), *(chosen.placement.stub or ())]
        assert sorted(placed) == sorted(item.variable for item in chosen.items)


def outcome(make: Callable[[], object]) -> object:
    """What comes out, or the status of the problem that does."""
    try:
        return make()
    except Problem as problem:
        return problem.status
