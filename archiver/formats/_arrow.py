"""Columns of a Parquet file as plain Python values, whatever Arrow type they came in."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from ..errors import ParseFailed
from ..records import moment, utc

if TYPE_CHECKING:
    import pyarrow as pa

Kind = Literal["text", "integer", "number", "moment"]
"""What a column must hold; what is empty, null or no finite number is a gap, None.

`moment`: a day or a time as text, DATE or TIMESTAMP of any unit and zone."""


class Column(NamedTuple):
    """One column, still in Arrow's hands."""

    cells: Any
    """Arrow array; of a coded column the places in `values`."""
    values: list[Any] | None = None
    """The distinct values of a coded column, with None as the last."""

    def take(self, order: pa.Array) -> Column:
        """The column with its rows in another order."""
        return self._replace(cells=self.cells.take(order))

    def filled(self, value: object) -> Column:
        """The coded column with a value in the place of its gaps."""
        return self._replace(values=[value if one is None else one for one in self.values or ()])

    def some(self) -> bool:
        """Whether the column, which is not coded, has any value."""
        return bool(self.cells.null_count < len(self.cells))

    def within(self, least: int, most: int) -> bool:
        """Whether all values of the column, which holds figures, lie between two bounds, both included."""
        import pyarrow.compute as pc

        ends: dict[str, Any] = pc.min_max(self.cells).as_py()
        return ends["min"] is None or bool(least <= ends["min"] <= ends["max"] <= most)

    def plain(self) -> Callable[[int, int], Any]:
        """What gives the rows from one to before another as an Arrow array that is not coded."""
        import pyarrow as pa

        cells = self.cells
        if self.values is None:
            return lambda start, end: cells.slice(start, end - start)
        values = pa.array(self.values)
        return lambda start, end: values.take(cells.slice(start, end - start))

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


def is_text(kind: pa.DataType) -> bool:
    """Whether it is a type of text, or of bytes that may be text."""
    import pyarrow as pa

    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    return any(test(kind) for test in tests)


def column(name: str, cells: pa.ChunkedArray, kind: Kind) -> Column:
    """A column of a kind. Raises `ParseFailed`, naming the column, where a value is not of it."""
    import pyarrow as pa

    readers = {"text": _text, "moment": _moment, "integer": _integer, "number": _number}
    try:
        return readers[kind](cells)
    except (pa.ArrowException, UnicodeDecodeError, ValueError, OverflowError, TypeError) as error:
        what = f"the column {name!r} ({cells.type}) does not hold {kind} values: {sentence(error)}"
        raise ParseFailed(what) from error


def _coded(cells: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    """Places and distinct values; a null has the place behind the last value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(cells.type):
        cells = pc.dictionary_encode(cells)
    whole = cells.unify_dictionaries().combine_chunks()
    return whole.indices.cast(pa.int32()).fill_null(len(whole.dictionary)), whole.dictionary


def _text(cells: pa.ChunkedArray) -> Column:
    import pyarrow as pa

    places, values = _coded(cells)
    if not (is_text(values.type) or pa.types.is_null(values.type) or pa.types.is_string_view(values.type)):
        raise TypeError(f"{values.type} is not text")
    text = [value.decode() if isinstance(value, bytes) else value for value in values.to_pylist()]
    return Column(places, [*(value or None for value in text), None])


def _moment(cells: pa.ChunkedArray) -> Column:
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
    return Column(places, [*moments, None])


def _integer(cells: pa.ChunkedArray) -> Column:
    """Whole numbers; a float must be whole, and NaN is a gap."""
    import pyarrow as pa

    if pa.types.is_boolean(cells.type) or not _numeric(cells.type):
        raise TypeError(f"{cells.type} is not a number")
    return Column(_without_nan(cells).cast(pa.int64()).combine_chunks())


def _number(cells: pa.ChunkedArray) -> Column:
    """Floats; NaN and infinities are gaps."""
    import pyarrow as pa

    if not _numeric(cells.type):
        raise TypeError(f"{cells.type} is not a number")
    return Column(_without_nan(cells).cast(pa.float64(), safe=False).combine_chunks())


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


def free(name: str, cells: pa.ChunkedArray) -> Column:
    """A column that nobody expects, as JSON values. Raises `ParseFailed` where it cannot be read."""
    import pyarrow as pa

    try:
        if _numeric(cells.type):
            return Column(_without_nan(cells).combine_chunks())
        values = cells.to_pylist()
        return Column(pa.array(range(len(values)), pa.int64()), list(map(_json, values)))
    except (pa.ArrowException, UnicodeDecodeError, ValueError, OverflowError) as error:
        raise ParseFailed(f"the column {name!r} ({cells.type}) cannot be read: {sentence(error)}") from error


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


def sentence(error: Exception) -> str:
    """What another library says, on one line and not at length."""
    return " ".join(str(error).split())[:200]
