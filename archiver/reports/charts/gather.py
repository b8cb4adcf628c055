"""What a picture needs, asked of the index: each board's snapshots, the lines asked for, the grey rest."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from ... import answers
from ...answers import pictured
from ...answers.history import Every
from ...answers.narrow import check_set, listed
from ...errors import UnknownName, UsageError
from . import palette
from . import panels as panels_of
from .panels import Read, Row
from .series import Panel

if TYPE_CHECKING:
    import duckdb

    from ...answers.pictured import Entry, Shot

MOST_BOARDS = 6
MANY = 36
"""Rows of a board in a picture that has rows instead of lines."""
_EVERY = 10**6
_MOST_ROWS = 60
"""Of all boards, with their headings: more would be smaller than words on a page of paper."""
_MOST_ENTRIES = 30_000
"""Of one board; beyond, only the places near those asked for are read."""
_NEAR = 40


class Question(NamedTuple):
    """What a picture is asked to show; see `answers.history`."""

    who: tuple[str, ...]
    boards: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    every: Every | None = None
    all: bool = False
    as_of: datetime | None = None
    """Only the snapshot of each board that stood then."""
    among: str | tuple[str, ...] | None = None
    """The set in which places are counted; see `answers.narrow.Narrow`."""


def panels(
    con: duckdb.DuckDBPyConnection,
    asked: Question,
    *,
    most: int = palette.MOST,
    scores: bool = False,
    rows_of: bool = False,
) -> list[Panel]:
    """The boards of a picture, the one that tells most first.

    most: how many lines a panel may have where every model is asked for; the others stay grey. scores: only
    the snapshots whose scores are what those of the newest are, since one axis has one metric. rows_of: the
    picture has rows, which need no colour each: as many names as `most`.

    Of more boards than a picture holds those are left out that tell less; the first panel names them.

    Raises UnknownName for a name or board that is not known; UsageError for more names than a picture holds,
    and where no snapshot of that time answers.
    """
    asked = _in_set(con, asked)
    names = list(dict.fromkeys(each.who for each in answers.names.asked(con, asked.who)))
    if len(names) > (most if rows_of else palette.MOST):
        raise _too_many(len(names), rows_of=rows_of)
    rows = _rows(con, asked)
    boards, left_out = _chosen(asked, rows)
    found = [_panel(con, board, asked, names, rows.get(board, []), most, scores) for board in boards]
    shown = [panel for panel in found if panel.shots]
    if not shown:
        raise _no_snapshot(boards)
    shown.sort(key=lambda panel: (-sum(len(line.points) for line in panel.lines), panel.publication.board))
    if rows_of:
        shown, full = _fitting(shown)
        left_out = (*full, *left_out)
    shown[0].left_out = left_out
    panels_of.coloured(shown, each=asked.all)
    if asked.among is None:
        weigh(con, shown[0])
    return shown


def _too_many(names: int, *, rows_of: bool) -> UsageError:
    if rows_of:
        return UsageError(
            f"A heat map has {MANY} names at most; {names} were given.",
            todo="ask for fewer, or draw two pictures",
        )
    return UsageError(
        f"A picture has {palette.MOST} coloured lines at most; {names} names were given.",
        todo=f"ask for fewer, or with --kind heatmap for up to {MANY}",
    )


def _fitting(shown: Sequence[Panel]) -> tuple[list[Panel], list[str]]:
    """The panels that fit into the rows of one picture, whole, the first in any case; and other boards."""
    kept: list[Panel] = []
    full: list[str] = []
    taken = 0
    for panel in shown:
        rows = 1 + len(panel.lines) + len(panel.missing)  # one is the board's heading
        if kept and taken + rows > _MOST_ROWS:
            full.append(panel.publication.board)
        else:
            kept.append(panel)
            taken += rows
    return kept, full


def weigh(con: duckdb.DuckDBPyConnection, panel: Panel) -> None:
    """Notes whether the move of a panel's only line is noise, which its headline says."""
    ends = [(line.first.entry, line.last.entry) for line in panel.lines]
    if len(ends) == 1 and ends[0][0].rank != ends[0][1].rank:
        panel.within_noise = pictured.surely_moved(con, *ends[0]) is False


def one_board(con: duckdb.DuckDBPyConnection, asked: Question) -> list[Panel]:
    """The one board that a question means, as it stood last; those asked for in colour, else its leaders.

    A board may stand in the place of a name. Raises as `panels` does, and UsageError for several boards.
    """
    named = [name for name in asked.who if _is_board(con, name)]
    asked = asked._replace(
        who=tuple(name for name in asked.who if name not in named), boards=(*asked.boards, *named), all=True
    )
    boards = answers.names.boards(con, asked.boards) if asked.boards else []
    if len(boards) > 1:
        raise UsageError(
            f"A board is drawn by itself; {len(boards)} were meant: {', '.join(boards[:MOST_BOARDS])}"
            f"{', …' if len(boards) > MOST_BOARDS else ''}.",
            todo="name one with --board",
        )
    if asked.who:
        found = panels(con, asked, most=_EVERY)
        if len(found) > 1:
            raise UsageError(
                "A board is drawn by itself, and several list who was asked for.",
                todo="name one with --board: " + ", ".join(panel.publication.board for panel in found),
            )
        return found
    panel = _panel(con, boards[0], _in_set(con, asked), (), (), 0)
    if not panel.shots:
        raise _no_snapshot(boards)
    panels_of.led(panel)
    return [panel]


