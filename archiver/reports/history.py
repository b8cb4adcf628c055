"""`history` for people: a table a board, a line a date, runs of one place put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from . import notes
from .figures import count, counted, day, digits, interval, place, row_order, score, span, spread
from .screen import Cell, Column, Screen
from .sparks import Point, best_of_days, ends, spark
from .standing import Run, Stood, boards, distinct, runs, standing

if TYPE_CHECKING:
    from ..answers import Coverage, Seen
    from ..answers.presence import Spreads, Unseen

_COLUMNS = (
    Column("Who"),
    Column("Date"),
    Column("to", worth=1),
    Column("Rank", right=True),
    Column("Spread", worth=2, right=True),
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
_SPARK_FROM, _SPARK_CELLS = 3, 48
"""Days with a rank from which on they are drawn, and the most cells that they are drawn in."""
_ROOM = 100
"""Columns of a line of places where nothing limits it."""


def print_history(
    screen: Screen,
    rows: Iterable[Sequence[object]],
    covered: Mapping[str, Coverage],
    seen: Iterable[Seen],
    *,
    spreads: Spreads | None = None,
    unseen: Iterable[Unseen] = (),
    whole: bool = True,
) -> None:
    """Prints the rows of `answers.history` by board, under each what must be known of it.

    covered, seen: `answers.coverage` and `answers.findings` of the same rows. spreads: the places that
    intervals allow where none are printed. unseen: when nothing says where somebody stood. whole: the rows
    are all of their time; of a part, it is not summed up how often and from when to when they were listed.
    """
    found, gaps = list(seen), list(unseen)
    for board, by_name in boards(rows):
        stood = [name for name, of_name in by_name.items() if any(row.status == "listed" for row in of_name)]
        here = [gap for gap in gaps if gap.board == board]
        lines = [
            line for name in stood for line in _in_time(by_name[name], [g for g in here if g.who == name])
        ]
        if lines:
            _title(screen, board, covered.get(board))
            left_out = _table(screen, lines, spreads or {}, several=len(by_name) > 1)
            if whole:
                _sparks(screen, [row for name in stood for row in by_name[name]], here)
        for name, of_name in by_name.items():
            if whole or name not in stood:
                screen.line(notes.standing(standing(of_name)))
            if name not in stood:
                for gap in here:
                    if gap.who == name:
                        screen.line(notes.unseen(gap), "dim")
        if lines:
            shown = {} if "Spread" in left_out else spreads or {}
            for sentence in _sentences(covered.get(board), lines, shown):
                screen.line(sentence, "dim")
            for each in found:
                if each.board == board:
                    screen.line(notes.finding(each), "yellow" if each.severity == "warning" else "red")
            screen.line()


def _in_time(rows: Sequence[Stood], gaps: Sequence[Unseen]) -> list[Run | Unseen]:
    """The runs of one name, and the stretches between them of which nothing is known."""
    lines: list[Run | Unseen] = [*distinct(list(runs(rows))), *gaps]
    # What was seen on the day on which a gap begins goes before it.
    return sorted(lines, key=lambda line: (_began(line), not isinstance(line, Run)))


def _began(line: Run | Unseen) -> date:
    return line.first.date if isinstance(line, Run) else line.since.date()


def _sparks(screen: Screen, rows: Sequence[Stood], gaps: Sequence[Unseen]) -> None:
    """For each name a line of its places over time, all on one scale; none where there are not three days."""
    scale = ends(Point(row.date, row.rank) for row in rows)
    if scale is None or len({row.date for row in rows if row.rank}) < _SPARK_FROM:
        return
    lost = [gap for gap in gaps if gap.status != "held"]
    names = list(dict.fromkeys(row.who for row in rows))
    first, last = min(row.date for row in rows), max(row.date for row in rows)
    widest = max(map(len, names)) + 2
    said = f"  places {scale[0]} (top) to {scale[1]}"
    room = (screen.width or _ROOM) - widest - len(said)
    if len(dates := f", {span(first, last)}") + _SPARK_CELLS // 2 <= room:
        said, room = said + dates, room - len(dates)
    cells = max(_SPARK_FROM, min(_SPARK_CELLS, room))
    for name in names:
        points = best_of_days(
            [
                *(Point(row.date, row.rank) for row in rows if row.who == name),
                *(Point(gap.since.date() + timedelta(days=1), None) for gap in lost if gap.who == name),
            ]
        )
        drawn = spark(points, first, last, scale, cells, ascii=screen.ascii)
        screen.line(f"{name:<{widest}}{drawn}{said}")


def _title(screen: Screen, board: str, covered: Coverage | None) -> None:
    facts = ""
    if covered is not None:
        snapshots = counted(covered.snapshots, "snapshot")
        facts = f" · {covered.metric} · {snapshots}, {span(covered.first, covered.last)}"
    screen.title(board, facts)


def _sentences(covered: Coverage | None, lines: Sequence[Run | Unseen], spreads: Spreads) -> Iterator[str]:
    shown = [line for line in lines if isinstance(line, Run)]
    if any(_computed(run.last, spreads) for run in shown):
        yield notes.COMPUTED
    if covered is not None:
        yield from notes.of_board(covered)
    if any(run.snapshots > 1 and run.last.status == "listed" for run in shown):
        yield "of several snapshots in one line, the last one's figures are shown"


def _computed(row: Stood, spreads: Spreads) -> tuple[int, int] | None:
    return spreads.get((row.snapshot_id, row.position)) if row.position is not None else None


def _table(screen: Screen, lines: Sequence[Run | Unseen], spreads: Spreads, *, several: bool) -> list[str]:
    """Columns that would say nothing are left out. Returns the titles for which there was no room."""
    shown = [line for line in lines if isinstance(line, Run)]
    decimals = digits(run.last.score for run in shown)
    width = max(len(str(run.last.of or "")) for run in shown)
    grid: list[list[Cell | str]] = []
    who = None
    for line in lines:
        name = line.last.who if isinstance(line, Run) else line.who
        label = name if several and name != who else ""
        if isinstance(line, Run):
            grid.append(_cells(line, decimals, width, label, _computed(line.last, spreads)))
        else:
            grid.append(_nothing_known(line, label))
        who = name
    other = any(run.last.organization != run.last.who for run in shown if run.last.status == "listed")
    kept = [
        at
        for at, column in enumerate(_COLUMNS)
        if any(_told(row[at]) for row in grid)
        and (column.title != "Organisation" or other)
        and (column.title != "Snapshots" or any(run.snapshots > 1 for run in shown))
    ]
    return screen.table([_COLUMNS[at] for at in kept], [[row[at] for at in kept] for row in grid])


def _told(cell: Cell | str) -> str:
    return cell.text if isinstance(cell, Cell) else cell


def _nothing_known(gap: Unseen, who: str) -> list[Cell | str]:
    """A stretch of time without an answer, said where a model stands else."""
    texts = dict.fromkeys((column.title for column in _COLUMNS), "")
    texts |= {"Date": day(gap.since), "Model": gap.status, "Snapshots": str(gap.snapshots or "")}
    if day(gap.until) != day(gap.since):
        texts["to"] = day(gap.until)
    return [Cell(who, "bold") if title == "Who" else Cell(text, "dim") for title, text in texts.items()]


def _cells(
    run: Run, decimals: int, width: int, who: str, computed: tuple[int, int] | None
) -> list[Cell | str]:
    row = run.last
    until = day(row.date) if run.snapshots > 1 and row.date != run.first.date else ""
    seen = day(run.last_seen) if day(run.last_seen) != day(row.date) else ""
    if row.status == "absent":
        texts = dict.fromkeys((column.title for column in _COLUMNS), "")
        texts |= {"Date": day(run.first.date), "to": until, "Rank": "absent", "Snapshots": str(run.snapshots)}
        texts |= {"Seen until": seen, "Route": row.route, "Snapshot": row.snapshot_id[:12]}
        return [Cell(who, "bold") if title == "Who" else Cell(text, "dim") for title, text in texts.items()]
    return [
        Cell(who, "bold"),
        day(run.first.date),
        until,
        _place(row, width),
        f"~{spread(*computed)}" if computed else spread(row.rank_low, row.rank_high),
        Cell(row.model or "", "bold"),
        row.variant or "",
        row.organization or "",
        score(row.score, decimals),
        Cell(interval(row.score, row.score_low, row.score_high, decimals), "dim"),
        count(row.votes),
        str(run.snapshots),
        seen,
        (row.model_listed or "") if row.model_listed != row.model else "",
        row.route,
        row.snapshot_id[:12],
    ]


def _place(row: Stood, width: int) -> str:
    """Ranks stand under each other whatever they are counted of."""
    text = place(row.rank, row_order(row.board, row.position), row.of)
    behind = len(str(row.of)) if row.of is not None else -1
    return text + " " * (width - behind) if width else text
