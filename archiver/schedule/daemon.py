"""`archiver schedule`: captures for ever, and misbehaves with the machine as little as it can."""

from __future__ import annotations

import os
import random
import select
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .. import fetching
from ..errors import ArchiverError
from ..logs import Log
from ..redaction import shown
from ..sources import Request
from .beacon import Beacon
from .clock import Step, Watch
from .runner import Base, Runner, Settings
from .spread import offsets, window
from .teller import Teller
from .timetable import BEAT, SlotTrigger, Timetable

if TYPE_CHECKING:
    from apscheduler.schedulers.base import BaseScheduler

events = Log("schedule")

LOOK = 1.0
"""Seconds between two looks at the clock, the signals and what waits."""
STOP_WITHIN = 8.0
"""Seconds that threads are given to end after a stop; beyond it the process ends without them."""
LOAD_AT_LATEST = 60.0
"""Seconds after a capture until the index is brought up, also where captures go on all the time."""
SILENCE = 60.0
"""Seconds without a beat of the scheduler after which systemd's watchdog is not told any more."""
_NEVER = timedelta(days=3650)
_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Daemon:
    """One scheduler on one archive. `run` is called in the main thread, since it takes signals."""

    def __init__(
        self, base: Base, scheduler: BaseScheduler | None = None, watch: Watch | None = None
    ) -> None:
        """scheduler: another one than APScheduler's own in a thread. watch: of other clocks.

        Raises `UsageError` where the configuration is wrong.
        """
        self._base, self._beacon = base, Beacon()
        self._runner = Runner(base, base.read(), self._captured, watch or Watch(base.now))
        children = self._settings.config.schedule.children
        beat = BEAT if scheduler is None else _NEVER
        self._table = Timetable(self._runner.run, children, base.now, scheduler, beat)
        self._teller = Teller(base.archive)
        self._sources: list[str] = []
        self._told = 0.0
        self._unloaded: float | None = None
        self._loading = threading.Lock()

    @property
    def _settings(self) -> Settings:
        return self._runner.settings

    def run(self) -> None:
        """Until SIGTERM or SIGINT. SIGHUP reads the configuration again."""
        with _signals() as waiting:
            self.begin()
            loads = threading.Thread(target=self._load_for_ever, name="load")
            loads.start()
            events.info(
                "schedule.started", self._status(), archive=self._base.archive, sources=len(self._sources)
            )
            self._beacon.ready()
            try:
                while not self._stopping(waiting(LOOK)):
                    self.look()
            finally:
                self._stop(loads)

    def begin(self) -> None:
        """Records what was missed, makes the timetable and starts the scheduler."""
        self._plan()
        self._runner.witness.at_work_since = self._base.now()
        self._table.start()

    def _stopping(self, signals: set[int]) -> bool:
        if signal.SIGHUP in signals:
            self._reload()
        return bool(signals & {signal.SIGTERM, signal.SIGINT})

    def look(self) -> None:
        """A look at the clock and at what waits."""
        for step in self._runner.witness.steps():
            self._stepped(step)
        if self._runner.behind:
            self._runner.catch_up(self._sources)
        if time.monotonic() - self._told >= min(self._beacon.watchdog or 30.0, 30.0):
            self._told = time.monotonic()
            if self._table.silent() < SILENCE:
                self._beacon.alive()
            self._beacon.status(self._status())
        settings = self._settings.config.notify
        self._teller.look(anybody=bool(settings.targets or settings.heartbeat))

    # ---- the timetable --------------------------------------------------------------------------------

    def _plan(self) -> None:
        """Makes the timetable from the configuration, the ledger and the clock."""
        book, settings = self._runner.book(), self._settings
        skipped: list[fetching.Skipped] = []
        self._sources = book.sources(on_skip=skipped.append)
        for each in skipped:
            events.info(
                "source.skipped", f"{each.source}: its route {each.route} {each.why}.", source=each.source
            )
        self._runner.catch_up(self._sources)
        grids = {source: book.grid(source) for source in self._sources}
        spread = settings.config.schedule.spread
        windows = {source: window(spread, grid.cadence) for source, grid in grids.items()}
        places = offsets(self._hosts(), windows, f"{self._base.collector}\n{self._base.archive}")
        triggers = {
            source: SlotTrigger(grid, places[source], windows[source], random.random)
            for source, grid in grids.items()
        }
        plans = {source: book.plan(source) for source in self._sources}
        self._table.set(triggers, {source: plan.run for source, plan in plans.items() if plan.run})

    def _hosts(self) -> dict[str, str]:
        """Source → the host that it asks first; a source that has to discover it stands for itself."""
        found: dict[str, str] = {}
        settings = self._settings
        for job in fetching.planned(settings.config, settings.catalog, self._sources, lambda _skipped: None):
            url = job.plan.url if isinstance(job.plan, Request) else ""
            host = urlsplit(settings.config.mirrored(url)).hostname if url else None
            found.setdefault(job.source, host or job.source)
        return found

    def _reload(self) -> None:
        self._beacon.reloading()
        old = self._settings
        try:
            self._runner.settings = self._base.read()
            self._plan()
        except ArchiverError as error:
            self._runner.settings = old
            events.error("reload.refused", f"{shown(str(error))} The configuration stays as it was.")
        else:
            events.info("reload.done", f"The configuration was read again. {self._status()}")
        self._beacon.ready()

    def _stepped(self, step: Step) -> None:
        events.warning(f"clock.{step.kind}", f"{step.told} The timetable is made anew.", seconds=step.by)
        try:
            self._plan()
        except ArchiverError as error:
            events.error("schedule.broken", shown(str(error)))

    def _status(self) -> str:
        following = self._table.next()
        told = f"{len(self._sources)} sources"
        return (
            f"{told}; next {following[1]} at {following[0]:%Y-%m-%dT%H:%M:%SZ}." if following else f"{told}."
        )

    # ---- the index ------------------------------------------------------------------------------------

    def _captured(self) -> None:
        with self._loading:
            self._unloaded = self._unloaded or time.monotonic()

    def _load_for_ever(self) -> None:
        while not self._runner.stop.wait(LOOK):
            since = self._unloaded
            if since is None or (self._runner.hold.threads and time.monotonic() - since < LOAD_AT_LATEST):
                continue
            with self._loading:
                self._unloaded = None
            if self._runner.load():
                self._teller.captured()
            else:
                self._captured()

    # ---- the end --------------------------------------------------------------------------------------

    def _stop(self, loads: threading.Thread) -> None:
        self._beacon.stopping()
        events.info("schedule.stopping", "No more is started; what runs is ended and is due again.")
        self._runner.stop.set()
        self._teller.stop()
        ending = threading.Thread(target=self._table.stop, name="stop", daemon=True)
        ending.start()
        ends = time.monotonic() + STOP_WITHIN
        for thread in (ending, loads):
            thread.join(max(0.0, ends - time.monotonic()))
        if ending.is_alive() or loads.is_alive():
            events.error("schedule.cut", f"Something did not end within {STOP_WITHIN:g} s and is cut off.")
            os._exit(1)
        events.info("schedule.stopped", "Stopped. What was acknowledged is kept.")


@contextmanager
def _signals() -> Iterator[_Waiting]:
    """Catches the signals; yields what waits for some seconds and returns those that came."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    os.set_blocking(reader, False)
    old = {number: signal.signal(number, lambda _number, _frame: None) for number in _SIGNALS}
    wakeup = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    try:
        yield _Waiting(reader)
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in old.items():
            signal.signal(number, handler)
        os.close(reader)
        os.close(writer)


class _Waiting:
    def __init__(self, reader: int) -> None:
        self._reader = reader

    def __call__(self, seconds: float) -> set[int]:
        select.select([self._reader], [], [], seconds)
        with suppress(BlockingIOError):
            return set(os.read(self._reader, 4096))
        return set()
