"""Statements as text: literals are written in, so that what a command runs is what anyone can run again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..errors import UsageError

if TYPE_CHECKING:
    import duckdb

_SPARED = (
    "common_subexpressions",
    "common_subplan",
    "duplicate_groups",
    "projection_placement",
    "projection_pullup",
    "statistics_propagation",
)
"""Passes of DuckDB's optimizer that the questions of this package do not gain by: on a million entries they
take 4 to 17 % of the instructions of each. Other statements do gain: `rankings` of one snapshot takes twice
as long without them, what reads all of `entries` up to a fifth longer. See tests/bench/bench_questions.py."""

_QUOTED = {"time": '"time"'}
"""Names of arguments that DuckDB before 2.0 takes for words of its own."""

Literal = str | int | bool | datetime | None | Sequence[str]


def literal(value: Literal) -> str:
    """A value as DuckDB reads it back; times become UTC timestamps without zone, as in the index.

    >>> literal("O'Neil"), literal(["a", "b"]), literal(None), literal(True)
    ("'O''Neil'", "['a', 'b']", 'NULL', 'true')

    Raises UsageError for text with a NUL or half a character, which no name in the index has.
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool | int):
        return str(value).lower()
    if isinstance(value, datetime):
        return f"TIMESTAMP '{value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=' ')}'"
    if isinstance(value, str):
        if "\0" in value or not _is_text(value):
            raise UsageError(f"This is no text that a name can be: {value!r}.")
        return "'" + value.replace("'", "''") + "'"
    return f"[{', '.join(map(literal, value))}]"


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def call(macro: str, *positional: Literal, **named: Literal) -> str:
    """A call of a table macro; named arguments that are None are left to their defaults.

    >>> call("rank_history", ["Sber"], boards=None, each=True)
    "rank_history(['Sber'], each := true)"
    """
    arguments = [literal(value) for value in positional]
    arguments += [
        f"{_QUOTED.get(name, name)} := {literal(value)}" for name, value in named.items() if value is not None
    ]
    return f"{macro}({', '.join(arguments)})"


def plan_briefly(con: duckdb.DuckDBPyConnection) -> None:
    """Lets DuckDB plan without `_SPARED`, on this connection and all that share its database.

    Answers are the same, but for the time they take. Where DuckDB will not (another version may have another
    name for a pass; within walls no setting is taken) it plans as ever.
    """
    import duckdb

    with suppress(duckdb.Error):
        con.execute(f"SET disabled_optimizers = '{','.join(_SPARED)}'")


def rows(con: duckdb.DuckDBPyConnection, statement: str) -> list[tuple[object, ...]]:
    """All rows of a statement of this package's own."""
    return con.execute(statement).fetchall()
