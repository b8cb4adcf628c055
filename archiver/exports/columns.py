"""What the columns of an exported table are, in the words of the index's own dictionary."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..answers.sql import literal, rows

if TYPE_CHECKING:
    import duckdb

_TYPES = {
    "VARCHAR": "string",
    "UUID": "string",
    "INTEGER": "integer",
    "BIGINT": "integer",
    "DOUBLE": "number",
    "BOOLEAN": "boolean",
    "TIMESTAMP": "datetime",
    "DATE": "date",
}
"""Type in the index → type of a Table Schema field; lists are written as JSON text."""

_NOT_A_NAME = re.compile(r"[^a-z0-9._-]+")


def of(con: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str, str]]:
    """Name, type and meaning of each column of a table or view, in order."""
    found = rows(
        con,
        f"""
        SELECT column_name, data_type, coalesce(comment, '') FROM duckdb_columns()
        WHERE NOT internal AND table_name = {literal(table)} ORDER BY column_index
        """,  # noqa: S608
    )
    return [(str(name), str(kind), str(meaning)) for name, kind, meaning in found]


def fields(con: duckdb.DuckDBPyConnection, table: str, *, exact: bool = True) -> list[dict[str, str]]:
    """The columns as fields of a Table Schema.

    exact: whether an integer is called so. Readers that go by way of pandas see integers with gaps as
    floats, and a Parquet file says its types by itself.
    """
    types = _TYPES if exact else {**_TYPES, "INTEGER": "number", "BIGINT": "number"}
    return [
        {"name": name, "type": types.get(kind, "string")} | ({"description": meaning} if meaning else {})
        for name, kind, meaning in of(con, table)
    ]


def slug(text: str) -> str:
    """A licence's title as the name that a descriptor wants: lower case, no spaces.

    >>> slug("CC BY 4.0"), slug("not stated")
    ('cc-by-4.0', 'not-stated')
    """
    return _NOT_A_NAME.sub("-", text.lower()).strip("-")[:80].strip("-")
