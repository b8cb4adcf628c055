"""The lines themselves: grey context, one band of uncertainty, the coloured ones with their points."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from . import grammar, headline, palette
from .grammar import Spec, field, layer, millis
from .headline import Value
from .plot import Plot
from .series import Line, Point

_MANY = 30
"""Grey lines from which on they are drawn thinner."""
_MOST_DOTS = 250
"""Grey points; of more, only those that no line shows."""
_ROOM = 12
"""Pixels between snapshots from which on points are marked."""


def context(plot: Plot) -> Iterator[Spec]:
    """The other lines of the board."""
    rows = [row for line in plot.context for row in _inside(plot, list(_rows(plot, line)))]
    if rows:
        thin = 1.2 if len(plot.context) < _MANY else 0.9
        grey: dict[str, Any] = {"color": palette.CONTEXT, "aria": False}
        place = {name: field for name, field in _encoding(plot).items() if name != "detail"}
        yield layer(
            "line",
            place | {"order": {"value": None}},
            list(_one_path(rows)),
            strokeWidth=thin,
            invalid="break-paths-show-domains",
            **grey,
            **_look(plot, exact=False),
        )
        dots = _dots(plot, rows)
        if len(dots) > _MOST_DOTS:
            dots = [row for row in dots if row["lone"]]
        if dots:
            bare = [{"t": row["t"], "v": row["v"]} for row in dots]
            size = 9 * _crowding(plot)
            yield layer("point", place, bare, size=size, filled=True, opacity=1, **grey)


def _one_path(rows: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The points of all lines as one path, broken where another begins: a path each takes the renderer twice
    as long and half as much room again."""
    for before, row in zip([None, *rows], rows, strict=False):
        if before is not None and before["s"] != row["s"]:
            yield {"t": row["t"], "v": None}
        yield {"t": row["t"], "v": row["v"]}


def coloured(plot: Plot) -> Iterator[Spec]:
    """The lines asked for, on a white edge that parts them from what they cross."""
    rows = [row for line in plot.panel.lines for row in _rows(plot, line)]
    if rows:
        paint = {"color": field("c", "nominal", scale=None, legend=None)}
        yield layer(
            "line", _encoding(plot), rows, strokeWidth=6, color=palette.BACKGROUND, aria=False, **_look(plot)
        )
        yield layer("line", _encoding(plot) | paint, rows, strokeWidth=3, aria=False, **_look(plot))
        marked = _encoding(plot) | {
            "fill": paint["color"],
            "shape": field("m", "nominal", scale=None, legend=None),
            "tooltip": field("tip", "nominal"),
            "description": field("tip", "nominal"),
        }
        edge: dict[str, Any] = {"stroke": palette.BACKGROUND, "strokeWidth": 1.2, "opacity": 1}
        if dots := _dots(plot, rows):
            yield layer("point", marked, dots, size=68 * _crowding(plot), **edge)


def banded(plot: Plot) -> Line | None:
    """The first line asked for whose uncertainty is known, where it is no point, over which a band would have
    no width; one alone, since more would hide each other."""
    for line in plot.panel.lines:
        points = plot.points(line)
        runs = Counter(point.run for point in points)
        if any(runs[point.run] > 1 and _ends(point, plot.value) for point in points):
            return line
    return None


def said(line: Line | None, plot: Plot) -> str:
    """What the band means."""
    return "" if line is None else plot.say(f"picture.band_{plot.value}", name=line.name)


def band(plot: Plot, line: Line) -> Iterator[Spec]:
    """The uncertainty of a line."""
    half = 0.5 if plot.value == "rank" else 0
    rows = []
    for point in plot.points(line):
        stood = plot.stands(point) or 0
        low, high = _ends(point, plot.value) or (stood, stood)
        low, high = plot.held(low - half), plot.held(high + half)
        rows.append({"t": millis(point.time), "low": low, "high": high, "r": point.run})
    encoding = {
        "x": grammar.time("t", plot.times),
        "y": plot.down("low"),
        "y2": {"field": "high"},
        "detail": [field("r", "nominal")],
    }
    shape = _look(plot)["interpolate"]
    yield layer(
        "area", encoding, rows, color=line.colour, opacity=0.12, line=False, interpolate=shape, aria=False
    )


