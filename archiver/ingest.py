"""Bytes in: one capture pass over HTTP, and recorded payloads from files."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from . import sources
from .errors import DamagedArchive, UsageError
from .formats.sniff import inspect
from .records import Capture, Reply, utc

if TYPE_CHECKING:
    from .capture.fetch import Fetcher
    from .capture.sweep import Event, Job
    from .config import Config
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


class Skipped(NamedTuple):
    """A route that a pass left out."""

    source: str
    route: str
    why: str


class Taken(NamedTuple):
    """What became of a recording: a ledger line, or a reason why there is none."""

    recording: Recording
    capture: Capture | None
    why_not: str = ""
    held_already: bool = False
    """The archive has this very capture: nothing was written."""


def sweep(
    store: Store,
    config: Config,
    names: Sequence[str],
    *,
    version: str,
    now: Callable[[], datetime],
    catalog: sources.Catalog = sources.BUILT_IN,
    only: Callable[[str], bool] | None = None,
    on_event: Callable[[Event], object] | None = None,
    on_skip: Callable[[Skipped], object] | None = None,
) -> list[Capture]:
    """One capture pass over sources: those named, else the configured ones, else all.

    only: which of the sources' fixed URLs to ask (default: all); discoveries run in any case.
    on_skip: told of each route that needs a key which the environment does not hold.
    Returns every attempt as its ledger line. Raises `UnknownName` before anything is asked.
    """
    from .capture.sweep import sweep as run

    plans = planned(config, catalog, names, on_skip or (lambda _skipped: None))
    if only is not None:
        plans = [job for job in plans if not isinstance(job.plan, sources.Request) or only(job.plan.url)]
    fetcher = client(config, version, now)
    return run(plans, fetcher, store.keep, store.last, on_event or (lambda _event: None))


def client(config: Config, version: str, now: Callable[[], datetime]) -> Fetcher:
    """The HTTP client of a pass, as the archive is configured."""
    from .capture.fetch import Fetcher
    from .capture.limits import user_agent

    return Fetcher(
        user_agent=user_agent(version, config.contact),
        now=now,
        allow_private=config.allow_hosts,
        mirrored=config.mirrored,
    )


def planned(
    config: Config,
    catalog: sources.Catalog,
    names: Sequence[str],
    on_skip: Callable[[Skipped], object],
    environment: Mapping[str, str] = os.environ,
) -> list[Job]:
    """What one pass over sources asks for, keys from the environment with it. Raises `UnknownName`."""
    from .capture.sweep import jobs

    found: list[Job] = []
    for name in names or config.sources or catalog.names():
        source = catalog.load(name).SOURCE
        keys = {route.name: route.key for route in source.routes}
        secrets = {route: _secret(key, environment) for route, key in keys.items() if key}
        for job in jobs(name, source, override=config.ignore_robots.get(name, "")):
            if (secret := secrets.get(job.route, {})) is not None:
                found.append(job._replace(secret_headers=secret))
        for route, secret in secrets.items():
            if secret is None and (key := keys[route]):
                on_skip(Skipped(name, route, f"needs an API key: set {key.variable} in the environment"))
    return found


def _secret(key: sources.Key, environment: Mapping[str, str]) -> dict[str, str] | None:
    """The header that carries a key, None where the environment holds none. Never shown in a message."""
    if not (value := environment.get(key.variable, "").strip()):
        return None
    if not (value.isascii() and value.isprintable()) or " " in value:
        raise UsageError(
            f"{key.variable} holds characters that no API key has (its value is not shown).",
            kept="nothing was asked",
            todo="set it to the key alone",
        )
    return {key.header: key.prefix + value}


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
    path: Path, only: Sequence[str] = (), catalog: sources.Catalog = sources.BUILT_IN
) -> tuple[list[Recording], list[Taken]]:
    """The recordings that a manifest lists, oldest first, and those that cannot be recordings at all.

    A manifest is tab-separated with a header that holds at least source, captured_at, url and file (relative
    to the manifest). Raises `UsageError` where it is not one.
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
        recording, why_not = _listed(path, row, catalog)
        if why_not:
            bad.append(Taken(recording, None, why_not))
        else:
            good.append(recording)
    return sorted(good, key=lambda recording: (recording.captured_at, recording.name)), bad


def _listed(path: Path, row: dict[str, str], catalog: sources.Catalog) -> tuple[Recording, str]:
    file = path.parent / (row["file"] or "")
    why_not = ""
    when = datetime.min.replace(tzinfo=UTC)
    if row["source"] not in catalog.names():
        why_not = f"no source is called {row['source']!r}"
    elif not row["captured_at"]:
        why_not = "the manifest gives no time of capture"
    elif not row["file"] or not file.is_file():
        why_not = "the file is not there"
    else:
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
                for line in store.lines(on_damage=_others_tell)
                if isinstance(line, Capture) and line.source == recording.source
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
        return Taken(recording, None, f"{address} belongs to no route of {recording.source}")
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


def _others_tell(_ledger: str, _damage: DamagedArchive) -> None:
    """Damage to one ledger must not keep recordings out: bringing up the index tells of it."""
