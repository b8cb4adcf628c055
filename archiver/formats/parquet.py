"""Parquet from strangers: columns as plain Python values, a group of rows at a time.

Only this reader knows pyarrow on the way in. A million rows stay in Arrow's columns until a group of them is
asked for, and text that repeats is one Python object however often it stands there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ..errors import ParseFailed
from ..records import moment, utc

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["text", "integer", "number", "moment"]
"""What a column must hold; what is empty, null or no finite number is a gap, None.

`moment`: a day or a time as text, DATE or TIMESTAMP of any unit and zone."""

Layout = Mapping[str, Kind]
"""Column → kind: every one of them must be there."""

MAX_ROWS = 10_000_000
MAX_COLUMNS = 200
MAX_BYTES = 2 << 30
"""Caps on what a file may claim of itself, looked at before any of it is read."""


class _Column(NamedTuple):
    cells: Any
    """Arrow array; of a coded column the places in `values`."""
    values: list[Any] | None = None
    """The distinct values of a coded column, with None as the last."""

    def take(self, order: pa.Array) -> _Column:
        return self._replace(cells=self.cells.take(order))

    def listed(self) -> Callable[[int, int], list[Any]]:
        """What gives the values from one row to another."""
        values, cells = self.values, self.cells
        code = _CODES.get(str(cells.type))
        if code is None or cells.null_count:
            return lambda start, end: _looked_up(values, cells.slice(start, end - start).to_pylist())
        # Without gaps, the buffer itself lists its figures several times as fast as Arrow does.
        plain: memoryview[Any] = memoryview(cells.buffers()[1]).cast(code)[cells.offset :]
        return lambda start, end: _looked_up(values, plain[start:end].tolist())


_CODES: Mapping[str, Literal["i", "q", "d"]] = {"int32": "i", "int64": "q", "double": "d"}


def _looked_up(values: list[Any] | None, cells: list[Any]) -> list[Any]:
    return cells if values is None else list(map(values.__getitem__, cells))


class Table(NamedTuple):
    """A Parquet file that was read. `layout` is the name of the one it fitted."""

    layout: str
    rows: int
    others: tuple[str, ...]
    """Columns that the layout does not name, in the file's order; read as JSON values."""
    columns: Mapping[str, _Column]

    def groups(self, *keys: str) -> Iterator[tuple[tuple[Any, ...], dict[str, list[Any]]]]:
        """Rows with equal keys together, in the order of the keys; within a group rows keep their order.

        Yields the keys' values, and every other column as a list. Keys are columns of text or moments
        without gaps; raises `ParseFailed` where a row has none.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        combined: Any = pa.scalar(0, pa.int64())
        ordered: list[list[Any]] = []
        for key in keys:
            codes, distinct = self._codes(key)
            combined = pc.add(pc.multiply(combined, len(distinct)), codes)
            ordered.append(distinct)
        order = pc.sort_indices(combined)
        rest = {name: column for name, column in self.columns.items() if name not in keys}
        listed = {name: column.take(order).listed() for name, column in rest.items()}
        runs = pc.run_end_encode(combined.take(order))
        start = 0
        for end, code in zip(runs.run_ends.to_pylist(), runs.values.to_pylist(), strict=True):
            yield _decoded(code, ordered), {name: values(start, end) for name, values in listed.items()}
            start = end

    def _codes(self, key: str) -> tuple[pa.Array, list[Any]]:
        """Each row's place among the distinct values of a key, which come sorted."""
        import pyarrow as pa

        cells, values = self.columns[key]
        if values is None:
            raise ValueError(f"{key} is no column to group by")
        distinct = sorted({value for value in values if value is not None})
        places = {value: place for place, value in enumerate(distinct)}
        codes = pa.array(list(map(places.get, values)), pa.int64()).take(cells)
        if codes.null_count:
            raise ParseFailed(f"the column {key!r} is empty in {codes.null_count} of {self.rows} rows")
        return codes, distinct


def _decoded(code: int, ordered: Sequence[Sequence[Any]]) -> tuple[Any, ...]:
    found = []
    for distinct in reversed(ordered):
        code, place = divmod(code, len(distinct))
        found.append(distinct[place])
    return tuple(reversed(found))


def read(body: bytes, layouts: Mapping[str, Layout], *, max_rows: int = MAX_ROWS) -> Table:
    """Reads a Parquet file into the first of the layouts (by name) whose columns it all has.

    Raises `ParseFailed` where the bytes are no sound Parquet file, claim more than the caps, hold no rows,
    fit no layout, or hold a value that its column's kind does not allow.
    """
    import pyarrow as pa

    if body[:4] != b"PAR1" or body[-4:] != b"PAR1":
        raise ParseFailed(f"not a whole Parquet file: {len(body)} bytes, beginning {body[:24]!r}")
    try:
        found = _table(body, max_rows)
    except (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError) as error:
        raise ParseFailed(f"a damaged Parquet file: {_sentence(error)}") from error
    name = _fitting(found.column_names, layouts)
    layout = layouts[name]
    columns = {column: _column(column, found[column], kind) for column, kind in layout.items()}
    others = tuple(column for column in found.column_names if column not in layout)
    columns |= {column: _free(column, found[column]) for column in others}
    return Table(name, found.num_rows, others, columns)


