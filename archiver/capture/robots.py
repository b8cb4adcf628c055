"""robots.txt as RFC 9309 has it, read by protego, asked for once per host and pass."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from .failure import Failure
from .limits import AGENT
from .turns import Turns

if TYPE_CHECKING:
    from protego import Protego


class Answer(NamedTuple):
    """What came of asking for a robots.txt."""

    status: int | None
    body: bytes | None
    failure: Failure | None


Ask = Callable[[str, float], Answer]
"""URL of a robots.txt, seconds → the answer."""


@dataclass
class _Site:
    lock: threading.Lock = field(default_factory=threading.Lock)
    read: bool = False
    rules: Protego | None = None
    """None: nothing is forbidden."""
    unreachable: Failure | None = None


class Robots:
    """The rules of the sites of one pass."""

    def __init__(self, ask: Ask, turns: Turns, crawl_delay: float) -> None:
        """crawl_delay: the most seconds that a site may keep requests apart."""
        self._ask, self._turns, self._crawl_delay = ask, turns, crawl_delay
        self._sites: dict[str, _Site] = {}
        self._lock = threading.Lock()

    def check(self, url: str, within: float) -> None:
        """Raises `Failure` where a page may not be asked for, or where that cannot be known now.

        within: seconds that there are to find out.
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        with self._lock:
            site = self._sites.setdefault(origin, _Site())
        if not site.lock.acquire(timeout=within):
            raise Failure(
                "robots", f"The robots.txt of {parts.hostname} was unreachable within {within:g} s."
            )
        try:
            if not site.read:
                self._read(site, origin, parts.hostname or "", within)
        finally:
            site.lock.release()
        if site.unreachable:
            raise site.unreachable
        if site.rules and not site.rules.can_fetch(url, AGENT):
            raise Failure(
                "robots", f"The robots.txt of {parts.hostname} asks {AGENT} not to fetch this page."
            )

    def _read(self, site: _Site, origin: str, host: str, within: float) -> None:
        from protego import Protego

        status, body, failure = self._ask(f"{origin}/robots.txt", within)
        site.read = True
        if body is not None and failure is None:
            site.rules = Protego.parse(body.decode("utf-8-sig", "replace"))
            if delay := site.rules.crawl_delay(AGENT):
                self._turns.space(host, min(float(delay), self._crawl_delay))
        elif failure and failure.reason == "refused-address":
            site.unreachable = failure
        elif failure and failure.reason != "redirect" and not 400 <= (status or 0) < 500:
            # RFC 9309, 2.3.1.4: what a server cannot say now counts as a no. 4xx (2.3.1.3) and too many
            # redirects (2.3.1.2) say that there is none.
            detail = f"The robots.txt of {host} is unreachable, so its pages are not asked for now: "
            site.unreachable = Failure("robots", detail + failure.detail[:1].lower() + failure.detail[1:])
