"""Why nothing ran at a time: notes of runs that the archive was not free for, and of what the clock did.

A run that finds the archive held cannot write to the ledger. It leaves a line in a small file beside it
instead, and the next run that holds the archive explains by it what was missed, then removes it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

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

    def __init__(self, archive: Path, now: Callable[[], datetime]) -> None:
        """archive: its directory; nothing is read or written yet."""
        self._path, self._now = archive / FILE, now
        self._spans: list[Span] = []
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

    def span(self, since: datetime, until: datetime, reason: str, detail: str) -> None:
        """Something is known of a stretch of time; of old ones the last hundred are kept."""
        self._spans = [*self._spans[-99:], Span(since, until, reason, detail)]

    def why(self, due: datetime, following: datetime) -> tuple[str, str] | None:
        """Reason and detail for a slot that was due at `due`, as long as the one `following` was not."""
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
