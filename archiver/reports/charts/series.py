"""Entries over time → lines: which points follow each other, where a line is broken, what surrounds it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from ...answers.pictured import Entry, Publication, Shot

_DAILY = timedelta(days=2)
_LEAST_GAP = timedelta(days=45)
_GAP_FACTOR = 4
"""Longer than this many usual intervals, and than 45 days, nothing was captured: the line is broken."""


class Point(NamedTuple):
    """Where a line stands in one snapshot."""

    at: int
    """Which of the snapshots, from 0."""
    time: datetime
    entry: Entry
    of: int | None
    run: int
    """Points of one run are joined."""


@dataclass
class Line:
    """A model, or whoever's best-placed model, over the snapshots of a board."""

    name: str
    """Whom the picture names: `Sber`, `GigaChat Max`."""
    organization: str
    points: list[Point]
    colour: str = ""
    shape: str = "circle"

    @property
    def first(self) -> Point:
        return self.points[0]

    @property
    def last(self) -> Point:
        return self.points[-1]


@dataclass
class Panel:
    """One board's part of a picture."""

    publication: Publication
    shots: list[Shot]
    lines: list[Line]
    """Coloured, in the order asked for."""
    context: list[Line] = field(default_factory=list)
    missing: tuple[str, ...] = ()
    """Who was asked for and is on none of the snapshots."""
    left_grey: int = 0
    """Models asked for beyond the six that have a colour."""

    @property
    def dense(self) -> bool:
        """Whether the snapshots are so many and so near that a line is drawn in steps."""
        steps = intervals(self.shots)
        return len(steps) >= 9 and _usual(steps) <= _DAILY

    @property
    def gap(self) -> timedelta | None:
        return gap(self.shots)

    @property
    def broken(self) -> bool:
        return any(line.last.run > 0 for line in self.lines)


def intervals(shots: Sequence[Shot]) -> list[timedelta]:
    return [later.time - earlier.time for earlier, later in pairwise(shots)]


def _usual(steps: Sequence[timedelta]) -> timedelta:
    return timedelta(seconds=median(step.total_seconds() for step in steps))


def gap(shots: Sequence[Shot]) -> timedelta | None:
    """The time without a snapshot from which on a line is broken; None for less than four intervals."""
    steps = intervals(shots)
    return max(_LEAST_GAP, _GAP_FACTOR * _usual(steps)) if len(steps) >= 4 else None


def joined(found: Iterable[tuple[int, Entry]], shots: Sequence[Shot]) -> list[Point]:
    """The points of a line. It is broken where a complete snapshot between two does not list it, and where
    nothing was captured for long: an absence is never drawn over."""
    longest, run, before = gap(shots), 0, None
    points: list[Point] = []
    for at, entry in found:
        if before is not None:
            unlisted = any(shot.complete for shot in shots[before + 1 : at])
            dark = longest and any(step > longest for step in intervals(shots[before : at + 1]))
            run += bool(unlisted or dark)
        points.append(Point(at, shots[at].time, entry, shots[at].of, run))
        before = at
    return points


def by_model(entries: Sequence[Entry], shots: Sequence[Shot]) -> list[Line]:
    """A line for each model and setting; where a snapshot lists several of one, for each name as listed."""
    order = {shot.snapshot_id: at for at, shot in enumerate(shots)}
    ranked = [entry for entry in entries if entry.rank is not None]
    meant = Counter((entry.snapshot_id, *_meant(entry)) for entry in ranked)
    shared = {key[1:] for key, count in meant.items() if count > 1}
    found: dict[tuple[str, str], dict[int, Entry]] = {}
    for entry in ranked:
        key = _meant(entry) if _meant(entry) not in shared else (entry.model_listed, entry.variant or "")
        found.setdefault(key, {}).setdefault(order[entry.snapshot_id], entry)
    return [
        Line(
            f"{name} ({variant})" if variant else name,
            next((entry.organization for entry in mine.values() if entry.organization), ""),
            joined(sorted(mine.items()), shots),
        )
        for (name, variant), mine in found.items()
    ]


def _meant(entry: Entry) -> tuple[str, str]:
    return entry.model, entry.variant or ""


def with_spreads(entries: Sequence[Entry], higher_is_better: bool) -> list[Entry]:
    """Fills in the places that an entry's score interval allows, where a whole snapshot has intervals.

    The best is one more than the models whose interval lies wholly above its own; the worst leaves behind
    only those that lie wholly below. A published spread is kept.
    """
    by_shot: dict[str, list[Entry]] = {}
    for entry in entries:
        by_shot.setdefault(entry.snapshot_id, []).append(entry)
    filled: list[Entry] = []
    for mine in by_shot.values():
        ranked = [entry for entry in mine if entry.rank is not None]
        bounds = [(entry.score_low, entry.score_high) for entry in ranked]
        known = [(low, high) for low, high in bounds if low is not None and high is not None]
        if len(known) < len(ranked) or not any(high > low for low, high in known):
            filled += mine
            continue
        sides = known if higher_is_better else [(-high, -low) for low, high in known]
        lows, highs = sorted(low for low, _ in sides), sorted(high for _, high in sides)
        for entry, (low, high) in zip(ranked, sides, strict=True):
            if entry.rank_low is not None and entry.rank_high is not None:
                filled.append(entry)
                continue
            best = 1 + len(lows) - bisect_right(lows, high)
            worst = len(highs) - bisect_left(highs, low)
            filled.append(entry._replace(rank_low=best, rank_high=worst))
    return filled
