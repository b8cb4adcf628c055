"""Places over time in one line of text: rank 1 on top, the time axis even, what is not known left blank."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

BLOCKS = "▁▂▃▄▅▆▇█"
ASCII = "_.-'^"
"""The same for a terminal that shows nothing else, from the worst place to the best."""


class Point(NamedTuple):
    """Someone on a day: their place, or None from which on there is none (absent, or not captured)."""

    day: date
    place: int | None


def best_of_days(points: Iterable[Point]) -> list[Point]:
    """One point a day, by day: the best place of it."""
    days: dict[date, int | None] = {}
    for day, place in points:
        had = days.get(day)
        days[day] = place if had is None else had if place is None else min(had, place)
    return [Point(day, days[day]) for day in sorted(days)]


def ends(points: Iterable[Point]) -> tuple[int, int] | None:
    """The best and the worst place, None where there are not two different ones."""
    places = {place for _, place in points if place is not None}
    return (min(places), max(places)) if len(places) > 1 else None


def spark(
    points: Sequence[Point], first: date, last: date, scale: tuple[int, int], cells: int, *, ascii: bool
) -> str:
    """A line of at most so many cells from the first day to the last, each with the last place known by its
    end; a place holds until the next point.

    points: by day. scale: the best and the worst place, which differ.

    >>> points = [Point(date(2024, 1, 1), 9), Point(date(2024, 1, 3), 1), Point(date(2024, 1, 5), None)]
    >>> spark(points, date(2024, 1, 1), date(2024, 1, 6), (1, 9), 6, ascii=True)
    '__^^'
    """
    ramp = ASCII if ascii else BLOCKS
    best, worst = scale
    days = (last - first).days + 1
    cells = max(1, min(cells, days))
    drawn, at, place = [], 0, None
    for cell in range(cells):
        end = (cell + 1) * days // cells
        while at < len(points) and (points[at].day - first).days < end:
            place = points[at].place
            at += 1
        height = None if place is None else round((worst - place) / (worst - best) * (len(ramp) - 1))
        drawn.append(" " if height is None else ramp[height])
    return "".join(drawn).rstrip()
