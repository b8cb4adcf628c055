"""Writes for one source: its payloads, its line in this collector's ledger, and what is known of both."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..errors import NotKept
from ..records import Capture, Outcome, Reply
from . import disk, ledger, lines
from .known import Known, Sighting
from .ledger import NOTHING, Head
from .objects import Effort
from .shelf import Shelf


class Keeper:
    """One source's folder, as one collector writes to it. The caller lets one thread in at a time."""

    def __init__(self, folder: Path, collector: str, folders: disk.Folders) -> None:
        """folder: snapshots/SOURCE, which need not exist yet."""
        self.source, self.shelf = folder.name, Shelf(folder / "payloads")
        self._path = folder / f"ledger-{collector}.jsonl"
        self._collector, self._folders = collector, folders
        self._known = Known(folder)
        self._cleared = self._synced = self._doubtful = False
        self._effort: Effort = "thorough"
        self._group: list[bytes] | None = None
        """Lines that wait for the end of `together`."""
        self._start = NOTHING
        """What the first of them follows."""

    def known(self) -> Known:
        """What the source's ledgers say by now. Raises OSError where one cannot be read at all."""
        self._known.refresh()
        return self._known

    def ready(self) -> Known:
        """What is known, before a write; once in this process, debris of dead writers is cleared.

        Raises `NotKept` where this process cannot read or trust the ledger that it would write to.
        """
        if self._doubtful:
            todo = "look after the disk, then run again: a new process reads the ledger as it is"
            raise NotKept(f"{self.source}: an earlier failed write could not be taken back.", todo=todo)
        if not self._cleared and self.shelf.folder.is_dir():
            with suppress(OSError):  # what cannot be removed now is tried again by the next process
                for path in disk.debris(self.shelf.folder, self._collector):
                    path.unlink()
        self._cleared = True
        try:
            known = self.known()
        except OSError as error:
            raise self._refused("a ledger line", error) from error
        if why := known.newer.get(self._path.name):
            raise NotKept(
                f"{self.source}/{self._path.name}: {why}", kept="all of it", todo="upgrade, run again"
            )
        return known

    def standing(self, url: str) -> Sighting | None:
        """The latest known sighting of a URL whose payload can be read, so that a 304 may speak for it."""
        found = self._known.last(url)
        return found if found and self.shelf.gives(found.sha256) else None

    def record(self, reply: Reply, route: str, now: Callable[[], datetime], tool: str) -> Capture:
        """Keep an attempt, payload first, then its line: see `Store.keep`. Raises `NotKept`."""
        outcome, reason, detail = _judge(reply)
        payload: tuple[str, int] | None = None
        if reply.not_modified and reply.reason is None and (standing := self.standing(reply.url)):
            outcome, reason, detail = "unchanged", "", reply.detail
            payload = standing.sha256, standing.size
        elif reply.body is not None:
            digest = sha256(reply.body).hexdigest()
            payload = digest, len(reply.body)
            before = self._known.last(reply.url, reply.captured_at)
            if outcome == "stored" and before and before.sha256 == digest:
                outcome = "unchanged"
            self._keep(reply, route, digest, reply.body)
        told = lines.Told(outcome, reason, detail, payload)
        fields = lines.capture_fields(self.source, route, reply, told, at=now(), tool=tool)
        return lines.capture(*self.append(fields))

    def _keep(self, reply: Reply, route: str, digest: str, body: bytes) -> None:
        """The object of a payload is on disk, durably (within `together`: at its end). Raises `NotKept`.

        An object that is held counts only if it can be read, chain and all: what is acknowledged is there.
        Only a payload that is new in every respect is stored as a delta: one whose object is gone or damaged
        may be the base of its neighbours, and would then rest on itself.
        """
        known, held = self._known, self.shelf.holds(digest)
        try:
            if held and self.shelf.gives(digest):
                if digest not in known.digests:
                    self.shelf.settle(digest, self._folders)
                return
            base = None
            if not held and digest not in known.digests:
                near = known.neighbour(reply.url, route, reply.captured_at, failed=reply.reason is not None)
                base = self.shelf.base(near) if near else None
            self.shelf.put(digest, body, base, self._effort)
            if self._group is None:
                self.shelf.flush(self._folders, self._collector)
        except OSError as error:
            raise self._refused("a payload", error) from error

    def append(self, fields: Mapping[str, object]) -> tuple[dict[str, Any], str, str]:
        """Write one ledger line, durably: (its fields as they read back, its SHA-256, the ledger's name).

        Within `together` it is durable at its end. Raises `NotKept`.
        """
        if self._group is None:
            with self.together("thorough"):
                return self.append(fields)
        try:
            if not self._group:
                self._folders.ensure(self._path.parent)
                self._start = self._settle_tail()
        except OSError as error:
            raise self._refused("a ledger line", error) from error
        after = self._known.heads.get(self._path.name, NOTHING)
        line = ledger.encode(fields, after)
        head, written = ledger.advance(after, line), ledger.decode(line)
        self._group.append(line + b"\n")
        self._known.add(written, self._path.name, head)
        return written, head.sha256, self._path.name

    @contextmanager
    def together(self, effort: Effort) -> Iterator[None]:
        """What is kept and appended inside is durable at the end, at little more than the price of one.

        Or none of it counts. Payloads go first, so that no line speaks for one that a crash took. Not to be
        nested. Raises `NotKept`.
        """
        self._group, self._effort = [], effort
        try:
            yield
            self._write(self._group)
        except BaseException:
            self.shelf.drop()
            self._known = Known(self._known.folder)  # what it was told of the lines is not so
            raise
        finally:
            self._group, self._effort = None, "thorough"

    def _write(self, group: list[bytes]) -> None:
        what = "a payload"
        try:
            self.shelf.flush(self._folders, self._collector)
            what = "a ledger line"
            if group:
                disk.append(self._path, b"".join(group), self._start.bytes)
            if group and not self._synced:
                disk.sync_path(self._path.parent)
                self._synced = True
        except OSError as error:
            self._doubtful = isinstance(error, disk.CutBackFailed)
            raise self._refused(what, error) from error

    def _settle_tail(self) -> Head:
        """Where the next line goes. An end that holds a whole record only lost its newline, and gets one."""
        known, name = self._known, self._path.name
        after = known.heads.get(name, NOTHING)
        if not self._path.is_file() or self._path.stat().st_size == after.bytes:
            return after
        with self._path.open("rb") as file:
            file.seek(after.bytes)
            tail = file.read()
        if not ledger.holds_record(tail):
            return after
        disk.append(self._path, tail + b"\n", after.bytes)
        known.refresh()
        return known.heads[name]

    def _refused(self, what: str, error: OSError) -> NotKept:
        kept = "all that was acknowledged before; this attempt is not recorded"
        todo = "make room, or look after the disk and the permissions, then run again"
        return NotKept(f"{self.source}: {what} could not be written: {error}", kept=kept, todo=todo)


def _judge(reply: Reply) -> tuple[Outcome, str, str]:
    """Outcome, reason and detail as far as the reply alone tells them."""
    if reply.reason is not None:
        return "failed", reply.reason, reply.detail
    if reply.not_modified:
        return "failed", "http-status", "304 Not Modified, but no payload of this URL is held"
    if reply.body is None:
        raise ValueError("a reply needs a body, a reason, or not_modified")
    if not reply.body:
        return "failed", "empty", "the body has no bytes"
    return "stored", "", reply.detail
