"""Many at once: a row for each who was asked for on each board, a cell a snapshot, the darker the better."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import Any, NamedTuple

from ..texts import Texts
from . import captions, fonts, grammar, headline, palette, ticks
from .grammar import Frame, Part, Size, Spec, Words, field, layer, millis
from .series import Line, Panel, Point, gap

BUCKETS = (1, 3, 10, 20, 10**9)
"""Up to which place a colour goes."""
_SEEN = 0.022
"""Of the whole time, how much the last cell of a board takes at least."""
_ABSENT = "#ffffff"
_DASH = 7
"""Pixels that a dash is long, where its cell is no narrower."""
_EDGED = 5
"""Pixels from which on a cell has a white edge: of a narrower one that would leave little, like a gap."""


class Row(NamedTuple):
    """A row: of a board's heading the line is None."""

    at: int
    panel: Panel
    line: Line | None
    name: str


def part(panels: Sequence[Panel], size: Size, say: Texts, *, title: str) -> Part:
    """All panels on one time axis. title: the headline."""
    rows = _rows(panels, say)
    step = grammar.line_height(size.text) + 8
    room = (size.width - 2 * grammar.MARGIN) * 0.36
    wide = (fonts.width(row.name, size.text) for row in rows if row.line)  # beside a heading is no cell
    left = ceil(14 + min(room, max(wide)))
    frame = Frame(size.width - 2 * grammar.MARGIN - left - 4, len(rows) * step, left, 4)
    start = min(panel.shots[0].time for panel in panels)
    least = max(timedelta(days=1), (max(panel.shots[-1].time for panel in panels) - start) * _SEEN)
    stop = max(_until(panel, len(panel.shots) - 1, least) for panel in panels)
    head = grammar.header(title, _subtitle(panels, say), frame, size)
    key = step + 8
    lifted = [each._replace(y=each.y - key) for each in head.layers]
    foot = grammar.footer(captions.source(panels, say), frame, size, size.axis)
    layers = [
        *_cells(rows, frame, (start, stop), size, say, least),
        *_key(frame, size, say, -key),
        *_names(rows, frame, size, step, room),
        *lifted,
        *foot.layers,
    ]
    return Part(frame, layers, head.height + key, foot.height)


def _subtitle(panels: Sequence[Panel], say: Texts) -> str:
    if len(panels) == 1:
        bare = replace(panels[0], lines=[], left=0, countries=())  # its gaps are cells, and its lines rows
        said = captions.subtitle(bare, say)
    else:
        first = min(panel.shots[0].time for panel in panels)
        last = max(panel.shots[-1].time for panel in panels)
        snapshots = sum(len(panel.shots) for panel in panels)
        said = say(
            "picture.rank_boards",
            boards=say.count("board", len(panels)),
            snapshots=say.count("snapshot", snapshots),
            first=f"{first:%Y-%m-%d}",
            last=f"{last:%Y-%m-%d}",
        )
        if panels[0].among:
            said += f" {captions.among(panels[0], say)}"
    parts = [said]
    if len(panels) > 1 and (
        partial := captions.excerpts([shot for each in panels for shot in each.shots], say)
    ):
        parts.append(partial)
    if any(panel.countries for panel in panels):
        parts.append(captions.coloured(panels, say, "in_rows"))
    if left := sum(panel.left for panel in panels):
        parts.append(say("picture.left_rows", models=say.count("other", left)))
    return " ".join([*parts, say("picture.cells")])


def _rows(panels: Sequence[Panel], say: Texts) -> list[Row]:
    rows: list[Row] = []
    for panel in panels:
        if len(panels) > 1:
            rows.append(Row(len(rows), panel, None, captions.named(panel, say)))
        lines = [*panel.lines, *(Line(name, name, []) for name in panel.missing)]
        order = {name: at for at, name in enumerate(panel.names)}
        lines.sort(
            key=lambda line: order.get(line.name, -1)
        )  # the same on each board; models stay as they are
        rows += [Row(len(rows) + at, panel, line, say.bare(line.name)) for at, line in enumerate(lines)]
    return rows


def _until(panel: Panel, at: int, least: timedelta) -> datetime:
    """When a cell ends: at the next snapshot, and no later than the board is usually looked at.

    least: how long the last one is at least, to be seen.
    """
    shots = panel.shots
    longest = gap(shots) or timedelta(days=120)
    if at + 1 < len(shots):
        return min(shots[at + 1].time, shots[at].time + longest)
    usual = (shots[-1].time - shots[0].time) / max(1, len(shots) - 1)
    return shots[at].time + max(least, min(usual, longest))


