"""What clients of the contract rely on: shapes, headers, errors, saved queries, and the requests of the PxWeb front end."""

from __future__ import annotations

import gzip
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from tests.site.pxwebapi import ROOT, cells_of, chosen, data, everything, tables_of
from tests.site.reader import Reader

from introstat.site.app import create_app
from introstat.site.pxwebapi import Limits
from introstat.site.pxwebapi.limits import RateLimit, client_of
from introstat.vocabulary.editions import Edition

LATER = datetime(2018, 1, 2, 12, 0, tzinfo=UTC)
TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")


@pytest.fixture(scope="module")
def api(shared_site: Reader) -> Reader:
    return shared_site


def same_shape(found: Any, expected: Any, where: str = "") -> None:
    """Every property of the reference's answer is there, with a value of the same kind."""
    if isinstance(expected, dict):
        assert isinstance(found, dict), where
        for name, value in expected.items():
            assert name in found, f"{where}.{name}"
            same_shape(found[name], value, f"{where}.{name}")
    elif isinstance(expected, list):
        assert isinstance(found, list), where
        if expected and found:
            same_shape(found[0], expected[0], f"{where}[0]")
    else:
        assert isinstance(found, type(expected)), f"{where}: {found!r} is not like {expected!r}"


def test_the_configuration_has_the_shape_of_the_reference(api: Reader, reference: Path) -> None:
    expected = json.loads((reference / "pxwebapi/expected/GetApiConfiguration.json").read_bytes())
    same_shape(api.get(f"{ROOT}/config").json(), expected)


def test_the_list_of_tables_has_the_shape_of_the_reference(api: Reader, reference: Path) -> None:
    expected = json.loads((reference / "pxwebapi/expected/ListAllTables.json").read_bytes())
    same_shape(api.get(f"{ROOT}/tables").json(), expected)


def test_a_table_has_the_shape_of_the_reference(api: Reader, reference: Path) -> None:
    expected = json.loads((reference / "pxwebapi/expected/TableById_tab004.json").read_bytes())
    same_shape(api.get(f"{ROOT}/tables/IP102").json(), expected)


def test_metadata_have_the_shape_of_the_reference(api: Reader, reference: Path) -> None:
    expected = json.loads((reference / "pxwebapi/expected/MetadataById_tab001_js2.json").read_bytes())
    found = api.get(f"{ROOT}/tables/IP102/metadata").json()
    dimensions = expected.pop("dimension")
    expected["extension"].pop("contact")
    expected["role"] = {name: ["X"] for name in expected["role"]}
    same_shape(found, expected)
    same_shape(found["dimension"]["Region"]["category"]["label"]["0"], "text")
    for name, like in (("Kjonn", "AGE"), ("ContentsCode", "ContentsCode"), ("Tid", "TIME")):
        first = {part: {"0": next(iter(values.values()))} for part, values in dimensions[like]["category"].items()}
        own = found["dimension"][name]
        for part, values in first.items():
            same_shape(next(iter(own["category"][part].values())), values["0"], f"{name}.{part}")
        shape = {key: value for key, value in dimensions[like]["extension"].items() if not isinstance(value, dict)}
        same_shape(own["extension"], shape, name)


def test_a_px_file_has_the_keywords_of_the_reference(api: Reader, reference: Path) -> None:
    expected = (reference / "pxwebapi/expected/tab4_fewcells.px").read_text(encoding="latin-1")
    needed = set(re.findall(r"^([A-Z][A-Z0-9-]*)[(=]", expected, re.MULTILINE))
    needed -= {"LANGUAGES", "PRESTEXT", "DOMAIN", "DAYADJ", "SEASADJ", "CONTACT", "DATANOTESUM", "DATASYMBOLSUM"}
    text = api.get(everything("IP102", raw="outputFormat=px")).content.decode()
    assert needed <= set(re.findall(r"^([A-Z][A-Z0-9-]*)[(=]", text, re.MULTILINE))


