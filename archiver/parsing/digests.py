"""The digests that name what is said of a board: the same for the same, whatever it was read with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ..records import Snapshot, moment

if TYPE_CHECKING:
    import pyarrow as pa


def digests(snapshots: Sequence[Snapshot], rows: pa.RecordBatch, ends: Sequence[int]) -> list[str]:
    """The digest of each snapshot: of all that is said of the board but notes, 32 hexadecimal digits.

    rows: the entries of all of them, one after the other. ends: the row behind each one's last.
    It is the snapshot's own, whatever it was read with: neither a gap's bytes nor another's rows go in.
    """
    there = _there(rows)
    parts = [part for column in rows.columns for part in _parts(column)]
    found = []
    for snapshot, (start, end) in zip(snapshots, pairwise([0, *ends]), strict=True):
        digest = sha256(json.dumps(_head(snapshot, end - start)).encode())
        digest.update(there.between(start, end))
        for part in parts:
            digest.update(part.between(start, end))
        found.append(digest.hexdigest()[:32])
    return found


def _head(snapshot: Snapshot, rows: int) -> tuple[object, ...]:
    return (
        snapshot.board,
        moment(snapshot.published_at),
        snapshot.rank_kind,
        snapshot.metric,
        snapshot.complete,
        snapshot.declared_total,
        rows,
    )


class _Part(NamedTuple):
    """Bytes that say a column, or half of it: so many a row, or from where `offsets` says."""

    bytes: memoryview
    width: int
    offsets: memoryview | None = None

    def between(self, start: int, end: int) -> memoryview:
        if self.offsets is not None:
            return self.bytes[self.offsets[start] : self.offsets[end]]
        return self.bytes[start * self.width : end * self.width]


def _there(rows: pa.RecordBatch) -> _Part:
    """Which fields of a row have a value: a number of two bytes, a bit a field."""
    import pyarrow as pa
    import pyarrow.compute as pc

    full = sum(1 << place for place, column in enumerate(rows.columns) if column.null_count == 0)
    marks = pa.repeat(pa.scalar(full, pa.uint16()), rows.num_rows)
    for place, column in enumerate(rows.columns):
        if 0 < column.null_count < len(column):
            bit = pa.scalar(1 << place, pa.uint16())
            marks = pc.add(marks, pc.multiply(pc.is_valid(column).cast(pa.uint16()), bit))
    return _plain(marks)


def _parts(column: pa.Array) -> list[_Part]:
    """The values, those of gaps left out; of text the lengths and the letters."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if column.null_count == len(column):
        return []
    if not pa.types.is_string(column.type):
        return [_values(column.cast(pa.uint8()) if pa.types.is_boolean(column.type) else column)]
    text = column
    if text.null_count or text.offset:
        text = pa.concat_arrays([pc.fill_null(text, "")])
    _, offsets, letters = text.buffers()
    return [
        _values(pc.binary_length(column)),
        _Part(memoryview(letters or b""), 1, memoryview(offsets).cast("i")),
    ]


def _values(column: pa.Array) -> _Part:
    """Values of a fixed width."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if column.null_count == 0:
        return _plain(column)
    sizes = pc.multiply(
        pc.is_valid(column).cast(pa.int32()), pa.scalar(column.type.bit_width // 8, pa.int32())
    )
    ends = pa.concat_arrays([pa.repeat(pa.scalar(0, pa.int32()), 1), pc.cumulative_sum(sizes)])
    _, offsets = ends.buffers()
    return _Part(_plain(column.drop_null()).bytes, 1, memoryview(offsets).cast("i"))


def _plain(column: pa.Array) -> _Part:
    """Values of a fixed width without gaps."""
    width = column.type.bit_width // 8
    _, values = column.buffers()
    return _Part(memoryview(values or b"")[column.offset * width :], width)
