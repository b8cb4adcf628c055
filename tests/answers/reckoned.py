"""The questions once more, reckoned in plain Python from what is said of them: slow, short, and no SQL.

`test_reckoned.py` puts both to the same made-up boards. A rule is written here as a reader of the README and
of the macros' comments understands it; where the two differ, one of them is wrong.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from math import inf, sqrt
from statistics import median
from typing import Any, NamedTuple

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Line:
    """One line of a board, as listed."""

    position: int
    listed: str
    maker: str | None
    variant: str | None
    rank: int | None
    spread: tuple[int | None, int | None]
    score: float | None
    interval: tuple[float | None, float | None]
    competitor: bool

    @property
    def order(self) -> tuple[float, int]:
        return (inf if self.rank is None else self.rank, self.position)


@dataclass(frozen=True)
class Shot:
    """One snapshot."""

    id: str
    board: str
    time: datetime
    captured: datetime
    last_seen: datetime
    complete: bool
    preferred: bool
    held: bool
    of: int | None
    content: int

    @property
    def last_first(self) -> tuple[float, str]:
        return (-self.captured.timestamp(), self.id)


class Known(NamedTuple):
    """What the registry says of a name as listed."""

    model: str | None
    family: str | None
    organization: str | None
    country: str | None


@dataclass
class World:
    """Boards with all their states."""

    higher: dict[str, bool]
    names: dict[tuple[str, str, str | None], Known]
    contents: dict[int, list[Line]] = field(default_factory=dict)
    shots: list[Shot] = field(default_factory=list)

    def known(self, board: str, line: Line) -> Known:
        return self.names[board.split("/")[0], line.listed, line.maker]

    def model(self, board: str, line: Line) -> str:
        return self.known(board, line).model or line.listed

    def of(self, board: str) -> list[Shot]:
        """The snapshots of a board that answers use, in their order."""
        found = [shot for shot in self.shots if shot.board == board and shot.preferred]
        return sorted(found, key=lambda shot: (shot.time, shot.captured, shot.id))

    def one_a_time(self, board: str, until: datetime | None = None, *, whole: bool = False) -> list[Shot]:
        """Of several for one time the complete one, then the one captured last."""
        usable = [
            shot
            for shot in self.of(board)
            if (until is None or shot.time <= until) and (shot.complete or not whole)
        ]
        return [
            min(same, key=lambda shot: (not shot.complete, shot.last_first))
            for _, same in groupby(usable, key=lambda shot: shot.time)
        ]

    def at(self, board: str, time: datetime, *, whole: bool = False) -> Shot | None:
        """The last snapshot by a time; of several for it, the one captured last."""
        then = [shot for shot in self.of(board) if shot.time <= time and (shot.complete or not whole)]
        return min(then, key=lambda shot: (-shot.time.timestamp(), shot.last_first), default=None)


Asked = tuple[str, Callable[[Known], bool]]
"""Whom a word means: how answers call them, and which names are theirs."""


# ---- history ----------------------------------------------------------------------------------------------


def on_boards(world: World, asked: Sequence[Asked]) -> list[str]:
    """The boards on which anyone asked for was ever listed."""
    return sorted(
        {
            shot.board
            for shot in world.shots
            for line in world.contents[shot.content]
            if any(theirs(world.known(shot.board, line)) for _, theirs in asked)
        }
    )


def history(
    world: World, asked: Sequence[Asked], since: datetime | None, until: datetime | None, *, each: bool
) -> Iterator[tuple[Shot, str, Line | None]]:
    """A line where listed, None where a complete snapshot proves the absence."""
    for board in on_boards(world, asked):
        for shot in world.of(board):
            if (since and shot.time < since) or (until and shot.time > until):
                continue
            for who, theirs in asked:
                lines = [line for line in world.contents[shot.content] if theirs(world.known(board, line))]
                lines.sort(key=lambda line: line.order)
                for line in lines if each else lines[:1]:
                    yield shot, who, line
                if not lines and shot.complete:
                    yield shot, who, None


# ---- standing ---------------------------------------------------------------------------------------------


class Span(NamedTuple):
    """How long a snapshot stands."""

    shot: Shot
    until: datetime
    next_time: datetime | None
    gap_follows: bool
    longest: timedelta


def spans(world: World, board: str) -> list[Span]:
    """To the next one, across a gap only as long as it was seen."""
    shots = world.one_a_time(board)
    steps = [later.time - earlier.time for earlier, later in pairwise(shots)]
    longest = max(45 * DAY, 4 * median(steps)) if steps else 45 * DAY
    found = []
    for place, shot in enumerate(shots):
        seen = max(shot.last_seen, shot.time)
        after = shots[place + 1].time if place + 1 < len(shots) else None
        gap = after is not None and after > seen + longest
        until = seen if after is None else min(seen, after) if gap else after
        found.append(Span(shot, until, after, gap, longest))
    return found


def days(length: timedelta) -> int:
    whole = length / DAY
    return int(whole + 0.5)


class Streak(NamedTuple):
    length: timedelta
    snapshots: int
    last: datetime
    since: datetime


def streaks(rows: Sequence[tuple[datetime, datetime, bool]]) -> list[Streak]:
    """rows: time, how long it stands, whether it counts."""
    return [
        Streak(max(until for _, until, _ in run) - run[0][0], len(run), run[-1][0], run[0][0])
        for counts, group in groupby(rows, key=lambda row: row[2])
        if counts and (run := list(group))
    ]


def standing(
    world: World, asked: Sequence[Asked], since: datetime | None, until: datetime | None, top: int
) -> Iterator[dict[str, Any]]:
    rows = list(history(world, asked, since, until, each=False))
    for board in on_boards(world, asked):
        stands = {
            span.shot.id: min(span.until, until) if until else span.until for span in spans(world, board)
        }
        for who, _ in asked:
            mine = [
                (shot, line)
                for shot, name, line in rows
                if shot.board == board and name == who and shot.id in stands
            ]
            if mine:
                yield _standing(world, who, mine, stands, top)


def _standing(
    world: World,
    who: str,
    mine: list[tuple[Shot, Line | None]],
    stands: dict[str, datetime],
    top: int,
) -> dict[str, Any]:
    last, shown = mine[-1]
    board = last.board
    placed = [(shot, line) for shot, line in mine if line and line.rank is not None]
    ranks = [line.rank for _, line in placed if line.rank is not None]

    def within(line: Line | None, place: int) -> bool:
        return line is not None and line.rank is not None and line.rank <= place

    def runs(place: int, name: str) -> dict[str, Any]:
        found = streaks([(shot.time, stands[shot.id], within(line, place)) for shot, line in mine])
        longest = max(found, default=None)
        current = found[-1] if found and found[-1].last == last.time else None
        whole = sum(
            (stands[shot.id] - shot.time for shot, line in mine if within(line, place)), start=timedelta()
        )
        return {
            f"days_{name}": days(whole),
            f"longest_{name}_days": days(longest.length) if longest else 0,
            f"longest_{name}_snapshots": longest.snapshots if longest else 0,
            f"longest_{name}_since": longest.since.date() if longest else None,
            f"current_{name}_days": days(current.length) if current else 0,
            f"current_{name}_snapshots": current.snapshots if current else 0,
        }

    ranked = [line for line in world.contents[last.content] if line.rank is not None]
    leader = min(ranked, key=lambda line: line.order, default=None)
    gap = None
    if leader and shown and leader.score is not None and shown.score is not None:
        gap = leader.score - shown.score if world.higher[board] else shown.score - leader.score
    listed = [shot.time.date() for shot, line in mine if line]
    inside = [shot.time.date() for shot, line in mine if within(line, top)]
    rank = shown.rank if shown else None
    share = round(100 * (last.of - rank) / (last.of - 1), 1) if rank and last.of and last.of > 1 else None
    return {
        "board": board,
        "who": who,
        "date": last.time.date(),
        "status": "listed" if shown else "absent",
        "rank": rank,
        "of": last.of,
        "percentile": share,
        "gap": None if gap is None else round(gap, 9),
        "leader": leader and world.model(board, leader),
        "best_rank": min(ranks, default=None),
        "best_date": next((s.time.date() for s, line in placed if line.rank == min(ranks)), None),
        "best_model": next((world.model(board, line) for _, line in placed if line.rank == min(ranks)), None),
        "worst_rank": max(ranks, default=None),
        "worst_date": next((s.time.date() for s, line in placed if line.rank == max(ranks)), None),
        "first_seen": min(listed, default=None),
        "last_seen": max(listed, default=None),
        "snapshots": len(listed),
        "absent": len(mine) - len(listed),
        "first_in_top": min(inside, default=None),
        "last_in_top": max(inside, default=None),
        "snapshots_in_top": len(inside),
        **runs(top, "in_top"),
        **runs(1, "first"),
    }


# ---- noise ------------------------------------------------------------------------------------------------

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


# ---- two snapshots side by side ---------------------------------------------------------------------------


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
    return World(world.higher, world.names, contents, world.shots)


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


# ---- who overtook whom ------------------------------------------------------------------------------------


class Turn(NamedTuple):
    shot: Shot
    winner: Line
    loser: Line
    before: datetime


def overtakes(world: World, asked: Sequence[Asked], *, each: bool) -> Iterator[Turn]:
    """With one name: theirs and every other model; with several: among those asked for."""
    for board in on_boards(world, asked):
        last: dict[object, tuple[bool, datetime]] = {}
        for shot in world.one_a_time(board):
            for key, mine, theirs in _meetings(world, shot, asked, each=each):
                if mine.rank == theirs.rank:
                    continue
                ahead = (mine.rank or 0) < (theirs.rank or 0)
                if key in last and last[key][0] != ahead:
                    yield Turn(shot, *((mine, theirs) if ahead else (theirs, mine)), last[key][1])
                last[key] = (ahead, shot.time)


def _meetings(
    world: World, shot: Shot, asked: Sequence[Asked], *, each: bool
) -> Iterator[tuple[object, Line, Line]]:
    ranked = [line for line in world.contents[shot.content] if line.rank is not None]
    ranked.sort(key=lambda line: line.order)

    def unit(line: Line) -> tuple[str, str]:
        return world.model(shot.board, line), line.variant or ""

    def units(who: int) -> dict[object, Line]:
        """The best line of each unit of one who is asked for; None: of everyone else."""
        found: dict[object, Line] = {}
        for line in ranked:
            theirs = [
                place for place, (_, is_one) in enumerate(asked) if is_one(world.known(shot.board, line))
            ]
            if (who in theirs) if who >= 0 else not theirs:
                found.setdefault((who, unit(line) if each or who < 0 else ""), line)
        return found

    places = [place for place, _ in enumerate(asked)]
    against = [(0, -1)] if len(places) == 1 else [(a, b) for a in places for b in places if a < b]
    for one, other in against:
        for mine_key, mine in units(one).items():
            for their_key, theirs in units(other).items():
                yield (mine_key, their_key), mine, theirs


# ---- agreement --------------------------------------------------------------------------------------------


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


# ---- presence ---------------------------------------------------------------------------------------------

Stretch = tuple[str, datetime, datetime, int]
"""Status, since, until, snapshots."""


def presence(world: World, board: str, asked: Asked) -> list[Stretch]:
    """Where someone was to be seen on a board and where not, over its whole time."""
    found: list[Stretch] = []
    for span in spans(world, board):
        seen = any(asked[1](world.known(board, line)) for line in world.contents[span.shot.content])
        told = "listed" if seen else "not listed" if span.shot.complete else "outside the rows shown"
        found.append((told, span.shot.time, span.until, 1))
        if span.gap_follows and span.next_time:
            found.append(("board not captured", span.until, span.next_time, 0))
    held = [
        ("held", shot.time, max(shot.last_seen, shot.time), 1)
        for shot in world.shots
        if shot.board == board and shot.held
    ]
    return sorted(_joined(found) + _joined(sorted(held, key=lambda one: one[1:3])), key=lambda one: one[1:])


def _joined(stretches: list[Stretch]) -> list[Stretch]:
    return [
        (told, run[0][1], max(one[2] for one in run), sum(one[3] for one in run))
        for told, group in groupby(stretches, key=lambda one: one[0])
        if (run := list(group))
    ]
