"""A whole board on one day: a row a model, its score with the interval, those asked for in colour."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from math import ceil
from typing import Any, NamedTuple

from ..texts import Texts
from . import captions, fonts, grammar, headline, palette
from .grammar import Frame, Part, Size, Spec, Words, field, layer
from .series import Line, Panel

_MOST = 50
"""Rows; of a longer board its head, those asked for, and the neighbours of these where there is room."""
_HEAD, _HEADS = 30, 20
"""Rows of the head: as many as this, and no fewer than that where many are asked for."""


class Row(NamedTuple):
    """A row of the picture; None stands for the rows left out."""

    at: float
    line: Line | None
    left_out: int = 0


def part(panel: Panel, size: Size, say: Texts, *, title: str) -> Part:
    """The last snapshot of a panel. title: the headline."""
    end = len(panel.shots) - 1
    everyone = [line for line in (*panel.lines, *panel.context) if line.last.at == end]
    everyone.sort(key=lambda line: (line.last.entry.rank or 0, line.last.entry.position))
    asked = {id(line) for line in panel.lines}
    mine = [] if panel.leaders else [line for line in everyone if id(line) in asked]
    rows = _rows(everyone, [*headline.firsts(mine, panel), *mine])
    step = grammar.line_height(size.text) + 2
    names = (size.width - 2 * grammar.MARGIN) * (0.54 if size.narrow else 0.42)
    ranks = 7 + max(fonts.width(_rank(row), size.text, fonts.WEIGHTS[1]) for row in rows)
    names -= ranks
    left = ceil(ranks + max(_wide(row, size, names, say) for row in rows) + 14)
    scores = [headline.figure(line.last.entry.score, say) for line in everyone]
    right = ceil(16 + max((fonts.width(score, size.small) for score in scores), default=0))
    frame = Frame(size.width - 2 * grammar.MARGIN - left - right, len(rows) * step, left, right)
    head = grammar.header(title, _subtitle(panel, everyone, mine, rows, say), frame, size)
    foot = grammar.footer(captions.source([panel], say), frame, size, size.axis)
    layers = [
        *_marks(panel, rows, asked, frame, step, say),
        *_names(rows, asked, frame, size, step, (ranks, names), say),
        *head.layers,
        *foot.layers,
    ]
    return Part(frame, layers, head.height, foot.height)


def _subtitle(
    panel: Panel, everyone: Sequence[Line], mine: Sequence[Line], rows: Sequence[Row], say: Texts
) -> str:
    """mine: those of everyone who were asked for."""
    alone = [replace(line, points=[line.last._replace(at=0)]) for line in everyone]
    day = replace(panel, shots=panel.shots[-1:], lines=[], context=alone, left=0, countries=())
    said = [captions.subtitle(day, say, value="score")]
    if panel.missing or panel.gone:
        said.append(captions.not_listed(replace(day, missing=(*panel.missing, *panel.gone)), say))
    if panel.countries:
        said.append(captions.coloured([panel], say))
    if any(_interval(line) for line in everyone):
        said.append(say("picture.bars"))
    shown = {id(row.line) for row in rows if row.line}
    if len(shown) < len(everyone):
        said.append(say("picture.rows", shown=say.number(len(shown)), total=say.number(len(everyone))))
    if left := sum(id(line) not in shown for line in mine):
        said.append(say("picture.left_rows", models=say.count("other", left)))
    return " ".join(said)


def _rows(everyone: Sequence[Line], wanted: Sequence[Line]) -> list[Row]:
    """wanted: those who are shown before others, beside the head, as long as there is room; where there are
    none, the head is all that is shown."""
    total = len(everyone)
    if total <= _MOST:
        return [Row(at, line) for at, line in enumerate(everyone)]
    order = {id(line): at for at, line in enumerate(everyone)}
    mine = [order[id(line)] for line in wanted]
    kept = set(range(_HEADS))
    near = (at + by for by in (-1, 1) for at in mine if 0 <= at + by < total)
    for at in (*mine, *range(_HEADS, _HEAD), *near, *range(_HEAD, total)):
        if len(shown := _shown(kept | {at}, total)) <= _MOST:
            kept.add(at)
        if len(shown) == _MOST:
            break
    rows = []
    for number, at in enumerate(shown := _shown(kept, total)):
        after = shown[number + 1] if number + 1 < len(shown) else total
        left_out = after - shown[number - 1] - 1 if number else 0
        rows.append(Row(number, everyone[at]) if at in kept or left_out < 2 else Row(number, None, left_out))
    return rows


def _shown(kept: Collection[int], total: int) -> list[int]:
    """The rows kept, and one in each gap between them, which tells of the gap or fills it."""
    found: list[int] = []
    for at in (*sorted(kept), total):
        if at > (found[-1] if found else -1) + 1:
            found.append((found[-1] if found else -1) + 1)
        if at < total:
            found.append(at)
    return found


def _rank(row: Row) -> str:
    return "" if row.line is None else str(row.line.last.entry.rank)


def _text(row: Row, say: Texts) -> str:
    if row.line is None:
        return say("picture.more", n=say.number(row.left_out))
    maker = row.line.organization if row.line.colour else ""
    told = maker and maker.lower() not in row.line.name.lower()
    return row.line.name + (f" · {maker}" if told else "")


def _wide(row: Row, size: Size, room: float, say: Texts) -> float:
    return min(room, fonts.width(_text(row, say), size.text, fonts.WEIGHTS[1]))


def _interval(line: Line) -> tuple[float, float] | None:
    low, high = line.last.entry.score_low, line.last.entry.score_high
    return None if low is None or high is None or low == high else (low, high)


def _marks(
    panel: Panel, rows: Sequence[Row], asked: set[int], frame: Frame, step: int, say: Texts
) -> list[Spec | Words]:
    known = [(row, row.line) for row in rows if row.line and row.line.last.entry.score is not None]
    data = [_datum(row, line, asked, say) for row, line in known]
    ends = [end for each in data for end in (each["low"], each["v"], each["high"])] or [0.0, 1.0]
    air = (max(ends) - min(ends)) * 0.04 or 1
    scale: Spec = {"domain": [min(ends) - air, max(ends) + air], "nice": False, "zero": False}
    if not panel.publication.higher_is_better:
        scale["reverse"] = True
    axis = {
        "title": panel.publication.metric,
        "domain": False,
        "ticks": False,
        "tickCount": max(2, round(frame.width / 110)),
        "labelExpr": grammar.number(say),
        "labelOverlap": False,
        "labelFlush": False,
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


def _datum(row: Row, line: Line, asked: set[int], say: Texts) -> dict[str, Any]:
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
        "tip": f"{_rank(row)} {_text(row, say)}, {headline.figure(entry.score, say)}",
    }


def _names(
    rows: Sequence[Row],
    asked: set[int],
    frame: Frame,
    size: Size,
    step: int,
    rooms: tuple[float, float],
    say: Texts,
) -> list[Words]:
    """Ranks, to the right of their column; names; scores. rooms: of ranks and of names."""
    layers = []
    ranks, room = rooms
    for row in rows:
        mine = row.line is not None and id(row.line) in asked
        colour = palette.legible(row.line.colour) if row.line and mine else palette.SOFT
        top = row.at * step + 3
        text = fonts.fitted(_text(row, say), room, size.text, fonts.WEIGHTS[mine])
        layers.append(Words([text], ranks - frame.left, top, size.text, bold=mine, colour=colour))
        if row.line:
            x = ranks - 7 - frame.left - fonts.width(_rank(row), size.text, fonts.WEIGHTS[mine])
            layers.append(Words([_rank(row)], x, top, size.text, bold=mine, colour=colour))
            score = headline.figure(row.line.last.entry.score, say)
            layers.append(Words([score], frame.width + 14, top + 1, size.small, colour=colour))
    return layers
