"""Many at once: a row for each who was asked for on each board, a cell a snapshot, the darker the better."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from . import fonts, grammar, headline, palette, ticks
from .grammar import Frame, Part, Size, Spec, Words, field, layer, millis
from .series import Line, Panel, gap

BUCKETS = ((1, "1st"), (3, "2–3"), (10, "4–10"), (20, "11–20"), (10**9, "21 and below"))
"""Up to which place, and its name in the key."""
MOST_ROWS = 40
_SEEN = 0.022
"""Of the whole time, how much the last cell of a board takes at least."""
_ABSENT = "#ffffff"


class Row(NamedTuple):
    """A row: of a board's heading the line is None."""

    at: int
    panel: Panel
    line: Line | None
    name: str


def part(panels: Sequence[Panel], size: Size, *, title: str, last: str) -> Part:
    """All panels on one time axis. title: the headline; last: the source."""
    rows = _rows(panels)
    step = grammar.line_height(size.text) + 8
    room = (size.width - 2 * grammar.MARGIN) * 0.36
    left = 14 + max(
        min(room, fonts.width(row.name, size.text, fonts.WEIGHTS[row.line is None])) for row in rows
    )
    frame = Frame(size.width - 2 * grammar.MARGIN - left - 4, len(rows) * step, left, 4)
    start = min(panel.shots[0].time for panel in panels)
    least = max(timedelta(days=1), (max(panel.shots[-1].time for panel in panels) - start) * _SEEN)
    stop = max(_until(panel, len(panel.shots) - 1, least) for panel in panels)
    head = grammar.header(title, _subtitle(panels), frame, size)
    key = step + 8
    lifted = [each._replace(y=each.y - key) for each in head.layers]
    foot = grammar.footer(last, frame, size, 44)
    layers = [
        *_cells(rows, frame, (start, stop), size, least),
        *_key(frame, size, -key),
        *_names(rows, frame, size, step, room),
        *lifted,
        *foot.layers,
    ]
    return Part(frame, layers, head.height + key, foot.height)


def _subtitle(panels: Sequence[Panel]) -> str:
    if len(panels) == 1:
        shown = Panel(panels[0].publication, panels[0].shots, [], missing=panels[0].missing)
        said = headline.subtitle(shown)
    else:
        first = min(panel.shots[0].time for panel in panels)
        last = max(panel.shots[-1].time for panel in panels)
        snapshots = sum(len(panel.shots) for panel in panels)
        said = f"Rank on {len(panels)} boards in {snapshots} snapshots, {first:%Y-%m-%d} to {last:%Y-%m-%d}."
    return f"{said} A cell lasts until the next snapshot; a dash: not listed; no cell: no snapshot."


def _rows(panels: Sequence[Panel]) -> list[Row]:
    rows: list[Row] = []
    for panel in panels:
        if len(panels) > 1:
            rows.append(Row(len(rows), panel, None, _board(panel)))
        lines = [*panel.lines, *(Line(name, name, []) for name in panel.missing)]
        rows += [Row(len(rows) + at, panel, line, line.name) for at, line in enumerate(lines)]
    return rows[:MOST_ROWS]


def _board(panel: Panel) -> str:
    return panel.publication.board


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
    rows: Sequence[Row], frame: Frame, ends: tuple[datetime, datetime], size: Size, least: timedelta
) -> Iterator[Spec | Words]:
    domain = (millis(ends[0]), millis(ends[1]))
    wide = frame.width / max(1, domain[1] - domain[0])
    data = [cell for row in rows if row.line for cell in _of_row(row, row.line, wide, size, least)]
    axis = ticks.dates(*ends, frame.width) | {"offset": 2}
    scale = {"domain": [-0.5, len(rows) - 0.5], "reverse": True, "nice": False}
    encoding = {
        "x": grammar.time("t", domain, axis=axis),
        "x2": {"field": "u"},
        "y": field("low", scale=scale, axis=None),
        "y2": {"field": "high"},
        "color": field("c", "nominal", scale=None, legend=None),
        "tooltip": field("tip", "nominal"),
        "description": field("tip", "nominal"),
    }
    yield layer("rect", encoding, data, stroke=palette.BACKGROUND, strokeWidth=1)
    text = {
        "x": grammar.time("m", domain),
        "y": field("y", scale=scale, axis=None),
        "text": field("n", "nominal"),
        "color": field("ink", "nominal", scale=None, legend=None),
    }
    yield layer("text", text, data, fontSize=size.small, baseline="middle", align="center")


def _of_row(row: Row, line: Line, wide: float, size: Size, least: timedelta) -> Iterator[dict[str, Any]]:
    stood = {point.at: point for point in line.points}
    for at, shot in enumerate(row.panel.shots):
        point = stood.get(at)
        if point is None and not shot.complete:
            continue
        until = _until(row.panel, at, least)
        rank = point.entry.rank if point else None
        number = str(rank) if rank is not None else "–"
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
            "ink": palette.INK if rank is None else palette.ON_STEPS[palette.contrast(colour) <= 4.5],
            "n": number if fits else "",
            "tip": f"{line.name}, {headline.ordinal(rank) if rank else 'not listed'} on {shot.time:%Y-%m-%d}",
        }


def _colour(rank: int | None) -> str:
    if rank is None:
        return _ABSENT
    return next(colour for (top, _), colour in zip(BUCKETS, palette.STEPS, strict=True) if rank <= top)


def _key(frame: Frame, size: Size, y: float) -> Iterator[Spec | Words]:
    wide = sum(33 + fonts.width(name, size.small) for _, name in BUCKETS)
    at = 0.0 if wide <= frame.width else -frame.left
    for (_, name), colour in zip(BUCKETS, palette.STEPS, strict=True):
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
        y = row.at * step + 5 + (4 if heading else 0)
        yield Words([text], -frame.left, y, size.text, bold=heading, colour=colour)
