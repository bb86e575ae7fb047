"""What a specification may say, and what is said to one that cannot be meant."""

from __future__ import annotations

import pytest

from introstat.protect.any_table.specification import HiddenGroup, ShareRule, read_specification
from introstat.vocabulary.errors import Misused

DIMENSION = '[[dimension]]\nname = "muni"\ntotal = "Total"\n'


def test_a_full_specification_is_read_as_it_stands() -> None:
    read = read_specification(
        """
        threshold = 5
        zeros = "hidden"
        width = { primary = 3 }
        blocks = ["year"]
        insiders = "muni"
        hidden_groups = [{ county = "99" }]
        shares = [{ numerator = { outcome = ["work", "education"] }, base = "outcome" }]
        [[dimension]]
        name = "muni"
        total = "Total"
        parents = ["county", "regions.csv"]
        [[dimension]]
        name = "outcome"
        total = "All"
        """
    )
    assert (read.threshold, read.zeros_shown, read.width_primary, read.width_secondary) == (5, False, 3, 2)
    assert (read.blocks, read.insiders, read.names) == (("year",), "muni", ("muni", "outcome"))
    assert read.parents == ("county", "regions.csv")
    assert read.hidden_groups == (HiddenGroup((("county", "99"),)),)
    assert read.shares == (ShareRule("outcome", ("work", "education"), "All", "share"),)


def test_a_hidden_group_may_be_written_as_a_table_of_its_own_and_declare_what_is_given_away() -> None:
    read = read_specification(f'threshold = 5\n{DIMENSION}[[hidden_group]]\nmuni = "9999"\ndeclared = ["ended"]\n')
    assert read.hidden_groups == (HiddenGroup((("muni", "9999"),), ((("measure", "ended"),),)),)
    assert read_specification(f"threshold = 5\n{DIMENSION}[[hidden_group]]\n").hidden_groups == (HiddenGroup(()),)
    named = read_specification(f'threshold = 5\n{DIMENSION}[[hidden_group]]\nname = "secret"\n').hidden_groups
    assert named == (HiddenGroup((("muni", "secret"),)),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("threshold = ", "is not TOML"),
        (f"treshold = 5\n{DIMENSION}", "Did you mean threshold?"),
        (DIMENSION, "threshold: is missing"),
        (f"threshold = 0\n{DIMENSION}", "a whole number of at least 1, not 0"),
        (f"threshold = 4.5\n{DIMENSION}", "not 4.5"),
        (f'threshold = "5"\n{DIMENSION}', "not '5'"),
        (f"threshold = true\n{DIMENSION}", "not True"),
        ("threshold = 5", "write one [[dimension]]"),
        ('threshold = 5\n[dimension]\nname = "muni"', "with two brackets"),
        ('threshold = 5\n[[dimension]]\ntotal = "Total"', "has no name"),
        ('threshold = 5\n[[dimension]]\nname = "year"', "name it in blocks instead"),
        (f"threshold = 5\n{DIMENSION}{DIMENSION}", "is named twice"),
        (f'threshold = 5\n{DIMENSION}parent = "county"\n', "Did you mean parents?"),
        (f'threshold = 5\n{DIMENSION}parents = "muni"\n', "is its own parent"),
        (f'threshold = 5\nzeros = "no"\n{DIMENSION}', "not 'no'"),
        (f"threshold = 5\nwidth = 1\n{DIMENSION}", "at least 2, not 1"),
        (f"threshold = 5\nwidth = {{ third = 2 }}\n{DIMENSION}", "Unknown key 'third' in width"),
        (f'threshold = 5\ninsiders = "county"\n{DIMENSION}', "is not a dimension"),
        (f'threshold = 5\nblocks = ["muni"]\n{DIMENSION}', "with a total too"),
        (f'threshold = 5\nhidden_groups = [{{ land = "9" }}]\n{DIMENSION}', "'land' is not a column"),
        (f"threshold = 5\nhidden_groups = [{{ muni = 9999 }}]\n{DIMENSION}", "in quotation marks"),
        (f'threshold = 5\nshares = [{{ base = "muni" }}]\n{DIMENSION}', "numerator is codes"),
        (f'threshold = 5\nshares = [{{ numerator = {{ sex = ["F"] }} }}]\n{DIMENSION}', "'sex' is not a dimension"),
        (f'threshold = 5\ncount = "muni"\n{DIMENSION}', "cannot be a dimension"),
    ],
)
def test_what_cannot_be_meant_is_named(text: str, said: str) -> None:
    with pytest.raises(Misused) as problem:
        read_specification(text)
    assert said in str(problem.value)


ROUNDED = 'method = "rounding"\nbase = 3\n[[dimension]]\nname = "muni"\ntotal = "Total"\n'


def test_rounding_needs_a_base_and_no_threshold() -> None:
    read = read_specification(ROUNDED)
    assert (read.method, read.base, read.threshold) == ("rounding", 3, 3)
    assert read_specification(ROUNDED.replace("base", "threshold = 2\nbase")).threshold == 2


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("rounding", "rouding"), 'method: is "suppression" or "rounding"'),
        (("base = 3\n", ""), "base: is missing"),
        (("base = 3", "base = 4"), "base: is 3 or 5, not 4"),
        (("base = 3", "base = true"), "base: is 3 or 5, not True"),
        (('method = "rounding"', "threshold = 3"), 'base: belongs to method = "rounding"'),
        (("base", "threshold = 5\nbase"), "threshold: is 5 and the base 3"),
        (("base", "width = 4\nbase"), "width: 4 values cannot be kept"),
        (("base", 'zeros = "hidden"\nbase'), "zeros: has nothing to say with rounding"),
        (("base", 'hidden_groups = [{ muni = "99" }]\nbase'), "hidden_groups: rounding hides nobody"),
    ],
)
def test_what_rounding_cannot_do_is_said(change: tuple[str, str], said: str) -> None:
    with pytest.raises(Misused) as raised:
        read_specification(ROUNDED.replace(*change, 1))
    assert said in str(raised.value)
