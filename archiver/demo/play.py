"""Plays the demo: claims a directory, turns the calendar, and makes one real capture pass a day."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from ..archive import Archive
from ..config import Config
from ..errors import UsageError
from ..records import Capture, utc
from . import publishers
from .server import Answer, serving

MARKER = "DEMO.txt"
"""Says to people and to the next run that the directory is a demo's."""

ABOUT = """\
An archive made by `archiver demo`.

The figures are what the publishers showed on those days; the payloads were drawn from them and served by a
small server on this machine, and the days were set by the demo. Ask it anything; for captures that count,
start an archive elsewhere. `archiver demo` makes this one anew as long as nothing was captured into it since.
"""
SEAL = "ledgers: "
"""Begins the marker's last line once the demo is complete: the digest of its ledgers."""

HOUR = timedelta(hours=9)
"""Of each day's pass, UTC."""


class Pass(NamedTuple):
    """What one day's pass captured of one source."""

    day: str
    source: str
    captures: Sequence[Capture]


def play(directory: Path) -> Iterator[Pass]:
    """Makes the demo archive in `directory`, one capture pass a day. Only this machine is asked.

    The mirrors that lead to the demo's own server live in memory: nothing of them stays in the archive.
    Raises `UsageError` where the directory holds something else than a former demo, `ArchiveBusy`.
    """
    calendar = _Calendar(publishers.DAYS[0].date)
    with _claimed(directory), _no_proxy(), serving(calendar.lookup) as address:
        mirrors = Config(mirrors={"https://": address}, allow_hosts=frozenset({urlsplit(address).netloc}))
        archive = Archive(directory, configuration=mirrors, now=calendar.now)
        for calendar.today, sources in publishers.DAYS:
            captures = archive.capture(*sources, only=publishers.published().__contains__)
            for source in sources:
                yield Pass(calendar.today, source, [each for each in captures if each.source == source])


@dataclass
class _Calendar:
    """The day on which the demo's publishers and its archive live."""

    today: str

    def now(self) -> datetime:
        return utc(self.today) + HOUR

    def lookup(self, url: str) -> Answer | None:
        return publishers.lookup(url, self.today)


@contextmanager
def _no_proxy() -> Iterator[None]:
    """A proxy from the environment is not asked for this machine's own address."""
    before = os.environ.get("no_proxy")
    spared = before or os.environ.get("NO_PROXY")
    os.environ["no_proxy"] = f"{spared},127.0.0.1" if spared else "127.0.0.1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["no_proxy"]
        else:
            os.environ["no_proxy"] = before


@contextmanager
def _claimed(directory: Path) -> Iterator[None]:
    """An empty directory with the demo's marker, sealed at the end."""
    marker = directory / MARKER
    try:
        _clear(directory)
        directory.mkdir(parents=True, exist_ok=True)
        marker.write_text(ABOUT, "utf-8")
        yield
        marker.write_text(f"{ABOUT}\n{SEAL}{_ledgers(directory)}\n", "utf-8")
    except OSError as error:
        raise UsageError(
            f"The demo cannot write to {directory}: {error.strerror or error}.",
            todo="name a directory that may be written: archiver demo DIR",
        ) from error


def _clear(directory: Path) -> None:
    """Removes what a former demo made, nothing else. Raises `UsageError` where there was none."""
    if not directory.exists() or (directory.is_dir() and not any(directory.iterdir())):
        return
    marker = directory / MARKER
    if not marker.is_file() or not marker.read_text("utf-8").startswith(ABOUT.splitlines()[0]):
        raise UsageError(
            f"{directory} is there already, and it is not a former demo.",
            kept="nothing was changed",
            todo="name another directory: archiver demo DIR",
        )
    seal = marker.read_text("utf-8").rstrip().rpartition(SEAL)
    if seal[1] and seal[2] != _ledgers(directory):
        raise UsageError(
            f"{directory} was a demo, but something was captured or decided in it since.",
            kept="nothing was changed",
            todo="name another directory: archiver demo DIR",
        )
    with Archive(directory).lock():
        if (directory / "snapshots").is_dir():
            shutil.rmtree(directory / "snapshots")
        for file in directory.glob("archive.duckdb*"):
            file.unlink()


def _ledgers(directory: Path) -> str:
    digest = sha256()
    for file in sorted(directory.glob("snapshots/*/ledger-*.jsonl")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
