"""How someone stands, and how boards agree, as SQL text for any DuckDB shell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
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
