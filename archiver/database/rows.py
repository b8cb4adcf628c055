"""Rows of the tables: made from records, and written in bulk.

Not by way of `pyarrow.array`: it looks for pandas, and where that is installed, to import it takes longer
than all else that a capture costs the index.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from ..parsing import Leader, Seen, Shown
from ..parsing.columns import json_text
from ..records import Capture, Decision, Finding, Slot, utc

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

Row = tuple[object, ...]


class Pending(NamedTuple):
    """A payload that waits for a parser. The same bytes under two URLs or on two routes are two readings."""

    source: str
    route: str
    payload_sha256: str
    url: str

    @property
    def reading_id(self) -> str:
        """Names the reading in the index."""
        return sha256("\0".join(self).encode()).hexdigest()[:32]


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Row]) -> None:
    """Appends rows, each in the order of the table's columns. `table` is a name of ours."""
    if rows:
        with connection.appender(table) as appender:
            appender.append_rows(rows)


def insert_arrow(connection: duckdb.DuckDBPyConnection, table: str, arrow: pa.RecordBatchReader) -> None:
    """Appends Arrow rows, matched by column names, millions a second."""
    connection.register("incoming", arrow)
    connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")  # noqa: S608  # a name of ours
    connection.unregister("incoming")


def replace(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Row]) -> bool:
    """Makes `rows` the whole of a small table, and says whether that changed anything."""
    new = sorted(rows, key=repr)
    old: list[Row] = connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608  # a name of ours
    if sorted(old, key=repr) == new:
        return False
    connection.execute(f"DELETE FROM {table}")  # noqa: S608  # a name of ours
    insert(connection, table, new)
    return True


def capture(one: Capture) -> Row:
    """A row of the table `captures`."""
    return (
        one.capture_id,
        one.ledger,
        one.line,
        one.source,
        one.route,
        one.url,
        one.final_url,
        _naive(one.captured_at),
        _naive(one.loaded_at),
        one.outcome,
        one.reason,
        one.detail,
        one.status,
        one.sha256,
        one.size,
        one.via,
        one.origin,
        one.tool,
    )


def decision(one: Decision) -> Row:
    """A row of the table `decisions`."""
    return (
        one.decision_id,
        one.board,
        one.payload_sha256,
        _naive(one.published_at),
        one.verdict,
        one.because,
        _naive(one.loaded_at),
    )


def slot(one: Slot) -> Row:
    """A row of the table `slots`."""
    return (
        one.slot_id,
        one.ledger,
        one.line,
        one.source,
        _naive(one.due),
        _naive(one.until),
        one.slots,
        one.outcome,
        one.reason,
        one.detail,
        one.captures,
        one.failed,
        one.by,
        _naive(one.started_at),
        one.seconds,
        _naive(one.loaded_at),
    )


def payload(pending: Pending, version: int, boards: int, error: str | None) -> Row:
    """A row of the table `payloads`."""
    return (
        pending.payload_sha256,
        pending.source,
        pending.url,
        version,
        boards,
        error,
        pending.route,
        pending.reading_id,
    )


def content(pending: Pending, version: int, shown: Shown, leader: Leader | None) -> Row:
    """A row of the table `contents`."""
    return (
        shown.content_id,
        pending.payload_sha256,
        shown.board,
        pending.route,
        _naive(shown.published_at),
        shown.rows,
        shown.competitors,
        shown.declared_total,
        shown.complete,
        shown.rank_kind,
        shown.metric,
        shown.layout,
        version,
        shown.notes,
        pending.reading_id,
        *(leader or (None, None, None)),
    )


def finding(pending: Pending, shown: Shown, seen: Seen) -> Row:
    """A row of the table `findings`."""
    return shown.content_id, shown.board, *seen, pending.reading_id, None


def past_finding(board: str, content_id: str, snapshot_id: str, found: Finding) -> Row:
    """A row of the table `findings`, of a snapshot beside what went before."""
    figures = json_text(found.figures) if found.figures else None
    return content_id, board, found.code, found.severity, found.sentence, figures, None, snapshot_id


def _naive(time: datetime | None) -> datetime | None:
    """A time as the tables hold it: UTC, without saying so."""
    return None if time is None else utc(time).replace(tzinfo=None)