def _ends(point: Point, value: Value) -> tuple[float, float] | None:
    entry = point.entry
    if value == "rank":
        low, high = entry.rank_low, entry.rank_high
        return None if low is None or high is None or low == high else (low, high)
    bottom, top = entry.score_low, entry.score_high
    return None if bottom is None or top is None or bottom == top else (bottom, top)


def _encoding(plot: Plot) -> Spec:
    return {
        "x": grammar.time("t", plot.times),
        "y": plot.down("v"),
        "detail": field("s", "nominal"),
    }


def _look(plot: Plot, *, exact: bool = True) -> dict[str, Any]:
    """Daily data stands until the next day's; what is rarer is joined by a curve that never overshoots.

    exact: else a crowd of lines is joined straight, which takes a third of the room in a file.
    """
    straight = not exact and _spacing(plot) < _ROOM
    shape = "step-after" if plot.panel.dense else "linear" if straight else "monotone"
    return {"interpolate": shape, "strokeJoin": "round", "strokeCap": "round"}


def _spacing(plot: Plot) -> float:
    """Pixels from one snapshot to the next."""
    return plot.size.width * 0.6 / max(1, len(plot.panel.shots) - 1)


def _crowding(plot: Plot) -> float:
    """How much smaller points are drawn where they stand near each other."""
    room = _spacing(plot)
    return 1 if room > 24 else 0.4 if _ROOM <= room <= 16 else 0.55


def _dots(plot: Plot, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Points are marked; in steps, and where they would run together, only those that no line shows."""
    marked = not plot.panel.dense and _spacing(plot) >= _ROOM
    return [row for row in rows if (row["lone"] or marked) and not row.get("edge")]


def _inside(plot: Plot, rows: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What of a line the plot shows: where it leaves or enters, it ends at the edge.

    The renderer could clip instead, which takes it two seconds for the pixels of sixty lines.
    """
    part = 0
    for at, row in enumerate(rows):
        here = plot.holds(row["v"])
        before = rows[at - 1] if at and rows[at - 1]["r"] == row["r"] else None
        if before and plot.holds(before["v"]) != here:
            edge = plot.held(before["v"] if here else row["v"])
            crossed = row["t"] if plot.panel.dense else _crossing(before, row, edge)
            part += here
            yield before | {"t": crossed, "v": edge, "s": f"{row['s']}|{part}", "lone": False, "edge": True}
        if here:
            yield row | {"s": f"{row['s']}|{part}"}


def _crossing(before: dict[str, Any], after: dict[str, Any], edge: float) -> int:
    """When a straight line between two points stands at the edge."""
    share = (edge - before["v"]) / (after["v"] - before["v"])
    return int(before["t"] + share * (after["t"] - before["t"]))


def _rows(plot: Plot, line: Line) -> Iterator[dict[str, Any]]:
    """The points of a line; where they are not marked, those that change nothing are left out."""
    points = plot.points(line)
    runs = [point.run for point in points]
    stood = [plot.stands(point) for point in points]
    alone = Counter(runs)
    marked = not plot.panel.dense and _spacing(plot) >= _ROOM
    for at, point in enumerate(points):
        inside = not marked and 0 < at < len(points) - 1 and runs[at - 1] == point.run == runs[at + 1]
        if inside and stood[at - 1] == stood[at] and (plot.panel.dense or stood[at] == stood[at + 1]):
            continue
        row = {
            "t": millis(point.time),
            "v": stood[at],
            "s": f"{line.name}|{line.organization}|{point.run}",
            "r": point.run,
            "lone": alone[point.run] == 1,
        }
        if line.colour:
            row |= {"c": line.colour, "m": line.shape, "tip": _tip(line, point, plot)}
        yield row


def _tip(line: Line, point: Point, plot: Plot) -> str:
    entry, say = point.entry, plot.say
    who = entry.model if line.name == entry.model else f"{say.bare(line.name)}: {entry.model}"
    place = headline.place(point, say)
    told = say("picture.tip", who=who, place=place, date=f"{point.time:%Y-%m-%d}")
    if entry.score is None:
        return told
    metric = plot.panel.shots[point.at].metric or plot.panel.publication.metric
    return f"{told}, {metric} {headline.figure(entry.score, say)}"
