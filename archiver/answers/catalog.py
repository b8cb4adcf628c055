"""What the archive holds, as SQL text: boards, sources, and whatever a text is found in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import names
from .sql import literal

if TYPE_CHECKING:
    import duckdb

_USABLE = "s.preferred AND s.status IN ('accepted', 'released')"


def boards(con: duckdb.DuckDBPyConnection, patterns: Sequence[str] = ()) -> str:
    """One row a board: what it ranks by, how many models its newest snapshot lists, and how far it reaches.

    patterns: globs; without any, all boards. Raises UnknownName for a glob that matches none.
    """
    chosen = literal(names.boards(con, patterns)) if patterns else "NULL"
    return f"""
        SELECT
            b.board, b.title, b.metric, max_by(s.rank_kind, s.time) AS rank_kind,
            max_by(s.rows, (s.time, s.captured_at)) AS models, count(s.snapshot_id) AS snapshots,
            count(*) FILTER (WHERE s.complete) AS complete, CAST(min(s.time) AS DATE) AS first,
            CAST(max(s.time) AS DATE) AS last, max(s.last_seen) AS last_seen,
            string_agg(DISTINCT s.route, ', ' ORDER BY s.route) AS routes
        FROM boards AS b
        LEFT JOIN snapshots AS s ON s.board = b.board AND {_USABLE}
        WHERE {chosen} IS NULL OR b.board IN (SELECT unnest({chosen}::VARCHAR[]))
        GROUP BY b.board, b.title, b.metric ORDER BY b.board
    """  # noqa: S608  # literals are quoted


def sources(con: duckdb.DuckDBPyConnection, wanted: Sequence[str] = ()) -> str:
    """One row a source: whose data it is, under which licence, and how far it reaches.

    wanted: names of sources; without any, all. Raises UnknownName for the first that is none.
    """
    chosen = f"WHERE list_contains({literal(names.sources(con, wanted))}, o.source)" if wanted else ""
    return f"""
        SELECT
            o.source, o.title, o.homepage, o.license, o.attribution, o.cadence_hours, o.proven,
            count(DISTINCT b.board) AS boards, count(s.snapshot_id) AS snapshots,
            CAST(min(s.time) AS DATE) AS first, CAST(max(s.time) AS DATE) AS last,
            (SELECT max(c.captured_at) FROM captures AS c WHERE c.source = o.source AND c.outcome <> 'failed')
                AS last_success,
            o.quirks
        FROM sources AS o
        LEFT JOIN boards AS b ON b.source = o.source
        LEFT JOIN snapshots AS s ON s.board = b.board AND {_USABLE}
        {chosen}
        GROUP BY ALL ORDER BY o.source
    """  # noqa: S608


def find(text: str) -> str:
    """Organisations, families, models, names as listed and boards in whose name a text stands, in any script
    that the registry knows for them.

    Columns: kind, name, organization, country, boards (how many), first, last (dates on which it stood).
    """
    return f"""
        WITH wanted AS (SELECT fold({literal(text)}) AS folded, lower(trim({literal(text)})) AS lowered),
        spoken AS (
            SELECT DISTINCT a.kind, a.target FROM aliases AS a, wanted AS w
            WHERE w.folded <> '' AND contains(a.folded, w.folded) AND a.kind <> 'country'
        ),
        listed AS (
            SELECT DISTINCT 'listed' AS kind, n.model_listed AS target FROM names AS n, wanted AS w
            WHERE contains(lower(n.model_listed), w.lowered)
                OR contains(lower(n.organization_listed), w.lowered)
        ),
        wanted_names AS (
            SELECT n.* FROM names AS n
            WHERE n.organization IN (SELECT target FROM spoken) OR n.family IN (SELECT target FROM spoken)
                OR n.model IN (SELECT target FROM spoken) OR n.model_listed IN (SELECT target FROM listed)
        ),
        dated AS (
            SELECT n.model_listed, n.model, n.family, n.organization, s.board, min(s.time) AS first,
                max(s.time) AS last
            FROM wanted_names AS n
            JOIN entries AS e ON e.model_listed = n.model_listed AND starts_with(e.board, n.source || '/')
                AND n.organization_listed IS NOT DISTINCT FROM e.organization_listed
            JOIN snapshots AS s ON s.content_id = e.content_id AND s.board = e.board
            WHERE {_USABLE}
            GROUP BY n.model_listed, n.model, n.family, n.organization, s.board
        ),
        seen AS (
            SELECT 'organization' AS kind, organization AS target, organization, board, first, last FROM dated
            UNION ALL SELECT 'family', family, organization, board, first, last FROM dated
            UNION ALL SELECT 'model', model, organization, board, first, last FROM dated
            UNION ALL SELECT 'listed', model_listed, organization, board, first, last FROM dated
        ),
        found AS (
            SELECT
                k.kind, k.target AS name, d.board, d.first, d.last, coalesce(
                    m.organization, d.organization, CASE k.kind WHEN 'organization' THEN k.target END
                ) AS organization
            FROM (FROM spoken UNION ALL FROM listed) AS k
            LEFT JOIN models AS m ON m.model = k.target AND k.kind = 'model'
            LEFT JOIN seen AS d ON d.kind = k.kind AND d.target = k.target
        ),
        answer AS (
            SELECT
                f.kind, f.name, min(f.organization) AS organization, count(DISTINCT f.board) AS boards,
                CAST(min(f.first) AS DATE) AS first, CAST(max(f.last) AS DATE) AS last
            FROM found AS f
            GROUP BY f.kind, f.name
            UNION ALL
            SELECT 'board', b.board, NULL, 1, CAST(min(s.time) AS DATE), CAST(max(s.time) AS DATE)
            FROM boards AS b
            JOIN wanted AS w
                ON contains(b.board, replace(w.lowered, ' ', '-')) OR contains(lower(b.title), w.lowered)
            LEFT JOIN snapshots AS s ON s.board = b.board AND {_USABLE}
            GROUP BY b.board
        )
        SELECT a.kind, a.name, a.organization, o.country, a.boards, a.first, a.last
        FROM answer AS a
        LEFT JOIN organizations AS o ON o.organization = a.organization
        ORDER BY list_position(['organization', 'family', 'model', 'listed', 'board'], a.kind), a.name
    """  # noqa: S608  # literals are quoted