@pytest.mark.parametrize("part", ["metadata", "data"])
def test_a_dataset_meets_what_clients_need(api: Reader, table: str, part: str) -> None:
    found = api.get(f"{ROOT}/tables/{table}/{part}?lang=en").json()
    assert (found["version"], found["class"]) == ("2.0", "dataset")
    assert TIME.fullmatch(found["updated"])
    assert found["id"][0] == "Region"
    assert {"ContentsCode", "Tid"} <= set(found["id"])
    assert found["size"] == [len(found["dimension"][name]["category"]["index"]) for name in found["id"]]
    labels = [found["dimension"][name]["label"] for name in found["id"]]
    assert len(set(labels)) == len(labels)
    for name in found["id"]:
        dimension = found["dimension"][name]
        index, texts = dimension["category"]["index"], dimension["category"]["label"]
        assert list(index.values()) == list(range(len(index)))
        assert list(texts) == list(index)
        assert len(set(texts.values())) == len(texts)
        extension = dimension["extension"]
        assert extension["show"] in ("code", "value", "code_value")
        assert extension["codelists"] == extension["codeLists"]
        assert (
            extension["elimination"] == ("eliminationValueCode" in extension) == (name not in ("ContentsCode", "Tid"))
        )
    assert found["extension"]["px"]["aggregallowed"] is False
    if part == "metadata":
        assert found["value"] == []
    else:
        cells = 1
        for size in found["size"]:
            cells *= size
        assert len(found["value"]) == cells
        assert {int(at) for at in found["status"]} == {at for at, value in enumerate(found["value"]) if value is None}


@pytest.mark.parametrize("language", ["no", "nn", "en"])
def test_everything_answers_in_three_languages(api: Reader, language: str) -> None:
    tables = api.get(f"{ROOT}/tables?lang={language}").json()
    assert tables["language"] == language
    for table in tables["tables"]:
        for link in table["links"]:
            given = api.get(link["href"])
            assert given.status_code == 200
            if link["rel"] == "alternate":
                assert given.json()["language"] == link["hreflang"] != language
    metadata = api.get(f"{ROOT}/tables/IP102/metadata?lang={language}").json()
    assert metadata["extension"]["px"]["language"] == language
    expected = {"no": "Statistikkvariabel", "nn": "Statistikkvariabel", "en": "Contents"}[language]
    assert metadata["dimension"]["ContentsCode"]["label"] == expected


def test_the_configuration_is_what_clients_accept(api: Reader) -> None:
    config = api.get(f"{ROOT}/config").json()
    assert tuple(int(part) for part in config["apiVersion"].split(".")) >= (2, 0, 0)
    assert config["maxDataCells"] > 600 * 3 * 11 * 20
    assert config["defaultDataFormat"] in config["dataFormats"]
    assert config["features"] == [{"id": "CORS", "params": [{"key": "enabled", "value": "True"}]}]


def test_every_code_list_a_table_names_can_be_read_and_used(api: Reader, table: str) -> None:
    found = api.get(f"{ROOT}/tables/{table}/metadata").json()
    for name, dimension in found["dimension"].items():
        known = set(dimension["category"]["index"])
        for codelist in dimension["extension"]["codelists"]:
            document = api.get(codelist["links"][0]["href"]).json()
            assert document["id"] == codelist["id"]
            codes = [value["code"] for value in document["values"]]
            if table != "IP100":
                assert set(codes) <= known
            usable = [code for code in codes if code in known]
            fields = {"ContentsCode": "*", "Tid": "*"} | {name: ",".join(usable)}
            given = api.get(data(table, **fields, raw=f"codelist[{name}]={codelist['id']}"))
            assert given.status_code == 200, given.text
            assert chosen(given.json(), name) == usable


def test_an_aggregation_tells_which_codes_each_group_stands_for(api: Reader) -> None:
    counties = api.get(f"{ROOT}/codelists/AGG_FYLKER").json()
    assert {value["code"]: value["valueMap"] for value in counties["values"]} == {
        "01": ["0101", "0104"], "03": ["0301"], "12": ["1219"], "20": ["2003", "2011"],
    }  # fmt: skip
    reasons = api.get(f"{ROOT}/codeLists/agg_Grunn?lang=en").json()
    assert (reasons["type"], reasons["elimination"], reasons["eliminationValueCode"]) == ("Aggregation", True, "0")
    assert {value["code"]: value["valueMap"] for value in reasons["values"]}["A"] == ["1", "2"]
    plain = api.get(f"{ROOT}/codelists/vs_Kommuner2016").json()
    assert (plain["type"], plain["elimination"]) == ("Valueset", False)
    assert [value["valueMap"] for value in plain["values"]] == [[value["code"]] for value in plain["values"]]


