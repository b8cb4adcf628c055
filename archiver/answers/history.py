"""Where someone stood over time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from ..errors import UsageError
from . import names
from .narrow import NOTHING, Narrow, finished, known, scope, with_known
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
    as_of: datetime | None = None,
    narrow: Narrow = NOTHING,
) -> duckdb.DuckDBPyRelation:
    """One row a snapshot for each organisation, family, model or country: listed there, or provably absent.

    who: names as people type them. boards: globs; without any, the boards on which anyone asked for was
    ever listed. since, until: bounds of the time that answers order by, both included; midnight as `until`
    means to the end of that day. every: only the last snapshot of each week or month. all: every model, not
    the best-placed. as_of: only the snapshot of each board that stood then. narrow: what else the rows are
    cut down to. Columns: `KEYS`, then who, country, model_listed, rank_low, rank_high, votes, route,
    first_seen, last_seen; among a set also place_among and of_among.
    Raises UnknownName for a name or board that is not known, UsageError for bounds that exclude each other.
    """
    asked = statement(
        con, who, boards, since=since, until=until, every=every, all=all, as_of=as_of, narrow=narrow
    )
    return con.sql(asked)


def statement(
    con: duckdb.DuckDBPyConnection,
    who: Sequence[str],
    boards: Sequence[str] = (),
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    every: Every | None = None,
    all: bool = False,
    as_of: datetime | None = None,
    narrow: Narrow = NOTHING,
) -> str:
    """The SQL of `history`, for any DuckDB shell. Raises as it does."""
    asked = [one.who for one in names.asked(con, who)]
    until = min(until, as_of) if until and as_of else until or as_of
    if since and until and since > until:
        raise UsageError(f"No time is both since {since:%Y-%m-%d} and until {until:%Y-%m-%d}.")
    cut = every or as_of or (narrow.among, narrow.top, narrow.where) != (None, None, None)
    source = call(
        "ranks_of" if cut else "rank_history",
        list(who),
        boards=scope(con, boards, narrow),
        since=since,
        until=until,
        each=True if all else None,
        variant=narrow.variant,
    )
    order = (
        "a.board, coalesce(a.published_at, a.captured_at), a.captured_at, a.snapshot_id, "
        f"list_position({literal(asked)}, a.who), a.rank NULLS LAST, a.position"
    )
    if cut:
        # Put in order once, when it has been cut down.
        last = f" {_last_of(every if not as_of else None)}" if every or as_of else ""
        source = f"(SELECT a.* EXCLUDE (time, place, content_id, stands_until) FROM {source} AS a{last})"  # noqa: S608  # literals are quoted
    tables = _standing_by(as_of, narrow.known_on) if as_of else None
    return finished(con, source, narrow, order=order, ordered=not cut, tables=tables)


def _standing_by(as_of: datetime, known_on: datetime | None) -> list[str]:
    """What tells who stood at a time, read in the place of all that is held: of each board the last complete
    snapshot by then, in which everyone is listed or absent, and the excerpts after it."""
    held = "main.snapshots" if known_on is None else "known"
    shown = f"""
        SELECT s.* FROM {held} AS s WHERE s.preferred AND s.time <= end_of({literal(as_of)})
        QUALIFY (s.time < max(CASE WHEN s.complete THEN s.time END) OVER (
            ORDER BY s.board RANGE BETWEEN CURRENT ROW AND CURRENT ROW
        )) IS NOT TRUE
    """  # noqa: S608  # literals are quoted
    return [
        *([] if known_on is None else [f"known AS MATERIALIZED ({known(known_on)})"]),
        f"snapshots AS MATERIALIZED ({' '.join(shown.split())})",
        "board_lines AS (FROM entries AS e SEMI JOIN snapshots AS s ON s.content_id = e.content_id)",
    ]


def _last_of(every: Every | None) -> str:
    """Keeps the last snapshot of each period, or the last of all."""
    series = f"a.board, date_trunc({literal(every)}, a.date)" if every else "a.board"
    return (
        f"QUALIFY rank() OVER (ORDER BY {series}) = "
        f"rank() OVER (ORDER BY {series}, a.time DESC, a.captured_at DESC, a.snapshot_id)"
    )


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
    known_on: datetime | None = None,
) -> Elsewhere | None:
    """The complete snapshots of all boards but those that `history` showed; None where there are none.

    shown: the boards of a history that was asked for without naming boards.
    """
    asked = f"""
        SELECT count(DISTINCT s.board), count(*), min(s.time), max(s.time)
        FROM snapshots AS s
        WHERE s.preferred AND s.status IN ('accepted', 'released') AND s.complete
            AND NOT list_contains(?::VARCHAR[], s.board)
            AND ({literal(since)} IS NULL OR s.time >= {literal(since)})
            AND ({literal(until)} IS NULL OR s.time <= end_of({literal(until)}))
    """  # noqa: S608  # literals are quoted
    [(count, snapshots, first, last)] = con.execute(with_known(asked, known_on), [sorted(shown)]).fetchall()
    return Elsewhere(count, snapshots, first, last) if snapshots else None
