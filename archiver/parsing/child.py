"""The parent's side of the process that parses: started, asked, listened to against the clock, ended."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from ..errors import ArchiverError
from . import frames
from .limits import UNHEARD, Limits, death

_MAIN = (
    "import gc; gc.disable(); import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from archiver.parsing.worker import main; main(json.loads(sys.argv[2]))"
)
_START = 120.0
"""Seconds in which it must be ready; a sound start takes about 0.3."""
_PARTING = 10.0
"""Seconds in which it is gone after it closed its pipe or was killed; either takes milliseconds."""
_PIPE = 1 << 20
"""Bytes that wait in a pipe while the other side is busy; Linux gives as many without being asked twice."""


class Gone(Exception):
    """The process ended before its answer did: why, for the payload that it was reading."""

    def __init__(self, why: str, *, ended: bool = False) -> None:
        """ended: from outside, so that the payload may be sound."""
        super().__init__(why)
        self.ended = ended


class Frame(NamedTuple):
    """What was said, and the bytes that came with it."""

    said: dict[str, object]
    body: bytearray


class Child:
    """One process that parses. It is asked ahead: while it reads one payload, the next can be on its way."""

    def __init__(self, limits: Limits) -> None:
        """Starts it, and does not wait until it is ready. Raises OSError where no process can be started."""
        self.limits = limits
        self.owner = os.getpid()
        # Where this package lies may be known to the site's startup files alone (an editable install).
        paths = [str(Path(path).absolute()) for path in (*sys.path, str(Path(__file__).parents[2]))]
        # Isolated, without the site's startup files, and without the environment, so that no key is there.
        self._process = subprocess.Popen(  # noqa: S603  # this very interpreter, and a text of ours
            [sys.executable, "-I", "-S", "-X", "utf8", "-c", _MAIN, json.dumps(paths), json.dumps(limits)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"MALLOC_ARENA_MAX": "2"},
            cwd="/",
            start_new_session=True,
            bufsize=0,
        )
        self._waiting: deque[memoryview] = deque()
        self._ready = self._over = False
        self._left = 0.0
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                _widen(pipe.fileno())
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:  # nothing is waited for but against the clock
                os.set_blocking(pipe.fileno(), False)

    def ask(self, source: str, pickled: bytes, url: str, body: bytes) -> None:
        """Puts a request behind those that wait; it is sent while answers are awaited."""
        said = {"source": source, "parser": len(pickled), "url": url}
        start = frames.framed(said, len(pickled) + len(body)) + pickled
        self._waiting += [memoryview(start), memoryview(body)]

    def begin(self) -> None:
        """From now on the clock counts for the next answer."""
        self._left = self.limits.seconds

    def answer(self) -> Frame:
        """The next frame. Raises `Gone` where the process ends first, or takes too long and is ended."""
        if not self._ready:
            self._await_ready()
        return self._frame()

    def alive(self) -> bool:
        """Whether it still runs, and is this process's own (not that of a parent by fork)."""
        if self.owner != os.getpid():
            return False
        if self._process.poll() is not None:
            self._kill()
        return not self._over

    def interrupt(self) -> None:
        """Ends it from another thread: whoever waits for an answer is told that it is gone."""
        self._process.kill()

    def close(self) -> None:
        """Ends it, whatever it is busy with."""
        if self.owner == os.getpid():
            self._kill()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    # ---- against the clock -------------------------------------------------------------------------------

    @property
    def _to(self) -> int:
        assert self._process.stdin is not None  # noqa: S101  # it was asked for
        return self._process.stdin.fileno()

    @property
    def _from(self) -> int:
        assert self._process.stdout is not None  # noqa: S101  # it was asked for
        return self._process.stdout.fileno()

    def _await_ready(self) -> None:
        budget, self._left = self._left, _START
        try:
            frame = self._frame()
        except Gone as gone:
            raise self._unfit(str(gone)) from gone
        if frame.said != {"ready": True}:
            raise self._unfit(f"it said {str(frame.said)[:200]}")
        self._ready, self._left = True, budget

    def _unfit(self, why: str) -> ArchiverError:
        self._kill()
        told = (self._process.stderr.read(10_000) if self._process.stderr else None) or b""
        return ArchiverError(
            f"The process that parses payloads cannot start: {why}. {told.decode(errors='replace')[-1000:]}",
            kept="every payload; the index as it was published before",
            todo="see to what it says (memory, the installation), then run the same again",
        )

    def _frame(self) -> Frame:
        said_size, size = frames.HEAD.unpack(self._receive(frames.HEAD.size))
        if said_size > frames.MOST_SAID or size > self.limits.answer:
            raise self._ended("more was said of it than any board holds")
        said = self._receive(said_size)
        try:
            return Frame(frames.heard(said), self._receive(size))
        except frames.Garbled as error:
            raise self._ended(f"the process that read it spoke out of turn ({error})") from error

    def _receive(self, size: int) -> bytearray:
        data = bytearray(size)
        rest = memoryview(data)
        while rest:
            self._wait()
            try:
                got = os.readv(self._from, [rest])
            except BlockingIOError:
                continue
            if not got:
                raise self._parted()
            rest = rest[got:]
        return data

    def _wait(self) -> None:
        """Until something can be read; what waits to be written is written meanwhile."""
        poll = select.poll()
        poll.register(self._from, select.POLLIN)
        if self._waiting:
            poll.register(self._to, select.POLLOUT)
        started = time.monotonic()
        ready = poll.poll(max(self._left, 0.0) * 1000)
        self._left -= time.monotonic() - started
        if not ready:
            raise self._ended(f"reading it took more than {self.limits.seconds:g} s")
        if any(file == self._to for file, _ in ready):
            self._send()

    def _send(self) -> None:
        # Where the reader is gone, its exit code tells more than the broken pipe.
        with suppress(BlockingIOError, BrokenPipeError):
            while self._waiting:
                rest = self._waiting.popleft()
                while rest:
                    try:
                        rest = rest[os.write(self._to, rest) :]
                    except BlockingIOError:
                        self._waiting.appendleft(rest)
                        raise

    def _parted(self) -> Gone:
        """What became of it, once it has closed its pipe; one that stays all the same is ended."""
        try:
            code = self._process.wait(min(_PARTING, max(self._left, 1.0)))
        except subprocess.TimeoutExpired:
            self._kill()
            return Gone("the process that read it closed its pipe and stayed")
        self._kill()
        return Gone(death(code, self.limits), ended=code in {-signal.SIGKILL, UNHEARD})

    def _ended(self, why: str) -> Gone:
        self._kill()
        return Gone(why)

    def _kill(self) -> None:
        """Ends it and whatever it started: they are a group, which is ended at once when the first is gone,
        while its number can be no other's."""
        if self._over:
            return
        self._over = True
        with suppress(ProcessLookupError, PermissionError):  # nobody is left; macOS says so of the dead
            os.killpg(self._process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):  # held by a disk that does not answer: nothing can end it
            self._process.wait(_PARTING)


def _widen(pipe: int) -> None:
    """Gives a pipe room, where the system knows how."""
    if sys.platform == "linux":
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)
