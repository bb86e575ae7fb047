"""The rules that the contract's description does not state, as a table of cases on a table of three years.

Regions of the years: 2016 has 0101; from 2017 it is called 3001. The newest year has no 2011.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.site.other_years import of_year
from tests.site.pxwebapi import ROOT, chosen, data, tables_of
from tests.site.reader import Reader

from introstat.site.app import create_app
from introstat.site.pxwebapi import Limits
from introstat.storage.editions import Editions
from introstat.vocabulary.editions import Edition

LATER = datetime(2020, 1, 2, 12, 0, tzinfo=UTC)
COUNTY = ("01", "03", "12", "20")
MUNICIPALITY = ("0101", "3001", "0104", "0301", "1219", "2003", "2011")
ALL = ("0", *COUNTY, *MUNICIPALITY)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, edition: Edition) -> Reader:
    folder = tmp_path_factory.mktemp("years")
    store = Editions(folder)
    store.write(edition)
    store.write(
        of_year(edition, "2017.1", released=datetime(2018, 7, 5, 6, tzinfo=UTC), recoded={"0101": "3001"}, added=1)
    )
    store.write(
        of_year(
            edition, "2018.1", released=datetime(2019, 7, 4, 6, tzinfo=UTC), recoded={"0101": "3001"}, without=("2011",),
            added=2,
        )
    )  # fmt: skip
    return Reader(create_app(folder, feedback=folder / "feedback", clock=lambda: LATER))


REGIONS = [
    ("0", ("0",), "a code"),
    ("0104,0301", ("0104", "0301"), "codes with a comma between"),
    ("0301,0104", ("0301", "0104"), "the order asked for is kept"),
    ("0301,0301,03*", ("0301", "03"), "a code stands once, where it is first asked for"),
    ("*", ALL, "everything"),
    ("03*", ("03", "0301"), "begins with"),
    ("*04", ("0104",), "ends with"),
    ("*00*", ("3001", "2003"), "holds"),
    ("??", COUNTY, "a sign for each question mark"),
    ("0?", ("01", "03"), "a mask"),
    ("??01", ("0101", "3001", "0301"), "a longer mask"),
    ("TOP(2)", ("0", "01"), "the first two"),
    ("top(2)", ("0", "01"), "small letters"),
    ("[TOP(2,1)]", ("01", "03"), "the first two after the first"),
    ("Bottom(2)", ("2003", "2011"), "the last two"),
    ("[BOTTOM(2,1)]", ("1219", "2003"), "the last two before the last"),
    ("TOP(999)", ALL, "no more than there are"),
    ("FROM(1219)", ("1219", "2003", "2011"), "from one on"),
    ("TO(01)", ("0", "01"), "up to one"),
    ("[RANGE(0104,1219)]", ("0104", "0301", "1219"), "from one to another"),
    ("[RANGE(1219,0104)]", ("0104", "0301", "1219"), "with the ends swapped"),
    ("[range(01,03)],0", ("01", "03", "0"), "an expression among codes"),
    ("0,", ("0",), "a comma too many"),
]
YEARS = [
    ("TOP(1)", ("2018",), "the newest is the top"),
    ("TOP(2)", ("2017", "2018"), "the newest two, oldest first"),
    ("[TOP(1,1)]", ("2017",), "the newest but one"),
    ("BOTTOM(2)", ("2016", "2017"), "the oldest two, oldest first"),
    ("[BOTTOM(1,1)]", ("2017",), "the oldest but one"),
    ("FROM(2017)", ("2017", "2018"), "from a year on"),
    ("TO(2017)", ("2016", "2017"), "up to a year"),
    ("[RANGE(2018,2017)]", ("2017", "2018"), "swapped ends"),
    ("201?", ("2016", "2017", "2018"), "a mask"),
    ("2018,2016", ("2018", "2016"), "years in the order asked for"),
]


@pytest.mark.parametrize(("text", "expected", "rule"), REGIONS, ids=[rule for *_, rule in REGIONS])
def test_an_expression_on_regions_stands_for_these(
    api: Reader, text: str, expected: tuple[str, ...], rule: str
) -> None:
    given = api.get(data("IP102", Region=text, ContentsCode="Avsluttet", Tid="2018"))
    assert given.status_code == 200, given.text
    assert tuple(chosen(given.json(), "Region")) == expected


@pytest.mark.parametrize(("text", "expected", "rule"), YEARS, ids=[rule for *_, rule in YEARS])
def test_an_expression_on_years_stands_for_these(api: Reader, text: str, expected: tuple[str, ...], rule: str) -> None:
    given = api.get(data("IP102", Region="0", ContentsCode="Avsluttet", Tid=text))
    assert given.status_code == 200, given.text
    assert tuple(chosen(given.json(), "Tid")) == expected


BASE = "valuecodes[Region]=0&valuecodes[ContentsCode]=Avsluttet&valuecodes[Tid]=2018"
SAME = [
    ("VALUECODES[region]=0&ValueCodes[contentscode]=avsluttet&valueCodes[TID]=2018", "letters of names and codes"),
    ("valuecodes%5BRegion%5D=0&valuecodes%5BContentsCode%5D=Avsluttet&valuecodes%5BTid%5D=2018", "encoded brackets"),
    ("valuecodes[Region]=0&valuecodes[ContentsCode]=Avsluttet&valuecodes[time]=2018", "time is the time variable"),
    (f"{BASE}&unknown=1&x[y]=2", "unknown parameters are left alone"),
    (f"{BASE}&savedQuery=", "an empty parameter is none"),
    (f"{BASE}&lang=no", "the default language by name"),
    (f"{BASE}&lang=NB", "its other name, in capital letters"),
    (f"{BASE}&outputFormat=json-stat2", "the default format by name"),
    (f"{BASE}&codelist[Kjonn]=vs_Kjonn", "a code list without values counts for nothing"),
    (f"{BASE}&heading=ContentsCode,Tid", "the heading alone"),
    (f"{BASE}&heading=ContentsCode&heading=Tid", "a list as the same name again"),
    (f"{BASE}&stub=Region", "the stub alone"),
    (f"{BASE}&stub=Region&heading=ContentsCode,time", "both, with the other name of time"),
]


@pytest.mark.parametrize(("query", "rule"), SAME, ids=[rule for _, rule in SAME])
def test_the_same_is_asked_in_other_words(api: Reader, query: str, rule: str) -> None:
    plain = api.get(f"{ROOT}/tables/IP102/data?{BASE}").json()
    given = api.get(f"{ROOT}/tables/IP102/data?{query}")
    assert given.status_code == 200, given.text
    assert given.json() == plain


@pytest.mark.parametrize(
    "path", ["/api/v2/TABLES/ip102/Data", "/API/V2/tables/Ip102/DATA/", "/api/v2/tables/IP102/data"]
)
def test_an_address_is_the_same_in_any_letters(api: Reader, path: str) -> None:
    assert api.get(f"{path}?{BASE}").json() == api.get(f"{ROOT}/tables/IP102/data?{BASE}").json()


WRONG = [
    ("valuecodes[Sted]=0", 400, "Non-existent variable", "Sted"),
    (f"{BASE}&valuecodes[Kjonn]=9", 400, "Non-existent value", '"9"'),
    (f"{BASE}&valuecodes[Kjonn]=9*", 400, "Non-existent value", '"9*"'),
    ("valuecodes[Region]=0&valuecodes[Tid]=2018", 400, "Missing selection for mandantory variable", "ContentsCode"),
    ("valuecodes[Region]=0", 400, "Missing selection for mandantory variable", "Tid"),
    (f"{BASE}&valuecodes[Tid]=", 200, "", ""),
    ("valuecodes[ContentsCode]=Avsluttet&valuecodes[Tid]=", 400, "Missing selection for mandantory variable", "Tid"),
    (f"{BASE}&valuecodes[Kjonn]=1*2", 400, "Illegal selection expression", '"1*2"'),
    (f"{BASE}&valuecodes[Kjonn]=**", 400, "Illegal selection expression", "star"),
    (f"{BASE}&valuecodes[Kjonn]=?*", 400, "Illegal selection expression", "mixes"),
    (f"{BASE}&valuecodes[Kjonn]=TOP(0)", 400, "Illegal selection expression", "whole number"),
    (f"{BASE}&valuecodes[Kjonn]=TOP(x)", 400, "Illegal selection expression", "whole number"),
    (f"{BASE}&valuecodes[Kjonn]=TOP()", 400, "Illegal selection expression", "whole number"),
    (f"{BASE}&valuecodes[Kjonn]=[TOP(1,2,3)]", 400, "Illegal selection expression", "arguments"),
    (f"{BASE}&valuecodes[Kjonn]=RANGE(1)", 400, "Illegal selection expression", "arguments"),
    (f"{BASE}&valuecodes[Kjonn]=[RANGE(1,9)]", 400, "Non-existent value", '"9"'),
    (f"{BASE}&valuecodes[Kjonn]=FROM(9)", 400, "Non-existent value", '"9"'),
    (f"{BASE}&valuecodes[Kjonn]=[1", 400, "Illegal selection expression", "brackets"),
    (f"{BASE}&valuecodes[Kjonn]=1]", 400, "Illegal selection expression", "brackets"),
    (f"{BASE}&valuecodes[Kjonn]=[TOP(1),9]", 400, "Non-existent value", "TOP(1),9"),
    (f"{BASE}&valuecodes=1", 400, "Illegal parameter value", "brackets"),
    (f"{BASE}&heading=Tid&stub=Region", 400, "Illegal placment", "ContentsCode"),
    (f"{BASE}&heading=Tid,Tid", 400, "Illegal placment", "twice"),
    (f"{BASE}&heading=Tid&stub=Tid,Region,ContentsCode", 400, "Illegal placment", "twice"),
    (f"{BASE}&heading=Kjonn", 400, "Illegal placment", "Kjonn"),
    (f"{BASE}&heading=Sted", 400, "Illegal placment", "Sted"),
    (f"{BASE}&codelist[Region]=agg_Nope", 400, "Non-existent codelist", "agg_Fylker"),
    (f"{BASE}&codelist[Region]=agg_ImdiRegioner", 400, "Non-existent codelist", "never added up"),
    (f"{BASE}&codelist[Region]=agg_Fylker", 400, "Non-existent value", '"0"'),
    (f"{BASE}&codelist[Region]=vs_Kjonn", 400, "Non-existent codelist", "Region"),
    (f"{BASE}&lang=sv", 400, "Unsupported language", "no, nn, en"),
    (f"{BASE}&outputFormat=pdf", 400, "Unsupported output format", "json-stat2"),
    (f"{BASE}&outputFormat=", 400, "Unsupported output format", "json-stat2"),
    (f"{BASE}&valuecodes[Kjonn]=1&codelist[Sted]=agg_Fylker", 400, "Non-existent variable", "Sted"),
    (f"{BASE}&outputFormat=px&outputFormatParams=UseCodes", 400, "Unsupported output format", "px"),
    (f"{BASE}&outputFormatParams=UseCodes", 400, "Unsupported output format", "json-stat2"),
    (f"{BASE}&outputFormat=parquet&outputFormatParams=IncludeTitle", 400, "Unsupported output format", "parquet"),
    (f"{BASE}&outputFormat=xlsx&outputFormatParams=SeparatorTab", 400, "Unsupported output format", "csv"),
    (f"{BASE}&outputFormat=html&outputFormatParams=SeparatorTab", 400, "Unsupported output format", "csv"),
    (f"{BASE}&outputFormat=json-px&outputFormatParams=SeparatorTab", 400, "Unsupported output format", "csv"),
    (f"{BASE}&outputFormat=csv&outputFormatParams=UseCodes,UseTexts", 400, "Unsupported output format", "one of"),
    (f"{BASE}&outputFormat=csv&outputFormatParams=SeparatorTab&outputFormatParams=SeparatorSpace", 400, "Unsupported output format", "separator"),
    (f"{BASE}&outputFormat=csv&outputFormatParams=Nope", 400, "Unsupported output format", "Nope"),
    (f"{BASE}&version=2016.7", 404, "Non-existent version", "2016.7"),
    (f"{BASE}&editions=nope", 404, "Non-existent version", "nope"),
    (f"{BASE}&editions=2016.1,2016.1", 400, "Non-existent version", "one edition a year"),
]  # fmt: skip


@pytest.mark.parametrize(("query", "status", "title", "detail"), WRONG, ids=[query[-60:] for query, *_ in WRONG])
def test_what_cannot_be_answered_says_why(api: Reader, query: str, status: int, title: str, detail: str) -> None:
    given = api.get(f"{ROOT}/tables/IP102/data?{query}")
    assert given.status_code == status, given.text
    if status != 200:
        problem = given.json()
        assert given.headers["content-type"] == "application/problem+json"
        assert (problem["title"], problem["status"]) == (title, status)
        assert detail in problem["detail"]


def test_a_selection_may_be_given_twice_and_then_counts_together(api: Reader) -> None:
    given = api.get(f"{ROOT}/tables/IP102/data?{BASE}&valuecodes[Region]=03&valuecodes[region]=01").json()
    assert chosen(given, "Region") == ["0", "03", "01"]


def test_a_variable_left_out_is_there_as_its_total_and_not_as_a_sum(api: Reader) -> None:
    without = api.get(data("IP102", Region="0101", ContentsCode="Avsluttet", Tid="2016")).json()
    total = api.get(data("IP102", Region="0101", Kjonn="0", ContentsCode="Avsluttet", Tid="2016")).json()
    assert "Kjonn" not in without["id"]
    assert without["value"] == total["value"] == [66]


def test_a_total_that_is_hidden_stays_hidden_when_its_variable_is_left_out(api: Reader) -> None:
    given = api.get(data("IP102", Region="0104", ContentsCode="Avsluttet", Tid="2016")).json()
    assert given["value"] == [None]
    assert given["status"] == {"0": ":"}


def test_a_whole_county_is_its_own_row_and_never_its_municipalities(api: Reader) -> None:
    plain = api.get(data("IP102", Region="01,03", ContentsCode="Avsluttet", Tid="2016")).json()
    grouped = api.get(
        data("IP102", Region="01,03", ContentsCode="Avsluttet", Tid="2016", raw="codelist[Region]=agg_fylker")
    ).json()
    assert grouped["value"] == plain["value"] == [70, 210]


def test_a_code_list_narrows_what_a_wildcard_stands_for(api: Reader) -> None:
    address = data("IP102", Region="*", ContentsCode="Avsluttet", Tid="2016", raw="codelist[Region]=vs_Kommuner2016")
    assert chosen(api.get(address).json(), "Region") == ["0101", "0104", "0301", "1219", "2003", "2011"]


def test_the_default_selection_is_that_of_the_reference_algorithm(api: Reader) -> None:
    four = api.get(f"{ROOT}/tables/IP102/data").json()
    assert (four["id"], four["size"]) == (["Region", "ContentsCode", "Tid", "Kjonn"], [12, 1, 1, 3])
    assert (chosen(four, "ContentsCode"), chosen(four, "Tid")) == (["Avsluttet"], ["2018"])
    five = api.get(f"{ROOT}/tables/IP101/data").json()
    assert (five["id"], five["size"]) == (["Region", "ContentsCode", "Tid", "Grunn"], [12, 1, 1, 11])
    three = api.get(f"{ROOT}/tables/IP100/data").json()
    assert (three["id"], three["size"]) == (["Region", "ContentsCode", "Tid"], [1, 3, 1])


@pytest.mark.parametrize(
    "body", [b"", b'{"selection": []}', b'{"selection": [], "placement": {"heading": [], "stub": []}}']
)
def test_nothing_selected_is_the_default_selection_also_when_posted(api: Reader, body: bytes) -> None:
    posted = api.post(f"{ROOT}/tables/IP102/data", body=body)
    assert posted.json() == api.get(f"{ROOT}/tables/IP102/data").json()


def test_what_is_posted_is_what_is_asked_in_an_address(api: Reader) -> None:
    body = {
        "selection": [
            {"variableCode": "region", "valueCodes": ["RANGE(01,03)", "0"], "codelist": None},
            {"variableCode": "ContentsCode", "valueCodes": ["*"]},
            {"variableCode": "time", "valueCodes": ["top(1)"]},
            {"variableCode": "Kjonn", "valueCodes": []},
        ],
        "placement": {"heading": ["Tid"], "stub": ["Region", "ContentsCode"]},
    }
    posted = api.post(f"{ROOT}/tables/IP102/data?lang=en", body=json.dumps(body).encode())
    address = data(
        "IP102", Region="[RANGE(01,03)],0", ContentsCode="*", Tid="top(1)",
        raw="heading=Tid&stub=Region,ContentsCode&lang=en",
    )  # fmt: skip
    assert posted.json() == api.get(address).json()


POSTED = [
    (b"{", "No query specified"),
    (b"null", "No query specified"),
    (b"{}", "No query specified"),
    (b"[]", "No query specified"),
    (b'{"selection": {}}', "No query specified"),
    (b'{"selection": [1]}', "Non-existent variable"),
    (b'{"selection": [{"variableCode": 1}]}', "Non-existent variable"),
    (b'{"selection": [{"variableCode": "Tid", "valueCodes": "2016"}]}', "Non-existent value"),
    (b'{"selection": [{"variableCode": "Tid", "valueCodes": [2016]}]}', "Non-existent value"),
    (b'{"selection": [{"variableCode": "Tid", "valueCodes": null}]}', "Non-existent value"),
    (b'{"selection": [{"variableCode": "Tid", "valueCodes": ["2016"], "codelist": 1}]}', "Non-existent codelist"),
    (b'{"selection": [], "placement": []}', "Illegal placment"),
    (b'{"selection": [], "placement": {"heading": "Tid"}}', "Illegal placment"),
    (b'\xff{"selection": []}', "No query specified"),
]


@pytest.mark.parametrize(("body", "title"), POSTED, ids=[str(body) for body, _ in POSTED])
def test_a_body_that_is_no_query_is_refused(api: Reader, body: bytes, title: str) -> None:
    given = api.post(f"{ROOT}/tables/IP102/data", body=body)
    assert (given.status_code, given.json()["title"]) == (400, title)


def test_a_variable_posted_twice_counts_together_unless_its_lists_differ(api: Reader) -> None:
    twice = [{"variableCode": "Region", "valueCodes": [code]} for code in ("0", "03")]
    rest = [
        {"variableCode": "ContentsCode", "valueCodes": ["Avsluttet"]},
        {"variableCode": "Tid", "valueCodes": ["2016"]},
    ]
    given = api.post(f"{ROOT}/tables/IP102/data", body=json.dumps({"selection": [*twice, *rest]}).encode())
    assert chosen(given.json(), "Region") == ["0", "03"]
    twice = [twice[0], {**twice[1], "codelist": "agg_Fylker"}]
    given = api.post(f"{ROOT}/tables/IP102/data", body=json.dumps({"selection": [*twice, *rest]}).encode())
    assert (given.status_code, given.json()["title"]) == (400, "Non-existent codelist")


def test_more_cells_than_may_be_fetched_are_refused(tmp_path: Path, released: Path) -> None:
    app = create_app(released / "editions", feedback=tmp_path, clock=lambda: LATER, limits=Limits(cells=10))
    given = Reader(app).get(data("IP102", Region="*", ContentsCode="Avsluttet", Tid="2016"))
    assert (given.status_code, given.json()["title"]) == (403, "Too many cells selected")
    assert "11" in given.json()["detail"]


PAGES = [
    ("", 200, 1, 20),
    ("pageSize=0&pageNumber=0", 200, 1, 20),
    ("pageSize=-5&pageNumber=-1", 200, 1, 20),
    ("PAGESIZE=3&pagenumber=2", 200, 2, 3),
    ("pageSize=10000", 200, 1, 10_000),
    ("pageSize=3&pageNumber=30", 404, 0, 0),
    ("query=finnesikke", 200, 1, 20),
    ("query=finnesikke&pageNumber=2", 404, 0, 0),
    ("pageSize=x", 400, 0, 0),
    ("pageSize=", 400, 0, 0),
    ("pageNumber=", 400, 0, 0),
    ("pageNumber=99999999999", 400, 0, 0),
]


@pytest.mark.parametrize(("query", "status", "number", "size"), PAGES, ids=[query or "plain" for query, *_ in PAGES])
def test_the_list_of_tables_comes_in_pages(api: Reader, query: str, status: int, number: int, size: int) -> None:
    given = api.get(f"{ROOT}/tables?{query}")
    assert given.status_code == status
    if status == 200:
        page = given.json()["page"]
        assert (page["pageNumber"], page["pageSize"]) == (number, size)
        assert page["totalPages"] >= 1
    elif status == 404:
        assert given.json()["title"] == "Non-existent page"


def test_the_links_of_a_page_lead_to_the_next_the_previous_and_the_last(api: Reader) -> None:
    page = api.get(f"{ROOT}/tables?pageSize=1&pageNumber=2").json()["page"]
    links = {link["rel"]: link["href"] for link in page["links"]}
    assert set(links) == {"next", "previous", "last"}
    assert api.get(links["next"]).json()["page"]["pageNumber"] == 3
    assert api.get(links["previous"]).json()["page"]["pageNumber"] == 1
    assert api.get(links["last"]).json()["page"]["pageNumber"] == page["totalPages"] == page["totalElements"] > 3


SEARCHES = [
    ("query=IP101", {"IP101"}),
    ("query=ip101+REASON+for+ending", {"IP101"}),
    ("query=lågaste+moglege+resultat", {"IP103"}),
    ('query="n%C3%B8kkeltall"', {"IP100"}),
    ("query=%20", None),
    ("pastDays=183", None),
    ("pastDays=30", set()),
    ("includeDiscontinued=True", None),
    ("includeDiscontinued=False&savedQuery=", None),
]
"""Searches and the tables they find; None: every table."""


@pytest.mark.parametrize(("query", "expected"), SEARCHES, ids=[query for query, _ in SEARCHES])
def test_a_search_finds_tables_by_their_words_codes_and_age(
    api: Reader, edition: Edition, query: str, expected: set[str] | None
) -> None:
    found = api.get(f"{ROOT}/tables?{quote(query, safe='=&%+')}").json()
    assert {table["id"] for table in found["tables"]} == (set(tables_of(edition)) if expected is None else expected)


def test_a_search_finds_every_table_that_has_a_place(api: Reader) -> None:
    found = {table["id"] for table in api.get(f"{ROOT}/tables?query=OSLO").json()["tables"]}
    assert "IP100" not in found
    assert found >= {"IP101", "IP102", "IP103"}


@pytest.mark.parametrize(
    "query",
    ["pastDays=0", "pastDays=-1", "pastDays=x", "pastDays=", "includeDiscontinued=perhaps", "includeDiscontinued="],
)
def test_a_parameter_that_makes_no_sense_is_refused(api: Reader, query: str) -> None:
    assert api.get(f"{ROOT}/tables?{query}").status_code == 400
