"""Captures and checks of an archive, each in a process forked from this one, which has everything imported.

A script, driven by lines of JSON (see `harness.Worker`): starting an interpreter a thousand times would take
longer than the captures that are to be killed. It starts no thread; that of pyarrow's allocator knows how
to be forked, and a child that waits for it all the same is killed too, and told.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import duckdb  # noqa: F401  # imported here once, not by each child
import pyarrow as pa  # noqa: F401
import requests  # noqa: F401

from archiver import Archive
from archiver.database import connect
from archiver.records import Capture
from archiver.store import Head, Store

PATIENCE = 300.0
"""Seconds after which a child hangs: it is done within one."""
HALF = """
SELECT s.snapshot_id FROM snapshots AS s
WHERE s.rows <> (SELECT count(*) FROM entries AS e WHERE e.board = s.board AND e.content_id = s.content_id)
"""
TABLES = (
    "SELECT * EXCLUDE (loaded_at) FROM captures ORDER BY ALL",
    "FROM snapshots ORDER BY ALL",
    "FROM contents ORDER BY ALL",
    "FROM entries ORDER BY ALL",
)


def main() -> None:
    """One answer a line of the standard input."""
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["do"] == "capture":
            answer = forked(lambda say, asked=asked: capture(asked["archive"], say), asked["kill_after"])
        else:
            answer = forked(lambda say, asked=asked: check(asked, say), None)
        print(json.dumps(answer), flush=True)


def forked(work: Callable[[Callable[[object], None]], None], kill_after: float | None) -> dict[str, object]:
    """Runs `work` in a child, killed after so many seconds: what it said, how it ended, how long it ran."""
    reader, writer = os.pipe()
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        os.close(reader)
        status = 1
        try:
            work(lambda said: os.write(writer, json.dumps(said).encode() + b"\n") and None)
            status = 0
        except BaseException:  # noqa: BLE001  # whatever it is, the parent is told
            os.write(writer, json.dumps({"error": traceback.format_exc()}).encode() + b"\n")
        finally:
            os._exit(status)
    os.close(writer)
    said, killed = b"", False
    while True:
        ends = started + (PATIENCE if kill_after is None or killed else kill_after)
        ready, _, _ = select.select([reader], [], [], max(0, ends - time.monotonic()))
        if not ready:
            os.kill(child, signal.SIGKILL)
            if kill_after is None or killed:
                said += json.dumps({"error": f"it hung for {PATIENCE:g} seconds"}).encode() + b"\n"
                break
            killed = True
            continue
        part = os.read(reader, 1 << 16)
        if not part:
            break
        said += part
    os.close(reader)
    _, status = os.waitpid(child, 0)
    lines = [json.loads(line) for line in said.splitlines(keepends=True) if line.endswith(b"\n")]
    return {"said": lines, "status": status, "seconds": time.monotonic() - started}


def heads(store: Store) -> dict[str, str]:
    return {key: str(head) for key, head in store.heads().items()}


def capture(path: str, say: Callable[[object], None]) -> None:
    """One pass: after each acknowledged attempt, and after the publishing, says how far the ledgers go."""
    archive = Archive(path)

    def acknowledged(event: object) -> None:
        if getattr(event, "kind", "") == "done":
            say({"acknowledged": heads(archive.store)})

    say({"begun": True})
    attempts = archive.capture(on_event=acknowledged)
    say({"published": heads(archive.store), "outcomes": [one.outcome for one in attempts]})


def check(asked: dict[str, object], say: Callable[[object], None]) -> None:
    """Says what is wrong with an archive after a crash."""
    path = Path(str(asked["archive"]))
    archive = Archive(path)
    acknowledged = {key: Head.parse(head) for key, head in dict(asked["acknowledged"]).items()}  # type: ignore[call-overload]
    for damage in archive.store.verify(sealed=acknowledged):
        if not damage.note:
            say({"problem": f"damage: {damage}"})
    ledgers = {line.capture_id for line in archive.store.lines() if isinstance(line, Capture)}
    if archive.index.exists():
        with connect(archive.index) as index:
            known = {row[0] for row in index.execute("SELECT capture_id FROM captures").fetchall()}
            if index.execute(HALF).fetchall():
                say({"problem": "the published index holds half a snapshot"})
            if known - ledgers:
                say({"problem": "the published index knows captures that no ledger has"})
    elif asked["published"]:
        say({"problem": "the published index is gone"})
    if asked["full"]:
        recovered(archive, ledgers, say)


def recovered(archive: Archive, ledgers: set[str], say: Callable[[object], None]) -> None:
    """Without a hand: a question brings the index up, a pass leaves no debris, a rebuild gives the same."""
    con = archive.connect()
    known = {row[0] for row in con.execute("SELECT capture_id FROM captures").fetchall()}
    if known != ledgers:
        say({"problem": f"after recovery the index lacks {len(ledgers - known)} captures"})
    archive.capture()
    before = [archive.connect().execute(table).fetchall() for table in TABLES]
    left = [str(path) for path in archive.path.rglob("*") if ".tmp-" in path.name or ".next-" in path.name]
    if left:
        say({"problem": f"debris is left: {left}"})
    archive.rebuild()
    if [archive.connect().execute(table).fetchall() for table in TABLES] != before:
        say({"problem": "a rebuild gives other tables"})
    archive.close()


if __name__ == "__main__":
    main()
