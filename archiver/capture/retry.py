"""When to ask again: exponential backoff with full jitter, and what a Retry-After says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from .limits import Limits

TRANSIENT = frozenset({429, 500, 502, 503, 504})
"""Statuses that may pass by themselves."""


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """What a Retry-After header asks for: seconds or an HTTP date (RFC 9110, 10.2.3), from now.

    None where there is none, or one that says nothing (garbage, a negative number). Never negative.

    >>> from datetime import datetime, UTC
    >>> now = datetime(2026, 7, 20, tzinfo=UTC)
    >>> retry_after("120", now), retry_after("Mon, 20 Jul 2026 00:01:00 GMT", now), retry_after("soon", now)
    (datetime.timedelta(seconds=120), datetime.timedelta(seconds=60), None)
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:12]), 10**9))
    when = http_date(text)
    return max(timedelta(0), when - now) if when else None


def http_date(text: str | None) -> datetime | None:
    """An HTTP date in any of its three forms (RFC 9110, 5.6.7), None for what is none.

    >>> http_date("Mon, 20 Jul 2026 00:01:00 GMT"), http_date("yesterday"), http_date(None)
    (datetime.datetime(2026, 7, 20, 0, 1, tzinfo=datetime.timezone.utc), None, None)
    """
    try:
        when = parsedate_to_datetime(text or "")
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def backoff(attempt: int, limits: Limits, random: Callable[[], float]) -> float:
    """Seconds to wait after the n-th attempt (from 1): evenly from 0 to what doubles each time."""
    most = min(limits.backoff.total_seconds() * 2.0 ** (attempt - 1), limits.backoff_cap.total_seconds())
    return random() * most
