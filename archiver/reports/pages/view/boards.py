"""A board as a table, at one of the snapshots that a page carries."""

from __future__ import annotations

from collections.abc import Sequence

from ... import figures
from ...texts import Texts
from ..content import Part
from ..states import ABSENT, FIGURES, States
from .cells import Cell, Column, Table
from .standings import moved

NUMBERS = frozenset({"rank", "score", "interval", "spread"})
"""Columns of a board that are figures."""


def columns(states: States) -> list[str]:
    """The columns of a board's table: those of whose figures anything is known."""
    known = states.known
    return [
        *("rank", "change", "model", "organization", "score"),
        *(["interval"] if "above" in known else []),
        *(["spread"] if "best" in known else []),
    ]


def board(part: Part, say: Texts) -> Table:
    """A board as its newest snapshot has it; a column that only older ones fill is empty."""
    states, names = part.states, columns(part.states)
    last = len(states.shots) - 1
    rows = [_row(states, model, last, say, names) for model in states.listed(last)]
    return Table([Column(say(f"board.{name}"), name in NUMBERS) for name in names], rows)


def status(part: Part, say: Texts, most: int | None = None) -> str:
    """Of when a board's table is, and how many it shows: `most`, or all."""
    shot = part.states.shots[-1]
    total = len(part.states.listed(len(part.states.shots) - 1))
    shown = total if most is None else min(most, total)
    key = "board.status" if shot.complete else "board.status_excerpt"
    return say(key, date=figures.day(shot.time), shown=shown, total=total)


def thinned(part: Part, say: Texts) -> list[str]:
    """How many of its snapshots a page carries, where it does not carry all: between them a change may be
    longer than the archive's own snapshots tell."""
    carried, left_out = len(part.states.shots), part.states.left_out
    if not left_out:
        return []
    return [say("board.thinned", carried=say.number(carried), all=say.number(carried + left_out))]


def compared(part: Part, say: Texts) -> list[str]:
    """Since when the changes of a board's table are, where it has any."""
    shots = part.states.shots
    changes = columns(part.states).index("change")
    if len(shots) < 2 or not any(row[changes].text for row in board(part, say).rows):
        return []
    return [say("board.compared", date=figures.day(shots[-2].time))]


def _row(states: States, model: int, shot: int, say: Texts, names: Sequence[str]) -> list[Cell]:
    named = states.models[model]
    rank, score, above, below, best, worst = (states.at(name, model, shot) for name in FIGURES)
    cells = {
        "rank": Cell(str(rank) if rank else "–"),
        "change": _since_before(states, model, shot, say),
        "model": Cell(named.name, who=named.watched),
        "organization": Cell(named.organization),
        "score": Cell(scaled(score, states.digits, say)),
        "interval": Cell(interval(above, below, states.digits, say)),
        "spread": Cell(figures.spread(best, worst)),
    }
    return [cells[name] for name in names]


def _since_before(states: States, model: int, shot: int, say: Texts) -> Cell:
    """Places up or down since the snapshot before; who is not in an excerpt is not new after it."""
    if shot == 0:
        return Cell("")
    rank, before = states.at("rank", model, shot), states.at("rank", model, shot - 1)
    if before in {None, ABSENT}:
        return Cell(say("standing.new"), "new") if states.shots[shot - 1].complete else Cell("")
    if not rank or not before or rank == before:
        return Cell("")
    seen = moved(before - rank, say)
    return Cell(str(abs(before - rank)), seen.tone, aloud=seen.text)


def scaled(value: int | None, digits: int, say: Texts) -> str:
    """A whole number of a score's last digits, as a score."""
    return "" if value is None else say.figure(f"{value / 10**digits:.{digits}f}")


def interval(above: int | None, below: int | None, digits: int, say: Texts) -> str:
    """`±4`, `+5 −4`."""
    if above is None or below is None:
        return ""
    up, down = scaled(above, digits, say), scaled(below, digits, say)
    return f"±{up}" if up == down else f"+{up} −{down}"
