"""The past: older versions of a source's files, from those who kept them, each a capture of its own time.

Resumable: what the ledger shows as taken is not asked for again, so a run that was stopped, limited or
refused goes on where it ended. Polite: one request at a time, spaced as each service asks, and a way that
refuses or breaks again and again is left for a later run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from . import sources
from .capture.backfill import Version, Via, derived, judged
from .errors import CaptureFailed, DamagedArchive, UsageError
from .records import Capture, Reply

if TYPE_CHECKING:
    from .capture.backfill import Past
    from .capture.fetch import Fetcher
    from .capture.repository import Repository
    from .capture.sweep import Event
    from .config import Config
    from .store import Store

BREAKS = 3
"""Failures of the network in a row after which a way is left for a later run."""

_NETWORK = frozenset({"timeout", "network", "tls", "http-status", "truncated"})
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


@dataclass
class Report:
    """What a backfill came to."""

    captures: list[Capture] = field(default_factory=list)
    """What was taken in this run, failures among it, in the order of the ledger."""
    listed: int = 0
    """Versions in the span that was asked for."""
    held: int = 0
    """Of those: held already, not fetched again."""
    left: int = 0
    """Of those: not asked for, since the limit or a refusal came first."""
    problems: list[str] = field(default_factory=list)
    """What could not be listed or was broken off, a sentence each."""
    notes: list[str] = field(default_factory=list)
    """What is worth knowing and no failure: a file that a repository has no version of."""


def run(
    store: Store,
    config: Config,
    name: str,
    wanted: Wanted,
    *,
    version: str,
    now: Callable[[], datetime],
    on_event: Callable[[Event], object] | None = None,
    catalog: sources.Catalog = sources.BUILT_IN,
    fetcher: Fetcher | None = None,
) -> Report:
    """Takes a source's past into the store. What fails is in the report, versions also in the ledger.

    Raises `UnknownName`, and `UsageError` where the source has no such past.
    """
    source = catalog.load(name).SOURCE
    source = replace(source, history=source.history or derived(source.routes))
    chosen = _ways(name, source, wanted)
    fetcher = fetcher or _fetcher(config, version, now)
    work = _Work(store, name, wanted, on_event or (lambda _event: None))
    for via in chosen:
        with closing(_past(via, source, wanted, config, fetcher, work.busy)) as past:
            work.take(past)
    return work.report


def _ways(name: str, source: sources.Source, wanted: Wanted) -> list[Via]:
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


def _past(
    via: Via,
    source: sources.Source,
    wanted: Wanted,
    config: Config,
    fetcher: Fetcher,
    busy: Callable[[str], object],
) -> Past:
    history, routes = source.history, source.routes
    if via == "git":
        from .capture.git import GitPast

        files = [item for item in history if isinstance(item, sources.GitFile)]
        return GitPast(files, routes, partial(_repository, wanted, config), busy)
    if via == "wayback":
        from .capture.wayback import WaybackPast

        pages = [item for item in history if isinstance(item, sources.WaybackUrl)]
        return WaybackPast(pages, routes, fetcher, since=wanted.since, until=wanted.last, tell=busy)
    from .capture.hub import HubPast

    revised = [item for item in history if isinstance(item, sources.HubFile)]
    return HubPast(revised, routes, fetcher, since=wanted.since, until=wanted.last, tell=busy)


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


def _fetcher(config: Config, version: str, now: Callable[[], datetime]) -> Fetcher:
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


class _Work:
    """One backfill of one source, way by way."""

    def __init__(self, store: Store, name: str, wanted: Wanted, tell: Callable[[Event], object]) -> None:
        self._store, self._name, self._wanted, self._tell = store, name, wanted, tell
        self.report = Report()
        self._taken: dict[tuple[str, datetime, str], Capture] = {}
        self._bodies: dict[str, str] = {}
        for line in store.lines(on_damage=lambda _key, _error: None):
            if isinstance(line, Capture) and line.source == name:
                self._note(line)

    def _note(self, capture: Capture) -> None:
        """Remembers what was got. What was found wanting is final where it cannot change: in a commit."""
        if capture.outcome != "failed" or (capture.via == "git" and capture.reason != "network"):
            self._taken[capture.url, capture.captured_at, capture.origin or ""] = capture
        if capture.outcome != "failed" and capture.sha256 is not None:
            self._bodies[f"sha256:{capture.sha256}"] = capture.sha256

    def take(self, past: Past) -> None:
        """Lists a way and takes what is wanted of it and not held."""
        listing = past.listing()
        self.report.problems += listing.problems
        self.report.notes += listing.notes
        versions = [version for version in listing.versions if self._wanted.covers(version)]
        missing = [version for version in versions if not self._holds(version)]
        chosen = missing[: self._room()]
        self.report.listed += len(versions)
        self.report.held += len(versions) - len(missing)
        done = 0
        if chosen:
            try:
                past.prepare(chosen)
                done = self._fetch(past, chosen)
            except CaptureFailed as error:
                self.report.problems.append(f"{past.via}: {error.detail}")
        self.report.left += len(missing) - done

    def busy(self, what: str) -> None:
        """Shows what a listing is at."""
        self._event("started", what)

    def _room(self) -> int | None:
        if self._wanted.limit is None:
            return None
        return max(0, self._wanted.limit - len(self.report.captures))

    def _holds(self, version: Version) -> bool:
        held = self._taken.get((version.url, version.at, version.origin))
        if held is None:
            return False
        if version.digest and held.sha256 and held.outcome != "failed":
            self._bodies.setdefault(version.digest, held.sha256)
        return True

    def _fetch(self, past: Past, chosen: Sequence[Version]) -> int:
        """Takes versions one by one; how many were asked for before the way refused or broke."""
        for version in chosen:
            self._event("planned", version.url)
        broken = 0
        for number, version in enumerate(chosen, start=1):
            self._event("started", version.url)
            capture = self._one(past, version)
            broken = broken + 1 if capture.reason in _NETWORK and past.via != "git" else 0
            if capture.reason == "rate-limited" or broken == BREAKS:
                why = "it asked to slow down" if broken < BREAKS else f"{BREAKS} failures in a row"
                self.report.problems.append(f"{past.via}: left for a later run after {version.origin}: {why}")
                return number
        return len(chosen)

    def _one(self, past: Past, version: Version) -> Capture:
        reply = self._again(version, past.via) or past.get(version)
        capture = self._store.keep(self._name, version.route, reply)
        self.report.captures.append(capture)
        self._note(capture)
        if version.digest and capture.outcome != "failed" and capture.sha256:
            self._bodies[version.digest] = capture.sha256
        self._event("done", version.url, capture=capture, reply=reply)
        return capture

    def _again(self, version: Version, via: Via) -> Reply | None:
        """A version whose bytes are held already, by the digest in the listing: nothing is fetched."""
        sha256 = self._bodies.get(version.digest)
        if sha256 is None:
            return None
        try:
            body = self._store.payload(self._name, sha256)
        except DamagedArchive:
            return None  # `verify` names it; here the bytes are simply got again
        reply = judged(version, via, Reply(url=version.url, captured_at=version.at, body=body))
        return replace(reply, detail=reply.detail or f"not fetched: the listing gives it {version.digest}")

    def _event(
        self,
        kind: Literal["planned", "started", "done"],
        url: str,
        *,
        capture: Capture | None = None,
        reply: Reply | None = None,
    ) -> None:
        from .capture.sweep import Event

        self._tell(
            Event(
                kind=kind,
                source=self._name,
                route=capture.route if capture else "",
                url=url,
                outcome=capture.outcome if capture else "",
                reason=capture.reason if capture else None,
                detail=capture.detail if capture else "",
                size=len(reply.body) if reply and reply.body is not None else None,
                seconds=reply.seconds if reply else None,
            )
        )
