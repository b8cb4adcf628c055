"""The ways into a source's past, opened: clones of git repositories, and a patient client for archives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from . import sources
from .capture.backfill import Version, Via
from .errors import UsageError

if TYPE_CHECKING:
    from .capture.backfill import Past
    from .capture.fetch import Fetcher
    from .capture.repository import Repository
    from .config import Config

_WAYS: dict[Via, type] = {"git": sources.GitFile, "hub": sources.HubFile, "wayback": sources.WaybackUrl}
"""In the order in which a backfill takes them: a publisher's own history first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which part of a source's past is wanted; the default is all of it."""

    since: datetime | None = None
    until: datetime | None = None
    """Bounds of the time of archiving, both included; midnight as `until` means the whole day."""
    limit: int | None = None
    """Most versions taken in this run, of all ways together."""
    via: Via | None = None
    repo: str | None = None
    """A local repository or an address to clone, in place of the one that the source names."""
    cache: Path | None = None
    """Where clones are kept; default: the user's cache folder."""

    @property
    def last(self) -> datetime | None:
        """The end of `until`, included."""
        until = self.until
        if until is not None and until == until.replace(hour=0, minute=0, second=0, microsecond=0):
            return until + timedelta(days=1) - timedelta(microseconds=1)
        return until

    def covers(self, version: Version) -> bool:
        """Whether a version is in the span that is wanted."""
        early = self.since is not None and version.at < self.since
        late = self.last is not None and version.at > self.last
        return version.always or not (early or late)


def chosen(name: str, source: sources.Source, wanted: Wanted) -> list[Via]:
    """The ways to take, first things first. Raises `UsageError` where the source has no such past."""
    if wanted.since and wanted.last and wanted.since > wanted.last:
        raise UsageError(f"No time is both since {wanted.since:%Y-%m-%d} and until {wanted.last:%Y-%m-%d}.")
    if wanted.repo is not None and wanted.via not in (None, "git"):
        raise UsageError("--repo names a git repository: leave out --via, or make it git.")
    only = "git" if wanted.repo is not None else wanted.via
    known = [via for via, kind in _WAYS.items() if any(isinstance(item, kind) for item in source.history)]
    if only is None and known:
        return known
    if only is None or only not in known:
        raise UsageError(
            f"No past of {name} is known" + (f" via {only}." if only else "."),
            kept="nothing was changed",
            todo=f"{name} has one via {', '.join(known)}" if known else "capture it from now on",
        )
    return [only]


def opened(
    via: Via,
    source: sources.Source,
    wanted: Wanted,
    config: Config,
    client: Callable[[], Fetcher],
    busy: Callable[[str], object],
) -> Past:
    """A way into a source's past. client: asked for only where the way needs one, as it takes time to load.

    busy: is told what a listing is at.
    """
    history, routes = source.history, source.routes
    if via == "git":
        from .capture.git import GitPast

        files = [item for item in history if isinstance(item, sources.GitFile)]
        return GitPast(files, routes, partial(_repository, wanted, config), busy)
    if via == "wayback":
        from .capture.wayback import WaybackPast

        pages = [item for item in history if isinstance(item, sources.WaybackUrl)]
        return WaybackPast(pages, routes, client(), since=wanted.since, until=wanted.last, tell=busy)
    from .capture.hub import HubPast

    revised = [item for item in history if isinstance(item, sources.HubFile)]
    return HubPast(revised, routes, client(), since=wanted.since, until=wanted.last, tell=busy)


def _repository(wanted: Wanted, config: Config, url: str, branch: str) -> Repository:
    """The clone of a repository, or the one that the operator names in its place."""
    from .capture import repository
    from .capture.git import cached_at

    if wanted.repo is not None and "://" not in wanted.repo and Path(wanted.repo).exists():
        return repository.local(Path(wanted.repo), branch)
    address = wanted.repo or config.mirrored(url)
    folder = cached_at(wanted.cache or cache_folder(), address, branch)
    return repository.clone(address, folder, branch)


def cache_folder() -> Path:
    """The platform's place for what can be got again."""
    from platformdirs import user_cache_path

    return user_cache_path("llm-leaderboard-archiver", appauthor=False) / "git"


def client(config: Config, version: str, now: Callable[[], datetime]) -> Fetcher:
    """A client for archives: slower, larger and more patient than that of a daily pass."""
    from .capture.fetch import Fetcher
    from .capture.limits import MIB, Limits, user_agent

    limits = Limits(
        deadline=timedelta(minutes=10),
        patience=timedelta(minutes=30),
        received=512 * MIB,
        decoded=512 * MIB,
        attempts=5,
        backoff=timedelta(seconds=2),
        backoff_cap=timedelta(minutes=2),
        retry_after=timedelta(minutes=10),
        per_host=1,
    )
    return Fetcher(
        user_agent=user_agent(version, config.contact),
        limits=limits,
        now=now,
        allow_private=config.allow_hosts,
        mirrored=config.mirrored,
    )
