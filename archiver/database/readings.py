"""What parsers read, on its way into the tables `payloads`, `contents`, `findings` and `entries`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ArchiverError
from ..parsing import Portion
from . import rows
from .connect import translated
from .describing import described
from .pouring import Pour
from .publish import ROW_GROUP, expect_much
from .rows import Pending
from .spool import Spool

if TYPE_CHECKING:
    import duckdb

    from .snapshots import Fresh

FEW = 30
"""Payloads of a load that one core is enough for."""


class Readings:
    """Collects readings; `flush` writes what describes them, `write_entries` the entries in their order."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, index: Path, *, some_stored: bool) -> None:
        """connection: to the working copy. index: beside which entries wait, and which errors name.
        some_stored: whether the index may hold contents already."""
        self._connection = connection
        self._index = index
        self._spool = Spool(index.parent)
        self._broken: ArchiverError | None = None
        self._unwritten: set[str] = set()
        self._new: dict[str, list[rows.Row]] = {"payloads": [], "contents": [], "findings": [], "touched": []}
        self._alone = False
        self._poured: list[str] = []
        """Contents whose entries are in the index before they are described there."""
        self._dropped: set[str] = set()
        """Contents that a reading says no more, until `write_entries` removes their entries."""
        self._some_stored = some_stored

    def expect(self, payloads: int) -> None:
        """How many payloads this load will read: one alone need not wait for its place among others."""
        self._alone = payloads == 1
        if payloads > FEW:
            expect_much(self._connection)

    def add(self, pending: Pending, version: int, portions: Iterable[Portion]) -> None:
        """Takes what a parser reads, as it comes. Where it raises, nothing of this payload is taken."""
        new: dict[str, list[rows.Row]] = {"contents": [], "findings": [], "touched": []}
        passing = described(pending, version, portions, new)
        spooled: list[str] = []
        pour: Pour | None = None
        try:
            some = list(islice(passing, 2)) if self._alone else []
            passing = chain(some, passing)
            if len(some) > 1:
                pour = Pour(passing, self._held())
                passing = self._written(pour)
            for portion in passing:
                spooled += self._set_aside(portion)
        except BaseException as error:
            self._spool.forget(spooled)
            if pour and isinstance(error, Exception) and not self._broken:
                with self._writing():
                    pour.undo(self._connection)
            raise
        self._poured += pour.written if pour else []
        self._take(pending, version, len(new["contents"]), None)
        for table, more in new.items():
            self._new[table] += more

    def _written(self, pour: Pour) -> Iterator[Portion]:
        """Has a large payload's entries written as they are read, and gives what is left of it."""
        with self._writing():
            expect_much(self._connection)
            pour.write(self._connection)
        return pour.rest()

    def _held(self) -> Callable[[str], bool]:
        """Says of a content whether its entries are in the index, or wait for it."""
        with self._writing():
            found = self._connection.execute(_ALL_STORED).fetchall()
        stored = self._dropped.union(name for (name,) in found)
        return lambda name: name in stored or name in self._spool

    def _set_aside(self, portion: Portion) -> set[str]:
        """Spools the contents of a portion that are new to the index, and says which."""
        names = [shown.content_id for shown in portion.shown]
        held = self._stored(names).union(self._poured)
        wanted = {name for name in names if name not in held and name not in self._spool}
        if wanted:
            with self._writing():
                self._spool.add(portion, wanted)
        return wanted

    def fail(self, pending: Pending, version: int, error: str) -> None:
        """Takes that a payload could not be read."""
        self._take(pending, version, 0, error)

    def flush(self) -> None:
        """Writes all but the entries. Raises again what failed in `add`, though its caller went on."""
        if self._broken:
            raise self._broken
        if self._unwritten:
            self._remove_earlier()
        for table, new in self._new.items():
            rows.insert(self._connection, table, new)
            new.clear()
        self._unwritten.clear()

    def _remove_earlier(self) -> None:
        """Removes earlier readings of the payloads that were read again."""
        again = self._connection.execute(_AGAIN, [sorted(self._unwritten)]).fetchall()
        if again:
            self._connection.execute("CREATE OR REPLACE TEMP TABLE replaced (reading_id VARCHAR)")
            rows.insert(self._connection, "replaced", again)
            dropped = self._connection.execute(_REPLACED).fetchall()
            self._dropped.update(name for (name,) in dropped)
            self._connection.execute(_REPLACE)

    def write_entries(self, fresh: Iterable[Fresh]) -> bool:
        """Appends the entries of new contents as one block sorted by (board, time, position), and removes
        those of contents that nothing says any more; says whether there were any of these.

        fresh: the snapshots of the touched boards, which give the times.
        """
        import pyarrow as pa

        gone: list[tuple[str]] = []
        if self._dropped:
            gone = self._connection.execute(_GONE, [sorted(self._dropped)]).fetchall()
            self._connection.execute(_REMOVE, [[name for (name,) in gone]])
            self._dropped.clear()
        order = self._order(fresh)
        batches = self._spool.batches(order, ROW_GROUP)
        first = next(batches, None)
        if first is not None:
            if first.num_rows == ROW_GROUP:  # few payloads, and large ones
                expect_much(self._connection)
            reader = pa.RecordBatchReader.from_batches(first.schema, chain([first], batches))
            rows.insert_arrow(self._connection, "entries", reader)
        self._connection.execute(_WRITTEN, [[*self._poured, *order]])
        self._poured.clear()
        self._some_stored = True
        self._spool.empty()
        return bool(gone)

    def close(self) -> None:
        """Lets go of what waited."""
        self._spool.close()

    def _take(self, pending: Pending, version: int, boards: int, error: str | None) -> None:
        if pending.reading_id in self._unwritten:
            with self._writing():
                self.flush()
        self._unwritten.add(pending.reading_id)
        self._new["payloads"].append(rows.payload(pending, version, boards, error))

    def _stored(self, content_ids: list[str]) -> set[str]:
        """Those among contents whose entries are in the index, or wait for it since an earlier `flush`."""
        if not self._some_stored:
            return set()
        with self._writing():
            found = self._connection.execute(_STORED, [content_ids]).fetchall()
        return self._dropped.intersection(content_ids).union(name for (name,) in found)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A disk that fails while a payload is read is not the payload's fault: it ends the load."""
        try:
            with translated(self._index, "written"):
                yield
        except ArchiverError as error:
            self._broken = error
            raise

    def _order(self, fresh: Iterable[Fresh]) -> list[str]:
        """The contents that wait, in the order of the index."""
        waiting = list(self._spool)
        times: dict[str, datetime] = {}
        for one in fresh if waiting else ():
            name = one.shot.content_id.replace("-", "")
            times[name] = min(one.shot.time, times.get(name, one.shot.time))
        # What no snapshot shows (its capture is on no ledger any more) goes to the end of its board.
        last = datetime.max  # noqa: DTZ901  # as the index has its times: UTC, without saying so
        return sorted(waiting, key=lambda name: (self._spool.board(name), times.get(name, last), name))


