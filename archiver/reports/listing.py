"""Plain lists for people: boards, sources, what was found, how collection stands, any SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from operator import itemgetter

from ..answers.standing import ABOUT
from . import figures
from . import rows as data
from .screen import Cell, Column, Screen

Layout = Mapping[str, Column]
"""Column of the relation → how it stands. What is not named stands only in the other formats."""

BOARDS: Layout = {
    "board": Column("Board", flexible=True),
    "metric": Column("Metric", worth=4, flexible=True),
    "rank_kind": Column("Ranks", worth=6),
    "models": Column("Models", right=True),
    "snapshots": Column("Snapshots", worth=1, right=True),
    "complete": Column("Complete", worth=5, right=True),
    "first": Column("First", worth=3),
    "last": Column("Last"),
    "last_seen": Column("Last seen", worth=7),
    "routes": Column("Routes", worth=8),
}
SOURCES: Layout = {
    "source": Column("Source"),
    "title": Column("Title", worth=2, flexible=True),
    "license": Column("License of the data", worth=1, flexible=True),
    "boards": Column("Boards", right=True),
    "snapshots": Column("Snapshots", worth=3, right=True),
    "first": Column("First", worth=4),
    "last": Column("Last"),
    "last_success": Column("Last success", worth=5),
    "cadence_hours": Column("Every (h)", worth=6, right=True),
    "proven": Column("Proven", worth=3),
    "homepage": Column("Homepage", worth=7, flexible=True),
    "attribution": Column("Attribution", worth=8, flexible=True),
}
TRIALS: Layout = {
    "source": Column("Source"),
    "route": Column("Route", worth=3),
    "verdict": Column("Verdict"),
    "boards": Column("Boards", worth=1, right=True),
    "entries": Column("Entries", worth=2, right=True),
    "why": Column("What is wrong", flexible=True),
    "url": Column("Address", worth=4, flexible=True),
}
FOUND: Layout = {
    "kind": Column("Kind"),
    "name": Column("Name", flexible=True),
    "organization": Column("Organisation", worth=1, flexible=True),
    "country": Column("Country", worth=4),
    "boards": Column("Boards", worth=3, right=True),
    "first": Column("First", worth=2),
    "last": Column("Last", worth=1),
}
STATUS: Layout = {
    "source": Column("Source"),
    "freshness": Column("Ours"),
    "publisher": Column("Publisher", worth=2),
    "last_success": Column("Last success", worth=1),
    "last_change": Column("Last change", worth=2),
    "last_attempt": Column("Last attempt", worth=4),
    "outcome": Column("Outcome"),
    "captures": Column("Captures", worth=4, right=True),
    "failed": Column("Failed", worth=1, right=True),
    "payloads": Column("Payloads", worth=5, right=True),
    "unread": Column("Unread", worth=1, right=True),
    "snapshots": Column("Snapshots", worth=4, right=True),
    "held": Column("Held", worth=1, right=True),
    "reason": Column("Reason of the last failure", worth=6, flexible=True),
}
GROWTH: Layout = {
    "source": Column("Source"),
    "on_disk": Column("Bytes on disk", worth=1, right=True),
    "bytes_a_year": Column("Bytes a year", right=True),
    "bytes_a_day": Column("Bytes a day", worth=4, right=True),
    "basis": Column("Basis", worth=1),
    "since": Column("Since", worth=2),
    "until": Column("Until", worth=2),
    "captures": Column("Captures", worth=3, right=True),
    "payloads": Column("New payloads", worth=3, right=True),
}
GAPS: Layout = {
    "since": Column("Since"),
    "until": Column("Until", worth=2),
    "source": Column("Source", worth=2),
    "kind": Column("What"),
    "board": Column("Board", worth=3, flexible=True),
    "detail": Column("Detail", worth=1, flexible=True),
}
HELD: Layout = {
    "snapshot_id": Column("Snapshot"),
    "board": Column("Board", flexible=True),
    "date": Column("Date", worth=1),
    "rows": Column("Rows", worth=2, right=True),
    "reason": Column("Reason", flexible=True),
}
REBUILT: Layout = {
    "what": Column("What"),
    "change": Column("Change"),
    "number": Column("How many", right=True),
    "examples": Column("The first", flexible=True),
}
UNMAPPED: Layout = {
    "source": Column("Source"),
    "model_listed": Column("Model as listed", flexible=True),
    "organization_listed": Column("Organisation as listed", worth=3, flexible=True),
    "missing": Column("Missing", worth=1),
    "entries": Column("Entries", right=True),
    "boards": Column("Boards", worth=2, right=True),
    "board": Column("One of them", worth=4, flexible=True),
    "last": Column("Last", worth=5),
}
DIFF: Layout = {
    "status": Column("What"),
    "rank_before": Column("Before", right=True),
    "rank": Column("Rank", right=True),
    "change": Column("Up", worth=1, right=True),
    "change_shared": Column("Among both", worth=1, right=True),
    "model": Column("Model", flexible=True),
    "variant": Column("Setting", worth=2, flexible=True),
    "organization": Column("Organisation", worth=3, flexible=True),
    "country": Column("Country", worth=7),
    "score_before": Column("Score before", worth=6, right=True),
    "score": Column("Score", worth=4, right=True),
    "beyond_noise": Column("Beyond noise"),
    "passed": Column("Passed", worth=5, right=True),
    "noise": Column("By", worth=7),
}
_PLACES: Layout = {
    "place_among_before": Column("Before", right=True),
    "place_among": Column("In set", right=True),
    "change_among": Column("Up", worth=1, right=True),
    "rank_before": Column("Rank before", worth=6, right=True),
    "rank": Column("Board's rank", worth=3, right=True),
}
DIFF_AMONG: Layout = {
    "status": DIFF["status"],
    **_PLACES,
    **{name: DIFF[name] for name in DIFF if name not in {"status", "change", *_PLACES}},
}
STANDING: Layout = {
    "board": Column("Board", flexible=True),
    "who": Column("Who"),
    "date": Column("Date", worth=2),
    "rank": Column("Rank", right=True),
    "of": Column("of", worth=1, right=True),
    "over_time": Column("Over time", worth=2),
    "percentile": Column("Percentile", worth=3, right=True),
    "gap": Column("Gap", worth=4, right=True),
    "leader": Column("Leader", worth=9, flexible=True),
    "model": Column("Model", worth=2, flexible=True),
    "best_rank": Column("Best", worth=1, right=True),
    "best_date": Column("on", worth=3),
    "worst_rank": Column("Worst", worth=5, right=True),
    "worst_date": Column("on", worth=6),
    "days_in_top": Column("Days in top", worth=2, right=True),
    "days_first": Column("Days first", worth=6, right=True),
    "first_in_top": Column("First in top", worth=4),
    "last_in_top": Column("Last in top", worth=7),
    "first_seen": Column("First seen", worth=7),
    "last_seen": Column("Last seen", worth=7),
    "snapshots": Column("Snapshots", worth=8, right=True),
    "absent": Column("Absent", worth=5, right=True),
}
STREAKS: Layout = {
    "board": Column("Board", flexible=True),
    "who": Column("Who"),
    "since": Column("Since"),
    "until": Column("Until"),
    "days": Column("Days", right=True),
    "gap_days": Column("In gaps", worth=3, right=True),
    "which": Column("Which", worth=2),
    "snapshots": Column("Snapshots", worth=3, right=True),
    "best_rank": Column("Best", worth=5, right=True),
    "models": Column("Models", worth=4, flexible=True),
}
AMONG: Layout = {
    "date": Column("Date"),
    "place_among": Column("Place in set", right=True),
    "of_among": Column("of", right=True),
    "rank": Column("Board's rank", right=True),
    "of": Column("of", worth=1, right=True),
    "model": Column("Model", flexible=True),
    "variant": Column("Setting", worth=4, flexible=True),
    "organization": Column("Organisation", worth=2, flexible=True),
    "score": Column("Score", worth=1, right=True),
}
OVERTAKES: Layout = {
    "time": Column("Date"),
    "model": Column("Ahead now", flexible=True),
    "rank": Column("Rank", right=True),
    "rank_before": Column("Before", worth=2, right=True),
    "other": Column("Overtaken", flexible=True),
    "other_rank": Column("Rank", right=True),
    "other_rank_before": Column("Before", worth=2, right=True),
    "beyond_noise": Column("Beyond noise", worth=1),
    "noise": Column("By", worth=5),
}
AGREEMENT: Layout = {
    "board": Column("Board", flexible=True),
    "time": Column("Date", worth=1),
    "other_board": Column("Other", flexible=True),
    "other_time": Column("Date", worth=1),
    "n": Column("Models", right=True),
    "spearman": Column("Spearman", right=True, digits=3),
    "kendall": Column("Kendall", right=True, digits=3),
}
SCHEMA: Layout = {
    "kind": Column("Kind", worth=6),
    "name": Column("Name"),
    "column": Column("Column"),
    "type": Column("Type", worth=4),
    "unit": Column("Unit", worth=3),
    "meaning": Column("Meaning", flexible=True),
}
NO_INTERVAL = "no interval"
_MARKS = {
    NO_INTERVAL: "dim",
    "overdue": "yellow",
    "never": "dim",
    "failed": "red",
    "fresh": "green",
    False: "yellow",
}
_MARKS |= {"parses": "green", "held": "yellow", "fails": "red", "skipped": "dim"}


def standing(about: str = "place") -> Layout:
    """The columns of `STANDING`, those that tell what is asked (of `answers.standing.ABOUT`) first."""
    told = {name: replace(STANDING[name], worth=int(at > 1)) for at, name in enumerate(ABOUT[about])}
    return {"board": STANDING["board"], "who": STANDING["who"], **told, **STANDING, **told}


def print_listing(
    screen: Screen, columns: Sequence[str], rows: Iterable[Sequence[object]], layout: Layout
) -> list[str]:
    """Prints the columns that the layout names, in its order; returns the titles of those without room.

    Rows of boards that the layout has no column for stand under the board's name.
    """
    shown = [list(row) for row in rows]
    _say_no_interval(columns, shown)
    _tell_apart(columns, shown)
    if "board" in layout or "board" not in columns:
        return _table(screen, columns, shown, layout)
    left_out: dict[str, None] = {}
    for number, (board, mine) in enumerate(groupby(shown, key=itemgetter(columns.index("board")))):
        if number:
            screen.line()
        screen.line(str(board), "bold")
        left_out |= dict.fromkeys(_table(screen, columns, list(mine), layout))
    return list(left_out)


def _table(
    screen: Screen, columns: Sequence[str], rows: Sequence[Sequence[object]], layout: Layout
) -> list[str]:
    at = [columns.index(name) for name in layout]
    titles = [
        _fitting(column, [row[index] for row in rows])
        for index, column in zip(at, layout.values(), strict=True)
    ]
    grid = [[_cell(row[index], title) for index, title in zip(at, titles, strict=True)] for row in rows]
    told = [index for index in range(len(titles)) if any(row[index].text for row in grid)]
    if not told:
        return []
    return screen.table([titles[index] for index in told], [[row[index] for index in told] for row in grid])


def _fitting(column: Column, cells: Sequence[object]) -> Column:
    """A column as its cells need it: figures have as many digits each."""
    if not column.right or column.digits is not None:
        return column
    return replace(column, digits=figures.digits(cell for cell in cells if isinstance(cell, float)))


def _say_no_interval(columns: Sequence[str], rows: Sequence[list[object]]) -> None:
    """Where nothing tells noise from news, that is said in place of yes or no, once."""
    if {"noise", "beyond_noise"} <= set(columns):
        noise, beyond = columns.index("noise"), columns.index("beyond_noise")
        for row in rows:
            if row[noise] == NO_INTERVAL:
                row[beyond], row[noise] = row[noise], None


def _tell_apart(columns: Sequence[str], rows: Sequence[list[object]]) -> None:
    """Entries that mean one model in one setting go by their names as listed."""
    if not {"model", "variant", "model_listed", "listed_before"} <= set(columns):
        return
    model, variant = columns.index("model"), columns.index("variant")
    meant = Counter((row[model], row[variant]) for row in rows)
    for row in rows:
        if meant[row[model], row[variant]] > 1:
            row[model] = row[columns.index("model_listed")] or row[columns.index("listed_before")]


def print_any(screen: Screen, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Prints rows of unknown kind; returns the columns for which there was no room (the last ones)."""
    titles = [
        Column(name, worth=at, right=all(_is_figure(row[at]) for row in rows), flexible=True)
        for at, name in enumerate(columns)
    ]
    return screen.table(titles, [[_plain(cell) for cell in row] for row in rows])


def _is_figure(raw: object) -> bool:
    return raw is None or (isinstance(raw, int | float) and not isinstance(raw, bool))


def _cell(raw: object, column: Column) -> Cell:
    if isinstance(raw, bool):
        return Cell("yes" if raw else "no", "" if raw else _MARKS[False])
    if isinstance(raw, int | float) and column.right:
        form = f",.{column.digits}f" if isinstance(raw, float) else ","
        return Cell(f"{raw:{form}}", "dim" if raw == 0 else "")
    style = _MARKS.get(raw, "") if isinstance(raw, str) else ""
    return Cell(_plain(raw).text, style)


def _plain(raw: object) -> Cell:
    """Text as it is (the screen makes it safe), everything else as the data formats write it."""
    return Cell(raw if isinstance(raw, str) else data.text(raw))
