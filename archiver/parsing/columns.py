"""Entries as Arrow columns, as the index keeps them, and the digests that name what they say."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from itertools import chain, pairwise, repeat
from typing import TYPE_CHECKING, NamedTuple, cast

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
_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
_MARK = ',"\\u0000",'


class _Kinds(NamedTuple):
    """Of the columns.

    Whole numbers are read as doubles and cast at the end, because pyarrow cuts 1.5 to 1 where it reads
    integers, and refuses it where it casts.
    """

    read: pa.Schema
    """Entries as they are read."""
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
    return _Kinds(pa.schema(read), kept)


def schema() -> pa.Schema:
    """Of entries as columns."""
    return _kinds().kept


def columns(entries: Sequence[Entry]) -> pa.RecordBatch:
    """Entries as columns.

    Raises what pyarrow raises (`refusals`) where a value is not of the kind that its field holds, and
    ParseFailed where `extra` is not JSON.
    """
    import pyarrow as pa

    kinds = _kinds()
    cells: list[Sequence[object]] = list(zip(*entries, strict=True)) or [()] * len(_COLUMNS)
    cells[_EXTRA] = _json_texts(cells[_EXTRA])
    made = [pa.array(column, field.type) for column, field in zip(cells, kinds.read, strict=True)]
    return pa.RecordBatch.from_arrays(made, schema=kinds.read).cast(kinds.kept)


def refusals() -> tuple[type[Exception], ...]:
    """What pyarrow raises for a value that is not of its column's kind."""
    import pyarrow as pa

    return pa.ArrowException, UnicodeError, OverflowError, TypeError, ValueError


def _json_texts(values: Sequence[object]) -> list[str | None]:
    """Each mapping as `json_text` writes it, in a fifth of the time: one call writes all, with marks between.

    Nothing within a text is like the mark, since a quotation mark in a string follows a backslash; but for a
    list that holds the marked character alone, and then there are more pieces than values.
    """
    there = [value for value in values if value]
    texts: list[str] = []
    if there:
        with suppress(TypeError, ValueError):
            marked = _JSON.encode([*chain.from_iterable(zip(there, repeat("\0")))])
            texts = marked[1 : -len(_MARK)].split(_MARK)
        if len(texts) != len(there):  # or one of them is not JSON: it is told of which
            texts = [json_text(cast(Mapping[str, object], value)) for value in there]
    written = iter(texts)
    return [next(written) if value else None for value in values]


def json_text(value: Mapping[str, object]) -> str:
    """JSON, the same for equal values. Raises ParseFailed where a value holds what JSON does not."""
    try:
        return _JSON.encode(value)
    except (TypeError, ValueError) as error:
        raise ParseFailed(f"{str(value)[:200]} is not JSON: {error}") from error


def entries(rows: pa.RecordBatch) -> list[Entry]:
    """The entries that columns hold."""
    listed = (rows.column(name).to_pylist() for name in _COLUMNS)
    made = map(Entry._make, zip(*listed, strict=True))
    texts = rows.column("extra").to_pylist()
    return [
        one._replace(extra=json.loads(text)) if text else one for one, text in zip(made, texts, strict=True)
    ]


def digests(snapshots: Sequence[Snapshot], rows: pa.RecordBatch, ends: Sequence[int]) -> list[str]:
    """The digest of each snapshot: of all that is said of the board but notes, 32 hexadecimal digits.

    rows: the entries of all of them, one after the other. ends: the row behind each one's last.
    It is the snapshot's own, whatever it was read with: neither a gap's bytes nor another's rows go in.
    """
    parts = [part for column in rows.columns for part in _parts(column)]
    found = []
    for snapshot, (start, end) in zip(snapshots, pairwise([0, *ends]), strict=True):
        digest = sha256(json.dumps(_head(snapshot, end - start)).encode())
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


def _parts(column: pa.Array) -> list[_Part]:
    """Which rows have a value, and the values; of text the lengths and the letters."""
    import pyarrow as pa
    import pyarrow.compute as pc

    there = _plain(pc.is_valid(column).cast(pa.uint8()))
    if pa.types.is_string(column.type):
        if column.null_count or column.offset:
            column = pa.concat_arrays([pc.fill_null(column, "")])
        _, offsets, letters = column.buffers()
        lengths = _plain(pc.binary_length(column))
        marks = memoryview(offsets).cast("i") if offsets else memoryview(b"\0\0\0\0").cast("i")
        return [there, lengths, _Part(memoryview(letters or b""), 1, marks)]
    if pa.types.is_boolean(column.type):
        column = column.cast(pa.uint8())
    return [there, _plain(pc.fill_null(column, 0) if column.null_count else column)]


def _plain(column: pa.Array) -> _Part:
    """Values of a fixed width without gaps."""
    width = column.type.bit_width // 8
    _, values = column.buffers()
    return _Part(memoryview(values or b"")[column.offset * width :], width)
