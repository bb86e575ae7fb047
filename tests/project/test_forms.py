"""The forms and their code lists are those of the delivery format."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from introstat.definitions.catalogue import definitions_for
from introstat.definitions.codes import CodeList
from introstat.definitions.form import ColumnType
from introstat.vocabulary.deliveries import RECORD_SCHEMAS, DeliveryKind
from introstat.vocabulary.texts import Text

DEFINITIONS = definitions_for(2016)
ON = DEFINITIONS.year.last_day


def published_columns(reference: Path, heading: str) -> list[str]:
    """The columns the delivery format names: those of a table, or those in backquotes after a heading's colon."""
    content = (reference / "delivery.md").read_text(encoding="utf-8")
    section = content.split("## Participants")[1].split("## Checks")[0]
    if heading == "Participants":
        names = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
        return [name for cell in names for name in re.findall(r"`([a-z_]+)`", cell)]
    sentence = section.split(heading)[1].split("\n")[0].split(": ", 1)[1]
    return re.findall(r"`([a-z_]+)`", re.sub(r"\([^)]*\)", "", sentence))


@pytest.mark.parametrize(
    ("kind", "heading"),
    [
        (DeliveryKind.PARTICIPANTS, "Participants"),
        (DeliveryKind.MEASURES, "Measures (`tiltak`)"),
        (DeliveryKind.EVENTS, "Events (`hendelser`)"),
        (DeliveryKind.NIL_REPORT, "Nil report (`nullrapport`)"),
    ],
)
def test_a_form_has_the_columns_of_the_delivery_format_in_their_order(
    reference: Path, kind: DeliveryKind, heading: str
) -> None:
    expected = published_columns(reference, heading)
    ours = [name for name in DEFINITIONS.form[kind].names if name not in DEFINITIONS.form[kind].one_of]
    assert [name for name in expected if name not in DEFINITIONS.form[kind].one_of] == ours
    assert len(ours) >= 2


@pytest.mark.parametrize("kind", DeliveryKind)
def test_the_fields_of_a_form_are_those_of_its_records(kind: DeliveryKind) -> None:
    fields_of_form = [column.field for column in DEFINITIONS.form[kind].columns]
    assert fields_of_form == [name for name in RECORD_SCHEMAS[kind].names if name != "line"]


@pytest.mark.parametrize("kind", DeliveryKind)
def test_what_a_form_demands_is_what_its_records_cannot_lack(kind: DeliveryKind) -> None:
    form = DEFINITIONS.form[kind]
    sometimes_empty = {rule.column for rule in form.empty_when}
    always = {column.field for column in form.columns if column.name in form.required or column.default is not None}
    always -= {form.column(name).field for name in sometimes_empty}
    assert always == {field.name for field in RECORD_SCHEMAS[kind] if not field.nullable} - {"line"}


def test_people_are_named_by_one_of_two_ids_wherever_they_are_named() -> None:
    for kind in (DeliveryKind.PARTICIPANTS, DeliveryKind.MEASURES, DeliveryKind.EVENTS):
        assert DEFINITIONS.form[kind].one_of == ("fodselsnummer", "dufnummer")
        assert all(DEFINITIONS.form[kind].column(name).type is ColumnType.ID for name in DEFINITIONS.form[kind].one_of)


def test_a_direct_report_on_protected_people_names_no_municipality() -> None:
    (rule,) = DEFINITIONS.form[DeliveryKind.DIRECT_REPORT].empty_when
    assert (rule.column, rule.other, rule.value) == ("kommunenummer", "grunnlag", "adressebeskyttelse")
    assert rule.value in DEFINITIONS.code_lists["basis"]


def test_identifying_columns_are_marked() -> None:
    marked = {column.name for column in DEFINITIONS.form[DeliveryKind.PARTICIPANTS].columns if column.identifying}
    assert marked == {"egen_referanse", "fornavn", "etternavn", "fodselsnummer", "dufnummer", "fodselsdato"}


