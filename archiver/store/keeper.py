"""Writes for one source: its payloads, its line in this collector's ledger, and what is known of both."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors import NotKept
from ..records import Reply
from . import disk, ledger
from .known import Known, Sighting
from .ledger import NOTHING, Head
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

    def keep(self, reply: Reply, route: str, digest: str, body: bytes) -> None:
        """The object of a payload is on disk, durably. Raises `NotKept`.

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
            self.shelf.put(digest, body, base, self._folders, disk.temporary(self._collector))
        except OSError as error:
            raise self._refused("a payload", error) from error

    def append(self, fields: Mapping[str, object]) -> tuple[dict[str, Any], str, str]:
        """Write one ledger line, durably: (its fields as they read back, its SHA-256, the ledger's name).

        Raises `NotKept`.
        """
        try:
            self._folders.ensure(self._path.parent)
            after = self._settle_tail()
            line = ledger.encode(fields, after)
            disk.append(self._path, line + b"\n", after.bytes)
            if not self._synced:
                disk.sync_path(self._path.parent)
                self._synced = True
        except OSError as error:
            self._doubtful = isinstance(error, disk.CutBackFailed)
            raise self._refused("a ledger line", error) from error
        head, written = ledger.advance(after, line), ledger.decode(line)
        self._known.add(written, self._path.name, head)
        return written, head.sha256, self._path.name

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
