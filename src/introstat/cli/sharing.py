"""Sharing work that can be done in any order between this process and a forked one, where there are two cores.

The two take the items one by one, whoever is free, by reading a pipe in which their numbers stand. The answers are the same and
in the same order whoever gave them; one that does not come from the other process is made here.
"""

from __future__ import annotations

import os
import pickle
import select
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

_MOST: Final = 256
"""A number is one byte, so that taking one cannot be interrupted halfway."""
_PATIENCE: Final = 60.0
"""Seconds to wait for the other process before its work is done here."""


def shared(work: Callable[[Item], Answer], items: Iterable[Item]) -> Iterator[Answer]:
    """What `map` gives, made by two processes. `work` must not lean on threads that this process has started."""
    all_items = list(items)
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2 or not 1 < len(all_items) <= _MOST:
        return map(work, all_items)
    return iter(_by_two(work, all_items))


def _by_two(work: Callable[[Item], Answer], items: list[Item]) -> list[Answer]:
    sys.stdout.flush()
    sys.stderr.flush()
    numbers, numbers_end = os.pipe()
    answers, answers_end = os.pipe()
    os.write(numbers_end, bytes(range(len(items))))
    os.close(numbers_end)
    child = os.fork()
    if child == 0:
        try:
            os.close(answers)
            theirs = {number: work(items[number]) for number in _taken(numbers)}
            with os.fdopen(answers_end, "wb") as sink:
                pickle.dump(theirs, sink, pickle.HIGHEST_PROTOCOL)
        finally:  # whatever happened: this copy of the process ends here, and says nothing
            os._exit(0)
    os.close(answers_end)
    try:
        done = {number: work(items[number]) for number in _taken(numbers)}
        done |= _received(answers)
    finally:
        os.close(numbers)
        os.close(answers)
        os.waitpid(child, 0)
    return [done[number] if number in done else work(item) for number, item in enumerate(items)]


def _taken(numbers: int) -> Iterator[int]:
    while number := os.read(numbers, 1):
        yield number[0]


def _received(answers: int) -> dict[int, Answer]:
    """The other process's answers; none where they do not come whole."""
    content = bytearray()
    while select.select([answers], [], [], _PATIENCE)[0]:
        if not (part := os.read(answers, 1 << 20)):
            break
        content += part
    try:
        found: dict[int, Answer] = pickle.loads(content)
    except (EOFError, pickle.UnpicklingError):
        return {}
    return found
