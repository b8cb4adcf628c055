"""Deltas laid anew: each payload against the one before it in time, whatever the order they came in.

A capture stores a payload against what is known at that moment. What was imported, backfilled or merged later
often stands better against a neighbour that came after it. Payloads are taken in the order of their captures,
and each rests on one that was taken before it: so no circle can come about, at no moment of the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from ..records import Capture
from . import disk
from .objects import BadObject
from .repack import Repacker
from .shelf import Shelf, Unreadable

if TYPE_CHECKING:
    from .store import Store


class Compacted(NamedTuple):
    """What became of one source's payloads."""

    source: str
    payloads: int
    rewritten: int
    before: int
    """Bytes of objects on disk."""
    after: int
    passed_over: int
    """Payloads that are missing, damaged or of a newer release: `verify` names them."""


def compact(store: Store, tick: Callable[[str], None] = lambda _source: None) -> Iterator[Compacted]:
    """Lays the deltas of every source anew. The caller holds the archive's lock.

    tick: called with the source, once a payload. Raises OSError where the disk refuses: what was done stays.
    """
    captures: dict[str, list[Capture]] = {source: [] for source in store.sources()}
    for line in store.lines():
        if isinstance(line, Capture) and line.sha256 is not None:
            captures[line.source].append(line)
    for source, found in captures.items():
        if found:
            yield _compact(store, source, neighbours(found), tick)


def neighbours(captures: Iterable[Capture]) -> dict[str, str | None]:
    """Payload → the one that it should rest on, in the order in which they are to be laid.

    The one before it of its URL, else of its route; what came instead of a board rests on what came instead
    of it before.
    """
    order: dict[str, str | None] = {}
    last: dict[tuple[str, ...], str] = {}
    for capture in sorted(captures, key=lambda one: (one.captured_at, one.capture_id)):
        digest = str(capture.sha256)
        kind = "failed" if capture.outcome == "failed" else ""
        places = ((kind, "url", capture.url), (kind, "route", capture.route))
        if digest not in order:
            order[digest] = last.get(places[0]) or last.get(places[1])
        last.update(dict.fromkeys(places, digest))
    return order


def _compact(
    store: Store, source: str, order: dict[str, str | None], tick: Callable[[str], None]
) -> Compacted:
    shelf = Shelf(store.root / source / "payloads")
    packer = Repacker(shelf, store.collector, disk.Folders(store.root.parent))
    laid: set[str] = set()
    rewritten = before = after = 0
    for digest, wanted in order.items():
        tick(source)
        try:
            size = shelf.path(digest).stat().st_size
            now = _lay(packer, digest, wanted if wanted in laid else None, laid, size)
        except (FileNotFoundError, BadObject, Unreadable):
            continue
        laid.add(digest)
        before, after = before + size, after + (size if now is None else now)
        rewritten += now is not None
    store.forget(source)
    return Compacted(source, len(laid), rewritten, before, after, len(order) - len(laid))


def _lay(packer: Repacker, digest: str, wanted: str | None, laid: set[str], size: int) -> int | None:
    """Rewrites one object if that is called for: its new size, or None."""
    header = packer.header(digest)
    base = packer.base(wanted) if wanted else None
    data = packer.pack(digest, base)
    stands = header.base is None or (
        header.base in laid and header.depth == packer.header(header.base).depth + 1
    )
    if stands and size <= len(data):
        return None
    packer.replace(digest, data, base)
    return len(data)
