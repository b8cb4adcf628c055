"""One Vega-Lite grammar for every picture: a frame with room for its words, and layers to put into it.

Nothing is left to automatic layout: text is measured here (see `fonts`), and every place is a number, so that
the same picture comes out wherever it is drawn. Times are milliseconds of UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, pairwise
from typing import Any, NamedTuple

from ..texts import Texts
from . import fonts, palette

Spec = dict[str, Any]

MARGIN = 20
_LINES = 3
"""Of a headline; it is more than a headline with more."""
_SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


@dataclass(frozen=True)
class Frame:
    """The plot of one panel and the room around it, in pixels."""

    width: float
    height: float
    left: float
    right: float


@dataclass(frozen=True)
class Size:
    """Of the whole picture: its width, and how large its words are."""

    width: int

    @property
    def narrow(self) -> bool:
        return self.width < 560

    @property
    def title(self) -> int:
        return 19 if self.narrow else 24 if self.width < 1300 else 30

    @property
    def text(self) -> int:
        return 12 if self.narrow else 13 if self.width < 1300 else 16

    @property
    def small(self) -> int:
        return self.text - 1 if self.narrow else self.text - 2

    @property
    def axis(self) -> int:
        """Room under a plot for two lines of small words."""
        return 11 + 3 * self.small


def millis(time: datetime) -> int:
    """Milliseconds since 1970 of a time in UTC, with a zone or without."""
    aware = time if time.tzinfo else time.replace(tzinfo=UTC)
    return int(aware.timestamp() * 1000)


def field(name: str, kind: str = "quantitative", **more: Any) -> Spec:
    return {"field": name, "type": kind, **more}


def time(name: str, domain: tuple[int, int], **more: Any) -> Spec:
    """A real time axis, in UTC."""
    return field(name, "temporal", scale={"type": "utc", "domain": list(domain), "nice": False}, **more)


def number(say: Texts) -> str:
    """A mark of an axis as the labels write figures, as an expression of Vega; tokens by the billion in SI
    prefixes, for which there is room."""
    form = "abs(datum.value) < 1e5 ? '.12~g' : '.4~s'"
    return f"replace(format(datum.value, {form}), '.', '{say.words['point']}')"


def layer(mark: str, encoding: Spec, values: Sequence[Mapping[str, Any]] | None = None, **look: Any) -> Spec:
    """One layer. values: its rows; None for a mark at fixed places.

    What has neither words nor a description is hidden from screen readers.
    """
    rows = [{}] if values is None else list(values)
    if mark != "text" and "description" not in encoding:
        look.setdefault("aria", False)
    return {"data": {"values": rows}, "mark": {"type": mark, **look}, "encoding": encoding}


class Words(NamedTuple):
    """Lines of text whose first has its top at y, from x on to the right; both from the plot's corner."""

    lines: Sequence[str]
    x: float
    y: float
    size: float
    bold: bool = False
    colour: str = palette.INK
    halo: bool = False
    """On a wide white edge, to stay legible over lines."""


def written(several: Sequence[Words]) -> Spec:
    """One layer for words, however many: a layer each would cost the renderer half a second."""
    rows = [
        {
            "x": round(each.x, 2),
            "y": round(each.y, 2),
            "text": each.lines[0] if len(each.lines) == 1 else list(each.lines),
            "size": each.size,
            "weight": fonts.WEIGHTS[each.bold],
            "ink": palette.BACKGROUND if under else each.colour,
            "edge": 4 if under else 0,
        }
        for each in several
        for under in ([True, False] if each.halo else [False])
    ]
    encoding: Spec = {
        "x": field("x", scale=None),
        "y": field("y", scale=None),
        "text": field("text", "nominal"),
        "color": field("ink", "nominal", scale=None, legend=None),
    }
    look: Spec = {
        "fontSize": {"expr": "datum.size"},
        "fontWeight": {"expr": "datum.weight"},
        "lineHeight": {"expr": "round(datum.size * 1.32)"},
        "stroke": palette.BACKGROUND,
        "strokeWidth": {"expr": "datum.edge"},
        "strokeJoin": "round",
    }
    return layer("text", encoding, rows, align="left", baseline="top", **look)


def lines(spec: Spec) -> Iterator[tuple[str, int]]:
    """Each line of words that a picture has beside its axes, with its weight."""
    for plot in spec.get("vconcat", [spec]):
        for part in plot["layer"]:
            if part["mark"]["type"] != "text":
                continue
            words = part["encoding"]["text"]["field"]
            for row in part["data"]["values"]:
                several = row[words] if isinstance(row[words], list) else [row[words]]
                yield from ((line, row.get("weight", fonts.WEIGHTS[0])) for line in several)


