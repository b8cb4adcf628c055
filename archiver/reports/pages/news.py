"""What changed in a time, and the evidence for where everyone stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from ...answers import briefing
from ...answers.sql import call
from ..standing import Stood
from .content import EVENTS, Change, Cited

if TYPE_CHECKING:
    import duckdb

EVERYONE = timedelta(days=31)
"""Up to this long, everyone's changes are told; of a longer time those of whom somebody watches."""
FAR = 3
"""Places from which on a move is told where no interval says what is noise, counted among the models on both
snapshots."""


class News(NamedTuple):
    """The changes that a report tells, by time."""

    told: list[Change]
    within_noise: int
    """Moves left out: their intervals overlap, or they are short and none is known."""


def changes(
    con: duckdb.DuckDBPyConnection,
    boards: Sequence[str],
    since: datetime | None,
    until: datetime,
    whose: Mapping[tuple[str, str | None], int],
    who: Sequence[str],
) -> News:
    """Who entered, left, led, was renamed, or moved beyond noise; and which rows were rewritten.

    whose: model and maker → the place in `who`, from 1. Moves within the noise are counted. In a time of
    up to `EVERYONE` everyone's changes are told, of a longer time those of whom was asked for, and who led.
    """
    start = since or datetime(1, 1, 1, tzinfo=UTC)
    everyone = since is not None and until - since <= EVERYONE
    events = con.execute(f"""
        SELECT e.board, e.time, e.event, e.model, e.organization, e.variant, e.rank_before, e.rank, e."of",
            e.score_before, e.score, e.beyond_noise, e.other, e.snapshot_id, e.change_shared, e.called
        FROM {call("rank_events", list(boards), since=start, until=until)} AS e
        ORDER BY e.time, e.board, e.snapshot_id, e.rank NULLS LAST, e.rank_before, e.model, e.variant,
            e.event, e.score DESC NULLS LAST, e.score_before, e.other, e.organization  -- of one listed twice
    """).fetchall()  # noqa: S608  # literals are quoted
    told, noise = [], 0
    for *row, shared, called in events:
        change = Change._make((*row, None, None))
        place = whose.get((change.model or "", change.organization))
        change = change._replace(model=called, watched=who[place - 1] if place else None)
        if change.event == "moved" and not _told(change, shared or 0):
            noise += everyone or change.watched is not None
        elif everyone or change.watched or change.event == "leader":
            told.append(change)
    told += [_rewritten(each) for each in briefing.rewritten(con, boards, since, until)]
    told.sort(key=lambda change: (change.time, change.board, EVENTS.index(change.event)))
    return News(told, noise)


def _told(change: Change, shared: int) -> bool:
    """shared: places up or down among the models on both snapshots; who entered or left moves nobody."""
    if change.beyond_noise is None:
        return abs(shared) >= FAR or change.watched is not None
    return change.beyond_noise


def _rewritten(each: briefing.Rewritten) -> Change:
    return Change(
        *(each.board, each.captured_at, "rewritten", None, None, None, None, None, None, None, None, None),
        other=f"{each.published_at:%Y-%m-%d}",
        snapshot_id=each.snapshot_id,
        changed=each.changed,
    )


def citations(con: duckdb.DuckDBPyConnection, rows: Sequence[Stood]) -> list[Cited]:
    """The evidence of the last place of everyone on each board, in the order of the rows."""
    last: dict[tuple[str, str], Stood] = {}
    for row in rows:
        if row.status == "listed":
            last[row.board, row.who] = row
    known = briefing.evidence(con, {row.snapshot_id for row in last.values()})
    return [Cited(row, known[row.snapshot_id]) for row in last.values()]
