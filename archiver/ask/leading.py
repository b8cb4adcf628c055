"""Who was first on a board, in turn or the longest: asked of everyone, and answered by SQL."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..answers.sql import literal
from .asked import Asked
from .bounds import between

UNBROKEN = {"streak", "longest", "current", "reign"}
"""How long without a break: each time, the longest, the one that lasts, those of the first place."""
_LEADERS = re.compile(r"\b(?:leaders|лидер(?:ы|ов|ами|ах))\b")
"""Several, in turn."""


def has_top(asked: Asked) -> bool:
    """Whether first places are asked about: of how many, or the first alone."""
    return asked.top is not None or bool(asked.said & {"first", "reign"})


def is_leaders(asked: Asked) -> bool:
    """`Who led the arena since 2024` asks for all who did in turn, `who led in March` for one snapshot."""
    if not asked.places or asked.among or asked.place or asked.top not in {None, 1}:
        return False
    if "leaders" in asked.said or asked.said >= {"first", "times"}:
        return True
    long = asked.when.role in {"since", "between"} or bool(asked.said & {"always", "week", "month"})
    return long and bool("first" in asked.said or _LEADERS.search(asked.text.norm))


def leaders(asked: Asked) -> list[str]:
    """Of each new leader the day, who led before, and whether surely ahead of them."""
    told = "".join(f", {name} := '{day}'" for name, day in _bounds(asked))
    columns = "time, called AS leader, other AS before, beyond_noise"
    events = f"rank_events({literal(asked.board())}{told})"
    return ["sql", f"SELECT {columns} FROM {events} WHERE event = 'leader' ORDER BY ALL"]  # noqa: S608  # literals are quoted


def is_reigns(asked: Asked, people: Sequence[str], among: str) -> bool:
    """`Who was first the longest` asks of everyone who was, of one board."""
    alone = not people and not among and not asked.among and not asked.place and len(asked.places) == 1
    return alone and has_top(asked) and bool(asked.said & {"most_days", "longest", "reign"})


def reigns(asked: Asked) -> list[str]:
    """Of each organisation that was in the top its days there, and the longest of its streaks."""
    board, top = literal(asked.board()), asked.top or 1
    theirs = f"SELECT list(DISTINCT organization) FROM rankings WHERE board = {board} AND rank <= {top}"  # noqa: S608  # literals are quoted
    told = "".join(f", {name} := '{day}'" for name, day in _bounds(asked))
    streaks = f"streaks(({theirs}), boards := {board}, top := {top}{told})"
    columns = "who, sum(days_shown) AS days, max(days) AS longest, min(since) AS since, max(until) AS until"
    by = "longest" if asked.said & UNBROKEN else "days"
    return ["sql", f"SELECT {columns} FROM {streaks} GROUP BY who ORDER BY {by} DESC, who"]  # noqa: S608  # literals are quoted


def _bounds(asked: Asked) -> Iterator[tuple[str, str]]:
    """As arguments of a macro."""
    said = between(asked.when)
    return ((name.removeprefix("--"), day) for name, day in zip(said[::2], said[1::2], strict=True))
