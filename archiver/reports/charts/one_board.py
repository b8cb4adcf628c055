"""A whole board on one day: a row a model, its score with the interval, those asked for in colour."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from . import fonts, grammar, headline, palette
from .grammar import Frame, Part, Size, Spec, Words, field, layer
from .series import Line, Panel

_MOST = 50
"""Rows; of a longer board the first thirty, those asked for, and the neighbours of these."""
_HEAD = 30


class Row(NamedTuple):
    """A row of the picture; None stands for the rows left out."""

    at: float
    line: Line | None
    left_out: int = 0


def part(panel: Panel, size: Size, *, title: str, last: str) -> Part:
    """The last snapshot of a panel. title: the headline; last: the source."""
    end = len(panel.shots) - 1
    everyone = [line for line in (*panel.lines, *panel.context) if line.last.at == end]
    everyone.sort(key=lambda line: (line.last.entry.rank or 0, line.last.entry.position))
    asked = {id(line) for line in panel.lines}
    rows = _rows(everyone, asked)
    step = grammar.line_height(size.text) + 2
    names = (size.width - 2 * grammar.MARGIN) * 0.42
    left = max(_wide(row, size, names) for row in rows) + 14
    scores = [headline.figure(line.last.entry.score) for line in everyone]
    right = 16 + max((fonts.width(score, size.small) for score in scores), default=0)
    frame = Frame(size.width - 2 * grammar.MARGIN - left - right, len(rows) * step, left, right)
    head = grammar.header(title, _subtitle(panel, everyone, rows), frame, size)
    foot = grammar.footer(last, frame, size, 44)
    layers = [
        *_marks(panel, rows, asked, frame, step),
        *_names(rows, asked, frame, size, step, names),
        *head.layers,
        *foot.layers,
    ]
    return Part(frame, layers, head.height, foot.height)


def _subtitle(panel: Panel, everyone: Sequence[Line], rows: Sequence[Row]) -> str:
    panel = Panel(panel.publication, panel.shots[-1:], panel.lines, missing=panel.missing)
    panel.lines = []  # one day has no broken lines
    said = headline.subtitle(panel, value="score")
    if panel.missing:
        said += f" Not listed: {headline.listed(panel.missing)}."
    if any(_interval(line) for line in everyone):
        said += " Bars: the published interval."
    shown = sum(row.line is not None for row in rows)
    if shown < len(everyone):
        said += f" {shown} of {len(everyone)} rows are shown."
    return said


def _rows(everyone: Sequence[Line], asked: set[int]) -> list[Row]:
    if len(everyone) <= _MOST:
        kept = set(range(len(everyone)))
    else:
        mine = [at for at, line in enumerate(everyone) if id(line) in asked]
        kept = set(range(_HEAD)) | {at + by for at in mine[: _MOST - _HEAD] for by in (-1, 0, 1)}
    rows: list[Row] = []
    before = -1
    for at in sorted(kept & set(range(len(everyone)))):
        if at > before + 1:
            rows.append(Row(len(rows), None, at - before - 1))
        rows.append(Row(len(rows), everyone[at]))
        before = at
    if before + 1 < len(everyone):
        rows.append(Row(len(rows), None, len(everyone) - before - 1))
    return rows


def _text(row: Row) -> str:
    if row.line is None:
        return f"… {row.left_out} more"
    maker = row.line.organization if row.line.colour else ""
    told = maker and maker.lower() not in row.line.name.lower()
    return f"{row.line.last.entry.rank} {row.line.name}" + (f" · {maker}" if told else "")


def _wide(row: Row, size: Size, room: float) -> float:
    return min(room, fonts.width(_text(row), size.text, fonts.WEIGHTS[1]))


def _interval(line: Line) -> tuple[float, float] | None:
    low, high = line.last.entry.score_low, line.last.entry.score_high
    return None if low is None or high is None or low == high else (low, high)


def _marks(panel: Panel, rows: Sequence[Row], asked: set[int], frame: Frame, step: int) -> list[Spec | Words]:
    data = [
        _datum(row, row.line, asked) for row in rows if row.line and row.line.last.entry.score is not None
    ]
    ends = [end for each in data for end in (each["low"], each["v"], each["high"])] or [0.0, 1.0]
    air = (max(ends) - min(ends)) * 0.04 or 1
    scale: Spec = {"domain": [min(ends) - air, max(ends) + air], "nice": False, "zero": False}
    if not panel.publication.higher_is_better:
        scale["reverse"] = True
    axis = {
        "title": panel.publication.metric,
        "domain": False,
        "ticks": False,
        "tickCount": round(frame.width / 110),
    }
    across = field("v", scale=scale, axis=axis | {"offset": 2})
    down = field("y", scale={"domain": [-0.5, len(rows) - 0.5], "reverse": True, "nice": False}, axis=None)
    colour = field("c", "nominal", scale=None, legend=None)
    bars = {"x": field("low", scale=scale, axis=axis), "x2": {"field": "high"}, "y": down, "color": colour}
    dots = {"x": across, "y": down, "color": colour, "tooltip": field("tip", "nominal")}
    dots["description"] = dots["tooltip"]
    order = sorted(data, key=lambda each: each["asked"])
    return [
        layer("point", dots, order, filled=True, opacity=1, size=step * 3.2),
        layer("rule", bars, order, strokeWidth=2, opacity=0.75),
    ]


def _datum(row: Row, line: Line, asked: set[int]) -> dict[str, Any]:
    entry = line.last.entry
    low, high = _interval(line) or (entry.score, entry.score)
    mine = id(line) in asked
    return {
        "y": row.at,
        "v": entry.score,
        "low": low,
        "high": high,
        "c": line.colour if mine else palette.CONTEXT,
        "asked": mine,
        "tip": f"{_text(row)}, {headline.figure(entry.score)}",
    }


def _names(
    rows: Sequence[Row], asked: set[int], frame: Frame, size: Size, step: int, room: float
) -> list[Words]:
    layers = []
    for row in rows:
        mine = row.line is not None and id(row.line) in asked
        colour = palette.legible(row.line.colour) if row.line and mine else palette.SOFT
        top = row.at * step + 3
        text = fonts.fitted(_text(row), room, size.text, fonts.WEIGHTS[mine])
        layers.append(Words([text], -frame.left, top, size.text, bold=mine, colour=colour))
        if row.line:
            score = headline.figure(row.line.last.entry.score)
            layers.append(Words([score], frame.width + 14, top + 1, size.small, colour=colour))
    return layers
