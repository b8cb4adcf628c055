"""Parquet from strangers: columns as plain Python values, a group of rows at a time.

Only this reader knows pyarrow on the way in (`_arrow` is its half that knows types). A million rows stay in
Arrow's columns until a group of them is asked for; text that repeats is one Python object wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import ParseFailed
from ._arrow import Column, Kind, column, free, is_text, sentence

if TYPE_CHECKING:
    import pyarrow as pa

Layout = Mapping[str, Kind]
"""Column → kind: every one of them must be there."""

MAX_ROWS = 10_000_000
MAX_COLUMNS = 200
MAX_BYTES = 2 << 30
"""Caps on what a file may claim of itself, looked at before any of it is read."""


class Run(NamedTuple):
    """Rows with equal keys: from `start` to before `end`."""

    keys: tuple[Any, ...]
    start: int
    end: int


class Table(NamedTuple):
    """A Parquet file that was read. `layout` is the name of the one it fitted."""

    layout: str
    rows: int
    others: tuple[str, ...]
    """Columns that the layout does not name, in the file's order; read as JSON values."""
    columns: Mapping[str, Column]

    def groups(self, *keys: str) -> Iterator[tuple[tuple[Any, ...], dict[str, list[Any]]]]:
        """Rows with equal keys together, as `ordered` has them.

        Yields the keys' values, and every other column as a list.
        """
        table, runs = self.ordered(*keys)
        listed = {name: table.columns[name].listed() for name in table.columns if name not in keys}
        for values, start, end in runs:
            yield values, {name: cells(start, end) for name, cells in listed.items()}

    def ordered(self, *keys: str) -> tuple[Table, list[Run]]:
        """The table in the order of the keys, rows with equal keys in the order in which they stood, and
        where each run of equal keys begins and ends.

        Keys are columns of text or moments without gaps; raises `ParseFailed` where a row has none.
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
        columns = {name: column.take(order) for name, column in self.columns.items()}
        encoded = pc.run_end_encode(combined.take(order))
        ends = encoded.run_ends.to_pylist()
        runs = [
            Run(_decoded(code, ordered), start, end)
            for code, start, end in zip(encoded.values.to_pylist(), [0, *ends], ends, strict=False)
        ]
        return self._replace(columns=columns), runs

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
        raise ParseFailed(f"a damaged Parquet file: {sentence(error)}") from error
    name = _fitting(found.column_names, layouts)
    layout = layouts[name]
    others = tuple(other for other in found.column_names if other not in layout)
    columns = {known: column(known, found[known], kind) for known, kind in layout.items()}
    columns |= {other: free(other, found[other]) for other in others}
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
    text = [field.name for field in schema if is_text(field.type)]
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
