"""The progress bar of an index that is being brought up: on a terminal, and only if it takes a while."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

PATIENCE = 0.5
"""Seconds without a bar: most questions are answered sooner."""


class IndexingBar:
    """An `indexing.Progress`. It imports rich when it first draws: a question does not wait for it."""

    def __init__(self) -> None:
        self._began: float | None = None
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __call__(self, done: int, total: int, name: str) -> None:
        """Shows `done` of `total` payloads; `done == total` ends it."""
        if not sys.stderr.isatty():
            return
        if self._began is None:
            self._began = time.monotonic()
        if self._bar is None and done < total and time.monotonic() - self._began > PATIENCE:
            self._start(total)
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, description=f"reading {name[-40:]}")
            if done == total:
                self._bar.stop()
                self._bar = None
        if done == total:
            self._began = None

    def _start(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import Progress

        self._bar = Progress(console=Console(stderr=True), transient=True)
        self._bar.start()
        self._task = self._bar.add_task("reading", total=total)
