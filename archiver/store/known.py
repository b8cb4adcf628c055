"""What a source's ledgers say, in memory, as far as keeping the next capture needs it.

One pass over the ledgers on first use, then only what was appended since, by this process or another.
Damaged lines are passed over here: a flipped bit must not end a year of captures; `verify` names it.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from .ledger import NOTHING, Head, scan


class Sighting(NamedTuple):
    """A capture that showed a payload: when, and where its line is. Sorts by time, then by arrival."""

    captured_at: datetime
    arrival: int
    sha256: str
    size: int
    ledger: str
    after: Head
    """What precedes its line."""


class Known:
    """Digests, sightings by URL and the head of each ledger of one source."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._forget()

    def _forget(self) -> None:
        self.heads: dict[str, Head] = {}
        self.digests: set[str] = set()
        self._sightings: dict[str, list[Sighting]] = {}
        self._evidence: dict[str, str] = {}
        self._routes: dict[str, str] = {}
        self._arrivals = 0
        self.newer: dict[str, str] = {}
        """Ledger → what is wrong with it for this release: a newer one wrote there."""
        self.gone: dict[str, str | None] = {}
        """Payloads that upkeep recorded as gone → the one that says the same."""

    def refresh(self) -> None:
        """Read what was appended since. A ledger that got shorter is read anew. Raises OSError."""
        found = list(ledgers(self.folder))
        sizes = {path.name: path.stat().st_size for path in found}
        if any(sizes.get(name, 0) < head.bytes for name, head in self.heads.items()):
            self._forget()
        for path in found:
            head = self.heads.get(path.name, NOTHING)
            if sizes[path.name] > head.bytes:
                self._read(path, head)

    def _read(self, path: Path, head: Head) -> None:
        for line in scan(path, head, brief=True):
            if line.torn or not line.sha256:
                break
            if line.newer:
                self.newer[path.name] = f"line {line.number}: {line.fault}"
            if line.fields is not None:
                self._take(line.fields, path.name, head)
            head = line.head
        self.heads[path.name] = head

    def add(self, fields: Mapping[str, Any], ledger: str, head: Head) -> None:
        """A line that this process has just made durable; `head` is where its ledger ends now."""
        self._take(fields, ledger, self.heads.get(ledger, NOTHING))
        self.heads[ledger] = head

    def _take(self, fields: Mapping[str, Any], ledger: str, after: Head) -> None:
        kind, digest = fields.get("kind"), fields.get("sha256")
        if kind in ("repair", "prune"):
            self.gone.update(fields.get("gone", {}))
        if kind != "capture" or digest is None:
            return
        self.digests.add(digest)
        url = fields.get("url", "")
        if fields["outcome"] == "failed":
            self._evidence[url] = digest
            return
        self._arrivals += 1
        self._routes[fields["route"]] = digest
        at = datetime.fromisoformat(fields["captured_at"])
        seen = self._sightings.setdefault(url, [])
        insort(seen, Sighting(at, self._arrivals, digest, fields["size"], ledger, after))

    def last(self, url: str, at: datetime | None = None) -> Sighting | None:
        """The latest sighting of a URL, or the latest up to a time (that time included)."""
        seen = self._sightings.get(url)
        if not seen:
            return None
        if at is None:
            return seen[-1]
        place = bisect_right(seen, at, key=lambda sighting: sighting.captured_at)
        return seen[place - 1] if place else None

    def neighbour(self, url: str, route: str, at: datetime, *, failed: bool) -> str | None:
        """The payload that a new one most likely resembles: of its URL, nearest before; else of its route.

        A publisher of dated files gives each version a URL of its own. What came instead of a board
        resembles what came instead of it the last time.
        """
        if failed and url in self._evidence:
            return self._evidence[url]
        if found := self.last(url, at) or self.last(url):
            return found.sha256
        return self._routes.get(route)


def ledgers(folder: Path) -> Iterator[Path]:
    """The ledgers of a source, sorted by name."""
    yield from sorted(folder.glob("ledger-*.jsonl"))
