"""What changed from one snapshot to another, and whether beyond noise."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from .states import Asked, Line, Shot, World

Sides = tuple[float, float]
"""An interval, its good end up."""


def good_side(low: float | None, high: float | None, *, higher: bool) -> tuple[float | None, float | None]:
    if higher:
        return low, high
    return None if high is None else -high, None if low is None else -low


def scored(line: Line, *, higher: bool) -> Sides | None:
    low, high = good_side(*line.interval, higher=higher)
    return None if low is None or high is None else (low, high)


def printed(line: Line) -> Sides | None:
    low, high = good_side(*line.spread, higher=False)
    return None if low is None or high is None else (low, high)


def surely_ahead(one: Line, other: Line, *, higher: bool) -> tuple[bool | None, str]:
    """The two ends that face each other decide."""
    for rule, mine, theirs in (
        (
            "score intervals",
            good_side(*one.interval, higher=higher),
            good_side(*other.interval, higher=higher),
        ),
        ("printed spreads", good_side(*one.spread, higher=False), good_side(*other.spread, higher=False)),
    ):
        if mine[0] is not None and theirs[1] is not None:
            return mine[0] > theirs[1], rule
    return None, "no interval"


def places_allowed(lines: Iterable[Line], *, higher: bool) -> dict[int, tuple[int, int]]:
    """Position → the places that the score intervals allow."""
    ranked = {line.position: scored(line, higher=higher) for line in lines if line.rank is not None}
    sound = [side for side in ranked.values() if side and side[0] <= side[1]]
    if len(sound) < len(ranked) or not any(low < high for low, high in sound):
        return {}
    return {
        position: (
            1 + sum(other[0] > side[1] for other in sound),
            len(sound) - sum(other[1] < side[0] for other in sound),
        )
        for position, side in ranked.items()
        if side
    }


class Pair(NamedTuple):
    """An entry of two snapshots, of one of them, or found again."""

    old: Line | None
    new: Line | None
    change_shared: int | None = None
    beyond: bool | None = None
    passed: int | None = None
    noise: str | None = None


def found_again(world: World, old: Shot, new: Shot, fold: Callable[[str], str]) -> list[Pair]:
    """By name; else by its name in another spelling, then by its model, where one is left on each side."""

    def counted(shot: Shot) -> dict[object, Line]:
        seen: Counter[object] = Counter()
        found: dict[object, Line] = {}
        for line in sorted(world.contents[shot.content], key=lambda line: line.position):
            name = (line.listed, line.variant or "")
            seen[name] += 1
            found[name, seen[name]] = line
        return found

    before, after = counted(old), counted(new)
    pairs = [Pair(before[key], after[key]) for key in before.keys() & after.keys()]
    left = [line for key, line in before.items() if key not in after]
    came = [line for key, line in after.items() if key not in before]
    for means in (lambda line: fold(line.listed), lambda line: world.model(new.board, line)):
        sides: dict[object, tuple[list[Line], list[Line]]] = defaultdict(lambda: ([], []))
        for side, lines in enumerate((left, came)):
            for line in lines:
                sides[means(line), line.variant or ""][side].append(line)
        for gone, new_ones in sides.values():
            if len(gone) == len(new_ones) == 1:
                pairs.append(Pair(gone[0], new_ones[0]))
                left.remove(gone[0])
                came.remove(new_ones[0])
    return [*pairs, *(Pair(line, None) for line in left), *(Pair(None, line) for line in came)]


def compared(world: World, old: Shot, new: Shot, fold: Callable[[str], str]) -> list[Pair]:
    """With the rule of noise."""
    higher = world.higher[new.board]
    pairs = found_again(world, old, new, fold)
    shared = [p for p in pairs if p.old and p.new and p.old.rank is not None and p.new.rank is not None]
    both = [line for pair in shared for line in (pair.old, pair.new) if line]
    rule, side = "no interval", printed
    if _tells([scored(line, higher=higher) for line in both]) and all(
        any(low < high for low, high in filter(None, (scored(line, higher=higher) for line in one if line)))
        for one in ([pair.old for pair in shared], [pair.new for pair in shared])
    ):
        rule, side = "score intervals", lambda line: scored(line, higher=higher)
    elif _tells([printed(line) for line in both]):
        rule = "printed spreads"
    return [
        _judged(pair, shared, rule, side) if pair in shared and pair.old and pair.new else pair
        for pair in pairs
    ]


def _tells(sides: list[Sides | None]) -> bool:
    return bool(sides) and all(side is not None and side[0] <= side[1] for side in sides)


def _judged(pair: Pair, shared: list[Pair], rule: str, side: Callable[[Line], Sides | None]) -> Pair:
    def place(which: str, line: Line | None) -> int:
        return sum(getattr(other, which).rank < line.rank for other in shared if line)

    up = place("old", pair.old) - place("new", pair.new)
    if rule == "no interval":
        return pair._replace(change_shared=up, noise=rule)

    def order(which: str, other: Pair) -> int:
        """1: surely ahead of the other, -1: surely behind, 0: nobody can say."""
        mine, theirs = side(getattr(pair, which)), side(getattr(other, which))
        if not mine or not theirs:
            return 0
        return int(mine[0] > theirs[1]) - int(mine[1] < theirs[0])

    change = (pair.old.rank or 0) - (pair.new.rank or 0) if pair.old and pair.new else 0
    turn = 1 if change > 0 and up > 0 else -1 if change < 0 and up < 0 else 0
    passed = sum(turn != 0 and order("old", one) == -turn and order("new", one) == turn for one in shared)
    return pair._replace(change_shared=up, noise=rule, passed=passed, beyond=passed > 0)


def among(world: World, member: Asked) -> World:
    """The boards with the members of a set alone, placed among themselves."""
    contents: dict[int, list[Line]] = {}
    for shot in world.shots:
        lines = [line for line in world.contents[shot.content] if member[1](world.known(shot.board, line))]
        ranks = [line.rank for line in lines if line.rank is not None]
        contents[shot.content] = [
            replace(line, rank=1 + sum(rank < line.rank for rank in ranks)) if line.rank is not None else line
            for line in lines
        ]
    shots = [
        replace(shot, of=sum(line.competitor for line in contents[shot.content]) if shot.complete else None)
        for shot in world.shots
    ]
    return World(world.higher, world.names, contents, shots)


def status(pair: Pair) -> str:
    if pair.old is None or pair.new is None:
        return "entered" if pair.old is None else "left"
    return "same" if pair.old.rank == pair.new.rank else "moved"


def steps(world: World, board: str) -> Iterator[tuple[Shot, Shot]]:
    """The complete snapshots of a board, each beside the one before it, where they say something else."""
    for old, new in pairwise(world.one_a_time(board, whole=True)):
        if old.content != new.content:
            yield old, new


def events(world: World, board: str, fold: Callable[[str], str]) -> Iterator[tuple[Shot, str, Pair]]:
    for old, new in steps(world, board):
        for pair in compared(world, old, new, fold):
            if not (pair.new or pair.old or pair).competitor:  # type: ignore[union-attr]  # one of them is there
                continue
            if pair.new and pair.new.rank == 1 and not (pair.old and pair.old.rank == 1):
                yield new, "leader", pair
            if status(pair) != "same":
                yield new, status(pair), pair
            if pair.old and pair.new and pair.old.listed != pair.new.listed:
                yield new, "renamed", pair
