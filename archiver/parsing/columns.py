"""Entries as Arrow columns, as the index keeps them."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from itertools import chain, groupby, repeat
from typing import TYPE_CHECKING, NamedTuple, cast

from ..errors import ParseFailed
from ..formats.listings import Listing, Listings, positions
from ..formats.pooled import Pool, Pooled
from ..records import Columnar, Entry, column

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


def columns(boards: Iterable[Sequence[Entry]]) -> pa.RecordBatch:
    """The entries of boards as columns, one board after the other.

    Raises what pyarrow raises (`refusals`) where a value is not of the kind that its field holds, and
    ParseFailed where `extra` is not JSON.
    """
    import pyarrow as pa

    parts = []
    for whole, group in groupby(boards, lambda entries: getattr(entries, "whole", None)):
        some = list(group)
        if isinstance(whole, Listings):
            parts.append(_sliced(whole, [one for one in some if isinstance(one, Listing)]))
        elif isinstance(whole, Pool):
            parts += [_taken(whole, one) for one in some if isinstance(one, Pooled)]
        else:
            parts.append(_made(some))
    return pa.concat_batches(parts) if len(parts) > 1 else parts[0] if parts else _made([])


def _made(boards: Sequence[Sequence[Entry]]) -> pa.RecordBatch:
    import pyarrow as pa

    cells: list[Sequence[object]]
    if all(isinstance(one, Columnar) for one in boards):
        cells = [[*chain.from_iterable(column(one, field) for one in boards)] for field in Entry._fields]
    else:
        cells = list(zip(*chain.from_iterable(boards), strict=True)) or [()] * len(_COLUMNS)
    return pa.RecordBatch.from_arrays(list(map(_array, Entry._fields, cells)), schema=schema())


def _array(field: str, cells: Sequence[object]) -> pa.Array:
    """The values of a field as the table holds them."""
    import pyarrow as pa

    kinds, place = _kinds(), Entry._fields.index(field)
    read, kept = kinds.read.types[place], kinds.kept.types[place]
    if cells.count(None) == len(cells):
        return pa.nulls(len(cells), kept)
    made = pa.array(_json_texts(cells) if field == "extra" else cells, read)
    return made if read == kept else made.cast(kept)


def _taken(pool: Pool, board: Pooled) -> pa.RecordBatch:
    """The rows of a board whose pool is columns already, or is made so now."""
    import pyarrow as pa

    refused: tuple[type[Exception], ...] = (ParseFailed, *refusals())
    try:
        known = _pooled(pool)
    except refused:  # for a row that need not be this board's
        return _made([board])
    places = pa.Array.from_buffers(pa.int32(), len(board), [None, pa.py_buffer(array("i", board.places))])
    columns = dict(zip(pool.columns, known.take(places).columns, strict=True))
    columns |= {field: _array(field, cells) for field, cells in board.more.items()}
    found = [columns[field] if field in columns else _unsaid(field, [len(board)]) for field in Entry._fields]
    return pa.RecordBatch.from_arrays(found, schema=schema())


def _pooled(pool: Pool) -> pa.RecordBatch:
    """A pool's rows: those that were added since it was asked are made, and put to the others."""
    import pyarrow as pa

    there: pa.RecordBatch | None = pool.made
    start = there.num_rows if there else 0
    if there is None or start < len(pool):
        new = {field: _array(field, cells[start:]) for field, cells in pool.columns.items()}
        added = pa.RecordBatch.from_pydict(new)
        there = pool.made = pa.concat_batches([there, added]) if there else added
    return there


def _sliced(whole: Listings, listings: Sequence[Listing]) -> pa.RecordBatch:
    """The rows of listings that are columns already."""
    import pyarrow as pa

    start, end = listings[0].start, listings[-1].end
    sizes = list(map(len, listings))
    if end - start != sum(sizes):  # not one after the other
        return pa.concat_batches([_sliced(whole, [one]) for one in listings])
    found = [
        whole.arrays[field](start, end).cast(kind) if field in whole.arrays else _unsaid(field, sizes)
        for field, kind in zip(Entry._fields, schema().types, strict=True)
    ]
    return pa.RecordBatch.from_arrays(found, schema=schema())


def _unsaid(field: str, sizes: Sequence[int]) -> pa.Array:
    """A field of which nothing is said, of boards of these sizes one after the other."""
    import pyarrow as pa

    kind, rows = schema().types[Entry._fields.index(field)], sum(sizes)
    if field == "position":
        return pa.Array.from_buffers(kind, rows, [None, pa.py_buffer(positions(sizes))])
    return pa.repeat(pa.scalar(True) if field == "competitor" else pa.scalar(None, kind), rows)


def refusals() -> tuple[type[Exception], ...]:
    """What pyarrow raises for a value that is not of its column's kind."""
    import pyarrow as pa

    return pa.ArrowException, UnicodeError, OverflowError, TypeError, ValueError


def _json_texts(values: Sequence[object]) -> list[str | None]:
    """Each mapping as `json_text` writes it; of an empty one none."""
    texts = iter(_written([value for value in values if value]))
    return [next(texts) if value else None for value in values]


def _written(values: Sequence[object]) -> list[str]:
    """Each mapping as `json_text` writes it, in a fifth of the time: one call for all, with marks between.

    Nothing within a text is like the mark, since a quotation mark in a string follows a backslash; but for a
    list that holds the marked character alone, and then there are more pieces than values.
    """
    texts: list[str] = []
    if values:
        with suppress(TypeError, ValueError):
            marked = _JSON.encode([*chain.from_iterable(zip(values, repeat("\0")))])
            texts = marked[1 : -len(_MARK)].split(_MARK)
        if len(texts) != len(values):  # or one of them is not JSON: it is told of which
            texts = [json_text(cast(Mapping[str, object], value)) for value in values]
    return texts


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
