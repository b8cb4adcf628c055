"""One exchange: a request, the redirects that it meets, and the answer, within one deadline."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPResponse
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import requests

from ..records import Hop
from ..redaction import shown
from . import addresses, decode, transport
from .answer import ERRORS, Answer, received
from .ask import Ask, Shared
from .failure import Failure, translate
from .guard import Guard
from .limits import Limits

REDIRECTS = frozenset({301, 302, 303, 307, 308})
EVERYWHERE = frozenset({"accept", "accept-language", "cache-control", "content-type"})
"""Request headers that go with a redirect to another host; all others stay behind."""


class _Onward(NamedTuple):
    url: str
    method: str


@dataclass(frozen=True)
class _Line:
    """Connects to checked addresses, under guard."""

    rule: addresses.Addresses
    limits: Limits
    guard: Guard
    answers: list[HTTPResponse] = field(default_factory=list)

    def dial(self, host: str, port: int, proxy: bool) -> socket.socket:
        host = host.strip("[]")
        if proxy:
            targets = addresses.look_up(self.rule.resolve, host, port, self.guard)
        else:
            targets = self.rule.addresses(host, port, self.guard)
        return addresses.dial(targets, host, self.limits.connect.total_seconds(), self.guard)

    def check(self) -> None:
        if self.guard.expired:
            raise self.guard.late("the server")

    def opened(self, answer: HTTPResponse) -> None:
        self.answers.append(answer)

    def close(self) -> None:
        for answer in self.answers:
            answer.close()


class Exchange:
    """Runs once. What is known of the answer stays readable afterwards, also of one that failed."""

    def __init__(self, ask: Ask, shared: Shared) -> None:
        self._ask, self._shared = ask, shared
        self.hops: list[Hop] = []
        self.final_url: str | None = None
        self.status: int | None = None
        self.headers: tuple[tuple[str, str], ...] = ()
        own = addresses.Addresses(shared.allow_private, shared.resolve)
        self._addresses = own if own.trusts_url(ask.url) else addresses.Addresses((), shared.resolve)
        self._conditional = False

    def run(self, guard: Guard, seconds: float, patience: float) -> bytes | None:
        """The decoded body, or None for a 304. Raises `Failure`.

        seconds: the deadline; it starts with the first turn at the host. patience: seconds for it and for
        what comes before, robots.txt and the wait for that turn.
        """
        ends = time.monotonic() + patience

        def left() -> float:
            return guard.remaining() if seen else max(0.0, ends - time.monotonic())

        onward = _Onward(self._ask.url, "GET" if self._ask.json is None else "POST")
        seen: set[_Onward] = set()
        line = _Line(self._addresses, self._shared.limits, guard)
        with closing(line), transport.session(line) as session:
            while True:
                prepared = self._prepare(onward)
                url = prepared.url or ""
                self._addresses.check(url)
                if self._ask.gate:
                    self._ask.gate(url, left())
                host = urlsplit(url).hostname or ""
                with self._shared.turns.turn(host, left()):
                    guard.start(min(seconds, left()))
                    seen.add(_Onward(url, onward.method))
                    answer = self._hop(session, prepared, host, guard)
                if not isinstance(answer, _Onward):
                    return answer
                self._follow(answer, seen, host)
                onward = answer

    def _prepare(self, onward: _Onward) -> requests.PreparedRequest:
        """The request of one hop, with the headers that this hop may see."""
        try:
            return self._request(onward).prepare()
        except ERRORS as error:
            reason = "redirect" if self.hops else "refused-address"
            raise Failure(reason, f"The address {onward.url[:200]!a} is not a URL.") from error

    def _request(self, onward: _Onward) -> requests.Request:
        ask, own = self._ask, _same_site(self._ask.url, onward.url)
        headers = {name: value for name, value in ask.headers.items() if own or name.lower() in EVERYWHERE}
        headers |= ask.secret if own else {}
        self._conditional = bool(ask.validators) and shown(onward.url).partition("?")[0] == ask.validated
        headers |= ask.validators if self._conditional else {}
        headers |= {"User-Agent": self._shared.agent, "Accept-Encoding": decode.ACCEPT_ENCODING}
        headers.setdefault("Accept", "*/*")
        json = ask.json if onward.method == "POST" else None
        return requests.Request(onward.method, onward.url, headers=headers, json=json)

    def _hop(
        self, session: requests.Session, prepared: requests.PreparedRequest, host: str, guard: Guard
    ) -> bytes | _Onward | None:
        try:
            with closing(transport.send(session, prepared, guard.remaining() + 1)) as response:
                self.final_url, self.status = prepared.url, response.status_code
                self.headers = received(response)
                location = response.headers.get("Location")
                if self.status in REDIRECTS and location is not None:
                    return self._onward(prepared.url or "", prepared.method or "", location)
                if self.status == 304 and self._conditional:
                    return None
                answer = Answer(response, host, self._ask.caps, self._shared).body()
        except Failure as failure:
            if guard.expired and failure.transient:
                raise guard.late(host) from failure
            raise
        except ERRORS as error:
            raise guard.late(host) if guard.expired else translate(error, host) from error
        if guard.expired:  # a body that the guard cut off looks like one that ended
            raise guard.late(host)
        return answer

    def _onward(self, asked: str, method: str, location: str) -> _Onward:
        """Where a redirect leads. Its body is not read."""
        status, shown = self.status or 0, location[:2000]
        self.hops.append(Hop(status, asked, shown))
        try:  # http.client reads headers as Latin-1; an address in another script is UTF-8 in truth
            location = location.encode("latin-1").decode("utf-8")
        except UnicodeError:
            location = shown
        try:
            url = urljoin(asked, location.strip()).partition("#")[0]
        except ValueError as error:
            raise Failure("redirect", f"A redirect leads to {location[:200]!a}, not a URL.") from error
        return _Onward(url, method if status in (307, 308) else "GET")

    def _follow(self, onward: _Onward, seen: set[_Onward], host: str) -> None:
        scheme = onward.url.partition(":")[0].lower()
        if scheme not in ("http", "https"):
            raise Failure("redirect", f"{host} redirects to a {scheme[:20]!a} address.")
        if onward in seen:
            raise Failure("redirect", f"{host} redirects in a loop, after {len(self.hops)} redirects.")
        if len(self.hops) > self._ask.redirects:
            raise Failure(
                "redirect", f"{host} is the end of {len(self.hops)} redirects; no more are followed."
            )


def _same_site(first: str, second: str) -> bool:
    """Whether secrets for one URL may go to another: same scheme, host and port, or the step to https."""
    a, b = urlsplit(first), urlsplit(second)
    if (a.scheme, a.netloc) == (b.scheme, b.netloc):
        return True
    upgrade = a.scheme == "http" and b.scheme == "https" and a.hostname == b.hostname
    return upgrade and a.port in (None, 80) and b.port in (None, 443)
