"""The store: keeps captures so that they stay, gives them back exactly, and reads what happened."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from ..errors import DamagedArchive, UsageError
from ..records import Capture, Decision, Reply, Slot, Upkeep
from . import disk, ledger, lines, reading
from .collector import collector_name
from .damage import Damage, Totals
from .keeper import Keeper
from .known import ledgers
from .ledger import NOTHING, Head
from .lines import Record
from .objects import Effort
from .shelf import Unreadable, object_name
from .verify import verify

_SOURCE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")

OnDamage = Callable[[str, DamagedArchive], None]
"""Is told of a ledger that cannot be read on: its key as in `Store.heads`, and the error."""


class Store:
    """The folder snapshots/ of one archive. Making the object touches nothing; threads may share it.

    Writers hold the archive's lock (the caller's part); readers need none.
    """

    def __init__(self, root: Path, *, collector: str, tool: str, now: Callable[[], datetime]) -> None:
        """root: ARCHIVE/snapshots. tool: name and version, for the ledger. now: an aware clock."""
        self.root = root
        self.collector, self._tool, self._now = collector_name(collector), tool, now
        self._folders = disk.Folders(root.parent)
        self._keepers: dict[str, Keeper] = {}
        self._lock = threading.RLock()

    # -- keeping ---------------------------------------------------------------------------------------

    def keep(self, source: str, route: str, reply: Reply) -> Capture:
        """Record one attempt: payload first, then its ledger line, both durable before this returns.

        Outcome `unchanged`: the digest equals that of the capture of this URL which stood at `captured_at`
        (so imports out of order, and repeated ones, come out the same), or the server said 304. `stored`:
        any other sound body, also one that was held before but was not the last of its URL (A, B, A); its
        bytes are not written twice, unless what is held of them can no longer be read. `failed`: a reason
        was given, the body is empty, or a 304 came for a URL of which nothing is held; a body beside a
        reason is kept as evidence.

        Raises `NotKept` where the disk refuses: then nothing was acknowledged. ValueError for an empty reply.
        """
        with self._lock:
            keeper = self.keeper(source)
            keeper.ready()
            return keeper.record(reply, route, self._now, self._tool)

    def keep_all(
        self, source: str, replies: Iterable[tuple[str, Reply]], effort: Effort = "thorough"
    ) -> list[Capture]:
        """Record attempts, each with its route, as `keep` does one after the other; all are durable before
        this returns, which costs little more than one. In memory meanwhile, so hand over some dozens.

        effort: `quick` for a backlog (see `objects.Effort`). Raises as `keep`: then none was acknowledged.
        """
        with self._lock:
            keeper = self.keeper(source)
            keeper.ready()
            with keeper.together(effort):
                return [keeper.record(reply, route, self._now, self._tool) for route, reply in replies]

    def decide(
        self,
        source: str,
        verdict: Literal["released", "rejected"],
        board: str,
        payload_sha256: str,
        published_at: datetime | None,
        because: str,
    ) -> Decision:
        """Record what an operator settled, durably. Raises `NotKept`."""
        with self._lock:
            keeper = self.keeper(source)
            keeper.ready()
            fields = lines.decision_fields(
                source, verdict, board, payload_sha256, published_at, because, self._now()
            )
            return lines.decision(*keeper.append(fields)[:2])

    def slot(self, said: Slot) -> Slot:
        """Record what became of a slot, durably. Raises `NotKept`."""
        with self._lock:
            keeper = self.keeper(said.source)
            keeper.ready()
            return lines.slot(*keeper.append(lines.slot_fields(said, self._now())))

    def upkeep(
        self,
        source: str,
        kind: Literal["repair", "prune"],
        gone: Mapping[str, str | None],
        because: str,
        **more: object,
    ) -> Upkeep:
        """Record, durably, that payloads are gone (see `records.Upkeep`). more: facts for people.

        Raises `NotKept`.
        """
        with self._lock:
            keeper = self.keeper(source)
            keeper.ready()
            fields = lines.upkeep_fields(source, kind, gone, because, self._now(), **more)
            return lines.upkeep(*keeper.append(fields)[:2])

    def forget(self, source: str) -> None:
        """Drop what is known of a source: its files were changed by other means than this object's."""
        with self._lock:
            self._keepers.pop(source, None)

    # -- reading ---------------------------------------------------------------------------------------

    def last(self, source: str, url: str) -> Capture | None:
        """The latest capture that showed a payload of this URL (stored or unchanged), for ETag and 304.

        None also where its payload cannot be read any more: it must then be asked for as a whole.
        Raises `DamagedArchive` where its ledger cannot be read.
        """
        with self._lock:
            keeper = self.keeper(source)
            try:
                keeper.known()
                sighting = keeper.standing(url)
                if sighting is None:
                    return None
                path = self.root / source / sighting.ledger
                line = next(ledger.scan(path, sighting.after))
            except OSError as error:
                raise DamagedArchive(
                    f"{source}: a ledger cannot be read: {error}", todo=reading.MEND
                ) from error
            if line.fields is None:
                raise DamagedArchive(
                    f"{source}/{path.name}: line {line.number}: {line.fault}", todo=reading.MEND
                )
            return lines.capture(line.fields, line.sha256, path.name)

    def lines(
        self,
        after: Mapping[str, Head] | None = None,
        *,
        on_damage: OnDamage | None = None,
        only: str | None = None,
    ) -> Iterator[Record]:
        """What happened: every line of every ledger, by source, ledger and line. only: of one source.

        after: only what was appended since those heads. A ledger that cannot be read on, that is shorter
        than its head or that does not continue from it raises `DamagedArchive` naming file and line; with
        `on_damage` that is told instead, and the other ledgers are read. Take no head of such a ledger.
        """
        after = after or {}
        paths = dict(self._ledgers())
        for key in sorted(paths.keys() | {key for key, head in after.items() if head.bytes}):
            if only is not None and key.partition("/")[0] != only:
                continue
            try:
                yield from reading.sound(key, paths.get(key), after.get(key, NOTHING))
            except DamagedArchive as error:
                if on_damage is None:
                    raise
                on_damage(key, error)

    def slots_back(self, source: str) -> Iterator[Iterator[Slot]]:
        """The slots of a source, newest line first, ledger by ledger: whoever knows enough reads no further.

        Lines that are damaged are passed over, as when a capture is kept. Raises `DamagedArchive` where a
        ledger cannot be read at all.
        """
        for path in ledgers(self.root / source):
            yield self._slots_back(path)

    def _slots_back(self, path: Path) -> Iterator[Slot]:
        try:
            for fields, digest in ledger.backwards(path):
                if fields.get("kind") == "slot":
                    yield lines.slot(fields, digest, path.name)
        except OSError as error:
            what = f"{path.parent.name}/{path.name} cannot be read: {error.strerror}"
            raise DamagedArchive(what, todo=reading.MEND) from error

    def heads(self) -> dict[str, Head]:
        """Where each ledger ends, by SOURCE/LEDGER. Reads only their ends. Raises `DamagedArchive`."""
        found = {key: reading.end(key, path) for key, path in self._ledgers()}
        return {key: head for key, head in found.items() if head.bytes}

    def payload(self, source: str, sha256: str) -> bytes:
        """The exact bytes of a payload, its digest checked. Raises `DamagedArchive` naming the object."""
        with self._lock:
            try:
                return self.keeper(source).shelf.get(sha256)
            except Unreadable as error:
                name = f"{source}/payloads/{object_name(error.digest)}"
                what = f"{source}: payload {sha256} cannot be read: {name} {error.what}"
                raise DamagedArchive(
                    what, kept="every payload that does not rest on it", todo=reading.MEND
                ) from error

    def stand_in(self, source: str, sha256: str) -> str:
        """The payload to read for one that was pruned: the kept one that says the same. Else itself.

        Raises `DamagedArchive` where a ledger cannot be read.
        """
        with self._lock:
            keeper = self.keeper(source)
            if keeper.shelf.holds(sha256):
                return sha256
            try:
                return keeper.known().gone.get(sha256) or sha256
            except OSError as error:
                raise DamagedArchive(
                    f"{source}: a ledger cannot be read: {error}", todo=reading.MEND
                ) from error

    def gone(self, source: str, sha256: str) -> bool:
        """Whether the ledger says that a payload was pruned or lost, and it did not come back since."""
        with self._lock:
            keeper = self.keeper(source)
            try:
                return not keeper.shelf.holds(sha256) and sha256 in keeper.known().gone
            except OSError as error:
                raise _unread(source, error) from error

    def verify(
        self,
        totals: Totals | None = None,
        *,
        against: Mapping[str, Head] | None = None,
        sealed: Mapping[str, Head] | None = None,
        tick: Callable[[Totals], None] = lambda _totals: None,
    ) -> Iterator[Damage]:
        """Recompute every digest, checksum and chain; yield what is not as it was written. Changes nothing.

        totals: is filled while reading. against: heads known earlier, which the ledgers must still begin
        with; sealed: the same of a published head. tick: is called after each object, for a progress bar.
        """
        earlier = {"it once had": against or {}, "the published head names": sealed or {}}
        return verify(self.root, self.sources(), earlier, totals or Totals(), tick)

    def sources(self) -> list[str]:
        """Names of the sources that have a folder, sorted."""
        if not self.root.is_dir():
            return []
        return sorted(
            item.name for item in self.root.iterdir() if item.is_dir() and _SOURCE.fullmatch(item.name)
        )

    def _ledgers(self) -> Iterator[tuple[str, Path]]:
        for source in self.sources():
            for path in ledgers(self.root / source):
                yield f"{source}/{path.name}", path

    def keeper(self, source: str) -> Keeper:
        """One source's folder, as this collector writes to it. Raises `UsageError`."""
        if source not in self._keepers:
            if not _SOURCE.fullmatch(source):
                raise UsageError(
                    f"{source!r} cannot name a source.", todo="use lower-case letters, digits, - and _"
                )
            self._keepers[source] = Keeper(self.root / source, self.collector, self._folders)
        return self._keepers[source]


def _unread(source: str, error: OSError) -> DamagedArchive:
    return DamagedArchive(f"{source}: a ledger cannot be read: {error}", todo=reading.MEND)
