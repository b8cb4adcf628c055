"""Why nothing ran at a time: notes of runs that the archive was not free for, and of what the clock did.

A run that finds the archive held cannot write to the ledger. It leaves a line in a small file beside it
instead, and the next run that holds the archive explains by it what was missed, then removes it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from .clock import Step, Watch

FILE = ".archiver.turned-away"
_MOST = 1 << 18
"""Bytes: enough for a note a minute over a week; more of them would explain nothing more."""
_APART = timedelta(minutes=1)


class Span(NamedTuple):
    """A stretch of time in which slots were missed for a known reason."""

    since: datetime
    until: datetime
    reason: str
    detail: str


class Witness:
    """What is remembered. Notes last until `forget`; spans as long as this process."""

    def __init__(self, archive: Path, now: Callable[[], datetime], watch: Watch | None = None) -> None:
        """archive: its directory; nothing is read or written yet. watch: of the clock, if at all."""
        self._path, self._now, self._watch = archive / FILE, now, watch
        self._spans: list[Span] = []
        self._steps: list[Step] = []
        self._looking = threading.Lock()
        self.at_work_since: datetime | None = None
        """Since when this process collects; None for one that makes a single pass."""
        self._notes: list[datetime] | None = None
        self._noted: datetime | None = None

    def turned_away(self) -> None:
        """Another run holds the archive now; one note a minute will do.

        Best effort: where the note cannot be kept, none is.
        """
        now = self._now()
        if self._noted and abs(now - self._noted) < _APART:
            return
        self._noted, self._notes = now, None
        with suppress(OSError):
            file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
            try:
                if os.fstat(file).st_size < _MOST:
                    os.write(file, f"{now.isoformat()}\n".encode())
            finally:
                os.close(file)

    def steps(self) -> list[Step]:
        """What has happened to the clock since this was asked last."""
        with self._looking:
            self._look()
            steps, self._steps = self._steps, []
        return steps

    def _look(self) -> None:
        """Remembers the stretches that steps of the clock explain; of old ones the last hundred."""
        for step in self._watch.look() if self._watch else ():
            self._steps.append(step)
            if step.by > timedelta(0):
                reason = "off" if step.kind == "slept" else "clock"
                self._spans = [*self._spans[-99:], Span(step.since, step.until, reason, step.told)]

    def why(self, due: datetime, following: datetime) -> tuple[str, str] | None:
        """Reason and detail for a slot that was due at `due`, as long as the one `following` was not.

        It looks at the clock first: a job may fire on the new time before anybody else has noticed.
        """
        with self._looking:
            self._look()
        if self._notes is None:
            self._notes = list(self._read())
        if any(due <= note < following for note in self._notes):
            return "held", "Another run held the archive when it was due."
        for span in reversed(self._spans):
            if span.since < following and due <= span.until:
                return span.reason, span.detail
        if self.at_work_since and due >= self.at_work_since:
            return "overrun", "The collector was still at work on what had been due before."
        return None

    def forget(self) -> None:
        """What the notes explain has been recorded."""
        self._notes = self._noted = None
        with suppress(FileNotFoundError):
            self._path.unlink()

    def _read(self) -> list[datetime]:
        try:
            lines = self._path.read_text("utf-8", "replace").split()
        except FileNotFoundError:
            return []
        found = []
        for line in lines:
            with suppress(ValueError):  # a line that was cut short by a crash
                found.append(datetime.fromisoformat(line))
        return [note for note in found if note.tzinfo is not None]
