"""Simulated time: the daemon's own timetable, planner and ledger lines, with a clock that is moved by hand.

APScheduler itself decides what fires; only its thread, the workers and the disk are left out. The processes
are tested for real elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import time_machine
from apscheduler.executors.base import BaseExecutor, run_job
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.base import BaseScheduler

from archiver import config
from archiver.definitions import catalog
from archiver.errors import ArchiveBusy
from archiver.records import Capture, Reply, Slot, unrecorded
from archiver.schedule.child import Ended
from archiver.schedule.clock import Watch
from archiver.schedule.daemon import Daemon
from archiver.schedule.frames import Frame
from archiver.schedule.runner import Base, Settings

START = datetime(2026, 1, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Ledger:
    """In memory what `Store` keeps on disk, as far as slots need it."""

    def __init__(self) -> None:
        self.slots: dict[str, list[Slot]] = {}

    def slots_back(self, source: str) -> Iterator[Iterator[Slot]]:
        yield reversed(self.slots.get(source, []))

    def slot(self, said: Slot) -> Slot:
        line = replace(said, loaded_at=datetime.now(UTC), slot_id="x")
        self.slots.setdefault(said.source, []).append(line)
        return line

    def keep(self, source: str, route: str, reply: Reply) -> Capture:
        return unrecorded(source, route, reply)


class Inline(BaseExecutor):  # type: ignore[misc]  # APScheduler has no types
    """Runs what fired after the scheduler is done with it, as a thread of a pool would."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[tuple[Any, Any]] = []

    def _do_submit_job(self, job: Any, run_times: Any) -> None:
        self.waiting.append((job, run_times))

    def drain(self) -> None:
        while self.waiting:
            job, times = self.waiting.pop(0)
            self._run_job_success(job.id, run_job(job, job._jobstore_alias, times, self._logger.name))


class Stepped(BaseScheduler):  # type: ignore[misc]  # APScheduler has no types
    """APScheduler without a thread: `step` does what its own loop does when it wakes."""

    def __init__(self) -> None:
        self.pool = Inline()
        executors = {"default": self.pool, "beat": Inline()}
        super().__init__(timezone=UTC, jobstores={"default": MemoryJobStore()}, executors=executors)

    def wakeup(self) -> None:
        """Nobody sleeps."""

    def shutdown(self, wait: bool = True) -> None:
        super().shutdown(wait)

    def step(self) -> None:
        self._process_jobs()
        self.pool.drain()


Answers = Callable[[str, datetime], str]
"""Source, slot's hour → what comes of it: `ok`, `fails`, `hangs` or `crashes`."""


@dataclass
class World:
    """A machine, its clock, an archive, and the daemon while it runs."""

    folder: Path
    clock: Any
    answers: Answers
    ledger: Ledger = field(default_factory=Ledger)
    awake: float = 0.0
    boot: float = 0.0
    busy: bool = False
    """Another run holds the archive."""
    daemon: Daemon | None = None

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def start(self) -> None:
        """The daemon starts."""
        self.scheduler = Stepped()
        self.watch = Watch(lambda: self.now, lambda: (self.awake, self.boot))
        self.daemon = Daemon(self._base(), self.scheduler, self.watch)
        self.daemon.begin()

    def stop(self) -> None:
        """It ends, as by a power cut: no line is written."""
        self.daemon = None

    def run(self, span: timedelta) -> None:
        """Time passes, and whatever fires runs."""
        end = self.now + span
        while self.daemon is not None and (following := self.daemon._table.next()) and following[0] <= end:
            self._pass(max(following[0] - self.now, timedelta(0)))
            self.scheduler.step()
            if self.busy:
                self.daemon.look()
        self._pass(end - self.now)
        if self.daemon is not None:
            self.daemon.look()

    def step(self, by: timedelta, fires_first: bool = False) -> None:
        """Somebody sets the clock. fires_first: the scheduler wakes before the daemon looks at it."""
        self.clock.move_to(self.now + by)
        if self.daemon is not None:
            if fires_first:
                self.scheduler.step()
            self.daemon.look()

    def sleep(self, span: timedelta) -> None:
        """The machine sleeps."""
        self.clock.move_to(self.now + span)
        self.boot += span.total_seconds()
        if self.daemon is not None:
            self.daemon.look()

    def _pass(self, span: timedelta) -> None:
        self.clock.move_to(self.now + span)
        self.awake += span.total_seconds()
        self.boot += span.total_seconds()
        if self.daemon is not None:
            self.watch.look()

    def _base(self) -> Base:
        text = config.text(self.folder)
        settings = Settings(text, config.parse(text, self.folder / config.FILE), catalog(self.folder))
        return Base(
            archive=self.folder,
            lock=self._lock,
            store=lambda: cast(Any, self.ledger),
            read=lambda: settings,
            collector="simulated",
            now=lambda: self.now,
            run=self._work,
        )

    @contextmanager
    def _lock(self) -> Iterator[None]:
        if self.busy:
            raise ArchiveBusy("held")
        yield

    def _work(
        self, _command: object, task: bytes, *, on_frame: Callable[[Frame], object], **_: object
    ) -> Ended:
        source = json.loads(task)["source"]
        come = self.answers(source, self.now)
        if come in ("hangs", "crashes"):
            return Ended("hung" if come == "hangs" else "crashed", "It was to be so.")
        reason = "timeout" if come == "fails" else None
        on_frame(Frame(source, "main", Reply(url="u", captured_at=self.now, body=b"x", reason=reason)))
        return Ended("done")


@contextmanager
def world(
    folder: Path, names: list[str], rules: str, answers: Answers, start: datetime = START
) -> Iterator[World]:
    """A world at the beginning of a year, with leagues that nobody asks for real."""
    (folder / "boards").mkdir()
    for name in names:
        (folder / "boards" / f"{name}.toml").write_text(
            f'title = "{name}"\nurl = "http://127.0.0.1:9/{name}.csv"\nformat = "csv"\nmetric = "points"\n'
            '[columns]\nmodel = "model"\nscore = "score"\n',
            "utf-8",
        )
    (folder / "archiver.toml").write_text(f"sources = {json.dumps(names)}\n{rules}", "utf-8")
    with time_machine.travel(start, tick=False) as clock:
        yield World(folder, clock, answers)


def settled(lines: list[Slot], grid_dues: Mapping[datetime, int]) -> dict[datetime, Slot]:
    """Slot → the line that counts. Fails for a slot that is no slot, and for one in two runs."""
    worth = {"captured": 2, "failed": 1, "missed": 0}
    found: dict[datetime, Slot] = {}
    ordered = sorted(grid_dues)
    for line in lines:
        first, last = grid_dues[line.due], grid_dues[line.until]
        assert last - first + 1 == line.slots, "a run speaks of just the slots between its ends"
        for due in ordered[first : last + 1]:
            before = found.get(due)
            assert not (before and before.slots > 1 and line.slots > 1), "two runs speak of one slot"
            if before is None or worth[line.outcome] >= worth[before.outcome]:
                found[due] = line
    return found


__all__ = ["DAY", "HOUR", "START", "World", "settled", "world"]
