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

CALLS = (
    "fsync", "fdatasync", "pwrite64", "write", "rename", "mkdir", "ftruncate", "unlink", "sendfile", "openat",
)  # fmt: skip
FAULTS = ("EIO", "ENOSPC", "KILL")
PROGRAM = "from archiver.cli.main import run; run()"
_LINE = re.compile(r"^(\d+)\s+(\w+)\((.*)$")


class Fault(NamedTuple):
    """The Nth call of a kind, counted in each thread, and what befalls it."""

    call: str
    nth: int
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
    words += ["-e", f"trace={','.join(CALLS)}", *inject]
    words += [sys.executable, "-c", PROGRAM, "--archive", str(folder), "capture"]
    return subprocess.run(words, capture_output=True, text=True, check=False, env=environment())


def storage_calls(trace: Path, folder: Path) -> list[tuple[str, int]]:
    """(call, which of its kind in its thread) of every call that writes to the archive."""
    counts: Counter[tuple[str, str]] = Counter()
    found = []
    for line in trace.read_text("utf-8", "replace").splitlines():
        if (match := _LINE.match(line)) is None:
            continue
        thread, call, rest = match.groups()
        counts[thread, call] += 1
        writes = call != "openat" or "O_CREAT" in rest or "O_TMPFILE" in rest
        if writes and str(folder) in rest.partition(" = ")[0]:
            found.append((call, counts[thread, call]))
    return list(dict.fromkeys(found))


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
        faults = [Fault(call, nth, fault) for call, nth in calls for fault in FAULTS]
        for number, fault in enumerate(faults[::every]):
            shutil.rmtree(base)
            shutil.copytree(whole, base)
            yield _meet(worker, base, scratch / "trace", fault, full=number % full_every == 0)


def _meet(worker: Worker, folder: Path, trace: Path, fault: Fault, *, full: bool) -> Met:
    how = "signal=KILL" if fault.fault == "KILL" else f"error={fault.fault}"
    done = traced(folder, trace, "-e", f"inject={fault.call}:{how}:when={fault.nth}")
    told = trace.read_text("utf-8", "replace")
    injected = "(INJECTED)" in told or "killed by SIGKILL" in told
    problems = []
    if "Traceback" in done.stderr or "This should not happen" in done.stderr:
        problems.append(f"a traceback: {done.stderr[-500:]}")
    synced = not any("(INJECTED)" in line and "sync(" in line for line in told.splitlines())
    if done.returncode == 0 and not synced:
        problems.append(f"ok after a failed {fault.call}")
    heads = {}
    if done.stdout.startswith("stored") or done.stdout.startswith("unchanged"):
        ledger = folder / "snapshots" / "acme0" / "ledger-one.jsonl"
        lines = ledger.read_bytes().count(b"\n")
        if lines != 2:
            problems.append(f"the program said {done.stdout.split()[0]}, and the ledger has {lines} lines")
    problems += worker.check(folder, heads, published=True, full=full)
    return Met(fault, injected, [f"{fault}: {problem}" for problem in problems])
