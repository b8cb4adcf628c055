"""Where the marks of an axis stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from ..texts import Texts
from .grammar import millis

_DAYS = (1, 2, 7, 14)
_MONTHS = (1, 2, 3, 6, 12, 24, 48)
_ROOM = 74
"""Pixels that a date takes, with the air around it."""


def dates(first: datetime, last: datetime, width: float, say: Texts) -> dict[str, Any]:
    """An axis of real dates: days, weeks, months or years, as many as there is room for; where that were one
    alone, the days of both ends.

    The year stands under its first mark, and under each January.
    """
    most, day = max(2, int(width / _ROOM)), f"utcdate(datum.value) + ' ' + {_month(say)}"
    ends = [first, last] if first.date() < last.date() else [first]
    for step in _DAYS:
        marks = list(_by_days(first, last, step))
        if len(marks) <= most:
            return _axis(marks if len(marks) > 1 else ends, day)
    for step in _MONTHS:
        marks = list(_by_months(first, last, step))
        if len(marks) <= most:
            return _axis(marks, _month(say) if step < 12 else "") if len(marks) > 1 else _axis(ends, day)
    return _axis(marks[:: len(marks) // most + 1], "")


def _by_days(first: datetime, last: datetime, step: int) -> Iterator[datetime]:
    start = datetime(first.year, first.month, first.day)  # noqa: DTZ001  # the index's times are UTC
    if start < first:
        start += timedelta(days=1)
    if step >= 7:
        start += timedelta(days=-start.weekday() % 7)
    while start <= last:
        yield start
        start += timedelta(days=step)


def _by_months(first: datetime, last: datetime, step: int) -> Iterator[datetime]:
    month = first.year * 12 + first.month - 1
    month += -month % step
    while (mark := datetime(month // 12, month % 12 + 1, 1)) <= last:  # noqa: DTZ001  # as above
        if mark >= first:
            yield mark
        month += step


def _month(say: Texts) -> str:
    """The short name of a mark's month, as an expression of Vega."""
    names = ", ".join(f"'{name}'" for name in say.words["months_short"])
    return f"[{names}][utcmonth(datum.value)]"


def _axis(marks: list[datetime], name: str) -> dict[str, Any]:
    years = [mark for at, mark in enumerate(marks) if at == 0 or mark.year != marks[at - 1].year]
    if not name:
        label = "utcFormat(datum.value, '%Y')"
    else:
        shown = ",".join(str(millis(mark)) for mark in years)
        label = (
            f"indexof([{shown}], time(datum.value)) >= 0 ? [{name}, utcFormat(datum.value, '%Y')] : {name}"
        )
    return {
        "values": [millis(mark) for mark in marks],
        "tickCount": len(marks),
        "labelExpr": label,
        "labelAngle": 0,
        "labelFlush": False,
        "labelOverlap": False,
        "labelBound": False,
        "grid": False,
        "title": None,
        "offset": 8,
    }


def ranks(top: int, height: float) -> list[int]:
    """Places to name on an axis: the first always, then round ones.

    >>> ranks(6, 300), ranks(44, 300)
    ([1, 2, 3, 4, 5, 6], [1, 5, 10, 15, 20, 25, 30, 35, 40])
    """
    for step in (1, 2, 5, 10, 20, 25, 50, 100, 200):
        if top / step * 26 <= height:
            return [1, *range(step if step > 1 else 2, top + 1, step)]
    return [1, top]
