"""What is missing: gaps of the collection, and names that the registry does not know."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from . import names
from .sql import literal

if TYPE_CHECKING:
    import duckdb


class Touching(NamedTuple):
    """Which gaps are asked for."""

    sources: Collection[str] = ()
    """Everything of these."""
    boards: Collection[str] = ()
    """What concerns these, or their sources as a whole. Neither of the two: all there is."""
    since: datetime | None = None
    until: datetime | None = None
    """Those that lie at least partly between."""
    lasting: bool = False
    """Only those that are not over."""


def touching(con: duckdb.DuckDBPyConnection, wanted: Iterable[str]) -> Touching:
    """What sources, and globs of boards, mean. Raises UnknownName for the first that means neither."""
    known = {source for (source,) in con.execute("SELECT source FROM sources").fetchall()}
    sources = [name for name in wanted if name in known]
    return Touching(sources, names.boards(con, [name for name in wanted if name not in known]))


def gaps(asked: Touching) -> str:
    """The statement that gives the view `gaps`, or a part of it: what failed, was missed, could not be read
    or is held.

    Columns: source, board (null: all of them), since, until (null: it lasts), kind, detail.
    """
    where = []
    if asked.sources or asked.boards:
        boards, sources = (f"{literal(sorted(each))}::VARCHAR[]" for each in (asked.boards, asked.sources))
        behind = sorted({board.split("/")[0] for board in asked.boards})
        where.append(
            f"(list_contains({sources}, g.source) OR list_contains({boards}, g.board)"
            f" OR (g.board IS NULL AND list_contains({literal(behind)}::VARCHAR[], g.source)))"
        )
    if asked.until is not None:
        where.append(f"g.since <= end_of({literal(asked.until)})")
    if asked.since is not None:
        where.append(f"(g.until IS NULL OR g.until >= {literal(asked.since)})")
    if asked.lasting:
        where.append("g.until IS NULL")
    return f"""
SELECT g.source, g.board, g.since, g.until, g.kind, g.detail
FROM gaps AS g
WHERE {" AND ".join(where) or "true"}
ORDER BY g.source, g.since, g.board NULLS FIRST, g.kind, g.detail
"""  # noqa: S608  # literals are quoted


def unmapped() -> str:
    """The statement that gives names as listed that the registry has no model or no organisation for, those
    seen most first; humans and baselines need none.

    Columns: source, model_listed, organization_listed, organization (where that much is known), missing,
    boards and entries (how many), board (one of them), last (date).
    """
    return """
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
    """


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
