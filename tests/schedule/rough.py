"""A worker that misbehaves as its source is called, and a daemon that uses it.

    python -m tests.schedule.rough ARCHIVE      the daemon
    python -m tests.schedule.rough              the worker

A source whose name begins with `hang` sleeps and does not listen to SIGTERM, after it has started a process
of its own; `crash` aborts after its first reply; `quick` answers without a network. All others are captured
for real.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

WORKER = (sys.executable, "-m", "tests.schedule.rough")


def daemon(archive: str) -> None:
    from archiver import Archive, logs

    logs.begin("json", "debug")
    Archive(archive).schedule(WORKER)


def worker() -> int:
    line = sys.stdin.buffer.readline()
    task = json.loads(line)
    source = task["source"]
    if task["kind"] == "load" and os.environ.get("NO_LOAD"):
        return 0
    if source.startswith(("quick", "crash")):
        _answer(source)
    if source.startswith("crash"):
        os.abort()
    if source.startswith("hang"):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        subprocess.Popen(["sleep", "600"])
        time.sleep(600)
    if source.startswith("quick"):
        return 0
    from archiver.schedule.worker import main

    return main(_Again(line), sys.stdout.buffer)


def _answer(source: str) -> None:
    from archiver.records import Reply
    from archiver.schedule.frames import Frame, packed

    reply = Reply(url="http://quick.test/", captured_at=datetime.now(UTC), body=b"model,score\na,1\n")
    sys.stdout.buffer.write(packed(Frame(source, "main", reply)))
    sys.stdout.buffer.flush()


class _Again(io.BytesIO):
    """Standard input, of which the first line was read already."""

    def fileno(self) -> int:
        return sys.stdin.fileno()


if __name__ == "__main__":
    if sys.argv[1:]:
        daemon(sys.argv[1])
    else:
        raise SystemExit(worker())
