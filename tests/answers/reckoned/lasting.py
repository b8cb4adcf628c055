"""How long somebody stood, and where they were not to be seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from statistics import median
from typing import Any, NamedTuple

from .states import Asked, Line, Shot, World, history, on_boards

DAY = timedelta(days=1)


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


Held = Sequence[tuple[Shot, Line | None, datetime]]
"""What snapshots say of somebody, and until when each stands."""


def streaks(
    world: World, asked: Sequence[Asked], since: datetime | None, until: datetime | None, top: int
) -> Iterator[dict[str, Any]]:
    for who, held in _held(world, asked, since, until):
        board, newest = held[0][0].board, held[-1][0].id
        runs = [list(run) for counts, run in groupby(held, key=lambda one: within(one[1], top)) if counts]
        longest = max(runs, key=lambda run: (_length(run), len(run), run[-1][0].time), default=None)
        for run in runs:
            models = [world.model(board, line) for _, line, _ in run if line]
            yield {
                "board": board,
                "who": who,
                "top": top,
                "since": run[0][0].time.date(),
                "until": max(until for *_, until in run).date(),
                "days": days(_length(run)),
                "days_shown": days(sum((until - shot.time for shot, _, until in run), start=timedelta())),
                "snapshots": len(run),
                "best_rank": min(line.rank for _, line, _ in run if line and line.rank is not None),
                "first_model": models[0],
                "last_model": models[-1],
                "longest": run is longest,
                "current": run[-1][0].id == newest,
                "snapshot_id": run[0][0].id,
                "last_snapshot_id": run[-1][0].id,
            }


def _length(run: Held) -> timedelta:
    return max(until for *_, until in run) - run[0][0].time


def standing(
    world: World, asked: Sequence[Asked], since: datetime | None, until: datetime | None, top: int
) -> Iterator[dict[str, Any]]:
    for who, held in _held(world, asked, since, until):
        yield _standing(world, who, held, top)


def _held(
    world: World, asked: Sequence[Asked], since: datetime | None, until: datetime | None
) -> Iterator[tuple[str, Held]]:
    """Of each board and name, what the snapshots that answers use say, one a time."""
    rows = list(history(world, asked, since, until, each=False))
    for board in on_boards(world, asked):
        stands = {
            span.shot.id: min(span.until, until) if until else span.until for span in spans(world, board)
        }
        for who, _ in asked:
            held = [
                (shot, line, stands[shot.id])
                for shot, name, line in rows
                if shot.board == board and name == who and shot.id in stands
            ]
            if held:
                yield who, held


def _standing(world: World, who: str, held: Held, top: int) -> dict[str, Any]:
    mine = [(shot, line) for shot, line, _ in held]
    last, shown = mine[-1]
    board = last.board
    placed = [(shot, line) for shot, line in mine if line and line.rank is not None]
    ranks = [line.rank for _, line in placed if line.rank is not None]

    def stood(place: int) -> int:
        spent = (until - shot.time for shot, line, until in held if within(line, place))
        return days(sum(spent, start=timedelta()))

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
        "days_in_top": stood(top),
        "days_first": stood(1),
    }


def within(line: Line | None, place: int) -> bool:
    return line is not None and line.rank is not None and line.rank <= place


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
