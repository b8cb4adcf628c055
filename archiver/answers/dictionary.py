"""The data dictionary of an index: every table, view, column and macro with type, unit and meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..database.dictionary import meaning

if TYPE_CHECKING:
    import duckdb


class Described(NamedTuple):
    """One line of the dictionary."""

    kind: str
    """`table`, `view` or `macro`."""
    name: str
    column: str | None
    """None for the thing as a whole."""
    type: str | None
    """Of a column as DuckDB has it; of a macro its parameters."""
    unit: str | None
    meaning: str | None


def schema(con: duckdb.DuckDBPyConnection) -> list[Described]:
    """What the index holds: views, tables, then macros but those that serve others alone."""
    found: list[Described] = []
    things = con.execute("""
        SELECT 'view', view_name FROM duckdb_views()
        WHERE NOT internal AND database_name = current_database()
        UNION ALL
        SELECT 'table', table_name FROM duckdb_tables()
        WHERE NOT internal AND database_name = current_database()
        ORDER BY 1 DESC, 2
    """).fetchall()
    for kind, name in things:
        found.append(_described(kind, name, None, None))
        columns = con.execute(
            "SELECT column_name, data_type FROM duckdb_columns() "
            "WHERE table_name = ? AND database_name = current_database() ORDER BY column_index",
            [name],
        ).fetchall()
        found += [_described(kind, name, column, type_) for column, type_ in columns]
    macros = con.execute("""
        SELECT DISTINCT function_name, array_to_string(parameters, ', ') FROM duckdb_functions()
        WHERE NOT internal AND database_name = current_database()
            AND function_type IN ('macro', 'table_macro')
        ORDER BY ALL
    """).fetchall()
    return found + [
        _described("macro", f"{name}()", None, parameters)
        for name, parameters in macros
        if meaning(f"{name}()")
    ]


def _described(kind: str, name: str, column: str | None, type_: str | None) -> Described:
    known = meaning(name, column or "")
    said = (known.unit or None, known.meaning) if known else (None, None)
    return Described(kind, name, column, type_, *said)
