"""How a new field and a renamed column look in Arena's two formats."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

COLUMNS = ("model_name", "organization", "license", "rating", "rating_lower", "rating_upper", "vote_count")
COLUMNS += ("rank", "category", "leaderboard_publish_date")
KEYS = ("rank", "rankUpper", "rankLower", "modelDisplayName", "rating", "ratingUpper", "ratingLower", "votes")
KEYS += ("modelOrganization", "license", "entries")


def with_new_field(sample: str, body: bytes, field: str) -> bytes:
    """The sample with one more field of value 7 in each record."""
    if sample.endswith(".html"):
        return _page(_stream(body).replace('"votes":', f'"{field}":7,"votes":'))
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(body))
    return _file(table.append_column(field, pa.array([7] * table.num_rows)))


def renamed(sample: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """Each required column, and the sample in which it is called otherwise."""
    if sample.endswith(".html"):
        for key in KEYS:
            yield key, _page(_stream(body).replace(f'"{key}":', f'"the{key}":'))
        return
    import pyarrow.parquet as pq

    table = pq.read_table(io.BytesIO(body))
    for column in COLUMNS:
        yield column, _file(table.rename_columns({column: f"the_{column}"}))


def _file(table: object) -> bytes:
    import pyarrow.parquet as pq

    file = io.BytesIO()
    pq.write_table(table, file)
    return file.getvalue()


def _stream(body: bytes) -> str:
    from archiver.formats.nextjs import pushes

    return "".join(str(piece) for piece in pushes(body.decode()))


def _page(stream: str) -> bytes:
    call = f"self.__next_f.push({json.dumps([1, stream])})".replace("<", "\\u003c")
    return f"<!DOCTYPE html><html><body><table></table><script>{call}</script></body></html>".encode()
