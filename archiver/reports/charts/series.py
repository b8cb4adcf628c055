"""Entries over time → lines: which points follow each other, where a line is broken, what surrounds it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import accumulate, pairwise
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
    asked: str = ""
    """Who was asked for, of a model that is shown for that: `country:CN`."""
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
    gone: tuple[str, ...] = ()
    """Who was asked for, is on some of them, and not on the last."""
    left: int = 0
    """Models asked for beyond those that have a colour, or a row."""
    left_last: int = 0
    """Of these, how many the last snapshot lists."""
    countries: tuple[str, ...] = ()
    """Those of whose models each is a line by itself: they stand for what no line is called."""
    names: tuple[str, ...] = ()
    """Who was asked for, in that order."""
    among: tuple[str, ...] = ()
    """The set that places are counted in; empty: the whole board."""
    leaders: bool = False
    """Whether nobody was asked for, and those in colour lead."""
    within_noise: bool = False
    """Whether its only line moved within the noise, from its first point to its last."""
    otherwise: dict[str, int] = field(default_factory=dict)
    """By another metric than that of the axis, how many snapshots are not drawn."""
    elsewhere: tuple[str, ...] = ()
    """Who was asked for and is on none of the snapshots but these."""
    left_out: tuple[str, ...] = ()
    """Of the first panel of a picture: boards that list who was asked for, and that are not drawn."""

    @cached_property
    def dense(self) -> bool:
        """Whether the snapshots are so many and so near that a line is drawn in steps."""
        steps = intervals(self.shots)
        return len(steps) >= 9 and _usual(steps) <= _DAILY

    @cached_property
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


class Breaks:
    """Where no line over these snapshots may pass: at a complete one that does not list it, and where nothing
    was captured for long. An absence is never drawn over."""

    def __init__(self, shots: Sequence[Shot]) -> None:
        self.shots, longest = shots, gap(shots)
        self._whole = [0, *accumulate(int(shot.complete) for shot in shots)]
        dark = (longest is not None and step > longest for step in intervals(shots))
        self._dark = [0, *accumulate(map(int, dark))]

    def between(self, before: int, at: int) -> bool:
        """Whether a line that stands in one snapshot and next in another is broken."""
        return self._whole[at] > self._whole[before + 1] or self._dark[at] > self._dark[before]

    def joined(self, found: Iterable[tuple[int, Entry]]) -> list[Point]:
        """The points of a line."""
        run, before = 0, None
        points: list[Point] = []
        for at, entry in found:
            run += before is not None and self.between(before, at)
            shot = self.shots[at]
            points.append(Point(at, shot.time, entry, shot.of, run))
            before = at
        return points


def scored(panel: Panel) -> Panel | None:
    """The part of a panel that has scores: a time without any would be an empty plot. None where none has."""
    at = {
        point.at
        for line in (*panel.lines, *panel.context)
        for point in line.points
        if point.entry.score is not None
    }
    if not at:
        return None
    first, last = min(at), max(at)

    def cut(lines: Sequence[Line]) -> list[Line]:
        kept = [
            replace(
                line, points=[point._replace(at=point.at - first) for point in line.points if point.at in at]
            )
            for line in lines
        ]
        return [line for line in kept if line.points]

    return replace(
        panel, shots=panel.shots[first : last + 1], lines=cut(panel.lines), context=cut(panel.context)
    )


def by_model(entries: Sequence[Entry], shots: Sequence[Shot]) -> list[Line]:
    """A line for each model and setting; where a snapshot lists several of one, for each name as listed."""
    order = {shot.snapshot_id: at for at, shot in enumerate(shots)}
    breaks = Breaks(shots)
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
            breaks.joined(sorted(mine.items())),
        )
        for (name, variant), mine in found.items()
    ]


def _meant(entry: Entry) -> tuple[str, str]:
    return entry.model, entry.variant or ""


def with_spreads(
    entries: Sequence[Entry], wanted: Collection[tuple[str, int]], higher_is_better: bool
) -> list[Entry]:
    """Fills in the places that the score intervals of the entries wanted allow, where a whole snapshot has
    intervals. wanted: snapshot and position.

    The best is one more than the models whose interval lies wholly above its own; the worst leaves behind
    only those that lie wholly below. A published spread is kept.
    """
    touched = {snapshot for snapshot, _ in wanted}
    by_shot: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.rank is not None and entry.snapshot_id in touched:
            by_shot.setdefault(entry.snapshot_id, []).append(entry)
    ends = {snapshot: _ends(mine, higher_is_better) for snapshot, mine in by_shot.items()}
    return [
        _spread(entry, ends[entry.snapshot_id], higher_is_better)
        if entry.rank is not None and (entry.snapshot_id, entry.position) in wanted
        else entry
        for entry in entries
    ]


def _ends(ranked: Sequence[Entry], higher_is_better: bool) -> tuple[list[float], list[float]] | None:
    """The lower and the upper ends of all intervals of a snapshot, sorted; None where it has not all."""
    bounds = [(entry.score_low, entry.score_high) for entry in ranked]
    known = [(low, high) for low, high in bounds if low is not None and high is not None]
    if len(known) < len(ranked) or not any(high > low for low, high in known):
        return None
    sides = known if higher_is_better else [(-high, -low) for low, high in known]
    return sorted(low for low, _ in sides), sorted(high for _, high in sides)


def _spread(entry: Entry, ends: tuple[list[float], list[float]] | None, higher_is_better: bool) -> Entry:
    low, high = entry.score_low, entry.score_high
    known = entry.rank_low is not None and entry.rank_high is not None
    if ends is None or known or low is None or high is None:
        return entry
    lows, highs = ends
    low, high = (low, high) if higher_is_better else (-high, -low)
    best = 1 + len(lows) - bisect_right(lows, high)
    return entry._replace(rank_low=best, rank_high=len(highs) - bisect_left(highs, low))
