"""Where someone stood over time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from ..errors import UsageError
from . import names
from .sql import call, literal

if TYPE_CHECKING:
    import duckdb

KEYS = (
    "board", "date", "published_at", "captured_at", "organization", "model", "variant", "rank", "of",
    "position", "rank_kind", "score", "score_low", "score_high", "snapshot_id", "status",
)  # fmt: skip
"""The columns that every format prints, in this order; the relation carries a few more after them."""

Every = Literal["week", "month"]


def history(
    con: duckdb.DuckDBPyConnection,
    who: Sequence[str],
    boards: Sequence[str] = (),
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    every: Every | None = None,
    all: bool = False,
) -> duckdb.DuckDBPyRelation:
    """One row a snapshot for each organisation, family, model or country: listed there, or provably absent.

    who: names as people type them. boards: globs; without any, the boards on which anyone asked for was
    ever listed. since, until: bounds of the time that answers order by, both included; midnight as `until`
    means to the end of that day. every: only the last snapshot of each week or month. all: every model, not
    the best-placed. Columns: `KEYS`, then who, country, model_listed, rank_low, rank_high, votes, route,
    first_seen, last_seen.
    Raises UnknownName for a name or board that is not known, UsageError for bounds that exclude each other.
    """
    names.asked(con, who)
    return con.sql(statement(con, who, boards, since=since, until=until, every=every, all=all))


def statement(
    con: duckdb.DuckDBPyConnection,
    who: Sequence[str],
    boards: Sequence[str] = (),
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    every: Every | None = None,
    all: bool = False,
) -> str:
    """The SQL of `history`, for any DuckDB shell."""
    if since and until and since > until:
        raise UsageError(f"No time is both since {since:%Y-%m-%d} and until {until:%Y-%m-%d}.")
    scope = names.boards(con, boards) if boards else None
    source = call(
        "rank_history", list(who), boards=scope, since=since, until=until, each=True if all else None
    )
    if every is None:
        return f"FROM {source}"
    return f"""
        SELECT h.* FROM {source} AS h
        QUALIFY dense_rank() OVER (
            PARTITION BY h.board, date_trunc({literal(every)}, h.date)
            ORDER BY h.date DESC, h.captured_at DESC, h.snapshot_id
        ) = 1
        ORDER BY h.board, h.date, h.captured_at, h.snapshot_id, h.rank NULLS LAST, h.position
    """  # noqa: S608  # literals are quoted


class Elsewhere(NamedTuple):
    """The boards on which nobody who was asked for was ever listed."""

    boards: int
    snapshots: int
    """Complete ones: each proves the absence."""
    first: datetime
    last: datetime


def elsewhere(
    con: duckdb.DuckDBPyConnection,
    shown: Collection[str],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Elsewhere | None:
    """The complete snapshots of all boards but those that `history` showed; None where there are none.

    shown: the boards of a history that was asked for without naming boards.
    """
    [(count, snapshots, first, last)] = con.execute(f"""
        SELECT count(DISTINCT s.board), count(*), min(s.time), max(s.time)
        FROM snapshots AS s
        WHERE s.preferred AND s.status IN ('accepted', 'released') AND s.complete
            AND NOT list_contains({literal(sorted(shown))}::VARCHAR[], s.board)
            AND ({literal(since)} IS NULL OR s.time >= {literal(since)})
            AND ({literal(until)} IS NULL OR s.time <= end_of({literal(until)}))
    """).fetchall()  # noqa: S608  # literals are quoted
    return Elsewhere(count, snapshots, first, last) if snapshots else None
