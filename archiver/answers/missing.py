"""What is missing: gaps of the collection, and names that the registry does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import duckdb


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
