"""The times at which a source is due, as a grid that depends on nothing but its rule. Pure.

By cadence: `ANCHOR + n · cadence`, in UTC. By local times of day: those times in a zone, every day; where the
clocks change, a time that does not exist is due once, at the next instant that does, and a time that comes
twice is due once, the first time. Times that fall on one instant are one slot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

ANCHOR = datetime(2001, 1, 1, tzinfo=UTC)
"""A Monday, so that a weekly source is due on Mondays and a daily one at midnight UTC."""

_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


class Grid(Protocol):
    """Slots without end in both directions. All times are aware, in UTC."""

    @property
    def cadence(self) -> timedelta:
        """From one slot to the next, on average."""
        ...

    def at_or_before(self, moment: datetime) -> datetime:
        """The last slot that is due by then."""
        ...

    def after(self, moment: datetime) -> datetime:
        """The first slot that is due later."""
        ...


@dataclass(frozen=True, slots=True)
class Every:
    """A slot each `cadence` from `ANCHOR` on.

    >>> grid = Every(timedelta(hours=6))
    >>> now = datetime(2026, 7, 20, 13, 5, tzinfo=UTC)
    >>> grid.at_or_before(now).isoformat(), grid.after(now).isoformat()
    ('2026-07-20T12:00:00+00:00', '2026-07-20T18:00:00+00:00')
    """

    cadence: timedelta

    def at_or_before(self, moment: datetime) -> datetime:
        """The last slot that is due by then."""
        return ANCHOR + (moment - ANCHOR) // self.cadence * self.cadence

    def after(self, moment: datetime) -> datetime:
        """The first slot that is due later."""
        return self.at_or_before(moment) + self.cadence


@dataclass(frozen=True, slots=True)
class Daily:
    """Slots at times of day in a zone.

    >>> grid = Daily((time(2, 30),), ZoneInfo("Europe/Berlin"))
    >>> [str(due) for due in grid.of(date(2026, 3, 29))]  # no such time that night: 03:00, the next instant
    ['2026-03-29 01:00:00+00:00']
    >>> [str(due) for due in grid.of(date(2026, 10, 25))]  # it comes twice: the first, still in summer time
    ['2026-10-25 00:30:00+00:00']
    """

    times: tuple[time, ...]
    zone: ZoneInfo

    @property
    def cadence(self) -> timedelta:
        """From one slot to the next, on average."""
        return _DAY / len(self.times)

    def at_or_before(self, moment: datetime) -> datetime:
        """The last slot that is due by then."""
        day = moment.astimezone(self.zone).date() + _DAY
        while not (found := [due for due in self.of(day) if due <= moment]):
            day -= _DAY
        return max(found)

    def after(self, moment: datetime) -> datetime:
        """The first slot that is due later."""
        day = moment.astimezone(self.zone).date() - _DAY
        while not (found := [due for due in self.of(day) if due > moment]):
            day += _DAY
        return min(found)

    def of(self, day: date) -> list[datetime]:
        """The slots of one day, in order."""
        return sorted({self._instant(datetime.combine(day, each)) for each in self.times})

    def _instant(self, wanted: datetime) -> datetime:
        """The instant of a local time: the first of two; for one that does not exist, the next that does."""
        first, second = (self._as_utc(wanted, fold) for fold in (0, 1))
        if first.astimezone(self.zone).replace(tzinfo=None) == wanted:
            return first
        # In a gap the later reading, by the offset before the change, lies behind the change.
        before, behind = second, first
        offset = behind.astimezone(self.zone).utcoffset()
        while behind - before > _SECOND:
            middle = before + (behind - before) // 2
            if middle.astimezone(self.zone).utcoffset() == offset:
                behind = middle
            else:
                before = middle
        return behind.replace(microsecond=0)

    def _as_utc(self, wanted: datetime, fold: int) -> datetime:
        return wanted.replace(tzinfo=self.zone, fold=fold).astimezone(UTC)


def between(grid: Grid, after: datetime, before: datetime) -> Iterator[datetime]:
    """The slots that lie strictly between two times, in order."""
    due = grid.after(after)
    while due < before:
        yield due
        due = grid.after(due)