_AGAIN = """
SELECT reading_id FROM payloads SEMI JOIN (SELECT unnest(?::VARCHAR[]) AS reading_id) USING (reading_id)
"""

_NAME = "replace(content_id::VARCHAR, '-', '')"
"""A content as `Shown` names it."""

_ALL_STORED = f"SELECT DISTINCT {_NAME} FROM contents"  # noqa: S608  # text of ours

_STORED = f"{_ALL_STORED} WHERE content_id IN (SELECT unnest(?::VARCHAR[])::UUID)"

_REPLACED = f"{_ALL_STORED} SEMI JOIN replaced USING (reading_id)"

_REPLACE = """
INSERT INTO touched SELECT DISTINCT board FROM contents SEMI JOIN replaced USING (reading_id);
DELETE FROM payloads WHERE reading_id IN (FROM replaced);
DELETE FROM contents WHERE reading_id IN (FROM replaced);
DELETE FROM findings WHERE reading_id IN (FROM replaced)
"""

_WRITTEN = "CREATE OR REPLACE TEMP TABLE written AS SELECT unnest(?::UUID[]) AS content_id"

_GONE = """
SELECT d.content_id::VARCHAR
FROM (SELECT unnest(?::VARCHAR[])::UUID AS content_id) AS d ANTI JOIN contents USING (content_id)
"""

_REMOVE = "DELETE FROM entries WHERE content_id IN (SELECT unnest(?::VARCHAR[])::UUID)"
