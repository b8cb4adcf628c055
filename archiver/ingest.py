"""Bytes in from files: recorded payloads, a second way in beside HTTP."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from . import sources
from .errors import DamagedArchive, UsageError
from .formats.sniff import inspect
from .records import Capture, Reply, utc

if TYPE_CHECKING:
    from .store import Store

COLUMNS = ("source", "captured_at", "url", "file")
"""What a manifest's header must hold; other columns are not read."""


class Recording(NamedTuple):
    """A payload that somebody recorded, waiting to be taken in."""

    source: str
    file: Path
    name: str
    """As the manifest or the command line names it."""
    url: str
    captured_at: datetime


class Taken(NamedTuple):
    """What became of a recording: a ledger line, or a reason why there is none."""

    recording: Recording
    capture: Capture | None
    why_not: str = ""
    held_already: bool = False
    """The archive has this very capture: nothing was written."""


def recordings(
    source: str,
    files: Iterable[Path],
    at: datetime | None,
    url: str | None,
    catalog: sources.Catalog = sources.BUILT_IN,
) -> list[Recording]:
    """The files of one `import SOURCE FILE…`. Without `at`, a file's own modification time counts."""
    catalog.load(source)
    found = []
    for file in files:
        seen = at or datetime.fromtimestamp(file.stat().st_mtime, UTC)
        found.append(Recording(source, file, file.name, url or "", seen))
    return found


def manifest(
    path: Path,
    only: Sequence[str] = (),
    catalog: sources.Catalog = sources.BUILT_IN,
    at: datetime | None = None,
) -> tuple[list[Recording], list[Taken]]:
    """The recordings that a manifest lists, oldest first, and those that cannot be recordings at all.

    A manifest is tab-separated with a header that holds at least source, captured_at, url and file (relative
    to the manifest). at: when those were captured of which it does not say it; without it they are none.
    Raises `UsageError` where it is not one.
    """
    for name in only:
        catalog.load(name)
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"The manifest {path} cannot be read: {error}.", kept="nothing was changed"
        ) from error
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    if missing := [column for column in COLUMNS if column not in (rows.fieldnames or ())]:
        raise UsageError(
            f"The manifest {path} lacks the column {missing[0]!r}.",
            todo=f"write a header with {', '.join(COLUMNS)}, separated by tabs",
        )
    good: list[Recording] = []
    bad: list[Taken] = []
    for row in rows:
        if only and row["source"] not in only:
            continue
        recording, why_not = _listed(path, row, catalog, at)
        if why_not:
            bad.append(Taken(recording, None, why_not))
        else:
            good.append(recording)
    return sorted(good, key=lambda recording: (recording.captured_at, recording.name)), bad


def _listed(
    path: Path, row: dict[str, str], catalog: sources.Catalog, at: datetime | None
) -> tuple[Recording, str]:
    file = path.parent / (row["file"] or "")
    why_not = ""
    when = at or datetime.min.replace(tzinfo=UTC)
    if row["source"] not in catalog.names():
        why_not = f"no source is called {row['source']!r}"
    elif not row["captured_at"] and at is None:
        why_not = "the manifest gives no time of capture: --at TIME gives one to all that have none"
    elif not row["file"] or not file.is_file():
        why_not = "the file is not there"
    elif row["captured_at"]:
        try:
            when = utc(row["captured_at"])
        except ValueError:
            why_not = f"{row['captured_at']!r} is not a time"
    return Recording(row["source"], file, row["file"] or "?", row["url"] or "", when), why_not


def take(
    store: Store, found: Iterable[Recording], catalog: sources.Catalog = sources.BUILT_IN
) -> Iterator[Taken]:
    """Imports recordings, each durable before the next. A capture that is held already is not taken twice."""
    held: dict[str, set[tuple[str, datetime, str | None]]] = {}
    for recording in found:
        if recording.source not in held:
            held[recording.source] = {
                (line.url, line.captured_at, line.sha256)
                for line in store.lines(on_damage=_others_tell, only=recording.source)
                if isinstance(line, Capture)
            }
        yield _take(store, recording, held[recording.source], catalog)


def _take(
    store: Store,
    recording: Recording,
    held: set[tuple[str, datetime, str | None]],
    catalog: sources.Catalog,
) -> Taken:
    from hashlib import sha256

    address = recording.url or recording.file.name
    route = catalog.load(recording.source).SOURCE.route_of(address)
    if route is None:
        others = _others(address, catalog)
        return Taken(recording, None, f"{address} belongs to no route of {recording.source}{others}")
    body = recording.file.read_bytes()
    lie = inspect(body, route.media)
    if lie and lie[0] == "wrong-type":
        return Taken(recording, None, f"not what the route {route.name} serves: {lie[1]}")
    key = (address, recording.captured_at, sha256(body).hexdigest())
    if key in held:
        return Taken(recording, None, "this capture is held already", held_already=True)
    reply = Reply(
        url=address,
        captured_at=recording.captured_at,
        body=body,
        reason=lie[0] if lie else None,
        detail=lie[1] if lie else "",
        via="import",
        origin=recording.file.name,
    )
    held.add(key)
    return Taken(recording, store.keep(recording.source, route.name, reply))


def _others(address: str, catalog: sources.Catalog) -> str:
    """The sources that have an address, in words; a bare file name tells of none."""
    if not address.startswith(("http://", "https://")):
        return ""
    others = [name for name in catalog.names() if catalog.load(name).SOURCE.route_of(address)]
    return f", but to one of {' and '.join(others)}" if others else ""


def _others_tell(_ledger: str, _damage: DamagedArchive) -> None:
    """Damage to one ledger must not keep recordings out: bringing up the index tells of it."""