def test_what_only_the_new_act_knows_is_marked() -> None:
    marked = {column.name for form in DEFINITIONS.form.by_kind.values() for column in form.columns if column.law}
    assert marked == {"sluttmal", "fullfort_videregaende"}
    events = {code.value for code in DEFINITIONS.code_lists["events"].codes if code.law == "integreringsloven"}
    assert "integreringskontrakt" in events
    assert not events & {"permisjon", "fravaer", "stans", "klage"}


VALUES = {
    "sex": ["K", "M"],
    "law": ["introduksjonsloven", "integreringsloven"],
    "category": ["rett_og_plikt", "kan_tilbys", "rett"],
    "end_type": ["fullfort", "avbrutt", "stanset"],
    "yes_no": ["ja", "nei"],
    "address_protection": ["ugradert", "fortrolig"],
    "basis": ["mangler_i_registeret", "adressebeskyttelse"],
}


def test_the_short_lists_hold_the_values_of_the_delivery_format() -> None:
    assert {key: list(DEFINITIONS.code_lists[key].values) for key in VALUES} == VALUES
    assert "strengt_fortrolig" not in DEFINITIONS.code_lists["address_protection"]


def test_every_value_the_delivery_format_names_is_known(reference: Path) -> None:
    content = (reference / "delivery.md").read_text(encoding="utf-8")
    measures = re.search(r"published kinds: ([a-z_, ]+)\)", content)
    events = re.search(r"`hendelse` \(([a-z_, ]+)\)", content)
    reasons = re.search(r"\| `avslutningsarsak` \| no \| ([^;]+);", content)
    assert measures is not None
    assert events is not None
    assert reasons is not None
    assert list(DEFINITIONS.code_lists["measures"].values) == measures[1].split(", ")
    assert list(DEFINITIONS.code_lists["events"].values) == events[1].split(", ")
    assert list(DEFINITIONS.reasons.values()) == re.findall(r"`([a-z_]+)`", reasons[1])


def test_every_column_with_a_list_has_one() -> None:
    elsewhere = {"reasons", "municipalities", "districts"}
    for form in DEFINITIONS.form.by_kind.values():
        for column in form.columns:
            if column.codes is not None and column.codes not in elsewhere:
                codes = DEFINITIONS.code_lists[column.codes]
                assert column.default is None or column.default in codes


def test_a_value_is_known_only_while_it_is_in_force() -> None:
    law, countries = DEFINITIONS.code_lists["law"], DEFINITIONS.code_lists["countries"]
    assert [code.value for code in law.valid(ON)] == ["introduksjonsloven"]
    assert [code.value for code in law.valid(date(2021, 1, 1))] == ["introduksjonsloven", "integreringsloven"]
    assert not countries["SSD"].is_valid(date(2011, 7, 8))
    assert countries["SSD"].is_valid(date(2011, 7, 9))
    assert not countries["SCG"].is_valid(ON)


def test_citizenships_are_iso_codes_with_the_population_registers_own() -> None:
    countries = DEFINITIONS.code_lists["countries"]
    assert all(re.fullmatch("[A-Z]{3}", value) for value in countries.values)
    assert {"XXX", "XUK", "XXK", "ERI", "SYR", "SOM", "AFG", "ETH", "SDN", "IRQ", "IRN", "UKR"} <= set(countries.values)
    assert len(countries.valid(ON)) == 249 + 3
    assert countries["XXX"].label == Text(nb="Statsløs", nn="Statslaus", en="Stateless")


def test_a_list_with_the_same_value_twice_cannot_be_built() -> None:
    codes = DEFINITIONS.code_lists["sex"].codes
    with pytest.raises(ValueError, match="twice"):
        CodeList(id="sex", label=codes[0].label, reference="a", codes=(*codes, codes[0]))


def test_delivered_sexes_have_their_published_codes() -> None:
    assert {value: DEFINITIONS.sex_code(value) for value in ("M", "K")} == {"M": "1", "K": "2"}
    with pytest.raises(KeyError):
        DEFINITIONS.sex_code("X")