def _table(body: bytes, max_rows: int) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    facts = pq.read_metadata(pa.BufferReader(body))
    schema = facts.schema.to_arrow_schema()
    size = sum(facts.row_group(group).total_byte_size for group in range(facts.num_row_groups))
    # Every row of a board has figures of its own, so it takes more than a byte even compressed.
    cap = min(max_rows, len(body))
    if not 0 < facts.num_rows <= cap:
        raise ParseFailed(
            f"a Parquet file of {facts.num_rows} rows in {len(body)} bytes: 1 to {cap} are read"
        )
    if not 0 <= size <= MAX_BYTES or facts.num_columns > MAX_COLUMNS:
        raise ParseFailed(
            f"a Parquet file of {facts.num_columns} columns, {size} bytes unpacked, is not read"
        )
    if repeated := {name for name in schema.names if schema.names.count(name) > 1}:
        raise ParseFailed(f"the Parquet file has the column {min(repeated)!r} more than once")
    text = [field.name for field in schema if _texts(field.type)]
    file = pq.ParquetFile(pa.BufferReader(body), read_dictionary=text, page_checksum_verification=True)
    table = file.read()
    if table.num_rows != facts.num_rows:
        raise ParseFailed(f"the Parquet file declares {facts.num_rows} rows and holds {table.num_rows}")
    table.validate(full=True)
    return table


def _fitting(names: Sequence[str], layouts: Mapping[str, Layout]) -> str:
    gaps = {layout: [name for name in columns if name not in names] for layout, columns in layouts.items()}
    nearest = min(gaps, key=lambda layout: len(gaps[layout]))
    if gaps[nearest]:
        known = {name for columns in layouts.values() for name in columns}
        new = [name for name in names if name not in known]
        instead = f"; unknown columns stand there: {', '.join(map(repr, new))}" if new else ""
        raise ParseFailed(f"the Parquet file lacks the column {gaps[nearest][0]!r}{instead}")
    return nearest


def _texts(kind: pa.DataType) -> bool:
    import pyarrow as pa

    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(test(kind) for test in tests)


def _column(name: str, cells: pa.ChunkedArray, kind: Kind) -> _Column:
    import pyarrow as pa

    readers = {"text": _text, "moment": _moment, "integer": _integer, "number": _number}
    try:
        return readers[kind](cells)
    except (pa.ArrowException, UnicodeDecodeError, ValueError, OverflowError, TypeError) as error:
        what = f"the column {name!r} ({cells.type}) does not hold {kind} values: {_sentence(error)}"
        raise ParseFailed(what) from error


def _coded(cells: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """Places and distinct values; a null has the place behind the last value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(cells.type):
        cells = pc.dictionary_encode(cells)
    whole = cells.unify_dictionaries().combine_chunks()
    return whole.indices.cast(pa.int32()).fill_null(len(whole.dictionary)), whole.dictionary


def _text(cells: pa.ChunkedArray) -> _Column:
    import pyarrow as pa

    places, values = _coded(cells)
    if not (_texts(values.type) or pa.types.is_null(values.type) or pa.types.is_string_view(values.type)):
        raise TypeError(f"{values.type} is not text")
    text = [value.decode() if isinstance(value, bytes) else value for value in values.to_pylist()]
    return _Column(places, [*(value or None for value in text), None])


def _moment(cells: pa.ChunkedArray) -> _Column:
    import pyarrow as pa

    if pa.types.is_timestamp(cells.type):
        # A zone says how to print the instant, which is stored in UTC; without one it is taken as UTC.
        cells = cells.cast(pa.timestamp("us", cells.type.tz), safe=False).cast(pa.timestamp("us", "UTC"))
    places, values = _coded(cells)
    moments = []
    for value in values.to_pylist():
        text = value.decode() if isinstance(value, bytes) else value
        if text and not isinstance(text, (str, date)):
            raise TypeError(f"{values.type} is not a time")
        moments.append(utc(text) if text else None)
    return _Column(places, [*moments, None])


def _integer(cells: pa.ChunkedArray) -> _Column:
    """Whole numbers; a float must be whole, and NaN is a gap."""
    import pyarrow as pa

    if pa.types.is_boolean(cells.type) or not _numeric(cells.type):
        raise TypeError(f"{cells.type} is not a number")
    return _Column(_without_nan(cells).cast(pa.int64()).combine_chunks())


def _number(cells: pa.ChunkedArray) -> _Column:
    """Floats; NaN and infinities are gaps."""
    import pyarrow as pa

    if not _numeric(cells.type):
        raise TypeError(f"{cells.type} is not a number")
    return _Column(_without_nan(cells).cast(pa.float64(), safe=False).combine_chunks())


def _numeric(kind: pa.DataType) -> bool:
    import pyarrow as pa

    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_null)
    return any(test(kind) for test in tests)


def _without_nan(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_floating(cells.type) or pc.all(pc.is_finite(cells)).as_py():
        return cells
    return pc.if_else(pc.is_finite(cells), cells, pa.scalar(None, cells.type))


def _free(name: str, cells: pa.ChunkedArray) -> _Column:
    """A column that nobody expects: JSON values, distinct ones made once."""
    import pyarrow as pa

    try:
        if _numeric(cells.type):
            return _Column(_without_nan(cells).combine_chunks())
        values = cells.to_pylist()
        return _Column(pa.array(range(len(values)), pa.int64()), list(map(_json, values)))
    except (pa.ArrowException, UnicodeDecodeError, ValueError, OverflowError) as error:
        raise ParseFailed(f"the column {name!r} ({cells.type}) cannot be read: {_sentence(error)}") from error


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, list):
        return list(map(_json, value))
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return value if value is None or isinstance(value, (str, int)) else str(value)


def _sentence(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
