"""What a picture needs, asked of the index: each board's snapshots, the lines asked for, the grey rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from ... import answers
from ...answers import pictured
from ...answers.history import Every
from ...answers.narrow import check_set
from ...answers.pictured import Entry, Publication
from ...errors import UnknownName, UsageError
from ..figures import counted
from ..text import visible
from . import palette
from .series import Breaks, Line, Panel, by_model, with_spreads

if TYPE_CHECKING:
    import duckdb

    from ...answers.pictured import Shot

MOST_BOARDS = 6
MANY = 36
"""Rows of a picture that has rows instead of lines."""
_MOST_ENTRIES = 30_000
"""Of one board; beyond, only the places near those asked for are read."""
_LEADERS = 4
_NEAR = 40
_SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross")


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


def panels(con: duckdb.DuckDBPyConnection, asked: Question, *, most: int = palette.MOST) -> list[Panel]:
    """The boards of a picture, the one that tells most first.

    most: how many lines a panel may have where every model is asked for; the others stay grey.

    Raises UnknownName for a name or board that is not known; UsageError for more names or boards than a
    picture holds, and where no snapshot of that time answers.
    """
    if asked.among is not None:
        check_set(con, asked.among)
    names = list(dict.fromkeys(each.who for each in answers.names.asked(con, asked.who)))
    if len(names) > palette.MOST:
        raise UsageError(
            f"A picture has {palette.MOST} coloured lines at most; {len(names)} names were given.",
            todo="ask for fewer, or draw two pictures",
        )
    rows = _rows(con, asked)
    boards = _chosen(asked, rows)
    found = [_panel(con, board, asked, names, rows.get(board, []), most) for board in boards]
    shown = [panel for panel in found if panel.shots]
    if not shown:
        raise _no_snapshot(boards)
    shown.sort(key=lambda panel: (-sum(len(line.points) for line in panel.lines), panel.publication.board))
    _colour(shown, names, each=asked.all)
    return shown


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
        found = panels(con, asked, most=MANY)
        if len(found) > 1:
            raise UsageError(
                "A board is drawn by itself, and several list who was asked for.",
                todo="name one with --board: " + ", ".join(panel.publication.board for panel in found),
            )
        return found
    panel = _panel(con, boards[0], asked, (), (), 0)
    if not panel.shots:
        raise _no_snapshot(boards)
    _lead(panel)
    return [panel]


def _is_board(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    try:
        answers.names.board(con, name)
    except UnknownName:
        return False
    return True


def _lead(panel: Panel) -> None:
    """Colours the organisations whose models stand first, where nobody was asked for."""
    here = [line for line in panel.context if line.last.at == len(panel.shots) - 1 and line.organization]
    here.sort(key=lambda line: (line.last.entry.rank or 0, line.last.entry.position))
    makers = list(dict.fromkeys(line.organization for line in here))[:_LEADERS]
    panel.lines = [line for line in here if line.organization in makers]
    mine = {id(line) for line in panel.lines}
    panel.context = [line for line in panel.context if id(line) not in mine]
    panel.leaders = True
    _colour([panel], (), each=True)


def _no_snapshot(boards: Sequence[str]) -> UsageError:
    return UsageError(
        f"The archive holds no snapshot of {', '.join(boards)} in that time.",
        todo="`archiver boards` says from when to when each reaches",
    )


class Row(NamedTuple):
    """Of a history, what a line is made of."""

    who: str
    snapshot_id: str
    position: int
    rank: int | None


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


def _chosen(asked: Question, rows: Mapping[str, Sequence[Row]]) -> list[str]:
    most = sorted(rows, key=lambda board: (-len(rows[board]), board))
    who = ", ".join(asked.who)
    if not most:
        raise UsageError(
            f"No board of the archive lists {who}"
            + (" in that time." if asked.since or asked.until or asked.boards else "."),
            todo=f"`archiver history {who}` says what proves it; --board BOARD draws who is there instead",
        )
    if len(most) > MOST_BOARDS:
        raise UsageError(
            f"{who}: {counted(len(most), 'board')} would be drawn, and a picture holds {MOST_BOARDS}.",
            todo="choose with --board GLOB; these tell most: " + ", ".join(most[:MOST_BOARDS]),
        )
    return most


def _panel(
    con: duckdb.DuckDBPyConnection,
    board: str,
    asked: Question,
    names: Sequence[str],
    rows: Sequence[Row],
    most: int,
) -> Panel:
    publication = _shown(pictured.publication(con, board))
    shots = _shots(con, board, asked)
    ids = [shot.snapshot_id for shot in shots]
    few = asked.among is not None or sum(shot.of or 0 for shot in shots) <= _MOST_ENTRIES
    near = max([_NEAR, *(row.rank + _NEAR // 4 for row in rows if row.rank is not None)])
    entries: Sequence[Entry]
    if asked.among is None:
        entries = pictured.entries(con, board, ids, top=None if few else near)
    else:
        entries, members = pictured.among(con, board, ids, asked.among)
        shots = [shot._replace(of=members.get(shot.snapshot_id)) for shot in shots]
    entries = _safe(entries)
    if few:
        wanted = {(row.snapshot_id, row.position) for row in rows}
        entries = with_spreads(entries, wanted, publication.higher_is_better)
    everyone = by_model(entries, shots)
    if asked.all:
        mine, left = _each(everyone, rows, most)
    else:
        mine, left = _best(entries, shots, rows, names), 0
    drawn = {_key(point.entry) for line in mine for point in line.points}
    here = {_key(entry) for entry in entries} if asked.among is not None else None
    listed = {
        row.who
        for row in rows
        if row.snapshot_id in set(ids) and (here is None or (row.snapshot_id, row.position) in here)
    }
    return Panel(
        publication,
        shots,
        mine,
        [line for line in everyone if any(_key(point.entry) not in drawn for point in line.points)],
        tuple(visible(name) for name in names if name not in listed),
        left,
        _words(asked.among),
    )


def _shots(con: duckdb.DuckDBPyConnection, board: str, asked: Question) -> list[Shot]:
    until = min(asked.until, asked.as_of) if asked.until and asked.as_of else asked.until or asked.as_of
    shots = pictured.shots(con, board, since=asked.since, until=until, every=asked.every)
    return shots[-1:] if asked.as_of else shots


def _words(among: str | Sequence[str] | None) -> tuple[str, ...]:
    return tuple(visible(word) for word in ([among] if isinstance(among, str) else among or ()))


def _shown(publication: Publication) -> Publication:
    return Publication._make(visible(each) if isinstance(each, str) else each for each in publication)


def _safe(entries: Sequence[Entry]) -> list[Entry]:
    """The entries with names that a drawing can hold: a control character in one would end the renderer's
    process, and one that turns the writing around would turn the picture's."""
    names = {name for entry in entries for name in entry[2:6] if isinstance(name, str)}
    changed = {name: visible(name) for name in names if visible(name) != name}
    if not changed:
        return list(entries)

    def safe(name: str | None) -> str | None:
        return changed.get(name, name) if name else name

    return [
        entry._replace(
            model=safe(entry.model) or "",
            model_listed=safe(entry.model_listed) or "",
            variant=safe(entry.variant),
            organization=safe(entry.organization),
        )
        for entry in entries
    ]


