"""What is due now, and what was missed: from the clock, the grid and the ledger's lines alone. Pure.

The clock of the machine may step either way, so nothing here assumes that it only grows:

- A slot that has a line is not run again when the clock passes over it a second time.
- A line that speaks of a time more than `AHEAD` from now was written under a wrong clock. Nothing before it
  in its ledger is believed to tell what is due: the current slot is run, and counting begins anew.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import NamedTuple

from ..records import Slot
from .grid import Grid, between

AHEAD = timedelta(days=1)
"""How far a line may lie ahead of the clock and be believed: time zones mistaken for each other, and more."""

PUT_OFF = frozenset({"deadline", "stopped", "held"})
"""Reasons after which a slot is due again as long as no later one is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """The circuit breaker: after `open_after` slots in a row of which nothing came, only probes are sent.

    The first probe comes two cadences after the last failure, each further one after twice the time, never
    more than `at_most` later. A probe of which something comes closes the circuit.
    """

    open_after: int
    at_most: timedelta

    def next_probe(self, state: State, cadence: timedelta) -> datetime | None:
        """When the source may be asked again; None while the circuit is closed."""
        if state.failed_at is None or state.failures < self.open_after:
            return None
        doublings = min(state.failures - self.open_after + 1, _DOUBLINGS)
        return state.failed_at + min(cadence * (1 << doublings), max(self.at_most, cadence))

    @property
    def enough(self) -> int:
        """Failures after which counting on changes nothing."""
        return self.open_after + _DOUBLINGS


_DOUBLINGS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the ledger says of one source."""

    settled: datetime | None = None
    """The newest slot that has a line; None where there is none to be believed."""
    put_off: bool = False
    """Its line says only that it was put off."""
    failures: int = 0
    """Slots in a row, back from the newest, of which nothing came."""
    failed_at: datetime | None = None
    """The newest of these."""


class Missed(NamedTuple):
    """Slots in a row that were missed for one reason."""

    due: datetime
    until: datetime
    slots: int
    reason: str
    detail: str


class Plan(NamedTuple):
    """What to do about a source now."""

    missed: tuple[Missed, ...]
    """To be recorded: these are over."""
    run: datetime | None
    """The slot to run."""
    probe: bool = False
    """The circuit is open, and this is a probe."""


Why = Callable[[datetime, datetime], tuple[str, str]]
"""A slot and the next one → reason and detail of its having been missed."""


def state(ledgers: Iterable[Iterable[Slot]], now: datetime, enough: int) -> State:
    """What the lines of a source's ledgers say, each ledger newest line first; read only as far as it takes.

    enough: failures after which counting stops (`Breaker.enough`).
    """
    lines = heapq.merge(*(_believed(each, now) for each in ledgers), key=lambda one: one.until, reverse=True)
    first = next(lines, None)
    if first is None:
        return State()
    newest: list[Slot] = [first]
    rest: Iterable[Slot] = ()
    for line in lines:
        if line.until < first.until:
            rest = chain((line,), lines)
            break
        newest.append(line)
    put_off = all(line.outcome == "missed" and line.reason in PUT_OFF for line in newest)
    failed = list(islice(_failures(chain(newest, rest)), enough))
    return State(
        settled=first.until, put_off=put_off, failures=len(failed), failed_at=max(failed, default=None)
    )


def _failures(lines: Iterable[Slot]) -> Iterator[datetime]:
    """The slots of which nothing came, back to one of which something did."""
    seen: datetime | None = None
    for line in lines:
        if line.captures > line.failed:
            return
        if line.outcome == "failed" and line.due != seen:
            seen = line.due
            yield seen


def _believed(lines: Iterable[Slot], now: datetime) -> Iterator[Slot]:
    """The lines that are not ahead of the clock, back to where a wrong clock is evident."""
    for line in lines:
        if line.until > now + AHEAD:
            return
        if line.until <= now:
            yield line


def plan(grid: Grid, known: State, now: datetime, breaker: Breaker, why: Why) -> Plan:
    """What to record as missed and what to run."""
    current = grid.at_or_before(now)
    if known.settled is None:
        return Plan((), current)
    if known.settled >= current and not (known.settled == current and known.put_off):
        return Plan((), None)
    missed = tuple(_runs(grid, known.settled, current, why))
    probe = breaker.next_probe(known, grid.cadence)
    if probe is None or probe <= current:
        return Plan(missed, current, probe is not None)
    if known.settled == current:
        return Plan(missed, None)
    detail = (
        f"{known.failures} slots in a row brought nothing; the next probe is due {probe:%Y-%m-%dT%H:%MZ}."
    )
    return Plan((*missed, Missed(current, current, 1, "circuit", detail)), None)


def _runs(grid: Grid, settled: datetime, current: datetime, why: Why) -> Iterator[Missed]:
    """Slots between the settled one and the current one, those of one reason in one run."""
    run: Missed | None = None
    for due in between(grid, settled, current):
        reason, detail = why(due, grid.after(due))
        if run and (run.reason, run.detail) == (reason, detail):
            run = run._replace(until=due, slots=run.slots + 1)
        else:
            if run:
                yield run
            run = Missed(due, due, 1, reason, detail)
    if run:
        yield run
