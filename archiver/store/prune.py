"""Bytes given up: payloads that add no snapshot, since kept ones say the same. The ledger says so first.

What rests on a pruned object is laid on the nearest kept one below it, then the ledger's line is written,
then the objects are removed. A crash leaves payloads that are there, recorded as gone or not: no damage.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from ..errors import DamagedArchive
from . import disk, objects
from .repack import Repacker
from .shelf import Shelf, Unreadable, named

if TYPE_CHECKING:
    from .store import Store


class Pruned(NamedTuple):
    """What was given up of one source."""

    source: str
    payloads: int
    bytes: int
    """By how much the objects on disk became smaller."""


def prune(store: Store, source: str, redundant: Mapping[str, str], because: str) -> Pruned | None:
    """Gives up payloads of one source: pruned → the kept one that says the same. None: nothing to do.

    One stays where what is kept cannot be read. The caller holds the archive's lock and answers for it that
    no snapshot is lost. Raises `NotKept` and OSError where the disk refuses, `DamagedArchive` where what is
    there cannot be read.
    """
    shelf = Shelf(store.root / source / "payloads")
    gone = {
        digest: kept
        for digest, kept in sorted(redundant.items())
        if kept not in redundant and shelf.holds(digest) and shelf.gives(kept)
    }
    if not gone:
        return None
    before = _bytes(shelf)
    _move_dependents(store, shelf, gone)
    store.upkeep(source, "prune", gone, because)
    for digest in gone:
        path = shelf.path(digest)
        path.unlink()
        disk.sync_path(path.parent)
    store.forget(source)
    return Pruned(source, len(gone), before - _bytes(shelf))


def _bytes(shelf: Shelf) -> int:
    return sum((shelf.folder / name).stat().st_size for name, digest in named(shelf.folder) if digest)


def _move_dependents(store: Store, shelf: Shelf, gone: Mapping[str, str]) -> None:
    """Lays what rests on payloads that go on the nearest one below that stays. Raises `DamagedArchive`."""
    packer = Repacker(shelf, store.collector, disk.Folders(store.root.parent))
    for name, digest in list(named(shelf.folder)):
        if digest is None or digest in gone:
            continue
        try:
            wanted = below = packer.header(digest).base
            while wanted in gone:
                wanted = packer.header(str(wanted)).base
            if wanted != below:
                base = packer.base(wanted) if wanted else None
                packer.replace(digest, packer.pack(digest, base), base)
        except (Unreadable, objects.BadObject) as error:
            raise DamagedArchive(
                f"{shelf.folder.parent.name}/payloads/{name} cannot be read: {error}",
                kept="everything: nothing was pruned",
                todo="`archiver verify`, then `archiver repair`",
            ) from error
