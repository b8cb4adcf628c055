"""What an index is made of: tables, views and macros, from the SQL files of this package."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from . import dictionary

if TYPE_CHECKING:
    import duckdb

_HERE = Path(__file__).parent
_TABLES = (_HERE / "schema.sql",)
_RULES = (_HERE / "rules.sql",)
"""What a load asks itself."""
_QUESTIONS = (
    _HERE.with_name("identity") / "fold.sql",
    *map(
        _HERE.joinpath,
        ("views.sql", "macros.sql", "known.sql", "changes.sql", "events.sql", "standing.sql", "peers.sql"),
    ),
)
"""In this order: each rests on those before it and the rules, all on `fold`, by which names are compared."""


@cache
def digests() -> dict[str, str]:
    """Rows of `meta` that say what an index was made by: of its tables, and of its views and macros."""
    parts = {"schema": _TABLES, "views": (*_RULES, *_QUESTIONS, dictionary.FILE)}
    return {
        key: sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()
        for key, paths in parts.items()
    }


def tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the empty tables."""
    connection.execute(_text(_TABLES))


def rules(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the macros that a load rests on, where there are none; says what these and the tables mean."""
    connection.execute(_text(_RULES))
    dictionary.comment(connection, _text((*_TABLES, *_RULES)))


def questions(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes all other views and macros, and says what they mean."""
    connection.execute(_text(_QUESTIONS))
    dictionary.comment(connection, _text(_QUESTIONS))


def drop_questions(connection: duckdb.DuckDBPyConnection) -> None:
    """Removes the views and macros of another version, rules among them; to look for them takes as long
    as to make some."""
    for kind, name in connection.execute(
        """
        SELECT 'VIEW', view_name FROM duckdb_views() WHERE NOT internal AND database_name = current_database()
        UNION
        SELECT CASE function_type WHEN 'macro' THEN 'MACRO' ELSE 'MACRO TABLE' END, function_name
        FROM duckdb_functions()
        WHERE NOT internal AND database_name = current_database()
            AND function_type IN ('macro', 'table_macro')
        """
    ).fetchall():
        quoted = name.replace('"', '""')
        connection.execute(f'DROP {kind} IF EXISTS "{quoted}"')


def _text(files: tuple[Path, ...]) -> str:
    return "\n".join(file.read_text("utf-8") for file in files)
