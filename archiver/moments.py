"""Times as the whole archive means them: UTC, and written in one way. Standard library only."""

from __future__ import annotations

from datetime import UTC, date, datetime


def utc(value: str | date | datetime) -> datetime:
    """An aware UTC datetime from ISO text, a date (its midnight) or a datetime (naive is taken as UTC).

    >>> utc("2026-07-20").isoformat(), utc("2026-07-20T03:00:00+03:00").isoformat()
    ('2026-07-20T00:00:00+00:00', '2026-07-20T00:00:00+00:00')

    Raises ValueError where the text is not a date.
    """
    if isinstance(value, str):
        value = datetime.fromisoformat(value.strip())
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def moment(value: datetime | None) -> str | None:
    """How a time is written everywhere: a date where it is midnight, else seconds with Z.

    >>> moment(utc("2026-07-20")), moment(utc("2026-07-20T11:04:33"))
    ('2026-07-20', '2026-07-20T11:04:33Z')
    """
    if value is None:
        return None
    value = utc(value)
    if not (value.hour or value.minute or value.second or value.microsecond):
        return value.date().isoformat()
    return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds").replace("+00:00", "Z")
