"""The data dictionary: what each table, view, column and macro of an index means, and in which unit.

dictionary.tsv is the one place where it is written. From there it goes into the index as comments, which any
client shows, into `archiver schema`, and into exported packages.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import duckdb

FILE = Path(__file__).with_name("dictionary.tsv")
ANY = "*"
"""Stands for every table that has a column of that name and says nothing else of it."""


class Meaning(NamedTuple):
    """What something means, and its unit where it has one."""

    meaning: str
    unit: str

    def __str__(self) -> str:
        return f"{self.meaning} [{self.unit}]" if self.unit else self.meaning


@cache
def meanings() -> Mapping[tuple[str, str], Meaning]:
    """Name and column → meaning. A macro is called `name()`; of a thing as a whole the column is empty."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return {(row["name"], row["column"]): Meaning(row["meaning"], row["unit"]) for row in rows}


def meaning(name: str, column: str = "") -> Meaning | None:
    """Of a table, view or macro, or of a column; None where the dictionary has none."""
    known = meanings()
    return known.get((name, column)) or (known.get((ANY, column)) if column else None)


def comment(connection: duckdb.DuckDBPyConnection, made_by: str) -> None:
    """Writes the meanings into the index that is open, as comments on what it holds.

    made_by: the statements that made its macros. DuckDB lists them among all its functions, which takes
    longer than to make them.
    """
    connection.execute(";\n".join(_statements(connection, made_by)))


def _statements(connection: duckdb.DuckDBPyConnection, made_by: str) -> Iterator[str]:
    things = connection.execute("""
        SELECT 'TABLE', table_name FROM duckdb_tables()
        WHERE NOT internal AND database_name = current_database()
        UNION ALL
        SELECT 'VIEW', view_name FROM duckdb_views()
        WHERE NOT internal AND database_name = current_database()
    """).fetchall()
    macros = [(f"MACRO{table}", name) for name, table in _MACRO.findall(made_by)]
    for kind, name in things + macros:
        if found := meaning(name if kind in ("TABLE", "VIEW") else f"{name}()"):
            yield f'COMMENT ON {kind} "{name}" IS {_quoted(found)}'
    columns = connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() "
        "WHERE NOT internal AND database_name = current_database()"
    ).fetchall()
    for name, column in columns:
        if found := meaning(name, column):
            yield f'COMMENT ON COLUMN "{name}"."{column}" IS {_quoted(found)}'


_MACRO = re.compile(r"^CREATE (?:OR REPLACE )?MACRO (\w+)\([^()]*\) AS( TABLE)?\b", re.MULTILINE)
"""A macro's name, and whether it gives a table."""


def _quoted(found: Meaning) -> str:
    return "'" + str(found).replace("'", "''") + "'"
