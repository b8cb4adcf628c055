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
