"""The HTTP client of the archive: one request, asked politely, and whatever came of it as a `Reply`."""

from __future__ import annotations

import random as randomness
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import urlsplit

from ..formats.sniff import inspect
from ..records import Capture, Hop, Reply
from ..redaction import shown
from ..sources import Media, Request
from . import addresses, freshness, robots
from .ask import Ask, Shared
from .decode import Caps
from .exchange import Exchange
from .failure import Failure
from .guard import Guard
from .limits import Limits
from .retry import backoff
from .turns import Turns


class _Outcome(NamedTuple):
    exchange: Exchange
    body: bytes | None
    failure: Failure | None


class Fetcher:
    """The client of one pass: all threads share its turns at each host and the robots.txt it has read.

    Nothing is kept open between two requests, so it needs no closing; `stop` ends what is under way.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        limits: Limits | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], object] | None = None,
        random: Callable[[], float] = randomness.random,
        allow_private: Collection[str] = frozenset(),
        mirrored: Callable[[str], str] = lambda url: url,
        resolve: addresses.Resolve = addresses.resolve,
    ) -> None:
        """user_agent: see `limits.user_agent`. now: the clock of records. sleep: waits for seconds; the
        default is woken by `stop`. random: from 0 to 1, for jitter.

        allow_private: `host` or `host:port` that may be asked although not public. It holds only for a
        request that is itself addressed to such a host: no public page can redirect there.
        mirrored: publisher's URL → the address to ask in its place; a reply keeps the publisher's.
        resolve: the resolver of names.
        """
        self.limits = limits or Limits()
        self.now, self._random, self._mirrored = now, random, mirrored
        self._stopped = threading.Event()
        self._sleep = sleep or self._stopped.wait
        self._lock = threading.Lock()
        self._guards: set[Guard] = set()
        self._shared = Shared(
            limits=self.limits,
            agent=user_agent,
            allow_private=allow_private,
            resolve=resolve,
            turns=Turns(self.limits.per_host, self._sleep),
            now=now,
        )
        delay = self.limits.crawl_delay.total_seconds()
        self._robots = robots.Robots(self._robots_txt, self._shared.turns, delay)

    def stop(self) -> None:
        """Ends every exchange under way and every wait, from any thread; later fetches fail at once."""
        self._stopped.set()
        self._shared.turns.stop()
        with self._lock:
            for guard in self._guards:
                guard.cut()

    def host(self, url: str) -> str:
        """The host that a publisher's URL is asked at; empty where it names none."""
        try:
            return urlsplit(self._mirrored(url)).hostname or ""
        except ValueError:
            return ""

    def space(self, url: str, seconds: float) -> None:
        """From now on the requests to a publisher's site begin at least this far apart, every hop counted."""
        self._shared.turns.space(self.host(url), seconds)

    def hold(self, url: str, seconds: float) -> None:
        """Nobody asks a publisher's site before this time has passed."""
        self._shared.turns.hold(self.host(url), seconds)

    def fetch(
        self,
        request: Request,
        *,
        media: Media | None,
        validators: Mapping[str, str] | None = None,
        robots: bool = False,
        override: str = "",
        secret_headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Asks, again where that may help, and judges the body. Never raises for what the network does.

        The reply is what is recorded, so that no secret stands in its addresses and headers any more.

        media: what the body has to be, None for anything. validators: as from `validators`.
        robots: whether robots.txt is obeyed. override: the operator's reason for not obeying it here; the
        reply's detail carries it. secret_headers: sent to the URL's own site only, and recorded nowhere.
        """
        started, clock = self.now(), time.monotonic()
        known = validators or {}
        asked = self._mirrored(request.url)
        ask = Ask(
            url=asked,
            json=request.json,
            headers=request.headers,
            secret=secret_headers or {},
            validators={} if request.json is not None else _conditions(known),
            validated=shown(known.get("url", asked)).partition("?")[0],
            caps=Caps(self.limits.received, self.limits.decoded),
            redirects=self.limits.redirects,
            gate=self._robots.check if robots and not override else None,
        )
        exchange, body, failure = self._newest(ask, known)
        reason, detail = (failure.reason, failure.detail) if failure else (None, "")
        if failure is None and body is not None and (lie := inspect(body, media)):
            reason, detail = lie[0], f"{self.host(request.url)}: {lie[1]}"
        if robots and override and not reason:
            detail = f"robots.txt was not asked: {override}"
        return Reply(
            url=shown(request.url),
            captured_at=self.now(),
            body=body,
            not_modified=failure is None and body is None,
            reason=reason,
            detail=shown(detail),
            started_at=started,
            seconds=round(time.monotonic() - clock, 3),
            final_url=shown(exchange.final_url) if exchange.final_url else None,
            hops=tuple(Hop(hop.status, shown(hop.url), shown(hop.location)) for hop in exchange.hops),
            status=exchange.status,
            headers=tuple((name, shown(value)) for name, value in exchange.headers),
        )

    def _newest(self, ask: Ask, known: Mapping[str, str]) -> _Outcome:
        """An answer that is older than what is known is asked for once more, past the caches (RFC 9111,
        5.2.1.4); if it stays older, it is a failure, its body kept as evidence."""
        patience = self.limits.patience.total_seconds()
        outcome = self._attempts(ask, patience)
        if ask.json is not None or not self._older(outcome, known):
            return outcome
        headers = {**ask.headers, "Cache-Control": "no-cache"}
        outcome = self._attempts(replace(ask, headers=headers), patience)
        if why := self._older(outcome, known):
            detail = f"{urlsplit(ask.url).hostname} answered with an older version: {why}."
            return outcome._replace(failure=Failure("stale", detail, body=outcome.body))
        return outcome

    def _older(self, outcome: _Outcome, known: Mapping[str, str]) -> str | None:
        """Why an outcome is older than what is known of its address, None where it is not."""
        exchange, body, failure = outcome
        if failure or body is None or "captured" not in known:
            return None
        if shown(exchange.final_url or "").partition("?")[0] != known["url"].partition("?")[0]:
            return None
        if self.now() - datetime.fromisoformat(known["captured"]) > self.limits.stale:
            return None
        return freshness.older(exchange.headers, body, known)

    def _attempts(self, ask: Ask, patience: float) -> _Outcome:
        ends, attempt = time.monotonic() + patience, 0
        while True:
            attempt += 1
            exchange, left = Exchange(ask, self._shared), max(0.0, ends - time.monotonic())
            try:
                with self._guarded() as guard:
                    seconds = min(self.limits.deadline.total_seconds(), left)
                    return _Outcome(exchange, exchange.run(guard, seconds, left), None)
            except Failure as failure:
                wait = self._wait(failure, attempt)
                if wait is None or wait > ends - time.monotonic():
                    return _Outcome(exchange, failure.body, _counted(failure, attempt))
            self._sleep(wait)

    def _wait(self, failure: Failure, attempt: int) -> float | None:
        """Seconds until the next attempt, None for none. A Retry-After is waited for at the turn."""
        if not failure.transient or attempt >= self.limits.attempts or self._stopped.is_set():
            return None
        return backoff(attempt, self.limits, self._random)

    @contextmanager
    def _guarded(self) -> Iterator[Guard]:
        """A guard that `stop` knows."""
        with Guard() as guard:
            with self._lock:
                self._guards.add(guard)
            if self._stopped.is_set():
                guard.cut()
            try:
                yield guard
            finally:
                with self._lock:
                    self._guards.discard(guard)

    def _robots_txt(self, url: str, within: float) -> robots.Answer:
        caps = Caps(self.limits.robots, self.limits.robots, cut=True)
        # Five redirects: RFC 9309, 2.3.1.2.
        exchange, body, failure = self._attempts(Ask(url=url, caps=caps, redirects=5), within)
        return robots.Answer(exchange.status, body, failure)


def validators(capture: Capture | None) -> dict[str, str]:
    """What to send back so that the server can say "unchanged": from the last capture that got bytes.

    Keys: `etag`, `last-modified`, and `url`, the address that gave them. A 304 from another address (a
    `latest` link that leads elsewhere today) would be about another file.
    """
    if capture is None or capture.outcome == "failed" or capture.sha256 is None:
        return {}
    etag = next((value for name, value in capture.headers if name.lower() == "etag" and value), "")
    known = ({"etag": etag} if etag else {}) | freshness.marks(capture.headers)
    if not known:
        return {}
    facts = {"url": capture.final_url or capture.url, "sha256": capture.sha256}
    return known | facts | {"captured": capture.captured_at.isoformat()}


def _conditions(known: Mapping[str, str]) -> dict[str, str]:
    names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
    return {header: known[name] for name, header in names.items() if name in known}


def _counted(failure: Failure, attempts: int) -> Failure:
    if attempts == 1:
        return failure
    detail = f"{failure.detail.removesuffix('.')} (tried {attempts} times)."
    return Failure(failure.reason, detail, retry_after=failure.retry_after, body=failure.body)
