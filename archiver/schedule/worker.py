"""The process in which the daemon captures one source, or brings up the index.

`python -m archiver.schedule.worker` reads its task from standard input, one line of JSON, and goes on
reading: when the daemon dies, that ends, and so does the worker. It writes frames to standard output and
touches no ledger: the daemon keeps what it hands over, so that a worker may hang, crash or be killed.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Literal

from .. import __version__, config
from ..records import Capture, Reply, unrecorded
from .frames import Frame, packed

ORPHANED = 3
"""Exit code of a worker whose daemon is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a worker is to do. The configuration comes as text: the file may be in the middle of an edit."""

    kind: Literal["capture", "load"]
    archive: str
    configuration: str
    collector: str
    source: str = ""
    seconds: float = 0.0
    """After which no request starts."""

    def line(self) -> bytes:
        """As it is sent."""
        return json.dumps(asdict(self)).encode() + b"\n"


def main(stdin: BinaryIO, stdout: BinaryIO) -> int:
    """Does the task. Returns the exit code."""
    task = Task(**json.loads(stdin.readline()))
    threading.Thread(target=_end_with, args=(stdin.fileno(),), daemon=True).start()
    settings = config.parse(task.configuration, Path(task.archive) / config.FILE)
    if task.kind == "load":
        _load(task, settings)
    else:
        _capture(task, settings, stdout)
    return 0


def _end_with(stdin: int) -> None:
    # Not by the buffered reader: its lock would stand in the way when this process ends by itself.
    while os.read(stdin, 1024):
        pass
    os._exit(ORPHANED)


def _now() -> datetime:
    return datetime.now(UTC)


def _capture(task: Task, settings: config.Config, stdout: BinaryIO) -> None:
    from .. import fetching, sources
    from ..capture.sweep import sweep
    from ..definitions import catalog
    from ..store import Store

    archive = Path(task.archive)
    known = sources.BUILT_IN if task.source in sources.names() else catalog(archive)
    store = Store(archive / "snapshots", collector=task.collector, tool="", now=_now)

    def keep(source: str, route: str, reply: Reply) -> Capture:
        stdout.write(packed(Frame(source, route, reply)))
        stdout.flush()
        return unrecorded(source, route, reply)  # on its way to the ledger

    plans = fetching.planned(settings, known, [task.source], lambda _skipped: None)
    client = fetching.client(settings, __version__, _now)
    sweep(plans, client, keep, store.last, ends=time.monotonic() + task.seconds)


def _load(task: Task, settings: config.Config) -> None:
    """Brings up the index; the daemon holds the archive's lock meanwhile."""
    from .. import inputs
    from ..definitions import catalog
    from ..identity import Registry
    from ..indexing import bring_up
    from ..store import Store

    archive = Path(task.archive)
    store = Store(archive / "snapshots", collector=task.collector, tool="", now=_now)
    bring_up(
        store,
        archive / "archive.duckdb",
        Registry.load(settings.names),
        warn=lambda damage: print(str(damage), file=sys.stderr),  # noqa: T201  # the daemon reads and logs it
        catalog=catalog(archive),
        inputs=inputs.digest(archive),
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.stdin.buffer, sys.stdout.buffer))
