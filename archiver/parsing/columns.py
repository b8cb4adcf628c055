"""Entries as Arrow columns, as the index keeps them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from itertools import chain, groupby, repeat
from typing import TYPE_CHECKING, NamedTuple, cast

from ..errors import ParseFailed
from ..formats.listings import Listing, Listings, positions
from ..formats.remembered import Remembered
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


def columns(boards: Iterable[Sequence[Entry]]) -> pa.RecordBatch:
    """The entries of boards as columns, one board after the other.

    Raises what pyarrow raises (`refusals`) where a value is not of the kind that its field holds, and
    ParseFailed where `extra` is not JSON.
    """
    import pyarrow as pa

    parts = []
    for whole, group in groupby(boards, lambda entries: getattr(entries, "whole", None)):
        if isinstance(whole, Listings):
            parts.append(_sliced(whole, [one for one in group if isinstance(one, Listing)]))
        else:
            parts.append(_made(list(group)))
    return pa.concat_batches(parts) if len(parts) > 1 else parts[0] if parts else _made([])


def _made(boards: Sequence[Sequence[Entry]]) -> pa.RecordBatch:
    import pyarrow as pa

    kinds = _kinds()
    cells: list[Sequence[object]]
    if all(isinstance(one, Columnar) for one in boards):
        cells = [[*chain.from_iterable(column(one, field) for one in boards)] for field in Entry._fields]
    else:
        cells = list(zip(*chain.from_iterable(boards), strict=True)) or [()] * len(_COLUMNS)
    cells[_EXTRA] = _json_texts(cells[_EXTRA])
    made = [_array(*one) for one in zip(cells, kinds.read.types, kinds.kept.types, strict=True)]
    return pa.RecordBatch.from_arrays(made, schema=kinds.kept)


def _array(cells: Sequence[object], read: pa.DataType, kept: pa.DataType) -> pa.Array:
    import pyarrow as pa

    if cells.count(None) == len(cells):
        return pa.nulls(len(cells), kept)
    made = pa.array(cells, read)
    return made if read == kept else made.cast(kept)


def _sliced(whole: Listings, listings: Sequence[Listing]) -> pa.RecordBatch:
    """The rows of listings that are columns already."""
    import pyarrow as pa

    start, end = listings[0].start, listings[-1].end
    rows = sum(map(len, listings))
    if end - start != rows:  # not one after the other
        return pa.concat_batches([_sliced(whole, [one]) for one in listings])
    found = []
    for field, kind in zip(Entry._fields, schema().types, strict=True):
        if field in whole.arrays:
            column = whole.arrays[field](start, end).cast(kind)
        elif field == "position":
            column = pa.Array.from_buffers(kind, rows, [None, pa.py_buffer(positions(map(len, listings)))])
        else:
            rest = pa.scalar(True) if field == "competitor" else pa.scalar(None, kind)
            column = pa.repeat(rest, rows)
        found.append(column)
    return pa.RecordBatch.from_arrays(found, schema=schema())


def refusals() -> tuple[type[Exception], ...]:
    """What pyarrow raises for a value that is not of its column's kind."""
    import pyarrow as pa

    return pa.ArrowException, UnicodeError, OverflowError, TypeError, ValueError


def _json_texts(values: Sequence[object]) -> list[str | None]:
    """Each mapping as `json_text` writes it; one that is remembered is written once."""
    texts: list[str | None] = [
        value.made.get(json_text) if isinstance(value, Remembered) else None for value in values
    ]
    new = [place for place, value in enumerate(values) if value and texts[place] is None]
    for place, text in zip(new, _written([values[place] for place in new]), strict=True):
        texts[place] = text
        if isinstance(value := values[place], Remembered):
            value.made[json_text] = text
    return texts


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
