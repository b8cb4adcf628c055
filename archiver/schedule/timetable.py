"""The daemon's timetable: a job a source in APScheduler, in UTC, rebuilt from the configuration.

APScheduler says when to look, the ledger says what is due then: a job that fires late, twice or for nothing
does no harm. Several missed firings are one (`coalesce`), however late (`misfire_grace_time`).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.base import JobLookupError
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from .grid import Grid
from .spread import jitter

if TYPE_CHECKING:
    from apscheduler.schedulers.base import BaseScheduler

_BEAT = "~beat"
"""Id of the job that shows that the scheduler is alive; no source has such a name."""
BEAT = timedelta(seconds=10)

# It warns of each firing that finds its source still running; the ledger tells of that.
logging.getLogger("apscheduler").setLevel(logging.ERROR)


class SlotTrigger(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Fires once a slot, at the source's own place in it."""

    def __init__(self, grid: Grid, offset: timedelta, window: timedelta, random: Callable[[], float]) -> None:
        self.grid, self.offset = grid, offset
        self._window, self._random = window, random

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """The firing after the previous one and after now: what lies between is one with it."""
        last = now if previous_fire_time is None else max(previous_fire_time, now)
        due = self.grid.after(self.grid.at_or_before((last - self.offset).astimezone(UTC)))
        return due + self.offset + jitter(self._window, self._random)


class Timetable:
    """When each source is looked at."""

    def __init__(
        self,
        look: Callable[[str], timedelta | None],
        children: int,
        now: Callable[[], datetime],
        scheduler: BaseScheduler | None = None,
        beat: timedelta = BEAT,
    ) -> None:
        """look: does what is due of a source, returns after which time to look again, None for its next slot.

        children: how many at a time. scheduler: another one than APScheduler's own in a thread. beat: how
        often it shows that it is alive.
        """
        self._look, self._now = look, now
        self._scheduler: Any = scheduler or BackgroundScheduler(
            timezone=UTC,
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(children), "beat": ThreadPoolExecutor(1)},
        )
        self._triggers: Mapping[str, SlotTrigger] = {}
        self._every = beat.total_seconds()
        self._beat = time.monotonic()

    def start(self) -> None:
        """From now on jobs fire."""
        self._scheduler.start()

    def stop(self) -> None:
        """No job fires any more; returns when those that run are done."""
        self._scheduler.shutdown(wait=True)

    def set(self, triggers: Mapping[str, SlotTrigger], due: Mapping[str, datetime]) -> None:
        """Makes the jobs anew. due: sources whose slot is still to be run, with that slot."""
        self._triggers = triggers
        self._scheduler.remove_all_jobs()
        now = self._now()
        facts: dict[str, Any] = {"coalesce": True, "misfire_grace_time": None, "max_instances": 1}
        for source, trigger in triggers.items():
            first = max(now, due[source] + trigger.offset) if source in due else None
            first = first or trigger.get_next_fire_time(None, now)
            self._scheduler.add_job(
                self._fire, trigger, args=[source], id=source, next_run_time=first, **facts
            )
        beat = {"seconds": self._every, "timezone": UTC, "executor": "beat", **facts}
        self._scheduler.add_job(self._alive, "interval", id=_BEAT, next_run_time=now, **beat)

    def next(self) -> tuple[datetime, str] | None:
        """What fires next: time and source."""
        jobs = [(job.next_run_time, job.id) for job in self._scheduler.get_jobs() if job.id != _BEAT]
        return min((job for job in jobs if job[0]), default=None)

    def silent(self) -> float:
        """Seconds since the scheduler was last seen alive."""
        return time.monotonic() - self._beat

    def _fire(self, source: str) -> None:
        again = self._look(source)
        if again is not None:
            try:
                self._scheduler.modify_job(source, next_run_time=self._now() + again)
            except JobLookupError:  # the timetable was made anew meanwhile
                return

    def _alive(self) -> None:
        self._beat = time.monotonic()
