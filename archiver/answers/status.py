"""How collection stands, and which names the registry does not know."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from .sql import literal

if TYPE_CHECKING:
    import duckdb


def status(con: duckdb.DuckDBPyConnection, now: datetime) -> duckdb.DuckDBPyRelation:
    """One row a source: last success, last attempt and how it ended, what is kept, unread and held.

    `freshness` is `fresh` within one and a half cadences of the last success, then `overdue`; `never`
    without one.
    """
    return con.sql(f"""
        WITH tried AS (
            SELECT
                c.source, count(*) AS captures, count(*) FILTER (WHERE c.outcome = 'failed') AS failed,
                max(c.captured_at) FILTER (WHERE c.outcome <> 'failed') AS last_success,
                max(c.captured_at) AS last_attempt,
                max_by(c.outcome, (c.captured_at, c.ledger, c.line)) AS outcome,
                max_by(coalesce(c.reason || ': ' || c.detail, ''), (c.captured_at, c.ledger, c.line))
                    AS reason
            FROM captures AS c GROUP BY c.source
        ),
        kept AS (
            SELECT b.source, count(*) AS snapshots, count(*) FILTER (WHERE s.status = 'held') AS held
            FROM snapshots AS s JOIN boards AS b ON b.board = s.board GROUP BY b.source
        ),
        read AS (
            SELECT p.source, count(*) AS payloads, count(*) FILTER (WHERE p.error IS NOT NULL) AS unread
            FROM payloads AS p GROUP BY p.source
        )
        SELECT
            o.source, t.last_success, t.last_attempt, t.outcome, nullif(t.reason, '') AS reason,
            coalesce(t.captures, 0) AS captures, coalesce(t.failed, 0) AS failed,
            coalesce(r.payloads, 0) AS payloads, coalesce(r.unread, 0) AS unread,
            coalesce(k.snapshots, 0) AS snapshots, coalesce(k.held, 0) AS held, o.cadence_hours,
            round(date_diff('minute', t.last_success, {literal(now)}) / 60, 1) AS age_hours,
            CASE WHEN t.last_success IS NULL THEN 'never'
                WHEN date_diff('minute', t.last_success, {literal(now)}) <= 90 * o.cadence_hours THEN 'fresh'
                ELSE 'overdue' END AS freshness
        FROM sources AS o
        LEFT JOIN tried AS t ON t.source = o.source
        LEFT JOIN kept AS k ON k.source = o.source
        LEFT JOIN read AS r ON r.source = o.source
        ORDER BY o.source
    """)  # noqa: S608  # literals are quoted


def gaps(con: duckdb.DuckDBPyConnection, *, lasting: bool = True) -> duckdb.DuckDBPyRelation:
    """The view `gaps`: what failed, stayed unread or is held. lasting: only what is not over."""
    where = "WHERE until IS NULL" if lasting else ""
    return con.sql(f"FROM gaps {where} ORDER BY source, since, board NULLS FIRST, detail")


def unmapped(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
    """Names as listed that the registry gives no model or no organisation, those seen most first;
    humans and baselines need none.

    Columns: source, model_listed, organization_listed, organization (where that much is known), missing,
    boards and entries (how many), board (one of them), last (date).
    """
    return con.sql("""
        SELECT
            n.source, n.model_listed, n.organization_listed, n.organization,
            CASE WHEN n.model IS NOT NULL THEN 'organization' WHEN n.organization IS NOT NULL THEN 'model'
                ELSE 'model, organization' END AS missing,
            count(DISTINCT e.board) AS boards, count(e.board) AS entries, min(e.board) AS board,
            CAST(max(s.time) AS DATE) AS last
        FROM names AS n
        LEFT JOIN entries AS e ON e.model_listed = n.model_listed AND starts_with(e.board, n.source || '/')
            AND n.organization_listed IS NOT DISTINCT FROM e.organization_listed
        LEFT JOIN snapshots AS s ON s.content_id = e.content_id AND s.board = e.board
        WHERE n.model IS NULL OR n.organization IS NULL
        GROUP BY n.source, n.model_listed, n.organization_listed, n.organization, n.model
        HAVING bool_or(e.competitor)
        ORDER BY entries DESC, n.source, n.model_listed
    """)


class Known(NamedTuple):
    """How much of a source the registry knows, humans and baselines left out."""

    source: str
    entries: int
    organization: float
    """Share of entries whose maker is known, 0 to 1."""
    family: float
    """Share of entries whose family is known, 0 to 1."""


def known_names(con: duckdb.DuckDBPyConnection) -> list[Known]:
    """One for each source that has entries."""
    found = con.execute("""
        SELECT n.source, count(*), count(n.organization) / count(*), count(n.family) / count(*)
        FROM entries AS e
        JOIN names AS n ON n.model_listed = e.model_listed AND starts_with(e.board, n.source || '/')
            AND n.organization_listed IS NOT DISTINCT FROM e.organization_listed
        WHERE e.competitor
        GROUP BY n.source ORDER BY n.source
    """)
    return [Known._make(row) for row in found.fetchall()]
