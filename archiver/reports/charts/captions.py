"""The lines under a headline and under a picture: what is shown, how to read it, and whose data it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from ...answers.pictured import Shot
from ..texts import Texts
from .headline import Value, set_of
from .series import Panel


def subtitle(panel: Panel, say: Texts, *, band: str = "", value: Value = "rank", titled: bool = False) -> str:
    """Board, dates and snapshots, then what must be known to read the lines.

    titled: the board's title stands above already.
    """
    published, shots = panel.publication, panel.shots
    once = "once" if len(shots) == 1 else "over"
    parts = [
        say(
            f"picture.{value}_{once}",
            name=published.board if titled else named(panel, say),
            metric=published.metric,
            snapshots=say.count("snapshot", len(shots)),
            first=_day(shots[0].time),
            last=_day(shots[-1].time),
        )
    ]
    if partial := excerpts(shots, say):
        parts.append(partial)
    if panel.among:
        parts.append(among(panel, say))
    elif value == "rank" and published.rank_kind in _KINDS:
        parts.append(say(f"picture.{_KINDS[published.rank_kind]}"))
    if band:
        parts.append(band)
    if panel.broken and panel.gap:
        parts.append(say("picture.broken_gap", days=panel.gap.days))
    elif panel.broken:
        parts.append(say("picture.broken"))
    if value == "score" and (bare := len(shots) - len(_scored(panel))):
        parts.append(say("picture.unscored", snapshots=say.count("snapshot", bare)))
    for metric, number in panel.otherwise.items():
        parts.append(say("picture.otherwise", metric=metric, snapshots=say.count("snapshot", number)))
    if panel.missing and (panel.lines or (titled and any(shot.complete for shot in shots))):
        parts.append(not_listed(panel, say))
    if titled and not (panel.lines or panel.missing or panel.elsewhere):
        parts.append(say("picture.unranked"))
    if panel.countries:
        parts.append(coloured([panel], say))
    if panel.left:
        parts.append(say("picture.left_grey", models=say.count("other", panel.left)))
    return " ".join(parts)


def _scored(panel: Panel) -> set[int]:
    """The snapshots in which anyone has a score."""
    points = (point for line in (*panel.lines, *panel.context) for point in line.points)
    return {point.at for point in points if point.entry.score is not None}


_KINDS = {"by-score": "by_score", "published-ties": "published_ties"}
"""Kinds of rank of which something must be said."""


def named(panel: Panel, say: Texts) -> str:
    """A board by its title and its name; by its name alone where that begins with the title."""
    title, board = panel.publication.title, panel.publication.board
    return board if board.startswith(title) else say("picture.named", title=title, board=board)


def among(panel: Panel, say: Texts) -> str:
    """In which set places are counted."""
    return say("picture.among", set=set_of(panel, say))


def excerpts(shots: Sequence[Shot], say: Texts) -> str:
    """How many snapshots are only a part of the board; nothing where none is."""
    partial = sum(not shot.complete for shot in shots)
    return say("picture.excerpts", snapshots=say.count("snapshot", partial)) if partial else ""


def not_listed(panel: Panel, say: Texts) -> str:
    """Who is not there, of those asked for. An excerpt proves nobody absent."""
    key = "picture.not_listed" if any(shot.complete for shot in panel.shots) else "picture.not_in_excerpt"
    return say(key, who=say.listed(panel.missing))


def coloured(panels: Sequence[Panel], say: Texts, key: Literal["in_colour", "in_rows"] = "in_colour") -> str:
    """Whose models those in colour are, or in rows: where a country was asked for, none is called by it."""
    countries = dict.fromkeys(name for panel in panels for name in panel.countries)
    return say(f"picture.{key}", models=say.listed([say.models_of(name) for name in countries]))


def source(panels: Sequence[Panel], say: Texts) -> str:
    """Whose data it is, under which licence; before that, how much is not drawn."""
    said = []
    for panel in panels:
        text = panel.publication.attribution
        if panel.publication.license not in {"not stated", ""} and panel.publication.license not in text:
            text += f", {panel.publication.license}"
        said.append(text)
    named = say("picture.source", sources="; ".join(dict.fromkeys(said)))
    if left_out := panels[0].left_out:
        named = f"{say('picture.left_out', drawn=len(panels), of=len(panels) + len(left_out))} {named}"
    return named


def _day(time: datetime) -> str:
    return f"{time:%Y-%m-%d}"
