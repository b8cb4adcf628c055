"""A board as it stood at a time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from ..errors import UsageError
from ..moments import moment
from . import names
from .narrow import NOTHING, Narrow, finished, in_setting, with_known
from .sql import call, literal

if TYPE_CHECKING:
    import duckdb

_EVER = datetime(9999, 12, 31, tzinfo=UTC)


def board(
    con: duckdb.DuckDBPyConnection,
    board: str,
    as_of: datetime | None = None,
    narrow: Narrow = NOTHING,
) -> duckdb.DuckDBPyRelation:
    """The entries of the last snapshot of a board by a time, by rank; of several for one time, of the one
    captured last.

    as_of: midnight means to the end of that day; None: the newest. narrow: what the rows are cut down to.
    Columns: those of `rankings`, then of the complete snapshot before it rank_before, score_before,
    beyond_noise (see the macro `compared_lines`) and noise, then rank_low_computed and rank_high_computed:
    the spread of places that the score intervals allow, where the publisher prints none; among a set also
    place_among and of_among.
    Raises UnknownName for a board that is not known, UsageError where it has no snapshot by then.
    """
    return con.sql(statement(con, board, as_of, narrow))


def statement(
    con: duckdb.DuckDBPyConnection,
    board: str,
    as_of: datetime | None = None,
    narrow: Narrow = NOTHING,
    shown: Facts | None = None,
) -> str:
    """The SQL of `board`, for any DuckDB shell. Raises as it does. shown: its `facts`, if known."""
    shown = shown or facts(con, board, as_of, narrow.known_on)
    asked = call("board_as_of", shown.board, as_of or _EVER)
    asked = in_setting(asked, narrow.variant, _ORDER)
    return finished(con, asked, narrow, order=_ORDER, everyone=False)


_ORDER = "a.rank NULLS LAST, a.position"


class Facts(NamedTuple):
    """What is known of a snapshot as a whole. Times are UTC without zone."""

    board: str
    title: str
    metric: str
    rank_kind: str
    snapshot_id: str
    time: datetime
    """That answers order by."""
    published_at: datetime | None
    first_seen: datetime
    last_seen: datetime
    sightings: int
    rows: int
    of: int | None
    complete: bool
    route: str
    payload_sha256: str
    before: datetime | None
    """The time of the complete snapshot before, that changes are counted from."""


def facts(
    con: duckdb.DuckDBPyConnection,
    board: str,
    as_of: datetime | None = None,
    known_on: datetime | None = None,
) -> Facts:
    """The snapshot that `board` shows. Raises as `board` does."""
    name = names.board(con, board)
    asked = f"""
        SELECT
            s.board, b.title, s.metric, s.rank_kind, s.snapshot_id, s.time, s.published_at, s.first_seen,
            s.last_seen, s.sightings, s.rows, s."of", s.complete, s.route, s.payload_sha256,
            o.time AS before
        FROM (
            FROM snapshots AS l
            WHERE l.board = {literal(name)} AND l.preferred AND l.time <= end_of({literal(as_of or _EVER)})
            ORDER BY l.time DESC, l.captured_at DESC, l.snapshot_id
            LIMIT 1
        ) AS s
        JOIN boards AS b ON b.board = s.board
        LEFT JOIN snapshots AS o ON o.board = s.board AND o.preferred AND o.complete AND o.time < s.time
        ORDER BY o.time DESC NULLS LAST
        LIMIT 1
    """  # noqa: S608  # literals are quoted
    found = con.execute(with_known(asked, known_on)).fetchall()
    if not found:
        raise UsageError(
            _nothing(con, name, as_of, known_on), todo=f"`archiver boards {name}` says what the archive holds"
        )
    return Facts(*found[0])


def _nothing(
    con: duckdb.DuckDBPyConnection, name: str, as_of: datetime | None, known_on: datetime | None
) -> str:
    asked = (
        "SELECT min(time) FROM snapshots WHERE board = ? AND preferred AND status IN ('accepted', 'released')"
    )
    [(first,)] = con.execute(with_known(asked, known_on), [name]).fetchall()
    if first is None:
        then = f", as far as it knew on {moment(known_on)}" if known_on else ""
        return f"The archive holds no snapshot of {name} that answers may use{then}."
    return f"The archive holds no snapshot of {name} by {moment(as_of)}: the first is of {moment(first)}."
