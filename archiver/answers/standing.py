"""How someone stands, and how boards agree, as SQL text for any DuckDB shell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from . import names
from .board import facts
from .narrow import NOTHING, Narrow, finished, listed, scope, with_known, within_set
from .sql import call, literal

if TYPE_CHECKING:
    import duckdb


TOP = 10
"""The first places that count as the top, unless a number is asked for."""
ABOUT: Mapping[str, Sequence[str]] = {
    "place": (),
    "best": ("best_rank", "best_date", "worst_rank", "worst_date"),
    "top": ("first_in_top", "last_in_top", "days_in_top", "days_first"),
    "gap": ("gap", "leader", "percentile"),
    "seen": ("first_seen", "last_seen", "snapshots", "absent"),
}
"""What may be asked of how someone stands → the columns that tell it, beside their place."""


def standing(
    con: duckdb.DuckDBPyConnection,
    who: Sequence[str],
    boards: Sequence[str] = (),
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    top: int = TOP,
    narrow: Narrow = NOTHING,
) -> str:
    """How organisations, families, models or countries stand on each board; see the macro `standing`.

    narrow: its category, setting, condition and what was known; among a set all is of the set, as if its
    members alone were on the boards (see the macro `standing_among`). Raises UnknownName.
    """
    return _lasting(con, "standing", who, boards, (since, until), top, narrow)


def streaks(
    con: duckdb.DuckDBPyConnection,
    who: Sequence[str],
    boards: Sequence[str] = (),
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    top: int = TOP,
    longest: bool = False,
    current: bool = False,
    narrow: Narrow = NOTHING,
) -> str:
    """How long organisations, families, models or countries stood in the top of each board without a break.

    See the macro `streaks`. longest: of each name on each board only the longest; current: only those that
    last; narrow: as of `standing`, its top counts the best rank. Raises UnknownName.
    """
    only = [f"a.{name}" for name, asked in (("longest", longest), ("current", current)) if asked]
    return _lasting(con, "streaks", who, boards, (since, until), top, narrow, only)


def _lasting(
    con: duckdb.DuckDBPyConnection,
    macro: str,
    who: Sequence[str],
    boards: Sequence[str],
    times: tuple[datetime | None, datetime | None],
    top: int,
    narrow: Narrow,
    only: Sequence[str] = (),
) -> str:
    """only: conditions of our own, each of which holds for the rows that are kept."""
    asked = [one.who for one in names.asked(con, who)]
    since, until = times
    named = {"since": since, "until": until, "top": top, "variant": narrow.variant}
    source = within_set(con, macro, list(who), among=narrow.among, boards=scope(con, boards, narrow), **named)
    place, order = "a.rank", f"a.board, list_position({literal(asked)}, a.who)"
    if macro == "streaks":
        place, order = "a.best_rank", f"{order}, a.since, a.until, a.last_snapshot_id"
    if only:
        source = f"(FROM {source} AS a WHERE {' AND '.join(only)} ORDER BY {order})"
    return finished(con, source, replace(narrow, among=None), order=order, place=place)


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
    within = scope(con, boards, narrow)
    named = {"since": since, "until": until, "variant": narrow.variant}
    asked = call("rank_history", list(who), boards=within, **named)
    statement = f"SELECT h.board, h.who, h.date, h.rank FROM {asked} AS h"  # noqa: S608  # literals are quoted
    tables = {}
    if narrow.among is not None:
        lines = f"lines_among({literal(listed(narrow.among))}, {call('boards_of', list(who), within)})"
        tables["board_lines"] = f"FROM {lines}"
    found: dict[tuple[str, str], list[tuple[date, int | None]]] = {}
    for board, name, day, rank in con.execute(with_known(statement, narrow.known_on, **tables)).fetchall():
        found.setdefault((board, name), []).append((day, rank))
    return found


def agreement(
    con: duckdb.DuckDBPyConnection,
    board: str,
    other: str | None = None,
    time: datetime | None = None,
    other_time: datetime | None = None,
    known_on: datetime | None = None,
    among: str | Sequence[str] | None = None,
) -> str:
    """How two boards at one time, or one board at two times, agree; see the macro `agreement`.

    other: None for the same board. known_on: as the archive knew then. among: on the order of the members of
    a set alone (see the macro `agreement_among`).
    Raises UnknownName, and UsageError where a board has no snapshot by then.
    """
    first = facts(con, board, time, known_on).board
    second = facts(con, other or board, other_time or time, known_on).board
    asked = within_set(con, "agreement", first, second, among=among, time=time, other_time=other_time)
    return with_known(f"FROM {asked}", known_on)
