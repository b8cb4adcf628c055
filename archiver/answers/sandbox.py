"""Strangers' SQL: on the index only, and reading only.

Three walls, each by itself enough for most of what could be tried:

1. Only questions are taken: one statement, of a kind that cannot write (`_QUESTIONS`).
2. DuckDB is told to touch no file, no network, no extension and no setting any more (`shut_in`).
3. The process that runs it can open nothing and is bounded in memory and time; that is the caller's, see
   `cli.warden` and `guarded.ask`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from ..errors import ArchiverError, UsageError

if TYPE_CHECKING:
    import duckdb

MEMORY = 1 << 30
"""Bytes that DuckDB takes for one question; it has no disk to spill to."""
THREADS = 4
INSTEAD = "narrow it (WHERE, LIMIT); `archiver sql --trusted` runs statements of your own without bounds"
"""What to do where a question was stopped."""
_BATCH = 10_000
_QUESTIONS = frozenset({"SELECT", "EXPLAIN", "MULTI"})
"""Kinds of statement, in DuckDB's words. FROM, WITH, VALUES, DESCRIBE, SHOW and SUMMARIZE are SELECT to it;
PIVOT is MULTI, which makes its list of columns first."""
_SHUT = (
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET temp_directory = ''",
    "SET secret_directory = ''",
    f"SET memory_limit = '{MEMORY} B'",
    "SET enable_external_access = false",
    # Without it the files of the open database stay allowed, to write as well: COPY … TO 'archive.duckdb'.
    # After the line above, which looks at paths once more; what is open already stays readable.
    "SET disabled_filesystems = 'LocalFileSystem'",
    "SET lock_configuration = true",
)


def shut_in(con: duckdb.DuckDBPyConnection) -> None:
    """Takes from a connection, for good, every way to files, network, extensions and settings.

    The database that it has open stays readable; that it cannot be written is the opener's (read_only).
    """
    if con.execute("SELECT current_setting('lock_configuration')").fetchall() != [(False,)]:
        return
    if (os.cpu_count() or 1) > THREADS:
        con.execute(f"SET threads = {THREADS}")
    for statement in _SHUT:
        con.execute(statement)


def sql(con: duckdb.DuckDBPyConnection, statement: str) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """The columns and rows of one question, on a connection that is shut in first.

    The whole answer is in memory when this returns; the rows are read from there, so none is lost half-way.
    Raises UsageError with DuckDB's own message and hint where the statement is wrong or not allowed,
    ArchiverError where it does not fit into memory.
    """
    import duckdb

    shut_in(con)
    try:
        statements = con.extract_statements(statement)
        if len(statements) != 1:
            raise UsageError(f"One statement at a time: {len(statements)} were given.")
        kind = _kind(statements[0])
        if kind not in _QUESTIONS:
            raise UsageError(
                f"Only questions are taken here, and {kind} is none.",
                todo="ask with SELECT, FROM, WITH, VALUES, DESCRIBE, SHOW, SUMMARIZE, PIVOT or EXPLAIN; "
                "`archiver sql --trusted` runs statements of your own",
            )
        relation = con.sql(statements[0])
        if relation is None:  # a statement that gives no rows, behind a kind that says it would
            return [], iter(())
        columns, rows = list(relation.columns), relation.iter_rows(_BATCH)
        first = list(islice(rows, 1))
    except duckdb.Error as error:
        raise refusal(error) from error
    except MemoryError as error:
        raise too_large() from error
    return columns, chain(first, rows)


def _kind(statement: duckdb.Statement) -> str:
    """DuckDB's word for what a statement is; it has kinds that it cannot name itself."""
    try:
        return statement.type.name
    except ValueError:
        return "this"


def condition(text: str) -> str:
    """A stranger's filter as an operand that can stand after WHERE or AND: one expression, in parentheses.

    What runs it has to be shut in as well: an expression can hold a question of its own, or be a bomb.
    Raises UsageError where the text is no expression, or more than one.

    >>> condition("votes > 1000 -- many")
    '(votes > 1000 -- many\\n)'
    """
    import duckdb

    try:
        for written in (text, f"({text}\n)"):  # by itself, so that no parenthesis of it closes the outer one
            duckdb.SQLExpression(written)
    except duckdb.Error as error:
        raise UsageError(
            f"This is no condition: {refusal(error).what}",
            todo="write one expression over the columns, as after WHERE: \"votes > 1000 AND country = 'RU'\"",
        ) from error
    return f"({text}\n)"


def trusted(con: duckdb.DuckDBPyConnection, statement: str) -> tuple[list[str], Iterator[tuple[Any, ...]]]:
    """The owner's own statements: any, several too; the last one's columns and rows, as they come.

    Nothing is shut in: they may read and write files. The index stays as the connection opened it, read-only.
    Raises UsageError with DuckDB's own message and hint; reading the rows can raise it too.
    """
    import duckdb

    try:
        done = con.execute(statement)
    except duckdb.Error as error:
        raise refusal(error) from error
    return [column[0] for column in done.description or ()], _fetched(done)


def too_large() -> ArchiverError:
    """What a question is told that does not fit."""
    return ArchiverError("The question needs more memory than it is given.", todo=INSTEAD)


def _fetched(done: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    import duckdb

    try:
        while rows := done.fetchmany(_BATCH):
            yield from rows
    except duckdb.Error as error:
        raise refusal(error) from error


def refusal(error: duckdb.Error) -> ArchiverError:
    """DuckDB's complaint as this package's: its first line and its hint."""
    import duckdb

    if isinstance(error, duckdb.OutOfMemoryException):
        return too_large()
    if "'pytz'" in str(error):  # a library that DuckDB wants for them, and says so with a traceback
        return UsageError(
            "A time with a zone cannot be shown.", todo="add ::TIMESTAMP to it: all times here are UTC"
        )
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    hints = [line for line in lines[1:] if not line.startswith(("LINE ", "^"))]
    return UsageError(" ".join([lines[0] if lines else type(error).__name__, *hints]))
