"""Whose order turned, and how two boards agree in theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from math import sqrt
from typing import NamedTuple

from .states import Asked, Line, Shot, World, on_boards


class Turn(NamedTuple):
    shot: Shot
    winner: Line
    loser: Line
    before: datetime


def overtakes(
    world: World, asked: Sequence[Asked], *, each: bool, variant: str | None = None
) -> Iterator[Turn]:
    """With one name: theirs and every other model; with several: among those asked for.

    variant: of theirs only entries in whose setting this text stands; an empty text: only those without one.
    """
    for board in on_boards(world, asked):
        last: dict[object, tuple[bool, datetime]] = {}
        for shot in world.one_a_time(board):
            for key, mine, theirs in _meetings(world, shot, asked, each=each, variant=variant):
                if mine.rank == theirs.rank:
                    continue
                ahead = (mine.rank or 0) < (theirs.rank or 0)
                if key in last and last[key][0] != ahead:
                    yield Turn(shot, *((mine, theirs) if ahead else (theirs, mine)), last[key][1])
                last[key] = (ahead, shot.time)


def _meetings(
    world: World, shot: Shot, asked: Sequence[Asked], *, each: bool, variant: str | None
) -> Iterator[tuple[object, Line, Line]]:
    ranked = [line for line in world.contents[shot.content] if line.rank is not None]
    ranked.sort(key=lambda line: line.order)

    def unit(line: Line) -> tuple[str, str]:
        return world.model(shot.board, line), line.variant or ""

    def meant(line: Line) -> bool:
        setting = (line.variant or "").lower()
        return variant is None or (variant.lower() in setting if variant else not setting)

    def units(who: int) -> dict[object, Line]:
        """The best line of each unit of one who is asked for; None: of everyone else."""
        found: dict[object, Line] = {}
        for line in ranked:
            theirs = [
                place for place, (_, is_one) in enumerate(asked) if is_one(world.known(shot.board, line))
            ]
            if (who in theirs and meant(line)) if who >= 0 else not theirs:
                found.setdefault((who, unit(line) if each or who < 0 else ""), line)
        return found

    places = [place for place, _ in enumerate(asked)]
    against = [(0, -1)] if len(places) == 1 else [(a, b) for a in places for b in places if a < b]
    for one, other in against:
        for mine_key, mine in units(one).items():
            for their_key, theirs in units(other).items():
                yield (mine_key, their_key), mine, theirs


def agreement(world: World, one: Shot, other: Shot) -> tuple[int, float | None, float | None]:
    """Shared models, Spearman's rho, Kendall's tau-b."""

    def best(shot: Shot) -> dict[str, int]:
        found: dict[str, int] = {}
        for line in world.contents[shot.content]:
            if line.rank is not None:
                model = world.model(shot.board, line)
                found[model] = min(found.get(model, line.rank), line.rank)
        return found

    a, b = best(one), best(other)
    shared = sorted(a.keys() & b.keys())

    def ranks(of: dict[str, int]) -> list[float]:
        values = [of[model] for model in shared]
        return [sum(v < x for v in values) + (sum(v == x for v in values) + 1) / 2 for x in values]

    x, y = ranks(a), ranks(b)
    middle = (len(shared) + 1) / 2
    both = sum((p - middle) * (q - middle) for p, q in zip(x, y, strict=True))
    spread = sum((p - middle) ** 2 for p in x) * sum((q - middle) ** 2 for q in y)
    turns = [
        ((x[i] > x[j]) - (x[i] < x[j]), (y[i] > y[j]) - (y[i] < y[j]))
        for i in range(len(x))
        for j in range(i)
    ]
    untied = sum(p != 0 for p, _ in turns) * sum(q != 0 for _, q in turns)
    return (
        len(shared),
        both / sqrt(spread) if spread else None,
        sum(p * q for p, q in turns) / sqrt(untied) if untied else None,
    )
