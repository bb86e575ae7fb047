"""Input that nobody sends by mistake: refused quickly, in a few words, and nothing grows."""

from __future__ import annotations

import base64
import json
import tracemalloc
import zlib
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.site.pxwebapi import ROOT, data
from tests.site.reader import Reader

from introstat.site.app import create_app
from introstat.site.pxwebapi import Limits, interface
from introstat.site.pxwebapi.savedqueries import _COMMON, LONGEST_ID

"""Seconds; generous, because the machine may be busy."""

FEW_BYTES = 2_000


def stopped() -> datetime:
    """A clock that stands still."""
    return datetime(2018, 1, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def api(released: Path) -> Reader:
    return Reader(
        create_app(released / "editions", feedback=released / "feedback", clock=stopped, limits=Limits(calls=0))
    )


BASE = "valuecodes[ContentsCode]=*&valuecodes[Tid]=*&valuecodes[Region]="
HOSTILE = {
    "a million commas": (f"{BASE}{',' * 190_000}", {200, 400}),
    "a query longer than any": (f"{BASE}{'0,' * 500_000}", {414}),
    "deep brackets": (f"{BASE}{'[' * 50_000}{']' * 50_000}", {400}),
    "open brackets": (f"{BASE}{'[' * 100_000}", {400}),
    "closed brackets": (f"{BASE}{']' * 100_000}", {400}),
    "brackets in a name": (f"{'valuecodes' + '[' * 5000 + ']' * 5000}=1", {200, 400}),
    "many names": ("&".join(f"valuecodes[V{n}]=1" for n in range(5000)), {400}),
    "many wildcards": (BASE + ",".join(f"{n:04}*" for n in range(20_000)), {400}),
    "many masks": (BASE + ",".join(f"?{n:03}" for n in range(900)), {400}),
    "many stars": (f"{BASE}{'*' * 100_000}", {400}),
    "many question marks": (f"{BASE}{'?' * 100_000}", {400}),
    "a huge number": (f"{BASE}TOP({'9' * 50_000})", {400}),
    "an unknown encoding": (f"{BASE}%ff%fe%00", {400}),
    "an unfinished escape": (f"{BASE}%e", {400}),
    "a zero byte": (f"{BASE}0%00", {400}),
    "surrogates": (f"{BASE}%ed%a0%80", {400}),
    "a long code": (f"{BASE}{'x' * 100_000}", {400}),
    "a long format": (f"outputFormat={'x' * 100_000}", {400}),
    "a long language": (f"lang={'x' * 100_000}", {400}),
    "many editions": (f"editions={','.join(f'{year}.1' for year in range(1000, 9999))}", {400, 404}),
    "lines in a value": (f"{BASE}0%0d%0aset-cookie:x", {400}),
    "many placements": (f"{BASE}0&heading={'Tid,' * 20_000}", {400}),
    "many parameters of a format": (f"outputFormat=csv&outputFormatParams={'UseCodes,' * 20_000}", {200}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_query_is_answered_shortly(api: Reader, name: str) -> None:
    query, statuses = HOSTILE[name]
    given = api.get(f"{ROOT}/tables/IP102/data?{query}")
    assert given.status_code in statuses, given.text[:300]
    if given.status_code != 200:
        assert len(given.raw) < FEW_BYTES
        assert "set-cookie" not in given.headers


BODIES = {
    "deep lists": b"[" * 400_000,
    "deep objects": b'{"selection":' * 60_000,
    "deep and whole": b'{"selection":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "many items": b'{"selection":[' + b'{"variableCode":"x"},' * 40_000 + b'{"variableCode":"x"}]}',
    "many values": b'{"selection":[{"variableCode":"Tid","valueCodes":[' + b'"x",' * 200_000 + b'"x"]}]}',
    "many expressions": b'{"selection":[{"variableCode":"Tid","valueCodes":['
    + b",".join(b'"%d*"' % n for n in range(90_000))
    + b"]}]}",
    "too much": b" " * 1_000_001,
    "no text": bytes(range(256)) * 100,
    "compressed": zlib.compress(b" " * 1_000_000),
    "not a number": b'{"selection": NaN}',
}


@pytest.mark.parametrize("name", BODIES)
def test_a_hostile_body_is_refused_shortly(api: Reader, name: str) -> None:
    given = api.post(f"{ROOT}/tables/IP102/data", body=BODIES[name])
    assert given.status_code in (400, 413)
    assert len(given.raw) < FEW_BYTES


PATHS = [
    "/tables/..%2f..%2fetc%2fpasswd/data",
    "/tables/%2e%2e/data",
    "/tables/IP102%00/data",
    "/tables/" + "x" * 50_000,
    "/tables/" + "/" * 5_000,
    "/codelists/..%2f..%2fvs_Kjonn",
    "/codelists/%ff%fe",
    "/tables/IP102/data/../../../../etc/passwd",
    "/savedqueries/" + "q" * 100_000,
    "//evil.example/tables",
    "/tables/IP102;/data",
]


@pytest.mark.parametrize("path", PATHS, ids=[path[:40] for path in PATHS])
def test_a_trick_in_a_path_finds_nothing(api: Reader, path: str) -> None:
    given = api.get(ROOT + path)
    assert given.status_code in (400, 404)
    assert len(given.raw) < FEW_BYTES


def bomb(content: bytes, *, with_common: bool = True) -> str:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, *([_COMMON] if with_common else []))
    packed = packer.compress(content) + packer.flush()
    return "q" + base64.urlsafe_b64encode(packed).decode().rstrip("=")


BOMBS = {
    "a gigabyte of spaces, cut": bomb(b" " * 4_000_000),
    "a long list": bomb(b'{"selection":[' + b'{"variableCode":"Tid"},' * 150_000),
    "without the common text": bomb(b'{"tableId":"IP102"}' + b" " * 1_000_000, with_common=False),
    "more behind the end": bomb(b"{}") + "AAAA",
    "an unfinished stream": bomb(b'{"tableId":"IP102"}' * 50)[:-8],
}


@pytest.mark.parametrize("name", BOMBS)
def test_an_id_that_unfolds_to_too_much_is_not_unfolded(api: Reader, name: str) -> None:
    tracemalloc.start()
    given = api.get(f"{ROOT}/savedqueries/{BOMBS[name]}/data")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (given.status_code, given.json()["title"]) == (404, "Saved query not found")
    assert peak < 2_000_000


def test_a_query_too_long_for_an_address_is_not_saved(api: Reader) -> None:
    codes = ["0101"] * 30_000
    query = {
        "tableId": "IP102",
        "language": "no",
        "selection": {
            "selection": [
                {"variableCode": "Region", "valueCodes": ["0", *codes]},
                {"variableCode": "ContentsCode", "valueCodes": ["*"]},
                {"variableCode": "Tid", "valueCodes": ["*"]},
            ]
        },
    }
    given = api.post(f"{ROOT}/savedqueries", body=json.dumps(query).encode())
    assert (given.status_code, given.json()["title"]) == (400, "Request too large")
    assert LONGEST_ID < 8_000


def test_a_caller_s_text_comes_back_short_and_printable(api: Reader) -> None:
    name = "<script>alert(1)</script>\u202e" + "y" * 500
    given = api.get(data("IP102") + f"&valuecodes[{quote(name)}]=1")
    assert given.status_code == 400
    detail = given.json()["detail"]
    assert "\u202e" not in detail
    assert len(detail) < 400
    assert given.headers["content-type"] == "application/problem+json"


def test_kept_answers_and_joined_tables_stay_within_their_bounds(
    released: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(interface, "KEPT_BYTES", 400_000)
    app = create_app(released / "editions", feedback=released / "feedback", clock=stopped, limits=Limits(calls=0))
    api = Reader(app)
    for number in range(100):
        assert api.get(data("IP102", Region="*", ContentsCode="*", Tid="*", raw=f"x={number}")).status_code == 200
    found = app.middleware_stack
    while found is not None and not isinstance(found, interface.OpenData):
        found = getattr(found, "app", None)
    assert isinstance(found, interface.OpenData)
    assert 0 < found._kept._weight <= 400_000