def _each(everyone: Sequence[Line], rows: Sequence[Row], most: int) -> tuple[list[Line], int]:
    """A line for every model asked for, the latest and best first; and how many are too many."""
    wanted = {(row.snapshot_id, row.position) for row in rows}
    mine = [line for line in everyone if any(_key(point.entry) in wanted for point in line.points)]
    mine.sort(key=lambda line: (-line.last.at, line.last.entry.rank or 0, line.name))
    return mine[:most], max(0, len(mine) - most)


def _best(
    entries: Sequence[Entry], shots: Sequence[Shot], rows: Sequence[Row], names: Sequence[str]
) -> list[Line]:
    """A line for everyone asked for: their best-placed model in each snapshot."""
    order, breaks = {shot.snapshot_id: at for at, shot in enumerate(shots)}, Breaks(shots)
    lines = []
    for name in names:
        wanted = {(row.snapshot_id, row.position) for row in rows if row.who == name}
        best: dict[int, Entry] = {}
        for entry in entries:
            if entry.rank is not None and _key(entry) in wanted:
                best.setdefault(order[entry.snapshot_id], entry)
        if best:
            makers = {entry.organization for entry in best.values()}
            maker = makers.pop() if len(makers) == 1 else None
            lines.append(Line(visible(name), maker or name, breaks.joined(sorted(best.items()))))
    return lines


def _key(entry: Entry) -> tuple[str, int]:
    return entry.snapshot_id, entry.position


def _colour(shown: Sequence[Panel], names: Sequence[str], *, each: bool) -> None:
    """A colour an organisation; with `--all`, models of one are told apart by the shape of their points.

    Several names of one organisation that were asked for side by side (two families) have a colour each.
    """
    maker = {line.name: line.organization for panel in shown for line in panel.lines}
    alone = each or len(set(maker.values())) == len(maker)
    colours = palette.assigned(maker.values() if alone else (name for name in names if name in maker))
    for panel in shown:
        seen: Counter[str] = Counter()
        for line in panel.lines:
            key = line.organization if alone else line.name
            line.colour, line.shape = colours[key], _SHAPES[seen[key] % len(_SHAPES)]
            seen[key] += 1
