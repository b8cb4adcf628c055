"""Strangers' SQL: on the index only, and reading only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..errors import UsageError

if TYPE_CHECKING:
    import duckdb

_BATCH = 10_000
_SHUT = (
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)


def shut_in(con: duckdb.DuckDBPyConnection) -> None:
    """Takes from a connection, for good, every way to files, network, extensions and settings.

    The database that it has open stays readable; that it cannot be written is the opener's (read_only).
    """
    if con.execute("SELECT current_setting('lock_configuration')").fetchall() == [(False,)]:
        for statement in _SHUT:
            con.execute(statement)


def sql(con: duckdb.DuckDBPyConnection, statement: str) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """The columns and rows of one statement, on a connection that is shut in first.

    Raises UsageError with DuckDB's own message and hint where the statement is wrong or not allowed;
    reading the rows can raise it too.
    """
    import duckdb

    shut_in(con)
    try:
        statements = con.extract_statements(statement)
        if len(statements) != 1:
            raise UsageError(f"One statement at a time: {len(statements)} were given.")
        done = con.execute(statements[0])
    except duckdb.Error as error:
        raise refusal(error) from error
    return [column[0] for column in done.description or ()], _fetched(done)


def _fetched(done: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    import duckdb

    try:
        while rows := done.fetchmany(_BATCH):
            yield from rows
    except duckdb.Error as error:
        raise refusal(error) from error


def refusal(error: duckdb.Error) -> UsageError:
    """DuckDB's complaint as this package's: its first line and its hint."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    hints = [line for line in lines[1:] if not line.startswith(("LINE ", "^"))]
    return UsageError(" ".join([lines[0] if lines else type(error).__name__, *hints]))
