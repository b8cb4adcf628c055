"""Whether collection works, source by source: what we do, and what the publisher does, told apart."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from ..errors import DamagedArchive
from .sql import literal

if TYPE_CHECKING:
    import duckdb

OVERDUE = 1.5
"""Cadences after the last success from which on a source is overdue: one capture failed, the next is late."""
FAILING = 3
"""Attempts in a row of which none brought anything: fewer are weather."""
STALE_DAYS, STALE_FACTOR = 30, 3
"""A publisher is stale after this many days without a change, and this many of its usual intervals."""


class Health(NamedTuple):
    """The state of one source. Times are UTC without zone."""

    source: str
    freshness: str
    """Of our collection: `fresh`; `overdue`; `failing`; `never` (tried without success); `not collected`
    (nobody asked the publisher from here, all is imported)."""
    publisher: str
    """`moving`; `stale`: our captures succeed, and nothing new comes; `unknown` unless ours are fresh."""
    last_success: datetime | None
    last_attempt: datetime | None
    last_change: datetime | None
    """When a capture last showed something new."""
    outcome: str | None
    reason: str | None
    """Of the last attempt, where it failed."""
    captures: int
    failed: int
    failures: int
    """Attempts in a row that failed, up to now."""
    payloads: int
    unread: int
    snapshots: int
    held: int
    cadence_hours: float
    age_hours: float | None
    """Since the last success."""
    usual_days: float | None
    """Median interval between changes, in days."""

    @property
    def needs_a_person(self) -> bool:
        """Whether something waits that does not mend itself."""
        return self.freshness in {"overdue", "failing", "never"} or self.unread > 0 or self.held > 0


def health(con: duckdb.DuckDBPyConnection, now: datetime) -> list[Health]:
    """One for each source, by name; the rows of `status`."""
    return [Health._make(row) for row in con.execute(status(now)).fetchall()]


def status(now: datetime) -> str:
    """The statement that gives one row a source, the columns those of `Health`. Captures are what was asked
    of publishers: imports and backfills say nothing of whether collection works."""
    return f"""
        WITH tried AS (
            SELECT
                c.source, count(*) AS captures, count(*) FILTER (WHERE c.outcome = 'failed') AS failed,
                max(c.captured_at) FILTER (WHERE c.outcome <> 'failed') AS last_success,
                max(c.captured_at) AS last_attempt,
                max_by(c.outcome, (c.captured_at, c.ledger, c.line)) AS outcome,
                max_by(coalesce(c.reason || ': ' || c.detail, ''), (c.captured_at, c.ledger, c.line))
                    AS reason
            FROM captures AS c WHERE c.via = 'http' GROUP BY c.source
        ),
        since AS (
            SELECT c.source, count(*) AS failures
            FROM captures AS c JOIN tried AS t ON t.source = c.source
            WHERE c.via = 'http' AND c.outcome = 'failed'
                AND (t.last_success IS NULL OR c.captured_at > t.last_success)
            GROUP BY c.source
        ),
        seen AS (
            SELECT DISTINCT b.source, s.first_seen FROM snapshots AS s JOIN boards AS b ON b.board = s.board
        ),
        steps AS (
            SELECT n.source, n.first_seen,
                epoch(n.first_seen - lag(n.first_seen) OVER source) / 86400 AS days
            FROM seen AS n
            WINDOW source AS (PARTITION BY n.source ORDER BY n.first_seen)
        ),
        changes AS (
            SELECT p.source, max(p.first_seen) AS last_change, median(p.days) AS usual_days
            FROM steps AS p GROUP BY p.source
        ),
        kept AS (
            SELECT b.source, count(*) AS snapshots, count(*) FILTER (WHERE s.status = 'held') AS held
            FROM snapshots AS s JOIN boards AS b ON b.board = s.board GROUP BY b.source
        ),
        read AS (
            SELECT p.source, count(*) AS payloads, count(*) FILTER (WHERE p.error IS NOT NULL) AS unread
            FROM payloads AS p GROUP BY p.source
        ),
        judged AS (
            SELECT
                o.source, o.cadence_hours, t.*  EXCLUDE (source), h.* EXCLUDE (source),
                coalesce(f.failures, 0) AS failures,
                CASE
                    WHEN t.captures IS NULL THEN 'not collected'
                    WHEN t.last_success IS NULL THEN 'never'
                    WHEN f.failures >= {FAILING} THEN 'failing'
                    WHEN epoch({literal(now)} - t.last_success) <= {OVERDUE} * 3600 * o.cadence_hours
                        THEN 'fresh'
                    ELSE 'overdue'
                END AS freshness
            FROM sources AS o
            LEFT JOIN tried AS t ON t.source = o.source
            LEFT JOIN since AS f ON f.source = o.source
            LEFT JOIN changes AS h ON h.source = o.source
        )
        SELECT
            j.source, j.freshness,
            CASE
                WHEN j.freshness <> 'fresh' OR j.last_change IS NULL THEN 'unknown'
                WHEN epoch({literal(now)} - j.last_change) / 86400
                    > greatest({STALE_DAYS}, {STALE_FACTOR} * coalesce(j.usual_days, 0)) THEN 'stale'
                ELSE 'moving'
            END AS publisher,
            j.last_success, j.last_attempt, j.last_change, j.outcome, nullif(j.reason, '') AS reason,
            coalesce(j.captures, 0) AS captures, coalesce(j.failed, 0) AS failed, j.failures,
            coalesce(r.payloads, 0) AS payloads, coalesce(r.unread, 0) AS unread,
            coalesce(k.snapshots, 0) AS snapshots, coalesce(k.held, 0) AS held, j.cadence_hours,
            round(epoch({literal(now)} - j.last_success) / 3600, 1) AS age_hours,
            round(j.usual_days, 2) AS usual_days
        FROM judged AS j
        LEFT JOIN kept AS k ON k.source = j.source
        LEFT JOIN read AS r ON r.source = j.source
        ORDER BY j.source
    """  # noqa: S608  # figures of this module, and quoted literals


def read_through(con: duckdb.DuckDBPyConnection) -> tuple[int, int, str]:
    """Reads every value of the index: its tables, its rows, and the version of DuckDB that read them.

    Raises DamagedArchive where one cannot be read.
    """
    import duckdb

    tables = con.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal ORDER BY ALL").fetchall()
    rows = 0
    try:
        for (name,) in tables:
            statement = f'SELECT count(*), bit_xor(hash(t)) FROM "{name}" AS t'  # noqa: S608  # of the catalogue
            [(count, _)] = con.execute(statement).fetchall()
            rows += int(count)
    except duckdb.Error as error:
        raise DamagedArchive(
            f"The index cannot be read: {error}", todo="`archiver rebuild` makes it anew from snapshots/"
        ) from error
    return len(tables), rows, duckdb.__version__
