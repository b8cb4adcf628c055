"""Entries on their way into the index: set aside on disk as they come, read back in sorted order.

The index keeps entries sorted by (board, time, position), and the times are known only when everything is
read. Sorting a million wide rows inside DuckDB costs more than writing them; the rows of one content are in
order already, so it is enough to put the contents in order. Memory is bounded: what waits lies in a file
without a name, which is gone when this process is.

(By name within blocks of a board, a model's rows would lie together, and yet serve no question: DuckDB passes
over whole row groups alone, so that these would have to be small, and every question looks at the bounds of
each; and `content_id` would change with each row, which takes 16 bytes, where its runs take none.)
"""

from __future__ import annotations

import mmap
import tempfile
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..parsing import Portion, columns

if TYPE_CHECKING:
    import pyarrow as pa


def board_id(board: str) -> int:
    """The number of a board, the same in every index; two boards that share one only cost time."""
    return int.from_bytes(sha256(board.encode()).digest()[:4], "big") >> 1


class Content(NamedTuple):
    """The entries of one content, as the parsing stage has them."""

    content_id: str
    board: str
    rows: pa.RecordBatch


class _Place(NamedTuple):
    """Where a content waits: rows of a portion."""

    board: str
    portion: int
    start: int
    rows: int


class Spool:
    """Contents that wait for their place in the index."""

    def __init__(self, folder: Path) -> None:
        """folder: on whose disk they wait."""
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # open as long as this is: `close`
        self._ends: list[int] = []
        """Of the portions in the file."""
        self._places: dict[str, _Place] = {}

    def __contains__(self, content_id: str) -> bool:
        return content_id in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def board(self, content_id: str) -> str:
        """The board that a content which waits is of."""
        return self._places[content_id].board

    def add(self, portion: Portion, wanted: Collection[str]) -> None:
        """Sets those contents of a portion aside that are wanted."""
        start = 0
        for one in portion.shown:
            if one.content_id in wanted:
                self._places[one.content_id] = _Place(one.board, len(self._ends), start, one.rows)
            start += one.rows
        body = portion.rows.serialize()
        self._file.write(body)
        self._ends.append((self._ends[-1] if self._ends else 0) + body.size)

    def forget(self, content_ids: Collection[str]) -> None:
        """Drops contents: their payload turned out to be unreadable further on."""
        for content_id in content_ids:
            del self._places[content_id]

    def batches(self, order: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        """The contents in `order` as columns of the table `entries`, `rows` rows a batch, the last fewer."""
        return batches(self._contents(order), rows)

    def _contents(self, order: Sequence[str]) -> Iterator[Content]:
        portions = self._portions()
        for content_id in order:
            place = self._places[content_id]
            rows = portions[place.portion].slice(place.start, place.rows)
            yield Content(content_id, place.board, rows)

    def _portions(self) -> list[pa.RecordBatch]:
        """What waits, read where it lies."""
        import pyarrow as pa

        self._file.flush()
        if not self._ends:
            return []
        whole = pa.py_buffer(mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ))
        schema = columns.schema()
        return [
            pa.ipc.read_record_batch(whole.slice(start, end - start), schema)
            for start, end in zip([0, *self._ends], self._ends, strict=False)
        ]

    def empty(self) -> None:
        """Forgets all contents and frees their room."""
        self._places.clear()
        self._ends.clear()
        self._file.truncate(0)
        self._file.seek(0)

    def close(self) -> None:
        """Gives the disk back what waited."""
        self._file.close()


def batches(contents: Iterable[Content], rows: int) -> Iterator[pa.RecordBatch]:
    """Contents as columns of the table `entries`, `rows` rows a batch, the last fewer."""
    waiting: list[Content] = []
    room = rows
    for content in contents:
        left = content.rows
        while left.num_rows:
            part = left.slice(0, room)
            waiting.append(content._replace(rows=part))
            left, room = left.slice(part.num_rows), room - part.num_rows
            if not room:
                yield _joined(waiting)
                waiting, room = [], rows
    if waiting:
        yield _joined(waiting)


def _joined(parts: Sequence[Content]) -> pa.RecordBatch:
    import pyarrow as pa

    ends = _numbers(accumulate(part.rows.num_rows for part in parts))
    (batch,) = pa.Table.from_batches([part.rows for part in parts]).combine_chunks().to_batches()
    # One value for a run of rows: the names of a million rows cost nothing this way.
    columns = {
        "board": _texts([part.board for part in parts]),
        "content_id": _texts([part.content_id for part in parts]),
        "board_id": _numbers(board_id(part.board) for part in parts),
    }
    runs = [_runs(ends, values, batch.num_rows) for values in columns.values()]
    return pa.RecordBatch.from_arrays([*runs, *batch.columns], [*columns, *batch.schema.names])


def _runs(ends: pa.Array, values: pa.Array, rows: int) -> pa.Array:
    import pyarrow as pa

    kind = pa.run_end_encoded(ends.type, values.type)
    return pa.RunEndEncodedArray.from_buffers(kind, rows, [None], 0, 0, [ends, values])


def _numbers(values: Iterable[int]) -> pa.Array:
    """As `pyarrow.array` would make them (see rows.py for why it is not asked)."""
    import pyarrow as pa

    cells = array("i", values)
    return pa.Array.from_buffers(pa.int32(), len(cells), [None, pa.py_buffer(cells)])


def _texts(values: Sequence[str]) -> pa.Array:
    import pyarrow as pa

    cells = [value.encode() for value in values]
    ends = array("i", accumulate(map(len, cells), initial=0))
    return pa.StringArray.from_buffers(len(cells), pa.py_buffer(ends), pa.py_buffer(b"".join(cells)))
