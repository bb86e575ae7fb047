"""Reading deliveries ahead, on another core, while the register takes in those before.

What needs no register about a delivery, its bytes, its cells and every check of a record by itself, is half of the work of
receiving many. A forked process goes through the same sendings in the same order and writes what it read to a pipe, which
holds no more than a few. Nothing depends on it: a reading that does not come, or is of other bytes, is made here instead.
"""

from __future__ import annotations

import fcntl
import io
import os
import pickle
import select
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Final

import pyarrow as pa

from introstat.collect import CHECKS
from introstat.collect.reception import Reading
from introstat.vocabulary.deliveries import Sending

FEW: Final = 8
"""So few sendings at most are not worth another process."""
_PATIENCE: Final = 60.0
"""Seconds without a reading until it is made here."""
_ROOM: Final = 1 << 20
_WIDTH: Final = 8
_CHECKS: Final = {check.number: check for check in CHECKS}
_CHECK_TYPES: Final = tuple({type(check) for check in CHECKS})


@contextmanager
def read_ahead(
    sendings: Iterable[Sending], *, read: Callable[[Sending], Reading]
) -> Iterator[Iterator[Reading | None]]:
    """What `read` says of each sending, in their order, from another process; None without end from where that fails.

    Both processes go through `sendings` on their own: it is consumed in the other one, and untouched in this.
    """
    if sys.platform != "linux" or len(os.sched_getaffinity(0)) < 2:
        yield _nothing()
        return
    sys.stdout.flush()
    sys.stderr.flush()
    receiving, sending_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(receiving)
            _write_all(sending_end, (read(sending) for sending in sendings))
        finally:  # whatever happened: this copy of the process ends here, and says nothing
            os._exit(0)
    os.close(sending_end)
    try:
        with os.fdopen(receiving, "rb") as pipe:
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _ROOM)
            yield _read_all(pipe)
    finally:  # the pipe is closed, and whoever still writes to it ends
        os.waitpid(child, 0)


def _nothing() -> Iterator[None]:
    while True:
        yield None


def _write_all(pipe: int, readings: Iterable[Reading]) -> None:
    with os.fdopen(pipe, "wb") as sink:
        for reading in readings:
            content = _packed(reading)
            sink.write(len(content).to_bytes(_WIDTH) + content)
            sink.flush()


def _read_all(pipe: BinaryIO) -> Iterator[Reading | None]:
    while select.select([pipe], [], [], _PATIENCE)[0]:
        width = pipe.read(_WIDTH)
        if len(width) < _WIDTH:
            break
        content = pipe.read(int.from_bytes(width))
        if len(content) < int.from_bytes(width):
            break
        yield pickle.loads(content)
    yield from _nothing()


class _Packer(pickle.Pickler):
    """Tables go as Arrow's own format, ten times as fast; a check is known by its number on both sides."""

    def reducer_override(self, value: Any) -> Any:
        """See pickle."""
        if isinstance(value, pa.Table):
            return _table, (_stream(value),)
        if isinstance(value, _CHECK_TYPES):
            return _check, (value.number,)
        return NotImplemented


def _packed(reading: Reading) -> bytes:
    sink = io.BytesIO()
    _Packer(sink, pickle.HIGHEST_PROTOCOL).dump(reading)
    return sink.getvalue()


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _table(stream: bytes) -> pa.Table:
    return pa.ipc.open_stream(stream).read_all()


def _check(number: str) -> Any:
    return _CHECKS[number]
