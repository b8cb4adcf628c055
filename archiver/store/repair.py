"""Repair: what is sound is put in order, what is not is set aside, what is lost is said. Nothing is deleted.

    snapshots/SOURCE/quarantine/TIME/…      whatever was replaced or given up, as it was found

A payload is brought back by turning back the one bit that its checksum tells was flipped, from another
source of this archive or from another archive that holds it, or from an earlier quarantine, now that its base
is back. What cannot be had is recorded as lost in the ledger, so that `verify` knows of it; when its bytes
turn up again (a later capture, a merge), they count again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from . import disk, lines, objects
from .known import ledgers
from .ledger import Head, scan
from .salvage import Beyond, salvage
from .shelf import Shelf, Unreadable, decoded

if TYPE_CHECKING:
    from .damage import Damage
    from .store import Store

QUARANTINE = "quarantine"
_TOLD = 20
"""Sentences that the ledger line repeats; the payloads that are lost stand in it all."""


class Repaired(NamedTuple):
    """What was done to one source."""

    source: str
    did: tuple[str, ...]
    """A sentence for each thing that was done, or that could not be."""
    lost: int
    """Payloads and ledger lines that are gone for good."""
    left: int
    """Damages that this release could not repair."""


def repair(
    store: Store,
    damages: Iterable[Damage],
    heads: Mapping[str, Collection[Head]],
    copies: Sequence[Path],
    now: datetime,
) -> Iterator[Repaired]:
    """Repairs what a verification named, source by source; each is settled before the next is begun.

    What earlier repairs recorded as lost is looked for again. heads: what ledgers are known to have been, by
    SOURCE/LEDGER. copies: snapshots/ of other archives. The caller holds the archive's lock. Raises `NotKept`
    and OSError where the disk refuses.
    """
    by_source: defaultdict[str, list[Damage]] = defaultdict(list)
    for damage in damages:
        if not damage.note or damage.lost:
            by_source[damage.file.partition("/")[0]].append(damage)
    for source, found in sorted(by_source.items()):
        yield _Repair(store, source, copies, now).run(found, heads)


class _Repair:
    def __init__(self, store: Store, source: str, copies: Sequence[Path], now: datetime) -> None:
        self._store, self._source, self._now = store, source, now
        self._folder = store.root / source
        stamp = f"{now.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}"
        self._quarantine = self._folder / QUARANTINE / stamp
        self._folders = disk.Folders(store.root.parent)
        siblings = [store.root / name for name in store.sources() if name != source]
        others = [path for root in copies for path in sorted(root.iterdir()) if path.is_dir()]
        self._shelves = [Shelf(path / "payloads") for path in [*siblings, *others]]
        self._copies = [root / source for root in copies]
        self._did: list[str] = []
        self._left = 0
        self._changed = False

    def run(self, damages: Sequence[Damage], heads: Mapping[str, Collection[Head]]) -> Repaired:
        lost_lines = 0
        ledgers = {damage.file: damage.lost for damage in damages if damage.kind == "ledger"}
        ledgers |= {damage.file: False for damage in damages if damage.kind == "ledger" and not damage.lost}
        for name, only_gaps in ledgers.items():
            lost_lines += self._ledger(self._folder / Path(name).name, heads.get(name, ()), only_gaps)
        broken = {Path(damage.file).stem: damage.lost for damage in damages if damage.kind == "payload"}
        done = -1
        while done != len(self._did):  # what comes back may be what another rests on
            done = len(self._did)
            for digest in broken:
                self._restore(digest)
        unread = {digest for damage in damages for digest in damage.depends}
        gone = self._give_up(unread | {digest for digest, lost in broken.items() if not lost})
        if not self._changed:
            return Repaired(self._source, tuple(self._did), 0, self._left)
        self._store.forget(self._source)
        because = "; ".join(self._did[:_TOLD])
        if len(self._did) > _TOLD:
            because += f"; and {len(self._did) - _TOLD} more"
        told = dict.fromkeys(sorted(gone))
        self._store.upkeep(self._source, "repair", told, because, lost_lines=lost_lines)
        return Repaired(self._source, tuple(self._did), len(gone) + lost_lines, self._left)

    # -- ledgers ---------------------------------------------------------------------------------------

    def _ledger(self, path: Path, heads: Collection[Head], only_gaps: bool) -> int:
        """Puts a ledger in order; returns how many of its lines are lost.

        only_gaps: nothing is wrong with it but lines that were lost before, for which a copy is looked at.
        """
        damaged = path.read_bytes() if path.is_file() else b""
        copies = [copy.read_bytes() for folder in self._copies if (copy := folder / path.name).is_file()]
        kept = f"{QUARANTINE}/{self._quarantine.name}/{path.name}"

        def stand(stands_for: str | None) -> dict[str, object]:
            return lines.lost_fields(self._source, "it could not be read", kept, stands_for, self._now)

        try:
            found = salvage(
                damaged, copies, heads, stand, source=self._source, strangers=self._strangers(path)
            )
        except Beyond as error:
            return self._leave(f"{path.name} is left as it is: {error}")
        if found.data == damaged and only_gaps:
            return 0
        if found.data == damaged:
            return self._leave(
                f"{path.name} is left as it is: its chain is whole, and what it says is not ours"
            )
        self._set_aside(path.name, damaged)
        disk.rewrite(path, found.data, self._temporary())
        bad = sum(1 for line in scan(path) if line.fault)
        told = [f"{path.name}: put in order"]
        told += [f"{found.mended} lines mended"] if found.mended else []
        told += [f"{found.copied} lines from a copy"] if found.copied else []
        told += [f"{found.lost} lines lost"] if found.lost else []
        told += [f"{bad} lines stay at odds with it"] if bad else []
        self._left += bad
        self._did.append(", ".join(told))
        self._changed = True
        return found.lost

    def _strangers(self, path: Path) -> set[bytes]:
        """The lines of the source's other ledgers."""
        others = (other for other in ledgers(self._folder) if other != path)
        return {line for other in others for line in other.read_bytes().splitlines()}

    def _leave(self, why: str) -> int:
        self._did.append(why)
        self._left += 1
        return 0

    def _set_aside(self, name: str, data: bytes) -> None:
        """A copy of what was found, durably, before anything takes its place."""
        path = self._quarantine / name
        self._folders.ensure(path.parent)
        disk.rewrite(path, data, self._temporary())

    def _temporary(self) -> Path:
        """Where debris of a killed repair is looked for, as that of a capture is."""
        folder = self._folder / "payloads"
        self._folders.ensure(folder)
        return folder / disk.temporary(self._store.collector)

    # -- payloads --------------------------------------------------------------------------------------

    def _restore(self, digest: str) -> None:
        """Brings one damaged or missing object back, if that can be."""
        shelf = Shelf(self._folder / "payloads")
        path = shelf.path(digest)
        damaged = disk.read(path) if path.is_file() else None
        if damaged is not None and shelf.gives(digest):
            return
        whole, how = self._found(digest, damaged, shelf)
        if whole is None:
            return
        if damaged is not None:
            self._set_aside(f"payloads/{path.name}", damaged)
        self._folders.ensure(path.parent)
        disk.rewrite(path, whole, self._temporary())
        self._did.append(f"payload {digest} is back {how}")
        self._changed = True

    def _found(self, digest: str, damaged: bytes | None, shelf: Shelf) -> tuple[bytes | None, str]:
        """(the object to put in place, where it came from), or (None, "")."""
        again = objects.mended(damaged) if damaged is not None else None
        if again is not None:
            # What it rests on may itself wait for repair: its own checksum vouches for it.
            return again, "with one flipped bit turned back"
        for other in self._shelves:
            if other.gives(digest):
                place = other.folder.parent
                return objects.pack(other.get(digest), None), f"from {place.parent.parent.name}/{place.name}"
        for earlier in sorted((self._folder / QUARANTINE).glob(f"*/payloads/{digest}.zst")):
            if _gives(shelf, digest, data := disk.read(earlier)):
                return data, "from an earlier quarantine"
        return None, ""

    def _give_up(self, unread: Iterable[str]) -> set[str]:
        """Sets aside what still cannot be read; returns the payloads that are lost."""
        shelf = Shelf(self._folder / "payloads")
        gone = {digest for digest in unread if not shelf.gives(digest)}
        for digest in sorted(gone):
            self._restore(digest)
        shelf = Shelf(self._folder / "payloads")
        gone = {digest for digest in gone if not shelf.gives(digest)}
        for digest in sorted(gone):
            path = shelf.path(digest)
            if path.is_file():
                if objects.newer(disk.read(path)):
                    gone.discard(digest)
                    self._leave(f"payload {digest} is left: a newer release wrote it; upgrade")
                    continue
                self._move_aside(path)
            self._did.append(f"payload {digest} is lost")
            self._changed = True
        return gone

    def _move_aside(self, path: Path) -> None:
        target = self._quarantine / "payloads" / path.name
        self._folders.ensure(target.parent)
        path.replace(target)
        disk.sync_path(target.parent)
        disk.sync_path(path.parent)


def _gives(shelf: Shelf, digest: str, data: bytes) -> bool:
    """Whether an object that was set aside decodes to its payload by now."""
    try:
        base = objects.check(data).base
        decoded(digest, data, shelf.get(base) if base else None)
    except (objects.BadObject, Unreadable):
        return False
    return True
