"""What waits for a person: snapshots that a check holds, payloads that no parser could read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from ..errors import UsageError
from ..moments import utc

if TYPE_CHECKING:
    import duckdb


class Unread(NamedTuple):
    """A payload that is kept but could not be read."""

    source: str
    url: str
    payload_sha256: str
    error: str
    ended: bool
    """The process that read it was ended from outside: the next load reads it again, else a newer parser."""


class Held(NamedTuple):
    """A snapshot that a check holds back."""

    snapshot_id: str
    board: str
    date: str
    """Of the time that answers would order it by, YYYY-MM-DD."""
    rows: int
    reason: str
    """The sentences of the findings that hold it."""


class Identity(NamedTuple):
    """What names a snapshot for ever: it does not change on a rebuild."""

    board: str
    payload_sha256: str
    published_at: datetime | None


def unread(con: duckdb.DuckDBPyConnection, among: Iterable[str | None] | None = None) -> list[Unread]:
    """Payloads that are kept but could not be read, all or among some digests."""
    rows = con.execute(
        "SELECT source, url, payload_sha256, error, parser_version = 0 FROM payloads "
        "WHERE error IS NOT NULL ORDER BY ALL"
    )
    wanted = None if among is None else set(among)
    return [
        row for row in map(Unread._make, rows.fetchall()) if wanted is None or row.payload_sha256 in wanted
    ]


def held(con: duckdb.DuckDBPyConnection) -> list[Held]:
    """Snapshots that are out of the answers until they are released or rejected."""
    return [Held._make(row) for row in con.execute(HELD).fetchall()]


HELD = """
SELECT s.snapshot_id, s.board, strftime(s.time, '%Y-%m-%d') AS date, s.rows,
    string_agg(c.sentence, ' ' ORDER BY c.sentence) AS reason
FROM snapshots AS s
JOIN concerns AS c ON c.snapshot_id = s.snapshot_id
WHERE s.status = 'held' AND c.severity = 'error'
GROUP BY s.snapshot_id, s.board, s.time, s.rows ORDER BY s.board, s.time, s.snapshot_id
"""
"""The statement of `held`."""


def identified(con: duckdb.DuckDBPyConnection, snapshot_id: str) -> Identity:
    """The snapshot whose id begins so. Raises UsageError where it is none, or several."""
    rows = con.execute(
        "SELECT board, payload_sha256, published_at FROM snapshots WHERE starts_with(snapshot_id, ?)",
        [snapshot_id],
    ).fetchall()
    if len(rows) != 1:
        raise UsageError(
            f"{len(rows) or 'No'} snapshots have an id that begins with {snapshot_id!r}.",
            kept="nothing was changed",
            todo="`archiver held` lists what waits, with its ids",
        )
    board, payload, published_at = rows[0]
    return Identity(board, payload, None if published_at is None else utc(published_at))
