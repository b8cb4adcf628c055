"""How long, how much and how often: every bound of a capture in one place, and the name it goes by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

AGENT = "llm-leaderboard-archiver"
"""The product token of the User-Agent, and the name that robots.txt may address."""

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The bounds of one `Fetcher.fetch`. The defaults suit leaderboards: megabytes, twice a day."""

    deadline: timedelta = timedelta(seconds=60)
    """For one exchange: name, connection, every redirect, headers and the whole body."""
    patience: timedelta = timedelta(minutes=5)
    """For all attempts together, with the waits between them and for a turn at the host."""
    connect: timedelta = timedelta(seconds=15)
    """For the connection to one address of a host that may have several."""
    received: int = 64 * MIB
    """Most bytes of a body on the wire (as coded by the server)."""
    decoded: int = 64 * MIB
    """Most bytes of a body once decoded."""
    redirects: int = 8
    """Most redirects followed in one exchange."""
    attempts: int = 3
    """Most exchanges for one request; only what is transient is tried again."""
    backoff: timedelta = timedelta(seconds=1)
    """The first wait is drawn from 0 to this ("full jitter"); each later one from twice as much."""
    backoff_cap: timedelta = timedelta(seconds=30)
    """The most that a wait is drawn from."""
    retry_after: timedelta = timedelta(seconds=60)
    """The longest Retry-After that is waited for; a longer one ends as `rate-limited`."""
    stale: timedelta = timedelta(days=2)
    """For how long an older answer than the last one is a cache's that fell behind; a publisher who says the
    same for longer has taken a version back."""
    crawl_delay: timedelta = timedelta(seconds=30)
    """The longest Crawl-delay of a robots.txt that is kept; a longer one counts as this."""
    per_host: int = 2
    """Most requests at a time to one host."""
    hosts: int = 8
    """Most hosts asked side by side in a sweep."""
    robots: int = 512 * 1024
    """Bytes of a robots.txt that are read (RFC 9309, 2.5 asks for 500 KiB at least)."""
    evidence: int = 256 * 1024
    """Bytes of an error page that are read, to see whether it is a challenge."""


def user_agent(version: str, contact: str = "") -> str:
    """The one User-Agent of this tool.

    contact: text by which a publisher can reach the operator; characters that a header may not hold are
    dropped.

    >>> user_agent("0.1.0"), user_agent("0.1.0", "ops@example.org")
    ('llm-leaderboard-archiver/0.1.0', 'llm-leaderboard-archiver/0.1.0 (ops@example.org)')
    """
    said = "".join(char for char in contact if " " <= char <= "~" and char not in "()\\").strip()
    return f"{AGENT}/{version} ({said})" if said else f"{AGENT}/{version}"
