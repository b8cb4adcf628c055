"""From the index to what a report says: which boards, which time, who stood where, what changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ... import __version__, answers
from ...answers import briefing
from ...answers import standing as standings
from ...errors import UsageError
from ...records import utc
from .. import standing
from ..charts import palette
from ..standing import Stood
from . import command, news, parts
from .content import COURSE, FIELDS, Asked, Place, Report

if TYPE_CHECKING:
    import duckdb

MOST_PARTS = 6
"""Boards told at length; the others have a line in the tables."""
WEEK = timedelta(days=7)
_CONTEXT = timedelta(days=91)
"""Of a weekly report, how far its charts and tables reach back."""


def report(con: duckdb.DuckDBPyConnection, asked: Asked) -> Report:
    """Raises UnknownName for a name or board that is not known, UsageError where the archive holds nothing
    of that time."""
    who = tuple(dict.fromkeys(each.who for each in answers.asked(con, asked.who))) if asked.who else ()
    rows = _history(con, who, asked)
    boards = _boards(con, asked, rows)
    since, until = _time(con, asked, boards)
    fresh = set(briefing.captured_between(con, since or datetime(1, 1, 1, tzinfo=UTC), until))
    boards = [board for board in boards if board in fresh] or boards or sorted(fresh)
    rows = [row for row in rows if row.board in boards]
    newest = briefing.newest(con, boards, until)
    if newest is None:
        raise _nothing(asked, until)
    whose = briefing.belonging(con, who) if who else {}
    found = news.changes(con, boards, since, until, whose, who)
    told = _told(boards, rows, found, who)
    shown_since = until - _CONTEXT if asked.weekly else since
    colours = palette.assigned(who)
    about = parts.About(who[: palette.MOST], shown_since, until, asked.lang, whose, colours)
    sources = sorted({board.partition("/")[0] for board in boards})
    inside = [row for row in rows if since is None or utc(row.date) > since - timedelta(days=1)]
    return Report(
        asked=asked,
        who=who,
        since=since,
        until=until,
        newest=newest,
        parts=parts.told(con, told, about, rows, found.told),
        places=_places(con, who, boards, rows, since, until),
        changes=found.told,
        within_noise=found.within_noise,
        history=inside,
        coverage=list(answers.coverage(con, boards, since=since, until=until).values()),
        gaps=briefing.gaps(con, boards, since, until),
        publishers=briefing.publishers(con, boards),
        citations=news.citations(con, rows),
        heads=briefing.heads(con, sources),
        tool=f"archiver/{__version__}",
        command=command.line(asked._replace(until=until)),
        colours=colours,
        titles=briefing.titles(con, boards),
    )


def _time(
    con: duckdb.DuckDBPyConnection, asked: Asked, boards: Sequence[str]
) -> tuple[datetime | None, datetime]:
    """The time told of. Without --until it ends with the day of the newest snapshot of the boards meant."""
    until = asked.until
    if until is None:
        newest = briefing.newest(con, boards)
        if newest is None:
            raise _nothing(asked, None)
        until = datetime(newest.year, newest.month, newest.day, tzinfo=UTC)
    since = asked.since or (until - WEEK if asked.weekly else None)
    if since is not None and since > until:
        raise UsageError(f"No time is both since {since:%Y-%m-%d} and until {until:%Y-%m-%d}.")
    return since, until


def _history(con: duckdb.DuckDBPyConnection, who: Sequence[str], asked: Asked) -> list[Stood]:
    """Where everyone asked for stood, on the boards named or on all that ever listed one of them."""
    if not who:
        return []
    return [Stood._make(row) for row in answers.history(con, who, asked.boards, until=asked.until).fetchall()]


def _boards(con: duckdb.DuckDBPyConnection, asked: Asked, rows: Iterable[Stood]) -> list[str]:
    """The boards named, else those that ever listed who was asked for; else none: all that have news."""
    if asked.boards:
        return answers.names.boards(con, asked.boards)
    boards = sorted({row.board for row in rows if row.status == "listed"})
    if asked.who and not boards:
        raise _nothing(asked, asked.until)
    return boards


def _nothing(asked: Asked, until: datetime | None) -> UsageError:
    whom = f" that lists {', '.join(asked.who)}" if asked.who else ""
    return UsageError(
        f"The archive holds no snapshot{whom}" + (f" by {until:%Y-%m-%d}." if until else "."),
        todo="`archiver boards` says from when to when each board reaches",
    )


def _told(boards: Sequence[str], rows: Iterable[Stood], found: news.News, who: Sequence[str]) -> list[str]:
    """The boards told at length: those that list who was asked for most often, then those with most news."""
    weight = dict.fromkeys(boards, 0)
    for row in rows:
        if row.status == "listed":
            weight[row.board] += 1
    tidings = dict.fromkeys(boards, 0)
    for change in found.told:
        tidings[change.board] += 1
    order = sorted(boards, key=lambda board: (-weight[board], -tidings[board], board))
    wanted = [board for board in order if weight[board] or not who] or order
    return wanted[:MOST_PARTS]


def _places(
    con: duckdb.DuckDBPyConnection,
    who: Sequence[str],
    boards: Sequence[str],
    rows: Iterable[Stood],
    since: datetime | None,
    until: datetime,
) -> list[Place]:
    """Everyone asked for on every board that ever listed them, by who, then board."""
    if not who:
        return []
    fields = ", ".join(f'"{name}"' for name in FIELDS)
    statement = standings.standing(con, who, boards, until=until)
    found = con.execute(f"SELECT {fields} FROM ({statement})").fetchall()  # noqa: S608  # literals are quoted
    course = {
        (board, name): mine for board, by_name in standing.boards(rows) for name, mine in by_name.items()
    }
    order = {name: at for at, name in enumerate(who)}
    places = [Place(*row) for row in found]
    told = [_told_of(place, course[place.board, place.who], since) for place in places if place.snapshots]
    return sorted(told, key=lambda place: (order[place.who], place.board))


def _told_of(place: Place, rows: Sequence[Stood], since: datetime | None) -> Place:
    """With where they stood at the beginning, and since."""
    before = [row for row in rows if since is not None and utc(row.date) <= since]
    earlier = before[-1] if before else rows[0]
    inside = [row.rank for row in rows[max(0, len(before) - 1) :]]  # from where the change is counted
    step = max(1, -(-len(inside) // COURSE))
    known = earlier.status == "listed" and earlier.snapshot_id != place.snapshot_id
    return place._replace(
        rank_before=earlier.rank if known else None,
        listed_before=earlier.status == "listed",
        course=tuple(inside[::-1][::step][::-1]),
    )