def drawn(layers: Iterable[Spec | Words]) -> Iterator[Spec]:
    """The layers in their order, neighbouring words in one."""
    for worded, group in groupby(layers, key=lambda each: isinstance(each, Words)):
        if worded:
            yield written([each for each in group if isinstance(each, Words)])
        else:
            yield from (each for each in group if not isinstance(each, Words))


def line_height(size: float) -> int:
    return round(size * 1.32)


@dataclass(frozen=True)
class Block:
    """Words above or below a plot, wrapped, and how tall they are."""

    layers: list[Words]
    height: float


def header(headline: str, subtitle: str, frame: Frame, size: Size, *, part: str = "") -> Block:
    """Headline and subtitle, to stand above a plot. part: the name of this panel, of several."""
    room = frame.left + frame.width + frame.right
    stack: list[tuple[list[str], int, bool, str]] = []
    if headline:
        title, letters = _titled(headline, room, size)
        stack.append((title, letters, True, palette.INK))
    if part:
        stack.append(
            (fonts.wrapped(part, room, size.text + 2, fonts.WEIGHTS[1]), size.text + 2, True, palette.INK)
        )
    stack.append((fonts.wrapped(subtitle, room, size.text), size.text, False, palette.SOFT))
    heights = [len(lines) * line_height(text) for lines, text, *_ in stack]
    between = 14 if part else 6
    air = [between if at == 0 and headline else 2 for at in range(len(stack) - 1)]
    height = sum(heights) + sum(air) + 20
    layers: list[Words] = []
    y = -height
    for (lines, text, bold, colour), tall, gap in zip(stack, heights, [*air, 20], strict=True):
        layers.append(Words(lines, -frame.left, y, text, bold, colour))
        y += tall + gap
    return Block(layers, height)


def _titled(headline: str, room: float, size: Size) -> tuple[list[str], int]:
    """The lines of a headline, and how large they are: smaller where they would be many."""
    for letters in range(size.title, size.text + 1, -1):
        lines = fonts.balanced(headline, room, letters, fonts.WEIGHTS[1])
        if len(lines) <= _LINES:
            break
    return lines, letters


def footer(text: str, frame: Frame, size: Size, below: float) -> Block:
    """The source, under the axis of the last plot; below: the room that the axis takes."""
    room = frame.left + frame.width + frame.right
    lines = fonts.balanced(text, room, size.small)
    height = len(lines) * line_height(size.small)
    block = Words(lines, -frame.left, frame.height + below, size.small, colour=palette.FAINT)
    return Block([block], below + height)


@dataclass(frozen=True)
class Part:
    """A finished panel: its layers, and the room that its words take above and below the plot."""

    frame: Frame
    layers: list[Spec | Words]
    above: float
    below: float


def composed(parts: Sequence[Part], size: Size, described: str) -> Spec:
    """The whole picture: its panels under each other.

    described: what a screen reader says of it.
    """
    plots = [
        {
            "width": part.frame.width,
            "height": part.frame.height,
            "layer": list(drawn(part.layers)),
            "view": {"stroke": None},
        }
        for part in parts
    ]
    gaps = [before.below + after.above for before, after in pairwise(parts)]
    first, last = parts[0], parts[-1]
    height = first.above + sum(part.frame.height for part in parts) + sum(gaps) + last.below
    body: Spec = plots[0]
    if len(plots) > 1:
        height += max(gaps) * len(gaps) - sum(gaps)
        inner = {
            "width": max(part.frame.width for part in parts),
            "height": height - first.above - last.below,
        }
        sides = [{"name": name, "value": value} for name, value in inner.items()]
        body = {"vconcat": plots, "spacing": max(gaps), "bounds": "flush", "params": sides}
    return {
        "$schema": _SCHEMA,
        "description": described,
        "usermeta": {"width": size.width, "height": round(height + 2 * MARGIN)},
        "autosize": {"type": "none"},
        "padding": {
            "left": MARGIN + first.frame.left,
            "right": MARGIN + first.frame.right,
            "top": MARGIN + first.above,
            "bottom": MARGIN + last.below,
        },
        "background": palette.BACKGROUND,
        **body,
        "config": _config(size),
    }


def _config(size: Size) -> Spec:
    axis = {
        "labelFont": fonts.STACK,
        "titleFont": fonts.STACK,
        "labelFontSize": size.small,
        "titleFontSize": size.small,
        "labelColor": palette.SOFT,
        "titleColor": palette.SOFT,
        "titleFontWeight": fonts.WEIGHTS[0],
        "gridColor": palette.GRID,
        "domainColor": palette.CONTEXT,
        "tickColor": palette.CONTEXT,
    }
    return {"font": fonts.STACK, "text": {"font": fonts.STACK}, "axis": axis, "view": {"stroke": None}}
