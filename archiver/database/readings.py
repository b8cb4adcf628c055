"""What parsers read, on its way into the tables `payloads`, `contents`, `findings` and `entries`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import ParseFailed
from ..records import Finding, Snapshot, moment
from . import rows
from .spool import Content, Spool, content, json_text

if TYPE_CHECKING:
    import duckdb

_BATCH = 122_880
"""Rows handed to DuckDB at once: half of what it compresses together, so that both cores have work."""


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


class Readings:
    """Collects readings; `flush` writes what describes them, `write_entries` the entries in their order."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        """connection: to the working copy. folder: on whose disk entries wait."""
        self._connection = connection
        self._spool = Spool(folder)
        stored = "SELECT DISTINCT replace(content_id::VARCHAR, '-', '') FROM contents"
        self._stored = {content_id for (content_id,) in connection.execute(stored).fetchall()}
        read = connection.execute("SELECT reading_id FROM payloads").fetchall()
        self._read = {reading_id for (reading_id,) in read}
        self._unwritten: set[str] = set()
        self._replaced: list[rows.Row] = []
        self._new: dict[str, list[rows.Row]] = {"payloads": [], "contents": [], "findings": [], "touched": []}
        connection.execute("CREATE TEMP TABLE dropped (content_id UUID)")
        connection.execute("CREATE TEMP TABLE written (content_id UUID)")

    def add(
        self, pending: Pending, version: int, snapshots: Iterable[tuple[Snapshot, Sequence[Finding]]]
    ) -> None:
        """Takes what a parser reads, as it reads it. Where it raises, nothing of this payload is taken."""
        new: dict[str, list[rows.Row]] = {"contents": [], "findings": [], "touched": []}
        spooled: list[str] = []
        seen: set[tuple[str, datetime | None]] = set()
        try:
            for snapshot, found in snapshots:
                _refuse(pending.source, snapshot, seen)
                made = content(snapshot)
                if made.content_id not in self._stored and made.content_id not in self._spool:
                    self._spool.add(made, snapshot.board)
                    spooled.append(made.content_id)
                new["contents"].append(_content(pending, version, snapshot, made))
                new["findings"] += [_finding(pending, snapshot.board, made.content_id, one) for one in found]
                new["touched"].append((snapshot.board,))
        except BaseException:
            self._spool.forget(spooled)
            raise
        self._take(pending, version, len(new["contents"]), None)
        for table, some in new.items():
            self._new[table] += some

    def fail(self, pending: Pending, version: int, error: str) -> None:
        """Takes that a payload could not be read."""
        self._take(pending, version, 0, error)

    def flush(self) -> None:
        """Writes all but the entries."""
        if self._replaced:
            self._connection.execute("CREATE OR REPLACE TEMP TABLE replaced (reading_id VARCHAR)")
            rows.insert(self._connection, "replaced", self._replaced)
            self._connection.execute(_REPLACE)
        for table, new in self._new.items():
            rows.insert(self._connection, table, new)
            new.clear()
        self._replaced.clear()
        self._unwritten.clear()

    def write_entries(self) -> bool:
        """Appends the entries of new contents as one block sorted by (board, time, position), and removes
        those of contents that nothing says any more; says whether there were any of these.

        The snapshots must be made before: they give the times.
        """
        import pyarrow as pa

        gone = self._connection.execute(_DROP).fetchall()
        self._stored -= {content_id for (content_id,) in gone}
        order = self._order()
        batches = self._spool.batches(order, _BATCH)
        first = next(batches, None)
        if first is not None:
            reader = pa.RecordBatchReader.from_batches(first.schema, chain([first], batches))
            rows.insert_arrow(self._connection, "entries", reader)
        rows.insert(self._connection, "written", [(content_id,) for content_id in order])
        self._stored.update(order)
        self._spool.empty()
        return bool(gone)

    def close(self) -> None:
        """Lets go of what waited."""
        self._spool.close()

    def _take(self, pending: Pending, version: int, boards: int, error: str | None) -> None:
        reading_id = pending.reading_id
        if reading_id in self._unwritten:
            self.flush()
        if reading_id in self._read:
            self._replaced.append((reading_id,))
        self._read.add(reading_id)
        self._unwritten.add(reading_id)
        self._new["payloads"].append(
            (
                pending.payload_sha256,
                pending.source,
                pending.url,
                version,
                boards,
                error,
                pending.route,
                reading_id,
            )
        )

    def _order(self) -> list[str]:
        import pyarrow as pa

        waiting = pa.RecordBatch.from_pydict({"content_id": pa.array(self._spool, pa.string())})
        self._connection.register("waiting", waiting)
        order = [content_id for (content_id,) in self._connection.execute(_ORDER).fetchall()]
        self._connection.unregister("waiting")
        return order


_REPLACE = """
-- Earlier readings of payloads that were read again.
INSERT INTO touched SELECT DISTINCT board FROM contents SEMI JOIN replaced USING (reading_id);
INSERT INTO dropped SELECT DISTINCT content_id FROM contents SEMI JOIN replaced USING (reading_id);
DELETE FROM payloads WHERE reading_id IN (FROM replaced);
DELETE FROM contents WHERE reading_id IN (FROM replaced);
DELETE FROM findings WHERE reading_id IN (FROM replaced);
DROP TABLE replaced
"""

_DROP = """
CREATE OR REPLACE TEMP TABLE gone AS
SELECT DISTINCT content_id FROM dropped ANTI JOIN contents USING (content_id);
DELETE FROM dropped;
DELETE FROM written;
DELETE FROM entries WHERE content_id IN (FROM gone);
SELECT replace(content_id::VARCHAR, '-', '') FROM gone
"""

_ORDER = """
SELECT w.content_id
FROM waiting AS w
JOIN (SELECT DISTINCT content_id, board FROM contents) AS k ON k.content_id = w.content_id::UUID
LEFT JOIN (SELECT content_id, min(time) AS time FROM snapshots GROUP BY content_id) AS s
    ON s.content_id = k.content_id
ORDER BY k.board, s.time, w.content_id
"""


def _refuse(source: str, snapshot: Snapshot, seen: set[tuple[str, datetime | None]]) -> None:
    """Raises ParseFailed for a snapshot that could not be told from others."""
    if re.fullmatch(r"[^/]+/[^/]+/[^/]+", snapshot.board) is None or not snapshot.board.startswith(
        f"{source}/"
    ):
        raise ParseFailed(f"{snapshot.board!r} is no board of {source}: {source}/track/category is")
    state = (snapshot.board, snapshot.published_at)
    if state in seen:
        raise ParseFailed(
            f"the payload shows {snapshot.board} twice for one publish date ({moment(snapshot.published_at)})"
        )
    seen.add(state)


def _content(pending: Pending, version: int, snapshot: Snapshot, made: Content) -> rows.Row:
    """A row of the table `contents`."""
    return (
        made.content_id,
        pending.payload_sha256,
        snapshot.board,
        pending.route,
        rows.naive(snapshot.published_at),
        made.rows,
        made.competitors,
        snapshot.declared_total,
        snapshot.complete,
        snapshot.rank_kind,
        snapshot.metric,
        snapshot.layout,
        version,
        json_text(snapshot.notes) if snapshot.notes else None,
        pending.reading_id,
    )


def _finding(pending: Pending, board: str, content_id: str, found: Finding) -> rows.Row:
    """A row of the table `findings`."""
    figures = json_text(found.figures) if found.figures else None
    return content_id, board, found.code, found.severity, found.sentence, figures, pending.reading_id
