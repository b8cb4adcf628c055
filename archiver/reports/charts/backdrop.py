"""The grey lines behind a picture, chosen so that every time and height of it has some, and none is full."""

from __future__ import annotations

from collections.abc import Iterator

from .headline import Value
from .series import Line, Panel, Point

_FEW = 50
"""Lines that are all drawn."""
_TIMES, _HEIGHTS = 24, 14
"""Of a crowd, at so many times of a picture a line is sought at each of so many heights."""


def chosen(panel: Panel, value: Value, top: float, bottom: float, *, most: int) -> list[Line]:
    """The lines worth drawing between two values, those that stand there longest first.

    Of more than a few, a line is kept at each height of each time that has any; first where the plot ends,
    since labels stand there, and of several the one that is seen longest. most: more would be a surface.
    """
    low, high = sorted((top, bottom))
    stood = []
    for line in panel.context:
        seen = {at: found for at, found in _values(line, value) if low <= found <= high}
        if seen:
            stood.append((line, seen))
    stood.sort(key=lambda each: (-len(each[1]), each[0].last.entry.rank or 0, each[0].name))
    if len(stood) <= min(most, _FEW):
        return [line for line, _ in stood]
    kept: dict[int, Line] = {}
    for at in _times(len(panel.shots)):
        here = [(number, seen[at]) for number, (_, seen) in enumerate(stood) if at in seen]
        taken: dict[int, int] = {}
        for number, found in here:
            height = min(int((found - low) / (high - low) * _HEIGHTS), _HEIGHTS - 1)
            if number in kept or height not in taken:
                taken[height] = number
        for number in taken.values():
            if len(kept) < most:
                kept.setdefault(number, stood[number][0])
    return list(kept.values())


def _values(line: Line, value: Value) -> Iterator[tuple[int, float]]:
    for point in line.points:
        found = stands(point, value)
        if found is not None:
            yield point.at, found


def stands(point: Point, value: Value) -> float | None:
    """Where a point stands on the scale of its kind."""
    return point.entry.rank if value == "rank" else point.entry.score


def _times(shots: int) -> list[int]:
    """Snapshots spread over all of them: the last, the first, the middle, the quarters and so on."""
    found: dict[int, None] = {}
    step = 1.0
    while len(found) < min(_TIMES, shots):
        at = 1.0
        while at > -1e-9:
            found.setdefault(round(at * (shots - 1)))
            at -= step
        step /= 2
    return list(found)
