"""One slot of one source, from the plan to its line in the ledger; the capture in a process of its own."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ..errors import ArchiveBusy, ArchiverError
from ..logs import Log
from ..records import Capture
from ..redaction import shown
from . import child
from .book import Book, Told, judged
from .clock import Watch
from .frames import Frame
from .hold import Hold
from .plan import Plan
from .telling import tell
from .witness import Witness
from .worker import Task

if TYPE_CHECKING:
    from ..config import Config
    from ..sources import Catalog
    from ..store import Store

events = Log("schedule")

BUSY_AGAIN, BUSY_AT_MOST = timedelta(seconds=5), timedelta(minutes=1)
"""After which a slot is tried again that found the archive held; each further time after twice as long."""
BROKEN_AGAIN = timedelta(minutes=1)
"""After which it is tried again where the disk refused."""
WORKER = (sys.executable, "-m", "archiver.schedule.worker")


class Run(Protocol):
    """How a worker is run: `child.run`."""

    def __call__(
        self,
        command: Sequence[str],
        task: bytes,
        *,
        seconds: float,
        stop: threading.Event,
        on_frame: Callable[[Frame], object],
    ) -> child.Ended: ...


class Settings(NamedTuple):
    """What the operator has set, as it was read last."""

    text: str
    config: Config
    catalog: Catalog


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """What the daemon stands on, from the facade."""

    archive: Path
    lock: Callable[[], AbstractContextManager[None]]
    """Of the archive. Raises `ArchiveBusy`."""
    store: Callable[[], Store]
    """Opens it anew: what is remembered of the ledgers is given up whenever nothing runs."""
    read: Callable[[], Settings]
    """The configuration as it stands in the files. Raises `UsageError`."""
    collector: str
    now: Callable[[], datetime]
    worker: Sequence[str] = field(default=WORKER)
    run: Run = child.run
    """Runs a worker."""


class Runner:
    """Runs slots, several threads at a time."""

    def __init__(
        self, base: Base, settings: Settings, on_captured: Callable[[], object], watch: Watch
    ) -> None:
        """on_captured: called after each slot that put something into the ledger. watch: of the clock."""
        self._base, self.settings, self._on_captured = base, settings, on_captured
        self.witness = Witness(base.archive, base.now, watch)
        self.stop = threading.Event()
        self.hold = Hold(base.lock, self._forget)
        self.behind = True
        """What was missed has not been recorded yet: the archive was held, or nobody has tried."""
        self._waits: dict[str, timedelta] = {}
        self._store: Store | None = None
        self._opening = threading.Lock()

    def book(self) -> Book:
        """The slots as they are configured now."""
        config, catalog = self.settings.config, self.settings.catalog
        now, witness = self._base.now, self.witness
        return Book(self._opened(), config, catalog, now=now, by="schedule", witness=witness)

    def catch_up(self, sources: Sequence[str]) -> None:
        """Records what was missed while nothing ran; stays `behind` while the archive is held."""
        try:
            with self.hold():
                book = self.book()
                for source in sources:
                    self._missed(book, source, book.plan(source))
                self.witness.forget()
                self.behind = False
        except ArchiveBusy:
            self._turned_away()
        except (ArchiverError, OSError) as error:
            events.error("schedule.broken", shown(str(error)))

    def run(self, source: str) -> timedelta | None:
        """Runs what is due of a source. Returns after which time to try again, None where that is done."""
        if self.stop.is_set():
            return None
        try:
            with self.hold():
                self._waits.pop(source, None)
                book = self.book()
                plan = book.plan(source)
                self._missed(book, source, plan)
                if plan.run:
                    self._capture(book, source, plan.run, probe=plan.probe)
        except ArchiveBusy:
            self._turned_away()
            events.debug("archive.busy", f"{source}: another run holds the archive.", source=source)
            self._waits[source] = min(2 * self._waits.get(source, BUSY_AGAIN / 2), BUSY_AT_MOST)
            return self._waits[source]
        except (ArchiverError, OSError) as error:
            events.error("slot.broken", f"{source}: {shown(str(error))}", source=source)
            return BROKEN_AGAIN
        return None

    def _turned_away(self) -> None:
        self.witness.turned_away()
        self.behind = True

    def _missed(self, book: Book, source: str, plan: Plan) -> None:
        for slot in book.missed(source, plan):
            tell(slot)

    def _capture(self, book: Book, source: str, due: datetime, *, probe: bool) -> None:
        store, attempts = self._opened(), list[Capture]()
        own = self.settings.config.source.get(source)
        seconds = (own and own.deadline) or self.settings.config.schedule.deadline
        events.debug(
            "slot.begins", f"{source}: {'a probe' if probe else 'its slot'} begins.", source=source, due=due
        )

        def keep(frame: Frame) -> None:
            attempts.append(store.keep(frame.source, frame.route, frame.reply))
            _tell_attempt(attempts[-1])

        ended = self._base.run(
            self._base.worker,
            self.task(source, seconds).line(),
            seconds=seconds.total_seconds(),
            stop=self.stop,
            on_frame=keep,
        )
        before = book.state(source).failures
        slot = book.ran(source, due, attempts, _told(ended, attempts))
        tell(slot)
        _tell_circuit(source, before, book)
        if attempts:
            self._on_captured()

    def task(self, source: str, seconds: timedelta) -> Task:
        """What a worker is to capture. It stops asking in time to end by itself: see `_SOFT`."""
        soft = max(seconds - _SOFT, seconds / 2)
        return Task(
            kind="capture",
            archive=str(self._base.archive),
            configuration=self.settings.text,
            collector=self._base.collector,
            source=source,
            seconds=soft.total_seconds(),
        )

    def load(self) -> bool:
        """Brings up the index in a worker. False where the archive is held: then it is to be tried again."""
        task = Task(
            kind="load",
            archive=str(self._base.archive),
            configuration=self.settings.text,
            collector=self._base.collector,
        )
        seconds = self.settings.config.schedule.pass_deadline.total_seconds()
        try:
            with self.hold():
                ended = self._base.run(
                    self._base.worker, task.line(), seconds=seconds, stop=self.stop, on_frame=lambda _: None
                )
        except ArchiveBusy:
            return False
        if ended.how in ("hung", "crashed"):
            events.error("index.failed", f"The index could not be brought up. {shown(ended.detail)}")
        elif ended.how == "done":
            events.debug("index.published", "The index is up.")
            for line in ended.said.splitlines():
                events.error("archive.damaged", shown(line))
        return True

    def _opened(self) -> Store:
        with self._opening:
            if self._store is None:
                self._store = self._base.store()
            return self._store

    def _forget(self) -> None:
        with self._opening:
            self._store = None


_SOFT = timedelta(minutes=6)
"""Before its deadline a worker starts no more requests: the longest that one takes, with its waits."""


def _told(ended: child.Ended, attempts: Sequence[Capture]) -> Told:
    if ended.how == "done":
        return judged(attempts)
    kept = f" {len(attempts)} of its requests had been answered." if attempts else ""
    detail = shown(f"{ended.detail}{kept}".strip())
    if ended.how == "stopped":
        return Told("missed", "stopped", f"The collector was stopped.{kept}")
    return Told("failed", ended.how, detail)


def _tell_attempt(attempt: Capture) -> None:
    what = f"{attempt.reason}: {attempt.detail}" if attempt.reason else f"{attempt.size or 0:,} bytes"
    (events.warning if attempt.outcome == "failed" else events.debug)(
        f"capture.{attempt.outcome}", f"{attempt.url} {what}", source=attempt.source, seconds=attempt.seconds
    )


def _tell_circuit(source: str, before: int, book: Book) -> None:
    after = book.state(source).failures
    if before < book.breaker.open_after <= after:
        sentence = f"{source}: nothing came of {after} slots in a row; from now on it is asked by probes."
        events.warning("circuit.opened", sentence, source=source)
    if after == 0 and before >= book.breaker.open_after:
        events.info(
            "circuit.closed", f"{source}: a probe brought something; its slots are run again.", source=source
        )
