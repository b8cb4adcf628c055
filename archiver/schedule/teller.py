"""The daemon's messenger: `archiver notify` in a process of its own, so that no target holds up a capture."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

EVERY = 300.0
"""Seconds between two rounds where nothing was captured: letters that failed go out again, and what is
overdue is noticed."""
DEADLINE = 180.0
"""Seconds after which a round is ended; what it did not send is sent by the next."""


class Teller:
    """At most one round at a time. Where nobody is to be told, there is none."""

    def __init__(self, archive: Path) -> None:
        self._archive = archive
        self._child: subprocess.Popen[bytes] | None = None
        self._began = float("-inf")
        self._wanted = False

    def captured(self) -> None:
        """Something new is in the index: the next look begins a round."""
        self._wanted = True

    def look(self, *, anybody: bool) -> None:
        """Begins a round where one is due, ends one that takes too long. anybody: to be told at all."""
        since = time.monotonic() - self._began
        if self._child is not None:
            if self._child.poll() is None:
                if since > DEADLINE:
                    self.stop()
                return
            self._child = None
        if anybody and (self._wanted or since >= EVERY):
            self._wanted, self._began = False, time.monotonic()
            command = [
                sys.executable,
                "-m",
                "archiver.cli",
                "--archive",
                str(self._archive),
                "notify",
                "--quiet",
            ]
            self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603  # our own command

    def stop(self) -> None:
        """Ends a round that runs: what was sent is remembered, the rest is sent by the next."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None
