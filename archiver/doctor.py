"""What an operator would look at first, looked at: each check says what it found and what to do."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import urlsplit

from . import __version__, answers, fetching, watching
from .answers import names
from .config import Watched
from .errors import ArchiverError, UnknownName
from .reports.figures import counted
from .sources import Request

if TYPE_CHECKING:
    from .archive import Archive
    from .capture.fetch import Fetcher

LEAST_FREE = 500 * 1024 * 1024
"""Bytes of free disk below which a year of captures may not fit; the index is written anew beside itself."""
DRIFT = timedelta(minutes=5)
"""How far a clock may be off: ledgers order captures by it."""


class Check(NamedTuple):
    """One thing that was looked at."""

    name: str
    state: Literal["ok", "note", "wrong"]
    """`note`: worth knowing, nothing to mend."""
    said: str
    todo: str = ""


def examine(archive: Archive, *, network: bool = True) -> Iterator[Check]:
    """Looks at configuration, clock, disk, permissions, index, ledgers, whom `[watch]` names, and where asked
    at the network."""
    watched = [_watch] if archive.config.watch != Watched() else []
    for look in (_configuration, _rights, _disk, _ledgers, _index, _clock, *watched):
        try:
            yield look(archive)
        except ArchiverError as error:
            yield Check(look.__name__.strip("_"), "wrong", error.what, error.todo)
    if network:
        yield from _network(archive)


def _configuration(archive: Archive) -> Check:
    config = archive.config
    pruned = config.prune.sources if config.prune else ()
    for name in (*config.sources, *config.source, *config.ignore_robots, *pruned):
        archive.catalog.load(name)
    strange = [name for name, address in config.notify.targets.items() if not watching.understood(address)]
    if strange:
        todo = "see Apprise's notation of that service; targets stand under [notify.targets]"
        said = f"Apprise does not know the address of {', '.join(strange)}."
        return Check("configuration", "wrong", said, todo)
    sources = counted(len(config.sources), "source") if config.sources else "all sources"
    told = (
        f"{counted(len(config.notify.targets), 'target')} of notifications"
        if config.notify.targets
        else "nobody is told"
    )
    return Check("configuration", "ok", f"{sources}; {told}.")


def _rights(archive: Archive) -> Check:
    """Every folder and ledger that a capture writes."""
    root = archive.path
    places = [
        root,
        root / "snapshots",
        *sorted(root.glob("snapshots/*")),
        *sorted(root.glob("snapshots/*/ledger-*")),
    ]
    closed = [place for place in places if place.exists() and not os.access(place, os.W_OK)]
    if closed:
        more = f" and {len(closed) - 1} more" if len(closed) > 1 else ""
        todo = "run as the user that owns the archive, or give it the right to write there"
        return Check("rights", "wrong", f"{closed[0]}{more} cannot be written.", todo)
    try:
        with tempfile.TemporaryFile(dir=root):
            return Check("rights", "ok", f"{root.absolute()} can be written.")
    except OSError as error:
        return Check(
            "rights", "wrong", f"{root.absolute()}: {error.strerror}.", "see to its rights, or make it"
        )


def _disk(archive: Archive) -> Check:
    free = shutil.disk_usage(archive.path).free
    index = archive.index.stat().st_size if archive.index.is_file() else 0
    needed = max(LEAST_FREE, 3 * index)
    said = f"{free / 1e9:,.1f} GB free, where {needed / 1e9:,.1f} GB are wanted."
    if free < needed:
        return Check("disk", "wrong", said, "make room: a full disk loses the captures of its days")
    return Check("disk", "ok", said)


def _ledgers(archive: Archive) -> Check:
    """Their ends, and what was appended since the index read them; `archiver verify` reads all."""
    damage = archive.damage()
    if damage:
        return Check("ledgers", "wrong", " ".join(damage), "`archiver verify` names all damage")
    return Check("ledgers", "ok", f"The end of {counted(len(archive.store.heads()), 'ledger')}: sound.")


def _index(archive: Archive) -> Check:
    tables, rows, version = answers.read_through(archive.connect())
    return Check("index", "ok", f"{rows:,} rows in {tables} tables, read by DuckDB {version}.")


def _clock(archive: Archive) -> Check:
    """Against the archive's own past; `network` holds it against the publishers' clocks."""
    [(newest,)] = archive.sql("SELECT max(loaded_at) FROM captures").fetchall()
    now = archive.now()
    if isinstance(newest, datetime) and newest.replace(tzinfo=UTC) > now + DRIFT:
        said = (
            f"It is {now:%Y-%m-%d %H:%M} UTC here, and the ledger has lines of {newest:%Y-%m-%d %H:%M} UTC."
        )
        return Check(
            "clock", "wrong", said, "set the clock, by NTP; lines that were written stay as they are"
        )
    return Check("clock", "ok", f"It is {now:%Y-%m-%d %H:%M} UTC.")


def _watch(archive: Archive) -> Check:
    """Whether anybody is known by the names, and a board by the globs: of others no news would ever come."""
    watch, con = archive.config.watch, archive.connect()
    try:
        asked, boards = names.asked(con, watch.who), names.boards(con, watch.boards)
    except UnknownName as error:
        todo = f"{error.todo}; or leave it until it is listed"
        return Check("watch", "note", f"[watch] waits for what the archive does not know. {error.what}", todo)
    told = [counted(len(asked), "name")] if asked else []
    told += [counted(len(boards), "board")] if boards else []
    return Check("watch", "ok", f"{' on '.join(told) or 'Everybody'}.")


def _network(archive: Archive) -> Iterator[Check]:
    """Whether the host of each source answers, asked for its robots.txt; and what time it is there."""
    hosts = _hosts(archive)
    if not hosts:
        return
    fetcher = fetching.client(archive.config, __version__, archive.now)
    with ThreadPoolExecutor(max_workers=8, thread_name_prefix="doctor") as pool:
        asked = list(pool.map(lambda url: _reached(fetcher, url), hosts))
    away = [f"{urlsplit(url).hostname} ({why})" for url, (why, _) in zip(hosts, asked, strict=True) if why]
    answered = len(hosts) - len(away)
    if away:
        said = f"{answered} of {len(hosts)} hosts answer; not {'; '.join(away)}."
        todo = "see to the network, a proxy (HTTPS_PROXY), or a firewall; one host alone may be down itself"
        yield Check("network", "wrong" if not answered else "note", said, todo)
    else:
        yield Check("network", "ok", f"All {answered} hosts of the sources answer.")
    drifts = sorted(drift for _, drift in asked if drift is not None)
    if drifts and abs(drifts[len(drifts) // 2]) > DRIFT:
        said = f"The publishers' clocks are {drifts[len(drifts) // 2].total_seconds():+,.0f} s from this one."
        yield Check("clock", "wrong", said, "set the clock, by NTP")


def _hosts(archive: Archive) -> list[str]:
    """The robots.txt of each host that the configured sources ask first."""
    jobs = fetching.planned(archive.config, archive.catalog, (), lambda _skipped: None)
    urls = (job.plan.url for job in jobs if isinstance(job.plan, Request))
    parts = {urlsplit(url)[:2] for url in urls}
    return [f"{scheme}://{host}/robots.txt" for scheme, host in sorted(parts) if host]


def _reached(fetcher: Fetcher, url: str) -> tuple[str, timedelta | None]:
    """Why a host does not answer, empty where it does; and how far its clock is from ours."""
    reply = fetcher.fetch(Request(url), media=None)
    if reply.status is None:
        return reply.reason or "no answer", None
    said = next((text for name, text in reply.headers if name.lower() == "date"), "")
    try:
        return "", parsedate_to_datetime(said) - reply.captured_at
    except (ValueError, TypeError):
        return "", None
