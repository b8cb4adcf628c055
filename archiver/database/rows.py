"""Rows in bulk: tuples to tables by way of Arrow, a thousand times as fast as a statement a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ..records import utc

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

Row = tuple[object, ...]


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Row]) -> None:
    """Appends rows, each in the order of the table's columns. `table` is a name of schema.sql."""
    if rows:
        insert_arrow(connection, table, _columns(connection, table, rows))


def insert_arrow(
    connection: duckdb.DuckDBPyConnection, table: str, arrow: pa.RecordBatch | pa.RecordBatchReader
) -> None:
    """Appends Arrow rows, matched by column names."""
    connection.register("incoming", arrow)
    connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")  # noqa: S608  # a name of ours
    connection.unregister("incoming")


def replace(connection: duckdb.DuckDBPyConnection, table: str, rows: Iterable[Row]) -> bool:
    """Makes `rows` the whole of a small table, and says whether that changed anything."""
    new = sorted(rows, key=repr)
    old: list[Row] = connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608  # a name of ours
    if sorted(old, key=repr) == new:
        return False
    connection.execute(f"DELETE FROM {table}")  # noqa: S608  # a name of ours
    insert(connection, table, new)
    return True


def naive(time: datetime | None) -> datetime | None:
    """A time as the tables hold it: UTC, without saying so."""
    return None if time is None else utc(time).replace(tzinfo=None)


def _columns(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Row]) -> pa.RecordBatch:
    import pyarrow as pa

    schema = connection.sql(f"SELECT * FROM {table} LIMIT 0").to_arrow_table().schema  # noqa: S608  # a name of ours
    return pa.RecordBatch.from_struct_array(pa.array(rows, pa.struct(list(schema))))
