"""Every check by example: what it lets pass and what it stops or asks about.

A record check's case is what differs from the usual record of its kind; a person check's case is a record and what was
delivered earlier; a delivery check's case is a whole file.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.made_deliveries import (
    DEFINITIONS,
    PARTICIPANT,
    USUAL,
    WHEN,
    Record,
    bomb,
    csv,
    duf_number,
    national_id,
    numbers,
    participant,
    person,
    received,
    register,
    rows,
    xlsx,
)

from introstat.collect import CHECKS, check_record, tell_closings
from introstat.collect.rules import BY_NUMBER
from introstat.collect.rules.check import Check, PersonCheck
from introstat.vocabulary.deliveries import Audience, DeliveryKind, Severity
from introstat.vocabulary.histories import Histories
from introstat.vocabulary.texts import LANGUAGES

OFFICE = None
OSLO = frozenset({"0301"})
ANYWHERE = frozenset({"0301", "1601", "5001", "0719"})


@dataclass(frozen=True)
class Case:
    """A record check held against one record: what differs from the usual one, and whether the check speaks."""

    check: str
    speaks: bool
    change: Record
    kind: DeliveryKind = DeliveryKind.PARTICIPANTS
    represents: frozenset[str] | None = ANYWHERE

    def __str__(self) -> str:
        """The same in every process: a set has no order that lasts."""
        change = " ".join(f"{name}={value[:20]}" for name, value in self.change.items())
        return f"{self.check} {'speaks' if self.speaks else 'is silent'} {self.kind.value} {change}"


def broken(check: str, kind: DeliveryKind = DeliveryKind.PARTICIPANTS, /, **change: str) -> Case:
    return Case(check, True, change, kind)


def fine(check: str, kind: DeliveryKind = DeliveryKind.PARTICIPANTS, /, **change: str) -> Case:
    return Case(check, False, change, kind)


NEW_ACT = {"lov": "integreringsloven", "vedtaksdato": "2021-02-01", "startdato": "2021-03-01", "sluttdato": ""}
MEASURES, EVENTS = DeliveryKind.MEASURES, DeliveryKind.EVENTS
DIRECT, NIL = DeliveryKind.DIRECT_REPORT, DeliveryKind.NIL_REPORT
BORN_2000 = national_id("2000-02-29")

RECORD_CASES = [
    broken("R001", startdato=""),
    broken("R001", kjonn="  "),
    broken("R001", DIRECT, kommunenummer=""),
    fine("R001", sluttdato="", avslutningsarsak="", avslutningstype=""),
    Case("R001", False, {"kommunenummer": "", "grunnlag": "adressebeskyttelse"}, DIRECT, OFFICE),
    broken("R002", startdato="2014-02-30"),
    broken("R002", sluttdato="31/08/2016"),
    broken("R002", fodselsdato="31129"),
    fine("R002", startdato="01.09.2014"),
    broken("R003", kjonn="kvinne"),
    broken("R003", kjonn="k"),
    broken("R003", avslutningsarsak="jobb"),
    broken("R003", reservert_forskning="true"),
    broken("R003", MEASURES, tiltak="kurs"),
    fine("R003", avslutningsarsak="hoyere_utdanning", kjonn="M"),
    broken("R005", egen_referanse="x" * 61),
    fine("R005", egen_referanse="x" * 60),
    broken("R006", DIRECT, antall="tre"),
    broken("R006", DIRECT, antall="0"),
    broken("R006", DIRECT, antall="-1"),
    fine("R006", DIRECT, antall="12"),
    broken("R007", MEASURES, timer_uke="hele"),
    broken("R007", MEASURES, timer_uke="61"),
    fine("R007", MEASURES, timer_uke="37.5"),
    broken("R008", EVENTS, hendelse="livsmestring"),
    fine("R008", EVENTS, hendelse="klage"),
    broken("R010", kommunenummer="301"),
    fine("R010", kommunenummer="0301"),
    broken("R011", kommunenummer="9999"),
    broken("R011", kommunenummer="Oslo"),
    fine("R011", kommunenummer="0301"),
    broken("R012", kommunenummer="0719", sluttdato="", avslutningsarsak="", avslutningstype=""),
    fine("R012", kommunenummer="0719", sluttdato="2016-12-31"),
    broken("R013", kommunenummer="5001"),
    fine("R013", kommunenummer="1601"),
    broken("R014", kommunenummer="1601", bydelsnummer="030101"),
    fine("R014", bydelsnummer="030101"),
    broken("R015", bydelsnummer="30101"),
    broken("R015", bydelsnummer="030155"),
    fine("R015", bydelsnummer="030115"),
    broken("R020", fodselsnummer="", dufnummer=""),
    fine("R020", fodselsnummer=""),
    fine("R020", dufnummer=""),
    broken("R021", fodselsnummer=national_id("1985-05-01")[1:]),
    fine("R021", fodselsnummer=national_id("1985-05-01")),
    broken("R022", fodselsnummer="010585 12345"),
    broken("R022", fodselsnummer="0105851234x"),
    fine("R022", fodselsnummer=national_id(month=65)),
    broken("R023", fodselsnummer="32858512345"),
    fine("R023", fodselsnummer=national_id(day=40)),
    broken("R024", fodselsnummer=national_id()[:-1] + str((int(national_id()[-1]) + 1) % 10)),
    fine("R024", fodselsnummer=national_id(month=40)),
    broken("R025", dufnummer="12345"),
    broken("R025", dufnummer=duf_number(2018)),
    broken("R025", dufnummer="1066" + duf_number()[4:]),
    fine("R025", dufnummer=duf_number(2016)),
    broken("R026", dufnummer=duf_number()[:-2] + "99"),
    fine("R026", dufnummer=duf_number(2010, 123)),
    broken("R027", fodselsdato="1985-05-02"),
    fine("R027", fodselsdato="2000-02-29", fodselsnummer=BORN_2000, dufnummer=""),
    broken("R028", statsborgerskap="SYRIA"),
    broken("R028", statsborgerskap="XYZ"),
    fine("R028", statsborgerskap="XXX"),
    broken("R029", statsborgerskap="NOR"),
    fine("R029", statsborgerskap="ERI"),
    broken("R030", sluttdato="2014-08-31"),
    fine("R030", sluttdato="2014-09-01"),
    broken("R031", sluttdato="2017-01-13"),
    fine("R031", sluttdato="2017-01-12"),
    broken("R032", fodselsdato="2014-09-01"),
    fine("R032", fodselsdato="1990-09-01"),
    broken("R033", sluttdato="", avslutningstype=""),
    fine("R033", sluttdato="", avslutningstype="", avslutningsarsak=""),
    broken("R034", sluttmal="arbeid"),
    broken("R034", fullfort_videregaende="ja"),
    fine("R034", **{**NEW_ACT, "sluttmal": "arbeid", "fullfort_videregaende": "nei"}),
    broken("R035", lov="integreringsloven"),
    fine("R035", **NEW_ACT),
    broken("R036", vedtaksdato="2021-01-01", startdato="2021-02-01"),
    fine("R036", vedtaksdato="2014-08-15"),
    broken("R037", kategori="rett"),
    fine("R037", kategori="kan_tilbys"),
    broken("R040", avslutningsarsak=""),
    fine("R040", avslutningsarsak="annet"),
    broken("R041", sluttdato="", avslutningsarsak=""),
    fine("R041", sluttdato="", avslutningsarsak="", avslutningstype=""),
    broken("R042", vedtaksdato="2014-09-02"),
    fine("R042", vedtaksdato="2014-09-01"),
    broken("R043", startdato="2017-01-13", sluttdato=""),
    fine("R043", startdato="2017-01-12", sluttdato=""),
    broken("R044", planlagt_sluttdato="2014-08-31"),
    fine("R044", planlagt_sluttdato=""),
    broken("R045", tilbudsdato="2014-09-02"),
    fine("R045", tilbudsdato="2014-09-01"),
    broken("R046", bosettingsdato="2014-09-02"),
    fine("R046", bosettingsdato=""),
    broken("R047", fodselsdato="1996-09-02"),
    broken("R047", fodselsdato="1958-09-01"),
    fine("R047", fodselsdato="1996-09-01"),
    fine("R047", fodselsdato="1958-09-02"),
    broken("R048", startdato="2013-08-30"),
    broken("R048", startdato="2013-09-01", sluttdato=""),
    fine("R048", startdato="2013-08-31"),
    broken("R049", **{**NEW_ACT, "startdato": "2021-03-01", "sluttdato": "2021-05-31"}),
    fine("R049", sluttdato="2014-09-20"),
    broken("R050", sluttdato="2015-12-31"),
    fine("R050", sluttdato="2016-01-01"),
    broken("R051", adressebeskyttelse="fortrolig", etternavn="Etternavnesen"),
    fine("R051", adressebeskyttelse="fortrolig"),
    broken("R060", MEASURES, til="2015-01-04"),
    broken("R060", EVENTS, til="2015-01-04"),
    fine("R060", MEASURES, til=""),
    broken("R061", MEASURES, fra="2017-02-01", til=""),
    fine("R061", EVENTS, fra="2017-01-12", til=""),
    Case("R062", True, {"grunnlag": "adressebeskyttelse"}, DIRECT, OFFICE),
    Case("R062", False, {"grunnlag": "adressebeskyttelse", "kommunenummer": ""}, DIRECT, OFFICE),
    broken("R063", DIRECT, grunnlag="adressebeskyttelse", kommunenummer=""),
    Case("R063", False, {"grunnlag": "adressebeskyttelse", "kommunenummer": ""}, DIRECT, OFFICE),
    broken("R064", DIRECT, avslutningsarsak=""),
    fine("R064", DIRECT, avslutningsarsak="trygd"),
]
ROW_CASES = [
    ("R004", True, ["0301", "Leder", "for mye"]),
    ("R004", True, ["0301"]),
    ("R004", False, ["0301", "Leder", ""]),
]


@dataclass(frozen=True)
class Known:
    """A person check held against a record and what the register knew: what differs from the usual programme."""

    check: str
    speaks: bool
    record: Record
    before: dict[str, Any] | None
    kind: DeliveryKind = DeliveryKind.PARTICIPANTS


ID, OTHER_ID, D_NUMBER = national_id(), national_id(individual=90), national_id(day=40, individual=60)
RUNNING = {"sluttdato": "", "avslutningsarsak": "", "avslutningstype": ""}
AGAIN = {"startdato": "2016-09-05", "vedtaksdato": "2016-09-01", **RUNNING}
AS_BEFORE: dict[str, Any] = {}
NEW_LAW = {"law": "integreringsloven"}
LATER_LIFE = {"hendelse": "klage", "fra": "2015-01-05"}

PERSON_CASES = [
    Known("P001", True, participant(startdato="2015-01-01"), AS_BEFORE),
    Known("P001", False, participant(**AGAIN), AS_BEFORE),
    Known("P001", False, participant(startdato="2015-01-01"), {"municipality": "1601"}),
    Known("P002", True, participant(kjonn="M"), AS_BEFORE),
    Known("P002", False, participant(), AS_BEFORE),
    Known("P002", False, participant(kjonn="M"), {"municipality": "1601"}),
    Known("P003", True, participant(fodselsdato="1985-05-02"), AS_BEFORE),
    Known("P003", False, participant(), AS_BEFORE),
    Known("P004", True, participant(), {"national_id": D_NUMBER}),
    Known("P004", False, participant(), {"national_id": D_NUMBER, "duf_number": None}),
    Known("P005", True, participant(), {"national_id": OTHER_ID}),
    Known("P005", False, participant(), {"national_id": D_NUMBER}),
    Known("P006", True, participant(**RUNNING), AS_BEFORE),
    Known("P006", False, participant(**RUNNING), {"end_date": None, "reason": None, "end_type": None}),
    Known("P007", True, participant(sluttdato="2015-12-31"), AS_BEFORE),
    Known("P007", False, participant(sluttdato="2016-08-30"), AS_BEFORE),
    Known("P008", True, participant(avslutningsarsak="annet"), AS_BEFORE),
    Known("P008", False, participant(), {"reason": None}),
    Known("P009", True, participant(), NEW_LAW),
    Known("P009", False, participant(), AS_BEFORE),
    Known("P010", True, participant(**RUNNING), {"closed_by_register": True, "reason": None}),
    Known("P010", True, participant(avslutningsarsak=""), {"closed_by_register": True, "reason": None}),
    Known("P010", False, participant(), {"closed_by_register": True, "reason": None}),
    Known("P011", True, participant(**AGAIN), AS_BEFORE),
    Known("P011", True, participant(), {"start_date": date(2016, 9, 5), "end_date": None}),
    Known("P011", False, participant(**AGAIN), {"end_date": date(2015, 8, 31)}),
    Known("P012", True, USUAL[MEASURES], {"municipality": "1601"}, MEASURES),
    Known("P012", True, {**USUAL[EVENTS], "fodselsnummer": OTHER_ID, "dufnummer": ""}, AS_BEFORE, EVENTS),
    Known("P012", False, {**USUAL[MEASURES], "fodselsnummer": ""}, AS_BEFORE, MEASURES),
    Known("P012", False, {**USUAL[EVENTS], "dufnummer": ""}, AS_BEFORE, EVENTS),
    Known(
        "P013",
        True,
        {**USUAL[EVENTS], "hendelse": "integreringsplan", "fra": "2021-03-01", "til": ""},
        {"end_date": None},
        EVENTS,
    ),
    Known(
        "P013",
        False,
        {**USUAL[EVENTS], "hendelse": "integreringsplan", "fra": "2021-03-01", "til": ""},
        {**NEW_LAW, "end_date": None},
        EVENTS,
    ),
    Known("P013", False, {**USUAL[EVENTS], "fra": "2021-03-01", "til": ""}, {"end_date": None}, EVENTS),
    Known("P051", True, participant(), {"municipality": "1601"}),
    Known("P051", False, participant(**AGAIN), {"municipality": "1601"}),
    Known("P051", False, participant(startdato="2015-01-01"), AS_BEFORE),
    Known("P052", True, participant(**AGAIN), {"municipality": "1601"}),
    Known("P052", False, participant(**AGAIN), AS_BEFORE),
    Known("P053", True, participant(kjonn="M"), {"municipality": "1601"}),
    Known("P053", True, participant(fodselsdato="1985-05-02"), {"municipality": "1601"}),
    Known("P053", False, participant(), {"municipality": "1601"}),
    Known("P053", False, participant(kjonn="M"), AS_BEFORE),
    Known("P054", True, participant(), {"municipality": "1601", "national_id": OTHER_ID}),
    Known("P054", False, participant(), {"municipality": "1601"}),
]

MANY = tuple(person(number) for number in range(40))
MEN_LAST_YEAR = tuple(
    {
        "national_id": national_id("1960-06-06", individual=9 * number + 1),
        "duf_number": None,
        "person": 100 + number,
        "start_date": date(2013, 9, 1),
        "end_date": date(2015, 5, 5),
        "sex": "K" if number < 8 else "M",
    }
    for number in range(40)
)
ONE = csv(PARTICIPANT)
TITLE_ROW = b"Deltakere 2016;;;\r\n" + ONE
REPEATED_HEADER = ONE + csv(person(1))
SHIFTED_HEADER = ["", *list(PARTICIPANT)[:-1]]
NIL_2016 = csv(USUAL[NIL])
SWAPPED_COLUMNS = [
    name if name not in ("kjonn", "lov") else {"kjonn": "lov", "lov": "kjonn"}[name] for name in PARTICIPANT
]


@dataclass(frozen=True)
class File:
    """A delivery check held against a whole file."""

    check: str
    speaks: bool
    content: bytes
    filename: str = "deltakere.csv"
    represents: frozenset[str] | None = OSLO
    earlier: Histories | None = None
    when: datetime = WHEN


def mostly(sex: str) -> bytes:
    other = {"K": "M", "M": "K"}[sex]
    return csv(*({**record, "kjonn": other if place < 8 else sex} for place, record in enumerate(MANY)))


FILE_CASES = [
    File("D001", True, b"x" * 50_000_001),
    File("D001", False, ONE),
    File("D002", True, b""),
    File("D002", True, b"\xef\xbb\xbf\r\n \r\n"),
    File("D002", False, ONE),
    File("D003", True, xlsx(PARTICIPANT), "deltakere.csv"),
    File("D003", True, ONE, "deltakere.xlsx"),
    File("D003", True, b"%PDF-1.7 ...", "deltakere.csv"),
    File("D003", True, ONE, "deltakere.pdf"),
    File("D003", False, ONE, "DELTAKERE.CSV"),
    File("D003", False, xlsx(PARTICIPANT), "deltakere.xlsx"),
    File("D003", False, ONE, "deltakere"),
    File("D004", True, ONE.decode().encode("utf-16")),
    File("D004", True, ONE.decode().encode("utf-16-le")),
    File("D004", True, ONE.decode().encode("utf-32")),
    File("D004", True, b"\xef\xbb\xbf" + csv(participant(fornavn="Bjørn"), encoding="cp1252")),
    File("D004", True, csv(participant(fornavn="Bjørn Åse"), encoding="cp865")),
    File("D004", True, csv(participant(fornavn="Bjørn"), encoding="mac_roman")),
    File("D004", False, csv(participant(fornavn="Bjørn Åse"), encoding="cp1252")),
    File("D004", False, csv(participant(fornavn="Čáhcelašvuohta"), encoding="utf-8-sig")),
    File("D005", True, csv(participant(fornavn="A\x00B"))),
    File("D005", True, csv(participant(fornavn="A\x1bB"))),
    File("D005", False, csv(participant(fornavn="A B"))),
    File("D006", True, ONE.replace(b"SYR", b'"SYR')),
    File("D006", True, ONE.replace(b"SYR", b'"SY"R')),
    File("D006", False, ONE.replace(b"SYR", b'"SYR"')),
    File("D007", True, xlsx(PARTICIPANT)[:3000], "deltakere.xlsx"),
    File("D007", False, xlsx(PARTICIPANT), "deltakere.xlsx"),
    File("D008", True, bomb(), "deltakere.xlsx"),
    File("D008", False, xlsx(PARTICIPANT), "deltakere.xlsx"),
    File("D009", True, csv(participant(egen_referanse="=HYPERLINK(1)"))),
    File("D009", True, csv(participant(egen_referanse="+cmd|' /C calc'!A0"))),
    File("D009", True, xlsx(participant(egen_referanse="=1+1")), "deltakere.xlsx"),
    File("D009", False, csv(participant(egen_referanse="sak +47 (2) = ny"))),
    File("D009", False, xlsx(PARTICIPANT, others={"Oversikt": [["=COUNTA(Deltakere!A:A)"]]}), "deltakere.xlsx"),
    File("D010", True, rows([list(PARTICIPANT.values())])),
    File("D010", True, TITLE_ROW),
    File("D010", False, ONE.replace(b"kommunenummer", b" KommuneNummer ")),
    File("D011", True, csv({name: value for name, value in PARTICIPANT.items() if name != "kjonn"})),
    File("D011", True, csv({k: v for k, v in PARTICIPANT.items() if k not in ("fodselsnummer", "dufnummer")})),
    File("D011", False, csv({name: value for name, value in PARTICIPANT.items() if name != "dufnummer"})),
    File("D012", True, rows([[*PARTICIPANT, "kjonn"], [*PARTICIPANT.values(), "M"]])),
    File("D012", False, rows([[*PARTICIPANT, "merknad"], [*PARTICIPANT.values(), "M"]])),
    File("D013", True, csv(PARTICIPANT, person(1), header=SWAPPED_COLUMNS)),
    File("D013", True, rows([list(PARTICIPANT), ["", *PARTICIPANT.values()], ["", *person(1).values()]])),
    File("D013", True, rows([list(PARTICIPANT), list(PARTICIPANT.values())[1:], list(person(1).values())[1:]])),
    File("D013", True, rows([list(PARTICIPANT), ["", *list(PARTICIPANT.values())[:-1]]])),
    File("D013", False, csv(PARTICIPANT, participant(kjonn="introduksjonsloven", lov="K"), person(3))),
    File("D014", True, REPEATED_HEADER),
    File("D014", True, rows([list(PARTICIPANT), ["Kommunenummer", "Bydel", *[""] * 6, "Kjønn"]])),
    File("D014", False, csv(PARTICIPANT, person(1))),
    File("D015", True, rows([list(PARTICIPANT)])),
    File("D015", False, ONE),
    File("D016", True, csv(PARTICIPANT, person(1, kommunenummer="1601"))),
    File("D016", False, csv(PARTICIPANT, person(1, kommunenummer="9999"))),
    File("D016", False, csv(PARTICIPANT, person(1, kommunenummer="1842"))),
    File("D016", True, csv(PARTICIPANT, person(1, kommunenummer="0719"))),
    File("D016", False, csv(person(1, kommunenummer="1601")), represents=OFFICE),
    File("D016", False, csv(person(1, kommunenummer="0716")), represents=frozenset({"0716", "0715"})),
    File("D017", True, csv(PARTICIPANT, person(1, adressebeskyttelse="strengt_fortrolig"))),
    File("D017", True, csv(person(1, adressebeskyttelse="Strengt fortrolig (kode 6)"))),
    File("D017", False, csv(PARTICIPANT, person(1, adressebeskyttelse="fortrolig"))),
    File("D030", True, csv(PARTICIPANT, PARTICIPANT)),
    File("D030", True, csv(PARTICIPANT, participant(fodselsnummer=""))),
    File("D030", True, csv(USUAL[DIRECT], {**USUAL[DIRECT], "antall": "4"})),
    File("D030", True, csv(USUAL[NIL], {**USUAL[NIL], "bekreftet_av": "Rådmannen"})),
    File("D030", False, csv(PARTICIPANT, participant(startdato="2013-01-01", sluttdato="2013-06-01"))),
    File("D030", False, csv(USUAL[DIRECT], {**USUAL[DIRECT], "kjonn": "M"})),
    File("D031", True, mostly("K"), earlier=register(*MEN_LAST_YEAR)),
    File(
        "D031",
        True,
        csv(PARTICIPANT, person(2), person(3)),
        earlier=register(
            *(
                {"national_id": r["fodselsnummer"], "duf_number": None, "sex": {"K": "M", "M": "K"}[r["kjonn"]]}
                for r in (PARTICIPANT, person(2), person(3))
            )
        ),
    ),
    File("D031", False, mostly("M"), earlier=register(*MEN_LAST_YEAR)),
    File("D032", True, csv(PARTICIPANT, person(2)), earlier=register(*MEN_LAST_YEAR)),
    File("D032", True, csv(*MANY), earlier=register(*MEN_LAST_YEAR[:12])),
    File("D032", False, csv(*MANY), earlier=register(*MEN_LAST_YEAR[:25])),
    File("D032", False, csv(PARTICIPANT, person(2)), earlier=register(*MEN_LAST_YEAR[:8])),
    File("D033", True, ONE, represents=frozenset({"0301", "1601"})),
    File("D033", False, ONE),
    File("D034", True, rows([[*PARTICIPANT, "merknad"], [*PARTICIPANT.values(), "x"]])),
    File("D034", False, ONE),
    File("D035", True, csv(PARTICIPANT, person(1, fodselsnummer=national_id("1971-02-02", month=0)))),
    File("D035", False, csv(PARTICIPANT, person(1))),
    File("D036", True, csv(participant(fornavn="BjÃ¸rn"))),
    File("D036", False, csv(participant(fornavn="Bjørn Ãvila"))),
    File("D037", True, csv(*({**record, "avslutningsarsak": ""} for record in MANY))),
    File("D037", False, csv(*({**record, "avslutningsarsak": ""} for record in MANY[:9]), *MANY[9:])),
    File("D038", True, csv(person(1)), earlier=register({})),
    File("D038", False, csv(PARTICIPANT), earlier=register({})),
    File("D039", True, csv(USUAL[DIRECT]), earlier=register(reporting=[{"people": 3}])),
    File("D039", True, ONE, earlier=register(reporting=[{"direct": 3}])),
    File("D039", False, csv(USUAL[DIRECT]), earlier=register(reporting=[{"people": 3, "declared": "both"}])),
    File("D039", False, ONE, earlier=register(reporting=[{"people": 3}])),
    File("D040", True, NIL_2016, earlier=register({})),
    File("D040", True, NIL_2016, earlier=register(reporting=[{"direct": 2}])),
    File("D040", False, NIL_2016, earlier=register({"end_date": date(2015, 3, 3)})),
    File("D041", True, ONE, earlier=register(reporting=[{"nil": True}])),
    File("D041", False, csv(participant(**RUNNING)), earlier=register(reporting=[{"nil": True}])),
    File("D042", True, ONE, when=datetime(2017, 3, 17, 9, tzinfo=UTC)),
    File("D042", False, ONE, when=datetime(2017, 3, 16, 9, tzinfo=UTC)),
    File("D043", True, csv(*({**record, "statsborgerskap": "ERI"} for record in MANY))),
    File("D043", False, csv(*MANY)),
]


POSTING_CASES: list[tuple[str, bool, dict[str, int]]] = [
    ("D044", True, {"0301": 2}),
    ("D044", True, {"5001": 1, "0301": 12}),
    ("D044", False, {}),
]


@pytest.mark.parametrize("case", RECORD_CASES, ids=str)
def test_a_record_check_speaks_where_it_should_and_only_there(case: Case) -> None:
    record = {**USUAL[case.kind], **case.change}
    findings = check_record(
        record, kind=case.kind, definitions=DEFINITIONS, received=WHEN, earlier=None, represents=case.represents
    )
    assert (case.check in {finding.check for finding in findings}) is case.speaks


@pytest.mark.parametrize(("check", "speaks", "cells"), ROW_CASES)
def test_a_check_of_a_row_speaks_where_it_should_and_only_there(check: str, speaks: bool, cells: list[str]) -> None:
    others = [[f"{code:04}", "Leder"] for code in (1601, 1103, 1201)]
    delivery = received(rows([["kommunenummer", "bekreftet_av"], *others, cells]), represents=OFFICE)
    assert (check in numbers(delivery)) is speaks


@pytest.mark.parametrize("case", PERSON_CASES, ids=str)
def test_a_person_check_speaks_where_it_should_and_to_whom_it_should(case: Known) -> None:
    earlier = register() if case.before is None else register(case.before)
    when = datetime(2021, 5, 1, tzinfo=UTC) if case.record.get("fra", "") >= "2021" else WHEN
    delivery = received(csv(case.record), earlier=earlier, represents=ANYWHERE, when=when)
    assert delivery.kind is case.kind
    speaking = [finding for finding in delivery.findings if finding.check == case.check]
    assert bool(speaking) is case.speaks
    for finding in speaking:
        assert (finding.audience is Audience.OFFICE) is (finding.check >= "P051")


@pytest.mark.parametrize("case", FILE_CASES, ids=lambda case: f"{case.check}-{case.speaks}")
def test_a_delivery_check_speaks_where_it_should_and_only_there(case: File) -> None:
    delivery = received(
        case.content, filename=case.filename, represents=case.represents, earlier=case.earlier, when=case.when
    )
    assert (case.check in numbers(delivery)) is case.speaks
    if case.speaks and BY_NUMBER[case.check].severity is Severity.FATAL:
        assert numbers(delivery) == {case.check}
        assert not delivery.records.num_rows
        assert not delivery.rejected.num_rows


@pytest.mark.parametrize(("check", "speaks", "closed"), POSTING_CASES)
def test_a_check_of_what_comes_of_a_delivery_speaks_once_for_each_municipality(
    check: str, speaks: bool, closed: dict[str, int]
) -> None:
    delivery = tell_closings(received(ONE, represents=ANYWHERE), closed, definitions=DEFINITIONS)
    speaking = [finding for finding in delivery.findings if finding.check == check]
    assert bool(speaking) is speaks
    assert len(speaking) == len(closed)
    for finding, (municipality, count) in zip(speaking, sorted(closed.items()), strict=True):
        assert (finding.audience, finding.line, finding.column) == (Audience.SENDER, None, None)
        for language in LANGUAGES:
            assert f"{municipality}: {count}." in finding.message.in_language(language)


def test_every_check_has_a_case_that_breaks_it_and_one_that_does_not() -> None:
    cases = {(case.check, case.speaks) for case in RECORD_CASES}
    cases |= {(case.check, case.speaks) for case in PERSON_CASES}
    cases |= {(case.check, case.speaks) for case in FILE_CASES}
    cases |= {(check, speaks) for check, speaks, _ in [*ROW_CASES, *POSTING_CASES]}
    assert cases == {(check.number, speaks) for check in CHECKS for speaks in (True, False)}


def test_the_usual_records_are_in_order() -> None:
    for kind, record in USUAL.items():
        findings = check_record(
            record, kind=kind, definitions=DEFINITIONS, received=WHEN, earlier=None, represents=OSLO
        )
        assert findings == ()


def test_there_are_checks_of_records_persons_and_deliveries() -> None:
    groups = [check.number[0] for check in CHECKS]
    assert len(CHECKS) >= 35
    assert all(groups.count(group) >= 10 for group in "RPD")


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.number)
def test_every_check_says_what_where_why_and_how_in_three_languages(check: Check) -> None:
    assert check.name[0].isupper()
    assert not check.name.endswith(".")
    assert check.reference
    for language in LANGUAGES:
        text = check.message.in_language(language)
        assert text.count(". ") + text.count(": ") >= 1, "one sentence says what, another what to do"
        assert text.endswith(".")
        assert 60 < len(text) < 330
    assert check.message.nb != check.message.nn


def test_only_what_concerns_others_is_kept_for_the_office() -> None:
    for check in CHECKS:
        if isinstance(check, PersonCheck):
            assert (check.audience is Audience.OFFICE) is (check.number >= "P051")
