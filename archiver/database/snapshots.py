"""The table `snapshots`: made anew for the boards that a load touched, in two steps, the checks between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from ..checks.shots import Shot

if TYPE_CHECKING:
    import duckdb

USED = ("accepted", "released")
"""Statuses of what answers may use."""


class Fresh(NamedTuple):
    """A row of the temporary table `fresh_snapshots`: a snapshot of a touched board, not settled yet."""

    board: str
    route: str
    complete: bool
    metric: str
    alone: str
    """The status that it has if the checks beside what went before find nothing to hold it for."""
    held: str
    """The status that it has if they do."""
    digest: int
    """Of all that is said of it but its status and what follows from that."""
    shot: Shot


class Stood(NamedTuple):
    """What the table `snapshots` says of a snapshot."""

    digest: int
    """As in `Fresh`."""
    status: str
    preferred: bool
    stands_until: datetime | None


def make(connection: duckdb.DuckDBPyConnection) -> list[Fresh]:
    """Makes `fresh_snapshots`, and gives its rows by board, route and time."""
    connection.execute(_MAKE)
    found = connection.execute(_FRESH).fetchall()
    fresh = [Fresh._make((*row[:7], Shot(*row[7:]))) for row in found]
    return sorted(fresh, key=lambda one: (*one[:2], one.shot.time, one.shot.first_seen, one.shot.snapshot_id))


def stood(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Stood]]:
    """The snapshots of the touched boards as they are in the index, by board and id."""
    found: defaultdict[str, dict[str, Stood]] = defaultdict(dict)
    for board, snapshot_id, *said in connection.execute(_STOOD).fetchall():
        found[board][snapshot_id] = Stood._make(said)
    return found


def settle(
    connection: duckdb.DuckDBPyConnection,
    fresh: Sequence[Fresh],
    stood: Mapping[str, Mapping[str, Stood]],
    held: Set[str],
) -> None:
    """Settles the status of `fresh_snapshots` and which of them answers prefer, and writes what changed.

    fresh, stood: as `make` and `stood` gave them. held: the snapshots that the checks beside what went before
    hold.
    """
    settled = [(one, one.held if one.shot.snapshot_id in held else one.alone) for one in fresh]
    usable = [one for one, status in settled if status in USED]
    preferred = {one.shot.snapshot_id for one in usable} - _covered(connection, usable)
    until = dict(connection.execute(_STANDS, [sorted(preferred)]).fetchall())
    new = {
        name: Stood(one.digest, status, name in preferred, until.get(name))
        for one, status in settled
        for name in [one.shot.snapshot_id]
    }
    # Only rows that differ are written: most boards are touched by a capture that shows them as they were.
    old = {name: said for several in stood.values() for name, said in several.items()}
    if gone := [name for name, said in old.items() if said != new.get(name)]:
        connection.execute(_DELETE, [gone])
    if come := [(name, *said[1:]) for name, said in new.items() if said != old.get(name)]:
        connection.execute(_INSERT, [list(column) for column in zip(*come, strict=True)])


def _covered(connection: duckdb.DuckDBPyConnection, usable: Collection[Fresh]) -> set[str]:
    """The snapshots for whose times a better way has one."""
    ways: defaultdict[str, set[tuple[str, bool]]] = defaultdict(set)
    for one in usable:
        ways[one.board].add((one.route, one.complete))
    several = [one.shot.snapshot_id for one in usable if len(ways[one.board]) > 1]
    if not several:
        return set()
    return {name for (name,) in connection.execute(_COVERED, [several]).fetchall()}


_MAKE = """
CREATE OR REPLACE TEMP TABLE fresh_snapshots AS
FROM snapshots_made((SELECT list(DISTINCT t.board) FROM touched AS t), NULL)
"""
"""See rules.sql."""

_COVERED = """
FROM covered_snapshots((
    SELECT list(covering(f.snapshot_id, f.board, f.route, f.complete, f.time, f.last_seen))
    FROM fresh_snapshots AS f SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS snapshot_id) USING (snapshot_id)
))
"""

_STANDS = """
WITH snapshots AS (
    SELECT f.* REPLACE (true AS preferred)
    FROM fresh_snapshots AS f SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS snapshot_id) USING (snapshot_id)
)
SELECT s.snapshot_id, s.stands_until FROM spans((SELECT list(n.board) FROM snapshots AS n)) AS s
"""

_SAID = "hash(*COLUMNS(s.* EXCLUDE ({})))"
"""Of all columns but some."""

_FRESH = f"""
SELECT
    s.board, s.route, s.complete, s.metric,
    settled_status(s.doubted, s.verdict), settled_status(true, s.verdict),
    {_SAID.format("status, preferred, doubted, verdict")},
    s.snapshot_id, s.content_id::VARCHAR, s.time, s.published_at, s.first_seen, s.last_seen, s.doubted,
    s.verdict
FROM fresh_snapshots AS s
"""  # noqa: S608  # text of ours

_STOOD = f"""
SELECT
    s.board, s.snapshot_id, {_SAID.format("status, preferred, stands_until")},
    s.status, s.preferred, s.stands_until
FROM snapshots AS s SEMI JOIN touched USING (board)
"""  # noqa: S608  # text of ours

_DELETE = "DELETE FROM snapshots WHERE snapshot_id IN (SELECT unnest(?::VARCHAR[]))"

_INSERT = """
INSERT INTO snapshots
SELECT
    f.* EXCLUDE (doubted, verdict) REPLACE (n.status AS status, n.preferred AS preferred), n.stands_until
FROM fresh_snapshots AS f
JOIN (
    SELECT
        unnest(?::VARCHAR[]) AS snapshot_id, unnest(?::VARCHAR[]) AS status,
        unnest(?::BOOLEAN[]) AS preferred, unnest(?::TIMESTAMP[]) AS stands_until
) AS n USING (snapshot_id)
ORDER BY f.board, f.time, f.snapshot_id
"""
