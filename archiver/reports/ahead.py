"""Pictures drawn in a process beside this one, while the index is still asked for others.

    with standing_by():                  # the process starts at once, and ends with the block
        coming = ask({"spec": spec})     # None where none stands by: then it is drawn here
        drawn = coming.result()

It only saves time: without it the same bytes are drawn here. The renderer takes most of a second until it can
draw, longer than a question takes to be read and answered: so this module imports little, and is asked first.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from . import renderer

if TYPE_CHECKING:
    from concurrent.futures import Future

PATIENCE = 30.0
"""Seconds after which a picture is drawn here: a sound one takes less than one."""


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
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        from concurrent.futures import ThreadPoolExecutor  # once the process is on its way

        # One thread writes a request and waits for its answer: neither side waits for the other to read.
        self._turns = ThreadPoolExecutor(1, thread_name_prefix="drawing ahead")

    def ask(self, request: Mapping[str, object]) -> Future[str]:
        return self._turns.submit(self._answer, request)

    def _answer(self, request: Mapping[str, object]) -> str:
        requests, answers = self._process.stdin, self._process.stdout
        assert requests and answers  # noqa: S101  # they were asked for
        try:
            requests.write(json.dumps(request) + "\n")
            requests.flush()
            said: dict[str, str] = json.loads(answers.readline())
        except (OSError, ValueError) as error:  # of an answer that was not given there is no line
            raise Gone from error
        if "refused" in said:
            raise ValueError(said["refused"])
        return said["drawn"]

    def close(self) -> None:
        """Ends it, whatever it is busy with."""
        self._process.kill()
        self._turns.shutdown(cancel_futures=True)
        with self._process:
            pass


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
