"""A guard for inputs that would take for ever if a reader were not linear: it measures no speed."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

ENOUGH = 60
"""Seconds of processor time: where a linear reader takes one at most, a quadratic one takes many minutes."""


@contextmanager
def ends() -> Iterator[None]:
    """Fails what has not ended after `ENOUGH` seconds of processor time. For the main thread."""

    def give_up(_number: int, _frame: object) -> None:
        raise AssertionError(f"not at its end after {ENOUGH} s of processor time")

    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, ENOUGH)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
