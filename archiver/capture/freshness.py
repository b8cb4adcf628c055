"""Whether an answer is older than what was captured before: a cache on the way that fell behind.

A stale answer looks sound: 200, a whole board, yesterday's. Only what was seen before gives it away. Servers'
clocks are held against each other, never against this machine's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from ..records import moment, utc
from .retry import http_date

TOLERANCE = timedelta(minutes=2)
"""By which the clocks of a publisher's servers may differ."""

Headers = Iterable[tuple[str, str]]


def marks(headers: Headers) -> dict[str, str]:
    """What tells how old an answer is: `last-modified` as it was sent, and `generated`, when the publisher
    made it, which is Date less Age (RFC 9111, 4.2.3)."""
    found = {name.lower(): value for name, value in headers}
    told = {"last-modified": found["last-modified"]} if found.get("last-modified") else {}
    if date := http_date(found.get("date")):
        age = found.get("age", "").strip()
        seconds = int(age[:9]) if age.isascii() and age.isdigit() else 0
        told["generated"] = (date - timedelta(seconds=seconds)).isoformat()
    return told


def older(headers: Headers, body: bytes, known: Mapping[str, str]) -> str | None:
    """Why a body is older than the one that is known (see `fetch.validators`), None where it is not.

    Last-Modified decides where both have it; else when each was generated. The same bytes are never older.
    """
    if known.get("sha256") in (None, hashlib.sha256(body).hexdigest()):
        return None
    now = marks(headers)
    for mark, what in (("last-modified", "last modified"), ("generated", "generated")):
        before, after = _time(known.get(mark)), _time(now.get(mark))
        if before and after:
            late = before - after > (TOLERANCE if mark == "generated" else timedelta(0))
            return (
                f"{what} {moment(after)}, while one of {moment(before)} was captured before" if late else None
            )
    return None


def _time(value: str | None) -> datetime | None:
    try:
        return utc(value) if value else None
    except ValueError:
        return http_date(value)