def _in_set(con: duckdb.DuckDBPyConnection, asked: Question) -> Question:
    """The question, each country of its set by its code, however it was typed.

    Raises what `check_set` raises.
    """
    if asked.among is None:
        return asked
    check_set(con, asked.among)
    words = listed(asked.among)
    countries = pictured.countries(con, words)
    return asked._replace(among=tuple(dict.fromkeys(countries.get(word, word) for word in words)))


def _is_board(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    try:
        answers.names.board(con, name)
    except UnknownName:
        return False
    return True


def _no_snapshot(boards: Sequence[str]) -> UsageError:
    return UsageError(
        f"The archive holds no snapshot of {', '.join(boards)} in that time.",
        todo="`archiver boards` says from when to when each reaches",
    )


def _rows(con: duckdb.DuckDBPyConnection, asked: Question) -> dict[str, list[Row]]:
    relation = answers.history(
        con,
        asked.who,
        asked.boards,
        since=asked.since,
        until=asked.until,
        all=asked.all,
        as_of=asked.as_of,
    ).project("board, status, who, snapshot_id, position, rank")
    by_board: dict[str, list[Row]] = {}
    for board, status, *rest in relation.fetchall():
        mine = by_board.setdefault(board, [])
        if status == "listed":
            mine.append(Row(*rest))
    return by_board


def _chosen(asked: Question, rows: Mapping[str, Sequence[Row]]) -> tuple[list[str], tuple[str, ...]]:
    """The boards that are drawn and those left out, the ones that tell most first. One that lists who was
    asked for with no rank tells nothing beside one that ranks them."""
    who = ", ".join(asked.who)
    if not rows:
        raise UsageError(
            f"No board of the archive lists {who}"
            + (" in that time." if asked.since or asked.until or asked.boards else "."),
            todo=f"`archiver history {shlex.join(asked.who)}` says what proves it; --board BOARD draws who "
            "is there instead",
        )
    most, placed = _telling(rows), any(row.rank is not None for mine in rows.values() for row in mine)
    bare = {
        board for board, mine in rows.items() if placed and mine and all(row.rank is None for row in mine)
    }
    drawn = [board for board in most if board not in bare][:MOST_BOARDS]
    return drawn, tuple(board for board in most if board not in drawn)


def _telling(rows: Mapping[str, Sequence[Row]]) -> list[str]:
    """Boards in the order of what they tell: for each track its overall board, or else the one with most
    places, then the other categories; among these the one with most places first."""
    first: dict[str, str] = {}
    placed = {board: sum(row.rank is not None for row in mine) for board, mine in rows.items()}
    by_rows = sorted(rows, key=lambda board: (-placed[board], -len(rows[board]), board))
    for board in sorted(by_rows, key=lambda board: not board.endswith("/overall")):
        first.setdefault(board.rpartition("/")[0], board)
    return sorted(by_rows, key=lambda board: board not in first.values())


def _panel(
    con: duckdb.DuckDBPyConnection,
    board: str,
    asked: Question,
    names: Sequence[str],
    rows: Sequence[Row],
    most: int,
    scores: bool = False,
) -> Panel:
    publication, shots = pictured.publication(con, board), _shots(con, board, asked)
    otherwise = [shot for shot in shots if scores and shot.metric != shots[-1].metric]
    if scores and shots:
        publication = publication._replace(metric=shots[-1].metric)
        shots = [shot for shot in shots if shot.metric == publication.metric]
    whole = few(shots)
    if asked.among is None:
        entries = near(con, board, shots, rows)
    else:
        ids = [shot.snapshot_id for shot in shots]
        entries, members = pictured.among(con, board, ids, asked.among)
        shots, whole = [shot._replace(of=members.get(shot.snapshot_id)) for shot in shots], True
    panel = panels_of.made(
        Read(publication, shots, entries, whole),
        names,
        rows,
        each=most if asked.all else None,
        among=() if asked.among is None else listed(asked.among),
    )
    if otherwise and asked.among is not None:
        others, _ = pictured.among(con, board, [shot.snapshot_id for shot in otherwise], asked.among)
        inside = {(entry.snapshot_id, entry.position) for entry in others}
        rows = [row for row in rows if (row.snapshot_id, row.position) in inside]
    panels_of.without(panel, otherwise, rows)
    return panel


def few(shots: Sequence[Shot]) -> bool:
    """Whether the entries of these snapshots are so few that a picture reads all of them."""
    return sum(shot.of or 0 for shot in shots) <= _MOST_ENTRIES


def near(
    con: duckdb.DuckDBPyConnection, board: str, shots: Sequence[Shot], rows: Sequence[Row]
) -> list[Entry]:
    """The entries of a board that a picture needs: all, or where they are not `few` the places down to a
    little below the rows asked for."""
    deepest = max([_NEAR, *(row.rank + _NEAR // 4 for row in rows if row.rank is not None)])
    ids = [shot.snapshot_id for shot in shots]
    return pictured.entries(con, board, ids, top=None if few(shots) else deepest)


def _shots(con: duckdb.DuckDBPyConnection, board: str, asked: Question) -> list[Shot]:
    until = min(asked.until, asked.as_of) if asked.until and asked.as_of else asked.until or asked.as_of
    shots = pictured.shots(con, board, since=asked.since, until=until, every=asked.every)
    return shots[-1:] if asked.as_of else shots
