"""Entries on their way into the index: made columns at once, set aside on disk, read back in sorted order.

The index keeps entries sorted by (board, time, position), and the times are known only when everything is
read. Sorting a million wide rows inside DuckDB costs more than writing them; the rows of one content are in
order already, so it is enough to put the contents in order. Memory is bounded: what waits lies in a file
without a name, which is gone when this process is.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import sha256
from itertools import accumulate
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..errors import ParseFailed
from ..records import Entry, Snapshot, moment

if TYPE_CHECKING:
    import pyarrow as pa

_COLUMNS = {
    "position": "int32",
    "model_listed": "string",
    "organization_listed": "string",
    "variant": "string",
    "rank": "int32",
    "rank_low": "int32",
    "rank_high": "int32",
    "score": "double",
    "score_low": "double",
    "score_high": "double",
    "votes": "int64",
    "license": "string",
    "extra": "string",
    "competitor": "bool",
}
"""Columns of `entries` in the order of the fields of `Entry`."""
_EXTRA = list(_COLUMNS).index("extra")
_extra = itemgetter(_EXTRA)


class Content(NamedTuple):
    """The entries of one snapshot as columns, ready to be set aside."""

    content_id: str
    rows: int
    competitors: int
    body: pa.Buffer


class _Place(NamedTuple):
    board: str
    rows: int
    offset: int
    bytes: int


def contents(snapshots: Sequence[Snapshot]) -> list[Content]:
    """The entries of snapshots as columns, and each one's digest: of all that is said of the board but notes.

    Raises ParseFailed where a value is not of the kind that its field holds.
    """
    import pyarrow as pa

    try:
        batches = [_columns(one.entries) for one in snapshots]
        _kept(pa.Table.from_batches(batches))
    except (pa.ArrowException, UnicodeError, OverflowError, TypeError, ValueError) as error:
        if len(snapshots) > 1:  # which one is it?
            return [content for one in snapshots for content in contents([one])]
        raise ParseFailed(f"{snapshots[0].board}: an entry cannot be kept: {error}") from error
    return [_content(one, batch) for one, batch in zip(snapshots, batches, strict=True)]


def _content(snapshot: Snapshot, batch: pa.RecordBatch) -> Content:
    body = batch.serialize()
    head = (
        snapshot.board,
        moment(snapshot.published_at),
        snapshot.rank_kind,
        snapshot.metric,
        snapshot.complete,
        snapshot.declared_total,
    )
    digest = sha256(json.dumps(head).encode())
    digest.update(body)
    competitors = batch.column("competitor").true_count
    return Content(digest.hexdigest()[:32], batch.num_rows, competitors, body)


def _columns(entries: Sequence[Entry]) -> pa.RecordBatch:
    """Entries as columns. Each snapshot's are made by themselves, never cut from a larger batch: what follows
    a slice in memory would be written, and digested, with it."""
    import pyarrow as pa

    return pa.RecordBatch.from_struct_array(pa.array(_written_extras(entries), _kinds().read))


def _kept(read: pa.Table) -> pa.Table:
    """The columns as the table holds them. Raises ArrowInvalid for a whole number that is none."""
    return read.cast(_kinds().kept)


def json_text(value: Mapping[str, object]) -> str:
    """JSON, the same for equal values. Raises ParseFailed where a value holds what JSON does not."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise ParseFailed(f"{str(value)[:200]} is not JSON: {error}") from error


def _written_extras(entries: Sequence[Entry]) -> Sequence[tuple[object, ...]]:
    if all(extra is None for extra in map(_extra, entries)):
        return entries
    return [
        (*entry[:_EXTRA], json_text(extra) if (extra := entry.extra) else None, *entry[_EXTRA + 1 :])
        for entry in entries
    ]


class _Kinds(NamedTuple):
    """Of the columns.

    Whole numbers are read as doubles and cast at the end, because pyarrow cuts 1.5 to 1 where it reads
    integers, and refuses it where it casts.
    """

    read: pa.DataType
    """An entry as it is read."""
    aside: pa.Schema
    """Entries as they are set aside."""
    kept: pa.Schema
    """Entries as the table holds them."""


@cache
def _kinds() -> _Kinds:
    import pyarrow as pa

    kinds = {
        "int32": pa.int32(),
        "int64": pa.int64(),
        "double": pa.float64(),
        "string": pa.string(),
        "bool": pa.bool_(),
    }
    kept = pa.schema([(name, kinds[kind]) for name, kind in _COLUMNS.items()])
    whole = {pa.int32(), pa.int64()}
    read = [(field.name, pa.float64() if field.type in whole else field.type) for field in kept]
    return _Kinds(pa.struct(read), pa.schema(read), kept)


class Spool:
    """Contents that wait for their place in the index."""

    def __init__(self, folder: Path) -> None:
        """folder: on whose disk they wait."""
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  # open as long as this is: `close`
        self._end = 0
        self._places: dict[str, _Place] = {}

    def __contains__(self, content_id: str) -> bool:
        return content_id in self._places

    def add(self, content: Content, board: str) -> None:
        """Sets a content aside."""
        self._file.write(content.body)
        self._places[content.content_id] = _Place(board, content.rows, self._end, content.body.size)
        self._end += content.body.size

    def forget(self, content_ids: Iterable[str]) -> None:
        """Drops contents: their payload turned out to be unreadable further on."""
        for content_id in content_ids:
            del self._places[content_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def batches(self, order: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
        """The contents in `order` as columns of the table `entries`, `rows` rows a batch, the last fewer."""
        self._file.flush()
        waiting: list[tuple[str, pa.RecordBatch]] = []
        room = rows
        for content_id in order:
            batch = self._read(content_id)
            while batch.num_rows:
                part = batch.slice(0, room)
                waiting.append((content_id, part))
                batch, room = batch.slice(part.num_rows), room - part.num_rows
                if not room:
                    yield self._joined(waiting)
                    waiting, room = [], rows
        if waiting:
            yield self._joined(waiting)

    def _read(self, content_id: str) -> pa.RecordBatch:
        import pyarrow as pa

        place = self._places[content_id]
        body = os.pread(self._file.fileno(), place.bytes, place.offset)
        return pa.ipc.read_record_batch(pa.py_buffer(body), _kinds().aside)

    def _joined(self, parts: Sequence[tuple[str, pa.RecordBatch]]) -> pa.RecordBatch:
        import pyarrow as pa

        ends = pa.array(list(accumulate(part.num_rows for _, part in parts)), pa.int32())
        names = [content_id for content_id, _ in parts]
        boards = [self._places[name].board for name in names]
        (batch,) = _kept(pa.Table.from_batches([part for _, part in parts]).combine_chunks()).to_batches()
        # One value for a run of rows: the names of a million rows cost nothing this way.
        runs = {
            name: pa.RunEndEncodedArray.from_arrays(ends, pa.array(values, pa.string()))
            for name, values in (("board", boards), ("content_id", names))
        }
        return pa.RecordBatch.from_pydict(runs | dict(zip(batch.schema.names, batch.columns, strict=True)))

    def empty(self) -> None:
        """Forgets all contents and frees their room."""
        self._places.clear()
        self._file.truncate(0)
        self._file.seek(0)
        self._end = 0

    def close(self) -> None:
        """Gives the disk back what waited."""
        self._file.close()
