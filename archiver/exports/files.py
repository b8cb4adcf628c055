"""One table in one file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ..reports.rows import Row, write_csv
from . import columns

if TYPE_CHECKING:
    import duckdb

BATCH = 50_000
"""Rows in memory at a time, and in a row group of Parquet."""
_ORDER = {
    "rankings": "board, coalesce(published_at, captured_at), captured_at, snapshot_id, position",
    "sources": "source",
}

Told = Sequence[object]
"""Of a source: title, homepage, licence, attribution."""


class File(NamedTuple):
    """A file of a package."""

    path: str
    """Inside the package, with slashes."""
    name: str
    """Of the resource."""
    table: str
    source: str
    told: Told | None
    rows: int


def csv(con: duckdb.DuckDBPyConnection, folder: Path, file: File, where: str) -> File:
    """Rows as CSV (see `reports.rows.write_csv`), times as 2026-07-20T00:00:00Z; the file, counted."""
    described = columns.of(con, file.table)
    counted = 0

    def counting() -> Iterator[Row]:
        nonlocal counted
        found = con.execute(_select([_plain(name, kind) for name, kind, _ in described], file, where))
        while batch := found.fetchmany(BATCH):
            counted += len(batch)
            yield from batch

    with _made(folder, file).open("w", encoding="utf-8", newline="") as out:
        write_csv(out, [name for name, _, _ in described], counting())
    return file._replace(rows=counted)


def parquet(con: duckdb.DuckDBPyConnection, folder: Path, file: File, where: str) -> File:
    """Rows as Parquet, names exactly as in the index; returned with their number.

    The schema carries the meaning of each column (`comment`) and whose data it is under which licence.
    """
    import pyarrow as pa
    from pyarrow.parquet import ParquetWriter

    described = columns.of(con, file.table)
    listed = [
        f'"{name}"::VARCHAR AS "{name}"' if kind == "UUID" else f'"{name}"' for name, kind, _ in described
    ]
    reader = con.sql(_select(listed, file, where)).to_arrow_reader(BATCH)
    meanings = {name: meaning for name, _, meaning in described}
    schema = pa.schema(
        [each.with_metadata({"comment": meanings[each.name]}) for each in reader.schema],
        metadata=dict(
            zip(("title", "homepage", "license", "attribution"), map(str, file.told or ()), strict=False)
        ),
    )
    counted = 0
    with ParquetWriter(_made(folder, file), schema, compression="zstd") as writer:
        for batch in reader:
            counted += batch.num_rows
            writer.write_batch(batch.cast(schema), row_group_size=BATCH)
    return file._replace(rows=counted)


def _made(folder: Path, file: File) -> Path:
    path = folder / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _select(listed: Sequence[str], file: File, where: str) -> str:
    return f"SELECT {', '.join(listed)} FROM {file.table} WHERE {where} ORDER BY {_ORDER[file.table]}"  # noqa: S608


def _plain(name: str, kind: str) -> str:
    """A column as CSV holds it: times in one form, which a Table Schema calls `datetime`."""
    if kind == "TIMESTAMP":
        return f'strftime("{name}", \'%Y-%m-%dT%H:%M:%SZ\') AS "{name}"'
    return f'"{name}"'