def _cells(
    rows: Sequence[Row],
    frame: Frame,
    ends: tuple[datetime, datetime],
    size: Size,
    say: Texts,
    least: timedelta,
) -> Iterator[Spec | Words]:
    domain = (millis(ends[0]), millis(ends[1]))
    wide = frame.width / max(1, domain[1] - domain[0])
    data = [cell for row in rows if row.line for cell in _of_row(row, row.line, wide, size, say, least)]
    axis = ticks.dates(*ends, frame.width, say) | {"offset": 2}
    scale = {"domain": [-0.5, len(rows) - 0.5], "reverse": True, "nice": False}
    encoding = {
        "x": grammar.time("t", domain, axis=axis),
        "x2": {"field": "u"},
        "y": field("low", scale=scale, axis=None),
        "y2": {"field": "high"},
        "color": field("c", "nominal", scale=None, legend=None),
        "strokeWidth": field("edge", scale=None, legend=None),
        "tooltip": field("tip", "nominal"),
        "description": field("tip", "nominal"),
    }
    yield layer("rect", encoding, data, stroke=palette.BACKGROUND)
    dashes = {
        "x": grammar.time("from", domain),
        "x2": {"field": "to"},
        "y": field("y", scale=scale, axis=None),
    }
    yield layer("rule", dashes, list(_dashes(data, wide)), color=palette.FAINT, strokeWidth=1)
    text = {
        "x": grammar.time("m", domain),
        "y": field("y", scale=scale, axis=None),
        "text": field("n", "nominal"),
        "color": field("ink", "nominal", scale=None, legend=None),
    }
    numbered = [cell for cell in data if cell["n"]]
    yield layer("text", text, numbered, fontSize=size.small, baseline="middle", align="center")


def _of_row(
    row: Row, line: Line, wide: float, size: Size, say: Texts, least: timedelta
) -> Iterator[dict[str, Any]]:
    stood = {point.at: point for point in line.points}
    for at, shot in enumerate(row.panel.shots):
        point = stood.get(at)
        if point is None and not shot.complete:
            continue
        until = _until(row.panel, at, least)
        rank = point.entry.rank if point else None
        number = "" if rank is None else str(rank)
        start, stop = millis(shot.time), millis(until)
        fits = (stop - start) * wide >= fonts.width(number, size.small) + 2
        colour = _colour(rank)
        yield {
            "t": start,
            "u": stop,
            "m": (start + stop) / 2,
            "y": row.at,
            "low": row.at - 0.46,
            "high": row.at + 0.46,
            "c": colour,
            "edge": int((stop - start) * wide >= _EDGED),
            "ink": palette.ON_STEPS[palette.contrast(colour) <= 4.5],
            "n": number if fits else "",
            "tip": _tip(line, point, shot.time, say),
        }


def _dashes(cells: Sequence[dict[str, Any]], wide: float) -> Iterator[dict[str, Any]]:
    """A dash in the middle of each cell without a place, with air around it: they run into no line."""
    for cell in cells:
        if cell["c"] == _ABSENT:
            room = (cell["u"] - cell["t"]) * wide
            half = round(min(_DASH, max(room - 2, room * 0.6)) / 2 / wide)
            yield {"y": cell["y"], "from": cell["m"] - half, "to": cell["m"] + half}


def _tip(line: Line, point: Point | None, time: datetime, say: Texts) -> str:
    date = f"{time:%Y-%m-%d}"
    if point is None:
        return say("picture.tip_absent", who=say.bare(line.name), date=date)
    return say("picture.tip", who=say.bare(line.name), place=headline.place(point, say), date=date)


def _colour(rank: int | None) -> str:
    if rank is None:
        return _ABSENT
    return next(colour for top, colour in zip(BUCKETS, palette.STEPS, strict=True) if rank <= top)


def buckets(say: Texts) -> list[str]:
    """The names of the colours: `1st`, `2–3`, …, `21 and below`."""
    between = [f"{before + 1}–{top}" for before, top in pairwise(BUCKETS[:-1])]
    return [say.ordinal(1), *between, say("picture.bucket_last", **{"from": BUCKETS[-2] + 1})]


def _key(frame: Frame, size: Size, say: Texts, y: float) -> Iterator[Spec | Words]:
    names = buckets(say)
    wide = sum(33 + fonts.width(name, size.small) for name in names)
    at = 0.0 if wide <= frame.width else -frame.left
    for name, colour in zip(names, palette.STEPS, strict=True):
        box = {"x": at, "x2": at + 14, "y": y + 2, "y2": y + 16}
        yield layer("rect", {key: {"value": value} for key, value in box.items()}, color=colour)
        yield Words([name], at + 19, y + 3, size.small, colour=palette.SOFT)
        at += 19 + fonts.width(name, size.small) + 14


def _names(rows: Sequence[Row], frame: Frame, size: Size, step: int, room: float) -> Iterator[Spec | Words]:
    for row in rows:
        heading = row.line is None
        colour = palette.INK if heading else palette.SOFT
        space = room if not heading else frame.left + frame.width
        text = fonts.fitted(row.name, space, size.text, fonts.WEIGHTS[heading])
        y = row.at * step + (step - grammar.line_height(size.text)) / 2 + (7 if heading else 3)
        yield Words([text], -frame.left, y, size.text, bold=heading, colour=colour)
