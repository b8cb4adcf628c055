"""How someone stands, and how boards agree, as SQL text for any DuckDB shell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from . import names
from .board import facts
from .sql import call

if TYPE_CHECKING:
    import duckdb


def standing(
    con: duckdb.DuckDBPyConnection,
    who: Sequence[str],
    boards: Sequence[str] = (),
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    top: int = 10,
) -> str:
    """How organisations, families, models or countries stand on each board; see the macro `standing`.

    Raises UnknownName.
    """
    names.asked(con, who)
    scope = names.boards(con, boards) if boards else None
    return f"FROM {call('standing', list(who), boards=scope, since=since, until=until, top=top)}"


def places(
    con: duckdb.DuckDBPyConnection,
    who: Sequence[str],
    boards: Sequence[str] = (),
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> dict[tuple[str, str], list[tuple[date, int | None]]]:
    """By board and name each day and place that `standing` sums up, in order; None of an absence."""
    scope = names.boards(con, boards) if boards else None
    asked = call("rank_history", list(who), boards=scope, since=since, until=until)
    found: dict[tuple[str, str], list[tuple[date, int | None]]] = {}
    for board, name, day, rank in con.execute(
        f"SELECT h.board, h.who, h.date, h.rank FROM {asked} AS h"  # noqa: S608  # literals are quoted
    ).fetchall():
        found.setdefault((board, name), []).append((day, rank))
    return found


def agreement(
    con: duckdb.DuckDBPyConnection,
    board: str,
    other: str | None = None,
    time: datetime | None = None,
    other_time: datetime | None = None,
) -> str:
    """How two boards at one time, or one board at two times, agree; see the macro `agreement`.

    other: None for the same board. Raises UnknownName, and UsageError where a board has no snapshot by then.
    """
    first = facts(con, board, time).board
    second = facts(con, other or board, other_time or time).board
    return f"FROM {call('agreement', first, second, time=time, other_time=other_time)}"
