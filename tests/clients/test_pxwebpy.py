"""pxwebpy 0.6.0, as it comes: it finds the tables, reads metadata and code lists, and gets the numbers of the edition."""

from __future__ import annotations

import pytest
from pxweb import PxApi
from requests.exceptions import HTTPError
from tests.clients.conftest import Live


@pytest.fixture(scope="module")
def api(live: Live) -> PxApi:
    return PxApi(live.api, language="en", disable_cache=True)


def test_it_accepts_the_configuration(api: PxApi, live: Live) -> None:
    assert api.number_of_tables == len(live.tables)
    assert api.get_config()["defaultLanguage"] == "no"


def test_it_finds_tables(api: PxApi, live: Live) -> None:
    assert [table["id"] for table in api.search("IP101 reason for ending")["tables"]] == ["IP101"]
    assert [table["id"] for table in api.search(past_days=100_000, include_discontinued=True, page_size=2)["tables"]] == [
        "IP100", "IP101",
    ]  # fmt: skip
    assert {table["id"] for table in api.all_tables()} == set(live.tables)
    assert [path["id"] for path in api.get_paths()] == ["IP"]
    assert len(api.tables_on_path("IP")) == len(live.tables)


def test_it_reads_metadata_and_code_lists(api: PxApi, live: Live) -> None:
    variables = api.get_table_variables("IP102")
    assert variables["Region"]["category"]["label"] == live.labels("IP102", "Region", "en")
    assert {found["id"] for found in variables["Region"]["codelists"]} >= {"agg_Fylker", "vs_Kommuner2016"}
    assert [variables[code]["elimination"] for code in variables] == [True, True, False, False]
    assert len(api.get_code_list("vs_Kommuner2016")["values"]) == 428


def test_it_gets_the_default_selection(api: PxApi, live: Live) -> None:
    rows = api.get_table_data("IP102")
    assert len(rows) == len(live.labels("IP102", "Region", "en")) * 3
    assert rows[0] == {
        "Region": "0: The whole country", "Contents": "Number who ended", "Year": "2016", "Sex": "Both sexes",
        "value": live.cells("IP102")["0", "0", "Avsluttet", "2016"],
    }  # fmt: skip


def test_it_gets_a_whole_table_with_the_numbers_of_the_edition(api: PxApi, live: Live) -> None:
    rows = api.get_table_data("IP101", value_codes={name: ["*"] for name in live.dataset("IP101")["id"]}, show="code")  # fmt: skip
    found = {tuple(str(value) for name, value in row.items() if name != "value"): row["value"] for row in rows}
    assert found == live.cells("IP101")


def test_it_gets_wildcards_and_the_newest_year(api: PxApi, live: Live) -> None:
    rows = api.get_table_data(
        "IP102", value_codes={"Region": ["09*"], "ContentsCode": ["Avsluttet"], "Tid": ["top(1)"]}, show="code"
    )
    cells = live.cells("IP102")
    expected = {
        code: cells[code, "0", "Avsluttet", "2016"] for code in live.labels("IP102", "Region") if code[:2] == "09"
    }
    assert {row["Region"]: row["value"] for row in rows} == expected


def test_it_gets_a_grouping_from_the_groups_own_rows(api: PxApi, live: Live) -> None:
    rows = api.get_table_data(
        "IP102",
        value_codes={"Region": ["*"], "ContentsCode": ["Avsluttet"], "Tid": ["2016"]},
        code_list={"Region": "agg_Fylker"},
        show="code",
    )
    cells = live.cells("IP102")
    assert {row["Region"]: row["value"] for row in rows} == {
        code: cells[code, "0", "Avsluttet", "2016"] for code in live.labels("IP102", "Region") if len(code) == 2
    }


def test_it_tells_what_went_wrong(api: PxApi) -> None:
    with pytest.raises(HTTPError, match="Non-existent value"):
        api.get_table_data("IP102", value_codes={"Region": ["9999"], "ContentsCode": ["Avsluttet"], "Tid": ["2016"]})
