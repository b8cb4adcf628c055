"""What an answer must say of itself: how fresh it is, how complete, and what was seen in its snapshots."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from .narrow import with_known
from .sql import call, literal

if TYPE_CHECKING:
    import duckdb


class Freshness(NamedTuple):
    """The state of a source's collection. Times are UTC without zone."""

    source: str
    last_success: datetime | None
    failing_since: datetime | None
    failures: int
    """Captures that failed since the last success of their address."""
    unread: int
    """Payloads that no parser could read."""
    held: int
    """Snapshots that wait for an operator, on the boards asked about."""


class Coverage(NamedTuple):
    """What the snapshots of a board are."""

    board: str
    metric: str
    rank_kind: str
    snapshots: int
    complete: int
    first: datetime
    last: datetime
    last_seen: datetime
    routes: dict[str, int]
    """Snapshots by the route they came by."""
    metrics: dict[str, int]
    """Snapshots by what their scores are."""


class Seen(NamedTuple):
    """A finding that stands against snapshots of an answer."""

    board: str
    code: str
    severity: str
    snapshots: int
    sentence: str
    """Of the newest of them."""


def freshness(con: duckdb.DuckDBPyConnection, boards: Collection[str]) -> list[Freshness]:
    """For each source of these boards: its last success, and what failed, stayed unread or is held since."""
    sources = sorted({board.partition("/")[0] for board in boards})
    unread = dict(con.execute(_UNREAD, [sources]).fetchall())
    held = dict(con.execute(_HELD, [sorted(boards)]).fetchall())
    return [
        Freshness(source, success, since, failures, unread.get(source, 0), held.get(source, 0))
        for source, success, since, failures in con.execute(_TRIED, [sources]).fetchall()
    ]


_TRIED = """
WITH tried AS (
    SELECT c.source, c.url, max(c.captured_at) FILTER (c.outcome <> 'failed') AS success
    FROM captures AS c
    WHERE list_contains($1::VARCHAR[], c.source)
    GROUP BY c.source, c.url
)
SELECT s.source, max(t.success), min(f.captured_at), count(f.captured_at)
FROM (SELECT unnest($1::VARCHAR[]) AS source) AS s
LEFT JOIN tried AS t ON t.source = s.source
LEFT JOIN captures AS f
    ON f.source = t.source AND f.url = t.url AND f.outcome = 'failed'
    AND (t.success IS NULL OR f.captured_at > t.success)
GROUP BY s.source ORDER BY s.source
"""
_UNREAD = """
SELECT p.source, count(*) FROM payloads AS p
WHERE p.error IS NOT NULL AND list_contains($1::VARCHAR[], p.source)
GROUP BY p.source
"""
_HELD = """
SELECT split_part(s.board, '/', 1), count(*) FROM snapshots AS s
WHERE s.status = 'held' AND list_contains($1::VARCHAR[], s.board)
GROUP BY ALL
"""
"""(Of the view `gaps`, whose planning takes longer than all of these.)"""


def coverage(
    con: duckdb.DuckDBPyConnection,
    boards: Collection[str],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    known_on: datetime | None = None,
) -> dict[str, Coverage]:
    """For each board with snapshots in that time: how many, how many complete, of when, by which routes."""
    asked = f"""
        SELECT s.board, s.route, count(*), count(*) FILTER (WHERE s.complete), min(s.time), max(s.time),
            max(s.last_seen), max_by(s.rank_kind, s.time), max_by(s.metric, s.time)
        FROM snapshots AS s
        WHERE s.preferred AND s.status IN ('accepted', 'released')
            AND list_contains(?::VARCHAR[], s.board)
            AND ({literal(since)} IS NULL OR s.time >= {literal(since)})
            AND ({literal(until)} IS NULL OR s.time <= end_of({literal(until)}))
        GROUP BY s.board, s.route, s.metric ORDER BY s.board, max(s.time), s.route, s.metric
    """  # noqa: S608  # literals are quoted
    found = con.execute(with_known(asked, known_on), [sorted(boards)]).fetchall()
    covered: dict[str, Coverage] = {}
    for board, route, count, complete, first, last, last_seen, rank_kind, metric in found:
        old = covered.get(board)
        covered[board] = Coverage(
            board,
            metric,
            rank_kind,
            count + (old.snapshots if old else 0),
            complete + (old.complete if old else 0),
            min(first, old.first) if old else first,
            last,
            max(last_seen, old.last_seen) if old else last_seen,
            _more(old.routes if old else {}, route, count),
            _more(old.metrics if old else {}, metric, count),
        )
    return covered


def _more(counted: dict[str, int], key: str, count: int) -> dict[str, int]:
    return {**counted, key: counted.get(key, 0) + count}


def asked_about(
    con: duckdb.DuckDBPyConnection, who: Sequence[str], boards: Sequence[str] | None
) -> dict[str, Coverage]:
    """What is held of the boards that are named; of none, of those on which anyone asked for is listed."""
    asked = f"SELECT {call('boards_of', list(who), boards)}"
    [(found,)] = con.execute(asked).fetchall()
    return coverage(con, found or ())


def findings(con: duckdb.DuckDBPyConnection, snapshots: Collection[str]) -> list[Seen]:
    """What stands against these snapshots, by board and code: warnings, and the errors of released ones."""
    found = con.execute(
        """
        SELECT c.board, c.code, c.severity, count(DISTINCT c.snapshot_id), max_by(c.sentence, c.time)
        FROM concerns AS c
        WHERE c.severity <> 'note'
            AND c.snapshot_id IN (SELECT unnest(?::VARCHAR[]))
        GROUP BY c.board, c.code, c.severity ORDER BY c.board, c.severity, c.code
        """,
        [sorted(snapshots)],
    ).fetchall()
    return [Seen(*row) for row in found]