def test_metadata_can_be_asked_for_with_a_code_list_in_place(api: Reader) -> None:
    found = api.get(f"{ROOT}/tables/IP102/metadata?codelist[region]=agg_fylker").json()
    assert chosen(found, "Region") == ["01", "03", "12", "20"]
    assert api.get(f"{ROOT}/tables/IP102/metadata?codelist[Region]=nope").status_code == 400
    assert api.get(f"{ROOT}/tables/IP102/metadata?codelist[Sted]=agg_Fylker").status_code == 400


PXWEB2 = [
    f"{ROOT}/config",
    f"{ROOT}/tables?lang=no&pageSize=10000&includeDiscontinued=true",
    f"{ROOT}/tables/IP102?lang=no",
    f"{ROOT}/tables/IP102/metadata?lang=no&defaultSelection=true&savedQuery=&codelist=",
    f"{ROOT}/tables/IP102/defaultselection?lang=no",
    f"{ROOT}/codelists/vs_Kommuner2016?lang=no",
    f"{ROOT}/tables/IP102/data?lang=no&outputFormat=xlsx&outputFormatParams=IncludeTitle&outputFormatParams=UseTexts",
    f"{ROOT}/tables/IP102/data?lang=en&outputFormat=csv&outputFormatParams=SeparatorSemicolon&outputFormatParams=UseCodes"
    "&heading=ContentsCode&heading=Tid&stub=Region&valuecodes[Region]=0&valuecodes[ContentsCode]=*&valuecodes[Tid]=*",
]


@pytest.mark.parametrize("address", PXWEB2)
def test_the_requests_of_the_front_end_succeed(api: Reader, address: str) -> None:
    given = api.get(address, headers={"origin": "https://pxweb.example"})
    assert given.status_code == 200, given.text
    assert given.headers["access-control-allow-origin"] == "*"


def test_the_front_end_posts_selections_and_saves_queries(api: Reader) -> None:
    assert (
        api.post(f"{ROOT}/tables/IP102/data?lang=no&outputFormat=json-stat2", body=b'{"selection": []}').status_code
        == 200
    )
    selection = api.get(f"{ROOT}/tables/IP102/defaultselection?lang=no").json()
    body = {key: selection[key] for key in ("selection", "placement")}
    posted = api.post(f"{ROOT}/tables/IP102/data?lang=no", body=json.dumps(body).encode())
    assert posted.json()["value"] == api.get(f"{ROOT}/tables/IP102/data").json()["value"]
    saved = api.post(
        f"{ROOT}/savedqueries",
        body=json.dumps(
            {
                "tableId": "IP102",
                "language": "no",
                "selection": body,
                "outputFormat": "json-stat2",
                "outputFormatParams": [],
            }
        ).encode(),
    )
    assert saved.status_code == 201
    assert api.get(f"{ROOT}/tables/IP102/metadata?lang=no&savedQuery={saved.json()['id']}").status_code == 200


QUERY: dict[str, Any] = {
    "tableId": "ip102",
    "language": "en",
    "selection": {
        "selection": [
            {"variableCode": "Region", "valueCodes": ["*"], "codelist": "agg_Fylker"},
            {"variableCode": "ContentsCode", "valueCodes": ["Avsluttet"]},
            {"variableCode": "Tid", "valueCodes": ["top(1)"]},
        ],
        "placement": {"heading": ["Tid", "ContentsCode"], "stub": ["Region"]},
    },
    "outputFormat": "csv",
    "outputFormatParams": ["UseCodes"],
}


def save(api: Reader, query: object) -> Any:
    return api.post(f"{ROOT}/savedqueries", body=json.dumps(query).encode())


def test_a_saved_query_is_its_own_id_and_keeps_its_expressions(api: Reader) -> None:
    given = save(api, QUERY)
    document = given.json()
    assert given.status_code == 201
    assert given.headers["location"] == f"{ROOT}/savedqueries/{document['id']}"
    assert save(api, QUERY).json()["id"] == document["id"]
    found = api.get(given.headers["location"]).json()
    assert found == document
    assert found["savedQuery"]["selection"]["selection"][2]["valueCodes"] == ["top(1)"]
    assert found["savedQuery"]["tableId"] == "IP102"
    assert re.fullmatch("[A-Za-z0-9_-]{20,200}", document["id"])


