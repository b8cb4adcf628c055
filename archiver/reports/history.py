"""`history` for people: a table a board, a line a date, runs of one place put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from . import notes
from .figures import count, counted, day, digits, interval, place, row_order, score, span, spread, when
from .screen import Cell, Column, Screen
from .standing import Run, Stood, boards, distinct, runs, standing

if TYPE_CHECKING:
    from ..answers import Coverage, Seen

_COLUMNS = (
    Column("Who"),
    Column("Date"),
    Column("to", worth=1),
    Column("Rank", right=True),
    Column("Spread", worth=4, right=True),
    Column("Model", flexible=True),
    Column("Setting", worth=3, flexible=True),
    Column("Organisation", worth=3, flexible=True),
    Column("Score", right=True),
    Column("±", worth=2, right=True),
    Column("Votes", worth=5, right=True),
    Column("Snapshots", worth=6, right=True),
    Column("Seen until", worth=7),
    Column("As listed", worth=8, flexible=True),
    Column("Route", worth=9),
    Column("Snapshot", worth=10),
)


def print_history(
    screen: Screen,
    rows: Iterable[Sequence[object]],
    covered: Mapping[str, Coverage],
    seen: Iterable[Seen],
) -> None:
    """Prints the rows of `answers.history` by board, under each what must be known of it.

    covered, seen: `answers.coverage` and `answers.findings` of the same rows.
    """
    found = list(seen)
    for board, by_name in boards(rows):
        stood = [name for name, of_name in by_name.items() if any(row.status == "listed" for row in of_name)]
        lines = [run for name in stood for run in distinct(list(runs(by_name[name])))]
        if lines:
            _title(screen, board, covered.get(board))
            _table(screen, lines, several=len(by_name) > 1)
        for of_name in by_name.values():
            screen.line(notes.standing(standing(of_name)))
        if lines:
            for sentence in _sentences(covered.get(board), lines):
                screen.line(sentence, "dim")
            for each in found:
                if each.board == board:
                    screen.line(notes.finding(each), "yellow" if each.severity == "warning" else "red")
            screen.line()


def _title(screen: Screen, board: str, covered: Coverage | None) -> None:
    facts = ""
    if covered is not None:
        snapshots = counted(covered.snapshots, "snapshot")
        facts = f" · {covered.metric} · {snapshots}, {span(covered.first, covered.last)}"
    screen.title(board, facts)


def _sentences(covered: Coverage | None, lines: Sequence[Run]) -> Iterator[str]:
    if covered is not None:
        yield from notes.of_board(covered)
    if any(run.snapshots > 1 and run.last.status == "listed" for run in lines):
        yield "of several snapshots in one line, the last one's figures are shown"


def _table(screen: Screen, lines: Sequence[Run], *, several: bool) -> None:
    """Columns that would say nothing are left out."""
    decimals = digits(run.last.score for run in lines)
    width = max(len(str(run.last.of or "")) for run in lines)
    grid: list[list[Cell | str]] = []
    who = None
    for run in lines:
        grid.append(_cells(run, decimals, width, run.last.who if several and run.last.who != who else ""))
        who = run.last.who
    other = any(run.last.organization != run.last.who for run in lines if run.last.status == "listed")
    kept = [
        at
        for at, column in enumerate(_COLUMNS)
        if any(_told(row[at]) for row in grid)
        and (column.title != "Organisation" or other)
        and (column.title != "Snapshots" or any(run.snapshots > 1 for run in lines))
    ]
    screen.table([_COLUMNS[at] for at in kept], [[row[at] for at in kept] for row in grid])


def _told(cell: Cell | str) -> str:
    return cell.text if isinstance(cell, Cell) else cell


def _cells(run: Run, decimals: int, width: int, who: str) -> list[Cell | str]:
    row = run.last
    until = day(row.date) if run.snapshots > 1 and row.date != run.first.date else ""
    if row.status == "absent":
        gone = [
            Cell(who, "bold"),
            Cell(day(run.first.date), "dim"),
            Cell(until, "dim"),
            Cell("absent", "dim"),
        ]
        rest = [
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            str(run.snapshots),
            when(run.last_seen),
            "",
            row.route,
            row.snapshot_id[:12],
        ]
        return [*gone, *(Cell(text, "dim") for text in rest)]
    return [
        Cell(who, "bold"),
        day(run.first.date),
        until,
        _place(row, width),
        spread(row.rank_low, row.rank_high),
        Cell(row.model or "", "bold"),
        row.variant or "",
        row.organization or "",
        score(row.score, decimals),
        Cell(interval(row.score, row.score_low, row.score_high, decimals), "dim"),
        count(row.votes),
        str(run.snapshots),
        when(run.last_seen),
        (row.model_listed or "") if row.model_listed != row.model else "",
        row.route,
        row.snapshot_id[:12],
    ]


def _place(row: Stood, width: int) -> str:
    """Ranks stand under each other whatever they are counted of."""
    text = place(row.rank, row_order(row.board, row.position), row.of)
    behind = len(str(row.of)) if row.of is not None else -1
    return text + " " * (width - behind) if width else text
