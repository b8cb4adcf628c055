"""The sections `[schedule]` and `[source.NAME]`: when each source is captured, and how long that may take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from functools import partial
from typing import Any

from .values import Value

_SECOND, _DAY = timedelta(seconds=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What holds for every source that does not say otherwise."""

    zone: str = "UTC"
    """IANA name of the time zone in which `times` are read."""
    times: tuple[time, ...] = ()
    """Times of day at which sources are due; empty: each by its cadence, on a grid in UTC."""
    spread: timedelta = timedelta(minutes=10)
    """Over which the sources that are due at one time are spread: no host is asked for all at once."""
    deadline: timedelta = timedelta(minutes=15)
    """Of one source's capture by the daemon: its process is ended then."""
    pass_deadline: timedelta = timedelta(minutes=30)
    """Of one `capture --due`: no request starts after it."""
    children: int = 8
    """Most sources that the daemon captures side by side."""
    open_after: int = 5
    """Slots in a row of which nothing came, after which a source is asked by probes only."""
    probe_at_most: timedelta = timedelta(days=7)
    """The longest time from one probe to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """What holds for one source; None for what `[schedule]` or the source itself says."""

    cadence: timedelta | None = None
    times: tuple[time, ...] | None = None
    deadline: timedelta | None = None


def _deadline(value: Value) -> timedelta:
    return value.span(_SECOND, _DAY)


def _times(value: Value) -> tuple[time, ...]:
    found = value.list(Value.clock, "times of day")
    if not found:
        raise value.wrong('at least one time of day, as ["06:30", "18:30"]')
    return tuple(sorted(set(found)))


def zone(value: Value) -> str:
    """The IANA name of a time zone that this machine knows. Raises `UsageError`."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    name = value.text()
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise value.wrong('the IANA name of a time zone, as "Europe/Berlin"') from error
    return name


_SCHEDULE: Mapping[str, Callable[[Value], object]] = {
    "zone": zone,
    "times": _times,
    "spread": partial(Value.span, least=timedelta(0), most=_DAY),
    "deadline": _deadline,
    "pass_deadline": _deadline,
    "children": partial(Value.whole, least=1, most=64),
    "open_after": partial(Value.whole, least=1, most=1000),
    "probe_at_most": partial(Value.span, least=_SECOND, most=timedelta(days=366)),
}
_SOURCE: Mapping[str, Callable[[Value], object]] = {
    "cadence": partial(Value.span, least=_SECOND, most=timedelta(days=366)),
    "times": _times,
    "deadline": _deadline,
}


def schedule(value: Value) -> Schedule:
    """The section `[schedule]`. Raises `UsageError`."""
    read: dict[str, Any] = value.table(_SCHEDULE)
    return Schedule(**read)


def source(value: Value) -> SourceSettings:
    """One section `[source.NAME]`. Raises `UsageError`."""
    read: dict[str, Any] = value.table(_SOURCE)
    if "cadence" in read and "times" in read:
        raise value.wrong("either cadence or times, not both,")
    return SourceSettings(**read)
