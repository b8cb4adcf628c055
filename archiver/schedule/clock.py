"""Watching the clock: what people set and what only passes, compared."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

TOLERANCE = timedelta(seconds=5)
"""A smaller difference between two looks is no step: NTP slews, and a busy machine looks late."""


class Step(NamedTuple):
    """Something happened to the clock."""

    kind: Literal["set", "slept"]
    since: datetime
    """What the clock would show had it only passed (or: when the machine fell asleep)."""
    until: datetime
    """What it shows."""

    @property
    def by(self) -> timedelta:
        """How far; negative where it was set back."""
        return self.until - self.since

    @property
    def told(self) -> str:
        """In a sentence."""
        span = f"from {self.since:%Y-%m-%dT%H:%M:%SZ} to {self.until:%Y-%m-%dT%H:%M:%SZ}"
        if self.kind == "slept":
            return f"The machine slept {span}."
        return f"The clock was set {span} ({self.by.total_seconds():+,.0f} s)."


def passed() -> tuple[float, float]:
    """Seconds awake, and seconds with those asleep, on clocks that nobody sets (equal where there is one)."""
    awake = time.monotonic()
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return awake, time.clock_gettime(boot) if boot is not None else awake


class Watch:
    """Compares the wall clock with those that nobody sets, from look to look."""

    def __init__(
        self,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        passed: Callable[[], tuple[float, float]] = passed,
    ) -> None:
        self._now, self._passed = now, passed
        self._last = (now(), *passed())

    def look(self) -> list[Step]:
        """What happened since the last look: a sleep, a step, both or (nearly always) nothing."""
        before, awake, boot = self._last
        wall, *_ = self._last = (self._now(), *self._passed())
        waking = timedelta(seconds=self._last[1] - awake)
        slept = timedelta(seconds=self._last[2] - boot) - waking
        found = []
        if slept > TOLERANCE:
            found.append(Step("slept", before, before + waking + slept))
        expected = before + waking + max(slept, timedelta(0))
        if abs(wall - expected) > TOLERANCE:
            found.append(Step("set", expected, wall))
        return found
