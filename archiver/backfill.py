"""The past: older versions of a source's files, from those who kept them, each a capture of its own time.

Resumable: what the ledger shows as taken is not asked for again, so a run that was stopped, limited or
refused goes on where it ended. Polite: one request at a time, spaced as each service asks, and a way that
refuses or breaks again and again is left for a later run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from . import sources, ways
from .capture.backfill import Version, Via, derived, judged
from .errors import CaptureFailed, DamagedArchive
from .records import Capture, Reply
from .ways import Wanted

if TYPE_CHECKING:
    from .capture.backfill import Past
    from .capture.events import Event
    from .capture.fetch import Fetcher
    from .config import Config
    from .store import Store

__all__ = ["BREAKS", "TOGETHER", "Report", "Wanted", "run"]

BREAKS = 3
"""Failures of the network in a row after which a way is left for a later run."""

TOGETHER, TOGETHER_BYTES = 64, 32 << 20
"""Versions out of a repository on this disk, and bytes of them, that are acknowledged at once. A run that is
killed has to read twice as many again."""

_NETWORK = frozenset({"timeout", "network", "tls", "http-status", "truncated"})


class _Got(NamedTuple):
    version: Version
    reply: Reply


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
    on_got: Callable[[str, str, Reply], object] | None = None,
    catalog: sources.Catalog = sources.BUILT_IN,
    fetcher: Fetcher | None = None,
) -> Report:
    """Takes a source's past into the store. What fails is in the report, versions also in the ledger.

    on_got: is given source, route and reply of each version that is about to be stored.
    Raises `UnknownName`, and `UsageError` where the source has no such past.
    """
    source = catalog.load(name).SOURCE
    source = replace(source, history=source.history or derived(source.routes))
    client = cache(lambda: fetcher or ways.client(config, version, now))
    work = _Work(
        store, name, wanted, on_event or (lambda _event: None), on_got or (lambda _name, _route, _reply: None)
    )
    for via in ways.chosen(name, source, wanted):
        with closing(ways.opened(via, source, wanted, config, client, work.busy)) as past:
            work.take(past)
    return work.report


class _Work:
    """One backfill of one source, way by way."""

    def __init__(
        self,
        store: Store,
        name: str,
        wanted: Wanted,
        tell: Callable[[Event], object],
        got: Callable[[str, str, Reply], object],
    ) -> None:
        self._store, self._name, self._wanted, self._tell, self._got = store, name, wanted, tell, got
        self.report = Report()
        self._taken: dict[tuple[str, datetime, str], Capture] = {}
        self._bodies: dict[str, str] = {}
        for line in store.lines(on_damage=lambda _key, _error: None, only=name):
            if isinstance(line, Capture):
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
        """Takes versions in order; how many were asked for before the way refused or broke."""
        for version in chosen:
            self._event("planned", version.url)
        if past.via == "git":
            self._read(past, chosen)
            return len(chosen)
        broken = 0
        for number, version in enumerate(chosen, start=1):
            got = self._get(past, version)
            (capture,) = self._noted([got], self._kept([got]))
            broken = broken + 1 if capture.reason in _NETWORK else 0
            if capture.reason == "rate-limited" or broken == BREAKS:
                why = "it asked to slow down" if broken < BREAKS else f"{BREAKS} failures in a row"
                self.report.problems.append(f"{past.via}: left for a later run after {version.origin}: {why}")
                return number
        return len(chosen)

    def _read(self, past: Past, chosen: Sequence[Version]) -> None:
        """Takes what lies on this disk. It is got in no time, so its acknowledgement is what takes time: many
        versions share one, and while it is waited for, more of them are got."""
        with ThreadPoolExecutor(1, "keeping") as thread:
            before: Sequence[_Got] = []
            kept: Callable[[], list[Capture]] = list
            for some in _groups(self._get(past, version) for version in chosen):
                self._noted(before, kept())
                before, kept = some, thread.submit(self._kept, some).result
            self._noted(before, kept())

    def _get(self, past: Past, version: Version) -> _Got:
        self._event("started", version.url)
        got = _Got(version, self._again(version, past.via) or past.get(version))
        self._got(self._name, version.route, got.reply)
        return got

    def _kept(self, some: Sequence[_Got]) -> list[Capture]:
        """Takes them into the store, at once."""
        return self._store.keep_all(self._name, [(got.version.route, got.reply) for got in some], "quick")

    def _noted(self, some: Sequence[_Got], captures: list[Capture]) -> list[Capture]:
        """Notes what became of each that was kept."""
        self.report.captures += captures
        for (version, reply), capture in zip(some, captures, strict=True):
            self._note(capture)
            if version.digest and capture.outcome != "failed" and capture.sha256:
                self._bodies[version.digest] = capture.sha256
            self._event("done", version.url, capture=capture, reply=reply)
        return captures

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
        from .capture.events import Event

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


def _groups(every: Iterable[_Got]) -> Iterator[list[_Got]]:
    """What is acknowledged together."""
    some, size = list[_Got](), 0
    for got in every:
        some.append(got)
        size += len(got.reply.body or b"")
        if len(some) == TOGETHER or size >= TOGETHER_BYTES:
            yield some
            some, size = [], 0
    if some:
        yield some
