"""Strangers' SQL in a process of its own, with walls around it that SQL cannot move.

The program splits in two. The child opens the archive, then gives up the right to open anything more, bounds
its memory, and computes; what was open (the index, its output) it keeps. The parent only watches: a child
that takes longer than `SECONDS` or more than `BYTES` is killed, whatever DuckDB is busy with, and a child
that dies by itself is told in a sentence. Splitting takes a millisecond or two, so a plain question stays as
fast.
"""

from __future__ import annotations

import os
import resource
import select
import shutil
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ArchiverError
from . import interrupt

if TYPE_CHECKING:
    import duckdb

    from ..archive import Archive

SECONDS = 7.0
"""For one question, from the open index to the whole answer in memory. Writing it out is not counted."""
BYTES = 2 << 30
"""Of memory for the process that computes."""
_TOO_MUCH = f"The question was stopped: it took more than {BYTES >> 30} GB of memory."
_POLL = 0.02
"""Seconds between two looks at the child: it can fill some 40 MB in one."""
_BEGUN, _DONE = b"b", b"d"


@dataclass
class _Self:
    """What this process is: `pipe` to the parent in a child, None in any other."""

    pipe: int | None = None


_SELF = _Self()


@contextmanager
def confined(archive: Archive) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the index, shut in, for as long as a stranger's question is computed.

    The block has to bring the whole answer into memory; what follows it, writing it out, has no bound. Only
    the child runs the block and what follows; the parent leaves here, with the child's exit code.
    Raises ArchiverError where the question was stopped.
    """
    from ..answers import probes, sandbox

    if _SELF.pipe is None:
        archive.close()  # `ask` has asked it already: no thread of DuckDB's lives on in a process that splits
        _split()
    con = archive.connect()
    probes.refuse_unproven()
    sandbox.shut_in(con)
    with _walls():
        yield con


def leave(code: int) -> None:
    """Ends a child of `confined` here: it must not run on into what called the program. Else nothing."""
    if _SELF.pipe is not None:
        with suppress(OSError, ValueError):
            if sys.exception() is not None:  # under ARCHIVER_DEBUG only
                import traceback

                traceback.print_exc()
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _split() -> None:
    """Comes back in the child only."""
    scratch = tempfile.mkdtemp(prefix="archiver-")
    reader, writer = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        # The one other thread is that of `interrupt`, which waits in a read and holds no lock.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        os.close(writer)
        raise SystemExit(_watch(child, reader, scratch))
    os.close(reader)
    _SELF.pipe = writer
    tempfile.tempdir = scratch  # what is left there when this process is killed, the parent removes
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told too, and ends this process


def _watch(child: int, reader: int, scratch: str) -> int:
    """Waits for the child, and kills it where it must be. Returns its exit code."""
    ends: float | None = None
    begun = ended = False
    try:
        while True:
            if select.select([reader], [], [], _POLL if begun else None)[0]:
                word = os.read(reader, 1)
                if not word:
                    break
                begun, ends = True, time.monotonic() + SECONDS if word == _BEGUN else None
            if ends is not None and time.monotonic() > ends:
                raise _stopped(f"The question was stopped after {SECONDS:g} seconds.")
            if begun and _resident(child) > BYTES:
                raise _stopped(_TOO_MUCH)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        ended = True
    except KeyboardInterrupt:
        sys.stderr.write(interrupt.SAID + "\n")
        return interrupt.EXIT_CODE
    finally:
        if not ended:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        os.close(reader)
        shutil.rmtree(scratch, ignore_errors=True)
    if code >= 0:
        return code
    if -code in (signal.SIGABRT, signal.SIGKILL):  # std::bad_alloc where nobody catches it; the system
        raise _stopped(_TOO_MUCH)
    name = signal.Signals(-code).name
    raise _stopped(f"DuckDB broke on this question ({name}); nothing was changed.")


def _stopped(what: str) -> ArchiverError:
    from ..answers.sandbox import INSTEAD

    return ArchiverError(what, todo=INSTEAD)


def _resident(process: int) -> int:
    """Bytes of memory that a process has, 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{process}/statm").read_text("ascii").split()[1]) * resource.getpagesize()
    except (OSError, IndexError):
        return 0


@contextmanager
def _walls() -> Iterator[None]:
    """Bounds this process while a question is computed, and tells the parent when that is.

    The bound of memory stays for good. The clocks are a second line, should the parent be gone.
    """
    import decimal  # noqa: F401  # DuckDB imports them for values of these types, when no file opens any more
    import uuid  # noqa: F401

    before = {kind: resource.getrlimit(kind) for kind in (resource.RLIMIT_CPU, resource.RLIMIT_NOFILE)}
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime + (SECONDS + 2) * (os.cpu_count() or 1)) + 1
    _bound_memory()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, SECONDS + 2)
    _bound(resource.RLIMIT_CPU, seconds)
    _tell(_BEGUN)
    _bound(resource.RLIMIT_NOFILE, _lowest_free())
    try:
        yield
    finally:
        for kind, limits in before.items():
            resource.setrlimit(kind, limits)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _tell(_DONE)


def _tell(word: bytes) -> None:
    if _SELF.pipe is not None:
        with suppress(BrokenPipeError):  # the parent is gone; then the clocks of this process hold
            os.write(_SELF.pipe, word)


def _lowest_free() -> int:
    """The lowest number that no open file has: a limit of that many lets none be opened, nor a socket."""
    handle = os.open(os.devnull, os.O_RDONLY)
    os.close(handle)
    return handle


def _bound_memory() -> None:
    """Addresses for what is still to come up to `BYTES`, where the system tells what is there already.

    Threads reserve addresses that they never fill, so what counts is what is resident.
    """
    try:
        mapped, resident = Path("/proc/self/statm").read_text("ascii").split()[:2]
    except OSError:
        return
    more = BYTES - int(resident) * resource.getpagesize()
    _bound(resource.RLIMIT_AS, int(mapped) * resource.getpagesize() + max(more, 0))


def _bound(kind: int, wanted: int) -> None:
    """Lowers a limit, as far as it is not lower already; the hard one stays, to go back to."""
    soft, hard = resource.getrlimit(kind)
    resource.setrlimit(kind, (wanted if soft == resource.RLIM_INFINITY else min(wanted, soft), hard))
