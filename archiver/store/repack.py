"""Objects written anew: against another base, or without one, and never a byte of a payload changed.

The new object is on disk and proved to give the payload before it takes the place of the old one, so that a
crash at any moment leaves either.
"""

from __future__ import annotations

from . import disk, objects
from .objects import Base
from .shelf import Shelf, decoded


class Repacker:
    """Rewrites objects of one shelf; what it has read stays right, since payloads never change."""

    def __init__(self, shelf: Shelf, collector: str, folders: disk.Folders) -> None:
        self.shelf = shelf
        self._collector, self._folders = collector, folders
        self._depths: dict[str, int] = {}

    def header(self, digest: str) -> objects.Header:
        """What an object says of itself, its depth as rewriting has made it. Raises OSError, `BadObject`."""
        found = objects.header(disk.read(self.shelf.path(digest), objects.HEADER_BYTES))
        return found._replace(depth=self._depths.get(digest, found.depth))

    def base(self, digest: str) -> Base:
        """A payload to rest others on. Raises `Unreadable`."""
        return Base(digest, self.header(digest).depth, self.shelf.get(digest))

    def pack(self, digest: str, base: Base | None) -> bytes:
        """The object that a payload would be against a base. Raises `Unreadable`."""
        return objects.pack(self.shelf.get(digest), base)

    def replace(self, digest: str, data: bytes, base: Base | None) -> None:
        """Puts an object in the place of the one that is there, durably. Raises OSError, `Unreadable`."""

        def proof(written: bytes) -> None:
            found = objects.check(written).base
            decoded(digest, written, base.body if base and found else None)

        path = self.shelf.path(digest)
        self._folders.ensure(path.parent)
        disk.rewrite(path, data, self.shelf.folder / disk.temporary(self._collector), proof)
        self._depths[digest] = objects.header(data).depth
