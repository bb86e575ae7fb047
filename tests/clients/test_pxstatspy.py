"""pxstatspy 1.0.1, as it comes: lists, metadata, frames with the numbers of the edition, and the details of errors."""

from __future__ import annotations

import math

import pytest
from pxstatspy.pxapi import OutputFormat, OutputFormatParam, PxAPI, PxAPIConfig, PxAPIError
from tests.clients.conftest import Live

EVERYTHING = {name: ["*"] for name in ("Region", "Kjonn", "ContentsCode", "Tid")}


@pytest.fixture(scope="module")
def api(live: Live) -> PxAPI:
    return PxAPI(PxAPIConfig(base_url=live.api, language="no"))


def test_it_takes_its_limits_from_the_configuration(api: PxAPI) -> None:
    assert api.max_data_cells == 1_000_000


def test_it_lists_tables(api: PxAPI, live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    api.find_tables("kommune", include_discontinued=False)
    assert "IP102" in capsys.readouterr().out
    frame = api.find_tables_as_dataframe(all_pages=True)
    assert list(frame["id"]) == live.tables
    assert set(frame["first_period"]) == {"2016"}


def test_it_reads_a_table_and_its_metadata(api: PxAPI, live: Live, capsys: pytest.CaptureFixture[str]) -> None:
    assert api.get_table_by_id("IP102")["id"] == "IP102"
    api.print_table_variables("IP102", max_values="*")
    told = capsys.readouterr().out
    assert all(f"(Code: {code})" in told for code in live.labels("IP102", "Region"))


def test_it_makes_a_frame_of_a_whole_table_with_the_numbers_of_the_edition(api: PxAPI, live: Live) -> None:
    frame = api.get_data_as_dataframe("IP102", EVERYTHING, output_format_param=OutputFormatParam.USE_CODES)
    contents = list(live.labels("IP102", "ContentsCode"))
    found: dict[tuple[str, ...], float] = {
        (row["region_code"], str(row["Kjønn"]), content, str(row["År"])): row[content]
        for row in frame.to_dict("records")
        for content in contents
    }
    expected = live.cells("IP102")
    assert set(found) == set(expected)
    for cell, value in expected.items():
        assert found[cell] == value or (value is None and math.isnan(found[cell])), cell


def test_it_fetches_files_and_posts_selections(api: PxAPI, live: Live) -> None:
    codes = {"Region": ["0", "01"], "ContentsCode": ["Avsluttet"], "Tid": ["TOP(1)"]}
    text = api.get_table_data(
        "IP102", codes, output_format=OutputFormat.CSV,
        output_format_params=[OutputFormatParam.USE_CODES, OutputFormatParam.SEPARATOR_SEMICOLON],
    )  # fmt: skip
    ended = live.cells("IP102")["01", "0", "Avsluttet", "2016"]
    assert f'"01";{ended};' in text
    body = {"selection": [{"variableCode": name, "valueCodes": values} for name, values in codes.items()]}
    posted = api.get_table_data_post("IP102", body)
    assert posted["value"][1] == ended


def test_it_shows_the_detail_of_a_problem(api: PxAPI) -> None:
    body = {"selection": [{"variableCode": "Region", "valueCodes": ["9999"]}]}
    with pytest.raises(PxAPIError, match=r"Select at least one value of ContentsCode|is no value of Region"):
        api.get_table_data_post("IP102", body)
