"""The published figures as data: reasons, shares and tables."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from introstat.definitions.catalogue import definitions_for
from introstat.definitions.reading import BadDefinition, Table
from introstat.definitions.reasons import Outcome, read_reasons
from introstat.definitions.tables import Band, Count, Edge, Places, Pooled, Role, Share, read_tables
from introstat.vocabulary.places import Level
from introstat.vocabulary.texts import Text

DEFINITIONS = definitions_for(2016)
ON = DEFINITIONS.year.last_day


def toml(name: str) -> dict[str, Any]:
    file = resources.files("introstat.definitions").joinpath(name)
    return tomllib.loads(file.read_text(encoding="utf-8"))


def test_reasons_stand_in_the_order_of_the_tables() -> None:
    assert DEFINITIONS.reasons.order == ("0", "A", "B", "1", "2", "3", "4", "5", "6", "7", "8")


@pytest.mark.parametrize(
    ("value", "published", "outcome"),
    [
        ("arbeid", "1", Outcome.WORK),
        ("videregaende", "2", Outcome.EDUCATION),
        ("hoyere_utdanning", "2", Outcome.EDUCATION),
        ("grunnskole", "3", Outcome.OTHER),
        ("kvalifisering", "4", Outcome.OTHER),
        ("sosialstonad", "5", Outcome.OTHER),
        ("trygd", "6", Outcome.OTHER),
        ("annet", "7", Outcome.OTHER),
        (None, "8", Outcome.OTHER),
        ("", "8", Outcome.OTHER),
    ],
)
def test_a_delivered_reason_is_published_and_counted_as(value: str | None, published: str, outcome: Outcome) -> None:
    assert DEFINITIONS.reasons.published_code(value) == published
    assert DEFINITIONS.reasons.counts_as(value, ON) is outcome
    in_goal = published in DEFINITIONS.reasons.leaves("A")
    assert in_goal == (outcome in (Outcome.WORK, Outcome.EDUCATION))


def test_by_default_nobody_is_left_out() -> None:
    outcomes = {DEFINITIONS.reasons.counts_as(reason.value, ON) for reason in DEFINITIONS.reasons.delivered}
    assert Outcome.LEFT_OUT not in outcomes


def test_the_result_and_the_rest_split_everybody() -> None:
    reasons = DEFINITIONS.reasons
    assert reasons.leaves("0") == ("1", "2", "3", "4", "5", "6", "7", "8")
    assert reasons.leaves("A") + reasons.leaves("B") == reasons.leaves("0")
    assert reasons.leaves("8", "A") == ("1", "2", "8")
    with pytest.raises(KeyError):
        reasons.leaves("9")


def test_an_unknown_delivered_reason_is_refused_without_naming_the_value() -> None:
    with pytest.raises(KeyError) as refused:
        DEFINITIONS.reasons.published_code("Ola Nordmann")
    assert "Ola" not in str(refused.value)


def test_a_group_that_leaves_a_reason_out_cannot_be_built() -> None:
    content = toml("codelists/reasons.toml")
    (rest,) = [reason for reason in content["reason"] if reason["code"] == "B"]
    rest["leaves"].remove("8")
    with pytest.raises(BadDefinition, match="split all reasons"):
        read_reasons(Table(content, "reasons.toml"))


@pytest.mark.parametrize(
    ("numerator", "denominator", "published"),
    [(2048, 4469, 46), (1, 8, 13), (1, 200, 1), (1, 201, 0), (0, 7, 0), (7, 7, 100), (54, 93, 58), (125, 1000, 13)],
)
def test_a_share_is_whole_per_cent_with_a_half_rounded_up(numerator: int, denominator: int, published: int) -> None:
    assert DEFINITIONS.indicators.result.per_cent(numerator, denominator) == published


def test_a_share_of_nobody_is_no_share() -> None:
    assert DEFINITIONS.indicators.result.per_cent(0, 0) is None
    assert DEFINITIONS.indicators.result.exact(0, 0) is None


@given(st.integers(1, 10**9).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d))))
def test_a_rounded_share_is_within_half_a_point_and_never_below_on_a_half(counts: tuple[int, int]) -> None:
    exact = Fraction(100 * counts[0], counts[1])
    rounded = DEFINITIONS.indicators.result.per_cent(*counts)
    assert rounded is not None
    assert rounded.denominator == 1
    assert -Fraction(1, 2) < rounded - exact <= Fraction(1, 2)


def test_the_shares_have_their_numerators_and_denominators() -> None:
    shares = {key: (share.numerator, share.denominator) for key, share in DEFINITIONS.indicators.by_id.items()}
    assert shares == {
        "result": (("A",), ("0",)),
        "not_registered": (("8",), ("0",)),
        "result_lower": (("A",), ("0",)),
        "result_upper": (("A", "8"), ("0",)),
    }


def test_the_tables_have_their_variables_and_contents() -> None:
    tables = {
        table.id: (
            " ".join(variable.code for variable in table.variables),
            [content.code for content in table.contents],
        )
        for table in DEFINITIONS.tables.by_id.values()
    }
    assert tables == {
        "IP100": ("Region ContentsCode Tid", ["KommunerFemEllerFler", "KommunerMinst55", "KommunerRapportert"]),
        "IP101": ("Region Kjonn Grunn ContentsCode Tid", ["Avsluttet"]),
        "IP102": (
            "Region Kjonn ContentsCode Tid",
            ["Avsluttet", "TilArbeid", "TilUtdanning", "ArbeidUtdanning", "AndreUtfall", "AndelArbeidUtdanning"],
        ),
        "IP103": ("Region Kjonn ContentsCode Tid", ["UtenGrunn", "AndelUtenGrunn", "ResultatNedre", "ResultatOvre"]),
        "IP104": ("Region ContentsCode Tid", ["Avsluttet", "AndelFra", "AndelTil"]),
        "IP105": ("Region ContentsCode Tid", ["FraAar", "Avsluttet", "ArbeidUtdanning", "AndelArbeidUtdanning"]),
    }


def test_every_content_follows_from_counts() -> None:
    formulas: dict[str, object] = {}
    for table in DEFINITIONS.tables.by_id.values():
        for content in table.contents:
            formulas[f"{table.id} {content.code}"] = (
                content.formula.indicator.id if isinstance(content.formula, Share) else content.formula
            )
            if isinstance(content.formula, Count):
                own_reason = table.variable(Role.REASON) is not None
                assert own_reason == (content.formula.reasons == ())
    assert {key: value for key, value in formulas.items() if not isinstance(value, Places)} == {
        "IP101 Avsluttet": Count(()),
        "IP102 Avsluttet": Count(("0",)),
        "IP102 TilArbeid": Count(("1",)),
        "IP102 TilUtdanning": Count(("2",)),
        "IP102 ArbeidUtdanning": Count(("A",)),
        "IP102 AndreUtfall": Count(("B",)),
        "IP102 AndelArbeidUtdanning": "result",
        "IP103 UtenGrunn": Count(("8",)),
        "IP103 AndelUtenGrunn": "not_registered",
        "IP103 ResultatNedre": "result_lower",
        "IP103 ResultatOvre": "result_upper",
        "IP104 Avsluttet": Count(("0",)),
        "IP104 AndelFra": Band(DEFINITIONS.indicators.result, Edge.LOW),
        "IP104 AndelTil": Band(DEFINITIONS.indicators.result, Edge.HIGH),
        "IP105 FraAar": Pooled(None),
        "IP105 Avsluttet": Pooled(Count(("0",))),
        "IP105 ArbeidUtdanning": Pooled(Count(("A",))),
        "IP105 AndelArbeidUtdanning": Pooled(Share(DEFINITIONS.indicators.result)),
    }


def test_key_figures_count_municipalities_by_parameters_that_exist() -> None:
    parameters = DEFINITIONS.parameters(ON)
    limits = []
    for content in DEFINITIONS.tables["IP100"].contents:
        formula = content.formula
        assert isinstance(formula, Places)
        assert formula.level is Level.MUNICIPALITY
        limits.append([parameters.threshold(name) for name in (formula.ended_at_least, formula.share_at_least) if name])
    assert limits == [[5], [5, 55], []]
    with pytest.raises(KeyError):
        parameters.threshold("protection_default")


def test_variables_that_are_shown_have_their_codes_and_labels() -> None:
    variables = DEFINITIONS.tables.variables
    assert variables["Kjonn"].codes == ("0", "1", "2")
    assert variables["Kjonn"].label_of("2") == Text(nb="Kvinner", nn="Kvinner", en="Women")
    assert variables["Grunn"].codes == DEFINITIONS.reasons.order
    assert [variables[code].total for code in ("Region", "Kjonn", "Grunn")] == ["0", "0", "0"]


def test_regions_are_labelled_by_all_their_official_names() -> None:
    assert DEFINITIONS.region_label("0", ON) == Text(nb="Hele landet", nn="Heile landet", en="The whole country")
    assert DEFINITIONS.region_label("2011", ON).en == "Guovdageaidnu – Kautokeino"
    with pytest.raises(LookupError):
        DEFINITIONS.region_label("5001", ON)


def test_no_table_repeats_a_content_code() -> None:
    for table in DEFINITIONS.tables.by_id.values():
        codes = [content.code for content in table.contents]
        assert sorted(set(codes)) == sorted(codes)


def test_a_table_with_an_unknown_share_cannot_be_built() -> None:
    content = toml("2016/tables.toml")
    content["table"][2]["contents"][5]["indicator"] = "resutl"
    with pytest.raises(BadDefinition, match="resutl"):
        read_tables(Table(content, "tables.toml"), indicators=DEFINITIONS.indicators, reasons=DEFINITIONS.reasons)
