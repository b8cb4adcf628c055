"""What changed on boards, as SQL text: each function gives the statement that answers, for any DuckDB shell.

Names and boards are checked first, so that a statement never asks for what is not known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from ..errors import UsageError
from ..moments import moment
from . import names
from .narrow import NOTHING, Narrow, check_set, finished, in_setting, listed, scope, with_known, within_set
from .sql import call, literal

if TYPE_CHECKING:
    import duckdb

_EVER = datetime(9999, 12, 31, tzinfo=UTC)


class Ends(NamedTuple):
    """The two complete snapshots that a comparison rests on. Times are UTC without zone."""

    board: str
    earlier: str
    earlier_time: datetime
    later: str
    later_time: datetime


def ends(
    con: duckdb.DuckDBPyConnection,
    board: str,
    since: datetime | None,
    until: datetime | None,
    known_on: datetime | None = None,
) -> Ends:
    """The complete snapshots of a board at two times, each the last one by then.

    until: None for the newest. since: None for the one before that. known_on: as the archive knew then.
    Raises UnknownName, and UsageError where there are no two.
    """
    name = names.board(con, board)
    asked = f"""
        SELECT s.snapshot_id, s.time, s.time <= end_of({literal(since)})
        FROM snapshots AS s
        WHERE s.board = {literal(name)} AND s.preferred AND s.complete
            AND s.time <= end_of({literal(until or _EVER)})
        ORDER BY s.time DESC, s.captured_at DESC, s.snapshot_id
    """  # noqa: S608  # literals are quoted
    found = con.execute(with_known(asked, known_on)).fetchall()
    later = found[0] if found else None
    earlier = next((one for one in found if (one[2] if since else one[1] < found[0][1])), None)
    if earlier is None or later is None:
        raise UsageError(
            f"The archive holds no two complete snapshots of {name} by {_day(since)} and by {_day(until)}.",
            todo=f"`archiver boards {name}` says from when to when it reaches",
        )
    ends = Ends(name, *earlier[:2], *later[:2])
    if ends.earlier_time >= ends.later_time:
        raise UsageError(
            f"The last complete snapshot of {name} by {_day(since)} and by {_day(until)} is the same: "
            f"of {moment(ends.later_time)}.",
            todo="take dates that are further apart",
        )
    return ends


def _day(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d}" if time else "now"


_PLACE = "least(a.rank, a.rank_before)"
"""What `top` counts of a change: the better of the two places."""
_NAMED = "a.model, a.variant, a.model_listed, a.listed_before"
_BY_RANK = f"a.rank NULLS LAST, a.rank_before, {_NAMED}"
_WIDEST = f"a.status, abs(a.change) DESC NULLS LAST, {_BY_RANK}"
_PLACE_AMONG = "least(a.place_among, a.place_among_before)"
_BY_PLACE = f"a.place_among NULLS LAST, a.place_among_before, {_NAMED}"
_WIDEST_AMONG = f"a.status, abs(a.change_among) DESC NULLS LAST, {_BY_PLACE}"


def diff(
    con: duckdb.DuckDBPyConnection,
    board: str,
    since: datetime,
    until: datetime,
    narrow: Narrow = NOTHING,
    found: Ends | None = None,
) -> str:
    """Every model of a board at either of two times: entered, left, moved or the same; see `ends`.

    Columns: board, model, organization, country, variant, rank_before, rank, change (places up),
    score_before, score, status, beyond_noise, noise, listed_before, model_listed, of_before, of,
    time_before, time, snapshot_before, snapshot_id, change_shared (places up among the models on both),
    passed (of these, how many it surely passed, or surely passed it; see the macro `compared_lines`).
    narrow: what the rows are cut down to; `top` keeps who stood or stands among the first places. Among a
    set they are its members, status, noise and passed are of the set alone (see the macro `diff_among`), and
    place_among_before, place_among, change_among, of_among_before, of_among follow.
    found: its `ends`, where they are known.
    """
    found = found or ends(con, board, since, until, narrow.known_on)
    if narrow.among is not None:
        asked = _among(con, narrow.among, found.board, since, until)
        return _cut(con, asked, narrow, _BY_PLACE, _PLACE_AMONG)
    return _cut(con, call("board_diff", found.board, since, until), narrow, _BY_RANK, _PLACE)


def movers(
    con: duckdb.DuckDBPyConnection,
    board: str,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    narrow: Narrow = NOTHING,
    found: Ends | None = None,
) -> str:
    """Who entered, left or moved on a board between two times, the widest moves first; columns of `diff`.

    since: None for the complete snapshot before the last by `until`. narrow, found: as of `diff`; among a
    set, who moved within it.
    """
    found = found or ends(con, board, since, until, narrow.known_on)
    times = (since or _utc(found.earlier_time), until or _utc(found.later_time))
    if narrow.among is not None:
        members = _among(con, narrow.among, found.board, *times)
        asked = f"(FROM {members} AS a WHERE a.status <> 'same' ORDER BY {_WIDEST_AMONG})"
        return _cut(con, asked, narrow, _WIDEST_AMONG, _PLACE_AMONG)
    return _cut(con, call("movers", found.board, *times), narrow, _WIDEST, _PLACE)


def _among(
    con: duckdb.DuckDBPyConnection, among: str | Sequence[str], board: str, since: datetime, until: datetime
) -> str:
    """Raises UnknownName for a set that nobody knows."""
    check_set(con, among)
    return call("diff_among", board, since, until, listed(among))


def _cut(con: duckdb.DuckDBPyConnection, asked: str, narrow: Narrow, order: str, place: str) -> str:
    """A comparison cut down; its set is a matter of the comparison itself."""
    asked = in_setting(asked, narrow.variant, order)
    return finished(con, asked, replace(narrow, among=None), order=order, place=place)


def _utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC)


def events(
    con: duckdb.DuckDBPyConnection,
    boards: Sequence[str] = (),
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> str:
    """One row an event: entered, left, moved, leader, renamed; see the macro `rank_events`.

    boards: globs; without any, all boards. Raises UnknownName for a glob that matches none.
    """
    scope = names.boards(con, boards) if boards else None
    return f"FROM {call('rank_events', boards=scope, since=since, until=until)}"


def overtakes(
    con: duckdb.DuckDBPyConnection,
    who: Sequence[str],
    boards: Sequence[str] = (),
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    all: bool = False,
    narrow: Narrow = NOTHING,
) -> str:
    """Who overtook whom, one row a pair and time; see the macro `overtakes`.

    who: one name against everyone, several against each other. all: every model, not the best-placed.
    narrow: its category, setting (of theirs), condition, and `top`: where the one ahead now stands. Among a
    set: of members by members, ranks and `of` those of the set (see the macro `overtakes_among`).
    Raises UnknownName.
    """
    names.asked(con, who)
    within, each = scope(con, boards, narrow), True if all else None
    named = {"boards": within, "since": since, "until": until, "each": each, "variant": narrow.variant}
    asked = within_set(con, "overtakes", list(who), among=narrow.among, **named)
    order = "a.board, a.time, a.rank, a.other_rank, a.model, a.other, a.variant, a.other_variant"
    return finished(con, asked, replace(narrow, among=None), order=order)


def directions(con: duckdb.DuckDBPyConnection, who: str, statement: str) -> tuple[int, int]:
    """Of the rows of `overtakes` of one name: in how many theirs overtook, in how many they were overtaken.

    statement: which gives the rows.
    """
    listed = call("listed_as", [who])
    [(ahead, rows)] = con.execute(f"""
        SELECT count(t.model), count(*)
        FROM ({statement}) AS o
        LEFT JOIN (SELECT DISTINCT coalesce(l.model, l.model_listed) AS model FROM {listed} AS l) AS t
            ON t.model = o.model
    """).fetchall()  # noqa: S608  # statements of ours
    return ahead, rows - ahead
