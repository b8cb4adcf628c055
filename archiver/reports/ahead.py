"""Pictures drawn in a process beside this one, while the index is still asked for others.

    with standing_by():                  # the process starts at once, and ends with the block
        coming = ask({"spec": spec})     # None where none stands by: then it is drawn here
        drawn = coming.result()

It only saves time: without it the same bytes are drawn here. The renderer takes most of a second until it can
draw, longer than a question takes to be read and answered: so this module imports little, and is asked first.
"""

from __future__ import annotations

import json
import os
import select
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from . import renderer

if TYPE_CHECKING:
    from concurrent.futures import Future

PATIENCE = 30.0
"""Seconds after which a picture is drawn here: a sound one takes less than one."""
_GLANCE = 0.1
"""Seconds after which it is looked again whether there is still anything to wait for."""


class Gone(Exception):
    """The process has ended, or does not answer."""


class _Renderer:
    def __init__(self) -> None:
        """Starts it, and does not wait until it is ready. Raises OSError where no process can be started."""
        # Without the site's startup files: where the renderer lies is known here.
        self._process = subprocess.Popen(  # noqa: S603  # this very interpreter, and a file of ours
            [sys.executable, "-I", "-S", "-X", "utf8", renderer.__file__, json.dumps(_paths())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
        )
        from concurrent.futures import ThreadPoolExecutor  # once the process is on its way

        # One thread writes a request and waits for its answer: neither side waits for the other to read.
        self._turns = ThreadPoolExecutor(1, thread_name_prefix="drawing ahead")
        self._ended = threading.Event()

    def ask(self, request: Mapping[str, object]) -> Future[str]:
        return self._turns.submit(self._answer, request)

    def _answer(self, request: Mapping[str, object]) -> str:
        try:
            said: dict[str, str] = json.loads(self._exchanged(json.dumps(request).encode() + b"\n"))
        except (OSError, ValueError) as error:  # of an answer that was not given there is no line
            self._ended.set()  # whoever asks next does not wait for it again
            raise Gone from error
        if "refused" in said:
            raise ValueError(said["refused"])
        return said["drawn"]

    def _exchanged(self, line: bytes) -> bytes:
        """The line that answers a line. Raises OSError where none comes."""
        until = time.monotonic() + PATIENCE
        assert self._process.stdin and self._process.stdout  # noqa: S101  # they were asked for
        requests, answers = self._process.stdin.fileno(), self._process.stdout.fileno()
        while line:
            self._await(requests, selectors.EVENT_WRITE, until)
            line = line[os.write(requests, line[: select.PIPE_BUF]) :]  # as much as never blocks
        said = bytearray()
        while not said.endswith(b"\n"):
            self._await(answers, selectors.EVENT_READ, until)
            part = os.read(answers, 1 << 20)
            if not part:
                raise BrokenPipeError
            said += part
        return bytes(said)

    def _await(self, pipe: int, event: int, until: float) -> None:
        """Waits for one end of a pipe, which another process may hold open when the renderer is gone.

        Raises TimeoutError when its time is over, or the renderer's.
        """
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, event)
            while not selector.select(_GLANCE):
                if self._ended.is_set() or time.monotonic() > until:
                    raise TimeoutError
            if self._ended.is_set():
                raise TimeoutError

    def close(self) -> None:
        """Ends it, whatever it is busy with."""
        self._ended.set()
        self._process.kill()
        self._turns.shutdown(cancel_futures=True)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(PATIENCE)


def _paths() -> list[str]:
    return [str(Path(path).absolute()) for path in sys.path]


_STANDING_BY: ContextVar[_Renderer | None] = ContextVar("renderer", default=None)


@contextmanager
def standing_by(*, wanted: bool = True) -> Iterator[None]:
    """Within the block pictures are drawn in a process of its own, where one is wanted and can be started."""
    try:
        started = _Renderer() if wanted else None
    except OSError:
        started = None
    before = _STANDING_BY.set(started)
    try:
        yield
    finally:
        _STANDING_BY.reset(before)
        if started:
            started.close()


def ask(request: Mapping[str, object]) -> Future[str] | None:
    """Has something drawn (see `renderer`) by the process that stands by; None where none does.

    The result raises ValueError where the renderer refuses, `Gone` where it is gone.
    """
    here = _STANDING_BY.get()
    return here.ask(request) if here else None


def had(coming: Future[str] | None) -> str | None:
    """What was asked for, once it is drawn; None where it has to be drawn here. Raises ValueError."""
    if coming is None:
        return None
    from concurrent.futures import CancelledError

    try:
        return coming.result(PATIENCE)
    except (Gone, TimeoutError, CancelledError):
        return None
