"""What one payload may cost, held by the system in the process that reads it and by the clock of its parent.

A payload comes from a stranger: a few kilobytes can ask for gigabytes or for hours. The figures leave sound
data room: a Parquet file of 1.1 million rows takes about 3 s of processor time and 1 GB of address space (of
which half is used), the largest page recorded a tenth of both (tests/bench/bench_arena_parse.py).
"""

from __future__ import annotations

import math
import resource
import signal
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

MIB = 1 << 20


class Limits(NamedTuple):
    """Of one payload."""

    memory: int = 2048 * MIB
    """Bytes of address space that the process may take (RLIMIT_AS)."""
    cpu: int = 60
    """Seconds of processor time (RLIMIT_CPU)."""
    seconds: float = 180.0
    """Seconds by the clock, counted while the parent waits and does nothing else."""
    answer: int = 1024 * MIB
    """Bytes that may be said of it."""


def bound(limits: Limits) -> None:
    """Bounds this process for good: its memory, and that it writes no file and leaves no core.

    Where the system refuses a limit, the others and the parent's clock remain.
    """
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _lower(kind, most)


def allow(limits: Limits) -> None:
    """Gives this process its processor time for one more payload: what is used is counted for good."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _lower(resource.RLIMIT_CPU, math.ceil(usage.ru_utime + usage.ru_stime) + limits.cpu)


def held() -> int:
    """Bytes of memory that this process has, 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except OSError:
        return 0
    return pages * resource.getpagesize()


def _lower(kind: int, most: int) -> None:
    """Sets a soft limit, which is lifted again for the next payload, and never above the hard one."""
    _, hard = resource.getrlimit(kind)
    with suppress(ValueError, OSError):
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


UNHEARD = 74
"""Exit code of a process that parses where it can answer nothing any more: EX_IOERR of sysexits.h."""


def death(code: int, limits: Limits) -> str:
    """What became of a process that ended before its answer did; code: as `subprocess` has it."""
    if code == -signal.SIGXCPU:
        return f"reading it took more than {limits.cpu} s of processor time"
    if code == -signal.SIGKILL:
        return "the process that read it was killed (SIGKILL), as the system does where memory runs out"
    if code < 0:
        return f"the process that read it crashed ({_name(-code)})"
    return f"the process that read it ended before it was done (exit code {code})"


def _name(number: int) -> str:
    with suppress(ValueError):
        return signal.Signals(number).name
    return f"signal {number}"
