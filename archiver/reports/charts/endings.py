"""Words beside lines: labels at their ends that never collide, and which model stood where it changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from . import fonts, grammar, headline, palette
from .grammar import Frame, Size, Spec, Words, layer, millis
from .labels import spread
from .plot import Plot
from .series import Line, Point

_AWAY = 18
"""From the plot's edge to the labels, in pixels."""
_OVER = 10
"""How far labels may stand above or below the plot."""
_FEW = 3
"""Lines; beside more, the names of their models would not be read."""
_LABELLED = 0.85
_MOST_CHANGES = 4
"""Of one line; more changes of its model than these are not written into the picture."""
_DOT = 4
"""From a point's middle to its edge, in pixels."""
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


class Label(NamedTuple):
    """Words at the end of a line."""

    line: Line
    first: str
    second: str
    end: float
    """Where the line ends, in pixels from the top."""
    y: float
    """The label's middle."""
    height: float
    coloured: bool


def labels(plot: Plot) -> list[Label]:
    """Of every coloured line, and of the grey ones that end at the right, where there is room."""
    across = plot.size.width - 2 * grammar.MARGIN
    room, less = across * 0.34, across * (0.34 if plot.size.narrow else 0.24)
    mine = [_label(plot, line, room) for line in plot.panel.lines if plot.points(line)]
    wanted = [(label.end, label.height) for label in mine]
    placed = spread(wanted, -_OVER, plot.height + _OVER)
    done = [label._replace(y=y) for label, y in zip(mine, placed, strict=True)]
    ending = [line for line in plot.context if line.last.at == len(plot.panel.shots) - 1]
    for line in sorted(ending, key=lambda line: (line.last.entry.rank or 0, line.name)):
        label = _grey(plot, line, less)
        if label and all(_apart(label, other) for other in done):
            done.append(label)
    return done


def _apart(one: Label, other: Label) -> bool:
    air = 3 if one.coloured or other.coloured else 0
    return abs(one.y - other.y) >= (one.height + other.height) / 2 + air


def _label(plot: Plot, line: Line, room: float) -> Label:
    size, last = plot.size, plot.points(line)[-1]
    stood = str(last.entry.rank) if plot.value == "rank" else headline.figure(last.entry.score, plot.say)
    model = "" if last.entry.model == line.name else last.entry.model
    if last.at < len(plot.panel.shots) - 1:
        until = plot.say("picture.until", month=plot.say.short_month(last.time), year=last.time.year)
        model = f"{model} {until}".strip()
    first = fonts.fitted(f"{stood} {plot.say.bare(line.name)}", room, size.text, fonts.WEIGHTS[1])
    second = fonts.fitted(model, room, size.small)
    tall = grammar.line_height(size.text) + (grammar.line_height(size.small) if second else 0) + 3
    end = plot.pixel(plot.stands(last) or 0)
    return Label(line, first, second, end, end, tall, True)


def _grey(plot: Plot, line: Line, room: float) -> Label | None:
    stood = plot.stands(line.last)
    if stood is None or not plot.holds(stood):
        return None
    rank = f"{line.last.entry.rank} " if plot.value == "rank" else ""
    text = fonts.fitted(f"{rank}{line.name}", room, plot.size.small)
    end = plot.pixel(stood)
    return Label(line, text, "", end, end, grammar.line_height(plot.size.small), False)


def wide(label: Label, size: Size) -> float:
    """How wide a label is, in pixels."""
    text = size.text if label.coloured else size.small
    first = fonts.width(label.first, text, fonts.WEIGHTS[label.coloured])
    return max(first, fonts.width(label.second, size.small))


def words(plot: Plot, placed: Sequence[Label], frame: Frame) -> Iterator[Spec | Words]:
    """The labels to the right of the plot, with a leader where one stands away from its line's end."""
    size, x = plot.size, frame.width + _AWAY
    for label in placed:
        top = label.y - label.height / 2 + 2
        if not label.coloured:
            yield Words([label.first], x, top, size.small, colour=palette.FAINT)
            continue
        colour = palette.legible(label.line.colour)
        yield from _leader(plot, label, frame)
        yield Words([label.first], x, top, size.text, bold=True, colour=colour)
        if label.second:
            below = top + grammar.line_height(size.text)
            yield Words([label.second], x, below, size.small, colour=colour)


def _leader(plot: Plot, label: Label, frame: Frame) -> Iterator[Spec | Words]:
    """From a line's end to a label away from it; dotted where the line ends before the plot does."""
    start = _across(plot, plot.points(label.line)[-1], frame) + 7
    if start < frame.width:
        yield _rule(label, (start, frame.width + 6), (label.end, label.end), strokeDash=[1, 4])
    if abs(label.y - label.end) > 2:
        yield _rule(label, (frame.width + 6, frame.width + _AWAY - 3), (label.end, label.y))


def _rule(label: Label, across: tuple[float, float], down: tuple[float, float], **look: Any) -> Spec:
    ends = {"x": across[0], "x2": across[1], "y": down[0], "y2": down[1]}
    at = {key: {"value": value} for key, value in ends.items()}
    return layer("rule", at, strokeWidth=1, color=label.line.colour, **look)


def _across(plot: Plot, point: Point, frame: Frame) -> float:
    first, last = plot.times
    return (millis(point.time) - first) / (last - first) * frame.width


def changes(plot: Plot, frame: Frame) -> Iterator[Spec | Words]:
    """Where a line that stands for several models goes over to another: its name, above its point or below,
    if there is room. No name stands on another, nor on a point of a coloured line."""
    if plot.size.narrow or plot.panel.dense or len(plot.panel.lines) > _FEW:
        return
    taken = [_dot(plot, point, frame) for line in plot.panel.lines for point in plot.points(line)]
    for line in plot.panel.lines:
        found = [point for point in _changes(line) if plot.stands(point) is not None]
        for point in found if len(found) <= _MOST_CHANGES else ():
            x = _across(plot, point, frame)
            if x > frame.width * _LABELLED and point.entry.model == line.last.entry.model:
                continue  # the label at the end says it
            y = plot.pixel(plot.stands(point) or 0)
            wide, tall = fonts.width(point.entry.model, plot.size.small), grammar.line_height(plot.size.small)
            left = min(max(x - 4, 2), frame.width - wide - 4)
            boxes = [(left, top, left + wide, top + tall) for top in (y - tall - 7, y + 8)]
            inside = (box for box in boxes if box[1] > 1 and box[3] < plot.height)
            free = (box for box in inside if not any(_meet(box, other) for other in taken))
            if box := next(free, None):
                taken.append(box)
                colour = palette.legible(line.colour)
                yield Words([point.entry.model], *box[:2], plot.size.small, colour=colour, halo=True)


def _dot(plot: Plot, point: Point, frame: Frame) -> Box:
    x, y = _across(plot, point, frame), plot.pixel(plot.stands(point) or 0)
    return x - _DOT, y - _DOT, x + _DOT, y + _DOT


def _changes(line: Line) -> list[Point]:
    """The first point, and each with another model than the one before; none where it is always one."""
    found = [
        point
        for at, point in enumerate(line.points)
        if at == 0 or point.entry.model != line.points[at - 1].entry.model
    ]
    return found if len(found) > 1 else []


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