def test_a_saved_query_gives_its_cells_and_can_be_asked_otherwise(api: Reader) -> None:
    name = save(api, QUERY).json()["id"]
    address = f"{ROOT}/savedqueries/{name}"
    assert api.get(f"{address}/data").text.splitlines()[:2] == [
        '"Region","2016 Avsluttet","Origin"', '"01",70,"synthetic data"',
    ]  # fmt: skip
    other = api.get(f"{address}/data?outputFormat=json-stat2&lang=no").json()
    assert other["dimension"]["Region"]["label"] == "Region"
    assert cells_of(other)["03", "Avsluttet", "2016"] == 210
    selection = api.get(f"{address}/selection").json()
    assert {item["variableCode"]: item["valueCodes"] for item in selection["selection"]} == {
        "Region": ["01", "03", "12", "20"], "Kjonn": [], "ContentsCode": ["Avsluttet"], "Tid": ["2016"],
    }  # fmt: skip
    assert selection["placement"] == {"heading": ["Tid", "ContentsCode"], "stub": ["Region"]}
    metadata = api.get(f"{ROOT}/tables/IP102/metadata?savedQuery={name}").json()
    assert chosen(metadata, "Region") == ["01", "03", "12", "20"]


BAD_QUERIES: list[object] = [
    None,
    {},
    {**QUERY, "tableId": "nope"},
    {**QUERY, "tableId": 1},
    {**QUERY, "language": "sv"},
    {**QUERY, "selection": None},
    {**QUERY, "selection": {"selection": [{"variableCode": "Tid", "valueCodes": ["1999"]}]}},
    {**QUERY, "outputFormat": "pdf"},
    {**QUERY, "outputFormat": ""},
    {**QUERY, "outputFormat": "px"},
    {**QUERY, "outputFormatParams": ["Nope"]},
    {**QUERY, "outputFormatParams": "UseCodes"},
]


@pytest.mark.parametrize("query", BAD_QUERIES, ids=[str(query)[-50:] for query in BAD_QUERIES])
def test_a_query_that_would_fail_is_not_saved(api: Reader, query: object) -> None:
    assert save(api, query).status_code == 400


@pytest.mark.parametrize("name", ["x", "q", "qAAAA", "q!!", "nope", "QXYZ", "q" + "A" * 7000])
def test_an_id_that_is_no_query_is_not_found(api: Reader, name: str) -> None:
    for part in ("", "/data", "/selection"):
        given = api.get(f"{ROOT}/savedqueries/{quote(name)}{part}")
        assert (given.status_code, given.json()["title"]) == (404, "Saved query not found")


@pytest.mark.parametrize("name", ["..", "a..b", "a%2Fb", "a%5Cb", "..%2F..%2Fetc%2Fpasswd", "%2e%2e", "a/b/c"])
def test_an_id_with_signs_of_a_path_is_refused(api: Reader, name: str) -> None:
    assert api.get(f"{ROOT}/savedqueries/{name}").status_code == 400


def test_a_problem_has_exactly_its_type_and_every_part(api: Reader, edition: Edition) -> None:
    given = api.get(f"{ROOT}/tables/nope")
    assert given.headers["content-type"] == "application/problem+json"
    assert given.headers["cache-control"] == "no-store"
    assert given.json() == {
        "type": "urn:introstat:problem:table",
        "title": "Non-existent table",
        "status": 404,
        "detail": f'There is no table "nope". There are: {", ".join(tables_of(edition))}.',
        "instance": f"{ROOT}/tables/nope",
    }


