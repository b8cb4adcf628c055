"""A panel's plot over time: what its vertical scale means, and where a value stands on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ..texts import Texts
from . import backdrop, ticks
from .grammar import Size, Spec, field, millis
from .headline import Value
from .series import Line, Panel, Point

_AT_LEAST, _UNASKED = 10, 20
"""Places shown at least, and where nobody asked for is listed."""


@dataclass(frozen=True)
class Plot:
    """One board over time. top, bottom: the values at the ends of its scale."""

    panel: Panel
    context: list[Line]
    value: Value
    size: Size
    say: Texts
    height: float
    top: float
    bottom: float

    @classmethod
    def of(cls, panel: Panel, size: Size, value: Value, say: Texts, *, several: bool) -> Plot:
        """several: it stands among other panels, and is lower for that."""
        top, bottom = _ranks(panel) if value == "rank" else _scores(panel)
        height = max(260.0, min(size.width * 0.5, 720)) * (0.72 if several else 1)
        if value == "rank" and bottom < 14:
            height = min(height, max(220, 34 * bottom))
        context = backdrop.chosen(panel, value, top, bottom, most=45 if size.narrow else 90)
        return cls(panel, context, value, size, say, round(height), top, bottom)

    @property
    def named(self) -> list[int] | None:
        """The places that the axis names; scores are left to the renderer."""
        return ticks.ranks(int(self.bottom), self.height) if self.value == "rank" else None

    @property
    def times(self) -> tuple[int, int]:
        """The ends of the time axis, in milliseconds."""
        first, last = self.panel.shots[0].time, self.panel.shots[-1].time
        air = timedelta(days=1) if first == last else timedelta(0)
        return millis(first - air), millis(last + air)

    def pixel(self, value: float) -> float:
        """How far below the plot's top a value stands."""
        return (value - self.top) / (self.bottom - self.top) * self.height

    def holds(self, value: float) -> bool:
        return 0 <= self.pixel(value) <= self.height

    def held(self, value: float) -> float:
        """The value, or the end of the scale that it lies beyond."""
        low, high = sorted((self.top, self.bottom))
        return max(low, min(value, high))

    def stands(self, point: Point) -> float | None:
        return backdrop.stands(point, self.value)

    def points(self, line: Line) -> list[Point]:
        return [point for point in line.points if self.stands(point) is not None]

    def down(self, name: str, **more: Any) -> Spec:
        """A field on the vertical scale."""
        ends = sorted((self.top, self.bottom))
        scale = {"domain": ends, "reverse": self.top < self.bottom, "nice": False, "zero": False}
        return field(name, scale=scale, **more)


def _ranks(panel: Panel) -> tuple[float, float]:
    """From the first place to below the lowest asked for, with some air."""
    asked = [point.entry.rank or 0 for line in panel.lines for point in line.points]
    everyone = [point.entry.rank or 0 for line in panel.context for point in line.points]
    worst = max(asked, default=_UNASKED)
    deepest = max(_AT_LEAST, worst + max(2, worst // 8)) if asked else worst
    return 0.5, min(max([*asked, *everyone], default=1), deepest) + 0.5


def _scores(panel: Panel) -> tuple[float, float]:
    """From the board's best score to below the lowest asked for, and below the first places of its newest
    snapshot: a leader alone would fall from the top to the bottom by a point."""
    asked = [score for line in panel.lines for score in _reach(line)]
    everyone = [*asked, *(score for line in panel.context for score in _reach(line))] or [0.0]
    higher = panel.publication.higher_is_better
    best = (max if higher else min)(everyone)
    worst = (min if higher else max)([*asked, *_first(panel)] if asked else everyone)
    air = (best - worst) * 0.08 or abs(best) * 0.05 or 1
    return best + air, worst - air


def _first(panel: Panel) -> list[float]:
    """The scores of the first places in the newest snapshot that has any."""
    scored = [
        (-point.at, point.entry.rank or 0, point.entry.score)
        for line in (*panel.lines, *panel.context)
        for point in line.points
        if point.entry.score is not None
    ]
    newest = min(at for at, *_ in scored)
    return [score for at, rank, score in scored if at == newest and rank <= _AT_LEAST]


def _reach(line: Line) -> Iterator[float]:
    for point in line.points:
        if point.entry.score is not None:
            yield point.entry.score
