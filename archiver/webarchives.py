"""Captures between the store and WARC files: the way out, and a third way in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from . import outputs, warc
from .errors import DamagedArchive, UsageError
from .formats.sniff import inspect
from .ingest import Recording, Taken
from .records import Capture, Reply

if TYPE_CHECKING:
    from .sources import Catalog, Route, Source
    from .store import Store

Held = set[tuple[str, datetime, str | None]]

_NEVER = datetime.min.replace(tzinfo=UTC)
"""Stands in for the time of a record that has none that can be read, and is not taken."""


def export(
    store: Store,
    path: Path,
    sources: Sequence[str],
    since: datetime | None,
    until: datetime | None,
    *,
    tool: str,
) -> warc.Written:
    """Writes the captures of sources (default: all) to a WARC file, compressed where its name ends in .gz.

    since, until: bounds of `captured_at`. A payload that was pruned, or lost as a repair recorded, is told of
    as an attempt without a body. The file appears whole or not at all. Captures stand in
    the order of their times. Raises `DamagedArchive` for a payload that cannot be read, `NotKept` where the
    disk refuses, `UsageError` where there is nothing to write.
    """
    if missing := set(sources) - set(store.sources()):
        raise UsageError(f"The archive holds no captures of {', '.join(sorted(missing))}.")
    chosen = sorted(
        (
            _bodiless(line) if line.sha256 and store.gone(line.source, line.sha256) else line
            for line in store.lines()
            if isinstance(line, Capture)
            and (not sources or line.source in sources)
            and (since is None or line.captured_at >= since)
            and (until is None or line.captured_at <= until)
        ),
        key=lambda line: (line.captured_at, line.source, line.url, line.capture_id),
    )
    if not chosen:
        raise UsageError("No capture lies within these bounds: nothing was written.")
    with outputs.replacing(path) as beside, beside.open("wb") as out:
        return warc.write(chosen, store.payload, out, tool=tool, compress=path.suffix == ".gz")


def _bodiless(line: Capture) -> Capture:
    detail = f"{line.detail}; " if line.detail else ""
    gone = f"the bytes (SHA-256 {line.sha256}) are gone, as the ledger says"
    return replace(line, sha256=None, detail=detail + gone)


def take(store: Store, files: Iterable[Path], only: Sequence[str], catalog: Catalog) -> Iterator[Taken]:
    """Takes the captures of WARC files, each durable before the next; none is taken twice.

    only: sources to take (default: all). A file of this package's own says each capture's source; in others'
    the address does. Raises `UsageError` where a file is no WARC; what was taken before it stays.
    """
    for name in only:
        catalog.load(name)
    held = _Known(store)
    for path in files:
        for found in warc.read(path):
            taken = _take(store, path, found, only, catalog, held)
            if taken is not None:
                yield taken


class _Known:
    """The captures that the archive has, by source; read when a source first comes up."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held: dict[str, Held] | None = None

    def of(self, source: str) -> Held:
        if self._held is None:
            self._held = {}
            for line in self._store.lines(on_damage=_others_tell):
                if isinstance(line, Capture):
                    self._held.setdefault(line.source, set()).add((line.url, line.captured_at, line.sha256))
        return self._held.setdefault(source, set())


def _others_tell(_ledger: str, _damage: DamagedArchive) -> None:
    """Damage to one ledger must not keep captures out: bringing up the index tells of it."""


def _take(
    store: Store, path: Path, found: warc.Found, only: Sequence[str], catalog: Catalog, known: _Known
) -> Taken | None:
    """What became of a record; None for one of a source that was not asked for."""
    source, why_not = _source(found, only, catalog)
    if not source and not why_not:
        return None
    reply = found.reply
    when = reply.captured_at if reply else _NEVER
    recording = Recording(source, path, f"{path.name}: {found.url}", found.url, when)
    if why_not or reply is None:
        return Taken(recording, None, why_not or found.why_not)
    route = _route(catalog.load(source).SOURCE, found)
    if route is None:
        return Taken(recording, None, f"it belongs to no route of {source}")
    try:
        body = reply.body if found.repeats is None else store.payload(source, found.repeats)
    except DamagedArchive as error:
        return Taken(recording, None, f"the bytes that it repeats are not here: {error.what}")
    reply = _judged(replace(reply, body=body), route)
    if reply.reason == "wrong-type":
        return Taken(recording, None, f"not what the route {route.name} serves: {reply.detail}")
    if (key := _key(reply)) in known.of(source):
        return Taken(recording, None, "this capture is held already", held_already=True)
    known.of(source).add(key)
    return Taken(recording, store.keep(source, route.name, reply))


def _source(found: warc.Found, only: Sequence[str], catalog: Catalog) -> tuple[str, str]:
    """The source of a record, or why it has none; both empty where it is another than those asked for."""
    if found.source is not None:
        if found.source not in catalog.names():
            return found.source, f"no source is called {found.source!r}"
        return (found.source, "") if not only or found.source in only else ("", "")
    owners = [name for name in only or catalog.names() if catalog.load(name).SOURCE.route_of(found.url)]
    if len(owners) == 1:
        return owners[0], ""
    return "", f"its address belongs to {' and to '.join(owners) if owners else 'no source'}"


def _route(source: Source, found: warc.Found) -> Route | None:
    """The route that the file names (a discovery's address may look like no route's), else the address's."""
    named = (route for route in source.routes if route.name == found.route)
    return next(named, None) or source.route_of(found.url)


def _judged(reply: Reply, route: Route) -> Reply:
    """The reply with its bytes judged as those of a capture over HTTP are."""
    lie = inspect(reply.body, route.media) if reply.body else None
    if lie and (reply.reason is None or (reply.reason == "http-status" and lie[0] == "challenge")):
        return replace(reply, reason=lie[0], detail=lie[1])
    return reply


def _key(reply: Reply) -> tuple[str, datetime, str | None]:
    from hashlib import sha256

    return reply.url, reply.captured_at, sha256(reply.body).hexdigest() if reply.body else None
