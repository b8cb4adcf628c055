"""The table `snapshots`: made anew for the boards that a load touched, in two steps, the checks between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import build

if TYPE_CHECKING:
    import duckdb


def make(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes `fresh_snapshots`, whose status is not settled yet."""
    connection.execute(build.script("snapshots"))


def settle(connection: duckdb.DuckDBPyConnection) -> None:
    """Settles the status of `fresh_snapshots` and which of them answers prefer, and writes what changed."""
    connection.execute("CREATE OR REPLACE TEMP TABLE covered (snapshot_id VARCHAR)")
    if connection.execute(_SEVERAL_WAYS).fetchall():
        connection.execute(_COVERED)
    connection.execute(build.script("settled"))


_SEVERAL_WAYS = """
SELECT board FROM fresh_snapshots GROUP BY board
HAVING count(DISTINCT route) > 1 OR bool_or(complete) <> bool_and(complete)
LIMIT 1
"""
"""Whether any board came by more than one way; to plan the question that follows takes longer than to ask."""

_COVERED = """
INSERT INTO covered
FROM covered_snapshots((
    SELECT list(covering(f.snapshot_id, f.board, f.route, f.complete, f.time, f.last_seen))
    FROM fresh_snapshots AS f
    WHERE settled_status(f.doubted, f.verdict) IN ('accepted', 'released')
))
"""
