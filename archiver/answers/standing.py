"""How someone stands, and how boards agree, as SQL text for any DuckDB shell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from . import names
from .board import facts
from .narrow import NOTHING, Narrow, finished, scope, with_known
from .sql import call, literal

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
    narrow: Narrow = NOTHING,
) -> str:
    """How organisations, families, models or countries stand on each board; see the macro `standing`.

    narrow: its category, setting, condition and what was known. Raises UnknownName.
    """
    asked = [one.who for one in names.asked(con, who)]
    named = {"since": since, "until": until, "top": top, "variant": narrow.variant}
    source = call("standing", list(who), boards=scope(con, boards, narrow), **named)
    return finished(con, source, narrow, order=f"a.board, list_position({literal(asked)}, a.who)")


def places(
    con: duckdb.DuckDBPyConnection,
    who: Sequence[str],
    boards: Sequence[str] = (),
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    narrow: Narrow = NOTHING,
) -> dict[tuple[str, str], list[tuple[date, int | None]]]:
    """By board and name each day and place that `standing` sums up, in order; None of an absence."""
    named = {"since": since, "until": until, "variant": narrow.variant}
    asked = call("rank_history", list(who), boards=scope(con, boards, narrow), **named)
    statement = f"SELECT h.board, h.who, h.date, h.rank FROM {asked} AS h"  # noqa: S608  # literals are quoted
    found: dict[tuple[str, str], list[tuple[date, int | None]]] = {}
    for board, name, day, rank in con.execute(with_known(statement, narrow.known_on)).fetchall():
        found.setdefault((board, name), []).append((day, rank))
    return found


def agreement(
    con: duckdb.DuckDBPyConnection,
    board: str,
    other: str | None = None,
    time: datetime | None = None,
    other_time: datetime | None = None,
    known_on: datetime | None = None,
) -> str:
    """How two boards at one time, or one board at two times, agree; see the macro `agreement`.

    other: None for the same board. known_on: as the archive knew then.
    Raises UnknownName, and UsageError where a board has no snapshot by then.
    """
    first = facts(con, board, time, known_on).board
    second = facts(con, other or board, other_time or time, known_on).board
    return with_known(f"FROM {call('agreement', first, second, time=time, other_time=other_time)}", known_on)
