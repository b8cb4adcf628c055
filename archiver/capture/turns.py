"""Turns at a host: never more requests at a time than agreed, and no closer together than it asks."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .failure import Failure


class Turns:
    """Shared by all threads of a pass. Every hop of every exchange takes a turn at its host."""

    def __init__(self, per_host: int, sleep: Callable[[float], object]) -> None:
        """per_host: requests at a time. sleep: waits for seconds."""
        self._per_host, self._sleep = per_host, sleep
        self._change = threading.Condition()
        self._taken: Counter[str] = Counter()
        self._apart: dict[str, float] = {}
        self._next: dict[str, float] = {}
        self._held: dict[str, float] = {}
        self._stopped = False

    def space(self, host: str, seconds: float) -> None:
        """From now on the requests to a host begin at least this far apart (its crawl delay)."""
        with self._change:
            self._apart[host] = max(seconds, self._apart.get(host, 0.0))
            self._next[host] = time.monotonic() + self._apart[host]

    def hold(self, host: str, seconds: float) -> None:
        """Nobody asks the host before this time has passed (its Retry-After)."""
        with self._change:
            self._held[host] = max(time.monotonic() + seconds, self._held.get(host, 0.0))

    def stop(self) -> None:
        """Nobody waits any longer; who asks for a turn gets a `Failure`."""
        with self._change:
            self._stopped = True
            self._change.notify_all()

    @contextmanager
    def turn(self, host: str, within: float) -> Iterator[None]:
        """A turn at a host, waited for at most `within` seconds. Raises `Failure`."""
        with self._change:
            ready = self._change.wait_for(lambda: self._stopped or self._taken[host] < self._per_host, within)
            if self._stopped:
                raise Failure("network", f"The pass was stopped before {host} was asked.")
            now = time.monotonic()
            held = max(now, self._held.get(host, now))
            begin = max(held, self._next.get(host, now))
            if held - now > within:
                detail = f"{host} asked to wait {held - now:,.0f} s more, and there are {within:,.0f} s."
                raise Failure("rate-limited", detail)
            if not ready or begin - now > within:
                raise Failure("timeout", f"No turn at {host} came within {within:g} s.")
            self._taken[host] += 1
            self._next[host] = begin + self._apart.get(host, 0.0)
        try:
            if begin > now:
                self._sleep(begin - now)
            yield
        finally:
            with self._change:
                self._taken[host] -= 1
                self._change.notify_all()
