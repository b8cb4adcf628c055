"""One worker from the daemon's side: started, listened to, and ended at its deadline whatever it does."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Literal, NamedTuple

from .frames import Frame, Unpacker

GRACE = 1.0
"""Seconds from the request to end (SIGTERM) to the end without asking (SIGKILL)."""
_TAIL = 4000
"""Bytes of standard error that are kept, to say how a worker crashed."""
_READ = 1 << 16


class Ended(NamedTuple):
    """How a worker ended."""

    how: Literal["done", "hung", "crashed", "stopped"]
    detail: str = ""
    said: str = ""
    """The end of what it wrote to standard error."""


def run(
    command: Sequence[str],
    task: bytes,
    *,
    seconds: float,
    stop: threading.Event,
    on_frame: Callable[[Frame], object],
) -> Ended:
    """Runs a worker until it ends, its deadline passes or `stop` is set; in the latter cases it is ended.

    task: what it reads first. seconds: its deadline, by a clock that nobody sets and that rests while the
    machine sleeps. on_frame: called in this thread for each frame; what it raises ends the worker, too.
    """
    process = subprocess.Popen(  # noqa: S603  # our own interpreter and module
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    talk = _Talk(process, time.monotonic() + seconds, stop, on_frame)
    try:
        how = talk.listen(task)
    finally:
        _end(process)
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe:
                with suppress(OSError):
                    pipe.close()
    return _ended(how, process.returncode, seconds, bytes(talk.said).decode("utf-8", "replace"))


class _Talk:
    def __init__(
        self,
        process: subprocess.Popen[bytes],
        ends: float,
        stop: threading.Event,
        on_frame: Callable[[Frame], object],
    ) -> None:
        self._process, self._ends, self._stop, self._on_frame = process, ends, stop, on_frame
        self._frames = Unpacker()
        self.said = bytearray()

    def listen(self, task: bytes) -> Literal["done", "hung", "crashed", "stopped"]:
        stdin, stdout, stderr = self._process.stdin, self._process.stdout, self._process.stderr
        if stdin is None or stdout is None or stderr is None:
            raise ValueError("a worker is started with pipes")
        with suppress(BrokenPipeError):  # it crashed at once: its exit code tells
            stdin.write(task)
            stdin.flush()
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ, self._hear)
            selector.register(stderr, selectors.EVENT_READ, self._note)
            while selector.get_map():
                left = self._ends - time.monotonic()
                if left <= 0:
                    return "hung"
                if self._stop.is_set():
                    return "stopped"
                for key, _ in selector.select(min(left, 0.25)):
                    data = os.read(key.fd, _READ)
                    if not data:
                        selector.unregister(key.fileobj)
                    else:
                        key.data(data)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, self._ends - time.monotonic()))
        if self._process.returncode is None:
            return "hung"
        return "crashed" if self._process.returncode else "done"

    def _hear(self, data: bytes) -> None:
        for frame in self._frames.take(data):
            self._on_frame(frame)

    def _note(self, data: bytes) -> None:
        self.said += data
        del self.said[:-_TAIL]


def _end(process: subprocess.Popen[bytes]) -> None:
    """The worker and all that it started are gone when this returns."""
    if process.poll() is None:
        _signal(process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
    _signal(process, signal.SIGKILL)
    process.wait()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):  # macOS: a group of zombies only
        os.killpg(process.pid, number)


def _ended(how: Literal["done", "hung", "crashed", "stopped"], code: int, seconds: float, said: str) -> Ended:
    if how == "hung":
        return Ended(how, f"It was not done after {seconds:g} s, and was ended.", said)
    if how == "crashed":
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        last = said.strip().splitlines()[-1:] or [""]
        return Ended(how, f"Its process ended with {name}. {last[0][:300]}".strip(), said)
    return Ended(how, "", said)
