"""One exchange: a request, the redirects that it meets, and the answer, within one deadline."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
import urllib3

from ..formats.sniff import inspect
from ..records import Hop
from . import addresses, decode, retry, transport
from .failure import Failure, status_line, translate
from .guard import Guard
from .limits import Limits
from .turns import Turns

GOOD = frozenset({200, 203})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
EVERYWHERE = frozenset({"accept", "accept-language", "content-type"})
"""Request headers that go with a redirect to another host; all others stay behind."""

# A guard's own word that it answered in place of the site: header → (value, whose).
_MITIGATED = {
    "cf-mitigated": ("challenge", "Cloudflare"),
    "x-vercel-mitigated": ("challenge", "Vercel"),
    "x-amzn-waf-action": ("challenge", "AWS WAF"),
}


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What all exchanges of a pass have in common."""

    limits: Limits
    agent: str
    allow_private: Collection[str]
    resolve: addresses.Resolve
    turns: Turns
    now: Callable[[], datetime]


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One request, ready to be asked as often as it takes."""

    url: str
    json: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    secret: Mapping[str, str] = field(default_factory=dict)
    """Headers for the URL's own site only."""
    validators: Mapping[str, str] = field(default_factory=dict)
    """If-None-Match and the like."""
    validated: str = ""
    """The address that gave the validators, without its query: they are sent nowhere else."""
    caps: decode.Caps
    redirects: int
    gate: Callable[[str, float], None] | None = None
    """Asked before each hop with its URL and the seconds left; raises `Failure` to forbid it."""


class _Onward(NamedTuple):
    url: str
    method: str


@dataclass(frozen=True)
class _Line:
    """Connects to checked addresses, under guard."""

    rule: addresses.Addresses
    limits: Limits
    guard: Guard

    def dial(self, host: str, port: int, proxy: bool) -> socket.socket:
        host = host.strip("[]")
        if proxy:
            targets = addresses.look_up(self.rule.resolve, host, port, self.guard)
        else:
            targets = self.rule.addresses(host, port, self.guard)
        return addresses.dial(targets, host, self.limits.connect.total_seconds(), self.guard)

    def check(self) -> None:
        if self.guard.expired:
            raise self.guard.late("the proxy")


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

        seconds: the deadline; it starts with the first turn at the host, for which `patience` is waited.
        """
        onward = _Onward(self._ask.url, "GET" if self._ask.json is None else "POST")
        seen: set[_Onward] = set()
        with transport.session(_Line(self._addresses, self._shared.limits, guard)) as session:
            while True:
                prepared = self._prepare(onward)
                url = prepared.url or ""
                self._addresses.check(url)
                left = guard.remaining() if seen else patience
                if self._ask.gate:
                    self._ask.gate(url, left)
                host = urlsplit(url).hostname or ""
                seen.add(_Onward(url, onward.method))
                with self._shared.turns.turn(host, left):
                    guard.start(seconds)
                    answer = self._hop(session, prepared, host, guard)
                if not isinstance(answer, _Onward):
                    return answer
                self._follow(answer, seen, host)
                onward = answer

    def _prepare(self, onward: _Onward) -> requests.PreparedRequest:
        """The request of one hop, with the headers that this hop may see."""
        try:
            return self._request(onward).prepare()
        except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as error:
            reason = "redirect" if self.hops else "refused-address"
            raise Failure(reason, f"The address {onward.url[:200]!a} is not a URL.") from error

    def _request(self, onward: _Onward) -> requests.Request:
        ask, own = self._ask, _same_site(self._ask.url, onward.url)
        headers = {name: value for name, value in ask.headers.items() if own or name.lower() in EVERYWHERE}
        headers |= ask.secret if own else {}
        self._conditional = bool(ask.validators) and onward.url.partition("?")[0] == ask.validated
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
                self.headers = _headers(response)
                location = response.headers.get("Location")
                if self.status in REDIRECTS and location is not None:
                    return self._onward(prepared.url or "", prepared.method or "", location)
                answer = self._answer(response, host)
        except Failure as failure:
            if guard.expired and failure.transient:
                raise guard.late(host) from failure
            raise
        except (requests.RequestException, urllib3.exceptions.HTTPError, http.client.HTTPException) as error:
            raise guard.late(host) if guard.expired else translate(error, host) from error
        except (OSError, ValueError) as error:
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

    def _answer(self, response: requests.Response, host: str) -> bytes | None:
        """The body of a good answer; None for a 304 that was asked for."""
        status = response.status_code
        if status == 304 and self._conditional:
            return None
        if status in (204, 205):
            raise Failure("empty", f"{host} answered {status_line(status)}: there is no body.")
        who = next((who for name, (value, who) in _MITIGATED.items() if self._header(name) == value), None)
        if status in GOOD and not who:
            return self._read(response, host, self._ask.caps)
        evidence = self._evidence(response, host)
        lie = inspect(evidence, None) if evidence else None
        if who or (lie and lie[0] == "challenge"):
            told = f"A challenge page of {who} stood in place of the board." if who else (lie or ("", ""))[1]
            raise Failure("challenge", f"{host}: {told}", body=evidence or None)
        raise self._refusal(status, host)

    def _refusal(self, status: int, host: str) -> Failure:
        """What an error status means, with its Retry-After."""
        limits, said = self._shared.limits, f"{host} answered {status_line(status)}"
        wait = retry.retry_after(self._header("retry-after"), self._shared.now())
        transient = status in retry.TRANSIENT
        if transient and wait is not None and wait > limits.retry_after:
            most = limits.retry_after.total_seconds()
            asks = f"asks to wait {wait.total_seconds():,.0f} s, and a pass waits {most:g} s at most"
            return Failure("rate-limited", f"{said} and {asks}.", retry_after=wait)
        reason = "rate-limited" if status == 429 else "http-status"
        return Failure(reason, f"{said}.", transient=transient, retry_after=wait if transient else None)

    def _read(self, response: requests.Response, host: str, caps: decode.Caps) -> bytes:
        headers = response.headers
        coded = headers.get("Content-Encoding", ""), headers.get("Transfer-Encoding", "")
        coding = decode.coding_of(*coded, host)
        return decode.read(response.raw, coding, response.raw.length_remaining, caps, host)

    def _evidence(self, response: requests.Response, host: str) -> bytes:
        """The beginning of an error page, as far as it can be had; empty where it cannot."""
        most = self._shared.limits.evidence
        try:
            return self._read(response, host, decode.Caps(most, most, cut=True))
        except (Failure, urllib3.exceptions.HTTPError, http.client.HTTPException, OSError):
            return b""  # the status is the failure that is told; what its page says is a bonus

    def _header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)


def _headers(response: requests.Response) -> tuple[tuple[str, str], ...]:
    """As they were sent: in order, repeated ones repeated (urllib3's own mapping groups them)."""
    original = response.raw._original_response
    received = original.msg.items() if original and original.msg else ()
    return tuple((name, " ".join(str(value).split())) for name, value in received)


def _same_site(first: str, second: str) -> bool:
    """Whether secrets for one URL may go to another: same scheme, host and port, or the step to https."""
    a, b = urlsplit(first), urlsplit(second)
    if (a.scheme, a.netloc) == (b.scheme, b.netloc):
        return True
    upgrade = a.scheme == "http" and b.scheme == "https" and a.hostname == b.hostname
    return upgrade and a.port in (None, 80) and b.port in (None, 443)
