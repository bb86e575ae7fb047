"""How much one caller may ask for, and how large an answer may be.

Calls are counted per client in windows of time. The memory this takes is bounded: of more clients than there is room for,
the one that has been quiet longest is forgotten.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Final

CLIENTS: Final = 20_000
_IPV6_HOME: Final = 64
"""How many bits of an IPv6 address belong to one home or office."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the configuration tells clients. ``calls`` 0 means that calls are not limited.

    ``proxies`` are the addresses of our own proxies, whose word about the client is taken.
    """

    calls: int = 600
    seconds: int = 60
    cells: int = 1_000_000
    proxies: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.calls < 0 or self.seconds < 1 or self.cells < 1:
            raise ValueError("limits are positive")


class RateLimit:
    """Counts the calls of each client."""

    def __init__(self, limits: Limits, *, clients: int = CLIENTS) -> None:
        self._limits = limits
        self._clients = clients
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def wait(self, client: str, *, now: float) -> int:
        """Count a call at ``now`` (seconds of a clock that only goes forward): 0, or how many seconds to wait first."""
        if not self._limits.calls:
            return 0
        start, calls = self._windows.get(client, (now, 0))
        if now - start >= self._limits.seconds:
            start, calls = now, 0
        if calls >= self._limits.calls:
            return max(1, ceil(start + self._limits.seconds - now))
        self._windows[client] = (start, calls + 1)
        self._windows.move_to_end(client)
        while len(self._windows) > self._clients:
            self._windows.popitem(last=False)
        return 0

    def __len__(self) -> int:
        return len(self._windows)


def client_of(peer: str, forwarded: str, *, proxies: frozenset[str]) -> str:
    """Who calls: the peer, or the last address before our own proxies where the peer is one of them.

    >>> client_of("10.0.0.1", "203.0.113.7, 10.0.0.2", proxies=frozenset({"10.0.0.1", "10.0.0.2"}))
    '203.0.113.7'
    """
    client = peer
    if peer in proxies:
        for name in reversed([part.strip() for part in forwarded[-500:].split(",")]):
            if name and name not in proxies:
                client = name
                break
    return _home(client)


def _home(client: str) -> str:
    """An IPv6 address stands for its network: one subscriber has billions of them."""
    if ":" not in client:
        return client[:64]
    try:
        return str(ipaddress.ip_network((client.partition("%")[0], _IPV6_HOME), strict=False))
    except ValueError:
        return client[:64]


def in_force(settings: Mapping[str, str]) -> Limits:
    """The limits that the environment sets: INTROSTAT_API_CALLS, _SECONDS, and INTROSTAT_PROXIES with commas."""
    normal = Limits()
    return Limits(
        calls=int(settings.get("INTROSTAT_API_CALLS", normal.calls)),
        seconds=int(settings.get("INTROSTAT_API_SECONDS", normal.seconds)),
        proxies=frozenset(name.strip() for name in settings.get("INTROSTAT_PROXIES", "").split(",") if name.strip()),
    )
