"""Boards over time: rank 1 on top, or scores. Coloured lines over grey context, labels at their ends."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

from ..texts import Texts
from . import captions, endings, fonts, grammar, palette, strokes, ticks
from .grammar import Block, Frame, Part, Size, Spec, Words, layer, millis
from .headline import Value
from .plot import Plot
from .series import Panel

_AWAY = 4
"""From a plot to its axis, in pixels."""
_BETWEEN = 22
"""Room between panels."""


def parts(panels: Sequence[Panel], size: Size, value: Value, say: Texts, *, title: str) -> list[Part]:
    """Panels under each other. title: the headline, over the first; the source stands under the last."""
    several = len(panels) > 1
    plots = [Plot.of(panel, size, value, say, several=several) for panel in panels]
    labelled = [(plot, endings.labels(plot)) for plot in plots]
    marks = [str(mark) for plot in plots for mark in plot.named or ("0000.0",)]
    left = ceil(14 + max(fonts.width(mark, size.small) for mark in marks))
    right = ceil(22 + max((endings.wide(label, size) for _, mine in labelled for label in mine), default=40))
    across = size.width - 2 * grammar.MARGIN - left - right
    done = []
    for plot, labels in labelled:
        frame = Frame(across, plot.height, left, right)
        head = _header(plot, frame, title if plot is plots[0] else "", several=several)
        foot = Block([], size.axis + _AWAY + _BETWEEN)
        if plot is plots[-1]:
            foot = grammar.footer(captions.source(panels, say), frame, size, size.axis + _AWAY)
        layers = [*_drawn(plot, labels, frame), *head.layers, *foot.layers]
        done.append(Part(frame, layers, head.height, foot.height))
    return done


def _drawn(plot: Plot, labels: Sequence[endings.Label], frame: Frame) -> list[Spec | Words]:
    shaded = strokes.banded(plot)
    return [
        _axes(plot, frame),
        *strokes.context(plot),
        *(strokes.band(plot, shaded) if shaded else ()),
        *strokes.coloured(plot),
        *endings.changes(plot, frame),
        *endings.words(plot, labels, frame),
    ]


def _header(plot: Plot, frame: Frame, title: str, *, several: bool) -> Block:
    said = strokes.said(strokes.banded(plot), plot)
    subtitle = captions.subtitle(plot.panel, plot.say, band=said, value=plot.value, titled=several)
    if not several:
        return grammar.header(title, subtitle, frame, plot.size)
    return grammar.header(title, subtitle, frame, plot.size, part=plot.panel.publication.title)


def _axes(plot: Plot, frame: Frame) -> Spec:
    """Both axes, and a small mark under each snapshot: that is where the lines are known."""
    look: dict[str, Any] = {"title": None, "domain": False, "ticks": False, "labelPadding": 10}
    look["labelOverlap"] = False
    if plot.named is None:
        look |= {"tickCount": max(3, round(plot.height / 60)), "labelExpr": grammar.number(plot.say)}
    else:
        look |= {"values": plot.named, "format": "d", "tickCount": len(plot.named)}  # else some are left out
    shots = plot.panel.shots
    dates = ticks.dates(shots[0].time, shots[-1].time, frame.width, plot.say)
    encoding = {"x": grammar.time("t", plot.times, axis=dates), "y": plot.down("v", axis=look)}
    rows = [{"t": millis(shot.time), "v": plot.bottom} for shot in shots]
    style: dict[str, Any] = {"orient": "vertical", "size": 7, "thickness": 1, "yOffset": 4, "aria": False}
    return layer("tick", encoding, rows, color=palette.CONTEXT, **style)
