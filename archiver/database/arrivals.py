"""What captures showed beside those before them: publish dates that go backwards, or leave a past."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from ..checks.arrivals import Backwards, Dropped, backwards, dropped
from ..sources import FACTS
from . import rows

if TYPE_CHECKING:
    import duckdb

    from .snapshots import Fresh


class Look(NamedTuple):
    """Whether some captures of the touched boards may have shown what `arrivals` finds.

    To plan its questions takes longer than to see that most boards have no answer to them.
    """

    back: bool
    """Some publish dates may have gone backwards."""
    pasts: bool
    """Several files hold their own past, so that one may lack a part of it."""


def look(connection: duckdb.DuckDBPyConnection, fresh: Iterable[Fresh]) -> Look:
    """fresh: the snapshots of the touched boards."""
    return Look(_some_backwards(fresh), _some_pasts(connection))


def arrivals(connection: duckdb.DuckDBPyConnection, looked: Look) -> Iterator[rows.Row]:
    """Findings on what captures of the touched boards show beside those before them, as rows of `findings`.

    They stand with the newest snapshot that such a capture shows.
    """
    if not any(looked):
        return
    connection.execute(_ARRIVALS)
    if looked.back:
        for board, content, *seen in connection.execute(_BACKWARDS).fetchall():
            yield rows.past_finding(board, content, seen[0], backwards(Backwards(*seen)))
    if looked.pasts:
        for board, content, *seen in connection.execute(_DROPPED).fetchall():
            yield rows.past_finding(board, content, seen[0], dropped(Dropped(*seen)))
    connection.execute("DROP TABLE arrivals")


def _some_backwards(fresh: Iterable[Fresh]) -> bool:
    """Whether a publish date was first seen before an older one was last seen: else none went backwards."""
    seen: defaultdict[tuple[str, str, bool], list[tuple[datetime, datetime, datetime]]] = defaultdict(list)
    for one in fresh:
        if one.shot.published_at is not None and one.route != FACTS.name:
            key = (one.board, one.route, one.complete)
            seen[key].append((one.shot.published_at, one.shot.first_seen, one.shot.last_seen))
    return any(map(_overlaps, seen.values()))


def _overlaps(seen: list[tuple[datetime, datetime, datetime]]) -> bool:
    reach = None
    for _, group in groupby(sorted(seen), itemgetter(0)):
        _, first, last = zip(*group, strict=True)
        if reach is not None and min(first) < reach:
            return True
        reach = max(last) if reach is None else max(reach, *last)
    return False


def _some_pasts(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether several files that hold their own past were read for a board: else none lacks a part of it."""
    found = set(connection.execute(_PASTS).fetchall())
    return len({(board, route) for board, route, _ in found}) < len(found)


_PASTS = """
SELECT k.board, k.route, k.reading_id
FROM contents AS k SEMI JOIN touched USING (board)
WHERE k.published_at IS NOT NULL AND k.route <> 'facts'
GROUP BY k.board, k.route, k.complete, k.reading_id HAVING count(*) > 1
"""

_ARRIVALS = """
CREATE OR REPLACE TEMP TABLE arrivals AS
SELECT
    k.board, k.route, k.complete, c.url, c.captured_at, c.capture_id, k.reading_id,
    min(k.published_at) AS oldest, max(k.published_at) AS newest, count(*) AS dates,
    max(max(k.published_at)) OVER (
        PARTITION BY k.board, k.route, k.complete ORDER BY c.captured_at
        RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL 1 MICROSECOND PRECEDING
    ) AS known
FROM (SELECT DISTINCT board FROM touched) AS t
JOIN contents AS k ON k.board = t.board
JOIN payloads AS p ON p.reading_id = k.reading_id
JOIN captures AS c
    ON c.payload_sha256 = p.payload_sha256 AND c.source = p.source AND c.route = p.route AND c.url = p.url
    AND c.outcome <> 'failed'
WHERE k.published_at IS NOT NULL AND k.route <> 'facts'
GROUP BY k.board, k.route, k.complete, c.url, c.captured_at, c.capture_id, k.reading_id
"""
"""What each capture showed of a board, and the newest publish date known before it. Facts are left out: their
files are of other times than they say."""

_BACKWARDS = """
SELECT
    f.board, f.content_id::VARCHAR, f.snapshot_id, a.newest, min(a.captured_at),
    min_by(a.known, a.captured_at)
FROM arrivals AS a
JOIN contents AS c ON c.reading_id = a.reading_id AND c.board = a.board AND c.published_at = a.newest
JOIN fresh_snapshots AS f
    ON f.board = a.board AND f.route = a.route AND f.content_id = c.content_id
    AND a.captured_at BETWEEN f.first_seen AND f.last_seen
WHERE a.known > a.newest
GROUP BY f.board, f.content_id, f.snapshot_id, a.newest
"""

_DROPPED = """
WITH
files AS (
    SELECT a.board, a.route, a.url, a.reading_id, a.oldest, a.newest, min(a.captured_at) AS captured_at
    FROM arrivals AS a
    WHERE a.dates > 1
    GROUP BY ALL
),
beside AS (
    SELECT f.*, lag(f.reading_id) OVER earlier AS earlier_id, lag(f.captured_at) OVER earlier AS before
    FROM files AS f
    WINDOW earlier AS (PARTITION BY f.board, f.route, f.url ORDER BY f.captured_at, f.reading_id)
),
lacking AS (
    SELECT
        b.board, b.route, b.reading_id, b.newest, b.captured_at, b.before,
        list(k.published_at ORDER BY k.published_at) AS dates
    FROM beside AS b
    JOIN contents AS k
        ON k.reading_id = b.earlier_id AND k.board = b.board AND k.published_at BETWEEN b.oldest AND b.newest
    ANTI JOIN contents AS n
        ON n.reading_id = b.reading_id AND n.board = b.board AND n.published_at = k.published_at
    GROUP BY ALL
)
SELECT f.board, f.content_id::VARCHAR, f.snapshot_id, l.captured_at, l.before, l.dates
FROM lacking AS l
JOIN contents AS k ON k.reading_id = l.reading_id AND k.board = l.board AND k.published_at = l.newest
JOIN fresh_snapshots AS f
    ON f.board = l.board AND f.route = l.route AND f.content_id = k.content_id
    AND l.captured_at BETWEEN f.first_seen AND f.last_seen
"""
"""Of files that hold their own past: what the one before of the same address had, and they lack."""