@pytest.mark.parametrize(
    "address", ["/nope", "/tables/IP102/nope", "/tables/IP102/data/nope", "/codelists", "/codelists/nope"]
)
def test_an_address_that_does_not_exist_is_a_problem(api: Reader, address: str) -> None:
    given = api.get(ROOT + address)
    assert given.status_code == 404
    assert given.headers["content-type"] == "application/problem+json"
    assert given.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("method", "address", "allow"),
    [
        ("POST", "/tables", "GET, HEAD, OPTIONS"),
        ("PUT", "/tables/IP102/data", "GET, HEAD, OPTIONS, POST"),
        ("GET", "/savedqueries", "OPTIONS, POST"),
        ("TRACE", "/config", "GET, HEAD, OPTIONS"),
        ("DELETE", "/savedqueries/q1", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_method_that_is_not_for_this_address_is_refused(api: Reader, method: str, address: str, allow: str) -> None:
    given = api.request(method, ROOT + address)
    assert (given.status_code, given.headers["allow"]) == (405, allow)


def test_a_browser_may_ask_from_anywhere(api: Reader) -> None:
    given = api.request(
        "OPTIONS", f"{ROOT}/tables/IP102/data",
        headers={"origin": "https://a.example", "access-control-request-method": "POST", "access-control-request-headers": "content-type"},
    )  # fmt: skip
    assert given.status_code == 204
    assert given.headers["access-control-allow-origin"] == "*"
    assert "POST" in given.headers["access-control-allow-methods"]
    assert given.headers["access-control-allow-headers"] == "*"


def test_an_answer_is_compressed_and_known_again(api: Reader) -> None:
    plain = api.get(everything("IP102"), headers={"accept-encoding": "identity"})
    packed = api.get(everything("IP102"))
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.raw) == plain.raw
    assert len(packed.raw) < len(plain.raw) / 2
    for given in (plain, packed):
        again = api.get(everything("IP102"), headers={"if-none-match": given.headers["etag"]})
        assert (again.status_code, again.raw) == (304, b"")
    assert api.get(everything("IP102"), headers={"if-none-match": '"other"'}).status_code == 200


def test_head_says_the_same_without_the_body(api: Reader) -> None:
    got, head = api.get(everything("IP102")), api.head(everything("IP102"))
    assert (head.status_code, head.raw) == (200, b"")
    assert head.headers == got.headers


def test_a_post_is_never_not_modified(api: Reader) -> None:
    first = api.post(f"{ROOT}/tables/IP102/data")
    again = api.post(f"{ROOT}/tables/IP102/data", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 200


def test_no_answer_can_do_anything_in_a_browser(api: Reader) -> None:
    for address in (everything("IP102", raw="outputFormat=html"), f"{ROOT}/config", f"{ROOT}/nope"):
        headers = api.get(address).headers
        assert "sandbox" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_too_many_calls_are_told_when_to_come_back(released: Path, tmp_path: Path) -> None:
    app = create_app(released / "editions", feedback=tmp_path, clock=lambda: LATER, limits=Limits(calls=3, seconds=60))
    api = Reader(app)
    assert [api.get(f"{ROOT}/tables").status_code for _ in range(4)] == [200, 200, 200, 429]
    given = api.get(f"{ROOT}/tables/IP102/data")
    assert (given.status_code, given.json()["title"]) == (429, "Too many requests")
    assert 1 <= int(given.headers["retry-after"]) <= 60
    assert given.headers["access-control-allow-origin"] == "*"
    config = api.get(f"{ROOT}/config")
    assert config.status_code == 200
    assert (config.json()["maxCallsPerTimeWindow"], config.json()["timeWindow"]) == (3, 60)
    assert api.get("/").status_code == 200


def test_calls_are_counted_for_each_client_in_windows() -> None:
    rate = RateLimit(Limits(calls=2, seconds=10))
    assert [rate.wait("a", now=now) for now in (0.0, 1.0, 2.0, 9.5)] == [0, 0, 8, 1]
    assert rate.wait("b", now=2.0) == 0
    assert rate.wait("a", now=10.0) == 0


def test_the_memory_of_clients_is_bounded_and_forgets_the_quiet_ones() -> None:
    rate = RateLimit(Limits(calls=2, seconds=1000), clients=100)
    for number in range(10_000):
        rate.wait(f"10.0.{number // 256}.{number % 256}", now=0.0)
    assert len(rate) == 100


def test_no_limit_counts_nobody() -> None:
    rate = RateLimit(Limits(calls=0))
    assert [rate.wait("a", now=0.0) for _ in range(10)] == [0] * 10
    assert len(rate) == 0


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "spoofed, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "", "2001:db8:1:2::/64"),
        ("not:an:address", "", "not:an:address"),
    ],
)
def test_a_proxy_of_ours_is_believed_about_who_calls_and_nobody_else(peer: str, forwarded: str, client: str) -> None:
    assert client_of(peer, forwarded, proxies=frozenset({"10.0.0.1", "10.0.0.2"})) == client


def test_the_root_leads_to_the_documentation(api: Reader) -> None:
    for address in (ROOT, f"{ROOT}/", "/API/v2"):
        given = api.get(address)
        assert (given.status_code, given.headers["location"]) == (303, "/api/")
    assert api.get("/api/").status_code == 200


@pytest.mark.parametrize("address", ["/api/v2x", "/api/v3/tables", "/apiv2", "/x/api/v2/tables"])
def test_other_addresses_are_left_to_the_pages(api: Reader, address: str) -> None:
    given = api.get(address)
    assert given.status_code == 404
    assert given.headers["content-type"].startswith("text/html")
