"""Times as people ask for them: a day, a moment, or a month or year as a whole."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime

from .errors import UsageError
from .moments import utc

_SPAN = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d?))?", re.ASCII)


def asked_start(value: str | date | None) -> datetime | None:
    """Since when: of a month or a year its first day; None for none. Raises UsageError.

    >>> asked_start("2024-07"), asked_start("2024")
    (datetime.datetime(2024, 7, 1, 0, 0, tzinfo=datetime.timezone.utc), \
datetime.datetime(2024, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))
    """
    return None if value is None else needed_start(value)


def needed_start(value: str | date) -> datetime:
    """As `asked_start`, where there must be a time."""
    return _read(value, last=False)


def asked_end(value: str | date | None) -> datetime | None:
    """Until or as of when: of a month or a year its last day; None for none. Raises UsageError."""
    return None if value is None else needed_end(value)


def needed_end(value: str | date) -> datetime:
    """As `asked_end`, where there must be a time.

    >>> needed_end("2024-02").isoformat(), needed_end("2024-02-10").isoformat()
    ('2024-02-29T00:00:00+00:00', '2024-02-10T00:00:00+00:00')
    """
    return _read(value, last=True)


def _read(value: str | date, *, last: bool) -> datetime:
    try:
        if isinstance(value, str) and (span := _SPAN.fullmatch(value.strip())):
            year, month = int(span["year"]), int(span["month"] or (12 if last else 1))
            return utc(date(year, month, monthrange(year, month)[1] if last else 1))
        return utc(value)
    except ValueError as error:
        raise UsageError(
            f"{value!r} is not a time.", todo="write 2026-07-20, 2026-07, 2026 or 2026-07-20T11:04:33Z"
        ) from error
