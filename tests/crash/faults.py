"""A fault at each storage call of a capture, one at a time: strace lets the Nth of a kind fail, or kills.

The calls are counted on a capture that is left in peace; of those, the ones that make the archive's own files
are given each fault in turn, on a copy of the same archive.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .harness import Worker, archive, environment, publisher

WRITES = (
    "fsync", "fdatasync", "pwrite64", "write", "pwritev", "writev", "rename", "renameat2", "link", "mkdir",
    "ftruncate", "fallocate", "unlink", "unlinkat", "sendfile", "copy_file_range",
)  # fmt: skip
READS = ("openat", "pread64", "read", "getdents64")
"""Of these, an `openat` that makes a file is a write."""
FAULTS = ("EIO", "ENOSPC", "KILL")
READ_FAULTS = ("EIO",)
TRIES = 3
"""Until a fault strikes the archive: which call is the Nth differs now and then, by what a run imports."""
PROGRAM = "from archiver.cli.main import run; run()"
_LINE = re.compile(r"^(\d+)\s+(\w+)\((.*)$")
_SYNC_FAILED = re.compile(r"\bf(?:data)?sync\b.*\(INJECTED\)")


class Call(NamedTuple):
    """The Nth call of a kind, counted in each thread."""

    name: str
    nth: int
    writes: bool


class Fault(NamedTuple):
    """A call, and what befalls it."""

    call: Call
    fault: str


class Met(NamedTuple):
    """What became of a capture that met a fault."""

    fault: Fault
    injected: bool
    problems: list[str]


def able() -> str:
    """Why faults cannot be injected here; empty where they can."""
    strace = shutil.which("strace")
    if strace is None:
        return "strace is not installed (Debian package strace)"
    probe = [strace, "-qq", "--seccomp-bpf", "-f", "-e", "trace=fsync", "true"]
    if subprocess.run(probe, capture_output=True, check=False).returncode:
        return "strace may not trace here"
    return ""


def traced(folder: Path, trace: Path, *inject: str) -> subprocess.CompletedProcess[str]:
    """`archiver capture` under strace, with the calls that touch files in `trace`."""
    words = ["strace", "--seccomp-bpf", "-f", "-y", "-qq", "-o", str(trace)]
    calls = ",".join(f"?{call}" for call in (*WRITES, *READS))  # ?: not every machine has each
    words += ["-e", f"trace={calls}", *inject]
    words += [sys.executable, "-c", PROGRAM, "--archive", str(folder), "capture"]
    return subprocess.run(words, capture_output=True, text=True, check=False, env=environment())


def storage_calls(trace: Path, folder: Path) -> list[Call]:
    """Every call that reads or writes the archive's files, in order."""
    counts: Counter[tuple[str, str]] = Counter()
    found: dict[tuple[str, int], Call] = {}
    for line in trace.read_text("utf-8", "replace").splitlines():
        if (match := _LINE.match(line)) is None:
            continue
        thread, name, rest = match.groups()
        counts[thread, name] += 1
        if str(folder) not in rest.partition(" = ")[0]:
            continue
        writes = "O_CREAT" in rest or "O_TMPFILE" in rest if name == "openat" else name in WRITES
        key = (name, counts[thread, name])  # in whichever thread: strace counts in each
        found[key] = Call(*key, writes or (key in found and found[key].writes))
    return list(found.values())


def each_fault(scratch: Path, *, every: int = 1, full_every: int = 1) -> Iterator[Met]:
    """Gives every storage call of a capture each fault in turn (or every so many-th of these)."""
    with publisher() as port, Worker() as worker:
        base = archive(scratch / "archive", port)
        worker.capture(base)
        whole = scratch / "whole"
        shutil.copytree(base, whole)
        peaceful = traced(base, scratch / "trace")
        assert peaceful.returncode == 0, peaceful.stderr
        calls = storage_calls(scratch / "trace", base)
        faults = [Fault(call, how) for call in calls for how in (FAULTS if call.writes else READ_FAULTS)]
        for number, fault in enumerate(faults[::every]):
            for _ in range(TRIES):
                shutil.rmtree(base)
                shutil.copytree(whole, base)
                met = _meet(worker, base, scratch / "trace", fault, full=number % full_every == 0)
                if met.injected:
                    break
            yield met


def _struck(told: str, folder: Path) -> bool:
    """Whether the fault befell a call on the archive's files; a pipe has an Nth call as well."""
    begun: dict[str, str] = {}
    for line in told.splitlines():
        thread = line.partition(" ")[0]
        if "<unfinished" in line:
            begun[thread] = line
        elif "(INJECTED)" in line and str(folder) in (begun.get(thread, "") if "resumed>" in line else line):
            return True
    return False


def _meet(worker: Worker, folder: Path, trace: Path, fault: Fault, *, full: bool) -> Met:
    how = "signal=KILL" if fault.fault == "KILL" else f"error={fault.fault}"
    done = traced(folder, trace, "-e", f"inject={fault.call.name}:{how}:when={fault.call.nth}")
    told = trace.read_text("utf-8", "replace")
    if not ("killed by SIGKILL" in told or _struck(told, folder)):
        return Met(fault, injected=False, problems=[])
    problems = []
    if "Traceback" in done.stderr or "This should not happen" in done.stderr:
        problems.append(f"a traceback: {done.stderr[-500:]}")
    if done.returncode == 0 and _SYNC_FAILED.search(told):
        problems.append(f"ok after a failed {fault.call.name}")
    heads = {}
    if done.stdout.startswith("stored") or done.stdout.startswith("unchanged"):
        ledger = folder / "snapshots" / "acme0" / "ledger-one.jsonl"
        lines = ledger.read_bytes().count(b"\n")
        if lines != 2:
            problems.append(f"the program said {done.stdout.split()[0]}, and the ledger has {lines} lines")
    problems += worker.check(folder, heads, published=True, full=full)
    return Met(fault, True, [f"{fault}: {problem}" for problem in problems])
