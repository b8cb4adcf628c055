"""Entries of a large payload that come in the order of the index go straight into it, while more is parsed.

A publisher's file that holds its whole past is a load of its own, of a million rows: to set them all aside
first would leave one processor idle while the other parses, and then the other way round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

from ..parsing import Portion
from . import rows
from .publish import ROW_GROUP
from .spool import Content, batches

if TYPE_CHECKING:
    import duckdb


class Pour:
    """The way of one payload's portions into the table `entries`."""

    def __init__(self, portions: Iterator[Portion], held: Callable[[str], bool]) -> None:
        """held: whether the entries of a content are in the index, or wait for it, already."""
        self._portions = portions
        self._held = held
        self._left: list[Portion] = []
        self._last: tuple[str, datetime] | None = None
        self._error: BaseException | None = None
        self.written: list[str] = []
        """The contents whose entries are in the index now."""

    def write(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Writes entries as long as they come by board and publish date, and the reading does not break off.

        What the reading raised is raised by `rest`.
        """
        import pyarrow as pa

        found = batches(self._contents(), ROW_GROUP)
        first = next(found, None)
        if first is not None:
            reader = pa.RecordBatchReader.from_batches(first.schema, chain([first], found))
            rows.insert_arrow(connection, "entries", reader)

    def rest(self) -> Iterator[Portion]:
        """The portions that were not written. Raises what the reading of one raised."""
        if self._error is not None:
            raise self._error
        yield from self._left
        yield from self._portions

    def undo(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Takes out again what was written."""
        if self.written:
            connection.execute(
                "DELETE FROM entries WHERE content_id IN (SELECT unnest(?::VARCHAR[])::UUID)", [self.written]
            )

    def _contents(self) -> Iterator[Content]:
        while portion := self._next():
            if not self._follows(portion):
                self._left = [portion]
                return
            start = 0
            for one in portion.shown:
                if not self._held(one.content_id):
                    self.written.append(one.content_id)
                    yield Content(one.content_id, one.board, portion.rows.slice(start, one.rows))
                start += one.rows

    def _next(self) -> Portion | None:
        """DuckDB asks for this: what goes wrong here must not seem to be a fault of its own."""
        try:
            return next(self._portions, None)
        except BaseException as error:  # noqa: BLE001  # raised by `rest`
            self._error = error
            return None

    def _follows(self, portion: Portion) -> bool:
        for one in portion.shown:
            if one.published_at is None:
                return False
            place = one.board, one.published_at
            if self._last is not None and place <= self._last:
                return False
            self._last = place
        return True
