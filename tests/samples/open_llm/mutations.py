"""How the samples of this source are broken for the contract: tests/sources/test_contract.py."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from typing import Any


def with_new_field(sample: str, body: bytes, field: str) -> bytes:
    """The sample with one more column of value 7."""
    if sample.endswith(".parquet"):
        import pyarrow as pa

        table = _table(body)
        return _file(table.append_column(field, pa.array([7] * table.num_rows)))
    header, *rows = gzip.decompress(body).decode().splitlines()
    lines = (f"{field},{header}", *(f"7,{row}" for row in rows))
    return gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)


def renamed(sample: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """What the error must name, and the sample in which that column is called otherwise."""
    if sample.endswith(".parquet"):
        for column in ("fullname", "Precision", "Hub License", "Average ⬆️"):
            yield column, _file(_table(body).rename_columns({column: "otherwise"}))
        return
    for column in ("model", "openllm_average"):
        yield column, gzip.compress(gzip.decompress(body).replace(column.encode(), b"otherwise", 1), mtime=0)


def _table(body: bytes) -> Any:
    import pyarrow.parquet as pq

    return pq.read_table(io.BytesIO(body))


def _file(table: Any) -> bytes:
    import pyarrow.parquet as pq

    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()
