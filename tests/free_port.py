"""Ports for the servers that tests start."""

from __future__ import annotations

import os
import socket


def free_port() -> int:
    """One on the loopback address that nobody listens on, and that no other process of the same run is given.

    Between asking the system and listening another process might be told the same; so each keeps to blocks of its own.
    """
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    while True:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        # Not every other port: the system gives odd ones to those who listen.
        if port // 16 % processes == number:
            return port
