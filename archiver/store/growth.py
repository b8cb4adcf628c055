"""How fast an archive grows, from what its own ledgers and files show."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from ..records import Capture
from .known import ledgers
from .shelf import Shelf, named

if TYPE_CHECKING:
    from .store import Store

WINDOW = timedelta(days=365)
"""Only captures of the year before a source's newest count: what was long ago says little of tomorrow."""
LEAST = timedelta(days=1)
"""A shorter history gives no forecast."""
YEAR = 365.25


class Growth(NamedTuple):
    """One source. Sizes in bytes on disk, as compressed."""

    source: str
    on_disk: int
    """Objects and ledgers now."""
    basis: str
    """Which captures the forecast rests on: `http` (live captures), `recorded` (imports, backfills), or
    `too short`."""
    since: datetime | None
    until: datetime | None
    captures: int
    """In that span."""
    payloads: int
    """New ones in that span, the first left out: they are what the span brought."""
    bytes_a_day: float | None
    bytes_a_year: float | None
    """Payloads and ledger lines; None where the history is too short."""


def growth(store: Store) -> list[Growth]:
    """A forecast for each source, the fastest first. Raises `DamagedArchive`."""
    found: dict[str, list[Capture]] = {source: [] for source in store.sources()}
    for line in store.lines():
        if isinstance(line, Capture):
            found[line.source].append(line)
    rows = [_growth(store, source, captures) for source, captures in found.items()]
    return sorted(rows, key=lambda row: (-(row.bytes_a_year or 0), row.source))


def _growth(store: Store, source: str, captures: list[Capture]) -> Growth:
    folder = store.root / source
    shelf = Shelf(folder / "payloads")
    sizes = {digest: (shelf.folder / name).stat().st_size for name, digest in named(shelf.folder) if digest}
    lines = sum(path.stat().st_size for path in ledgers(folder))
    on_disk = sum(sizes.values()) + lines
    a_line = lines / len(captures) if captures else 0.0
    live = [one for one in captures if one.via == "http"]
    for basis, among in (("http", live), ("recorded", captures)):
        span = _last_year(among)
        if len(span) > 1 and span[-1].captured_at - span[0].captured_at >= LEAST:
            since, until = span[0].captured_at, span[-1].captured_at
            days = (until - since) / timedelta(days=1)
            seen = {one.sha256 for one in among if one.captured_at <= since}
            new = {one.sha256 for one in span if one.sha256 in sizes} - seen
            rate = (sum(sizes[str(digest)] for digest in new) + a_line * (len(span) - 1)) / days
            return Growth(source, on_disk, basis, since, until, len(span), len(new), rate, rate * YEAR)
    return Growth(source, on_disk, "too short", None, None, len(captures), 0, None, None)


def _last_year(captures: Iterable[Capture]) -> list[Capture]:
    found = sorted(captures, key=lambda one: one.captured_at)
    return [one for one in found if found[-1].captured_at - one.captured_at <= WINDOW]
