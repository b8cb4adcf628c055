"""Two archives united: every line of both ledgers, every payload that they speak for.

A ledger has one writer, so that of two copies one begins with the other, and the longer counts. What a
repair lost in one is taken from the other. Where both went on from a common beginning (a fork) nothing is
merged, for no order of the lines would be true. The other archive is only read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import ArchiverError, DamagedArchive
from ..records import Capture
from . import disk, ledger
from .known import ledgers
from .objects import Base
from .shelf import Shelf, Unreadable

if TYPE_CHECKING:
    from .store import Store


_TOGETHER = 64
"""Payloads whose syncs wait for the disk at once."""


class Merged(NamedTuple):
    """What one source gained."""

    source: str
    lines: int
    payloads: int
    missing: int
    """Payloads that neither archive can give, though a line of the other speaks for them."""
    healed: bool
    """Lines that were lost here came back: what follows them in the file has moved."""


class _Plan(NamedTuple):
    path: Path
    """Of our ledger, which need not exist yet."""
    ours: bytes
    """Its whole lines."""
    united: bytes


def merge(store: Store, other: Store, tick: Callable[[str], None] = lambda _source: None) -> Iterator[Merged]:
    """Brings what `other` holds into `store`, payloads before the lines that speak for them.

    The caller holds the archive's lock. tick: called with the source, once a payload that is brought. Raises
    `DamagedArchive` where a ledger of either is damaged and ArchiverError for a fork, both before anything is
    written; `NotKept` and OSError where the disk refuses.
    """
    plans = {source: list(_plans(store, other, source)) for source in other.sources()}
    needed: dict[str, list[Capture]] = {source: [] for source in plans}
    for line in other.lines():
        if isinstance(line, Capture) and line.sha256 is not None:
            needed[line.source].append(line)
    for source, captures in needed.items():
        brought, missing = _bring(store, other, source, captures, tick)
        healed = any(not plan.united.startswith(plan.ours) for plan in plans[source])
        lines = sum(_write(store, plan) for plan in plans[source])
        store.forget(source)
        if lines or brought or missing:
            yield Merged(source, lines, brought, missing, healed)


def _plans(store: Store, other: Store, source: str) -> Iterator[_Plan]:
    for theirs in ledgers(other.root / source):
        path = store.root / source / theirs.name
        ours = _lines(path) if path.is_file() else []
        united = _united(ours, _lines(theirs), f"{source}/{theirs.name}")
        yield _Plan(path, b"".join(ours), b"".join(united))


def _lines(path: Path) -> list[bytes]:
    """The whole lines of a ledger. Raises `DamagedArchive` where it is not sound."""
    for line in ledger.scan(path):
        if line.fault:
            raise DamagedArchive(
                f"{path}: line {line.number}: {line.fault}",
                kept="both archives as they were",
                todo="`archiver repair` there, then merge again",
            )
    return [line for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]


def _united(ours: list[bytes], theirs: list[bytes], name: str) -> list[bytes]:
    """The longer of two copies, lines that one lost taken from the other. Raises ArchiverError for a fork."""
    longer, shorter = (ours, theirs) if len(ours) >= len(theirs) else (theirs, ours)
    united = list(longer)
    for at, line in enumerate(shorter):
        if line == longer[at]:
            continue
        if _lost(longer[at]):
            united[at] = line
        elif not _lost(line):
            raise _forked(name, at + 1)
    _linked(united, name)
    return united


def _linked(united: list[bytes], name: str) -> None:
    """Raises ArchiverError where a line does not follow the one before it: what a repair wrote after a line
    that it could not know is another past than that of the copy which still has the line."""
    before = ledger.START
    for at, line in enumerate(united, 1):
        fields = ledger.decode(line[:-1])
        if fields["prev"] != before:
            raise _forked(name, at)
        before = ledger.closing(fields, sha256(line[:-1]).hexdigest())


def _forked(name: str, line: int) -> ArchiverError:
    return ArchiverError(
        f"{name} is not the same in both archives from line {line} on: two collectors wrote under one name.",
        kept="both archives as they were; nothing was merged",
        todo=f"give the other archive's {name} a name of its own (ledger-NAME.jsonl: lower-case "
        "letters, digits, hyphens), merge again, and set ARCHIVER_COLLECTOR=NAME where it goes on; lines "
        "that both hold count once",
    )


def _lost(line: bytes) -> bool:
    return bool(ledger.decode(line[:-1]).get("kind") == ledger.LOST)


def _bring(
    store: Store, other: Store, source: str, captures: list[Capture], tick: Callable[[str], None]
) -> tuple[int, int]:
    """(payloads brought, payloads that neither can give). An object that is there and sound stays."""
    keeper, theirs = store.keeper(source), Shelf(other.root / source / "payloads")
    folders = disk.Folders(store.root.parent)
    gone = other.keeper(source).known().gone
    brought = missing = 0
    last: dict[str, str] = {}
    seen: set[str] = set()
    for capture in sorted(captures, key=lambda one: (one.captured_at, one.capture_id)):
        digest, before = str(capture.sha256), last.get(capture.url)
        last[capture.url] = digest
        if digest in seen:
            continue
        seen.add(digest)
        if keeper.shelf.gives(digest):
            continue
        try:
            body = theirs.get(digest)
        except Unreadable:
            missing += digest not in gone
            continue
        tick(source)
        base: Base | None = None
        if before and not keeper.shelf.holds(digest):
            base = keeper.shelf.base(before)
        keeper.shelf.put(digest, body, base, "thorough")
        brought += 1
        if brought % _TOGETHER == 0:
            keeper.shelf.flush(folders, store.collector)
    keeper.shelf.flush(folders, store.collector)
    return brought, missing


def _write(store: Store, plan: _Plan) -> int:
    """Makes our ledger the united one, durably; returns how many lines it gained or got back."""
    if plan.united == plan.ours:
        return 0
    folders = disk.Folders(store.root.parent)
    folders.ensure(plan.path.parent)
    if plan.united.startswith(plan.ours):
        disk.append(plan.path, plan.united[len(plan.ours) :], len(plan.ours))
        disk.sync_path(plan.path.parent)
        return plan.united.count(b"\n") - plan.ours.count(b"\n")
    payloads = plan.path.parent / "payloads"
    folders.ensure(payloads)
    disk.rewrite(plan.path, plan.united, payloads / disk.temporary(store.collector))
    old = plan.ours.splitlines()
    return sum(at >= len(old) or line != old[at] for at, line in enumerate(plan.united.splitlines()))
