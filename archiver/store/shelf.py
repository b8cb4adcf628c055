"""The payloads of one source on disk: objects by digest, read through their chains, written durably."""

from __future__ import annotations

import os
import re
from collections import OrderedDict
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from . import disk, objects
from .objects import BadObject, Base, Effort

CACHE_BYTES = 64 << 20
"""Decoded payloads kept at hand: the next in time order is usually a delta against one of them."""
_NAME = re.compile(r"([0-9a-f]{64})\.zst")


class Unreadable(Exception):
    """A payload cannot be given back. `digest` names the object to blame, `what` says why."""

    def __init__(self, digest: str, what: str) -> None:
        super().__init__(f"{digest} {what}")
        self.digest, self.what = digest, what


class _Held(NamedTuple):
    depth: int
    body: bytes


class Shelf:
    """Reads and writes the objects below SOURCE/payloads/."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._cache: OrderedDict[str, _Held] = OrderedDict()
        self._cached = 0
        self._waiting: dict[str, bytes] = {}
        self._unsure: set[str] = set()

    def path(self, digest: str) -> Path:
        """Where the object of a payload lies, if it is held."""
        return self.folder / object_name(digest)

    def holds(self, digest: str) -> bool:
        """Whether an object of that name is on disk, sound or not, and no write of it failed half-way.

        One that waits for `flush` counts as held: who put it must not acknowledge anything before that.
        """
        return digest in self._waiting or (digest not in self._unsure and self.path(digest).is_file())

    def get(self, digest: str) -> bytes:
        """The exact bytes of a payload. Raises `Unreadable`."""
        return self._held(digest).body

    def base(self, digest: str) -> Base | None:
        """A payload to store another against; None where it cannot be read: the other then stands alone."""
        try:
            held = self._held(digest)
        except Unreadable:
            return None
        return Base(digest, held.depth, held.body)

    def put(self, digest: str, body: bytes, base: Base | None, effort: Effort) -> None:
        """Take a payload, which is on disk after the next `flush`."""
        data = objects.pack(body, base, effort)
        self._waiting[digest] = data
        self._remember(digest, _Held(objects.header(data).depth, body))

    def flush(self, folders: disk.Folders, collector: str) -> None:
        """Store durably what was put. Raises OSError: then none of it counts as held."""
        waiting = {self.path(digest): data for digest, data in self._waiting.items()}
        # A rename whose folder was not synced leaves a file that is not to be trusted.
        self._unsure.update(self._waiting)
        try:
            folders.ensure(*(path.parent for path in waiting))
            disk.write_new(waiting, lambda: self.folder / disk.temporary(collector))
        except OSError:
            self.drop()
            raise
        self._unsure.difference_update(self._waiting)
        self._waiting.clear()

    def drop(self) -> None:
        """Forget what was put and not stored."""
        for digest in self._waiting:
            if held := self._cache.pop(digest, None):
                self._cached -= len(held.body)
        self._waiting.clear()

    def gives(self, digest: str) -> bool:
        """Whether a payload can be read, through its whole chain."""
        try:
            self._held(digest)
        except Unreadable:
            return False
        return self.holds(digest)

    def settle(self, digest: str, folders: disk.Folders) -> None:
        """Make an object durable that no ledger line speaks for: its writer may have died before it did.

        Raises OSError.
        """
        path = self.path(digest)
        folders.ensure(path.parent)
        disk.sync_path(path)
        disk.sync_path(path.parent)

    def _held(self, digest: str) -> _Held:
        """Decode from the nearest payload at hand, or the whole one at the chain's end, up to `digest`."""
        chain: list[tuple[str, bytes, int]] = []
        below: _Held | None = None
        wanted: str | None = digest
        while wanted is not None:
            if below := self._cached_body(wanted):
                break
            data, found = self._read(wanted)
            chain.append((wanted, data, found.depth))
            if any(found.base == name for name, _, _ in chain):
                raise Unreadable(wanted, "is in a circle of bases")
            wanted = found.base
        while chain:
            name, data, depth = chain.pop()
            below = _Held(depth, decoded(name, data, below.body if below else None))
            self._remember(name, below)
        assert below is not None  # noqa: S101  # the loop above ends with one or raises
        return below

    def _read(self, digest: str) -> tuple[bytes, objects.Header]:
        try:
            data = disk.read(self.path(digest))
            return data, objects.check(data)
        except FileNotFoundError as error:
            raise Unreadable(digest, "is missing") from error
        except OSError as error:
            raise Unreadable(digest, f"cannot be read: {error.strerror}") from error
        except BadObject as error:
            raise Unreadable(digest, f"is damaged: {error}") from error

    def _cached_body(self, digest: str) -> _Held | None:
        if held := self._cache.get(digest):
            self._cache.move_to_end(digest)
        return held

    def _remember(self, digest: str, held: _Held) -> None:
        if digest not in self._cache:
            self._cache[digest] = held
            self._cached += len(held.body)
        while self._cached > CACHE_BYTES and len(self._cache) > 1:
            _, dropped = self._cache.popitem(last=False)
            self._cached -= len(dropped.body)


def object_name(digest: str) -> str:
    """Where the object of a payload lies below SOURCE/payloads/."""
    return f"{digest[:2]}/{digest}.zst"


def decoded(digest: str, data: bytes, base: bytes | None) -> bytes:
    """The payload of an object, if it is the one that its name says. Raises `Unreadable`."""
    try:
        body = objects.unpack(data, base)
    except BadObject as error:
        raise Unreadable(digest, f"is damaged: {error}") from error
    if sha256(body).hexdigest() != digest:
        raise Unreadable(digest, "is damaged: its payload has another digest than its name says")
    return body


def named(folder: Path) -> Iterator[tuple[str, str | None]]:
    """Every file below a payloads folder, sorted, with the digest of its name (None: not an object).

    As text: making and comparing so many Path objects would cost a verification more than the reading.
    """
    if not folder.is_dir():
        return
    for group, is_folder in _items(folder):
        if not is_folder:
            yield group, None
            continue
        for name, _ in _items(folder / group):
            match = _NAME.fullmatch(name)
            yield f"{group}/{name}", match[1] if match and match[1][:2] == group else None


def _items(folder: Path) -> list[tuple[str, bool]]:
    with os.scandir(folder) as items:
        return sorted((item.name, item.is_dir()) for item in items)
