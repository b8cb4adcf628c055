"""When within a slot a source is asked: spread by host, the same each time, and a little jitter.

Not everybody's archive shall ask at midnight sharp, and sources of one host shall not ask it all at once. So
each archive has a place of its own in the window for each host, and the sources of a host are laid out
evenly from there on. Pure but for the random that comes in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from hashlib import sha256

JITTER = timedelta(seconds=30)
"""The most that chance adds; never more than a twentieth of the window."""


def window(spread: timedelta, cadence: timedelta) -> timedelta:
    """Over which the sources of a slot are spread: as configured, but at most a quarter of the cadence."""
    return min(spread, cadence / 4)


def offsets(hosts: Mapping[str, str], windows: Mapping[str, timedelta], seed: str) -> dict[str, timedelta]:
    """Source → how long after its slot it is asked.

    hosts: source → host that it asks first. windows: source → its window. seed: of this archive.
    """
    found = {}
    for source, host in hosts.items():
        peers = sorted(other for other, its in hosts.items() if its == host)
        share = (_share(seed, host) + peers.index(source) / len(peers)) % 1
        found[source] = windows[source] * share
    return found


def jitter(within: timedelta, random: Callable[[], float]) -> timedelta:
    """A little chance. random: from 0 to 1."""
    return min(JITTER, within / 20) * random()


def _share(seed: str, host: str) -> float:
    return int.from_bytes(sha256(f"{seed}\n{host}".encode()).digest()[:8]) / 2**64
