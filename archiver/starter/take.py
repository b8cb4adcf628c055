"""Takes the starter history from recordings: the same recordings give the same bytes.

Every state of a board is one payload of the source's last route, `facts`, under the time of the version that
it was taken from; `reported` is one payload of its own. The recordings themselves stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from .. import sources
from ..errors import UsageError
from ..records import Reply, utc
from ..store import Store
from . import arena, boards, press
from .carried import LEDGER, NOTICE
from .facts import Fact, month, payloads, thinned
from .notice import notice

COLLECTOR = "starter"
TAKEN_AT = utc("2026-11-22")
"""When the facts were taken: fixed, since the same recordings are to give the same ledgers."""

EVERY_VERSION = frozenset(("ru_llm_arena", "llmarena_ru", "simple_evals_ru", "llmtf_open"))
"""The Russian boards: every recorded version is carried, of the others the last of each month."""


class Written(NamedTuple):
    """What one source brought."""

    source: str
    states: int
    rows: int
    payloads: int
    size: int
    """Bytes of the payloads as they are read, before they are packed."""


def take(recordings: Path, archive: Path) -> Iterator[Written]:
    """Writes the starter history of each source into ARCHIVE/snapshots.

    Raises UsageError where there are no recordings, or where a starter history stands there already.
    """
    snapshots = archive / "snapshots"
    if found := sorted(snapshots.glob(f"*/{LEDGER}")):
        raise UsageError(
            f"{archive} holds a starter history already ({found[0].parent.name}).",
            kept="nothing was changed",
            todo="take it into an empty folder, compare, and put the files in place",
        )
    done = []
    for written in _write(recordings, snapshots):
        done.append(written)
        yield written
    (snapshots / NOTICE).write_text(notice(done), "utf-8", newline="\n")


def _write(recordings: Path, snapshots: Path) -> Iterator[Written]:
    store = Store(snapshots, collector=COLLECTOR, tool=f"archiver/{COLLECTOR}", now=lambda: TAKEN_AT)
    for source in sources.names():
        if source == "reported":
            files = [("places.reports", time, body) for time, body in press.payloads(recordings)]
            states, route = len(files), "reports"
        else:
            found = list(_facts(recordings, source))
            files = [(f"{track}.ranking", time, body) for track, time, body in payloads(found)]
            states, route = len(found), sources.FACTS.name
        for name, time, body in files:
            _keep(store, source, route, f"{name}.csv", time, body)
        if files:
            rows = sum(body.count(b"\n") - 1 for *_, body in files)
            yield Written(source, states, rows, len(files), sum(len(body) for *_, body in files))


def _facts(recordings: Path, source: str) -> Iterator[Fact]:
    if source == "arena":
        yield from arena.facts(recordings)
        return
    found = boards.facts(recordings, source)
    yield from found if source in EVERY_VERSION else thinned(found, month)


def _keep(store: Store, source: str, route: str, name: str, time: datetime, body: bytes) -> None:
    reply = Reply(url=f"{source}/{name}", captured_at=time, body=body, via="import", origin=name)
    store.keep(source, route, reply)
