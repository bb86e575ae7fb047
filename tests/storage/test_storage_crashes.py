"""A process that dies while it receives leaves nothing or everything, and the same command again makes it whole.

Killed means SIGKILL: no handler runs. The sweep kills a child before each of its statements in turn; the other test kills at
moments of chance, and may hit anything between two statements, the commit among them.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.storage.conftest import Store

RECEIVING = Path(__file__).parent / "receiving.py"


def receiving(store: Store, how: str, first: int, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(RECEIVING), how, str(first), str(count)],
        env=store.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finished(process: subprocess.Popen[str]) -> list[str]:
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    return out.splitlines()


def state(store: Store) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(finished(receiving(store, "state", 0, 0))[0])
    return found


def test_killed_before_any_statement_it_leaves_no_trace_and_the_same_again_is_one_clean_run(store: Store) -> None:
    finished(receiving(store, "all", 1, 1))
    before = state(store)
    *killed, (through, after) = (orjson.loads(line) for line in finished(receiving(store, "sweep", 2, 1)))
    assert len(killed) >= 10
    assert [found for _, found in killed] == [before] * len(killed)
    assert through
    assert after["verified"]
    assert after["deliveries"] == before["deliveries"] + 1


def test_killed_at_any_moment_and_started_again_it_ends_where_a_clean_run_ends(
    store: Store, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(1)
    kills = 0
    for _ in range(3):
        process = receiving(store, "all", 1, 8)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(chance.uniform(0, 0.1))
        process.kill()
        kills += process.wait() < 0
        process.communicate()
    assert kills
    finished(receiving(store, "all", 1, 8))
    after_kills = state(store)
    clean = request.getfixturevalue("another_store")
    finished(receiving(clean, "all", 1, 8))
    assert after_kills == state(clean)


def test_two_who_receive_the_same_at_once_both_get_through_and_nothing_is_there_twice(
    store: Store, request: pytest.FixtureRequest
) -> None:
    both = [receiving(store, "all", 1, 8) for _ in range(2)]
    for process in both:
        assert len(finished(process)) == 8
    clean = request.getfixturevalue("another_store")
    finished(receiving(clean, "all", 1, 8))
    assert state(store) == state(clean)
